/*
 * Notify: what the service manager is told, by datagrams to the socket that
 * it names in NOTIFY_SOCKET (sd_notify(3), Type=notify-reload).  Without that
 * variable nothing is said.
 */
#ifndef CO2_NOTIFY_H
#define CO2_NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd;			/* -1: nobody listens */
	struct sockaddr_un to;
	socklen_t to_size;
	long watchdog_ms;	/* say notify_alive() that often; 0: never */
};

/* From the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* It serves (again); the status is one line for people. */
void notify_ready(const struct notify *n, const char *status);
/* It reads its configuration again; notify_ready() follows. */
void notify_reloading(const struct notify *n);
/* It ends, which may take that long. */
void notify_stopping(const struct notify *n, long ms, const char *status);
/* The watchdog need not bark. */
void notify_alive(const struct notify *n);

#endif
