/*
 * The items inside of responses_output_read.c and the files that bring each
 * kind to its end: responses_texts_read.c, responses_calls_read.c.
 */
#ifndef CO2_RESPONSES_OUTPUT_ITEMS_H
#define CO2_RESPONSES_OUTPUT_ITEMS_H

#include "dialect/responses_output_read.h"

/* A citation that came before the text it is about. */
struct early_cite {
	struct early_cite *next;
	struct cite cite;
};

struct output_item {
	struct output_item *next;
	enum item_kind kind;
	long index;
	struct span id;
	bool announced, done;
	long lane;		/* of the open block */
	bool open;
	/*
	 * What was streamed: of the open part of a message, of a call's
	 * arguments, of a freeform input. Nothing for reasoning.
	 */
	struct buf text;
	long part;		/* the open, or else the last part */

	/* Messages. */
	bool refusal;		/* of the open part */
	long ended;		/* parts below this one are over */
	size_t cites;		/* annotations seen of the open part */
	struct early_cite *early, **early_end;

	/* Reasoning. */
	bool some, raw;		/* text was sent; it is reasoning_text */

	/* Calls. */
	struct span call_id, name;
	size_t sent;		/* bytes of the arguments in `text` */
	bool complete;		/* all arguments are sent */
};

/*
 * The item of an event: by index, else by id, else the newest. Of several
 * with one index (servers that count from 0 each time) the id decides, else
 * the newest; ids alone are no help where they change with every event.
 */
struct output_item *output_find(struct output *out, long index,
    struct span id);
/* The item of a piece, made and put in its place if it is a new one. */
struct output_item *output_item_of(struct output *out, struct output_place at,
    enum item_kind kind);
/* Open the item's block, unless it is open; close it, if it is. */
void output_open_block(struct output *out, struct output_item *i,
    enum block_kind kind);
void output_close_block(struct output *out, struct output_item *i);
/* `whole` without what was sent of it; absent when they do not agree. */
struct span output_rest(const struct buf *sent, struct span whole);

/* responses_texts_read.c; node may be NULL: nothing more is known. */
void output_end_reasoning(struct output *out, struct output_item *i,
    const json_t *node);
void output_end_message(struct output *out, struct output_item *i,
    const json_t *node);

/* responses_calls_read.c */
void output_name_call(struct output *out, struct output_item *i,
    const json_t *node);
void output_open_call(struct output *out, struct output_item *i);
void output_end_call(struct output *out, struct output_item *i,
    const json_t *node);
void output_end_freeform(struct output *out, struct output_item *i,
    const json_t *node);
void output_end_search(struct output *out, struct output_item *i,
    const json_t *node);

#endif
