#include "dialect/chat_calls_read.h"

#include <stdio.h>

struct chat_call {
	struct chat_call *next;
	bool freeform;
	struct buf id, name, arguments;
};

static void
free_calls(void *arg)
{
	struct chat_calls *calls = arg;

	for (struct chat_call *c = calls->first; c != NULL; c = c->next) {
		buf_free(&c->id);
		buf_free(&c->name);
		buf_free(&c->arguments);
	}
}

void
chat_calls_init(struct chat_calls *calls, struct reader *r)
{
	*calls = (struct chat_calls){ .r = r };
	pool_defer(r->pool, free_calls, calls);
}

bool
chat_calls_some(const struct chat_calls *calls)
{
	return calls->first != NULL;
}

/* --- which call a piece belongs to ---------------------------------- */

static struct chat_call *
add(struct chat_calls *calls)
{
	struct chat_call *c = pool_new(calls->r->pool, struct chat_call);

	buf_init(&c->id, 0);
	buf_init(&c->name, 0);
	buf_init(&c->arguments, 0);
	if (calls->last == NULL)
		calls->first = c;
	else
		calls->last->next = c;
	calls->last = c;
	return c;
}

struct index_text {
	char digits[24];
};

/* An index as a key, borrowed from *text. */
static struct span
index_key(struct index_text *text, long index)
{
	snprintf(text->digits, sizeof(text->digits), "%ld", index);
	return span_of(text->digits);
}

static struct chat_call *
by_index(const struct chat_calls *calls, long index)
{
	struct index_text text;

	return words_get(&calls->by_index, index_key(&text, index));
}

/* By index when there is one, else by id, else the newest. */
static struct chat_call *
find(const struct chat_calls *calls, const json_t *index, struct span id)
{
	if (json_is_integer(index))
		return by_index(calls, (long)json_integer_value(index));
	return id.n == 0 ? calls->last : words_get(&calls->by_id, id);
}

/*
 * Some servers number every call 0. A new id together with a name, when what
 * is there is complete, is another call.
 */
static bool
begins_another(const struct chat_call *c, struct span id, struct span name)
{
	return id.n > 0 && name.n > 0 && c->id.n > 0 &&
	    !span_eq(buf_span(&c->id), id) &&
	    openai_is_object(buf_span(&c->arguments));
}

static struct chat_call *
call_of(struct chat_calls *calls, const json_t *piece, struct span name,
    bool whole)
{
	const json_t *index = jget(piece, "index");
	struct span id = jget_span(piece, "id");
	struct chat_call *c = whole ? NULL : find(calls, index, id);
	struct pool *pool = calls->r->pool;
	struct index_text text;

	if (c == NULL || begins_another(c, id, name)) {
		c = add(calls);
		if (json_is_integer(index))
			words_put(&calls->by_index, pool, pool_span(pool,
			    index_key(&text, (long)json_integer_value(index))), c);
	}
	if (c->id.n == 0 && id.n > 0) {
		buf_put(&c->id, id);
		words_put(&calls->by_id, pool, pool_span(pool, id), c);
	}
	return c;
}

/* --- names ---------------------------------------------------------- */

/* Does a tool's name, as sent upstream, begin like this? */
static bool
begins_tool(const struct chat_calls *calls, struct span head)
{
	const struct name *n = calls->r->req->names.first;

	for (; n != NULL; n = n->next)
		if (span_eq(span_head(n->alias, head.n), head))
			return true;
	return false;
}

static bool
is_tool(const struct chat_calls *calls, struct span name)
{
	return names_find(&calls->r->req->names, name) != NULL;
}

/*
 * A name comes once, with every piece, or in pieces itself: "Re", "ad". It is
 * put together only while the sum is how a tool's name begins.
 */
static void
take_name(struct chat_calls *calls, struct chat_call *c, struct span piece)
{
	struct span known = buf_span(&c->name);
	size_t n = c->name.n;

	if (piece.n == 0 || span_eq(known, piece))
		return;
	buf_put(&c->name, piece);
	if (n == 0 || (c->arguments.n == 0 &&
	    begins_tool(calls, buf_span(&c->name))))
		return;
	buf_cut(&c->name, n);
	if (!is_tool(calls, buf_span(&c->name)) && is_tool(calls, piece)) {
		buf_reset(&c->name);
		buf_put(&c->name, piece);
	}
}

/* --- arguments ------------------------------------------------------ */

/* A last piece may repeat the whole. */
static void
take_arguments(struct chat_call *c, struct span piece)
{
	if (piece.n > 1 && span_eq(buf_span(&c->arguments), piece) &&
	    openai_is_object(piece))
		return;
	buf_put(&c->arguments, piece);
}

/* {"type":"custom","custom":{"name":...,"input":"text"}} */
static void
take_piece(struct chat_calls *calls, const json_t *piece, bool whole)
{
	const json_t *function = jget_object(piece, "function");
	const json_t *custom = jget_object(piece, "custom");
	const json_t *inner = function != NULL ? function : custom;
	struct span name = jget_span(inner, "name");
	struct chat_call *c;
	struct pool *scratch;

	if (!json_is_object(piece))
		return;
	c = call_of(calls, piece, name, whole);
	take_name(calls, c, name);
	if (function == NULL && custom != NULL) {
		c->freeform = true;
		buf_put(&c->arguments, jget_span(custom, "input"));
		return;
	}
	scratch = pool_open();
	take_arguments(c, openai_arguments(scratch,
	    jget(function, "arguments")));
	pool_close(scratch);
}

void
chat_calls_take(struct chat_calls *calls, const json_t *list, bool whole)
{
	size_t i;
	json_t *piece;

	json_array_foreach(list, i, piece)
		take_piece(calls, piece, whole);
}

bool
chat_calls_add(struct chat_calls *calls, long index, struct span arguments)
{
	struct chat_call *c = by_index(calls, index);

	if (c == NULL)
		return false;
	take_arguments(c, arguments);
	return true;
}

void
chat_calls_take_function(struct chat_calls *calls, const json_t *call)
{
	json_t *piece;

	if (!json_is_object(call))
		return;
	piece = json_pack("{s:i,s:O}", "index", 0, "function", call);
	take_piece(calls, piece, false);
	json_decref(piece);
}

/* --- sending -------------------------------------------------------- */

static bool
is_dropped(const struct chat_call *c, bool cut)
{
	struct span arguments = buf_span(&c->arguments);

	if (c->name.n == 0 && span_blank(arguments))
		return true;
	return cut && c->next == NULL && !c->freeform &&
	    !openai_is_object(arguments);
}

static void
send_call(struct chat_calls *calls, struct chat_call *c, long lane)
{
	struct reader *r = calls->r;
	struct span name = buf_span(&c->name);

	if (name.n == 0) {
		request_lost(r->req, "item_skipped", "function.name");
		name = SPAN("unknown_tool");
	}
	flow_open_call(r->flow, lane,
	    openai_call_id(r, &calls->ids, buf_span(&c->id)), name);
	if (c->freeform)
		openai_push_freeform(r, lane, buf_span(&c->arguments));
	else
		openai_push_arguments(r, lane, buf_span(&c->arguments));
	flow_close(r->flow, lane);
}

void
chat_calls_send(struct chat_calls *calls, long *lane, bool cut)
{
	for (struct chat_call *c = calls->first; c != NULL; c = c->next) {
		if (is_dropped(c, cut))
			request_lost(calls->r->req, "call_dropped", NULL);
		else
			send_call(calls, c, (*lane)++);
	}
	free_calls(calls);
	*calls = (struct chat_calls){ .r = calls->r, .ids = calls->ids };
}
