/*
 * The output items of a Responses upstream, from a stream of pieces or whole,
 * into the flow (c2o-responses 2.2, 2.4, 3.2 to 3.4).  Whatever a server
 * leaves out, every text reaches the flow once: what was not streamed is
 * taken from the item's end, or from the end of the response.
 */
#ifndef CO2_RESPONSES_OUTPUT_READ_H
#define CO2_RESPONSES_OUTPUT_READ_H

#include "dialect/openai_reply.h"

enum item_kind {
	ITEM_UNKNOWN,
	ITEM_REASONING,
	ITEM_MESSAGE,
	ITEM_CALL,
	ITEM_FREEFORM,
	ITEM_SEARCH,
};

enum { ITEM_KINDS = ITEM_SEARCH + 1 };

struct output_item;

struct output {
	struct reader *r;
	struct output_item *items, *newest;	/* by their appearance */
	struct words by_key;
	struct buf key;			/* scratch */
	long counts[ITEM_KINDS];
	struct openai_ids ids;
	long lanes;			/* the number of the next one */
	long searches;
	struct buf refusal;		/* the words of all refusals */
	bool refused;
	/* The token limit was hit: a last call that is no JSON is cut. */
	bool cut;
};

void output_init(struct output *out, struct reader *r);

/* An item is announced, or over; `index` -1: not said. */
void output_added(struct output *out, long index, const json_t *node);
void output_done(struct output *out, long index, const json_t *node);
/* The items of a whole response: those that were not streamed, or not ended. */
void output_all(struct output *out, const json_t *list);
/* No more will come: close what is open. */
void output_end(struct output *out);

/* Where an event belongs: output_index, item_id, part. */
struct output_place {
	long index;		/* -1: not said */
	struct span id;
	long part;		/* content_index or summary_index */
};

/* Pieces, and ends that repeat the whole text (`whole`). */
void output_text(struct output *out, struct output_place at, bool refusal,
    struct span text, bool whole);
void output_thought(struct output *out, struct output_place at, bool raw,
    struct span text, bool whole);
void output_arguments(struct output *out, struct output_place at,
    struct span text, bool whole);
void output_freeform(struct output *out, struct output_place at,
    struct span text, bool whole);
void output_citation(struct output *out, struct output_place at,
    const json_t *annotation);
/* A content part of a message is over. */
void output_part(struct output *out, struct output_place at,
    const json_t *part);

#endif
