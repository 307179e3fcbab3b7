/*
 * The inside of the flow, for flow.c and flow_block.c alone: lanes wait for
 * their turn in the one, the block that is open goes out in the other.
 */
#ifndef CO2_FLOW_BLOCK_H
#define CO2_FLOW_BLOCK_H

#include "model/flow.h"

/* An event that waits, with copies of all it points to. */
struct held {
	struct held *next;
	struct event ev;
};

struct lane {
	struct lane *next;
	long number;
	enum block_kind block;
	bool closed;		/* its reader is done with it */
	bool dropped;		/* a call too many: swallow it */
	struct pool *pool;	/* owns what is held; NULL while it is open */
	struct held *held, **end;
};

struct flow {
	struct request *req;
	const struct target *to;
	flow_sink *sink;
	void *arg;

	struct lane *lanes;	/* the first is open, the others wait */
	struct lane *last_lane;
	size_t lane_count;
	size_t held_bytes, max_held;

	bool begun, stopping, done;
	bool opened;		/* the open lane's OPEN is out */
	bool sealed;		/* its SEAL is out */
	size_t index;		/* of the next block */
	size_t calls;
	bool cut;		/* arguments that were sent stop midway */
	bool told;		/* some text that is not blank */
	struct stops stops;
	struct buf visible;	/* scratch for what the stops let through */
	struct cite *cites, **cites_end;	/* that came before their text */
	struct buf hidden;	/* reasoning that the client is not shown */
	/* Text so far, for an estimate of usage that was never said. */
	struct buf seen;
	struct event stop;
	struct usage usage;
	bool counted;		/* the upstream said how much the output is */
	struct pool *pool;
};

/* To the sink, as it is. */
void flow_emit(struct flow *f, const struct event *ev);
/* The end of a reply that is complete, all blocks closed. */
void flow_finish(struct flow *f);
/* The end of one that is not. */
void flow_break_off(struct flow *f, const struct fault *why);

/* An event of the lane that is open; a CLOSE makes way for the next lane. */
void block_event(struct flow *f, struct lane *l, const struct event *ev);
/* Is what is said kept, to estimate its tokens? */
bool block_keeps_text(const struct flow *f);

#endif
