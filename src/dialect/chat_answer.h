/*
 * Pieces of a chat answer that its stream and its whole form share: private
 * to chat_reply_write.c, which sends them as chunks or as one message.
 */
#ifndef CO2_CHAT_ANSWER_H
#define CO2_CHAT_ANSWER_H

#include "dialect/dialect.h"
#include "wire/jw.h"

/*
 * Texts of an answer become one string.  Two of them are set apart by a blank
 * line when something that a chat client is not shown as text, a call or a
 * search, lies between, and the first does not end in white space.
 */
struct chat_joint {
	bool some;		/* there was text */
	bool white;		/* it ends in white space */
	bool apart;		/* something lay behind it */
	size_t points;		/* code points so far, for citations */
};

extern const struct span chat_glue;	/* the blank line */

/* A block begins: does the glue go in front of its text? */
bool chat_join(struct chat_joint *j, enum block_kind kind);
void chat_join_text(struct chat_joint *j, struct span text);
/* The text of all blocks, as "content" has it; absent when there is none. */
struct span chat_content(struct pool *pool, const struct block *blocks);

/* "chatcmpl-" and the upstream's id. */
struct span chat_id(struct pool *pool, struct span upstream_id);
const char *chat_finish(const struct request *req, enum stop stop);

/* "service_tier" and "usage", the latter an object. */
void chat_put_tier(struct jw *w, const struct usage *u);
void chat_put_usage(struct jw *w, const struct usage *u);

/*
 * One of "tool_calls"; index -1: none. The arguments are a function's, or the
 * text of a freeform tool.
 */
void chat_put_call(struct jw *w, long index, const struct tool_key *tool,
    struct span id, struct span arguments);
/* A further piece of the arguments of call `index`. */
void chat_put_call_piece(struct jw *w, long index,
    const struct tool_key *tool, struct span piece);
/* "function_call"; name absent: a further piece. */
void chat_put_legacy_call(struct jw *w, struct span name,
    struct span arguments);
/* The arguments of a complete call as its client wants them. */
struct span chat_arguments(struct pool *pool, const struct block *call);

/* Citations of a text between two code points, as annotations. */
bool chat_has_citations(const struct block *text);
void chat_put_citations(struct jw *w, const struct block *text, size_t start,
    size_t end);

/* "reasoning_details" of all thinking blocks; nothing when there is none. */
bool chat_has_details(const struct block *blocks);
void chat_put_details(struct jw *w, const struct block *blocks,
    struct span model);

#endif
