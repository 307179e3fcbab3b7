/* The default replies of POST /v1/responses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/jx.h"
#include "../lib/strict_model.h"
#include "ask.h"

static bool
is_text_part(const json_t *part)
{
	return jx_is(part, "type", "input_text") ||
	    jx_is(part, "type", "text");
}

static void
read_user(struct ask *a, const json_t *content)
{
	bool fresh = true;
	json_t *part;
	size_t i;

	if (json_is_string(content))
		ask_text(a, json_string_value(content), true);
	json_array_foreach(content, i, part) {
		if (is_text_part(part)) {
			ask_text(a, jx_word(part, "text"), fresh);
			fresh = false;
		} else if (jx_is(part, "type", "input_image")) {
			a->images++;
		}
	}
}

static void
read_output(struct ask *a, const json_t *output)
{
	struct bytes text = { 0 };
	json_t *part;
	size_t i;

	if (json_is_string(output))
		bytes_puts(&text, json_string_value(output));
	json_array_foreach(output, i, part) {
		if (is_text_part(part))
			bytes_puts(&text, jx_word(part, "text"));
		else if (jx_is(part, "type", "input_image"))
			a->images++;
	}
	ask_result(a, text.p != NULL ? text.p : "");
	bytes_free(&text);
}

static void
read_item(struct ask *a, const json_t *item)
{
	const char *type = jx_str(item, "type");

	if (type == NULL || strcmp(type, "message") == 0) {
		if (jx_is(item, "role", "assistant"))
			ask_turn(a);
		else if (jx_is(item, "role", "user"))
			read_user(a, json_object_get(item, "content"));
	} else if (strcmp(type, "function_call_output") == 0 ||
	    strcmp(type, "custom_tool_call_output") == 0) {
		read_output(a, json_object_get(item, "output"));
	} else {
		ask_turn(a);
	}
}

static void
read_choice(struct ask *a, const json_t *choice)
{
	const char *word = json_string_value(choice);

	a->no_calls = word != NULL && strcmp(word, "none") == 0;
	a->forced = (word != NULL && strcmp(word, "required") == 0) ||
	    jx_is(choice, "type", "function");
	a->forced_name = jx_str(choice, "name");
}

static void
read_reasoning(struct ask *a, const json_t *body)
{
	const json_t *reasoning = json_object_get(body, "reasoning");
	json_t *v;
	size_t i;

	a->reasons = strict_reasoning_model(a->model) &&
	    !jx_is(reasoning, "effort", "none");
	a->shown = jx_has(reasoning, "summary");
	json_array_foreach(json_object_get(body, "include"), i, v)
		if (strcmp(json_string_value(v),
		    "reasoning.encrypted_content") == 0)
			a->sealed = true;
}

static void
read_ask(struct ask *a, const json_t *body, size_t bytes)
{
	const json_t *input = json_object_get(body, "input");
	json_t *v;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->model = jx_word(body, "model");
	a->stream = json_is_true(json_object_get(body, "stream"));
	a->bytes = bytes;
	a->tools = json_array();
	json_array_foreach(json_object_get(body, "tools"), i, v)
		if (jx_is(v, "type", "function"))
			json_array_append(a->tools,
			    json_object_get(v, "name"));
	a->schema = json_object_get(json_object_get(json_object_get(body,
	    "text"), "format"), "schema");
	a->one_call = json_is_false(json_object_get(body,
	    "parallel_tool_calls"));
	read_choice(a, json_object_get(body, "tool_choice"));
	read_reasoning(a, body);
	if (json_is_string(input))
		ask_text(a, json_string_value(input), true);
	json_array_foreach(input, i, v)
		read_item(a, v);
}

/* --- the response object ------------------------------------------------ */

struct reply {
	const struct answer *w;
	const struct ask *a;
	const json_t	*body;		/* the request, for what is echoed */
	json_t		*items;		/* finished output items */
	json_t		*sse;
	long long	 created;
};

static json_t *
usage_of(const struct answer *w)
{
	return json_pack("{s:i, s:{s:i, s:i}, s:i, s:{s:i}, s:i}",
	    "input_tokens", w->input, "input_tokens_details",
	    "cached_tokens", w->cached, "cache_write_tokens", w->written,
	    "output_tokens", w->output, "output_tokens_details",
	    "reasoning_tokens", w->thought,
	    "total_tokens", w->input + w->output);
}

/* The request's value, or what stands for a missing one. */
static void
echo(json_t *o, const json_t *body, const char *key, json_t *missing)
{
	json_t *v = json_object_get(body, key);

	if (v != NULL)
		json_object_set(o, key, v);
	else
		json_object_set(o, key, missing);
	json_decref(missing);
}

static void
set_reasoning(json_t *o, const json_t *body)
{
	json_t *own = json_pack("{s:n, s:n}", "effort", "summary");

	json_object_update(own, json_object_get(body, "reasoning"));
	json_object_set_new(o, "reasoning", own);
}

static void
set_text(json_t *o, const json_t *body)
{
	json_t *own = json_pack("{s:{s:s}, s:s}", "format", "type", "text",
	    "verbosity", "medium");

	json_object_update(own, json_object_get(body, "text"));
	json_object_set_new(o, "text", own);
}

/* Tools as sent, with the keys of a function that were left out. */
static void
set_tools(json_t *o, const json_t *body)
{
	json_t *own = json_array(), *tool, *copy;
	size_t i;

	json_array_foreach(json_object_get(body, "tools"), i, tool) {
		copy = json_pack("{s:n, s:n, s:b}", "description",
		    "parameters", "strict", 1);
		if (!jx_is(tool, "type", "function"))
			json_object_clear(copy);
		json_object_update(copy, tool);
		json_array_append_new(own, copy);
	}
	json_object_set_new(o, "tools", own);
}

static json_t *
response_object(const struct reply *r, const char *status, bool done)
{
	char id[48];

	snprintf(id, sizeof(id), "resp_%06u", r->w->number);
	json_t *o = json_pack("{s:s, s:s, s:I, s:s, s:b, s:n, s:n, s:s,"
			      " s:O, s:s, s:o}", "id", id, "object", "response",
	    "created_at", (json_int_t)r->created, "status", status,
	    "background", 0, "error", "incomplete_details",
	    "model", r->a->model, "output", r->items,
	    "service_tier", "default",
	    "usage", done ? usage_of(r->w) : json_null());
	json_object_set_new(o, "completed_at",
	    done ? json_integer(r->created + 1) : json_null());
	echo(o, r->body, "instructions", json_null());
	echo(o, r->body, "max_output_tokens", json_null());
	echo(o, r->body, "parallel_tool_calls", json_true());
	echo(o, r->body, "previous_response_id", json_null());
	set_reasoning(o, r->body);
	echo(o, r->body, "store", json_true());
	echo(o, r->body, "temperature", json_real(1.0));
	set_text(o, r->body);
	echo(o, r->body, "tool_choice", json_string("auto"));
	set_tools(o, r->body);
	echo(o, r->body, "top_p", json_real(1.0));
	echo(o, r->body, "max_tool_calls", json_null());
	echo(o, r->body, "user", json_null());
	echo(o, r->body, "safety_identifier", json_null());
	echo(o, r->body, "prompt_cache_key", json_null());
	echo(o, r->body, "metadata", json_object());
	json_object_set_new(o, "truncation", json_string("disabled"));
	json_object_set_new(o, "presence_penalty", json_integer(0));
	json_object_set_new(o, "frequency_penalty", json_integer(0));
	json_object_set_new(o, "top_logprobs", json_integer(0));
	/* a copy: "output" grows after this snapshot */
	json_t *copy = json_deep_copy(o);
	json_decref(o);
	return copy;
}

static void
item_id(const struct reply *r, const char *prefix, size_t i, char id[64])
{
	snprintf(id, 64, "%s_%06u_%zu", prefix, r->w->number, i);
}

static void
call_id(const struct answer *w, size_t i, char id[48])
{
	snprintf(id, 48, "call_%06u%c", w->number, (char)('A' + i));
}

static json_t *
reasoning_item(const struct reply *r, bool done)
{
	json_t *summary = json_array();
	char id[64];

	item_id(r, "rs", 0, id);
	if (done && r->w->shown)
		json_array_append_new(summary, json_pack("{s:s, s:s}",
		    "type", "summary_text", "text", r->w->thinking));
	json_t *o = json_pack("{s:s, s:s, s:o}", "id", id, "type",
	    "reasoning", "summary", summary);
	if (r->w->sealed)	/* incomplete until the item is done */
		json_object_set_new(o, "encrypted_content",
		    json_string(done ? r->w->seal : ""));
	return o;
}

static json_t *
message_item(const struct reply *r, bool done)
{
	json_t *content = json_array();
	char id[64];

	item_id(r, "msg", 0, id);
	if (done)
		json_array_append_new(content, json_pack(
		    "{s:s, s:[], s:[], s:s}", "type", "output_text",
		    "annotations", "logprobs", "text", r->w->text));
	return json_pack("{s:s, s:s, s:s, s:o, s:s}", "id", id, "type",
	    "message", "status", done ? "completed" : "in_progress",
	    "content", content, "role", "assistant");
}

static json_t *
call_item(const struct reply *r, size_t i, bool done)
{
	const json_t *call = json_array_get(r->w->calls, i);
	char id[64], call_name[48];

	item_id(r, "fc", i, id);
	call_id(r->w, i, call_name);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", id,
	    "type", "function_call", "status",
	    done ? "completed" : "in_progress", "arguments",
	    done ? jx_word(call, "arguments") : "", "call_id", call_name,
	    "name", jx_word(call, "name"));
}

/* --- the stream --------------------------------------------------------- */

/* Appends an event and gives it its number. */
static void
put(struct reply *r, json_t *event)
{
	json_object_set_new(event, "sequence_number",
	    json_integer((json_int_t)json_array_size(r->sse)));
	json_array_append_new(r->sse, event);
}

static void
put_snapshot(struct reply *r, const char *type, const char *status)
{
	put(r, json_pack("{s:s, s:o}", "type", type, "response",
	    response_object(r, status, strcmp(status, "completed") == 0)));
}

static void
put_item(struct reply *r, const char *type, size_t index, json_t *item)
{
	put(r, json_pack("{s:s, s:i, s:o}", "type", type,
	    "output_index", (int)index, "item", item));
}

static void
put_done(struct reply *r, size_t index, json_t *item)
{
	json_array_append(r->items, item);
	put_item(r, "response.output_item.done", index, item);
}

/* An event of the reasoning summary. */
static void
put_summary(struct reply *r, size_t index, const char *type,
    const char *key, json_t *value)
{
	char id[64];

	item_id(r, "rs", 0, id);
	put(r, json_pack("{s:s, s:s, s:i, s:i, s:o}", "type", type,
	    "item_id", id, "output_index", (int)index, "summary_index", 0,
	    key, value));
}

static json_t *
summary_part(const char *text)
{
	return json_pack("{s:s, s:s}", "type", "summary_text", "text", text);
}

static void
put_reasoning(struct reply *r, size_t index)
{
	const char *text = r->w->thinking;
	json_t *piece;

	put_item(r, "response.output_item.added", index,
	    reasoning_item(r, false));
	if (r->w->shown) {
		put_summary(r, index, "response.reasoning_summary_part.added",
		    "part", summary_part(""));
		while ((piece = answer_piece(&text)) != NULL)
			put_summary(r, index,
			    "response.reasoning_summary_text.delta",
			    "delta", piece);
		put_summary(r, index, "response.reasoning_summary_text.done",
		    "text", json_string(r->w->thinking));
		put_summary(r, index, "response.reasoning_summary_part.done",
		    "part", summary_part(r->w->thinking));
	}
	put_done(r, index, reasoning_item(r, true));
}

/* An event of the message's only part. */
static void
put_part(struct reply *r, size_t index, const char *type, const char *key,
    json_t *value)
{
	char id[64];

	item_id(r, "msg", 0, id);
	json_t *event = json_pack("{s:s, s:s, s:i, s:i, s:o}", "type", type,
	    "item_id", id, "output_index", (int)index, "content_index", 0,
	    key, value);
	if (strncmp(type, "response.output_text.", 21) == 0)
		json_object_set_new(event, "logprobs", json_array());
	put(r, event);
}

static json_t *
text_part(const char *text)
{
	return json_pack("{s:s, s:[], s:[], s:s}", "type", "output_text",
	    "annotations", "logprobs", "text", text);
}

static void
put_text(struct reply *r, size_t index)
{
	const char *text = r->w->text;
	json_t *piece;

	put_item(r, "response.output_item.added", index,
	    message_item(r, false));
	put_part(r, index, "response.content_part.added", "part",
	    text_part(""));
	while ((piece = answer_piece(&text)) != NULL)
		put_part(r, index, "response.output_text.delta", "delta",
		    piece);
	put_part(r, index, "response.output_text.done", "text",
	    json_string(r->w->text));
	put_part(r, index, "response.content_part.done", "part",
	    text_part(r->w->text));
	put_done(r, index, message_item(r, true));
}

static void
put_arguments(struct reply *r, size_t index, size_t i, const char *type,
    const char *key, json_t *value)
{
	char id[64];

	item_id(r, "fc", i, id);
	put(r, json_pack("{s:s, s:s, s:i, s:o}", "type", type, "item_id", id,
	    "output_index", (int)index, key, value));
}

/* All calls at once, their argument pieces taking turns. */
static void
put_calls(struct reply *r, size_t index)
{
	size_t n = json_array_size(r->w->calls), left = n;
	const char **at = calloc(n + 1, sizeof(*at));

	for (size_t i = 0; i < n; i++) {
		at[i] = jx_word(json_array_get(r->w->calls, i), "arguments");
		put_item(r, "response.output_item.added", index + i,
		    call_item(r, i, false));
	}
	while (left > 0) {
		left = 0;
		for (size_t i = 0; i < n; i++) {
			json_t *piece = answer_piece(&at[i]);
			if (piece == NULL)
				continue;
			left++;
			put_arguments(r, index + i, i,
			    "response.function_call_arguments.delta",
			    "delta", piece);
		}
	}
	for (size_t i = 0; i < n; i++) {
		put_arguments(r, index + i, i,
		    "response.function_call_arguments.done", "arguments",
		    json_incref(json_object_get(json_array_get(r->w->calls,
		    i), "arguments")));
		put_done(r, index + i, call_item(r, i, true));
	}
	free(at);
}

static json_t *
stream_rule(struct reply *r)
{
	size_t index = 0;

	put_snapshot(r, "response.created", "in_progress");
	put_snapshot(r, "response.in_progress", "in_progress");
	if (r->w->reasons)
		put_reasoning(r, index++);
	if (r->w->text[0] != '\0')
		put_text(r, index++);
	put_calls(r, index);
	put_snapshot(r, "response.completed", "completed");
	json_array_insert_new(r->sse, 2, json_pack("{s:s}", "comment",
	    "ping"));
	return json_pack("{s:O}", "sse", r->sse);
}

static json_t *
whole_rule(struct reply *r)
{
	if (r->w->reasons)
		json_array_append_new(r->items, reasoning_item(r, true));
	if (r->w->text[0] != '\0')
		json_array_append_new(r->items, message_item(r, true));
	for (size_t i = 0; i < json_array_size(r->w->calls); i++)
		json_array_append_new(r->items, call_item(r, i, true));
	return json_pack("{s:o}", "body",
	    response_object(r, "completed", true));
}

static void
note_issued(const struct reply *r, struct fake *f)
{
	char id[64];

	if (!r->w->reasons || !r->w->sealed)
		return;
	item_id(r, "rs", 0, id);
	issued_seal(&f->issued, r->w->seal, NULL, id);
	for (size_t i = 0; i < json_array_size(r->w->calls); i++) {
		call_id(r->w, i, id);
		issued_call(&f->issued, id, r->w->seal);
	}
}

json_t *
talk_responses(const json_t *body, size_t bytes, struct fake *f)
{
	struct answer w;
	struct ask a;

	read_ask(&a, body, bytes);
	answer_plan(&w, &a, f);
	struct reply r = { .w = &w, .a = &a, .body = body,
	    .items = json_array(), .sse = json_array(),
	    .created = time(NULL) };
	note_issued(&r, f);
	json_t *rule = a.stream ? stream_rule(&r) : whole_rule(&r);
	json_decref(r.items);
	json_decref(r.sse);
	answer_free(&w);
	ask_free(&a);
	return rule;
}
