/*
 * A Responses reply from the events of the flow (o2c-responses sections 4 and
 * 5).  The answer grows item by item in the same way for streams and whole
 * replies, so that both end with the same object.
 *
 * Rule H: a block's done events are held until the next block opens or the
 * reply stops, since only then it is known how the block ended.  A fault
 * discards what is held: clients run any call they see done.
 */
#include "dialect/parts.h"
#include "dialect/responses_answer.h"
#include "dialect/responses_store.h"

#include <stdio.h>

#include "base/random.h"
#include "dialect/openai_client.h"
#include "wire/jget.h"
#include "wire/sse.h"

static void
answer_free(void *arg)
{
	buf_free(&((struct answer *)arg)->text);
}

void
responses_open_writer(struct writer *w)
{
	struct answer *a = pool_new(w->pool, struct answer);

	a->w = w;
	a->end = &a->items;
	a->status = IN_PROGRESS;
	usage_clear(&a->usage);
	buf_init(&a->text, 0);
	pool_defer(w->pool, answer_free, a);
	w->state = a;
}

void
responses_write_ping(struct writer *w)
{
	sse_put_comment(w->out, "ping");
}

/* The block's text so far, kept. */
static struct span
take_text(struct answer *a)
{
	return pool_span(a->w->pool, buf_span(&a->text));
}

/* --- events of the flow --------------------------------------------- */

static bool
compacts(const struct answer *a)
{
	return a->w->req->task == TASK_COMPACT;
}

static void
begin(struct answer *a, const struct event *ev)
{
	struct pool *pool = a->w->pool;
	struct span id = ev->id;

	if (span_starts(id, "msg_"))
		id = span_from(id, strlen("msg_"));
	a->suffix = id.n > 0 ? pool_span(pool, id) :
	    random_base62(pool, "", 24);
	a->id = pool_join(pool, SPAN("resp_"), a->suffix, SPAN(""));
	usage_merge(&a->usage, &ev->usage);
	responses_tell_begin(a);
}

static void
open_block(struct answer *a, const struct event *ev)
{
	bool words = ev->block == BLOCK_TEXT || ev->block == BLOCK_REFUSAL;

	if (words && a->newest != NULL && a->newest->kind == ITEM_MESSAGE)
		responses_finish_part(a);
	else
		responses_finish_item(a, COMPLETED);
	buf_reset(&a->text);
	switch (ev->block) {
	case BLOCK_TEXT:
	case BLOCK_REFUSAL:
		responses_open_part(a, ev->block == BLOCK_REFUSAL);
		break;
	case BLOCK_THINKING:
		responses_announce(a, responses_add_item(a, ITEM_REASONING));
		break;
	case BLOCK_CALL:
		responses_open_call(a, ev);
		break;
	case BLOCK_SEARCH:
		responses_open_search(a);
		break;
	default:
		break;
	}
}

static void
delta(struct answer *a, struct span text)
{
	struct item *item = a->newest;

	buf_put(&a->text, text);
	if (item == NULL)
		return;
	if (item->kind == ITEM_MESSAGE)
		responses_tell_text(a, item, a->part, text, false);
	else if (item->kind == ITEM_FUNCTION)
		responses_tell_of(a, "response.function_call_arguments.delta",
		    item, "delta", text);
	else if (item->kind == ITEM_REASONING) {
		if (!a->talking)
			responses_tell_summary_part(a,
			    "response.reasoning_summary_part.added", item,
			    SPAN(""));
		a->talking = true;
		responses_tell_of(a, "response.reasoning_summary_text.delta",
		    item, "delta", text);
	}
}

static void
add_cite(struct answer *a, const struct cite *cite)
{
	struct cite *c;

	if (a->part == NULL)
		return;
	c = cite_copy(a->w->pool, cite);
	if (a->part->cites == NULL)
		a->part->cites = c;
	else
		a->part->last_cite->next = c;
	a->part->last_cite = c;
}

static void
add_links(struct answer *a, const struct event *ev)
{
	struct item *item = a->newest;
	struct pool *pool = a->w->pool;

	if (item == NULL || item->kind != ITEM_WEB_SEARCH)
		return;
	item->query = ev->query.p != NULL ? pool_span(pool, ev->query) :
	    SPAN("");
	item->links = links_copy(pool, ev->links);
	item->failed = ev->failure.p != NULL;
}

/* What makes the reasoning replayable: the text as the upstream had it. */
static struct span
envelope(struct answer *a, const struct item *item)
{
	struct span text = a->seal.text.p != NULL ? a->seal.text : item->text;
	struct buf out;

	if (seal_is_empty(&a->seal))
		return SPAN_NONE;
	buf_init(&out, 0);
	seal_put_r1(&out, a->w->to->model, text, &a->seal);
	text = pool_span(a->w->pool, buf_span(&out));
	buf_free(&out);
	return text;
}

/* The text of the newest item, of its last part, is what came so far. */
static void
settle_text(struct answer *a)
{
	struct item *item = a->newest;

	if (item == NULL || (a->part != NULL && a->part->closed))
		return;
	if (a->part != NULL)
		a->part->text = take_text(a);
	else if (item->kind != ITEM_MESSAGE)
		item->text = take_text(a);
}

static void
close_block(struct answer *a)
{
	struct item *item = a->newest;

	settle_text(a);
	if (a->part != NULL) {
		a->part->closed = true;
		responses_tell_cites(a, item, a->part);
	}
	if (item != NULL && item->kind == ITEM_REASONING)
		item->envelope = envelope(a, item);
}

/* --- ends ----------------------------------------------------------- */

static const struct {
	enum stop stop;
	enum status status;
	const char *reason;
} stops[] = {
	{ STOP_LENGTH,	INCOMPLETE,	"max_output_tokens" },
	{ STOP_CONTEXT,	INCOMPLETE,	"max_output_tokens" },
	{ STOP_PAUSE,	INCOMPLETE,	"max_output_tokens" },
};

static void
set_status(struct answer *a, enum stop stop)
{
	a->status = COMPLETED;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (stops[i].stop == stop) {
			a->status = stops[i].status;
			a->reason = stops[i].reason;
		}
	if (stop == STOP_REFUSAL && a->called) {
		a->status = INCOMPLETE;
		a->reason = "content_filter";
	}
}

/*
 * A last part says that the model declined. Codex cannot parse refusals and
 * would end without a word: it is told in plain text.
 */
static void
decline(struct answer *a, const struct event *ev)
{
	struct span words = openai_refusal(a->w->pool, ev->refusal,
	    ev->category);

	if (a->newest != NULL && a->newest->kind == ITEM_MESSAGE)
		responses_finish_part(a);
	else
		responses_finish_item(a, COMPLETED);
	responses_open_part(a, !a->w->req->codex);
	responses_tell_text(a, a->newest, a->part, words, false);
	a->part->text = pool_span(a->w->pool, words);
	a->part->closed = true;
}

/* The collected text becomes the one item there is. */
static void
add_summary(struct answer *a)
{
	struct item *item;
	struct buf out;

	if (span_blank(buf_span(&a->text)))
		return;
	item = responses_add_item(a, ITEM_COMPACTION);
	buf_init(&out, 0);
	seal_put_c1(&out, a->w->to->model, buf_span(&a->text));
	item->envelope = pool_span(a->w->pool, buf_span(&out));
	buf_free(&out);
	responses_announce(a, item);
}

static void
stop(struct answer *a, const struct event *ev)
{
	usage_merge(&a->usage, &ev->usage);
	set_status(a, ev->stop);
	if (compacts(a) && ev->stop != STOP_REFUSAL)
		add_summary(a);
	else if (ev->stop == STOP_REFUSAL && !a->called)
		decline(a, ev);
	responses_finish_item(a, a->status);
	a->ended = true;
}

/* Keep the answer for requests that go on from it. */
static void
remember(const struct answer *a, struct span object)
{
	const struct request *req = a->w->req;

	if (req->answers != NULL && jget_bool(req->body, "store", true))
		stored_put(req->answers, a->w->pool, req->client, a->id,
		    jget(req->body, "input"), object,
		    jget_span(req->body, "previous_response_id"));
}

/* The final object, told or written as the whole reply. */
static void
end(struct answer *a)
{
	struct buf object;
	struct jw w;

	buf_init(&object, 0);
	jw_init(&w, &object);
	responses_put_object(&w, NULL, a);
	if (a->quiet)
		buf_put(a->w->out, buf_span(&object));
	else
		responses_tell_object(a, a->status == COMPLETED ?
		    "response.completed" : "response.incomplete",
		    buf_span(&object));
	remember(a, buf_span(&object));
	buf_free(&object);
}

static void
fail(struct answer *a, const struct event *ev)
{
	struct buf object;
	struct jw w;

	if (a->id.p == NULL) {
		responses_tell_error(a, ev->fault);
		return;
	}
	usage_merge(&a->usage, &ev->usage);
	settle_text(a);
	if (a->newest != NULL)
		a->newest->status = INCOMPLETE;
	if (a->newest != NULL && a->newest->kind == ITEM_CUSTOM)
		a->newest->text = openai_freeform_input(a->w->pool,
		    a->newest->text);
	a->status = FAILED;
	a->failure = ev->fault;
	a->ended = true;
	buf_init(&object, 0);
	jw_init(&w, &object);
	responses_put_object(&w, NULL, a);
	responses_tell_object(a, "response.failed", buf_span(&object));
	buf_free(&object);
}

/* A compaction shows nothing on its way: only texts count, put together. */
static bool
swallowed(struct answer *a, const struct event *ev)
{
	if (!compacts(a))
		return false;
	switch (ev->kind) {
	case EVENT_DELTA:
		if (ev->block == BLOCK_TEXT)
			buf_put(&a->text, ev->text);
		return true;
	case EVENT_OPEN:
	case EVENT_CITE:
	case EVENT_LINKS:
	case EVENT_SEAL:
	case EVENT_CLOSE:
		return true;
	default:
		return false;
	}
}

static void
take_event(struct answer *a, const struct event *ev)
{
	if (swallowed(a, ev))
		return;
	switch (ev->kind) {
	case EVENT_BEGIN:
		begin(a, ev);
		break;
	case EVENT_OPEN:
		open_block(a, ev);
		break;
	case EVENT_DELTA:
		delta(a, ev->text);
		break;
	case EVENT_CITE:
		add_cite(a, ev->cite);
		break;
	case EVENT_LINKS:
		add_links(a, ev);
		break;
	case EVENT_SEAL:
		a->seal = seal_copy(a->w->pool, ev->seal);
		break;
	case EVENT_CLOSE:
		close_block(a);
		break;
	case EVENT_STOP:
		stop(a, ev);
		break;
	case EVENT_PING:
		responses_write_ping(a->w);
		break;
	case EVENT_END:
		end(a);
		break;
	case EVENT_FAULT:
		fail(a, ev);
		break;
	case EVENT_USAGE:
		break;
	}
}

void
responses_write_event(struct writer *w, const struct event *ev)
{
	take_event(w->state, ev);
}

/* --- whole replies -------------------------------------------------- */

/* The events that a block came from. */
static void
replay_block(struct answer *a, const struct block *b)
{
	struct event ev = { .kind = EVENT_OPEN, .block = b->kind, .id = b->id,
	    .tool = b->tool };

	take_event(a, &ev);
	ev.kind = EVENT_DELTA;
	ev.text = b->kind == BLOCK_CALL ? b->arguments : b->text;
	if (ev.text.n > 0)
		take_event(a, &ev);
	ev.kind = EVENT_CITE;
	for (ev.cite = b->cites; ev.cite != NULL; ev.cite = ev.cite->next)
		take_event(a, &ev);
	ev.kind = EVENT_LINKS;
	ev.links = b->links;
	ev.query = b->query;
	ev.failure = b->failure;
	if (b->kind == BLOCK_SEARCH)
		take_event(a, &ev);
	ev.kind = EVENT_SEAL;
	ev.seal = &b->seal;
	if (b->kind == BLOCK_THINKING)
		take_event(a, &ev);
	ev.kind = EVENT_CLOSE;
	take_event(a, &ev);
}

void
responses_write_reply(struct writer *w, const struct reply *r)
{
	struct answer *a = w->state;
	struct event begin_ev = { .kind = EVENT_BEGIN, .id = r->id,
	    .model = r->model, .usage = r->usage };
	struct event stop_ev = { .kind = EVENT_STOP, .stop = r->stop,
	    .refusal = r->refusal, .category = r->category,
	    .usage = r->usage };
	struct jw out;

	a->quiet = true;
	take_event(a, &begin_ev);
	for (const struct block *b = r->blocks; b != NULL; b = b->next)
		replay_block(a, b);
	take_event(a, &stop_ev);
	if (!compacts(a) || w->req->compact_item) {
		end(a);
		return;
	}
	jw_init(&out, w->out);
	responses_put_compaction(&out, a);
}
