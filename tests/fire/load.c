/*
 * Many connections at once, from one thread.
 *
 *	fire load --port N --path P --count N --size BYTES
 *	    [--whole] [--expect TEXT]
 *		sends that many requests, each of about that size, reads every
 *		answer to its end and prints how many came with which status,
 *		and how many have the text in their first kilobyte
 *	fire idle --port N --count N [--send TEXT] --ready FILE
 *		opens connections, sends TEXT on each, makes the file, and
 *		waits until the peer has closed them all
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/bytes.h"
#include "../lib/plug.h"
#include "fire.h"

enum {
	PIECE = 2000,		/* bytes of one message */
	STATUS_MAX = 600,
	LIMIT_MS = 240 * 1000,	/* for all of it */
};

struct args {
	int		 port, count;
	size_t		 size;
	const char	*path, *send, *ready, *expect;
	bool		 whole;	/* not a stream */
};

struct conn {
	size_t		 sent;
	size_t		 got;
	char		 head[1024];	/* of the answer */
	char		 tail[8];	/* its last bytes */
};

static const struct option options[] = {
	{ "port", required_argument, NULL, 'p' },
	{ "count", required_argument, NULL, 'c' },
	{ "size", required_argument, NULL, 's' },
	{ "path", required_argument, NULL, 'P' },
	{ "expect", required_argument, NULL, 'e' },
	{ "send", required_argument, NULL, 'S' },
	{ "ready", required_argument, NULL, 'r' },
	{ "whole", no_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 },
};

static int
parse(struct args *a, int argc, char **argv)
{
	int c;

	*a = (struct args){ .count = 1, .path = "/v1/chat/completions" };
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			a->port = atoi(optarg);
			break;
		case 'c':
			a->count = atoi(optarg);
			break;
		case 's':
			a->size = (size_t)atol(optarg);
			break;
		case 'P':
			a->path = optarg;
			break;
		case 'S':
			a->send = optarg;
			break;
		case 'e':
			a->expect = optarg;
			break;
		case 'r':
			a->ready = optarg;
			break;
		case 'w':
			a->whole = true;
			break;
		default:
			return -1;
		}
	}
	return a->port > 0 ? 0 : -1;
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* A non-blocking socket that connects, or -1. */
static int
start_connecting(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((in_port_t)port);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A conversation of short messages, about size bytes in all. */
static void
make_request(struct bytes *out, const struct args *a)
{
	struct bytes body = { 0 };
	char text[PIECE + 1];

	memset(text, 'x', PIECE);
	text[PIECE] = '\0';
	bytes_printf(&body, "{\"model\":\"m\",\"max_tokens\":99,\"stream\":%s,"
	    "\"messages\":[", a->whole ? "false" : "true");
	for (size_t n = 0; n * PIECE < a->size; n++)
		bytes_printf(&body, "{\"role\":\"%s\",\"content\":\"%zu %s\"},",
		    n % 2 == 0 ? "user" : "assistant", n, text);
	bytes_puts(&body, "{\"role\":\"user\",\"content\":\"end\"}]}");
	bytes_printf(out, "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n", a->path, body.n);
	bytes_add(out, body.p, body.n);
	bytes_free(&body);
}

static void
note(struct conn *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++, c->got++) {
		if (c->got < sizeof(c->head) - 1)
			c->head[c->got] = p[i];
		memmove(c->tail, c->tail + 1, sizeof(c->tail) - 1);
		c->tail[sizeof(c->tail) - 1] = p[i];
	}
}

/* Move one connection on; false when it is at its end. */
static bool
move(struct conn *c, struct pollfd *p, const struct bytes *request)
{
	char text[16384];
	ssize_t n;

	if (p->revents & POLLOUT) {
		n = send(p->fd, request->p + c->sent, request->n - c->sent,
		    MSG_NOSIGNAL);
		if (n > 0)
			c->sent += (size_t)n;
		if (n < 0 && errno != EAGAIN)
			return false;
		if (c->sent == request->n)
			p->events = POLLIN;
	}
	if (p->revents & (POLLIN | POLLHUP | POLLERR)) {
		n = recv(p->fd, text, sizeof(text), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return false;
		if (n > 0)
			note(c, text, (size_t)n);
	}
	return true;
}

/* Until all have ended, or too much time has passed: how many are left. */
static int
run_all(struct conn *conns, struct pollfd *fds, int count,
    const struct bytes *request)
{
	long long until = plug_now() + LIMIT_MS;
	int left = 0;

	for (int i = 0; i < count; i++)
		left += fds[i].fd >= 0;
	while (left > 0 && plug_now() < until) {
		if (poll(fds, (nfds_t)count, 1000) <= 0)
			continue;
		for (int i = 0; i < count; i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0 ||
			    move(&conns[i], &fds[i], request))
				continue;
			close(fds[i].fd);
			fds[i].fd = -1;
			left--;
		}
	}
	return left;
}

static int
status_of(const struct conn *c)
{
	return c->got > 12 ? atoi(c->head + 9) % STATUS_MAX : 0;
}

/* "200 1500" for each status, 0 for no answer; whole ones end a chunk. */
static void
report(const struct conn *conns, int count, const char *expect)
{
	int seen[STATUS_MAX] = { 0 }, whole = 0, right = 0;

	for (int i = 0; i < count; i++) {
		seen[status_of(&conns[i])]++;
		whole += memcmp(conns[i].tail, "\r\n0\r\n\r\n",
		    sizeof(conns[i].tail) - 1) == 0 ||
		    memcmp(conns[i].tail + 1, "\r\n0\r\n\r\n", 7) == 0;
		right += expect != NULL &&
		    strstr(conns[i].head, expect) != NULL;
	}
	for (int i = 0; i < STATUS_MAX; i++)
		if (seen[i] > 0)
			printf("status %d: %d\n", i, seen[i]);
	printf("to their end: %d\n", whole);
	if (expect != NULL)
		printf("as expected: %d\n", right);
}

int
load_command(int argc, char **argv)
{
	struct bytes request = { 0 };
	struct args a;

	if (parse(&a, argc, argv) != 0)
		return 2;
	raise_descriptors();
	make_request(&request, &a);
	struct conn *conns = calloc((size_t)a.count, sizeof(*conns));
	struct pollfd *fds = calloc((size_t)a.count, sizeof(*fds));
	if (conns == NULL || fds == NULL)
		abort();
	long long began = plug_now();
	for (int i = 0; i < a.count; i++)
		fds[i] = (struct pollfd){ .fd = start_connecting(a.port),
		    .events = POLLOUT | POLLIN };
	int left = run_all(conns, fds, a.count, &request);
	report(conns, a.count, a.expect);
	printf("left: %d\nms: %lld\n", left, plug_now() - began);
	free(conns);
	free(fds);
	bytes_free(&request);
	return 0;
}

int
idle_command(int argc, char **argv)
{
	struct bytes words = { 0 };
	struct args a;

	if (parse(&a, argc, argv) != 0 || a.ready == NULL)
		return 2;
	raise_descriptors();
	bytes_puts(&words, a.send != NULL ? a.send : "");
	struct conn *conns = calloc((size_t)a.count, sizeof(*conns));
	struct pollfd *fds = calloc((size_t)a.count, sizeof(*fds));
	if (conns == NULL || fds == NULL)
		abort();
	for (int i = 0; i < a.count; i++)
		fds[i] = (struct pollfd){ .fd = start_connecting(a.port),
		    .events = words.n > 0 ? POLLOUT | POLLIN : POLLIN };
	FILE *f = fopen(a.ready, "we");
	if (f == NULL || fclose(f) != 0)
		exit(1);
	printf("left: %d\n", run_all(conns, fds, a.count, &words));
	free(conns);
	free(fds);
	bytes_free(&words);
	return 0;
}
