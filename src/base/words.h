/*
 * A lookup table by text, for lists that a stranger may make long.
 *
 *	struct words calls = { 0 };
 *
 *	words_put(&calls, pool, id, call);
 *	call = words_get(&calls, id);
 *
 * All zero is an empty table.  Keys are borrowed, values are the caller's; the
 * table itself lives in the pool.
 */
#ifndef CO2_WORDS_H
#define CO2_WORDS_H

#include <stdint.h>

#include "base/pool.h"

/* A slot whose key is absent is free. */
struct words_slot {
	struct span key;
	void *value;
};

struct words {
	struct words_slot *slots;
	size_t size, used;
	uint64_t seed;
};

/* The value under key, or NULL. */
void *words_get(const struct words *words, struct span key);
/* Set it, in place of an older one. An absent key is none. */
void words_put(struct words *words, struct pool *pool, struct span key,
    void *value);

#endif
