#include "bench/common.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

long long
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
die(const char *what)
{
	perror(what);
	exit(1);
}

void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		die("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void
unblock(int fd)
{
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		die("fcntl");
}

static void
reserve(struct text *t, size_t n)
{
	size_t cap = t->cap > 0 ? t->cap : 1024;

	while (cap < t->n + n + 1)
		cap *= 2;
	if (cap == t->cap)
		return;
	t->p = realloc(t->p, cap);
	if (t->p == NULL)
		die("realloc");
	t->cap = cap;
}

void
text_add(struct text *t, const char *p, size_t n)
{
	reserve(t, n);
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void
text_printf(struct text *t, const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		die("a line of the benchmark is too long");
	text_add(t, line, (size_t)n);
}

void
text_eat(struct text *t, size_t n)
{
	memmove(t->p, t->p + n, t->n - n);
	t->n -= n;
}

void
stamp_print(char *out, size_t size, long number)
{
	snprintf(out, size, "@%ld:%lld;", number, now_ns());
}

static const char *
read_number(const char *p, const char *end, long long *n)
{
	const char *start = p;

	for (*n = 0; p < end && *p >= '0' && *p <= '9'; p++)
		*n = *n * 10 + (*p - '0');
	return p > start ? p : end;
}

bool
stamp_find(const char *p, size_t n, struct stamp *stamp)
{
	const char *end = p + n, *at = n > 0 ? memchr(p, '@', n) : NULL;
	long long number;

	if (at == NULL)
		return false;
	at = read_number(at + 1, end, &number);
	if (at >= end || *at != ':')
		return false;
	at = read_number(at + 1, end, &stamp->ns);
	stamp->number = (long)number;
	return at < end && *at == ';';
}
