#include "base/xalloc.h"
#include "model/estimate.h"
#include "model/flow_block.h"

/* Blocks that are open at a time; each event looks for its own. */
enum { LANES_MAX = 256 };

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

void
flow_emit(struct flow *f, const struct event *ev)
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
	flow_emit(f, &ev);
}

void
flow_break_off(struct flow *f, const struct fault *why)
{
	struct event ev = { .kind = EVENT_FAULT, .fault = why,
	    .usage = f->usage };

	flow_emit(f, &ev);
	f->done = true;
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
			block_event(f, l, &h->ev);
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
		block_event(f, l, ev);
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
		block_event(f, l, ev);
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
	if (f->usage.output >= 0 || !block_keeps_text(f))
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

void
flow_finish(struct flow *f)
{
	struct event end = { .kind = EVENT_END };
	struct fault why;

	if (lacks_summary(f)) {
		fault_clear(&why);
		fault_set(&why, FAULT_BAD_GATEWAY, "",
		    "upstream gave no summary of the conversation");
		flow_break_off(f, &why);
		return;
	}
	agree_on_stop(f);
	estimate_output(f);
	f->stop.usage = f->usage;
	flow_emit(f, &f->stop);
	flow_emit(f, &end);
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
		block_event(f, f->lanes, &close);
		promote(f);
	}
	if (!f->done)
		flow_finish(f);
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
	flow_break_off(f, why);
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
			flow_emit(f, ev);
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
