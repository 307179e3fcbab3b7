/*
 * A client that does what it is told, byte for byte:
 *
 *	fire raw PORT STEP...
 *
 *	send:TEXT	send it; \r, \n and \\ as in C
 *	file:PATH	send a file
 *	drip:MS:TEXT	send it, one byte every so many ms
 *	sleep:MS
 *	shut		no more from us: close the writing half
 *	until:TEXT	read until the text has come
 *	slow:N:MS	read one byte every so many ms, N times
 *	end		read until the peer closes
 *	touch:PATH	make a file, for those that wait for us
 *
 * What was read goes to the standard output.  A step that fails (the peer
 * has closed, or 30 seconds have passed) ends it with status 1; how long it
 * all took stands on the standard error.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/bytes.h"
#include "../lib/plug.h"
#include "fire.h"

enum { LIMIT_MS = 30 * 1000 };

struct raw {
	struct plug	 p;
	size_t		 shown;	/* of what has come */
};

static void
unescape(struct bytes *out, const char *s)
{
	for (; *s != '\0'; s++) {
		char c = *s;
		if (c == '\\' && s[1] != '\0') {
			s++;
			c = *s == 'r' ? '\r' : *s == 'n' ? '\n' : *s;
		}
		bytes_add(out, &c, 1);
	}
}

static void
show(struct raw *r)
{
	if (r->shown == r->p.in.n)
		return;
	fwrite(r->p.in.p + r->shown, 1, r->p.in.n - r->shown, stdout);
	fflush(stdout);
	r->shown = r->p.in.n;
}

static int
step_send(struct raw *r, const char *arg)
{
	struct bytes text = { 0 };

	unescape(&text, arg);
	int rc = plug_write(&r->p, text.p, text.n);
	bytes_free(&text);
	return rc;
}

static int
step_file(struct raw *r, const char *arg)
{
	struct bytes text = { 0 };
	int rc = bytes_read_file(&text, arg);

	if (rc == 0)
		rc = plug_write(&r->p, text.p, text.n);
	bytes_free(&text);
	return rc;
}

/* "MS:rest"; what follows the colon. */
static const char *
number(const char *arg, int *n)
{
	char *end;

	*n = (int)strtol(arg, &end, 10);
	return *end == ':' ? end + 1 : end;
}

static int
step_drip(struct raw *r, const char *arg)
{
	struct bytes text = { 0 };
	int ms, rc = 0;

	unescape(&text, number(arg, &ms));
	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		rc = plug_write(&r->p, text.p + i, 1);
		if (rc == 0 && plug_wait(&r->p, ms) != PLUG_TIME)
			rc = -1;
	}
	bytes_free(&text);
	return rc;
}

static int
step_sleep(struct raw *r, const char *arg)
{
	return plug_wait(&r->p, atoi(arg)) == PLUG_TIME ? 0 : -1;
}

static int
step_shut(struct raw *r, const char *arg)
{
	(void)arg;
	return shutdown(r->p.fd, SHUT_WR);
}

/* Until a moment; never negative, which would be for ever. */
static int
left(long long until)
{
	long long ms = until - plug_now();

	return ms > 0 ? (int)ms : 0;
}

static int
step_until(struct raw *r, const char *arg)
{
	long long until = plug_now() + LIMIT_MS;

	while (r->p.in.n == 0 ||
	    memmem(r->p.in.p, r->p.in.n, arg, strlen(arg)) == NULL) {
		if (plug_fill(&r->p, left(until)) <= 0)
			return -1;
	}
	return 0;
}

static int
step_slow(struct raw *r, const char *arg)
{
	int count, ms;
	char c;

	ms = atoi(number(arg, &count));
	for (int i = 0; i < count; i++) {
		struct pollfd in = { .fd = r->p.fd, .events = POLLIN };
		if (poll(&in, 1, LIMIT_MS) <= 0 ||
		    recv(r->p.fd, &c, 1, 0) != 1)
			return -1;
		bytes_add(&r->p.in, &c, 1);
		poll(NULL, 0, ms);
	}
	return 0;
}

static int
step_end(struct raw *r, const char *arg)
{
	long long until = plug_now() + LIMIT_MS;
	ssize_t n;

	(void)arg;
	do {
		n = plug_fill(&r->p, left(until));
	} while (n > 0);
	return n == 0 || r->p.gone ? 0 : -1;
}

static int
step_touch(struct raw *r, const char *arg)
{
	FILE *f = fopen(arg, "we");

	(void)r;
	return f == NULL ? -1 : fclose(f);
}

static const struct {
	const char	*name;
	int		(*take)(struct raw *r, const char *arg);
} steps[] = {
	{ "send:", step_send },
	{ "file:", step_file },
	{ "drip:", step_drip },
	{ "sleep:", step_sleep },
	{ "shut", step_shut },
	{ "until:", step_until },
	{ "slow:", step_slow },
	{ "end", step_end },
	{ "touch:", step_touch },
};

static int
take_step(struct raw *r, const char *step)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		size_t n = strlen(steps[i].name);
		if (strncmp(step, steps[i].name, n) == 0)
			return steps[i].take(r, step + n);
	}
	fprintf(stderr, "fire raw: no step: %s\n", step);
	return -1;
}

int
raw_command(int argc, char **argv)
{
	struct raw r = { 0 };
	long long began = plug_now();
	int rc = 0;

	if (argc < 3)
		return 2;
	if (plug_connect(&r.p, "127.0.0.1", atoi(argv[1])) != 0) {
		fprintf(stderr, "refused\n");
		return 1;
	}
	for (int i = 2; rc == 0 && i < argc; i++) {
		rc = take_step(&r, argv[i]);
		show(&r);
		if (rc != 0)
			fprintf(stderr, "failed: %s\n", argv[i]);
	}
	fprintf(stderr, "ms: %lld\n", plug_now() - began);
	plug_close(&r.p);
	bytes_free(&r.p.in);
	return rc != 0;
}
