/*
 * Random ids.  Tests ask for a fixed sequence instead, so that their
 * expectations can be written down.
 */
#ifndef CO2_RANDOM_H
#define CO2_RANDOM_H

#include "base/pool.h"

/* n bytes from the kernel (or from the fixed sequence). */
void random_bytes(void *p, size_t n);
/* prefix followed by n random characters of [0-9A-Za-z]. */
struct span random_base62(struct pool *pool, const char *prefix, size_t n);
/* prefix followed by n random lower-case hex digits. */
struct span random_hex(struct pool *pool, const char *prefix, size_t n);
/*
 * For tests, single-threaded: from now on every id is zeros that end in a
 * counter, which starts at 1 ("req_" and 24: req_000000000000000000000001).
 */
void random_fixed(void);

#endif
