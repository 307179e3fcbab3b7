/*
 * A reply to a Chat Completions client: chunks (o2c-chat section 5) or one
 * object (section 4).
 *
 *	data: {"id":"chatcmpl-1","object":"chat.completion.chunk",
 *	       "created":1795000000,"model":"m","choices":[{"index":0,
 *	       "delta":{"content":"Hi"},"logprobs":null,
 *	       "finish_reason":null}],"service_tier":"default"}
 *
 * The stream is folded into a whole reply besides: what comes at its end,
 * reasoning_details and the turn memory, is made of that, and so the same.
 */
#include "dialect/chat_answer.h"
#include "dialect/chat_thoughts.h"
#include "dialect/openai_client.h"
#include "dialect/parts.h"
#include "wire/sse.h"

struct stream {
	struct span id;
	struct reply so_far;
	struct usage usage;
	struct chat_joint joint;
	size_t start;		/* code point at which the open text began */
	long calls;		/* begun so far */
	bool argued;		/* the open call has got arguments */
	bool reasoned;		/* reasoning was shown */
	bool reasons;		/* and that of the open block */
};

static void
stream_free(void *arg)
{
	struct stream *s = arg;

	reply_free(&s->so_far);
}

void
chat_open_writer(struct writer *w)
{
	struct stream *s = pool_new(w->pool, struct stream);

	reply_init(&s->so_far, w->pool);
	usage_clear(&s->usage);
	pool_defer(w->pool, stream_free, s);
	w->state = s;
}

/* The part of a chunk that is always the same. */
static void
chunk_head(struct writer *w, struct jw *j)
{
	const struct stream *s = w->state;

	sse_put_head(w->out, NULL);
	jw_init(j, w->out);
	jw_obj(j, NULL);
	jw_str(j, "id", s->id);
	jw_str(j, "object", SPAN("chat.completion.chunk"));
	jw_int(j, "created", w->req->created);
	jw_str(j, "model", w->req->model);
	jw_arr(j, "choices");
}

/* Open a chunk up to its delta. */
static void
chunk_begin(struct writer *w, struct jw *j)
{
	chunk_head(w, j);
	jw_obj(j, NULL);
	jw_int(j, "index", 0);
	jw_obj(j, "delta");
}

/* Close it behind the delta; finish is NULL but for the last. */
static void
chunk_end(struct writer *w, struct jw *j, const char *finish)
{
	const struct stream *s = w->state;

	jw_end(j);
	jw_null(j, "logprobs");
	jw_str(j, "finish_reason", span_of(finish));
	jw_end(j);
	jw_end(j);
	chat_put_tier(j, &s->usage);
	if (w->req->usage_chunk)
		jw_null(j, "usage");
	jw_end(j);
	sse_put_tail(w->out);
}

/* A chunk whose delta is one text. */
static void
put_text_chunk(struct writer *w, const char *key, struct span text)
{
	struct jw j;

	chunk_begin(w, &j);
	jw_str(&j, key, text);
	chunk_end(w, &j, NULL);
}

/* --- blocks --------------------------------------------------------- */

static void
put_role(struct writer *w)
{
	struct jw j;

	chunk_begin(w, &j);
	jw_str(&j, "role", SPAN("assistant"));
	jw_str(&j, "content", SPAN(""));
	chunk_end(w, &j, NULL);
}

static void
open_text(struct writer *w, struct stream *s)
{
	if (chat_join(&s->joint, BLOCK_TEXT))
		put_text_chunk(w, "content", chat_glue);
	s->start = s->joint.points;
}

/* A legacy reply holds one call; the others are passed over. */
static bool
is_passed_over(const struct writer *w, const struct stream *s)
{
	return w->req->legacy && s->calls > 1;
}

static void
open_call(struct writer *w, struct stream *s, const struct event *ev)
{
	struct jw j;

	s->calls++;
	s->argued = false;
	if (is_passed_over(w, s))
		return;
	chunk_begin(w, &j);
	if (w->req->legacy) {
		chat_put_legacy_call(&j, ev->tool.name, SPAN(""));
	} else {
		jw_arr(&j, "tool_calls");
		chat_put_call(&j, s->calls - 1, &ev->tool, ev->id, SPAN(""));
		jw_end(&j);
	}
	chunk_end(w, &j, NULL);
}

static void
put_arguments(struct writer *w, struct stream *s, const struct tool_key *tool,
    struct span piece)
{
	struct jw j;

	s->argued = true;
	if (is_passed_over(w, s))
		return;
	chunk_begin(w, &j);
	if (w->req->legacy) {
		chat_put_legacy_call(&j, SPAN_NONE, piece);
	} else {
		jw_arr(&j, "tool_calls");
		chat_put_call_piece(&j, s->calls - 1, tool, piece);
		jw_end(&j);
	}
	chunk_end(w, &j, NULL);
}

static void
open_block(struct writer *w, struct stream *s, const struct event *ev)
{
	switch (ev->block) {
	case BLOCK_TEXT:
		open_text(w, s);
		return;
	case BLOCK_THINKING:
		s->reasons = false;
		break;
	case BLOCK_CALL:
		open_call(w, s, ev);
		break;
	default:
		/* What the client is not shown keeps its stream alive. */
		chat_write_ping(w);
		break;
	}
	chat_join(&s->joint, ev->block);
}

/* Texts of two blocks are set apart. */
static void
put_reasoning(struct writer *w, struct stream *s, struct span text)
{
	if (w->req->show == SHOW_NOTHING)
		return;
	if (s->reasoned && !s->reasons)
		put_text_chunk(w, "reasoning_content", chat_glue);
	s->reasoned = s->reasons = true;
	put_text_chunk(w, "reasoning_content", text);
}

static void
put_delta(struct writer *w, struct stream *s, const struct block *open,
    struct span text)
{
	switch (open->kind) {
	case BLOCK_TEXT:
		chat_join_text(&s->joint, text);
		put_text_chunk(w, "content", text);
		break;
	case BLOCK_THINKING:
		put_reasoning(w, s, text);
		break;
	case BLOCK_CALL:
		/* A freeform tool's text is known when all is there. */
		if (open->tool.kind != TOOL_FREEFORM)
			put_arguments(w, s, &open->tool, text);
		break;
	default:
		break;
	}
}

static void
close_block(struct writer *w, struct stream *s, const struct block *b)
{
	struct jw j;

	if (b->kind == BLOCK_CALL && !s->argued) {
		put_arguments(w, s, &b->tool, chat_arguments(w->pool, b));
	} else if (b->kind == BLOCK_TEXT && chat_has_citations(b)) {
		chunk_begin(w, &j);
		jw_arr(&j, "annotations");
		chat_put_citations(&j, b, s->start, s->joint.points);
		jw_end(&j);
		chunk_end(w, &j, NULL);
	}
}

/* --- the end -------------------------------------------------------- */

static bool
shows_details(const struct writer *w, const struct block *blocks)
{
	return w->req->show != SHOW_NOTHING && chat_has_details(blocks);
}

static void
put_finish(struct writer *w, const struct event *ev)
{
	struct jw j;

	chunk_begin(w, &j);
	if (ev->stop == STOP_REFUSAL)
		jw_str(&j, "refusal", openai_refusal(w->pool, ev->refusal,
		    ev->category));
	chunk_end(w, &j, chat_finish(w->req, ev->stop));
}

static void
put_stop(struct writer *w, struct stream *s, const struct event *ev)
{
	const struct block *blocks = s->so_far.blocks;
	struct jw j;

	s->usage = ev->usage;
	if (shows_details(w, blocks)) {
		chunk_begin(w, &j);
		chat_put_details(&j, blocks, w->to->model);
		chunk_end(w, &j, NULL);
	}
	put_finish(w, ev);
	chat_remember(w->req, w->pool, chat_content(w->pool, blocks), blocks);
}

static void
put_done(struct writer *w, const struct stream *s)
{
	struct jw j;

	if (w->req->usage_chunk) {
		chunk_head(w, &j);
		jw_end(&j);
		chat_put_tier(&j, &s->usage);
		chat_put_usage(&j, &s->usage);
		jw_end(&j);
		sse_put_tail(w->out);
	}
	sse_put_head(w->out, NULL);
	buf_puts(w->out, "[DONE]");
	sse_put_tail(w->out);
}

/* No [DONE] behind it: what came before must not pass for an answer. */
static void
put_fault(struct writer *w, const struct fault *why)
{
	sse_put_head(w->out, NULL);
	buf_puts(w->out, "{\"error\":");
	openai_put_error(w->out, why);
	buf_putc(w->out, '}');
	sse_put_tail(w->out);
}

void
chat_write_ping(struct writer *w)
{
	sse_put_comment(w->out, "ping");
}

void
chat_write_event(struct writer *w, const struct event *ev)
{
	struct stream *s = w->state;
	const struct block *open = s->so_far.open;

	reply_fold(&s->so_far, ev);
	switch (ev->kind) {
	case EVENT_BEGIN:
		s->id = chat_id(w->pool, ev->id);
		s->usage = ev->usage;
		put_role(w);
		break;
	case EVENT_OPEN:
		open_block(w, s, ev);
		break;
	case EVENT_DELTA:
		put_delta(w, s, open, ev->text);
		break;
	case EVENT_CLOSE:
		close_block(w, s, open);
		break;
	case EVENT_LINKS:
	case EVENT_PING:
		chat_write_ping(w);
		break;
	case EVENT_STOP:
		put_stop(w, s, ev);
		break;
	case EVENT_END:
		put_done(w, s);
		break;
	case EVENT_FAULT:
		put_fault(w, ev->fault);
		break;
	case EVENT_CITE:
	case EVENT_SEAL:
	case EVENT_USAGE:
		break;
	}
}

/* --- whole ---------------------------------------------------------- */

static void
put_calls(struct jw *j, struct writer *w, const struct block *blocks)
{
	bool any = false;

	for (const struct block *b = blocks; b != NULL; b = b->next) {
		if (b->kind != BLOCK_CALL)
			continue;
		if (w->req->legacy) {
			chat_put_legacy_call(j, b->tool.name,
			    chat_arguments(w->pool, b));
			return;
		}
		if (!any)
			jw_arr(j, "tool_calls");
		any = true;
		chat_put_call(j, -1, &b->tool, b->id,
		    chat_arguments(w->pool, b));
	}
	if (any)
		jw_end(j);
}

static void
put_annotations(struct jw *j, const struct block *blocks)
{
	struct chat_joint joint = { .some = false };
	bool any = false;

	for (const struct block *b = blocks; b != NULL; b = b->next) {
		size_t start;

		chat_join(&joint, b->kind);
		if (b->kind != BLOCK_TEXT)
			continue;
		start = joint.points;
		chat_join_text(&joint, b->text);
		if (!chat_has_citations(b))
			continue;
		if (!any)
			jw_arr(j, "annotations");
		any = true;
		chat_put_citations(j, b, start, joint.points);
	}
	if (any)
		jw_end(j);
}

static void
put_reasoning_texts(struct jw *j, const struct block *blocks)
{
	bool any = false;

	for (const struct block *b = blocks; b != NULL; b = b->next) {
		if (b->kind != BLOCK_THINKING || b->text.n == 0)
			continue;
		if (any)
			jw_text(j, chat_glue);
		else
			jw_text_begin(j, "reasoning_content");
		any = true;
		jw_text(j, b->text);
	}
	if (any)
		jw_text_end(j);
}

static void
put_message(struct jw *j, struct writer *w, const struct reply *r,
    struct span content)
{
	jw_obj(j, "message");
	jw_str(j, "role", SPAN("assistant"));
	jw_str(j, "content", content);
	jw_str(j, "refusal", r->stop == STOP_REFUSAL ?
	    openai_refusal(w->pool, r->refusal, r->category) : SPAN_NONE);
	put_calls(j, w, r->blocks);
	put_annotations(j, r->blocks);
	if (w->req->show != SHOW_NOTHING)
		put_reasoning_texts(j, r->blocks);
	if (shows_details(w, r->blocks))
		chat_put_details(j, r->blocks, w->to->model);
	jw_end(j);
}

void
chat_write_reply(struct writer *w, const struct reply *r)
{
	struct span content = chat_content(w->pool, r->blocks);
	struct jw j;

	jw_init(&j, w->out);
	jw_obj(&j, NULL);
	jw_str(&j, "id", chat_id(w->pool, r->id));
	jw_str(&j, "object", SPAN("chat.completion"));
	jw_int(&j, "created", w->req->created);
	jw_str(&j, "model", w->req->model);
	jw_arr(&j, "choices");
	jw_obj(&j, NULL);
	jw_int(&j, "index", 0);
	put_message(&j, w, r, content);
	jw_null(&j, "logprobs");
	jw_str(&j, "finish_reason", span_of(chat_finish(w->req, r->stop)));
	jw_end(&j);
	jw_end(&j);
	chat_put_tier(&j, &r->usage);
	chat_put_usage(&j, &r->usage);
	jw_end(&j);
	chat_remember(w->req, w->pool, content, r->blocks);
}
