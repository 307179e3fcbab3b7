/*
 * The flow: the only road from a reader of upstream events to a writer of
 * client events, and the one keeper of the grammar.
 *
 *	reader ── flow_push ──▶ flow ── sink ──▶ writer
 *
 * A reader pushes what it sees, in lanes: a lane is one block of the
 * upstream's, named by a number of the reader's choice (a block index, an
 * output index), never used twice.  What comes out of the sink is always
 *
 *	BEGIN (OPEN (DELTA|CITE|LINKS)* SEAL? CLOSE)* STOP END
 *
 * or the same cut off anywhere by one FAULT.  So: one open block at a time,
 * `index` 0, 1, 2, ... without gaps, lanes that interleave made sequential in
 * the order of their opening (later ones wait, at most 255 of them and
 * bounded by `max_held`), no empty deltas, exactly one ending whatever the
 * upstream does, nothing after it.  PING may stand anywhere after BEGIN.
 *
 * On the way the flow also
 *  - matches stop sequences in visible text (stops.h) and ends the reply at a
 *    match: flow_done() then tells the caller to cancel the upstream; its
 *    output is estimated, unless the upstream had counted it already;
 *  - shows, hides or drops reasoning as the request wants (`show`);
 *  - keeps only the first call when the client was promised one;
 *  - gives each call the client's name for its tool;
 *  - makes stop reason and calls agree: STOP_END with a call is STOP_CALL,
 *    STOP_CALL without one is STOP_END;
 *  - ends a Claude client's stream so that no call runs on arguments that are
 *    no JSON object but were sent: STOP_LENGTH where they are cut, a fault
 *    inside the block where they are broken;
 *  - collects usage, and holds the STOP until the end of the upstream's
 *    stream, since usage may come after it.
 */
#ifndef CO2_FLOW_H
#define CO2_FLOW_H

#include "model/model.h"
#include "model/stops.h"

enum event_kind {
	EVENT_BEGIN,		/* id, model; usage if said early */
	EVENT_OPEN,		/* lane, block; id, name; query */
	EVENT_DELTA,		/* lane, text */
	EVENT_CITE,		/* lane, cite: a citation in an open text */
	EVENT_LINKS,		/* lane, links, failure: what a search found */
	EVENT_SEAL,		/* lane, seal: at the end of a thinking block */
	EVENT_CLOSE,		/* lane; input: of a call */
	EVENT_USAGE,		/* usage; reader to flow only */
	EVENT_STOP,		/* stop, stop_sequence, refusal, category, usage */
	EVENT_PING,
	EVENT_END,
	EVENT_FAULT,		/* fault */
};

/* What the arguments of a call that ends amount to. */
enum input {
	INPUT_RIGHT,
	INPUT_CUT,		/* more could still make it a JSON object */
	INPUT_BROKEN,		/* nothing could */
};

/* Everything pointed to is borrowed for the call. */
struct event {
	enum event_kind kind;
	long lane;		/* reader's number of the block */
	size_t index;		/* flow's number of the block, from 0 */
	enum block_kind block;	/* OPEN */
	struct span id;		/* BEGIN: of the reply; OPEN: of the call */
	struct span model;	/* BEGIN */
	/*
	 * OPEN of a call: the upstream's name of the tool going in; coming
	 * out, `tool` is the client's key for it as well.
	 */
	struct span name;
	struct tool_key tool;
	struct span text;	/* DELTA: text, or a piece of arguments */
	const struct cite *cite;
	const struct link *links;
	struct span query;	/* LINKS: what was searched for */
	struct span failure;	/* LINKS: error word, absent if none */
	const struct seal *seal;
	enum input input;	/* CLOSE */
	struct usage usage;	/* BEGIN, USAGE, STOP: merged so far */
	enum stop stop;
	struct span stop_sequence, refusal, category;
	const struct fault *fault;
};

typedef void flow_sink(void *arg, const struct event *ev);

struct flow;

/*
 * A flow for one reply to req; all it makes dies with the pool of req.
 * max_held is the most bytes that waiting lanes may take.
 */
struct flow *flow_new(struct request *req, const struct target *to,
    size_t max_held, flow_sink *sink, void *arg);
/* From the reader. After the end it does nothing. */
void flow_push(struct flow *f, const struct event *ev);

/* Shorthands for readers. */
void flow_begin(struct flow *f, struct span id, struct span model);
void flow_open(struct flow *f, long lane, enum block_kind block);
void flow_open_call(struct flow *f, long lane, struct span id,
    struct span name);
void flow_delta(struct flow *f, long lane, struct span text);
void flow_seal(struct flow *f, long lane, const struct seal *seal);
void flow_close(struct flow *f, long lane);
void flow_usage(struct flow *f, const struct usage *u);
/* Why the model stopped. Told again, the first stays. */
void flow_stop(struct flow *f, enum stop stop);
void flow_refusal(struct flow *f, struct span words, struct span category);
void flow_fault(struct flow *f, const struct fault *why);

/*
 * The upstream's stream is over. With a stop reason seen: what is open is
 * closed, STOP and END go out. Without: FAULT_TRUNCATED.
 */
void flow_end(struct flow *f);

/* BEGIN is out. */
bool flow_begun(const struct flow *f);
/* A stop reason was seen; only usage and the end are missing. */
bool flow_stopping(const struct flow *f);
/* END or FAULT is out: nothing more will come, the upstream may go. */
bool flow_done(const struct flow *f);
/* How it ended: the stop reason, STOP_UNSET while it runs or on a fault. */
enum stop flow_result(const struct flow *f);
const struct usage *flow_totals(const struct flow *f);

/*
 * Folding: a sink that collects the events into a whole reply (arg is the
 * struct reply, whose pool is set). *r is complete after EVENT_END; a fault
 * is left to the caller, who sees it in its own sink.
 */
void reply_init(struct reply *r, struct pool *pool);
void reply_free(struct reply *r);
void reply_fold(struct reply *r, const struct event *ev);

/* Copies that belong to the pool: one citation, a list of links. */
struct cite *cite_copy(struct pool *pool, const struct cite *cite);
struct link *links_copy(struct pool *pool, const struct link *links);

#endif
