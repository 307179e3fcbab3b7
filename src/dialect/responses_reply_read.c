/*
 * Replies of a Responses upstream, streamed or whole (c2o-responses sections
 * 2 and 3).  The JSON field "type" decides, not the event's name, which some
 * servers leave out.
 */
#include "dialect/openai_error_read.h"
#include "dialect/parts.h"
#include "dialect/responses_output_read.h"
#include "wire/scan.h"

/* Indexes beyond this are noise. */
#define INDEX_MAX 1000000

struct reading {
	struct reader *r;
	struct output out;
};

void
responses_open_reader(struct reader *r)
{
	struct reading *s = pool_new(r->pool, struct reading);

	s->r = r;
	output_init(&s->out, r);
	r->state = s;
}

/* --- usage and ends ------------------------------------------------- */

static void
take_usage(struct reading *s, const json_t *response)
{
	const json_t *u = jget(response, "usage"), *in, *written;
	struct usage usage;
	struct span tier = openai_tier(jget_span(response, "service_tier"));

	usage_clear(&usage);
	in = jget(u, "input_tokens_details");
	written = jget(in, "cache_write_tokens_details");
	if (written == NULL)
		written = jget(u, "cache_write_tokens_details");
	usage.input = jget_long(u, "input_tokens", -1);
	usage.cached = jget_long(in, "cached_tokens", -1);
	usage.written = jget_long(in, "cache_write_tokens", -1);
	usage.written_long = jget_long(written, "ttl_12h_tokens", -1);
	usage.output = jget_long(u, "output_tokens", -1);
	usage.reasoning = jget_long(jget(u, "output_tokens_details"),
	    "reasoning_tokens", -1);
	if (tier.p != NULL)
		usage.tier = tier;
	flow_usage(s->r->flow, &usage);
}

/* As the upstream counts its searches, else as we saw them. */
static void
take_searches(struct reading *s, const json_t *response)
{
	struct usage usage;

	usage_clear(&usage);
	usage.searches = jget_long(jget(jget(response, "tool_usage"),
	    "web_search"), "num_requests", -1);
	if (usage.searches < 0 && s->out.searches > 0)
		usage.searches = s->out.searches;
	flow_usage(s->r->flow, &usage);
}

static bool
hit_limit(const json_t *response)
{
	return jget_is(jget(response, "incomplete_details"), "reason",
	    "max_output_tokens");
}

/* Why it stopped, by the first rule that fits (2.3). */
static void
stop(struct reading *s, const json_t *response, bool incomplete)
{
	struct span reason = jget_span(jget(response, "incomplete_details"),
	    "reason");
	struct flow *f = s->r->flow;

	if (hit_limit(response)) {
		flow_stop(f, STOP_LENGTH);
	} else if (span_is(reason, "content_filter")) {
		flow_stop(f, STOP_REFUSAL);
	} else if (s->out.refused) {
		flow_refusal(f, buf_span(&s->out.refusal), SPAN_NONE);
	} else {
		if (incomplete)
			request_lost(s->r->req, "stop_reason_changed", "%.*s",
			    SPAN_ARG(span_head(reason, 64)));
		flow_stop(f, STOP_END);
	}
}

/* A response that is over, with all that was not streamed. */
static void
finish(struct reading *s, const json_t *response, bool incomplete)
{
	if (!flow_begun(s->r->flow))
		flow_begin(s->r->flow, jget_span(response, "id"),
		    jget_span(response, "model"));
	take_usage(s, response);
	s->out.cut = hit_limit(response);
	output_all(&s->out, jget_array(response, "output"));
	output_end(&s->out);
	take_searches(s, response);
	stop(s, response, incomplete);
	flow_end(s->r->flow);
}

/* --- failures ------------------------------------------------------- */

/* By 2.1 an unknown code is the request's fault; without one, the server's. */
static void
read_failure(struct fault *why, const json_t *error)
{
	struct span code = jget_span(error, "code");

	openai_fault(why, error,
	    openai_own_status(error, code.n > 0 ? 400 : 500));
	if (error == NULL)
		fault_copy(why->message, sizeof(why->message),
		    SPAN("upstream failed and did not say why"));
}

static void
fail(struct reading *s, const json_t *error)
{
	struct fault why;

	read_failure(&why, error);
	flow_fault(s->r->flow, &why);
}

/* --- events --------------------------------------------------------- */

static long
index_of(const json_t *ev, const char *key)
{
	long n = jget_long(ev, key, -1);

	return n <= INDEX_MAX ? n : -1;
}

static struct output_place
place_of(const json_t *ev, const char *part)
{
	return (struct output_place){ index_of(ev, "output_index"),
	    jget_span(ev, "item_id"), index_of(ev, part) };
}

/* --- deltas --------------------------------------------------------- */

static void
text_piece(struct output *out, struct output_place at, struct span text)
{
	output_text(out, at, false, text, false);
}

static void
refusal_piece(struct output *out, struct output_place at, struct span text)
{
	output_text(out, at, true, text, false);
}

static void
summary_piece(struct output *out, struct output_place at, struct span text)
{
	output_thought(out, at, false, text, false);
}

static void
reasoning_piece(struct output *out, struct output_place at, struct span text)
{
	output_thought(out, at, true, text, false);
}

static void
arguments_piece(struct output *out, struct output_place at, struct span text)
{
	output_arguments(out, at, text, false);
}

static void
freeform_piece(struct output *out, struct output_place at, struct span text)
{
	output_freeform(out, at, text, false);
}

static const struct piece {
	const char *type;
	const char *part;	/* the key of its part's number, if any */
	void (*take)(struct output *out, struct output_place at,
	    struct span text);
} pieces[] = {
	{ "response.output_text.delta", "content_index", text_piece },
	{ "response.function_call_arguments.delta", "", arguments_piece },
	{ "response.reasoning_summary_text.delta", "summary_index",
	    summary_piece },
	{ "response.reasoning_text.delta", "content_index", reasoning_piece },
	{ "response.refusal.delta", "content_index", refusal_piece },
	{ "response.custom_tool_call_input.delta", "", freeform_piece },
};

static const struct piece *
piece_by_type(struct span type)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		if (span_is(type, pieces[i].type))
			return &pieces[i];
	return NULL;
}

static long
scanned_index(const struct scan *s, const char *key)
{
	long n = scan_long(scan_get(s, scan_root(s), key), -1);

	return n <= INDEX_MAX ? n : -1;
}

/*
 * Most events by far are deltas.
 *
 *	{"type":"response.output_text.delta","item_id":"msg_1",
 *	 "output_index":0,"content_index":0,"delta":"Hel",...}
 */
static bool
read_delta(struct reading *s, struct span data)
{
	const struct piece *piece;
	struct output_place at;
	struct scan ev;

	if (scan_read(&ev, data) != 0)
		return false;
	piece = piece_by_type(scan_text(scan_get(&ev, scan_root(&ev), "type")));
	if (piece == NULL)
		return false;
	at.index = scanned_index(&ev, "output_index");
	at.id = scan_text(scan_get(&ev, scan_root(&ev), "item_id"));
	at.part = scanned_index(&ev, piece->part);
	piece->take(&s->out, at, scan_text(scan_get(&ev, scan_root(&ev),
	    "delta")));
	s->r->scanned++;
	return true;
}

/* --- other events --------------------------------------------------- */

static void
on_begin(struct reading *s, const json_t *ev)
{
	const json_t *response = jget(ev, "response");

	if (!flow_begun(s->r->flow))
		flow_begin(s->r->flow, jget_span(response, "id"),
		    jget_span(response, "model"));
}

static void
on_item_added(struct reading *s, const json_t *ev)
{
	output_added(&s->out, index_of(ev, "output_index"), jget(ev, "item"));
}

static void
on_item_done(struct reading *s, const json_t *ev)
{
	output_done(&s->out, index_of(ev, "output_index"), jget(ev, "item"));
}

static void
on_text_done(struct reading *s, const json_t *ev)
{
	output_text(&s->out, place_of(ev, "content_index"), false,
	    jget_span(ev, "text"), true);
}

static void
on_refusal_done(struct reading *s, const json_t *ev)
{
	output_text(&s->out, place_of(ev, "content_index"), true,
	    jget_span(ev, "refusal"), true);
}

static void
on_annotation(struct reading *s, const json_t *ev)
{
	output_citation(&s->out, place_of(ev, "content_index"),
	    jget(ev, "annotation"));
}

static void
on_part_done(struct reading *s, const json_t *ev)
{
	output_part(&s->out, place_of(ev, "content_index"), jget(ev, "part"));
}

static void
on_summary_done(struct reading *s, const json_t *ev)
{
	output_thought(&s->out, place_of(ev, "summary_index"), false,
	    jget_span(ev, "text"), true);
}

static void
on_summary_part_done(struct reading *s, const json_t *ev)
{
	output_thought(&s->out, place_of(ev, "summary_index"), false,
	    jget_span(jget(ev, "part"), "text"), true);
}

static void
on_reasoning_done(struct reading *s, const json_t *ev)
{
	output_thought(&s->out, place_of(ev, "content_index"), true,
	    jget_span(ev, "text"), true);
}

static void
on_arguments_done(struct reading *s, const json_t *ev)
{
	struct pool *scratch = pool_open();

	output_arguments(&s->out, place_of(ev, ""),
	    openai_arguments(scratch, jget(ev, "arguments")), true);
	pool_close(scratch);
}

static void
on_freeform_done(struct reading *s, const json_t *ev)
{
	output_freeform(&s->out, place_of(ev, ""), jget_span(ev, "input"),
	    true);
}

static void
on_completed(struct reading *s, const json_t *ev)
{
	const json_t *response = jget(ev, "response");
	const json_t *error = openai_error_in(response);

	if (error != NULL || jget_is(response, "status", "failed"))
		fail(s, error);
	else
		finish(s, response, jget_is(response, "status", "incomplete"));
}

static void
on_incomplete(struct reading *s, const json_t *ev)
{
	finish(s, jget(ev, "response"), true);
}

static void
on_failed(struct reading *s, const json_t *ev)
{
	fail(s, openai_error_in(jget(ev, "response")));
}

/* Flat, or with the error in an object of its own. */
static void
on_error(struct reading *s, const json_t *ev)
{
	const json_t *error = openai_error_in(ev);

	fail(s, error != NULL ? error : ev);
}

static const struct {
	const char *type;
	void (*take)(struct reading *s, const json_t *ev);
} events[] = {
	{ "response.created",				on_begin },
	{ "response.queued",				on_begin },
	{ "response.in_progress",			on_begin },
	{ "response.output_item.added",			on_item_added },
	{ "response.output_item.done",			on_item_done },
	{ "response.content_part.done",			on_part_done },
	{ "response.output_text.done",			on_text_done },
	{ "response.output_text.annotation.added",	on_annotation },
	{ "response.refusal.done",			on_refusal_done },
	{ "response.reasoning_summary_text.done",	on_summary_done },
	{ "response.reasoning_summary_part.done",	on_summary_part_done },
	{ "response.reasoning_text.done",		on_reasoning_done },
	{ "response.function_call_arguments.done",	on_arguments_done },
	{ "response.custom_tool_call_input.done",	on_freeform_done },
	{ "response.completed",				on_completed },
	{ "response.incomplete",			on_incomplete },
	{ "response.failed",				on_failed },
	{ "error",					on_error },
};

static void
take_event(struct reading *s, struct span name, const json_t *ev)
{
	struct span type = jget_span(ev, "type");
	const struct piece *piece;

	if (type.n == 0)
		type = name;
	piece = piece_by_type(type);
	if (piece != NULL) {
		piece->take(&s->out, place_of(ev, piece->part),
		    jget_span(ev, "delta"));
		return;
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (span_is(type, events[i].type)) {
			events[i].take(s, ev);
			return;
		}
	/* A bare error object, as proxies put into streams. */
	if (!span_starts(type, "response.") && openai_error_in(ev) != NULL)
		on_error(s, ev);
}

void
responses_read_event(struct reader *r, struct span name, struct span data)
{
	struct pool *scratch;
	json_t *ev;

	if (flow_done(r->flow) || span_blank(data))
		return;
	if (span_is(span_trim(data), "[DONE]")) {
		flow_end(r->flow);
		return;
	}
	if (read_delta(r->state, data))
		return;
	scratch = pool_open();
	ev = openai_event(r, scratch, data);
	if (ev != NULL)
		take_event(r->state, name, ev);
	pool_close(scratch);
}

void
responses_read_end(struct reader *r)
{
	flow_end(r->flow);
}

/* --- whole replies -------------------------------------------------- */

static int
check_response(const json_t *root, struct fault *why)
{
	const json_t *error = openai_error_in(root);
	struct span status = jget_span(root, "status");

	if (error != NULL || span_is(status, "failed")) {
		read_failure(why, error);
		return -1;
	}
	if (jget_array(root, "output") == NULL && status.p == NULL)
		return fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream answered with something that is no response");
	if (status.p != NULL && !span_is(status, "completed") &&
	    !span_is(status, "incomplete"))
		return fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream answered with a response that is %.*s",
		    SPAN_ARG(span_head(status, 64)));
	return 0;
}

int
responses_read_reply(struct reader *r, struct span body, struct fault *why)
{
	struct pool *scratch = pool_open();
	struct json_trouble trouble;
	json_t *root = jread(scratch, body, 0, NULL, &trouble);
	int rc = -1;

	if (!json_is_object(root) && !json_is_array(root))
		fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream answered with something that is no JSON object");
	else
		rc = check_response(root, why);
	if (rc == 0)
		finish(r->state, root, jget_is(root, "status", "incomplete"));
	pool_close(scratch);
	return rc;
}

long
responses_read_count(struct pool *pool, struct span body)
{
	struct json_trouble trouble;

	return jget_long(jread(pool, body, 0, NULL, &trouble),
	    "input_tokens", -1);
}
