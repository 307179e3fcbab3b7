/*
 * Claude's replies, read: a stream of events, or one whole message, which is
 * taken for the events that it would have been.
 *
 *	event: content_block_delta
 *	data: {"type":"content_block_delta","index":0,
 *	       "delta":{"type":"text_delta","text":"Hel"}}
 */
#include "dialect/messages_error_read.h"
#include "dialect/messages_reply_read.h"
#include "dialect/parts.h"
#include "wire/jget.h"

/* No reply has more tokens; larger numbers are nonsense. */
#define TOKENS_MAX (1L << 40)

static void
free_state(void *state)
{
	claude_parts_free(state);
}

void
messages_open_reader(struct reader *r)
{
	struct claude_state *s = pool_new(r->pool, struct claude_state);

	s->input = s->cached = s->written = -1;
	r->state = s;
	pool_defer(r->pool, free_state, s);
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
read_usage(struct claude_state *s, const json_t *o)
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

static const struct {
	const char *word;
	enum stop stop;
} stops[] = {
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
	claude_part_start(r, jget_long(data, "index", -1),
	    jget(data, "content_block"));
}

static void
on_block_delta(struct reader *r, const json_t *data)
{
	claude_part_delta(r, jget_long(data, "index", -1), jget(data, "delta"));
}

static void
on_block_stop(struct reader *r, const json_t *data)
{
	claude_part_end(r, jget_long(data, "index", -1));
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

/* Most events by far are deltas. */
static bool
read_delta(struct reader *r, struct span data)
{
	struct scan s;

	if (scan_read(&s, data) != 0 || !claude_part_piece(r, &s))
		return false;
	r->scanned++;
	return true;
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
	if (data.n == 0 || span_is(data, "[DONE]") || read_delta(r, data))
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
		claude_part_start(r, (long)i, v);
		claude_part_end(r, (long)i);
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
