/*
 * Claude's stream (c2o-common section 9.1):
 *
 *	event: content_block_delta
 *	data: {"type":"content_block_delta","index":0,"delta":{...}}
 *
 * A hosted search is one block of the flow and two of Claude's, hence our own
 * count of blocks.
 */
#include "dialect/messages_write.h"
#include "wire/sse.h"

struct writing {
	long index;		/* of the block that is open */
	struct jw jw;		/* of the event that is being written */
	struct buf text;	/* of the open text block, for citations */
	bool delta;		/* the open block has had one */
	bool delivered;		/* a text or a call was opened */
	/* A search is written when it is over. */
	struct span id, query, failure;
	const struct link *links;
	bool found;
	bool cited;		/* is `text` needed at all */
};

static void
free_text(void *text)
{
	buf_free(text);
}

void
messages_open_writer(struct writer *w)
{
	struct writing *s = pool_new(w->pool, struct writing);

	s->index = -1;
	s->cited = request_has_tool(w->req, TOOL_SEARCH_WEB);
	buf_init(&s->text, 0);
	pool_defer(w->pool, free_text, &s->text);
	w->state = s;
}

/* An event is begun with its type, which is its name as well. */
static struct jw *
event_begin(struct writer *w, const char *type)
{
	struct writing *s = w->state;

	sse_put_head(w->out, type);
	jw_init(&s->jw, w->out);
	jw_obj(&s->jw, NULL);
	jw_str(&s->jw, "type", span_of(type));
	return &s->jw;
}

static void
event_end(struct writer *w)
{
	struct writing *s = w->state;

	jw_end(&s->jw);
	sse_put_tail(w->out);
}

void
messages_write_ping(struct writer *w)
{
	event_begin(w, "ping");
	event_end(w);
}

static void
write_begin(struct writer *w, const struct event *ev)
{
	struct jw *j = event_begin(w, "message_start");
	struct usage usage;

	/* Provisional; message_delta has the real numbers. */
	usage_clear(&usage);
	usage.tier = ev->usage.tier;
	jw_obj(j, "message");
	jw_str(j, "id", messages_id(w->pool, ev->id));
	jw_str(j, "type", SPAN("message"));
	jw_str(j, "role", SPAN("assistant"));
	jw_str(j, "model", w->req->model);
	jw_arr(j, "content");
	jw_end(j);
	messages_put_stop(j, STOP_UNSET, SPAN_NONE, SPAN_NONE);
	jw_null(j, "diagnostics");
	jw_null(j, "context_management");
	messages_put_usage(j, w->req, &usage);
	jw_end(j);
	event_end(w);
	messages_write_ping(w);
}

/* content_block_start, up to the inside of "content_block". */
static struct jw *
block_begin(struct writer *w)
{
	struct writing *s = w->state;
	struct jw *j = event_begin(w, "content_block_start");

	jw_int(j, "index", ++s->index);
	jw_obj(j, "content_block");
	return j;
}

static void
block_end(struct writer *w)
{
	struct writing *s = w->state;

	jw_end(&s->jw);
	event_end(w);
	s->delta = false;
}

static struct jw *
delta_begin(struct writer *w, const char *type)
{
	struct writing *s = w->state;
	struct jw *j = event_begin(w, "content_block_delta");

	jw_int(j, "index", s->index);
	jw_obj(j, "delta");
	jw_str(j, "type", span_of(type));
	s->delta = true;
	return j;
}

static void
delta_end(struct writer *w)
{
	struct writing *s = w->state;

	jw_end(&s->jw);
	event_end(w);
}

static void
write_stop_of_block(struct writer *w)
{
	struct writing *s = w->state;

	jw_int(event_begin(w, "content_block_stop"), "index", s->index);
	event_end(w);
}

static void
write_open(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;
	struct jw *j;

	if (ev->block == BLOCK_SEARCH) {
		s->id = messages_search_id(w->pool, ev->id);
		s->found = false;
		s->delivered = true;
		return;
	}
	j = block_begin(w);
	switch (ev->block) {
	case BLOCK_THINKING:
		jw_str(j, "type", SPAN("thinking"));
		jw_str(j, "thinking", SPAN(""));
		jw_str(j, "signature", SPAN(""));
		break;
	case BLOCK_CALL:
		messages_put_call_head(j, "tool_use", ev->id, ev->tool.name);
		jw_obj(j, "input");
		jw_end(j);
		messages_put_caller(j);
		break;
	default:
		jw_str(j, "type", SPAN("text"));
		jw_str(j, "text", SPAN(""));
		break;
	}
	if (ev->block != BLOCK_THINKING)
		s->delivered = true;
	buf_reset(&s->text);
	block_end(w);
}

static void
write_delta(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;

	switch (ev->block) {
	case BLOCK_THINKING:
		jw_str(delta_begin(w, "thinking_delta"), "thinking", ev->text);
		break;
	case BLOCK_CALL:
		/* White space alone would be arguments of nothing. */
		if (!s->delta && span_blank(ev->text))
			return;
		jw_str(delta_begin(w, "input_json_delta"), "partial_json",
		    ev->text);
		break;
	default:
		if (s->cited)
			buf_put(&s->text, ev->text);
		jw_str(delta_begin(w, "text_delta"), "text", ev->text);
		break;
	}
	delta_end(w);
}

/* The signature, whole, right before the end; hidden thinking has no text. */
static void
write_seal(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;
	struct buf signature;

	if (!s->delta) {
		jw_str(delta_begin(w, "thinking_delta"), "thinking", SPAN(""));
		delta_end(w);
	}
	buf_init(&signature, 0);
	seal_put_t1(&signature, w->to->origin, ev->seal);
	jw_str(delta_begin(w, "signature_delta"), "signature",
	    buf_span(&signature));
	delta_end(w);
	buf_free(&signature);
}

static void
write_cite(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;

	messages_put_cite(delta_begin(w, "citations_delta"), "citation",
	    ev->cite, buf_span(&s->text));
	delta_end(w);
}

static void
keep_search(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;

	s->query = pool_span(w->pool, ev->query);
	s->failure = pool_span(w->pool, ev->failure);
	s->links = links_copy(w->pool, ev->links);
	s->found = true;
}

/* A search that came to nothing leaves no block. */
static void
write_search(struct writer *w)
{
	struct writing *s = w->state;
	struct jw *j;

	if (!s->found)
		return;
	j = block_begin(w);
	messages_put_call_head(j, "server_tool_use", s->id, SPAN("web_search"));
	jw_obj(j, "input");
	jw_end(j);
	messages_put_caller(j);
	block_end(w);
	j = delta_begin(w, "input_json_delta");
	jw_text_begin(j, "partial_json");
	jw_text(j, SPAN("{\"query\":\""));
	buf_reset(&s->text);
	json_escape(&s->text, s->query);
	jw_text(j, buf_span(&s->text));
	jw_text(j, SPAN("\"}"));
	jw_text_end(j);
	delta_end(w);
	write_stop_of_block(w);

	j = event_begin(w, "content_block_start");
	jw_int(j, "index", ++s->index);
	messages_put_search_result(j, "content_block", s->id, s->links,
	    s->failure);
	event_end(w);
	write_stop_of_block(w);
}

static void
write_close(struct writer *w, const struct event *ev)
{
	struct writing *s = w->state;

	if (ev->block == BLOCK_SEARCH) {
		write_search(w);
		return;
	}
	if (ev->block == BLOCK_CALL && !s->delta) {
		jw_str(delta_begin(w, "input_json_delta"), "partial_json",
		    SPAN("{}"));
		delta_end(w);
	}
	write_stop_of_block(w);
}

static void
write_stop(struct writer *w, const struct event *ev)
{
	struct jw *j = event_begin(w, "message_delta");

	jw_obj(j, "delta");
	messages_put_stop(j, ev->stop == STOP_UNSET ? STOP_END : ev->stop,
	    ev->stop_sequence, ev->refusal);
	jw_end(j);
	jw_obj(j, "usage");
	messages_put_input(j, w->req, &ev->usage);
	messages_put_output(j, &ev->usage);
	jw_end(j);
	event_end(w);
}

/*
 * Claude Code sends the request again for overloaded_error and takes
 * api_error as final: right once it has seen text or a call.
 */
static void
write_fault(struct writer *w, const struct event *ev)
{
	const struct writing *s = w->state;
	const char *type = messages_error_type(ev->fault);

	if (messages_is_server_side(ev->fault))
		type = s->delivered ? "api_error" : "overloaded_error";
	sse_put_head(w->out, "error");
	messages_put_error(w->out, ev->fault, type, w->req->request_id);
	sse_put_tail(w->out);
}

void
messages_write_event(struct writer *w, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_BEGIN:
		write_begin(w, ev);
		break;
	case EVENT_OPEN:
		write_open(w, ev);
		break;
	case EVENT_DELTA:
		write_delta(w, ev);
		break;
	case EVENT_CITE:
		write_cite(w, ev);
		break;
	case EVENT_LINKS:
		keep_search(w, ev);
		break;
	case EVENT_SEAL:
		write_seal(w, ev);
		break;
	case EVENT_CLOSE:
		write_close(w, ev);
		break;
	case EVENT_USAGE:
		break;
	case EVENT_STOP:
		write_stop(w, ev);
		break;
	case EVENT_PING:
		messages_write_ping(w);
		break;
	case EVENT_END:
		event_begin(w, "message_stop");
		event_end(w);
		break;
	case EVENT_FAULT:
		write_fault(w, ev);
		break;
	}
}
