/*
 * What the readers of both OpenAI APIs' replies share: ids and arguments of
 * calls, citations.
 */
#ifndef CO2_OPENAI_REPLY_H
#define CO2_OPENAI_REPLY_H

#include "base/words.h"
#include "dialect/dialect.h"
#include "wire/jget.h"

/*
 * The tree of one event, in a pool that the caller closes behind it; NULL,
 * with a fault in the flow, when it is no JSON.
 */
json_t *openai_event(struct reader *r, struct pool *scratch,
    struct span data);

/* The ids that the history has or that were given in this reply. */
struct openai_ids {
	struct words used;
	bool listed;		/* those of the history are in it */
};

/* The client's id for a call; one that the conversation has not seen. */
struct span openai_call_id(struct reader *r, struct openai_ids *ids,
    struct span id);
/* False when the conversation has this id; else it has it from now on. */
bool openai_id_is_new(struct reader *r, struct openai_ids *ids,
    struct span id);

/* Is the text one JSON object? */
bool openai_is_object(struct span text);
/* ... or the beginning of one? The text is not blank. */
enum input openai_input_kind(struct span text);
/*
 * All arguments of a call in one piece: as they came, "{}" for none, wrapped
 * and reported when they are no JSON object (c2o-common section 9).
 */
void openai_push_arguments(struct reader *r, long lane,
    struct span arguments);
/* The input of a freeform call, which has no JSON: {"input":text}. */
void openai_push_freeform(struct reader *r, long lane, struct span input);
/* The text of arguments, which some servers send as an object. */
struct span openai_arguments(struct pool *pool, const json_t *arguments);

/*
 * A url_citation, in either API's form, of the text of its block; false when
 * it is another annotation. Borrowed from the node and the text.
 */
bool openai_read_cite(const json_t *annotation, struct cite *cite);
/* Send it; what it cites is cut out of `text` by its code points. */
void openai_push_cite(struct reader *r, long lane, struct cite *cite,
    struct span text);

/* The tier that served the reply, as usage has it; absent if not said. */
struct span openai_tier(struct span word);

#endif
