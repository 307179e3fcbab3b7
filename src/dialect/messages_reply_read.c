/*
 * Claude's replies, read: a stream of events, or one whole message, which is
 * taken for the events that it would have been.
 *
 *	event: content_block_delta
 *	data: {"type":"content_block_delta","index":0,
 *	       "delta":{"type":"text_delta","text":"Hel"}}
 *
 * Blocks come one after the other, under an index.  A hosted search is two of
 * them, the query and the result, and one block of the flow's.  Events, blocks
 * and deltas of unknown types are skipped, as upstream asks of its clients.
 */
#include "base/random.h"
#include "dialect/messages_error_read.h"
#include "dialect/parts.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* The most bytes of a signature or a search's query. */
#define KEPT_MAX ((size_t)16 << 20)
/* No reply has more tokens; larger numbers are nonsense. */
#define TOKENS_MAX (1L << 40)

/* A block that is not over. */
struct part {
	struct part *next;
	long index;		/* upstream's; -1: a search waits for its result */
	long lane;
	enum block_kind kind;
	bool said;		/* a call's arguments have begun */
	struct span id;		/* of a search */
	struct span input;	/* of a call, if it came at its start */
	struct buf kept;	/* signature of thinking, query of a search */
};

struct state {
	struct part *parts;	/* newest first */
	long lanes;
	long input, cached, written;	/* tokens, each apart; -1: not said */
};

static void
free_parts(void *arg)
{
	struct state *s = arg;

	for (struct part *p = s->parts; p != NULL; p = p->next)
		buf_free(&p->kept);
}

void
messages_open_reader(struct reader *r)
{
	struct state *s = pool_new(r->pool, struct state);

	s->input = s->cached = s->written = -1;
	r->state = s;
	pool_defer(r->pool, free_parts, s);
}

/* --- usage ---------------------------------------------------------- */

static long
tokens(const json_t *o, const char *key, long before)
{
	long n = jget_long(o, key, -1);

	return n >= 0 && n <= TOKENS_MAX ? n : before;
}

static struct span
tier_of(const json_t *usage)
{
	static const struct span tiers[] = {
		SPAN("standard"), SPAN("priority"), SPAN("batch"),
	};
	struct span word = jget_span(usage, "service_tier");

	for (size_t i = 0; i < sizeof(tiers) / sizeof(tiers[0]); i++)
		if (span_eq(word, tiers[i]))
			return tiers[i];
	return SPAN_NONE;
}

/*
 * Claude counts what was cached apart from the rest; null in a later event
 * leaves the number as it was.
 */
static struct usage
read_usage(struct state *s, const json_t *o)
{
	struct usage u;

	usage_clear(&u);
	s->input = tokens(o, "input_tokens", s->input);
	s->cached = tokens(o, "cache_read_input_tokens", s->cached);
	s->written = tokens(o, "cache_creation_input_tokens", s->written);
	if (s->input >= 0)
		u.input = s->input + (s->cached > 0 ? s->cached : 0) +
		    (s->written > 0 ? s->written : 0);
	u.cached = s->cached;
	u.written = s->written;
	u.written_long = tokens(jget(o, "cache_creation"),
	    "ephemeral_1h_input_tokens", -1);
	u.output = tokens(o, "output_tokens", -1);
	u.reasoning = tokens(jget(o, "output_tokens_details"),
	    "thinking_tokens", -1);
	u.searches = tokens(jget(o, "server_tool_use"),
	    "web_search_requests", -1);
	u.tier = tier_of(o);
	return u;
}

/* --- blocks --------------------------------------------------------- */

static struct part *
part_by_index(const struct state *s, long index)
{
	for (struct part *p = s->parts; p != NULL; p = p->next)
		if (p->index == index)
			return p;
	return NULL;
}

/* The search that waits for this result. */
static struct part *
part_by_id(const struct state *s, struct span id)
{
	for (struct part *p = s->parts; p != NULL; p = p->next)
		if (p->kind == BLOCK_SEARCH && span_eq(p->id, id))
			return p;
	return NULL;
}

static struct part *
add_part(struct reader *r, long index, enum block_kind kind)
{
	struct state *s = r->state;
	struct part *p = pool_new(r->pool, struct part);

	p->index = index;
	p->lane = s->lanes++;
	p->kind = kind;
	buf_init(&p->kept, KEPT_MAX);
	p->next = s->parts;
	s->parts = p;
	return p;
}

static void
drop_part(struct reader *r, struct part *gone)
{
	struct state *s = r->state;
	struct part **at = &s->parts;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	buf_free(&gone->kept);
}

static void
cite(struct reader *r, const struct part *p, const json_t *o)
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
	struct part *p = add_part(r, index, BLOCK_TEXT);
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
	struct part *p = add_part(r, index, BLOCK_THINKING);

	flow_open(r->flow, p->lane, BLOCK_THINKING);
	flow_delta(r->flow, p->lane, jget_span(block, "thinking"));
	buf_put(&p->kept, jget_span(block, "signature"));
}

static void
start_redacted(struct reader *r, long index, const json_t *block)
{
	struct part *p = add_part(r, index, BLOCK_THINKING);
	struct seal seal = { .kind = SEAL_REDACTED,
	    .data = jget_span(block, "data") };

	flow_open(r->flow, p->lane, BLOCK_THINKING);
	flow_seal(r->flow, p->lane, &seal);
}

/* The compact text of a tree. */
static struct span
json_text(struct pool *pool, const json_t *v)
{
	struct span text;
	struct buf out;

	buf_init(&out, 0);
	json_put(&out, v);
	text = pool_span(pool, buf_span(&out));
	buf_free(&out);
	return text;
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
	struct part *p = add_part(r, index, BLOCK_CALL);
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
	struct part *p;

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
query_of(struct pool *pool, const struct part *p)
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
	struct state *s = r->state;
	const json_t *content = jget(block, "content");
	struct event ev = { .kind = EVENT_LINKS,
	    .failure = jget_span(content, "error_code") };
	struct part *p = part_by_id(s, jget_span(block, "tool_use_id"));
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
end_thinking(struct reader *r, const struct part *p)
{
	struct seal seal = { .kind = SEAL_SIGNATURE,
	    .data = buf_span(&p->kept) };

	/* Redacted thinking was sealed at its start. */
	if (p->kept.n > 0 && !p->kept.full)
		flow_seal(r->flow, p->lane, &seal);
}

static void
end_part(struct reader *r, struct part *p)
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

static void
start_block(struct reader *r, long index, const json_t *block)
{
	struct part *open = part_by_index(r->state, index);

	if (index < 0)
		return;
	if (open != NULL)
		end_part(r, open);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (jget_is(block, "type", starts[i].type))
			starts[i].start(r, index, block);
}

static void
end_block(struct reader *r, long index)
{
	struct part *p = part_by_index(r->state, index);

	if (index >= 0 && p != NULL)
		end_part(r, p);
}

/* --- deltas --------------------------------------------------------- */

static void
delta_text(struct reader *r, struct part *p, struct span piece)
{
	flow_delta(r->flow, p->lane, piece);
}

static void
delta_kept(struct reader *r, struct part *p, struct span piece)
{
	(void)r;
	buf_put(&p->kept, piece);
}

static void
delta_arguments(struct reader *r, struct part *p, struct span piece)
{
	p->said = p->said || piece.n > 0;
	flow_delta(r->flow, p->lane, piece);
}

static const struct delta {
	const char *type, *key;
	enum block_kind kind;	/* of the block that it belongs to */
	void (*take)(struct reader *r, struct part *p, struct span piece);
} deltas[] = {
	{ "text_delta", "text", BLOCK_TEXT, delta_text },
	{ "thinking_delta", "thinking", BLOCK_THINKING, delta_text },
	{ "signature_delta", "signature", BLOCK_THINKING, delta_kept },
	{ "input_json_delta", "partial_json", BLOCK_CALL, delta_arguments },
	{ "input_json_delta", "partial_json", BLOCK_SEARCH, delta_kept },
};

static void
take_delta(struct reader *r, long index, const json_t *o)
{
	struct part *p = part_by_index(r->state, index);

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

/* --- the message ---------------------------------------------------- */

static void
begin_message(struct reader *r, const json_t *message)
{
	struct event ev = { .kind = EVENT_BEGIN,
	    .id = jget_span(message, "id"),
	    .model = jget_span(message, "model"),
	    .usage = read_usage(r->state, jget(message, "usage")) };

	if (json_array_size(jget(message, "input_transformations")) > 0)
		request_lost(r->req, "thinking_dropped_upstream", NULL);
	flow_push(r->flow, &ev);
}

static const struct { const char *word; enum stop stop; } stops[] = {
	{ "end_turn", STOP_END },
	{ "stop_sequence", STOP_SEQUENCE },
	{ "max_tokens", STOP_LENGTH },
	{ "model_context_window_exceeded", STOP_CONTEXT },
	{ "tool_use", STOP_CALL },
	{ "refusal", STOP_REFUSAL },
	{ "pause_turn", STOP_PAUSE },
};

static enum stop
stop_by_word(struct span word)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (span_is(word, stops[i].word))
			return stops[i].stop;
	return STOP_OTHER;
}

/*
 * {"stop_reason":"refusal","stop_sequence":null,"stop_details":
 *  {"type":"refusal","category":"bio","explanation":null}}
 */
static void
stop_message(struct reader *r, const json_t *o)
{
	const json_t *details = jget(o, "stop_details");
	struct span word = jget_span(o, "stop_reason");
	struct event ev = { .kind = EVENT_STOP, .stop = stop_by_word(word),
	    .stop_sequence = jget_span(o, "stop_sequence"),
	    .refusal = jget_span(details, "explanation"),
	    .category = jget_span(details, "category") };

	if (word.p == NULL)
		return;
	usage_clear(&ev.usage);
	if (ev.stop == STOP_OTHER)
		request_lost(r->req, "stop_reason_unknown", NULL);
	if (ev.stop == STOP_PAUSE)
		request_lost(r->req, "pause_turn", NULL);
	flow_push(r->flow, &ev);
}

/* --- events --------------------------------------------------------- */

static void
on_message_start(struct reader *r, const json_t *data)
{
	begin_message(r, jget(data, "message"));
}

static void
on_block_start(struct reader *r, const json_t *data)
{
	start_block(r, jget_long(data, "index", -1),
	    jget(data, "content_block"));
}

static void
on_block_delta(struct reader *r, const json_t *data)
{
	take_delta(r, jget_long(data, "index", -1), jget(data, "delta"));
}

static void
on_block_stop(struct reader *r, const json_t *data)
{
	end_block(r, jget_long(data, "index", -1));
}

static void
on_message_delta(struct reader *r, const json_t *data)
{
	struct usage u = read_usage(r->state, jget(data, "usage"));

	flow_usage(r->flow, &u);
	stop_message(r, jget(data, "delta"));
}

/* The end, also without a reason for it. */
static void
on_message_stop(struct reader *r, const json_t *data)
{
	(void)data;
	/* An end without a beginning is a stream that was cut. */
	if (!flow_stopping(r->flow) && flow_begun(r->flow))
		flow_stop(r->flow, STOP_END);
	flow_end(r->flow);
}

static void
on_ping(struct reader *r, const json_t *data)
{
	struct event ev = { .kind = EVENT_PING };

	(void)data;
	flow_push(r->flow, &ev);
}

static void
on_error(struct reader *r, const json_t *data)
{
	struct fault why;

	claude_error(data, 0, &why);
	flow_fault(r->flow, &why);
}

static const struct {
	const char *type;
	void (*on)(struct reader *r, const json_t *data);
} events[] = {
	{ "content_block_delta", on_block_delta },
	{ "content_block_start", on_block_start },
	{ "content_block_stop", on_block_stop },
	{ "message_start", on_message_start },
	{ "message_delta", on_message_delta },
	{ "message_stop", on_message_stop },
	{ "ping", on_ping },
	{ "error", on_error },
};

static void
no_event(struct reader *r, const char *what)
{
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_BAD_GATEWAY, "", "The upstream sent an event "
	    "that is no JSON object (%s).", what);
	flow_fault(r->flow, &why);
}

void
messages_read_event(struct reader *r, struct span name, struct span data)
{
	struct json_trouble trouble = { 0 };
	struct pool *scratch;
	struct span type;
	json_t *o;

	/* Some servers end every stream as OpenAI's does. */
	data = span_trim(data);
	if (data.n == 0 || span_is(data, "[DONE]"))
		return;
	scratch = pool_open();
	o = jread(scratch, data, 0, NULL, &trouble);
	if (!json_is_object(o)) {
		no_event(r, o == NULL ? trouble.text : jtype(o));
		pool_close(scratch);
		return;
	}
	type = jget_span(o, "type");
	if (type.p == NULL)
		type = name;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (span_is(type, events[i].type))
			events[i].on(r, o);
	pool_close(scratch);
}

void
messages_read_end(struct reader *r)
{
	flow_end(r->flow);
}

/* --- a whole message ------------------------------------------------ */

static void
take_message(struct reader *r, const json_t *message)
{
	json_t *v;
	size_t i;

	begin_message(r, message);
	json_array_foreach(jget(message, "content"), i, v) {
		start_block(r, (long)i, v);
		end_block(r, (long)i);
	}
	stop_message(r, message);
	if (!flow_stopping(r->flow))
		flow_stop(r->flow, STOP_END);
	flow_end(r->flow);
}

int
messages_read_reply(struct reader *r, struct span body, struct fault *why)
{
	struct pool *scratch = pool_open();
	struct json_trouble trouble;
	json_t *o = jread(scratch, body, 0, NULL, &trouble);
	int rc = -1;

	if (jget(o, "error") != NULL) {
		claude_error(o, 0, why);
	} else if (jget_array(o, "content") == NULL) {
		fault_set(why, FAULT_BAD_GATEWAY, "",
		    "The upstream's answer is no message.");
	} else {
		take_message(r, o);
		rc = 0;
	}
	pool_close(scratch);
	return rc;
}
