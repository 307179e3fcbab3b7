/*
 * The parts of the generators of Claude requests, for each other.  What is
 * put somewhere also says in the struct gen what must become of it.
 */
#ifndef TESTS_GEN_MESSAGES_H
#define TESTS_GEN_MESSAGES_H

#include "gen.h"

/* "none" to "max"; NULL at the end. */
extern const char *const gen_claude_efforts[];

/* --- gen_messages_blocks.c: blocks, at the end of a content ----------- */

void	gen_put_text(struct gen *g, json_t *content);
void	gen_put_blank(struct gen *g, json_t *content);
/* An image in a message (top) or a result; bad ones are missed. */
void	gen_put_image(struct gen *g, json_t *content, bool top);
void	gen_put_document(struct gen *g, json_t *content);
void	gen_put_search_result(struct gen *g, json_t *content);
/* What no upstream has. */
void	gen_put_unknown(struct gen *g, json_t *content);
/* Blocks around a text, so that something is always left. */
void	gen_put_user_blocks(struct gen *g, json_t *content);

/* --- gen_messages_talk.c: all messages -------------------------------- */

void	gen_put_history(struct gen *g);

/* --- gen_messages_tools.c ---------------------------------------------- */

/*
 * Tools have records {"name", "word", "offered", "waits"?, "changed"?}: what
 * is in the tool arrives when it is offered in the end.
 */
void	gen_put_tools(struct gen *g);
void	gen_put_choice(struct gen *g);
/* The last step: which tools are offered. */
void	gen_settle_tools(struct gen *g);

#endif
