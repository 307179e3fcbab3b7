/*
 * Content blocks of Claude's replies.
 *
 * They come one after the other, under an index.  A hosted search is two of
 * them, the query and the result, and one block of the flow's.  Blocks and
 * deltas of unknown types are skipped, as upstream asks of its clients.
 */
#include "base/random.h"
#include "dialect/messages_reply_read.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* The most bytes of a signature or a search's query. */
#define KEPT_MAX ((size_t)16 << 20)

void
claude_parts_free(struct claude_state *s)
{
	for (struct claude_part *p = s->parts; p != NULL; p = p->next)
		buf_free(&p->kept);
}

static struct claude_part *
part_by_index(const struct claude_state *s, long index)
{
	for (struct claude_part *p = s->parts; p != NULL; p = p->next)
		if (p->index == index)
			return p;
	return NULL;
}

/* The search that waits for this result. */
static struct claude_part *
part_by_id(const struct claude_state *s, struct span id)
{
	for (struct claude_part *p = s->parts; p != NULL; p = p->next)
		if (p->kind == BLOCK_SEARCH && span_eq(p->id, id))
			return p;
	return NULL;
}

static struct claude_part *
add_part(struct reader *r, long index, enum block_kind kind)
{
	struct claude_state *s = r->state;
	struct claude_part *p = pool_new(r->pool, struct claude_part);

	p->index = index;
	p->lane = s->lanes++;
	p->kind = kind;
	buf_init(&p->kept, KEPT_MAX);
	p->next = s->parts;
	s->parts = p;
	return p;
}

static void
drop_part(struct reader *r, struct claude_part *gone)
{
	struct claude_state *s = r->state;
	struct claude_part **at = &s->parts;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	buf_free(&gone->kept);
}

static void
cite(struct reader *r, const struct claude_part *p, const json_t *o)
{
	struct cite c = { .url = jget_span(o, "url"),
	    .title = jget_span(o, "title"),
	    .text = jget_span(o, "cited_text"), .start = -1, .end = -1 };
	struct event ev = { .kind = EVENT_CITE, .lane = p->lane, .cite = &c };

	if (c.url.n > 0 && jget_is(o, "type", "web_search_result_location"))
		flow_push(r->flow, &ev);
}

static void
start_text(struct reader *r, long index, const json_t *block)
{
	struct claude_part *p = add_part(r, index, BLOCK_TEXT);
	json_t *v;
	size_t i;

	flow_open(r->flow, p->lane, BLOCK_TEXT);
	flow_delta(r->flow, p->lane, jget_span(block, "text"));
	json_array_foreach(jget(block, "citations"), i, v)
		cite(r, p, v);
}

static void
start_thinking(struct reader *r, long index, const json_t *block)
{
	struct claude_part *p = add_part(r, index, BLOCK_THINKING);

	flow_open(r->flow, p->lane, BLOCK_THINKING);
	flow_delta(r->flow, p->lane, jget_span(block, "thinking"));
	buf_put(&p->kept, jget_span(block, "signature"));
}

static void
start_redacted(struct reader *r, long index, const json_t *block)
{
	struct claude_part *p = add_part(r, index, BLOCK_THINKING);
	struct seal seal = { .kind = SEAL_REDACTED,
	    .data = jget_span(block, "data") };

	flow_open(r->flow, p->lane, BLOCK_THINKING);
	flow_seal(r->flow, p->lane, &seal);
}

/* Nobody can carry out such a call, and it cannot be left out. */
static void
nameless_call(struct reader *r)
{
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_BAD_GATEWAY, "",
	    "The upstream called a tool without naming it.");
	flow_fault(r->flow, &why);
}

/* "input" is an empty object here, and its text follows; or it is all there. */
static void
start_call(struct reader *r, long index, const json_t *block)
{
	struct claude_part *p = add_part(r, index, BLOCK_CALL);
	struct span id = jget_span(block, "id");
	json_t *input = jget_object(block, "input");
	struct span name = jget_span(block, "name");

	if (name.n == 0) {
		nameless_call(r);
		return;
	}
	if (id.n == 0)
		id = random_base62(r->pool, "toolu_", 24);
	if (json_object_size(input) > 0)
		p->input = json_text(r->pool, input);
	flow_open_call(r->flow, p->lane, id, name);
}

/* The query comes as a call's input does. */
static void
start_search(struct reader *r, long index, const json_t *block)
{
	json_t *input = jget_object(block, "input");
	struct event ev = { .kind = EVENT_OPEN, .block = BLOCK_SEARCH,
	    .id = jget_span(block, "id") };
	struct claude_part *p;

	if (!jget_is(block, "name", "web_search"))
		return;
	p = add_part(r, index, BLOCK_SEARCH);
	p->id = pool_span(r->pool, ev.id);
	if (json_object_size(input) > 0)
		json_put(&p->kept, input);
	ev.lane = p->lane;
	flow_push(r->flow, &ev);
}

static struct span
query_of(struct pool *pool, const struct claude_part *p)
{
	struct json_trouble why;

	return jget_span(jread(pool, buf_span(&p->kept), 0, NULL, &why),
	    "query");
}

static struct link *
links_of(struct pool *pool, const json_t *list)
{
	struct link *first = NULL, **end = &first;
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (jget_span(v, "url").n == 0)
			continue;
		*end = pool_new(pool, struct link);
		(*end)->url = jget_span(v, "url");
		(*end)->title = jget_span(v, "title");
		end = &(*end)->next;
	}
	return first;
}

/*
 * The result ends the search's block.
 *
 *	{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":
 *	 [{"type":"web_search_result","url":...,"title":...}]}
 *	or {"type":"web_search_tool_result_error","error_code":"unavailable"}
 */
static void
start_result(struct reader *r, long index, const json_t *block)
{
	struct claude_state *s = r->state;
	const json_t *content = jget(block, "content");
	struct event ev = { .kind = EVENT_LINKS,
	    .failure = jget_span(content, "error_code") };
	struct claude_part *p = part_by_id(s, jget_span(block, "tool_use_id"));
	struct pool *scratch;

	(void)index;
	if (p == NULL)
		return;
	scratch = pool_open();
	ev.lane = p->lane;
	ev.query = query_of(scratch, p);
	ev.links = links_of(scratch, content);
	flow_push(r->flow, &ev);
	pool_close(scratch);
	flow_close(r->flow, p->lane);
	/* No block of ours is left that this one's end could mean. */
	drop_part(r, p);
	/* A chat answer has no other place for it (o2c-chat section 4). */
	if (ev.failure.p != NULL && r->req->from == API_CHAT)
		request_lost(r->req, "web_search_error", "%.*s",
		    SPAN_ARG(ev.failure));
}

/* What kinds of blocks begin with what. */
static const struct start {
	const char *type;
	void (*start)(struct reader *r, long index, const json_t *block);
} starts[] = {
	{ "text", start_text },
	{ "thinking", start_thinking },
	{ "redacted_thinking", start_redacted },
	{ "tool_use", start_call },
	{ "server_tool_use", start_search },
	{ "web_search_tool_result", start_result },
};

static void
end_thinking(struct reader *r, const struct claude_part *p)
{
	struct seal seal = { .kind = SEAL_SIGNATURE,
	    .data = buf_span(&p->kept) };

	/* Redacted thinking was sealed at its start. */
	if (p->kept.n > 0 && !p->kept.full)
		flow_seal(r->flow, p->lane, &seal);
}

static void
end_part(struct reader *r, struct claude_part *p)
{
	if (p->kind == BLOCK_SEARCH) {
		p->index = -1;
		return;
	}
	if (p->kind == BLOCK_THINKING)
		end_thinking(r, p);
	else if (p->kind == BLOCK_CALL && !p->said)
		flow_delta(r->flow, p->lane, p->input);
	flow_close(r->flow, p->lane);
	drop_part(r, p);
}

void
claude_part_start(struct reader *r, long index, const json_t *block)
{
	struct claude_part *open = part_by_index(r->state, index);

	if (index < 0)
		return;
	if (open != NULL)
		end_part(r, open);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (jget_is(block, "type", starts[i].type))
			starts[i].start(r, index, block);
}

void
claude_part_end(struct reader *r, long index)
{
	struct claude_part *p = part_by_index(r->state, index);

	if (index >= 0 && p != NULL)
		end_part(r, p);
}

/* --- deltas --------------------------------------------------------- */

static void
delta_text(struct reader *r, struct claude_part *p, struct span piece)
{
	flow_delta(r->flow, p->lane, piece);
}

static void
delta_kept(struct reader *r, struct claude_part *p, struct span piece)
{
	(void)r;
	buf_put(&p->kept, piece);
}

static void
delta_arguments(struct reader *r, struct claude_part *p, struct span piece)
{
	p->said = p->said || piece.n > 0;
	flow_delta(r->flow, p->lane, piece);
}

static const struct delta {
	const char *type, *key;
	enum block_kind kind;	/* of the block that it belongs to */
	void (*take)(struct reader *r, struct claude_part *p, struct span piece);
} deltas[] = {
	{ "text_delta", "text", BLOCK_TEXT, delta_text },
	{ "thinking_delta", "thinking", BLOCK_THINKING, delta_text },
	{ "signature_delta", "signature", BLOCK_THINKING, delta_kept },
	{ "input_json_delta", "partial_json", BLOCK_CALL, delta_arguments },
	{ "input_json_delta", "partial_json", BLOCK_SEARCH, delta_kept },
};

void
claude_part_delta(struct reader *r, long index, const json_t *o)
{
	struct claude_part *p = part_by_index(r->state, index);

	if (p == NULL)
		return;
	for (size_t i = 0; i < sizeof(deltas) / sizeof(deltas[0]); i++) {
		const struct delta *d = &deltas[i];

		if (p->kind == d->kind && jget_is(o, "type", d->type))
			d->take(r, p, jget_span(o, d->key));
	}
	if (p->kind == BLOCK_TEXT && jget_is(o, "type", "citations_delta"))
		cite(r, p, jget(o, "citation"));
}

/*
 * {"type":"content_block_delta","index":0,
 *  "delta":{"type":"text_delta","text":"Hel"}}
 */
bool
claude_part_piece(struct reader *r, const struct scan *s)
{
	const struct scan_value *root = scan_root(s);
	const struct scan_value *o = scan_get(s, root, "delta");
	struct span type = scan_text(scan_get(s, o, "type"));
	struct claude_part *p;

	if (!span_is(scan_text(scan_get(s, root, "type")),
	    "content_block_delta"))
		return false;
	p = part_by_index(r->state,
	    scan_long(scan_get(s, root, "index"), -1));
	if (p == NULL)
		return false;
	for (size_t i = 0; i < sizeof(deltas) / sizeof(deltas[0]); i++) {
		const struct delta *d = &deltas[i];

		if (p->kind != d->kind || !span_is(type, d->type))
			continue;
		d->take(r, p, scan_text(scan_get(s, o, d->key)));
		return true;
	}
	return false;
}
