/*
 * A bounded memory of texts by key: the responses that a client may name
 * again, the reasoning of chat turns.  In memory only, shared by all threads
 * behind one mutex; readers get copies.
 */
#ifndef CO2_MEMORY_H
#define CO2_MEMORY_H

#include "base/pool.h"

struct memory;

/* At most max_bytes (keys and values) and max_age seconds; oldest use out first. */
struct memory *memory_new(size_t max_bytes, long max_age);
void memory_free(struct memory *m);
/* Keep a copy of value under key, in place of an older one. */
void memory_put(struct memory *m, struct span key, struct span value);
/* A copy in the pool; absent when there is none. Counts as a use. */
struct span memory_get(struct memory *m, struct pool *pool, struct span key);
/* True when there was one. */
bool memory_drop(struct memory *m, struct span key);

#endif
