/*
 * Reading a Claude request, in pieces: what messages_request_read.c and its
 * helpers share.
 *
 *	messages_request_read.c		the order of things; turns
 *	messages_settings_read.c	all fields that are no content
 *	messages_blocks_read.c		content blocks
 *	messages_tools_read.c		which tools are offered, and the choice
 *	messages_pairs_read.c		calls and their results belong together
 *
 * Functions return 0, or -1 with the fault set.  Paths are those of the
 * client's body, with dots, and end with a NUL.
 */
#ifndef CO2_MESSAGES_READ_H
#define CO2_MESSAGES_READ_H

#include "base/words.h"
#include "dialect/parts.h"
#include "wire/jget.h"

struct offer;

/* One request being read. */
struct reading {
	struct request *req;
	struct fault *why;

	/* Tools: all that were named, and how many of them were loaded. */
	struct offer *offers, **offers_end;
	size_t offer_count, loaded;
	struct words offers_by_name;
	bool load_all;		/* a tool search runs on Claude's servers */

	enum effort late_effort;	/* of the last system message */
	size_t last_user;	/* number of the last user message */
	bool step_dropped;	/* the warning about hosted steps is out */
};

/* --- faults and paths ----------------------------------------------- */

/* invalid_request_error: "<path>: <reason>". */
int messages_bad(struct reading *r, struct span path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the code "unsupported_parameter". */
int messages_unsupported(struct reading *r, struct span path,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "<path>.<key>", "<key>" at the root (empty path). */
struct span messages_path(struct reading *r, struct span path,
    const char *key);
/* "<path>.<i>" */
struct span messages_nth(struct reading *r, struct span path, size_t i);
/* field_dropped=<path>.<key> */
void messages_field_lost(struct reading *r, struct span path,
    const char *key);

/* --- typed keys; null is absence ------------------------------------ */

/* *value stays as it is when the key is absent. */
int messages_get_text(struct reading *r, struct span path, const json_t *o,
    const char *key, struct span *value);
int messages_get_flag(struct reading *r, struct span path, const json_t *o,
    const char *key, bool *value);
int messages_get_object(struct reading *r, struct span path, const json_t *o,
    const char *key, json_t **value);
int messages_get_array(struct reading *r, struct span path, const json_t *o,
    const char *key, json_t **value);
/* The text must be there and not empty. */
int messages_need_text(struct reading *r, struct span path, const json_t *o,
    const char *key, struct span *value);

/* --- the pieces ----------------------------------------------------- */

/* thread, which would make every other check fail. */
int messages_read_thread(struct reading *r);
/* Every field but system, messages, tools and tool_choice. */
int messages_read_settings(struct reading *r);
/* An effort word; *effort stays when there is none. */
int messages_read_effort(struct reading *r, struct span path,
    const json_t *config, enum effort *effort);
/* Effort and visibility of reasoning, once tools and turns are known. */
int messages_settle_thinking(struct reading *r);

/*
 * The content of message t (its blocks are appended), which is a string or a
 * list. A compaction block gets a turn of its own, so *t may change.
 */
int messages_read_content(struct reading *r, struct turn **t,
    const json_t *content);

/* The tools field. */
int messages_read_tools(struct reading *r);
/* A tool_reference: a deferred tool of that name is loaded. */
void messages_load_tool(struct reading *r, struct span name);
/* A tool_addition or tool_removal block at path. */
int messages_change_tools(struct reading *r, const json_t *block,
    struct span path);
/* req->tools in the order to send, and the choice among them. */
int messages_settle_tools(struct reading *r);

/* Every call has its result, every result its call (c2o-common 5.1). */
int messages_check_pairs(struct reading *r);

#endif
