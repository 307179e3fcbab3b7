/*
 * Claude's whole reply (c2o-common section 9): the same as the stream, told
 * at once.
 */
#include "dialect/messages_write.h"
#include "wire/jget.h"

/*
 * Are these arguments one JSON object? *text is what to paste: the
 * upstream's own bytes, so that key order and numbers stay as written.
 */
static bool
is_input(struct pool *pool, struct span arguments, struct span *text)
{
	struct json_trouble trouble;
	size_t repaired = 0;
	json_t *tree;

	*text = span_trim(arguments);
	if (text->n == 0) {
		*text = SPAN("{}");
		return true;
	}
	tree = jread(pool, *text, 0, &repaired, &trouble);
	if (!json_is_object(tree))
		return false;
	if (repaired > 0)
		*text = json_text(pool, tree);
	return true;
}

/*
 * Broken arguments are handed over as they are: the client's own check of
 * the schema fails and tells the model.
 */
static void
put_call(struct jw *w, struct writer *wr, const struct block *b)
{
	struct span text;

	jw_obj(w, NULL);
	messages_put_call_head(w, "tool_use", b->id, b->tool.name);
	if (b->input != NULL && b->arguments.p == NULL) {
		jw_json(w, "input", b->input);
	} else if (is_input(wr->pool, b->arguments, &text)) {
		jw_raw(w, "input", text);
	} else {
		request_lost(wr->req, "arguments_invalid", NULL);
		jw_obj(w, "input");
		jw_str(w, "__invalid_json", b->arguments);
		jw_end(w);
	}
	messages_put_caller(w);
	jw_end(w);
}

static void
put_text(struct jw *w, const struct block *b)
{
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("text"));
	jw_str(w, "text", b->text.p ? b->text : SPAN(""));
	if (b->cites != NULL) {
		jw_arr(w, "citations");
		for (const struct cite *c = b->cites; c != NULL; c = c->next)
			messages_put_cite(w, NULL, c, b->text);
		jw_end(w);
	} else {
		jw_null(w, "citations");
	}
	jw_end(w);
}

static void
put_thinking(struct jw *w, const struct writer *wr, const struct block *b)
{
	struct buf signature;

	buf_init(&signature, 0);
	seal_put_t1(&signature, wr->to->origin, &b->seal);
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("thinking"));
	jw_str(w, "thinking", b->text.p ? b->text : SPAN(""));
	jw_str(w, "signature", buf_span(&signature));
	jw_end(w);
	buf_free(&signature);
}

static void
put_search(struct jw *w, struct pool *pool, const struct block *b)
{
	struct span id = messages_search_id(pool, b->id);

	if (b->query.p == NULL && b->links == NULL && b->failure.p == NULL)
		return;
	jw_obj(w, NULL);
	messages_put_call_head(w, "server_tool_use", id, SPAN("web_search"));
	jw_obj(w, "input");
	jw_str(w, "query", b->query.p ? b->query : SPAN(""));
	jw_end(w);
	messages_put_caller(w);
	jw_end(w);
	messages_put_search_result(w, NULL, id, b->links, b->failure);
}

/* A last call that the token limit cut short is no call. */
static bool
is_cut_call(struct writer *w, const struct reply *r, const struct block *b)
{
	struct span text;

	return r->stop == STOP_LENGTH && b->kind == BLOCK_CALL &&
	    b->next == NULL && b->arguments.p != NULL &&
	    !is_input(w->pool, b->arguments, &text);
}

static void
put_block(struct jw *w, struct writer *wr, const struct reply *r,
    const struct block *b)
{
	switch (b->kind) {
	case BLOCK_TEXT:
	case BLOCK_REFUSAL:
		put_text(w, b);
		break;
	case BLOCK_THINKING:
		put_thinking(w, wr, b);
		break;
	case BLOCK_CALL:
		if (is_cut_call(wr, r, b))
			request_lost(wr->req, "call_dropped", NULL);
		else
			put_call(w, wr, b);
		break;
	case BLOCK_SEARCH:
		put_search(w, wr->pool, b);
		break;
	case BLOCK_MEDIA:
	case BLOCK_RESULT:
	case BLOCK_OPAQUE:
		break;
	}
}

void
messages_write_reply(struct writer *w, const struct reply *r)
{
	struct jw j;

	jw_init(&j, w->out);
	jw_obj(&j, NULL);
	jw_str(&j, "id", messages_id(w->pool, r->id));
	jw_str(&j, "type", SPAN("message"));
	jw_str(&j, "role", SPAN("assistant"));
	jw_str(&j, "model", w->req->model);
	jw_arr(&j, "content");
	for (const struct block *b = r->blocks; b != NULL; b = b->next)
		put_block(&j, w, r, b);
	jw_end(&j);
	messages_put_stop(&j, r->stop == STOP_UNSET ? STOP_END : r->stop,
	    r->stop_sequence, r->refusal);
	jw_null(&j, "diagnostics");
	jw_null(&j, "context_management");
	messages_put_usage(&j, w->req, &r->usage);
	jw_end(&j);
}
