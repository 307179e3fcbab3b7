/* A chat client's side of a conversation, of the kind that sends back
 * reasoning_content and reasoning_details as it got them. */
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
		    "{s:s, s:{s:s, s:s, s:o}}", "type", "function",
		    "function", "name", *t, "description",
		    "A tool of the test.", "parameters", converse_schema()));
	json_t *body = json_pack("{s:s, s:b, s:s, s:o, s:O}",
	    "model", o->model, "stream", (int)o->stream, "reasoning_effort",
	    "high", "tools", tools, "messages", history);
	if (o->stream)
		json_object_set_new(body, "stream_options",
		    json_pack("{s:b}", "include_usage", 1));
	return body;
}

static void
add_user(json_t *history, const char *text)
{
	if (json_array_size(history) == 0)
		json_array_append_new(history, json_pack("{s:s, s:s}",
		    "role", "system", "content", "You test a gateway."));
	json_array_append_new(history, json_pack("{s:s, s:s}", "role",
	    "user", "content", text));
}

static const json_t *
message_of(const json_t *reply)
{
	return json_object_get(jx_at(json_object_get(reply, "choices"), 0),
	    "message");
}

static void
add_reply(const struct converse_opts *o, json_t *history, const json_t *reply)
{
	json_t *m = json_deep_copy(message_of(reply));

	if (json_array_size(json_object_get(m, "tool_calls")) == 0)
		json_object_del(m, "tool_calls");
	else if (jx_is(m, "content", ""))
		json_object_set_new(m, "content", json_null());
	json_object_del(m, "refusal");
	if (o->forget) {
		json_object_del(m, "reasoning_content");
		json_object_del(m, "reasoning_details");
	}
	json_array_append_new(history, m);
}

static json_t *
result_content(const struct converse_opts *o, const char *text)
{
	struct bytes url = { 0 };

	if (!o->image)
		return json_string(text);
	bytes_printf(&url, "data:image/png;base64,%s", converse_png);
	json_t *parts = json_pack("[{s:s, s:s}, {s:s, s:{s:s}}]", "type",
	    "text", "text", text, "type", "image_url", "image_url", "url",
	    url.p);
	bytes_free(&url);
	return parts;
}

static void
add_results(const struct converse_opts *o, json_t *history,
    const json_t *calls, const char *text)
{
	json_t *call;
	size_t i;

	json_array_foreach(calls, i, call)
		json_array_append_new(history, json_pack("{s:s, s:s, s:o}",
		    "role", "tool", "tool_call_id", jx_word(call, "id"),
		    "content", result_content(o, text)));
}

static json_t *
calls_of(const json_t *reply)
{
	json_t *calls = json_array(), *call;
	size_t i;

	json_array_foreach(json_object_get(message_of(reply), "tool_calls"),
	    i, call) {
		const json_t *f = json_object_get(call, "function");
		json_array_append_new(calls, json_pack("{s:s, s:s, s:s}",
		    "id", jx_word(call, "id"), "name", jx_word(f, "name"),
		    "arguments", jx_word(f, "arguments")));
	}
	return calls;
}

static json_t *
text_of(const json_t *reply)
{
	return json_string(jx_word(message_of(reply), "content"));
}

static int
read_asked(const char *bytes, size_t n, json_t **reply, char *why,
    size_t nwhy)
{
	return grammar_chat_read(bytes, n, 1, reply, why, nwhy);
}

const struct converse_api converse_chat = {
	.name = "chat", .path = "/v1/chat/completions",
	.model = "claude-opus-5-5", .request = request, .add_user = add_user,
	.add_reply = add_reply, .add_results = add_results,
	.read = read_asked, .whole = grammar_chat_whole,
	.calls = calls_of, .text = text_of,
};
