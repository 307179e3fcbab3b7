/*
 * The reasoning of a chat server: which of the fields that servers use holds
 * it, and the details that have to be given back as they came.
 */
#ifndef CO2_CHAT_REASONING_READ_H
#define CO2_CHAT_REASONING_READ_H

#include "wire/jget.h"

struct chat_reasoning {
	struct span field;	/* where the text stood; absent: in details */
	struct span text;	/* in the pool, or borrowed from the node */
};

/* What a message or delta says of it; both absent for nothing. */
struct chat_reasoning chat_reasoning_of(struct pool *pool,
    const json_t *message);

/*
 * Add a list of reasoning_details to another. In a stream entries with equal
 * index and type are pieces of one.
 */
void chat_details_add(json_t *into, const json_t *list, bool whole);

#endif
