/* The default replies of POST /v1/chat/completions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/jx.h"
#include "ask.h"

struct reply {
	const struct answer *w;
	const struct ask *a;
	json_t		*sse;
	bool		 usage;		/* stream_options.include_usage */
	long long	 created;
};

static void
read_user(struct ask *a, const json_t *content)
{
	bool fresh = true;
	json_t *part;
	size_t i;

	if (json_is_string(content))
		ask_text(a, json_string_value(content), true);
	json_array_foreach(content, i, part) {
		if (jx_is(part, "type", "text")) {
			ask_text(a, jx_word(part, "text"), fresh);
			fresh = false;
		} else if (jx_is(part, "type", "image_url")) {
			a->images++;
		}
	}
}

static void
read_tool(struct ask *a, const json_t *content)
{
	json_t *part;
	size_t i;

	if (json_is_string(content))
		ask_result(a, json_string_value(content));
	json_array_foreach(content, i, part)
		ask_result(a, jx_word(part, "text"));
}

static void
read_message(struct ask *a, const json_t *m)
{
	const json_t *content = json_object_get(m, "content");

	if (jx_is(m, "role", "assistant"))
		ask_turn(a);
	else if (jx_is(m, "role", "user"))
		read_user(a, content);
	else if (jx_is(m, "role", "tool"))
		read_tool(a, content);
}

static void
read_choice(struct ask *a, const json_t *choice)
{
	const char *word = json_string_value(choice);

	a->no_calls = word != NULL && strcmp(word, "none") == 0;
	a->forced = (word != NULL && strcmp(word, "required") == 0) ||
	    jx_is(choice, "type", "function");
	a->forced_name = jx_str(json_object_get(choice, "function"), "name");
}

static void
read_ask(struct ask *a, const json_t *body, size_t bytes, bool reasons)
{
	const json_t *format = json_object_get(body, "response_format");
	json_t *v;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->model = jx_word(body, "model");
	a->stream = json_is_true(json_object_get(body, "stream"));
	a->bytes = bytes;
	a->reasons = a->shown = reasons &&
	    !jx_is(body, "reasoning_effort", "none");
	a->tools = json_array();
	json_array_foreach(json_object_get(body, "tools"), i, v)
		json_array_append(a->tools, json_object_get(
		    json_object_get(v, "function"), "name"));
	a->schema = json_object_get(json_object_get(format, "json_schema"),
	    "schema");
	a->stops = json_object_get(body, "stop");
	a->one_call = json_is_false(json_object_get(body,
	    "parallel_tool_calls"));
	read_choice(a, json_object_get(body, "tool_choice"));
	json_array_foreach(json_object_get(body, "messages"), i, v)
		read_message(a, v);
}

static json_t *
usage_of(const struct answer *w)
{
	return json_pack("{s:i, s:i, s:i, s:{s:i, s:i}, s:{s:i, s:i, s:i,"
			 " s:i}}", "prompt_tokens", w->input, "completion_tokens",
	    w->output, "total_tokens", w->input + w->output,
	    "prompt_tokens_details", "cached_tokens", w->cached,
	    "audio_tokens", 0, "completion_tokens_details",
	    "reasoning_tokens", w->thought, "audio_tokens", 0,
	    "accepted_prediction_tokens", 0,
	    "rejected_prediction_tokens", 0);
}

static const char *
finish_reason(const struct answer *w)
{
	return json_array_size(w->calls) > 0 ? "tool_calls" : "stop";
}

static void
call_id(const struct answer *w, size_t i, char id[48])
{
	snprintf(id, 48, "call_%06u%c", w->number, (char)('A' + i));
}

static json_t *
whole_reply(const struct reply *r)
{
	const struct answer *w = r->w;
	json_t *calls = json_array();
	char id[48];

	for (size_t i = 0; i < json_array_size(w->calls); i++) {
		const json_t *call = json_array_get(w->calls, i);
		call_id(w, i, id);
		json_array_append_new(calls, json_pack(
		    "{s:s, s:s, s:{s:s, s:s}}", "id", id, "type",
		    "function", "function", "name", jx_word(call, "name"),
		    "arguments", jx_word(call, "arguments")));
	}
	json_t *m = json_pack("{s:s, s:s, s:n}", "role", "assistant",
	    "content", w->text, "refusal");
	if (w->reasons)
		json_object_set_new(m, "reasoning_content",
		    json_string(w->thinking));
	if (json_array_size(calls) > 0)
		json_object_set(m, "tool_calls", calls);
	json_decref(calls);
	snprintf(id, sizeof(id), "chatcmpl-%06u", w->number);
	return json_pack("{s:s, s:s, s:I, s:s, s:[{s:i, s:o, s:n, s:s}],"
			 " s:o}", "id", id, "object", "chat.completion",
	    "created", (json_int_t)r->created, "model", r->a->model,
	    "choices", "index", 0, "message", m, "logprobs",
	    "finish_reason", finish_reason(w), "usage", usage_of(w));
}

/* A chunk with this list of choices. */
static json_t *
chunk(const struct reply *r, json_t *choices)
{
	char id[48];

	snprintf(id, sizeof(id), "chatcmpl-%06u", r->w->number);
	json_t *o = json_pack("{s:s, s:s, s:I, s:s, s:o}", "id", id,
	    "object", "chat.completion.chunk",
	    "created", (json_int_t)r->created, "model", r->a->model,
	    "choices", choices);
	if (r->usage)
		json_object_set_new(o, "usage", json_null());
	return o;
}

static void
put_delta(const struct reply *r, json_t *delta, const char *finish)
{
	json_array_append_new(r->sse, chunk(r, json_pack(
	    "[{s:i, s:o, s:n, s:s?}]", "index", 0, "delta", delta,
	    "logprobs", "finish_reason", finish)));
}

static void
put_text(const struct reply *r, const char *key, const char *text)
{
	json_t *piece;

	while ((piece = answer_piece(&text)) != NULL)
		put_delta(r, json_pack("{s:o}", key, piece), NULL);
}

static void
open_call(const struct reply *r, size_t i)
{
	const json_t *call = json_array_get(r->w->calls, i);
	char id[48];

	call_id(r->w, i, id);
	put_delta(r, json_pack("{s:[{s:i, s:s, s:s, s:{s:s, s:s}}]}",
	    "tool_calls", "index", (int)i, "id", id, "type", "function",
	    "function", "name", jx_word(call, "name"), "arguments", ""),
	    NULL);
}

/* All calls open, their argument pieces taking turns. */
static void
put_calls(const struct reply *r)
{
	size_t n = json_array_size(r->w->calls), left = n;
	const char **at = calloc(n + 1, sizeof(*at));

	for (size_t i = 0; i < n; i++) {
		at[i] = jx_word(json_array_get(r->w->calls, i), "arguments");
		open_call(r, i);
	}
	while (left > 0) {
		left = 0;
		for (size_t i = 0; i < n; i++) {
			json_t *piece = answer_piece(&at[i]);
			if (piece == NULL)
				continue;
			left++;
			put_delta(r, json_pack("{s:[{s:i, s:{s:o}}]}",
			    "tool_calls", "index", (int)i, "function",
			    "arguments", piece), NULL);
		}
	}
	free(at);
}

static json_t *
stream_rule(const struct reply *r)
{
	put_delta(r, json_pack("{s:s, s:s}", "role", "assistant",
	    "content", ""), NULL);
	json_array_append_new(r->sse, json_pack("{s:s}", "comment",
	    "PROCESSING"));
	if (r->w->reasons)
		put_text(r, "reasoning_content", r->w->thinking);
	put_text(r, "content", r->w->text);
	put_calls(r);
	put_delta(r, json_object(), finish_reason(r->w));
	if (r->usage) {
		json_t *last = chunk(r, json_array());
		json_object_set_new(last, "usage", usage_of(r->w));
		json_array_append_new(r->sse, last);
	}
	json_array_append_new(r->sse, json_pack("{s:s}", "data", "[DONE]"));
	return json_pack("{s:O}", "sse", r->sse);
}

static void
note_issued(const struct answer *w, struct fake *f)
{
	char id[48];

	for (size_t i = 0; w->reasons && i < json_array_size(w->calls); i++) {
		call_id(w, i, id);
		issued_call(&f->issued, id, w->thinking);
	}
}

json_t *
talk_chat(const json_t *body, size_t bytes, struct fake *f)
{
	struct answer w;
	struct ask a;

	read_ask(&a, body, bytes, f->compat);
	answer_plan(&w, &a, f);
	note_issued(&w, f);
	struct reply r = { .w = &w, .a = &a, .sse = json_array(),
	    .created = time(NULL) };
	r.usage = json_is_true(json_object_get(json_object_get(body,
	    "stream_options"), "include_usage"));
	json_t *rule = a.stream ? stream_rule(&r) :
	    json_pack("{s:o}", "body", whole_reply(&r));
	json_decref(r.sse);
	answer_free(&w);
	ask_free(&a);
	return rule;
}
