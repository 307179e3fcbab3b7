/*
 * How much memory the process shows in a list of processes.
 */
#ifndef CO2_FOOTPRINT_H
#define CO2_FOOTPRINT_H

/* At the very start: how malloc(3) is to keep memory. */
void footprint_tune(void);
/* Once it runs: let go of the code that only the start needed. */
void footprint_forget_start(void);
/* Give freed memory back to the system; takes a few milliseconds. */
void footprint_trim(void);

#endif
