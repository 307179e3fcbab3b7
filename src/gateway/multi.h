/*
 * One multi handle of libcurl's, driven by poll(2).
 *
 * Libcurl's own curl_multi_poll() does not know POLLRDHUP, by which a client
 * is seen to leave, and curl_multi_perform() asks the system again whether a
 * socket is ready that we have just been told of: a system call for each
 * streamed event.
 */
#ifndef CO2_MULTI_H
#define CO2_MULTI_H

#include <curl/curl.h>
#include <poll.h>
#include <stddef.h>

/* One transfer at a time: addresses that race, and the resolver's pipe. */
enum { MULTI_SOCKETS = 8, MULTI_WATCHES = 2 };

/* Libcurl holds its address: it must not move. */
struct multi {
	CURLM *handle;
	struct pollfd sockets[MULTI_SOCKETS];	/* what libcurl waits for */
	size_t count;
	long long due;		/* its timer, in clock_ms(); 0: not set */
};

void multi_init(struct multi *m);
void multi_free(struct multi *m);
/*
 * Wait up to ms for one of the sockets, the timer or a watch, at most
 * MULTI_WATCHES; then let libcurl go on.  The watches' revents are set.
 * Returns how many transfers still run, -1 when libcurl has given up.
 */
int multi_turn(struct multi *m, struct pollfd *watches, size_t count, long ms);

#endif
