/*
 * Calls of a chat stream, collected until the choice finishes and then sent
 * whole: servers interleave, repeat and split them, and local models produce
 * broken JSON (c2o-chat 3.2).
 */
#ifndef CO2_CHAT_CALLS_READ_H
#define CO2_CHAT_CALLS_READ_H

#include "dialect/openai_reply.h"

struct chat_call;

struct chat_calls {
	struct reader *r;
	struct chat_call *first, *last;
	struct words by_index, by_id;	/* the newest of each */
	struct openai_ids ids;
};

void chat_calls_init(struct chat_calls *calls, struct reader *r);
/*
 * Entries of "tool_calls". Of a whole message each is a call of its own; in a
 * stream they are pieces.
 */
void chat_calls_take(struct chat_calls *calls, const json_t *list, bool whole);
/*
 * A piece of the arguments of the call with that index; false when there is
 * no such call yet.
 */
bool chat_calls_add(struct chat_calls *calls, long index,
    struct span arguments);
/* The old "function_call": one call without an id. */
void chat_calls_take_function(struct chat_calls *calls, const json_t *call);
bool chat_calls_some(const struct chat_calls *calls);
/*
 * Send all, one block after the other, in lanes from *lane on. `cut`: the
 * token limit was hit, so a last call that is no JSON is dropped.
 */
void chat_calls_send(struct chat_calls *calls, long *lane, bool cut);

#endif
