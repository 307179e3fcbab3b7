/* A connected socket whose every wait also watches for a stop. */
#include "plug.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536 };

long long
plug_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
plug_init(struct plug *p, int fd, int stop_fd)
{
	int one = 1;

	memset(p, 0, sizeof(*p));
	p->fd = fd;
	p->stop_fd = stop_fd;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

int
plug_connect(struct plug *p, const char *host, int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_port = htons((in_port_t)port);
	if (fd < 0 || inet_pton(AF_INET, host, &sin.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0) {
		if (fd >= 0)
			close(fd);
		memset(p, 0, sizeof(*p));
		p->fd = p->stop_fd = -1;
		return -1;
	}
	plug_init(p, fd, -1);
	return 0;
}

/* Waits for events on the socket or a stop: 1 event, 0 timeout, -1 stop. */
static int
wait_for(struct plug *p, short events, int ms, short *seen)
{
	struct pollfd fds[2] = {
		{ .fd = p->fd, .events = events },
		{ .fd = p->stop_fd, .events = POLLIN },
	};
	long long end = plug_now() + ms;
	int n;

	for (;;) {
		n = poll(fds, 2, ms);
		if (n >= 0 || errno != EINTR)
			break;
		if (ms >= 0 && (ms = (int)(end - plug_now())) < 0)
			ms = 0;
	}
	*seen = fds[0].revents;
	if (n < 0 || fds[1].revents != 0)
		return -1;
	return n > 0;
}

enum plug_wait
plug_wait(struct plug *p, int ms)
{
	short seen;
	int n = wait_for(p, POLLRDHUP, ms, &seen);

	if (n < 0)
		return PLUG_STOP;
	if (n == 0)
		return PLUG_TIME;
	p->gone = true;
	return PLUG_GONE;
}

/*
 * What to do after a TLS call that did not succeed: wait for the socket and
 * try again (1), end of stream (0), or failure (-1).
 */
static int
tls_next(struct plug *p, int rc, int ms)
{
	short seen;

	switch (SSL_get_error(p->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(p, POLLIN, ms, &seen) > 0 ? 1 : -1;
	case SSL_ERROR_WANT_WRITE:
		return wait_for(p, POLLOUT | POLLRDHUP, ms, &seen) > 0 &&
		    (seen & POLLOUT) ? 1 : -1;
	case SSL_ERROR_ZERO_RETURN:
		p->gone = true;
		return 0;
	default:
		ERR_clear_error();
		p->gone = true;
		return -1;
	}
}

int
plug_accept_tls(struct plug *p, SSL_CTX *ctx)
{
	int rc;

	p->ssl = SSL_new(ctx);
	if (p->ssl == NULL || SSL_set_fd(p->ssl, p->fd) != 1)
		return -1;
	while ((rc = SSL_accept(p->ssl)) != 1)
		if (tls_next(p, rc, -1) <= 0)
			return -1;
	return 0;
}

static ssize_t
read_tls(struct plug *p, char *chunk, int ms)
{
	int rc, next;

	while ((rc = SSL_read(p->ssl, chunk, CHUNK)) <= 0)
		if ((next = tls_next(p, rc, ms)) <= 0)
			return next;
	return rc;
}

static ssize_t
read_plain(struct plug *p, char *chunk, int ms)
{
	short seen;

	for (;;) {
		ssize_t n = recv(p->fd, chunk, CHUNK, 0);
		if (n > 0)
			return n;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			if (wait_for(p, POLLIN, ms, &seen) <= 0)
				return -1;
			continue;
		}
		p->gone = true;
		return n;
	}
}

ssize_t
plug_fill(struct plug *p, int timeout_ms)
{
	char chunk[CHUNK];
	ssize_t n = p->ssl != NULL ? read_tls(p, chunk, timeout_ms) :
	    read_plain(p, chunk, timeout_ms);

	if (n > 0)
		bytes_add(&p->in, chunk, (size_t)n);
	return n;
}

static int
write_tls(struct plug *p, const char *bytes, size_t n)
{
	while (n > 0) {
		int rc = SSL_write(p->ssl, bytes, n > CHUNK ? CHUNK : (int)n);
		if (rc > 0) {
			bytes += rc;
			n -= (size_t)rc;
		} else if (tls_next(p, rc, -1) <= 0) {
			p->gone = true;
			return -1;
		}
	}
	return 0;
}

int
plug_write(struct plug *p, const void *bytes, size_t n)
{
	const char *at = bytes;
	short seen;

	if (p->ssl != NULL)
		return write_tls(p, at, n);
	while (n > 0) {
		ssize_t put = send(p->fd, at, n, MSG_NOSIGNAL);
		if (put >= 0) {
			at += put;
			n -= (size_t)put;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN) {
			p->gone = true;
			return -1;
		}
		if (wait_for(p, POLLOUT | POLLRDHUP, -1, &seen) <= 0)
			return -1;
		if (seen & (POLLRDHUP | POLLHUP | POLLERR)) {
			p->gone = true;
			return -1;
		}
	}
	return 0;
}

void
plug_reset(struct plug *p)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (p->ssl != NULL)
		SSL_set_quiet_shutdown(p->ssl, 1);
	plug_close(p);
}

void
plug_close(struct plug *p)
{
	if (p->ssl != NULL) {
		if (!p->gone && SSL_is_init_finished(p->ssl))
			SSL_shutdown(p->ssl);
		SSL_free(p->ssl);
		ERR_clear_error();
	}
	if (p->fd >= 0)
		close(p->fd);
	bytes_free(&p->in);
	p->ssl = NULL;
	p->fd = -1;
}
