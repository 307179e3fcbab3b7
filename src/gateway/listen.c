#include "gateway/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	PASSED_FIRST = 3,	/* the first descriptor of sd_listen_fds(3) */
};

/* --- one that was passed -------------------------------------------- */

/* How many descriptors are for this very process? */
static long
passed_count(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	long who, n;

	if (pid == NULL || span_long(span_of(pid), &who) != 0 ||
	    who != getpid())
		return 0;
	return fds == NULL || span_long(span_of(fds), &n) != 0 ? 0 : n;
}

static int
option(int fd, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &n) == 0 ? value : -1;
}

static bool
listens_on_tcp(int fd)
{
	int family = option(fd, SO_DOMAIN);

	return (family == AF_INET || family == AF_INET6) &&
	    option(fd, SO_TYPE) == SOCK_STREAM &&
	    option(fd, SO_ACCEPTCONN) == 1;
}

int
listen_passed(struct buf *trouble)
{
	long n = passed_count();

	if (n <= 0)
		return LISTEN_NONE;
	if (n > 1) {
		buf_printf(trouble, "the service manager passed %ld sockets; "
		    "co2 takes one", n);
		return LISTEN_WRONG;
	}
	if (!listens_on_tcp(PASSED_FIRST)) {
		buf_puts(trouble, "the service manager passed a descriptor "
		    "that is no listening TCP socket");
		return LISTEN_WRONG;
	}
	fcntl(PASSED_FIRST, F_SETFD, FD_CLOEXEC);
	fcntl(PASSED_FIRST, F_SETFL, O_NONBLOCK);
	return PASSED_FIRST;
}

/* --- one of our own ------------------------------------------------- */

/* -1 with errno set. */
static int
open_at(const struct addrinfo *at)
{
	int fd, on = 1, off = 0, error;

	fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    at->ai_protocol);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* "::" takes IPv4 too. */
	if (at->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Of a name with several addresses the IPv4 one: most clients try it. */
static const struct addrinfo *
preferred(const struct addrinfo *list)
{
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		if (a->ai_family == AF_INET)
			return a;
	return list;
}

int
listen_open(const struct conf *conf, struct buf *trouble)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list;
	char port[16];
	int rc, fd;

	snprintf(port, sizeof(port), "%d", conf->port);
	rc = getaddrinfo(conf->host, port, &hints, &list);
	if (rc != 0) {
		buf_printf(trouble, "cannot listen on %s: %s", conf->host,
		    gai_strerror(rc));
		return -1;
	}
	fd = open_at(preferred(list));
	if (fd < 0)
		buf_printf(trouble, "cannot listen on %s port %d: %s",
		    conf->host, conf->port, strerror(errno));
	freeaddrinfo(list);
	return fd;
}

/* --- where it is ---------------------------------------------------- */

/* Host and port as digits; -1 when it has none. */
static int
name_of(int fd, char host[NI_MAXHOST], char port[NI_MAXSERV])
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return -1;
	return getnameinfo((struct sockaddr *)&at, n, host, NI_MAXHOST, port,
	    NI_MAXSERV, NI_NUMERICHOST | NI_NUMERICSERV) == 0 ? 0 : -1;
}

int
listen_place(int fd, struct buf *host)
{
	char name[NI_MAXHOST], port[NI_MAXSERV];
	long n = 0;

	if (name_of(fd, name, port) != 0)
		return 0;
	buf_puts(host, name);
	return span_long(span_of(port), &n) == 0 ? (int)n : 0;
}

void
listen_put_url(struct buf *out, int fd)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool v6;

	if (name_of(fd, host, port) != 0)
		return;
	if (strcmp(host, "0.0.0.0") == 0)
		snprintf(host, sizeof(host), "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		snprintf(host, sizeof(host), "::1");
	v6 = strchr(host, ':') != NULL;
	buf_printf(out, v6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}
