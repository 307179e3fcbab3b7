#include "base/large.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 8 };

static struct {
	void *p;
	size_t size;
	bool seen;	/* by large_trim() */
} kept[SLOTS];
static size_t kept_bytes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
fill_slot(int slot, void *p, size_t size)
{
	kept[slot].p = p;
	kept[slot].size = size;
	kept[slot].seen = false;
	kept_bytes += size;
}

static void *
empty_slot(int slot)
{
	void *p = kept[slot].p;

	kept[slot].p = NULL;
	kept_bytes -= kept[slot].size;
	return p;
}

/* The smallest one that will do. */
void *
large_take(size_t n)
{
	void *p = NULL;
	int best = -1;

	if (n < LARGE_BYTES)
		return NULL;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < SLOTS; i++)
		if (kept[i].p != NULL && kept[i].size >= n &&
		    kept[i].size / 2 <= n &&
		    (best < 0 || kept[i].size < kept[best].size))
			best = i;
	if (best >= 0)
		p = empty_slot(best);
	pthread_mutex_unlock(&lock);
	return p;
}

bool
large_keep(void *p)
{
	size_t size = malloc_usable_size(p);
	bool taken = false;

	if (size < LARGE_BYTES)
		return false;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < SLOTS && !taken; i++) {
		taken = kept[i].p == NULL &&
		    size <= LARGE_KEPT_BYTES - kept_bytes;
		if (taken)
			fill_slot(i, p, size);
	}
	pthread_mutex_unlock(&lock);
	return taken;
}

void
large_trim(void)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < SLOTS; i++) {
		if (kept[i].seen)
			free(empty_slot(i));
		kept[i].seen = kept[i].p != NULL;
	}
	pthread_mutex_unlock(&lock);
}
