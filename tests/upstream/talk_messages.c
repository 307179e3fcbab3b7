/* The default replies of POST /v1/messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/jx.h"
#include "../lib/strict_model.h"
#include "ask.h"

/* A result's texts; images in it are counted. */
static void
read_result(struct ask *a, const json_t *block)
{
	const json_t *content = json_object_get(block, "content");
	struct bytes text = { 0 };
	json_t *part;
	size_t i;

	if (json_is_string(content))
		bytes_puts(&text, json_string_value(content));
	json_array_foreach(content, i, part) {
		if (jx_is(part, "type", "image"))
			a->images++;
		else
			bytes_puts(&text, jx_word(part, "text"));
	}
	ask_result(a, text.p != NULL ? text.p : "");
	bytes_free(&text);
}

static void
read_user(struct ask *a, const json_t *content)
{
	bool fresh = true;
	json_t *block;
	size_t i;

	if (json_is_string(content))
		ask_text(a, json_string_value(content), true);
	json_array_foreach(content, i, block) {
		if (jx_is(block, "type", "text")) {
			ask_text(a, jx_word(block, "text"), fresh);
			fresh = false;
		} else if (jx_is(block, "type", "image")) {
			a->images++;
		} else if (jx_is(block, "type", "tool_result")) {
			read_result(a, block);
		}
	}
}

static void
read_turns(struct ask *a, const json_t *messages)
{
	json_t *m;
	size_t i;

	json_array_foreach(messages, i, m) {
		if (jx_is(m, "role", "assistant"))
			ask_turn(a);
		else if (jx_is(m, "role", "user"))
			read_user(a, json_object_get(m, "content"));
	}
}

static void
read_choice(struct ask *a, const json_t *choice)
{
	a->no_calls = jx_is(choice, "type", "none");
	a->forced = jx_is(choice, "type", "any") ||
	    jx_is(choice, "type", "tool");
	a->forced_name = jx_str(choice, "name");
	a->one_call = json_is_true(json_object_get(choice,
	    "disable_parallel_tool_use"));
}

static void
read_thinking(struct ask *a, const json_t *thinking)
{
	const struct strict_model *m = strict_model_of(a->model);
	const char *type = jx_str(thinking, "type");

	if (type == NULL)
		a->reasons = m->default_on;
	else
		a->reasons = strcmp(type, "adaptive") == 0 ||
		    strcmp(type, "enabled") == 0;
	a->shown = m->default_on ? jx_is(thinking, "display", "summarized") :
	    !jx_is(thinking, "display", "omitted");
	a->sealed = true;
}

static void
read_ask(struct ask *a, const json_t *body, size_t bytes)
{
	json_t *tool;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->model = jx_word(body, "model");
	a->stream = json_is_true(json_object_get(body, "stream"));
	a->bytes = bytes;
	a->tools = json_array();
	json_array_foreach(json_object_get(body, "tools"), i, tool)
		if (json_object_get(tool, "input_schema") != NULL)
			json_array_append(a->tools,
			    json_object_get(tool, "name"));
	a->schema = json_object_get(json_object_get(json_object_get(body,
	    "output_config"), "format"), "schema");
	a->stops = json_object_get(body, "stop_sequences");
	read_choice(a, json_object_get(body, "tool_choice"));
	read_thinking(a, json_object_get(body, "thinking"));
	read_turns(a, json_object_get(body, "messages"));
}

static json_t *
usage_of(const struct answer *w, bool final)
{
	return json_pack("{s:i, s:i, s:i, s:{s:i, s:i}, s:i, s:{s:i}, s:n,"
			 " s:s, s:s, s:s}",
	    "input_tokens", w->input - w->cached - w->written,
	    "cache_creation_input_tokens", w->written,
	    "cache_read_input_tokens", w->cached,
	    "cache_creation", "ephemeral_5m_input_tokens", w->written,
	    "ephemeral_1h_input_tokens", 0,
	    "output_tokens", final ? w->output : 1,
	    "output_tokens_details", "thinking_tokens",
	    final ? w->thought : 0,
	    "server_tool_use", "service_tier", "standard",
	    "inference_geo", "global", "speed", "standard");
}

static const char *
stop_reason(const struct answer *w)
{
	if (json_array_size(w->calls) > 0)
		return "tool_use";
	return w->stop != NULL ? "stop_sequence" : "end_turn";
}

static void
call_id(const struct answer *w, size_t i, char id[48])
{
	snprintf(id, 48, "toolu_%06u%c", w->number, (char)('A' + i));
}

/* A tool_use block as it starts (input {}) or as a whole. */
static json_t *
call_block(const struct answer *w, size_t i, bool whole)
{
	json_t *call = json_array_get(w->calls, i);
	char id[48];

	call_id(w, i, id);
	return json_pack("{s:s, s:s, s:s, s:o, s:{s:s}}",
	    "type", "tool_use", "id", id, "name", jx_word(call, "name"),
	    "input", whole ? json_loads(jx_word(call, "arguments"), 0, NULL) :
	    json_object(), "caller", "type", "direct");
}

/* Notes what has to come back with the calls. */
static void
note_issued(const struct answer *w, struct fake *f)
{
	char id[48];

	if (!w->reasons)
		return;
	issued_seal(&f->issued, w->seal, w->thinking, NULL);
	for (size_t i = 0; i < json_array_size(w->calls); i++) {
		call_id(w, i, id);
		issued_call(&f->issued, id, w->seal);
	}
}

static json_t *
whole_message(const struct answer *w, const struct ask *a)
{
	json_t *content = json_array();
	char id[48];

	snprintf(id, sizeof(id), "msg_%06u", w->number);
	if (w->reasons)
		json_array_append_new(content, json_pack("{s:s, s:s, s:s}",
		    "type", "thinking", "thinking", w->thinking,
		    "signature", w->seal));
	if (w->text[0] != '\0')
		json_array_append_new(content, json_pack("{s:s, s:s, s:n}",
		    "type", "text", "text", w->text, "citations"));
	for (size_t i = 0; i < json_array_size(w->calls); i++)
		json_array_append_new(content, call_block(w, i, true));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:n, s:n, s:s, s:s?,"
			 " s:n, s:o}", "id", id, "type", "message", "role", "assistant",
	    "model", a->model, "content", content, "container",
	    "diagnostics", "stop_reason", stop_reason(w),
	    "stop_sequence", w->stop, "stop_details",
	    "usage", usage_of(w, true));
}

static json_t *
start_event(const struct answer *w, const struct ask *a)
{
	char id[48];

	snprintf(id, sizeof(id), "msg_%06u", w->number);
	return json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:[], s:n, s:n, s:n,"
			 " s:n, s:n, s:o, s:[]}}", "type", "message_start", "message",
	    "id", id, "type", "message", "role", "assistant",
	    "model", a->model, "content", "container", "diagnostics",
	    "stop_reason", "stop_sequence", "stop_details",
	    "usage", usage_of(w, false), "input_transformations");
}

static void
open_block(json_t *sse, int index, json_t *block)
{
	json_array_append_new(sse, json_pack("{s:s, s:i, s:o}",
	    "type", "content_block_start", "index", index,
	    "content_block", block));
}

static void
put_delta(json_t *sse, int index, const char *type, const char *key,
    json_t *piece)
{
	json_array_append_new(sse, json_pack("{s:s, s:i, s:{s:s, s:o}}",
	    "type", "content_block_delta", "index", index,
	    "delta", "type", type, key, piece));
}

static void
put_deltas(json_t *sse, int index, const char *type, const char *key,
    const char *text)
{
	json_t *piece;

	while ((piece = answer_piece(&text)) != NULL)
		put_delta(sse, index, type, key, piece);
}

static void
close_block(json_t *sse, int index)
{
	json_array_append_new(sse, json_pack("{s:s, s:i}",
	    "type", "content_block_stop", "index", index));
}

static void
put_ping(json_t *sse)
{
	json_array_append_new(sse, json_pack("{s:s}", "type", "ping"));
}

static void
put_thinking(json_t *sse, int index, const struct answer *w)
{
	open_block(sse, index, json_pack("{s:s, s:s, s:s}", "type",
	    "thinking", "thinking", "", "signature", ""));
	put_deltas(sse, index, "thinking_delta", "thinking", w->thinking);
	put_delta(sse, index, "signature_delta", "signature",
	    json_string(w->seal));
	close_block(sse, index);
}

static void
put_text(json_t *sse, int index, const struct answer *w)
{
	open_block(sse, index, json_pack("{s:s, s:s, s:n}", "type", "text",
	    "text", "", "citations"));
	put_ping(sse);
	put_deltas(sse, index, "text_delta", "text", w->text);
	close_block(sse, index);
}

static void
put_call(json_t *sse, int index, const struct answer *w, size_t i)
{
	json_t *call = json_array_get(w->calls, i);

	open_block(sse, index, call_block(w, i, false));
	put_delta(sse, index, "input_json_delta", "partial_json",
	    json_string(""));
	put_deltas(sse, index, "input_json_delta", "partial_json",
	    jx_word(call, "arguments"));
	close_block(sse, index);
}

static json_t *
end_event(const struct answer *w)
{
	json_t *usage = usage_of(w, true);

	json_object_del(usage, "cache_creation");
	json_object_del(usage, "service_tier");
	json_object_del(usage, "inference_geo");
	json_object_del(usage, "speed");
	return json_pack("{s:s, s:{s:s, s:s?, s:n, s:n}, s:o}",
	    "type", "message_delta", "delta", "stop_reason", stop_reason(w),
	    "stop_sequence", w->stop, "stop_details", "container",
	    "usage", usage);
}

static json_t *
event_list(const struct answer *w, const struct ask *a)
{
	json_t *sse = json_array();
	int index = 0;

	json_array_append_new(sse, start_event(w, a));
	put_ping(sse);
	if (w->reasons)
		put_thinking(sse, index++, w);
	if (w->text[0] != '\0')
		put_text(sse, index++, w);
	for (size_t i = 0; i < json_array_size(w->calls); i++)
		put_call(sse, index++, w, i);
	json_array_append_new(sse, end_event(w));
	json_array_append_new(sse, json_pack("{s:s}",
	    "type", "message_stop"));
	return sse;
}

json_t *
talk_messages(const json_t *body, size_t bytes, struct fake *f)
{
	struct answer w;
	struct ask a;
	json_t *rule;

	read_ask(&a, body, bytes);
	answer_plan(&w, &a, f);
	note_issued(&w, f);
	if (a.stream)
		rule = json_pack("{s:o}", "sse", event_list(&w, &a));
	else
		rule = json_pack("{s:o}", "body", whole_message(&w, &a));
	answer_free(&w);
	ask_free(&a);
	return rule;
}
