#include "gateway/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

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

void
listen_put_url(struct buf *out, int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool v6;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 ||
	    getnameinfo((struct sockaddr *)&at, n, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	if (strcmp(host, "0.0.0.0") == 0)
		snprintf(host, sizeof(host), "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		snprintf(host, sizeof(host), "::1");
	v6 = strchr(host, ':') != NULL;
	buf_printf(out, v6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}
