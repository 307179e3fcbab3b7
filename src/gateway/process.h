/*
 * The process: what is set up once, before there are threads.
 */
#ifndef CO2_PROCESS_H
#define CO2_PROCESS_H

/*
 * Standard descriptors that are open, as many further ones as allowed, no
 * core dumps, memory that goes back to the system. To be called first of all.
 */
void process_prepare(void);
/*
 * Take SIGINT, SIGTERM and SIGHUP by a descriptor from now on, and ignore
 * SIGPIPE; threads inherit it.
 */
int process_signals(void);
/* The next signal's number, 0 when there is none. */
int process_signal(int fd);

#endif
