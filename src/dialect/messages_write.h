/*
 * What the writers of Claude's replies and errors share.
 *
 *	messages_reply_write.c	the stream
 *	messages_whole_write.c	the whole reply
 *	messages_reply_put.c	the pieces of both
 *	messages_error.c
 */
#ifndef CO2_MESSAGES_WRITE_H
#define CO2_MESSAGES_WRITE_H

#include "dialect/parts.h"
#include "wire/jw.h"

/* Is it the server's or the network's doing, and worth another try? */
bool messages_is_server_side(const struct fault *why);
/* Claude's word for the kind of fault. */
const char *messages_error_type(const struct fault *why);
/* {"type":"error","error":{...},"request_id":...} with that type. */
void messages_put_error(struct buf *out, const struct fault *why,
    const char *type, struct span request_id);

/* "resp_a1" is "msg_a1"; without an id one is made up. */
struct span messages_id(struct pool *pool, struct span id);
/* "ws_71" is "srvtoolu_71". */
struct span messages_search_id(struct pool *pool, struct span id);

/*
 * Keys of the object that is open: stop_reason, stop_sequence, stop_details
 * and container; all null for STOP_UNSET.
 */
void messages_put_stop(struct jw *w, enum stop stop, struct span sequence,
    struct span refusal);
/* Of usage: the keys of the input, estimated if never said; of the output. */
void messages_put_input(struct jw *w, const struct request *req,
    const struct usage *u);
void messages_put_output(struct jw *w, const struct usage *u);
/* "usage" as a message has it; events of the stream have less. */
void messages_put_usage(struct jw *w, const struct request *req,
    const struct usage *u);

/* The keys of a call but input and caller. */
void messages_put_call_head(struct jw *w, const char *type, struct span id,
    struct span name);
void messages_put_caller(struct jw *w);
/* A citation in a block whose text so far is `text`. */
void messages_put_cite(struct jw *w, const char *key, const struct cite *c,
    struct span text);
/* The block with what a search found, or why it failed. */
void messages_put_search_result(struct jw *w, const char *key,
    struct span id, const struct link *links, struct span failure);

#endif
