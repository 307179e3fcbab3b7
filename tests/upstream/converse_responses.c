/* A Responses client's side of a conversation: stateless, as Codex is. */
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/grammar.h"
#include "../lib/jx.h"
#include "converse_api.h"

static json_t *
request(const struct converse_opts *o, json_t *history)
{
	json_t *tools = json_array();

	for (const char *const *t = converse_tools; *t != NULL; t++)
		json_array_append_new(tools, json_pack(
		    "{s:s, s:s, s:s, s:o, s:b}", "type", "function",
		    "name", *t, "description", "A tool of the test.",
		    "parameters", converse_schema(), "strict", 0));
	return json_pack("{s:s, s:b, s:s, s:b, s:[s], s:{s:s, s:s}, s:o,"
			 " s:O}", "model", o->model, "stream", (int)o->stream,
	    "instructions", "You test a gateway.", "store", 0,
	    "include", "reasoning.encrypted_content", "reasoning",
	    "effort", "high", "summary", "auto", "tools", tools,
	    "input", history);
}

static void
add_user(json_t *history, const char *text)
{
	json_array_append_new(history, json_pack("{s:s, s:s, s:[{s:s, s:s}]}",
	    "type", "message", "role", "user", "content", "type",
	    "input_text", "text", text));
}

static void
add_reply(const struct converse_opts *o, json_t *history, const json_t *reply)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(reply, "output"), i, item)
		if (!o->forget || !jx_is(item, "type", "reasoning"))
			json_array_append(history, item);
}

static json_t *
output_content(const struct converse_opts *o, const char *text)
{
	struct bytes url = { 0 };

	if (!o->image)
		return json_string(text);
	bytes_printf(&url, "data:image/png;base64,%s", converse_png);
	json_t *parts = json_pack("[{s:s, s:s}, {s:s, s:s}]", "type",
	    "input_text", "text", text, "type", "input_image", "image_url",
	    url.p);
	bytes_free(&url);
	return parts;
}

static void
add_results(const struct converse_opts *o, json_t *history,
    const json_t *calls, const char *text)
{
	for (size_t i = json_array_size(calls); i > 0; i--)
		json_array_append_new(history, json_pack("{s:s, s:s, s:o}",
		    "type", "function_call_output", "call_id",
		    jx_word(jx_at(calls, i - 1), "id"), "output",
		    output_content(o, text)));
}

static json_t *
calls_of(const json_t *reply)
{
	json_t *calls = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(reply, "output"), i, item)
		if (jx_is(item, "type", "function_call"))
			json_array_append_new(calls, json_pack(
			    "{s:s, s:s, s:s}", "id", jx_word(item, "call_id"),
			    "name", jx_word(item, "name"), "arguments",
			    jx_word(item, "arguments")));
	return calls;
}

static json_t *
text_of(const json_t *reply)
{
	struct bytes b = { 0 };
	json_t *item, *part;
	size_t i, k;

	json_array_foreach(json_object_get(reply, "output"), i, item)
		if (jx_is(item, "type", "message"))
			json_array_foreach(json_object_get(item, "content"),
			    k, part)
				bytes_puts(&b, jx_word(part, "text"));
	json_t *text = json_stringn(b.p != NULL ? b.p : "", b.n);
	bytes_free(&b);
	return text;
}

const struct converse_api converse_responses = {
	.name = "responses", .path = "/v1/responses",
	.model = "claude-opus-5-5", .request = request, .add_user = add_user,
	.add_reply = add_reply, .add_results = add_results,
	.read = grammar_responses_read, .whole = grammar_responses_whole,
	.calls = calls_of, .text = text_of,
};
