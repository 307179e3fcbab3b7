/*
 * Private to the files that write a Responses reply: the answer as it grows,
 * item by item, whether it is streamed or not.
 *
 *	responses_reply_write.c		what events of the flow do to it
 *	responses_items_write.c		how items open and end
 *	responses_events_write.c	what the client is told about that
 *	responses_object_write.c	items and the response as JSON
 */
#ifndef CO2_RESPONSES_ANSWER_H
#define CO2_RESPONSES_ANSWER_H

#include "dialect/dialect.h"
#include "wire/jw.h"

enum item_kind {
	ITEM_MESSAGE,
	ITEM_REASONING,
	ITEM_FUNCTION,
	ITEM_CUSTOM,
	ITEM_TOOL_SEARCH,
	ITEM_WEB_SEARCH,
	ITEM_COMPACTION,
};

enum status { IN_PROGRESS, COMPLETED, INCOMPLETE, FAILED };

/* A content part of a message. */
struct part {
	struct part *next;
	size_t index;
	bool refusal;
	bool closed;		/* its text is complete */
	struct span text;
	struct cite *cites, *last_cite;
};

struct item {
	struct item *next;
	enum item_kind kind;
	struct span id;
	size_t index;
	enum status status;
	bool announced;		/* the client was told of it */

	struct part *parts, *last_part;	/* MESSAGE */
	size_t part_count;
	/* REASONING: its text; calls: arguments or input as text. */
	struct span text;
	/* REASONING, COMPACTION; absent while there is none. */
	struct span envelope;
	struct span call_id;
	struct tool_key tool;
	json_t *arguments;	/* TOOL_SEARCH */
	struct span query;	/* WEB_SEARCH */
	struct link *links;
	bool failed;
};

struct answer {
	struct writer *w;
	bool quiet;		/* a whole reply: nobody is told of steps */
	long sequence;		/* number of the next event */
	struct span id;		/* resp_... */
	struct span suffix;	/* of the upstream's id, for items */

	struct item *items, **end;
	size_t count;
	struct item *newest;	/* whose done events are not out; or NULL */
	struct part *part;	/* of it, likewise; NULL for other items */
	struct buf text;	/* of the block that is open */
	bool talking;		/* the open reasoning has shown text */
	struct seal seal;
	bool called;		/* a call was produced */

	enum status status;	/* of the response */
	const char *reason;	/* static: why it is incomplete, or NULL */
	const struct fault *failure;	/* why it failed, while that is told */
	bool ended;		/* output and usage are final */
	struct usage usage;
};

/* --- responses_items_write.c ----------------------------------------- */

/* A new item at the end of the answer; it is the newest. */
struct item *responses_add_item(struct answer *a, enum item_kind kind);
/* response.output_item.added */
void responses_announce(struct answer *a, struct item *item);
/* A part in the open message, which is opened if there is none. */
void responses_open_part(struct answer *a, bool refusal);
void responses_open_call(struct answer *a, const struct event *ev);
void responses_open_search(struct answer *a);
/* The done events of the open part, if any; its message stays open. */
void responses_finish_part(struct answer *a);
/* All that is left to say about the newest item, if any. */
void responses_finish_item(struct answer *a, enum status status);

/* --- responses_object_write.c ---------------------------------------- */

void responses_put_item(struct jw *w, const char *key,
    const struct answer *a, const struct item *item);
void responses_put_part(struct jw *w, const char *key,
    const struct part *part);
void responses_put_cite(struct jw *w, const char *key,
    const struct part *part, const struct cite *cite);
/* The object of section 4 with the answer as it is now. */
void responses_put_object(struct jw *w, const char *key,
    const struct answer *a);
/* The answer of /v1/responses/compact (section 8). */
void responses_put_compaction(struct jw *w, const struct answer *a);
/* The word of section 5 for a fault: never NULL. */
const char *responses_failure(const struct fault *why);

/* --- responses_events_write.c; nothing happens for a quiet answer ---- */

/* response.created and .in_progress. */
void responses_tell_begin(struct answer *a);
/* Any event that carries the whole response, given as JSON text. */
void responses_tell_object(struct answer *a, const char *type,
    struct span object);
void responses_tell_item(struct answer *a, const char *type,
    struct item *item);
void responses_tell_part(struct answer *a, const char *type,
    const struct item *item, const struct part *part);
/* A piece of text or, done, all of it. */
void responses_tell_text(struct answer *a, const struct item *item,
    const struct part *part, struct span text, bool done);
void responses_tell_cites(struct answer *a, const struct item *item,
    const struct part *part);
/* response.reasoning_summary_part.added or .done. */
void responses_tell_summary_part(struct answer *a, const char *type,
    const struct item *item, struct span text);
/* {item_id, output_index, <key>: text}; without key just the first two. */
void responses_tell_of(struct answer *a, const char *type,
    const struct item *item, const char *key, struct span text);
/* A failure before there is a response. */
void responses_tell_error(struct answer *a, const struct fault *why);

#endif
