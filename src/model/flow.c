#include "base/xalloc.h"
#include "model/estimate.h"
#include "model/flow.h"

/* Blocks that are open at a time; each event looks for its own. */
enum { LANES_MAX = 256 };

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

static void
flow_free(void *arg)
{
	struct flow *f = arg;

	for (struct lane *l = f->lanes; l != NULL; l = l->next)
		pool_close(l->pool);
	stops_free(&f->stops);
	buf_free(&f->visible);
	buf_free(&f->hidden);
	buf_free(&f->seen);
}

struct flow *
flow_new(struct request *req, const struct target *to, size_t max_held,
    flow_sink *sink, void *arg)
{
	struct flow *f = pool_new(req->pool, struct flow);

	f->req = req;
	f->to = to;
	f->sink = sink;
	f->arg = arg;
	f->max_held = max_held;
	f->pool = req->pool;
	stops_init(&f->stops, req->stops, req->stop_count);
	usage_clear(&f->usage);
	pool_defer(req->pool, flow_free, f);
	return f;
}

static void
emit(struct flow *f, const struct event *ev)
{
	f->sink(f->arg, ev);
}

static void
begin(struct flow *f, const struct event *from)
{
	struct event ev = { .kind = EVENT_BEGIN };

	if (f->begun)
		return;
	f->begun = true;
	if (from != NULL) {
		ev.id = from->id;
		ev.model = from->model;
	}
	ev.usage = f->usage;
	emit(f, &ev);
}

/* --- the open lane -------------------------------------------------- */

/*
 * A Claude client is shown reasoning as it asked; for the others the writers
 * decide, since their envelopes need the text as it is.
 */
static enum show
shown(const struct flow *f, const struct lane *l)
{
	if (l->block != BLOCK_THINKING || f->req->from != API_MESSAGES ||
	    f->req->show == SHOW_UNSET)
		return SHOW_TEXT;
	return f->req->show;
}

/* Text and reasoning open with their first content: no empty blocks. */
static bool
opens_late(const struct flow *f, const struct lane *l)
{
	return l->block == BLOCK_TEXT || l->block == BLOCK_REFUSAL ||
	    (l->block == BLOCK_THINKING && f->req->from == API_MESSAGES);
}

static void
open_now(struct flow *f, const struct lane *l, const struct event *from)
{
	struct event ev = { .kind = EVENT_OPEN, .lane = l->number,
	    .block = l->block, .index = f->index };
	const struct tool_key *key;

	if (f->opened)
		return;
	f->opened = true;
	f->index++;
	f->sealed = false;
	if (from != NULL) {
		ev.id = from->id;
		ev.name = from->name;
	}
	if (l->block == BLOCK_CALL) {
		key = names_find(&f->req->names, ev.name);
		ev.tool = key != NULL ? *key :
		    (struct tool_key){ TOOL_FUNCTION, SPAN_NONE, ev.name };
		f->calls++;
	}
	emit(f, &ev);
}

/* One event of the open block on its way out. */
static void
emit_in_block(struct flow *f, const struct event *from)
{
	struct event ev = *from;

	ev.index = f->index - 1;
	emit(f, &ev);
}

/*
 * A citation rests on text: one that comes before it waits, and one that
 * never gets any is dropped with its empty block.
 */
static void
cite(struct flow *f, const struct lane *l, const struct event *from)
{
	struct event ev = *from;
	struct cite *c;

	if (f->opened) {
		ev.block = l->block;
		emit_in_block(f, &ev);
		return;
	}
	c = cite_copy(f->pool, from->cite);
	if (f->cites == NULL)
		f->cites_end = &f->cites;
	*f->cites_end = c;
	f->cites_end = &c->next;
}

static void
emit_text(struct flow *f, struct lane *l, struct span text)
{
	struct event ev = { .kind = EVENT_DELTA, .lane = l->number,
	    .block = l->block, .text = text };
	struct event late = { .kind = EVENT_CITE, .lane = l->number };
	struct cite *waiting = f->cites;

	if (text.n == 0)
		return;
	open_now(f, l, NULL);
	f->told = f->told || (l->block == BLOCK_TEXT && !span_blank(text));
	f->cites = NULL;
	for (; waiting != NULL; waiting = waiting->next) {
		late.cite = waiting;
		cite(f, l, &late);
	}
	emit_in_block(f, &ev);
}

/* Usage of a reply that is cut short is estimated from what was seen. */
static bool
keeps_text(const struct flow *f)
{
	return f->req->from == API_MESSAGES || f->stops.count > 0;
}

static void finish(struct flow *f);

/* A stop sequence was found: the reply ends here, whatever comes. */
static void
stop_at_match(struct flow *f, struct lane *l)
{
	struct event close = { .kind = EVENT_CLOSE, .lane = l->number,
	    .block = l->block };

	if (f->opened)
		emit_in_block(f, &close);
	f->opened = false;
	f->lanes = NULL;
	f->lane_count = 0;
	l->closed = true;
	for (struct lane *w = l->next; w != NULL; w = w->next)
		pool_close(w->pool);
	f->stop = (struct event){ .kind = EVENT_STOP, .stop = STOP_SEQUENCE,
	    .stop_sequence = f->stops.words[f->stops.hit] };
	f->stopping = true;
	buf_put(&f->seen, f->stop.stop_sequence);
	if (!f->counted)
		f->usage.output = -1;
	finish(f);
}

/* Visible text, past the stop sequences. True when the reply ended. */
static bool
text_delta(struct flow *f, struct lane *l, struct span text)
{
	bool hit;

	if (f->stops.count == 0) {
		if (keeps_text(f))
			buf_put(&f->seen, text);
		emit_text(f, l, text);
		return false;
	}
	buf_reset(&f->visible);
	hit = stops_feed(&f->stops, &f->visible, text);
	buf_put(&f->seen, buf_span(&f->visible));
	emit_text(f, l, buf_span(&f->visible));
	if (hit)
		stop_at_match(f, l);
	return hit;
}

/* The text block ends: what was kept back for a match goes out. */
static bool
text_end(struct flow *f, struct lane *l)
{
	bool hit;

	if (f->stops.count == 0)
		return false;
	buf_reset(&f->visible);
	hit = stops_flush(&f->stops, &f->visible);
	buf_put(&f->seen, buf_span(&f->visible));
	emit_text(f, l, buf_span(&f->visible));
	if (hit)
		stop_at_match(f, l);
	return hit;
}

static void
thinking_delta(struct flow *f, struct lane *l, struct span text)
{
	if (keeps_text(f))
		buf_put(&f->seen, text);
	if (shown(f, l) == SHOW_TEXT)
		emit_text(f, l, text);
	else if (shown(f, l) == SHOW_SEAL)
		buf_put(&f->hidden, text);
}

/* The seal of hidden reasoning carries the text if a replay needs it. */
static struct seal
hidden_seal(const struct flow *f, const struct seal *seal)
{
	struct seal s = *seal;

	if ((s.kind == SEAL_CHAT || s.raw) && f->req->tools != NULL)
		s.text = buf_span(&f->hidden);
	return s;
}

static void
seal_event(struct flow *f, struct lane *l, const struct event *from)
{
	struct event ev = *from;
	struct seal seal;
	enum show show = shown(f, l);

	if (f->sealed && f->opened)
		return;
	if (show == SHOW_NOTHING ||
	    (!f->opened && seal_is_empty(from->seal)))
		return;
	if (show == SHOW_SEAL) {
		seal = hidden_seal(f, from->seal);
		ev.seal = &seal;
	}
	open_now(f, l, NULL);
	ev.block = l->block;
	emit_in_block(f, &ev);
	f->sealed = true;
}

/* Every thinking block of a Claude client carries a signature. */
static void
seal_missing(struct flow *f, struct lane *l)
{
	static const struct seal none = { .kind = SEAL_NONE };
	struct event ev = { .kind = EVENT_SEAL, .lane = l->number,
	    .seal = &none };

	if (l->block == BLOCK_THINKING && f->opened && !f->sealed &&
	    f->req->from == API_MESSAGES)
		seal_event(f, l, &ev);
}

static void
break_off(struct flow *f, const struct fault *why)
{
	struct event ev = { .kind = EVENT_FAULT, .fault = why,
	    .usage = f->usage };

	emit(f, &ev);
	f->done = true;
}

/*
 * A Claude client was sent arguments piece by piece that turn out to be no
 * JSON object. It takes a call whose block ends for one to run, some with no
 * arguments at all. True when the reply ends here, inside the block.
 */
static bool
spoilt(struct flow *f, const struct lane *l, enum input input)
{
	struct fault why;

	if (l->block != BLOCK_CALL || !f->opened || !f->req->stream ||
	    f->req->from != API_MESSAGES || input == INPUT_RIGHT)
		return false;
	f->cut = true;
	if (input == INPUT_CUT)
		return false;
	fault_clear(&why);
	fault_set(&why, FAULT_BAD_GATEWAY, "", "upstream sent arguments of "
	    "a tool call that are no JSON object");
	break_off(f, &why);
	return true;
}

/* The open lane's block ends; the next lane's turn. */
static void
close_event(struct flow *f, struct lane *l, enum input input)
{
	struct event ev = { .kind = EVENT_CLOSE, .lane = l->number,
	    .block = l->block, .input = input };

	if ((l->block == BLOCK_TEXT && text_end(f, l)) ||
	    spoilt(f, l, input))
		return;
	seal_missing(f, l);
	if (f->opened)
		emit_in_block(f, &ev);
	f->opened = false;
	buf_reset(&f->hidden);
	f->lanes = l->next;
	f->lane_count--;
}

/* An event of the lane that is open. */
static void
deliver(struct flow *f, struct lane *l, const struct event *ev)
{
	struct event at = *ev;

	if (l->dropped && ev->kind != EVENT_CLOSE)
		return;
	switch (ev->kind) {
	case EVENT_OPEN:
		f->opened = false;
		f->cites = NULL;
		if (!opens_late(f, l))
			open_now(f, l, ev);
		break;
	case EVENT_DELTA:
		if (l->block == BLOCK_TEXT)
			text_delta(f, l, ev->text);
		else if (l->block == BLOCK_THINKING)
			thinking_delta(f, l, ev->text);
		else {
			if (keeps_text(f))
				buf_put(&f->seen, ev->text);
			emit_text(f, l, ev->text);
		}
		break;
	case EVENT_CITE:
		cite(f, l, ev);
		break;
	case EVENT_LINKS:
		open_now(f, l, NULL);
		at.block = l->block;
		emit_in_block(f, &at);
		break;
	case EVENT_SEAL:
		seal_event(f, l, ev);
		break;
	case EVENT_CLOSE:
		close_event(f, l, ev->input);
		break;
	default:
		break;
	}
}

/* --- lanes that wait ------------------------------------------------ */

static struct lane *
lane_by_number(const struct flow *f, long number)
{
	for (struct lane *l = f->lanes; l != NULL; l = l->next)
		if (l->number == number && !l->closed)
			return l;
	return NULL;
}

/* How much an event takes while it waits. */
static size_t
weight(const struct event *ev)
{
	size_t n = sizeof(struct held) + ev->text.n + ev->id.n + ev->name.n;

	if (ev->seal != NULL)
		n += ev->seal->data.n + ev->seal->text.n;
	return n;
}

static void
hold(struct flow *f, struct lane *l, const struct event *ev)
{
	struct held *h = pool_new(l->pool, struct held);
	struct seal *seal;

	h->ev = *ev;
	h->ev.text = pool_span(l->pool, ev->text);
	h->ev.id = pool_span(l->pool, ev->id);
	h->ev.name = pool_span(l->pool, ev->name);
	h->ev.query = pool_span(l->pool, ev->query);
	h->ev.failure = pool_span(l->pool, ev->failure);
	if (ev->cite != NULL)
		h->ev.cite = cite_copy(l->pool, ev->cite);
	if (ev->links != NULL)
		h->ev.links = links_copy(l->pool, ev->links);
	if (ev->seal != NULL) {
		seal = pool_new(l->pool, struct seal);
		*seal = seal_copy(l->pool, ev->seal);
		h->ev.seal = seal;
	}
	*l->end = h;
	l->end = &h->next;
	f->held_bytes += weight(ev);
}

/* The first lane got its turn: replay what it waited with, and so on. */
static void
promote(struct flow *f)
{
	while (f->lanes != NULL && f->lanes->pool != NULL && !f->done) {
		struct lane *l = f->lanes;
		struct pool *pool = l->pool;

		l->pool = NULL;
		for (struct held *h = l->held; h != NULL && !f->done;
		     h = h->next) {
			f->held_bytes -= weight(&h->ev);
			deliver(f, l, &h->ev);
		}
		pool_close(pool);
	}
}

/* The client was promised one call at most, and has it (c2o-common 4.8). */
static bool
call_too_many(const struct flow *f, const struct event *ev)
{
	if (ev->block != BLOCK_CALL || f->req->from != API_MESSAGES ||
	    f->req->parallel != NO)
		return false;
	if (f->calls > 0)
		return true;
	for (const struct lane *l = f->lanes; l != NULL; l = l->next)
		if (l->block == BLOCK_CALL)
			return true;
	return false;
}

/* Out of line: a fault is large, and each thread has the stack of its own. */
__attribute__((noinline)) static void
too_much_waits(struct flow *f)
{
	struct fault why;

	fault_clear(&why);
	if (f->lane_count > LANES_MAX)
		fault_set(&why, FAULT_BAD_GATEWAY, "",
		    "the upstream interleaved more than %d blocks", LANES_MAX);
	else
		fault_set(&why, FAULT_BAD_GATEWAY, "",
		    "the upstream interleaved more than %zu bytes",
		    f->max_held);
	flow_fault(f, &why);
}

/* What waits is bounded, in bytes and in number. */
static void
check_lanes(struct flow *f)
{
	if (f->held_bytes > f->max_held || f->lane_count > LANES_MAX)
		too_much_waits(f);
}

static void
open_lane(struct flow *f, const struct event *ev)
{
	struct lane *l = pool_new(f->pool, struct lane);

	l->number = ev->lane;
	l->block = ev->block;
	l->end = &l->held;
	l->dropped = call_too_many(f, ev);
	if (l->dropped)
		request_lost(f->req, "call_dropped", NULL);
	f->lane_count++;
	if (f->lanes == NULL) {
		f->lanes = f->last_lane = l;
		deliver(f, l, ev);
		return;
	}
	f->last_lane->next = l;
	f->last_lane = l;
	l->pool = pool_open();
	hold(f, l, ev);
	check_lanes(f);
}

static void
lane_event(struct flow *f, const struct event *ev)
{
	struct lane *l = lane_by_number(f, ev->lane);

	if (l == NULL)
		return;
	if (ev->kind == EVENT_CLOSE)
		l->closed = true;
	if (l->pool == NULL)
		deliver(f, l, ev);
	else
		hold(f, l, ev);
	check_lanes(f);
	promote(f);
}

/* --- ends ----------------------------------------------------------- */

/* Output that the upstream did not count. */
static void
estimate_output(struct flow *f)
{
	if (f->usage.output >= 0 || !keeps_text(f))
		return;
	f->usage.output = tokens_of(estimate_text(buf_span(&f->seen)));
	if (f->stop.stop != STOP_SEQUENCE)
		request_lost(f->req, "usage_estimated", NULL);
}

static void
agree_on_stop(struct flow *f)
{
	enum stop stop = f->stop.stop;

	if (stop == STOP_END && f->calls > 0)
		f->stop.stop = STOP_CALL;
	else if (stop == STOP_CALL && f->calls == 0) {
		f->stop.stop = STOP_END;
		request_lost(f->req, "stop_reason_changed", NULL);
	}
	if (f->stop.stop == STOP_CALL && f->cut)
		f->stop.stop = STOP_LENGTH;
}

/*
 * A compaction stands for the history that the client throws away: without a
 * word of summary there is none. A refusal can be shown in a response alone.
 */
static bool
lacks_summary(const struct flow *f)
{
	if (f->req->task != TASK_COMPACT)
		return false;
	return f->stop.stop == STOP_REFUSAL ? !f->req->compact_item : !f->told;
}

static void
finish(struct flow *f)
{
	struct event end = { .kind = EVENT_END };
	struct fault why;

	if (lacks_summary(f)) {
		fault_clear(&why);
		fault_set(&why, FAULT_BAD_GATEWAY, "",
		    "upstream gave no summary of the conversation");
		break_off(f, &why);
		return;
	}
	agree_on_stop(f);
	estimate_output(f);
	f->stop.usage = f->usage;
	emit(f, &f->stop);
	emit(f, &end);
	f->done = true;
}

void
flow_end(struct flow *f)
{
	struct event close = { .kind = EVENT_CLOSE };
	struct fault why;

	if (f->done)
		return;
	if (!f->stopping) {
		fault_clear(&why);
		fault_set(&why, FAULT_TRUNCATED, "", "upstream ended the "
		    "stream before the response was complete");
		flow_fault(f, &why);
		return;
	}
	begin(f, NULL);
	while (f->lanes != NULL && !f->done) {
		close.lane = f->lanes->number;
		f->lanes->closed = true;
		deliver(f, f->lanes, &close);
		promote(f);
	}
	if (!f->done)
		finish(f);
}

void
flow_fault(struct flow *f, const struct fault *why)
{
	if (f->done)
		return;
	if (f->stopping) {
		/* The answer is complete; what broke was only its tail. */
		flow_end(f);
		return;
	}
	break_off(f, why);
}

static void
stop_event(struct flow *f, const struct event *ev)
{
	if (f->stopping)
		return;
	f->stopping = true;
	f->stop = *ev;
	f->stop.kind = EVENT_STOP;
	f->stop.stop_sequence = pool_span(f->pool, ev->stop_sequence);
	f->stop.refusal = pool_span(f->pool, ev->refusal);
	f->stop.category = pool_span(f->pool, ev->category);
}

void
flow_push(struct flow *f, const struct event *ev)
{
	if (f->done)
		return;
	switch (ev->kind) {
	case EVENT_BEGIN:
		usage_merge(&f->usage, &ev->usage);
		begin(f, ev);
		break;
	case EVENT_OPEN:
		begin(f, NULL);
		if (!f->stopping && lane_by_number(f, ev->lane) == NULL)
			open_lane(f, ev);
		break;
	case EVENT_DELTA:
	case EVENT_CITE:
	case EVENT_LINKS:
	case EVENT_SEAL:
	case EVENT_CLOSE:
		lane_event(f, ev);
		break;
	case EVENT_USAGE:
		usage_merge(&f->usage, &ev->usage);
		f->counted = f->counted || ev->usage.output >= 0;
		break;
	case EVENT_STOP:
		begin(f, NULL);
		stop_event(f, ev);
		break;
	case EVENT_PING:
		if (f->begun)
			emit(f, ev);
		break;
	case EVENT_END:
		flow_end(f);
		break;
	case EVENT_FAULT:
		flow_fault(f, ev->fault);
		break;
	}
}

/* --- questions ------------------------------------------------------ */

bool
flow_begun(const struct flow *f)
{
	return f->begun;
}

bool
flow_stopping(const struct flow *f)
{
	return f->stopping;
}

bool
flow_done(const struct flow *f)
{
	return f->done;
}

enum stop
flow_result(const struct flow *f)
{
	return f->done ? f->stop.stop : STOP_UNSET;
}

const struct usage *
flow_totals(const struct flow *f)
{
	return &f->usage;
}
