/*
 * A hash table of entries that hang in a list as well, from the one used last
 * to the one used first.  What is too much or too old leaves at the tail.
 */
#include "model/memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/xalloc.h"

enum { BUCKETS_FIRST = 64 };	/* a power of two */

struct entry {
	struct entry *chain;		/* in its bucket */
	struct entry *newer, *older;
	uint64_t hash;
	long long used;			/* milliseconds, monotonic */
	size_t key_n, value_n;
	char bytes[];			/* key, then value */
};

struct memory {
	pthread_mutex_t lock;
	size_t max_bytes, bytes;
	long long max_age;		/* milliseconds */
	struct entry **buckets;
	size_t bucket_count, count;
	struct entry *newest, *oldest;
};

struct memory *
memory_new(size_t max_bytes, long max_age)
{
	struct memory *m = xcalloc(1, sizeof(*m));

	pthread_mutex_init(&m->lock, NULL);
	m->max_bytes = max_bytes;
	m->max_age = max_age * 1000LL;
	m->bucket_count = BUCKETS_FIRST;
	m->buckets = xcalloc(m->bucket_count, sizeof(struct entry *));
	return m;
}

void
memory_free(struct memory *m)
{
	struct entry *e;

	if (m == NULL)
		return;
	while ((e = m->newest) != NULL) {
		m->newest = e->older;
		free(e);
	}
	free(m->buckets);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* FNV-1a. Keys hold a digest or an id of the upstream's, no client's choice. */
static uint64_t
hash_of(struct span key)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 1099511628211u;
	return h;
}

static struct entry **
bucket_of(const struct memory *m, uint64_t hash)
{
	return &m->buckets[hash & (m->bucket_count - 1)];
}

static size_t
size_of(const struct entry *e)
{
	return e->key_n + e->value_n;
}

static void
list_push(struct memory *m, struct entry *e)
{
	e->newer = NULL;
	e->older = m->newest;
	if (m->newest != NULL)
		m->newest->newer = e;
	else
		m->oldest = e;
	m->newest = e;
}

static void
list_take(struct memory *m, struct entry *e)
{
	if (e->newer != NULL)
		e->newer->older = e->older;
	else
		m->newest = e->older;
	if (e->older != NULL)
		e->older->newer = e->newer;
	else
		m->oldest = e->newer;
}

static void
forget(struct memory *m, struct entry *e)
{
	struct entry **at = bucket_of(m, e->hash);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	list_take(m, e);
	m->bytes -= size_of(e);
	m->count--;
	free(e);
}

/* The tail of the list is the oldest use: nothing newer can be too old. */
static void
forget_old(struct memory *m)
{
	long long dead = now() - m->max_age;
	struct entry *e = m->oldest;

	while (e != NULL && e->used < dead) {
		struct entry *newer = e->newer;

		forget(m, e);
		e = newer;
	}
}

static struct entry *
look_up(const struct memory *m, struct span key)
{
	uint64_t hash = hash_of(key);

	for (struct entry *e = *bucket_of(m, hash); e != NULL; e = e->chain)
		if (e->hash == hash &&
		    span_eq((struct span){ e->bytes, e->key_n }, key))
			return e;
	return NULL;
}

static void
grow(struct memory *m)
{
	free(m->buckets);
	m->bucket_count *= 2;
	m->buckets = xcalloc(m->bucket_count, sizeof(struct entry *));
	for (struct entry *e = m->newest; e != NULL; e = e->older) {
		struct entry **at = bucket_of(m, e->hash);

		e->chain = *at;
		*at = e;
	}
}

static struct entry *
entry_new(struct span key, struct span value)
{
	struct entry *e = xmalloc(sizeof(*e) + key.n + value.n);

	e->hash = hash_of(key);
	e->key_n = key.n;
	e->value_n = value.n;
	if (key.n > 0)
		memcpy(e->bytes, key.p, key.n);
	if (value.n > 0)
		memcpy(e->bytes + key.n, value.p, value.n);
	return e;
}

/* A value larger than the whole memory only drives out its predecessor. */
void
memory_put(struct memory *m, struct span key, struct span value)
{
	bool fits = key.n <= m->max_bytes && value.n <= m->max_bytes - key.n;
	struct entry *e = fits ? entry_new(key, value) : NULL;
	struct entry *old, **at;

	pthread_mutex_lock(&m->lock);
	forget_old(m);
	if ((old = look_up(m, key)) != NULL)
		forget(m, old);
	if (e != NULL) {
		while (m->bytes > m->max_bytes - size_of(e))
			forget(m, m->oldest);
		if (m->count >= m->bucket_count)
			grow(m);
		at = bucket_of(m, e->hash);
		e->chain = *at;
		*at = e;
		e->used = now();
		list_push(m, e);
		m->bytes += size_of(e);
		m->count++;
	}
	pthread_mutex_unlock(&m->lock);
}

struct span
memory_get(struct memory *m, struct pool *pool, struct span key)
{
	struct span value = SPAN_NONE;
	struct entry *e;

	pthread_mutex_lock(&m->lock);
	forget_old(m);
	if ((e = look_up(m, key)) != NULL) {
		e->used = now();
		list_take(m, e);
		list_push(m, e);
		value = pool_span(pool,
		    (struct span){ e->bytes + e->key_n, e->value_n });
	}
	pthread_mutex_unlock(&m->lock);
	return value;
}

bool
memory_drop(struct memory *m, struct span key)
{
	struct entry *e;

	pthread_mutex_lock(&m->lock);
	forget_old(m);
	if ((e = look_up(m, key)) != NULL)
		forget(m, e);
	pthread_mutex_unlock(&m->lock);
	return e != NULL;
}
