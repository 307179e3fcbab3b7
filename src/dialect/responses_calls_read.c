/*
 * Calls of a Responses upstream: of functions, of freeform tools, and its own
 * web searches.
 */
#include <ctype.h>

#include "base/random.h"
#include "dialect/responses_output_items.h"

/* Longer ids of searches are not passed on. */
enum { SEARCH_ID_MAX = 64 };

/* --- calls ---------------------------------------------------------- */

/*
 * Pieces go on as they come, once they look like an object: what was sent
 * cannot be taken back, and anything else is wrapped at its end.
 */
static void
stream_arguments(struct output *out, struct output_item *i)
{
	struct span text = buf_span(&i->text);

	if (i->sent == 0 && !span_starts(span_trim(text), "{"))
		return;
	flow_delta(out->r->flow, i->lane, span_from(text, i->sent));
	i->sent = text.n;
}

/* A call starts as soon as its name is known. */
void
output_open_call(struct output *out, struct output_item *i)
{
	if (i->open || i->name.n == 0)
		return;
	i->lane = out->lanes++;
	i->open = true;
	flow_open_call(out->r->flow, i->lane,
	    openai_call_id(out->r, &out->ids, i->call_id), i->name);
	stream_arguments(out, i);
}

void
output_name_call(struct output *out, struct output_item *i, const json_t *node)
{
	if (i->name.n == 0)
		i->name = pool_span(out->r->pool, jget_span(node, "name"));
	if (i->call_id.n == 0)
		i->call_id = pool_span(out->r->pool,
		    jget_span(node, "call_id"));
}

/* Send what is missing of arguments that were begun; what are they then? */
static enum input
send_rest(struct output *out, struct output_item *i, struct span whole)
{
	struct span rest = output_rest(&i->text, whole);
	enum input input;

	if (whole.p != NULL && rest.p == NULL)
		request_lost(out->r->req, "arguments_invalid", NULL);
	buf_put(&i->text, rest);
	stream_arguments(out, i);
	input = openai_input_kind(buf_span(&i->text));
	if (input != INPUT_RIGHT)
		request_lost(out->r->req, "arguments_invalid", NULL);
	return input;
}

/* The arguments of a call are complete. */
static void
finish_call(struct output *out, struct output_item *i, struct span whole)
{
	struct event close = { .kind = EVENT_CLOSE, .lane = i->lane };

	if (i->sent > 0)
		close.input = send_rest(out, i, whole);
	else
		openai_push_arguments(out->r, i->lane, span_blank(whole) ?
		    buf_span(&i->text) : whole);
	flow_push(out->r->flow, &close);
	i->open = false;
	i->complete = true;
}

void
output_arguments(struct output *out, struct output_place at, struct span text,
    bool whole)
{
	struct output_item *i = output_item_of(out, at, ITEM_CALL);

	if (i->done || i->complete)
		return;
	if (whole) {
		/* Without a name it has to wait for the item's end. */
		if (i->open)
			finish_call(out, i, text);
		else
			buf_put(&i->text, output_rest(&i->text, text));
		return;
	}
	buf_put(&i->text, text);
	if (i->open)
		stream_arguments(out, i);
}

/* Was the token limit hit inside this call, the last of the response? */
static bool
is_cut(const struct output *out, const struct output_item *i,
    struct span arguments)
{
	if (!out->cut || i->open)
		return false;
	for (i = i->next; i != NULL; i = i->next)
		if (i->kind == ITEM_CALL)
			return false;
	return !openai_is_object(arguments);
}

void
output_end_call(struct output *out, struct output_item *i, const json_t *node)
{
	struct span arguments;

	if (i->complete)
		return;
	arguments = openai_arguments(out->r->pool, jget(node, "arguments"));
	output_name_call(out, i, node);
	if (arguments.p == NULL)
		arguments = buf_span(&i->text);
	if (jget_span(node, "namespace").n > 0)
		request_lost(out->r->req, "item_skipped", "namespace");
	if (is_cut(out, i, arguments) ||
	    (i->name.n == 0 && span_blank(arguments))) {
		request_lost(out->r->req, "call_dropped", NULL);
		return;
	}
	if (i->name.n == 0)
		i->name = SPAN("unknown_tool");
	/* Nothing of an unnamed call was sent: it goes out as a whole. */
	if (!i->open) {
		arguments = pool_span(out->r->pool, arguments);
		buf_reset(&i->text);
	}
	output_open_call(out, i);
	finish_call(out, i, arguments);
}

void
output_freeform(struct output *out, struct output_place at, struct span text,
    bool whole)
{
	struct output_item *i = output_item_of(out, at, ITEM_FREEFORM);

	if (i->done)
		return;
	buf_put(&i->text, whole ? output_rest(&i->text, text) : text);
}

/* Never offered, so there is no tool to give the text to but by its name. */
void
output_end_freeform(struct output *out, struct output_item *i,
    const json_t *node)
{
	struct span input = jget_span(node, "input");
	struct span text;

	output_name_call(out, i, node);
	if (i->name.n == 0)
		i->name = SPAN("unknown_tool");
	text = pool_span(out->r->pool, input.p != NULL ? input :
	    buf_span(&i->text));
	buf_reset(&i->text);
	output_open_call(out, i);
	openai_push_freeform(out->r, i->lane, text);
	output_close_block(out, i);
}

/* --- web search ----------------------------------------------------- */

/* "srvtoolu_" and the item's id without its "ws_"; no id is given twice. */
static struct span
search_id(struct output *out, struct span id)
{
	struct pool *pool = out->r->pool;
	struct span copy;
	char *p;

	if (span_starts(id, "ws_"))
		id = span_from(id, 3);
	if (id.n == 0 || id.n > SEARCH_ID_MAX)
		return random_base62(pool, "srvtoolu_", 24);
	copy = pool_span(pool, id);
	p = (char *)copy.p;
	for (size_t i = 0; i < copy.n; i++)
		if (!isalnum((unsigned char)p[i]))
			p[i] = '_';
	copy = pool_join(pool, SPAN("srvtoolu_"), copy, SPAN_NONE);
	if (openai_id_is_new(out->r, &out->ids, copy))
		return copy;
	return random_base62(pool, "srvtoolu_", 24);
}

/* The first byte of s that is one of these, or its end. */
static size_t
until(struct span s, const char *any)
{
	size_t n = 0;

	while (n < s.n && strchr(any, s.p[n]) == NULL)
		n++;
	return n;
}

/* The host of a URL, which stands for a title that is not known yet. */
static struct span
host_of(struct span url)
{
	ptrdiff_t at = span_find(url, SPAN("://"));
	struct span host = at < 0 ? url : span_from(url, (size_t)at + 3);

	host = span_head(host, until(host, "/?#"));
	host = span_from(host, until(host, "@") < host.n ?
	    until(host, "@") + 1 : 0);
	/* The colons of an IPv6 address stand in brackets. */
	return span_head(host, host.n > 0 && host.p[0] == '[' ?
	    until(host, "]") + 1 : until(host, ":"));
}

static struct span
query_of(struct pool *pool, const json_t *action)
{
	const json_t *queries = jget_array(action, "queries");
	struct span all = SPAN_NONE;
	size_t i;
	json_t *q;

	json_array_foreach(queries, i, q) {
		if (jspan(q).n == 0)
			continue;
		all = all.p == NULL ? jspan(q) :
		    pool_join(pool, all, SPAN("; "), jspan(q));
	}
	if (all.p == NULL)
		all = jget_span(action, "query");
	return all.p != NULL ? all : SPAN("");
}

static struct link *
links_of(struct pool *pool, const json_t *action)
{
	const json_t *sources = jget_array(action, "sources");
	struct link *list = NULL, **end = &list;
	size_t i;
	json_t *s;

	json_array_foreach(sources, i, s) {
		struct span url = jget_span(s, "url");

		if (url.n == 0)
			continue;
		*end = pool_new(pool, struct link);
		(*end)->url = url;
		(*end)->title = host_of(url);
		end = &(*end)->next;
	}
	return list;
}

void
output_end_search(struct output *out, struct output_item *i, const json_t *node)
{
	const json_t *action = jget(node, "action");
	bool failed = jget_is(node, "status", "failed");
	struct span id = jget_span(node, "id");
	struct reader *r = out->r;
	struct pool *scratch;

	/* Opening a page and looking into one are no searches. */
	if (!jget_is(action, "type", "search") && !(failed && action == NULL))
		return;
	out->searches++;
	scratch = pool_open();
	i->lane = out->lanes++;
	flow_push(r->flow, &(struct event){ .kind = EVENT_OPEN,
	    .lane = i->lane, .block = BLOCK_SEARCH,
	    .id = search_id(out, id.n > 0 ? id : i->id) });
	flow_push(r->flow, &(struct event){ .kind = EVENT_LINKS,
	    .lane = i->lane, .query = query_of(scratch, action),
	    .links = links_of(scratch, action),
	    .failure = failed ? SPAN("unavailable") : SPAN_NONE });
	flow_close(r->flow, i->lane);
	pool_close(scratch);
}
