/* A Claude client's side of a conversation. */
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
		json_array_append_new(tools, json_pack("{s:s, s:s, s:o}",
		    "name", *t, "description", "A tool of the test.",
		    "input_schema", converse_schema()));
	return json_pack("{s:s, s:i, s:b, s:s, s:o, s:{s:s}, s:O}",
	    "model", o->model, "max_tokens", 4096, "stream", (int)o->stream,
	    "system", "You test a gateway.", "tools", tools,
	    "thinking", "type", "adaptive", "messages", history);
}

static void
add_user(json_t *history, const char *text)
{
	json_array_append_new(history, json_pack("{s:s, s:[{s:s, s:s}]}",
	    "role", "user", "content", "type", "text", "text", text));
}

static bool
is_thinking(const json_t *block)
{
	return jx_is(block, "type", "thinking") ||
	    jx_is(block, "type", "redacted_thinking");
}

/* The content as it came, as SDK users send it back. */
static void
add_reply(const struct converse_opts *o, json_t *history, const json_t *reply)
{
	json_t *content = json_array(), *block;
	size_t i;

	json_array_foreach(json_object_get(reply, "content"), i, block)
		if (!o->forget || !is_thinking(block))
			json_array_append(content, block);
	json_array_append_new(history, json_pack("{s:s, s:o}", "role",
	    "assistant", "content", content));
}

static json_t *
result_content(const struct converse_opts *o, const char *text)
{
	if (!o->image)
		return json_string(text);
	return json_pack("[{s:s, s:s}, {s:s, s:{s:s, s:s, s:s}}]",
	    "type", "text", "text", text, "type", "image", "source",
	    "type", "base64", "media_type", "image/png",
	    "data", converse_png);
}

/* Results in the order they finished: the last call first. */
static void
add_results(const struct converse_opts *o, json_t *history,
    const json_t *calls, const char *text)
{
	json_t *content = json_array(), *call;
	size_t i;

	json_array_foreach(calls, i, call)
		json_array_insert_new(content, 0, json_pack(
		    "{s:s, s:s, s:o}", "type", "tool_result", "tool_use_id",
		    jx_word(call, "id"), "content", result_content(o, text)));
	json_array_append_new(history, json_pack("{s:s, s:o}", "role",
	    "user", "content", content));
}

static json_t *
calls_of(const json_t *reply)
{
	json_t *calls = json_array(), *block;
	size_t i;

	json_array_foreach(json_object_get(reply, "content"), i, block) {
		if (!jx_is(block, "type", "tool_use"))
			continue;
		char *input = jx_text(json_object_get(block, "input"));
		json_array_append_new(calls, json_pack("{s:s, s:s, s:s}",
		    "id", jx_word(block, "id"), "name",
		    jx_word(block, "name"), "arguments", input));
		free(input);
	}
	return calls;
}

static json_t *
text_of(const json_t *reply)
{
	struct bytes b = { 0 };
	json_t *block;
	size_t i;

	json_array_foreach(json_object_get(reply, "content"), i, block)
		if (jx_is(block, "type", "text"))
			bytes_puts(&b, jx_word(block, "text"));
	json_t *text = json_stringn(b.p != NULL ? b.p : "", b.n);
	bytes_free(&b);
	return text;
}

const struct converse_api converse_messages = {
	.name = "messages", .path = "/v1/messages", .model = "claude-x",
	.claude = true, .request = request, .add_user = add_user,
	.add_reply = add_reply, .add_results = add_results,
	.read = grammar_messages_read, .whole = grammar_messages_whole,
	.calls = calls_of, .text = text_of,
};
