/* Answers of Claude's. */
#include "claude.h"

#include <stdlib.h>
#include <string.h>

#include "jx.h"

enum { PIECE = 40 };	/* the most bytes of a delta, usually */

static json_t *
usage(const struct claude_answer *a, long output)
{
	return json_pack("{s:I,s:I,s:I,s:{s:I,s:i},s:I,s:{s:i},s:n,s:s}",
	    "input_tokens", (json_int_t)a->input,
	    "cache_creation_input_tokens", (json_int_t)a->written,
	    "cache_read_input_tokens", (json_int_t)a->cached,
	    "cache_creation", "ephemeral_5m_input_tokens",
	    (json_int_t)a->written, "ephemeral_1h_input_tokens", 0,
	    "output_tokens", (json_int_t)output, "output_tokens_details",
	    "thinking_tokens", 0, "server_tool_use", "service_tier",
	    "standard");
}

static json_t *
message(const struct claude_answer *a, json_t *content, const char *stop)
{
	json_t *m = json_pack("{s:s,s:s,s:s,s:s,s:o,s:s?,s:n,s:n,s:o}",
	    "id", a->id, "type", "message", "role", "assistant", "model",
	    "claude-served", "content", content, "stop_reason", stop,
	    "stop_sequence", "stop_details", "usage",
	    usage(a, stop == NULL ? 1 : 42));

	if (stop != NULL && strcmp(stop, "refusal") == 0)
		json_object_set_new(m, "stop_details", json_pack("{s:s,s:s,"
			      "s:s}", "type", "refusal", "category", "cyber",
		    "explanation", "This was declined."));
	return m;
}

json_t *
claude_message(const struct claude_answer *a)
{
	return message(a, json_deep_copy(a->content), a->stop);
}

/* --- events --------------------------------------------------------------- */

static void
add_delta(struct stream *s, size_t index, const char *type, const char *key,
    json_t *value)
{
	stream_add(s, "content_block_delta", json_pack("{s:s,s:i,s:{s:s,s:o}}",
	    "type", "content_block_delta", "index", (int)index, "delta",
	    "type", type, key, value));
}

static void
add_pieces(struct stream *s, struct dice *d, size_t index, const char *type,
    const char *key, const char *text)
{
	size_t most = strlen(text) > 40UL * PIECE ? strlen(text) / 8 : PIECE;

	while (*text != '\0') {
		size_t n = stream_piece(d, text, most);

		add_delta(s, index, type, key, json_stringn(text, n));
		text += n;
	}
}

static void
add_input(struct stream *s, struct dice *d, size_t index, const json_t *block)
{
	char *text = jx_text(json_object_get(block, "input"));

	if (strcmp(text, "{}") != 0)
		add_pieces(s, d, index, "input_json_delta", "partial_json",
		    text);
	free(text);
}

static void
add_cites(struct stream *s, size_t index, const json_t *block)
{
	json_t *cite;
	size_t i;

	json_array_foreach(json_object_get(block, "citations"), i, cite)
		add_delta(s, index, "citations_delta", "citation",
		    json_incref(cite));
}

static void
add_deltas(struct stream *s, struct dice *d, size_t index,
    const json_t *block)
{
	const char *type = jx_word(block, "type");

	if (strcmp(type, "text") == 0) {
		add_pieces(s, d, index, "text_delta", "text",
		    jx_word(block, "text"));
		add_cites(s, index, block);
	} else if (strcmp(type, "thinking") == 0) {
		add_pieces(s, d, index, "thinking_delta", "thinking",
		    jx_word(block, "thinking"));
		add_delta(s, index, "signature_delta", "signature",
		    json_string(jx_word(block, "signature")));
	} else if (strcmp(type, "tool_use") == 0 ||
	    strcmp(type, "server_tool_use") == 0) {
		add_input(s, d, index, block);
	}
}

/* A block as it begins: without what its deltas bring. */
static json_t *
beginning(const json_t *block)
{
	static const char *const later[] = {
		"text", "thinking", "signature", NULL };
	json_t *start = json_copy((json_t *)block);

	for (const char *const *key = later; *key != NULL; key++)
		if (jx_has(start, *key))
			json_object_set_new(start, *key, json_string(""));
	if (jx_has(start, "input"))
		json_object_set_new(start, "input", json_object());
	if (jx_has(start, "citations"))
		json_object_set_new(start, "citations", json_null());
	return start;
}

void
claude_stream(struct stream *s, struct dice *d, const struct claude_answer *a)
{
	json_t *block, *delta;
	size_t i;

	stream_add(s, "message_start", json_pack("{s:s,s:o}", "type",
	    "message_start", "message", message(a, json_array(), NULL)));
	json_array_foreach(a->content, i, block) {
		stream_add(s, "content_block_start", json_pack(
		    "{s:s,s:i,s:o}", "type", "content_block_start", "index",
		    (int)i, "content_block", beginning(block)));
		add_deltas(s, d, i, block);
		stream_add(s, "content_block_stop", json_pack("{s:s,s:i}",
		    "type", "content_block_stop", "index", (int)i));
		if (dice_chance(d, 5))
			stream_add(s, "ping", json_pack("{s:s}", "type",
			    "ping"));
	}
	delta = message(a, json_array(), a->stop);
	stream_add(s, "message_delta", json_pack("{s:s,s:{s:O,s:n,s:O},s:O}",
	    "type", "message_delta", "delta", "stop_reason",
	    json_object_get(delta, "stop_reason"), "stop_sequence",
	    "stop_details", json_object_get(delta, "stop_details"), "usage",
	    json_object_get(delta, "usage")));
	json_decref(delta);
	stream_add(s, "message_stop", json_pack("{s:s}", "type",
	    "message_stop"));
}

/* --- content -------------------------------------------------------------- */

static json_t *
some_text(struct dice *d)
{
	static const char *const words[] = {
		"", " ", "Hello", "\n\n", "END", "caf\xc3\xa9",
		"\xf0\x9f\x99\x82", " \"quoted\" ", "\\u00e9", "\t",
		("A longer piece of text that is sent in several deltas, as "
		 "answers are."),
		NULL,
	};

	return json_sprintf("%s%s%s", dice_word(d, words),
	    dice_word(d, words), dice_word(d, words));
}

static json_t *
cited_text(struct dice *d)
{
	return json_pack("{s:s,s:o,s:[{s:s,s:s,s:s,s:s,s:s}]}", "type",
	    "text", "text", some_text(d), "citations", "type",
	    "web_search_result_location", "url", "https://example.net/a",
	    "title", "A", "encrypted_index", "x", "cited_text", "Hello");
}

static json_t *
thinking(struct dice *d)
{
	return json_pack("{s:s,s:o,s:s}", "type", "thinking", "thinking",
	    dice_chance(d, 70) ? some_text(d) : json_string(""), "signature",
	    dice_chance(d, 90) ? "EqQBCkYIBxgCKkD" : "");
}

static json_t *
call(struct dice *d, const char *const *names)
{
	static const char *const inputs[] = {
		"{}", "{\"input\":\"free text\"}", "{\"input\":7}",
		"{\"city\":\"Oslo\",\"days\":[1,2,3]}",
		"{\"text\":\"a \\\"b\\\" \xc3\xa9\"}", NULL,
	};

	return json_pack("{s:s,s:o,s:s,s:o,s:{s:s}}", "type", "tool_use",
	    "id", json_sprintf("toolu_%04u", (unsigned)dice_below(d, 10000)),
	    "name", dice_word(d, names), "input",
	    json_loads(dice_word(d, inputs), 0, NULL), "caller", "type",
	    "direct");
}

static json_t *
search_result(struct dice *d)
{
	if (dice_chance(d, 30))
		return json_pack("{s:s,s:s,s:{s:s,s:s}}", "type",
		    "web_search_tool_result", "tool_use_id", "srvtoolu_1",
		    "content", "type", "web_search_tool_result_error",
		    "error_code", "max_uses_exceeded");
	return json_pack("{s:s,s:s,s:[{s:s,s:s,s:s,s:s}]}", "type",
	    "web_search_tool_result", "tool_use_id", "srvtoolu_1", "content",
	    "type", "web_search_result", "url", "https://example.net/a",
	    "title", "A", "encrypted_content", "x");
}

json_t *
claude_content(struct dice *d, size_t most, const char *const *names)
{
	json_t *list = json_array();

	for (size_t n = dice_below(d, most + 1); n > 0; n--) {
		switch (dice_below(d, 12)) {
		case 0:
		case 1:
			json_array_append_new(list, thinking(d));
			break;
		case 2:
			json_array_append_new(list, json_pack("{s:s,s:s}",
			    "type", "redacted_thinking", "data", "AAAA"));
			break;
		case 3:
			json_array_append_new(list, cited_text(d));
			break;
		case 4:
			json_array_append_new(list, json_pack("{s:s,s:s,s:s,"
				      "s:{s:s}}", "type", "server_tool_use", "id",
			    "srvtoolu_1", "name", "web_search", "input",
			    "query", "rivers"));
			json_array_append_new(list, search_result(d));
			break;
		case 5:
			json_array_append_new(list, json_pack("{s:s,s:[]}",
			    "type", "unheard_of", "content"));
			break;
		case 6:
		case 7:
		case 8:
			json_array_append_new(list, call(d, names));
			break;
		default:
			json_array_append_new(list, json_pack("{s:s,s:o,s:n}",
			    "type", "text", "text", some_text(d),
			    "citations"));
		}
	}
	return list;
}
