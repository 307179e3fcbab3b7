/*
 * The state of a Claude reply that is being read, and the half of its reading
 * that deals with content blocks (messages_reply_blocks.c).
 */
#ifndef CO2_MESSAGES_REPLY_READ_H
#define CO2_MESSAGES_REPLY_READ_H

#include "dialect/dialect.h"
#include "wire/scan.h"

/* A block that is not over. */
struct claude_part {
	struct claude_part *next;
	long index;		/* upstream's; -1: a search waits for its result */
	long lane;
	enum block_kind kind;
	bool said;		/* a call's arguments have begun */
	struct span id;		/* of a search */
	struct span input;	/* of a call, if it came at its start */
	struct buf kept;	/* signature of thinking, query of a search */
};

struct claude_state {
	struct claude_part *parts;	/* newest first */
	long lanes;
	long input, cached, written;	/* tokens, each apart; -1: not said */
};

/* Give back what the blocks that are not over hold. */
void claude_parts_free(struct claude_state *s);
/* content_block_start, _delta and _stop; what fits no block is skipped. */
void claude_part_start(struct reader *r, long index, const json_t *block);
void claude_part_delta(struct reader *r, long index, const json_t *o);
/* The same of an event that was scanned; false when it needs a tree. */
bool claude_part_piece(struct reader *r, const struct scan *s);
void claude_part_end(struct reader *r, long index);

#endif
