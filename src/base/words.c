/*
 * A lookup table by text: open addressing, at most half full.  The keys are a
 * stranger's, so the hash starts from an address that the system made random;
 * what is found does not depend on it.
 */
#include "base/words.h"

/* FNV-1a, from a start that nobody can guess. */
static uint64_t
hash(uint64_t seed, struct span key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) * (seed | 1);

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

/* The slot that has the key, or the free one where it belongs. */
static struct words_slot *
slot_of(const struct words *words, struct span key)
{
	size_t i = hash(words->seed, key) & (words->size - 1);

	while (words->slots[i].key.p != NULL &&
	    !span_eq(words->slots[i].key, key))
		i = (i + 1) & (words->size - 1);
	return &words->slots[i];
}

void *
words_get(const struct words *words, struct span key)
{
	if (words->size == 0 || key.p == NULL)
		return NULL;
	return slot_of(words, key)->value;
}

static void
grow(struct words *words, struct pool *pool)
{
	struct words old = *words;

	words->size = old.size > 0 ? 2 * old.size : 64;
	words->slots = pool_array(pool, struct words_slot, words->size);
	if (old.size == 0)
		words->seed = (uint64_t)(uintptr_t)words->slots;
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].key.p != NULL)
			*slot_of(words, old.slots[i].key) = old.slots[i];
}

void
words_put(struct words *words, struct pool *pool, struct span key, void *value)
{
	struct words_slot *slot;

	if (key.p == NULL)
		return;
	if (2 * (words->used + 1) > words->size)
		grow(words, pool);
	slot = slot_of(words, key);
	words->used += slot->key.p == NULL;
	slot->key = key;
	slot->value = value;
}
