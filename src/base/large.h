/*
 * Large blocks of memory, kept a while for the next one who needs one.
 *
 * The system gives memory page by page and clears each: for a body of ten
 * megabytes that takes longer than all that is done with it.  So the few
 * largest blocks are not given back at once.  They come from malloc(3), and
 * whoever got one may also free(3) or realloc(3) it.
 */
#ifndef CO2_LARGE_H
#define CO2_LARGE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LARGE_BYTES = 1 << 20,		/* what is smaller is not kept */
	LARGE_KEPT_BYTES = 64 << 20,	/* in all */
};

/* A kept block of n bytes or up to twice as many; NULL when there is none. */
void *large_take(size_t n);
/* Keep a block instead of freeing it; false when it is not worth it. */
bool large_keep(void *p);
/* Free those that nobody has needed since the last time. */
void large_trim(void);

#endif
