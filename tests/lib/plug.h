/*
 * A connected TCP socket, with TLS or without, that never blocks for good:
 * every wait also watches a stop descriptor, and a wait without reading
 * notices at once that the peer has gone.
 *
 * The descriptor is non-blocking.  Errors are -1; plug.gone tells whether
 * it was the peer that left.
 */
#ifndef TESTS_PLUG_H
#define TESTS_PLUG_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bytes.h"

struct plug {
	int	 fd;
	int	 stop_fd;	/* readable when all shall end, or -1 */
	SSL	*ssl;		/* NULL for plain TCP */
	bool	 gone;		/* the peer closed or reset */
	struct bytes in;	/* received, not yet used */
};

enum plug_wait { PLUG_TIME, PLUG_GONE, PLUG_STOP };

/* Connects to a numeric IPv4 address; -1 if nobody answers. */
int	plug_connect(struct plug *p, const char *host, int port);

/* Takes over an accepted descriptor. */
void	plug_init(struct plug *p, int fd, int stop_fd);

/* The server's half of a TLS handshake. */
int	plug_accept_tls(struct plug *p, SSL_CTX *ctx);

/*
 * Appends what has arrived to p->in, waiting for at least one byte.
 * Returns the number of bytes, 0 at the end of the stream, -1 on an error,
 * a stop or after timeout_ms (negative: no limit).
 */
ssize_t	plug_fill(struct plug *p, int timeout_ms);

int	plug_write(struct plug *p, const void *bytes, size_t n);

/* Waits without reading; negative ms: until the peer goes or all stops. */
enum plug_wait plug_wait(struct plug *p, int ms);

/* Ends with a reset instead of an orderly close. */
void	plug_reset(struct plug *p);

void	plug_close(struct plug *p);

/* Monotonic milliseconds. */
long long plug_now(void);

#endif
