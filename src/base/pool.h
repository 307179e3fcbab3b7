/*
 * A pool owns everything that is made for one request and gives it back in
 * one go.  Nothing in it is freed alone.
 *
 *	struct pool *pool = pool_open();
 *	struct block *b = pool_new(pool, struct block);		(zeroed)
 *	...
 *	pool_close(pool);
 */
#ifndef CO2_POOL_H
#define CO2_POOL_H

#include "base/span.h"

struct pool;

struct pool *pool_open(void);
/* Run what was deferred, newest first, then free all. NULL is accepted. */
void pool_close(struct pool *pool);

/* n zeroed bytes, aligned for any type. */
void *pool_alloc(struct pool *pool, size_t n);
#define pool_new(pool, type) ((type *)pool_alloc((pool), sizeof(type)))
#define pool_array(pool, type, n) \
	((type *)pool_alloc((pool), sizeof(type) * (n)))
/* A copy of s, NUL-terminated; absent stays absent. */
struct span pool_span(struct pool *pool, struct span s);
/* A copy of s as a C string; NULL for absent. */
char *pool_str(struct pool *pool, struct span s);
/* Formatted text, NUL-terminated. */
struct span pool_printf(struct pool *pool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* a, b and c one after the other. */
struct span pool_join(struct pool *pool, struct span a, struct span b,
    struct span c);
/* Call fn(arg) when the pool closes, for what the pool cannot own itself. */
void pool_defer(struct pool *pool, void (*fn)(void *arg), void *arg);
/* Bytes handed out so far. */
size_t pool_size(const struct pool *pool);

#endif
