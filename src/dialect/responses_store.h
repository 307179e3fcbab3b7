/*
 * Responses that a client may name again (o2c-responses 1.4): by
 * previous_response_id, by item_reference, by GET and DELETE.  They live in
 * struct memory as JSON text,
 *
 *	key	<client> 0x1F <response id>
 *	value	{"input":[...],"response":{...},"previous":id or null}
 *
 * where the input is what that one request brought, each item with an id.
 * `client` is the digest of the caller's key: nobody sees another's.
 */
#ifndef CO2_RESPONSES_STORE_H
#define CO2_RESPONSES_STORE_H

#include "base/buf.h"
#include "model/fault.h"
#include "model/memory.h"
#include "wire/jget.h"

struct stored {
	struct stored *next;	/* the one that came after it */
	struct span id;
	json_t *input;		/* array */
	json_t *response;	/* object */
};

/*
 * The response and all before it, oldest first; a use renews them all. NULL
 * when one of them is missing.
 */
struct stored *stored_chain(struct memory *m, struct pool *pool,
    struct span client, struct span id);
/*
 * The item with that id: out of the response that the id names, or of the
 * chain, which may be NULL. NULL when there is none.
 */
json_t *stored_item(struct memory *m, struct pool *pool, struct span client,
    const struct stored *chain, struct span id);
/*
 * Keep a response. `input` is the request's own (a string, an array or
 * NULL), `response` the final object's text.
 */
void stored_put(struct memory *m, struct pool *pool, struct span client,
    struct span id, const json_t *input, struct span response,
    struct span previous);

/* --- for the endpoints ---------------------------------------------- */

/* GET /v1/responses/{id}: its body; false when there is none. */
bool stored_put_response(struct buf *out, struct memory *m,
    struct pool *pool, struct span client, struct span id);
/* GET /v1/responses/{id}/input_items. */
bool stored_put_items(struct buf *out, struct memory *m, struct pool *pool,
    struct span client, struct span id);
/* DELETE /v1/responses/{id}: it is gone, and the body says so. */
bool stored_delete(struct buf *out, struct memory *m, struct pool *pool,
    struct span client, struct span id);
/* The fault for an id that these do not know: 404. Returns -1. */
int stored_missing(struct fault *why, struct span id);

#endif
