/* What a Responses client receives: the stream. */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "grammar.h"
#include "grammar_response.h"
#include "jx.h"

/*
 * What is known of an item that was added: a copy of it, with its parts in
 * "_parts" as they grow, and "_text" for arguments or custom input.  Once
 * it is done, "_done" holds the finished item.
 */
struct state {
	struct judge	 j;
	json_t		*start;		/* response of response.created */
	json_t		*items;		/* by output_index */
	json_t		*ids;		/* of all items */
	json_t		*final;		/* the last response object */
	bool		 ended;
	bool		 failed;
};

typedef int on_fn(struct state *s, const json_t *e);

/* --- the response ---------------------------------------------------------------- */

static int
check_same(struct state *s, const json_t *r)
{
	static const char *const same[] = {
		"id", "created_at", "model", NULL };

	for (const char *const *k = same; *k != NULL; k++)
		if (!json_equal(json_object_get(r, *k),
		    json_object_get(s->start, *k)))
			return wrong(&s->j, "response.%s has changed", *k);
	return 0;
}

/* response.created and response.in_progress: nothing has happened yet. */
static int
check_fresh(struct state *s, const json_t *r)
{
	if (response_check(&s->j, r) != 0)
		return -1;
	if (!jx_is(r, "status", "in_progress") || jx_has(r, "usage") ||
	    jx_has(r, "completed_at") || jx_has(r, "error") ||
	    json_array_size(json_object_get(r, "output")) != 0)
		return wrong(&s->j, "a response that starts with something");
	return 0;
}

static int
on_created(struct state *s, const json_t *e)
{
	json_t *r = json_object_get(e, "response");

	if (s->start != NULL)
		return wrong(&s->j, "a second response.created");
	if (check_fresh(s, r) != 0)
		return -1;
	s->start = json_incref(r);
	return 0;
}

static int
on_in_progress(struct state *s, const json_t *e)
{
	json_t *r = json_object_get(e, "response");

	if (s->j.event != 1)
		return wrong(&s->j, "response.in_progress late");
	if (check_fresh(s, r) != 0)
		return -1;
	return check_same(s, r);
}

static bool
is_done(const json_t *item)
{
	return json_object_get(item, "_done") != NULL;
}

/* The final output is what the done events said, in order. */
static int
check_output(struct state *s, const json_t *output)
{
	json_t *item;
	size_t i;

	if (json_array_size(output) != json_array_size(s->items))
		return wrong(&s->j, "%zu items in the output, %zu in the "
		    "stream", json_array_size(output),
		    json_array_size(s->items));
	json_array_foreach(s->items, i, item) {
		const json_t *last = jx_at(output, i);
		const json_t *done = json_object_get(item, "_done");
		if (done != NULL && !json_equal(done, last))
			return wrong(&s->j, "item %zu of the output differs "
			    "from its done event", i);
		if (done == NULL && !s->failed)
			return wrong(&s->j, "item %zu was never done", i);
		if (done == NULL && (!jx_is(last, "id", jx_word(item, "id")) ||
		    !jx_is(last, "status", "incomplete")))
			return wrong(&s->j, "item %zu was open and is not "
			    "incomplete", i);
	}
	return 0;
}

static int
on_terminal(struct state *s, const json_t *e)
{
	const char *word = jx_word(e, "type") + strlen("response.");
	json_t *r = json_object_get(e, "response");

	s->ended = true;
	s->failed = strcmp(word, "failed") == 0;
	if (response_check_final(&s->j, r) != 0 || check_same(s, r) != 0)
		return -1;
	if (!jx_is(r, "status", word))
		return wrong(&s->j, "the status is '%s'", jx_word(r, "status"));
	s->final = json_incref(r);
	return check_output(s, json_object_get(r, "output"));
}

/* Only when nothing could be started at all. */
static int
on_error(struct state *s, const json_t *e)
{
	static const char *const keys[] = {
		"code", "message", "param", "error", NULL };
	const json_t *inner = json_object_get(e, "error");

	s->ended = s->failed = true;
	if (s->start != NULL)
		return wrong(&s->j, "error after response.created");
	if (needs_keys(&s->j, e, "error event", keys) != 0 ||
	    judge_openai_error(&s->j, inner) != 0)
		return -1;
	if (jx_is(e, "code", "") || !json_equal(json_object_get(e, "code"),
	    json_object_get(inner, "code")))
		return wrong(&s->j, "code is no word or not the same twice");
	return 0;
}

/* --- items ------------------------------------------------------------------------- */

static int
on_item_added(struct state *s, const json_t *e)
{
	const json_t *index = json_object_get(e, "output_index");
	json_t *item = json_deep_copy(json_object_get(e, "item"));
	const char *id = jx_word(item, "id");
	json_t *parts = json_array();

	json_object_set_new(item, "_parts", parts);
	json_array_append_new(s->items, item);
	if (!json_is_integer(index) || json_integer_value(index) + 1 !=
	    (json_int_t)json_array_size(s->items))
		return wrong(&s->j, "the next output_index should be %zu",
		    json_array_size(s->items) - 1);
	if (id[0] == '\0' || json_object_get(s->ids, id) != NULL)
		return wrong(&s->j, "the item id '%s' is empty or used", id);
	json_object_set_new(s->ids, id, json_true());
	if (jx_has(item, "status") && !jx_is(item, "status", "in_progress"))
		return wrong(&s->j, "an item is added as '%s'",
		    jx_word(item, "status"));
	if (json_array_size(json_object_get(item, "content")) > 0 ||
	    json_array_size(json_object_get(item, "summary")) > 0 ||
	    !jx_is(item, "arguments", "") || !jx_is(item, "input", ""))
		return wrong(&s->j, "an item is added with content");
	return 0;
}

/* The item an event speaks of: index and id agree, and it is open. */
static json_t *
item_of(struct state *s, const json_t *e)
{
	const json_t *index = json_object_get(e, "output_index");
	json_t *item = json_is_integer(index) ? jx_at(s->items,
	    (size_t)json_integer_value(index)) : NULL;

	if (item == NULL) {
		wrong(&s->j, "no item has this output_index");
		return NULL;
	}
	if (!jx_is(e, "item_id", jx_word(item, "id"))) {
		wrong(&s->j, "item_id '%s' is not that of the index",
		    jx_word(e, "item_id"));
		return NULL;
	}
	if (is_done(item)) {
		wrong(&s->j, "the item is done already");
		return NULL;
	}
	return item;
}

static int
check_fixed(struct state *s, const json_t *item, const json_t *done)
{
	static const char *const fixed[] = {
		"id", "type", "call_id", "name", "namespace", "role", NULL };

	for (const char *const *k = fixed; *k != NULL; k++)
		if (!json_equal(json_object_get(item, *k),
		    json_object_get(done, *k)) &&
		    json_object_get(item, *k) != json_object_get(done, *k))
			return wrong(&s->j, "the item's %s has changed", *k);
	return 0;
}

/* What the deltas made is what the finished item holds. */
static int
check_grown(struct state *s, const json_t *item, const json_t *done)
{
	const json_t *parts = json_object_get(item, "_parts");
	bool empty = jx_is(item, "_text", "");
	const char *key = jx_is(item, "type", "reasoning") ? "summary" :
	    "content";
	json_t *part;
	size_t i;

	if (json_object_get(done, key) != NULL &&
	    json_array_size(json_object_get(done, key)) !=
	    json_array_size(parts))
		return wrong(&s->j, "the item has parts that were not "
		    "streamed");
	json_array_foreach(parts, i, part)
		if (!json_equal(json_object_get(part, "_done"),
		    jx_at(json_object_get(done, key), i)))
			return wrong(&s->j, "part %zu is open or differs", i);
	if (json_object_get(item, "_full") == NULL &&
	    (jx_is(item, "type", "function_call") ||
		jx_is(item, "type", "custom_tool_call")))
		return wrong(&s->j, "a call is done before its text");
	if (jx_is(item, "type", "function_call") &&
	    (!jx_same(done, "arguments", item, "_text") ||
	    (empty && !jx_is(done, "status", "incomplete"))))
		return wrong(&s->j, "arguments differ from their deltas");
	if (jx_is(item, "type", "custom_tool_call") &&
	    !jx_same(done, "input", item, "_text"))
		return wrong(&s->j, "the input differs from its deltas");
	return 0;
}

static int
on_item_done(struct state *s, const json_t *e)
{
	const json_t *index = json_object_get(e, "output_index");
	json_t *item = json_is_integer(index) ? jx_at(s->items,
	    (size_t)json_integer_value(index)) : NULL;
	json_t *done = json_object_get(e, "item");

	if (item == NULL || is_done(item))
		return wrong(&s->j, "no open item has this output_index");
	if (check_fixed(s, item, done) != 0 ||
	    response_check_item(&s->j, done) != 0 ||
	    check_grown(s, item, done) != 0)
		return -1;
	json_object_set(item, "_done", done);
	return 0;
}

/* --- parts --------------------------------------------------------------------------- */

/* A new part at the end; no part of the item may be open. */
static int
add_part(struct state *s, const json_t *e, const char *index_key,
    const char *item_type)
{
	json_t *item = item_of(s, e), *part;
	const json_t *index = json_object_get(e, index_key);
	json_t *parts = json_object_get(item, "_parts");
	size_t n = json_array_size(parts);

	if (item == NULL)
		return -1;
	if (!jx_is(item, "type", item_type))
		return wrong(&s->j, "a part in a %s", jx_word(item, "type"));
	if (!json_is_integer(index) ||
	    json_integer_value(index) != (json_int_t)n)
		return wrong(&s->j, "the next %s should be %zu", index_key, n);
	if (n > 0 && json_object_get(jx_at(parts, n - 1), "_done") == NULL)
		return wrong(&s->j, "a part starts while one is open");
	part = json_deep_copy(json_object_get(e, "part"));
	if (!json_is_object(part) || !jx_is(part, "text", "") ||
	    !jx_is(part, "refusal", "")) {
		json_decref(part);
		return wrong(&s->j, "a part that starts with text");
	}
	json_array_append_new(parts, part);
	return 0;
}

static int
on_content_added(struct state *s, const json_t *e)
{
	return add_part(s, e, "content_index", "message");
}

static int
on_summary_added(struct state *s, const json_t *e)
{
	return add_part(s, e, "summary_index", "reasoning");
}

/* The open part of this type that an event speaks of. */
static json_t *
part_of(struct state *s, const json_t *e, const char *type)
{
	const char *key = strcmp(type, "summary_text") == 0 ?
	    "summary_index" : "content_index";
	const json_t *index = json_object_get(e, key);
	json_t *item = item_of(s, e), *part;

	if (item == NULL)
		return NULL;
	part = json_is_integer(index) ? jx_at(json_object_get(item, "_parts"),
	    (size_t)json_integer_value(index)) : NULL;
	if (part == NULL || json_object_get(part, "_done") != NULL) {
		wrong(&s->j, "no open part has this %s", key);
		return NULL;
	}
	if (!jx_is(part, "type", type)) {
		wrong(&s->j, "the part is a %s", jx_word(part, "type"));
		return NULL;
	}
	return part;
}

static int
grow(struct state *s, json_t *object, const char *key, const json_t *e)
{
	const json_t *delta = json_object_get(e, "delta");

	if (object == NULL)
		return -1;
	if (json_object_get(object, "_full") != NULL)
		return wrong(&s->j, "a delta after the whole text");
	if (json_string_length(delta) == 0)
		return wrong(&s->j, "an empty delta");
	append_text(object, key, delta);
	return 0;
}

/* A "...done" event: the whole text is what the deltas made. */
static int
settle(struct state *s, json_t *object, const char *key, const json_t *e,
    const char *event_key)
{
	if (object == NULL)
		return -1;
	if (json_object_get(object, "_full") != NULL)
		return wrong(&s->j, "the whole text comes twice");
	if (jx_str(e, event_key) == NULL ||
	    !jx_same(e, event_key, object, key))
		return wrong(&s->j, "%s differs from its deltas", event_key);
	json_object_set_new(object, "_full", json_true());
	return 0;
}

static int
on_text_delta(struct state *s, const json_t *e)
{
	if (!json_is_array(json_object_get(e, "logprobs")))
		return wrong(&s->j, "no logprobs in the event");
	return grow(s, part_of(s, e, "output_text"), "text", e);
}

static int
on_text_done(struct state *s, const json_t *e)
{
	if (!json_is_array(json_object_get(e, "logprobs")))
		return wrong(&s->j, "no logprobs in the event");
	return settle(s, part_of(s, e, "output_text"), "text", e, "text");
}

static int
on_refusal_delta(struct state *s, const json_t *e)
{
	return grow(s, part_of(s, e, "refusal"), "refusal", e);
}

static int
on_refusal_done(struct state *s, const json_t *e)
{
	return settle(s, part_of(s, e, "refusal"), "refusal", e, "refusal");
}

static int
on_summary_delta(struct state *s, const json_t *e)
{
	return grow(s, part_of(s, e, "summary_text"), "text", e);
}

static int
on_summary_done(struct state *s, const json_t *e)
{
	return settle(s, part_of(s, e, "summary_text"), "text", e, "text");
}

static int
on_annotation(struct state *s, const json_t *e)
{
	json_t *part = part_of(s, e, "output_text");
	json_t *list = json_object_get(part, "annotations");
	const json_t *index = json_object_get(e, "annotation_index");

	if (part == NULL)
		return -1;
	if (!json_is_integer(index) || json_integer_value(index) !=
	    (json_int_t)json_array_size(list))
		return wrong(&s->j, "the next annotation_index should be %zu",
		    json_array_size(list));
	json_array_append(list, json_object_get(e, "annotation"));
	return 0;
}

/* The finished part is the grown one. */
static int
on_part_done(struct state *s, const json_t *e)
{
	json_t *done = json_object_get(e, "part");
	json_t *part = part_of(s, e, jx_word(done, "type"));
	json_t *plain;

	if (part == NULL)
		return -1;
	if (json_object_get(part, "_full") == NULL)
		return wrong(&s->j, "a part is done before its text");
	plain = json_copy(part);
	json_object_del(plain, "_full");
	bool same = json_equal(plain, done);
	json_decref(plain);
	if (!same)
		return wrong(&s->j, "the part differs from what was streamed");
	json_object_set(part, "_done", done);
	return 0;
}

/* --- calls ------------------------------------------------------------------------------ */

static json_t *
call_of(struct state *s, const json_t *e, const char *type)
{
	json_t *item = item_of(s, e);

	if (item == NULL || jx_is(item, "type", type))
		return item;
	wrong(&s->j, "the item is a %s", jx_word(item, "type"));
	return NULL;
}

static int
on_arguments_delta(struct state *s, const json_t *e)
{
	return grow(s, call_of(s, e, "function_call"), "_text", e);
}

static int
on_arguments_done(struct state *s, const json_t *e)
{
	return settle(s, call_of(s, e, "function_call"), "_text", e,
	    "arguments");
}

static int
on_input_delta(struct state *s, const json_t *e)
{
	return grow(s, call_of(s, e, "custom_tool_call"), "_text", e);
}

static int
on_input_done(struct state *s, const json_t *e)
{
	return settle(s, call_of(s, e, "custom_tool_call"), "_text", e,
	    "input");
}

static int
on_search(struct state *s, const json_t *e)
{
	return call_of(s, e, "web_search_call") != NULL ? 0 : -1;
}

/* --- all together --------------------------------------------------------------------------- */

static const struct {
	const char	*type;		/* after "response." */
	on_fn		*on;
} handlers[] = {
	{ "created", on_created },
	{ "in_progress", on_in_progress },
	{ "completed", on_terminal },
	{ "incomplete", on_terminal },
	{ "failed", on_terminal },
	{ "output_item.added", on_item_added },
	{ "output_item.done", on_item_done },
	{ "content_part.added", on_content_added },
	{ "content_part.done", on_part_done },
	{ "output_text.delta", on_text_delta },
	{ "output_text.done", on_text_done },
	{ "output_text.annotation.added", on_annotation },
	{ "refusal.delta", on_refusal_delta },
	{ "refusal.done", on_refusal_done },
	{ "reasoning_summary_part.added", on_summary_added },
	{ "reasoning_summary_part.done", on_part_done },
	{ "reasoning_summary_text.delta", on_summary_delta },
	{ "reasoning_summary_text.done", on_summary_done },
	{ "function_call_arguments.delta", on_arguments_delta },
	{ "function_call_arguments.done", on_arguments_done },
	{ "custom_tool_call_input.delta", on_input_delta },
	{ "custom_tool_call_input.done", on_input_done },
	{ "web_search_call.in_progress", on_search },
	{ "web_search_call.searching", on_search },
	{ "web_search_call.completed", on_search },
};

static int
on_event(struct state *s, const json_t *e, size_t number)
{
	const json_t *seq = json_object_get(e, "sequence_number");
	const char *type = jx_word(e, "type");

	if (s->ended)
		return wrong(&s->j, "an event after the end");
	if (!json_is_integer(seq) ||
	    json_integer_value(seq) != (json_int_t)number)
		return wrong(&s->j, "sequence_number should be %zu", number);
	if (strcmp(type, "error") == 0)
		return on_error(s, e);
	if (s->start == NULL && strcmp(type, "response.created") != 0)
		return wrong(&s->j, "'%s' before response.created", type);
	for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++)
		if (strncmp(type, "response.", 9) == 0 &&
		    strcmp(type + 9, handlers[i].type) == 0)
			return handlers[i].on(s, e);
	return wrong(&s->j, "an event of type '%s'", type);
}

static int
run(struct state *s, const json_t *events)
{
	size_t i, number = 0;
	json_t *e;

	json_array_foreach(events, i, e) {
		const json_t *data = json_object_get(e, "data");
		if (jx_has(e, "comment"))
			continue;
		s->j.event = (long)number;
		if (!jx_is(e, "event", jx_word(data, "type")))
			return wrong(&s->j, "event name '%s' with type '%s'",
			    jx_word(e, "event"), jx_word(data, "type"));
		if (on_event(s, data, number++) != 0)
			return -1;
	}
	s->j.event = -1;
	return s->ended ? 0 : wrong(&s->j, "the stream has no end");
}

int
grammar_responses_read(const char *bytes, size_t n, json_t **reply, char *why,
    size_t nwhy)
{
	struct state s = { .j = { why, nwhy, -1 } };
	json_t *events = events_parse(bytes, n, why, nwhy);

	*reply = NULL;
	if (events == NULL)
		return -1;
	s.items = json_array();
	s.ids = json_object();
	int rc = run(&s, events);
	if (rc == 0 && !s.failed)
		*reply = json_incref(s.final);
	json_decref(events);
	json_decref(s.start);
	json_decref(s.items);
	json_decref(s.ids);
	json_decref(s.final);
	return rc;
}

int
grammar_responses_stream(const char *bytes, size_t n, char *why, size_t nwhy)
{
	json_t *reply;
	int rc = grammar_responses_read(bytes, n, &reply, why, nwhy);

	json_decref(reply);
	return rc;
}

int
grammar_responses_whole(const char *bytes, size_t n, char *why, size_t nwhy)
{
	struct judge j = { why, nwhy, -1 };
	json_t *r = judge_body(&j, bytes, n);
	int rc = -1;

	if (r != NULL && json_is_object(json_object_get(r, "error")) &&
	    json_object_get(r, "object") == NULL)
		rc = judge_openai_error(&j, json_object_get(r, "error"));
	else if (r != NULL && jx_is(r, "object", "response.compaction"))
		rc = response_check_compaction(&j, r);
	else if (r != NULL)
		rc = response_check_final(&j, r);
	json_decref(r);
	return rc;
}
