/*
 * Memory of one request: chunks that are filled from front to back and freed
 * together.  The pool itself lies in its first chunk, so a small request
 * costs one malloc.
 *
 * The newest chunk is the one being filled.  What is large gets a chunk of
 * its own, listed behind the newest, so that no rest is wasted.
 */
#include "base/pool.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum {
	CHUNK_FIRST = 1024,
	CHUNK_LAST = 64 * 1024,
};

/* With the address sanitizer everything is alone, so that it sees borders. */
#if defined __has_feature
#if __has_feature(address_sanitizer)
#define SEE_BORDERS
#endif
#elif defined __SANITIZE_ADDRESS__
#define SEE_BORDERS
#endif

#ifdef SEE_BORDERS
static const size_t alone_from = 0;
#else
static const size_t alone_from = CHUNK_LAST / 4;
#endif

struct chunk {
	struct chunk *older;
	size_t used, cap;
	alignas(max_align_t) char bytes[];
};

struct deferred {
	struct deferred *older;
	void (*fn)(void *arg);
	void *arg;
};

struct pool {
	struct chunk *newest;
	struct deferred *deferred;
	size_t handed_out;
};

static struct chunk *
chunk_new(struct chunk *older, size_t cap)
{
	struct chunk *c = xmalloc(sizeof(*c) + cap);

	c->older = older;
	c->used = 0;
	c->cap = cap;
	return c;
}

/* n bytes of the chunk, which has them. */
static void *
chunk_take(struct chunk *c, size_t n)
{
	const size_t a = alignof(max_align_t);
	void *p = c->bytes + c->used;

	c->used += n;
	/* The next one starts aligned, unless the chunk ends before. */
	c->used = c->cap - c->used < a ? c->cap : (c->used + a - 1) / a * a;
	return p;
}

struct pool *
pool_open(void)
{
	struct chunk *first;
	struct pool *pool;

	first = chunk_new(NULL, CHUNK_FIRST - sizeof(struct chunk));
	pool = chunk_take(first, sizeof(*pool));
	*pool = (struct pool){ .newest = first };
	return pool;
}

void
pool_close(struct pool *pool)
{
	struct chunk *c, *older;
	struct deferred *d;

	if (pool == NULL)
		return;
	/* One at a time: a callback may still use the pool. */
	while ((d = pool->deferred) != NULL) {
		pool->deferred = d->older;
		d->fn(d->arg);
	}
	for (c = pool->newest; c != NULL; c = older) {
		older = c->older;
		free(c);
	}
}

/* n bytes as they come, aligned. */
static void *
take(struct pool *pool, size_t n)
{
	struct chunk *c = pool->newest;

	pool->handed_out += n;
	if (n >= alone_from) {
		c->older = chunk_new(c->older, n);
		return c->older->bytes;
	}
	if (n > c->cap - c->used) {
		size_t cap = sizeof(*c) + c->cap;

		/* As much again as there is: 1, 1, 2, 4, ... kB. */
		if (c->older != NULL)
			cap *= 2;
		while (cap - sizeof(*c) < n)
			cap *= 2;
		if (cap > CHUNK_LAST)
			cap = CHUNK_LAST;
		c = pool->newest = chunk_new(c, cap - sizeof(*c));
	}
	return chunk_take(c, n);
}

void *
pool_alloc(struct pool *pool, size_t n)
{
	return memset(take(pool, n), 0, n);
}

struct span
pool_span(struct pool *pool, struct span s)
{
	if (s.p == NULL)
		return s;
	return pool_join(pool, s, SPAN_NONE, SPAN_NONE);
}

char *
pool_str(struct pool *pool, struct span s)
{
	return (char *)pool_span(pool, s).p;
}

struct span
pool_printf(struct pool *pool, const char *fmt, ...)
{
	char text[256], *copy;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = (size_t)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	copy = take(pool, n + 1);
	if (n < sizeof(text)) {
		memcpy(copy, text, n + 1);
	} else {
		va_start(ap, fmt);
		vsnprintf(copy, n + 1, fmt, ap);
		va_end(ap);
	}
	return (struct span){ copy, n };
}

static char *
append(char *to, struct span s)
{
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

struct span
pool_join(struct pool *pool, struct span a, struct span b, struct span c)
{
	size_t n = a.n + b.n + c.n;
	char *copy = take(pool, n + 1);

	*append(append(append(copy, a), b), c) = '\0';
	return (struct span){ copy, n };
}

void
pool_defer(struct pool *pool, void (*fn)(void *arg), void *arg)
{
	struct deferred *d = pool_new(pool, struct deferred);

	d->older = pool->deferred;
	d->fn = fn;
	d->arg = arg;
	pool->deferred = d;
}

size_t
pool_size(const struct pool *pool)
{
	return pool->handed_out;
}
