/* Answers of Responses, right ones and odd ones. */
#include "fuzz_openai.h"

#include <stdio.h>
#include <string.h>

#include "fuzz_parts.h"
#include "jx.h"

/* --- items ------------------------------------------------------- */

static json_t *
part(struct dice *d)
{
	json_t *p;

	if (dice_chance(d, 10))
		return json_pack("{s:s,s:o}", "type", "refusal", "refusal",
		    fuzz_text(d));
	p = json_pack("{s:s,s:o,s:[]}", "type", "output_text", "text",
	    fuzz_text(d), "annotations");
	if (dice_chance(d, 15))
		json_array_append_new(json_object_get(p, "annotations"),
		    fuzz_annotation(d));
	return p;
}

static json_t *
message_item(struct dice *d)
{
	json_t *content = json_array();

	for (size_t n = dice_below(d, 4); n > 0; n--)
		json_array_append_new(content, part(d));
	return json_pack("{s:s,s:o,s:s,s:s,s:o}", "type", "message", "id",
	    fuzz_id(d, "msg"), "role", "assistant", "status", "completed",
	    "content", content);
}

static json_t *
reasoning_item(struct dice *d)
{
	json_t *summary = json_array(), *item;

	for (size_t n = dice_below(d, 3); n > 0; n--)
		json_array_append_new(summary, json_pack("{s:s,s:o}", "type",
		    "summary_text", "text", fuzz_text(d)));
	item = json_pack("{s:s,s:o,s:o,s:s}", "type", "reasoning", "id",
	    fuzz_id(d, "rs"), "summary", summary, "encrypted_content",
	    "gAAAAAB");
	if (dice_chance(d, 25))
		json_object_set_new(item, "content", json_pack("[{s:s,s:o}]",
		    "type", "reasoning_text", "text", fuzz_text(d)));
	fuzz_forget(d, item, "encrypted_content", 30);
	return item;
}

static json_t *
call_item(struct dice *d)
{
	bool custom = dice_chance(d, 10);
	json_t *item = json_pack("{s:s,s:o,s:o,s:s,s:s,s:s}", "type",
	    custom ? "custom_tool_call" : "function_call", "id",
	    fuzz_id(d, "fc"), "call_id", fuzz_id(d, "call"), "name",
	    dice_word(d, fuzz_names), custom ? "input" : "arguments",
	    dice_word(d, fuzz_inputs), "status", "completed");

	fuzz_forget(d, item, "call_id", 3);
	fuzz_forget(d, item, "name", 3);
	return item;
}

static json_t *
search_item(struct dice *d)
{
	static const char *const actions[] = {
		"{\"type\":\"search\",\"query\":\"rivers\"}",
		"{\"type\":\"search\",\"queries\":[\"a\",\"b\"],\"sources\":"
		"[{\"type\":\"url\",\"url\":\"https://example.net/a\"},"
		"{\"type\":\"api\",\"name\":\"x\"}]}",
		"{\"type\":\"open_page\",\"url\":\"https://example.net/\"}",
		"{}", NULL,
	};

	return json_pack("{s:s,s:o,s:s,s:o}", "type", "web_search_call", "id",
	    fuzz_id(d, "ws"), "status", dice_chance(d, 80) ? "completed" :
	    "failed", "action", json_loads(dice_word(d, actions), 0, NULL));
}

static json_t *
some_item(struct dice *d)
{
	switch (dice_below(d, 10)) {
	case 0:
	case 1:
		return reasoning_item(d);
	case 2:
		return search_item(d);
	case 3:
		return json_pack("{s:s,s:o}", "type", "mcp_call", "id",
		    fuzz_id(d, "mcp"));
	case 4:
	case 5:
	case 6:
		return call_item(d);
	default:
		return message_item(d);
	}
}

/* --- events ------------------------------------------------------ */

/* An event of an item, placed by its indexes and ids, or not. */
static json_t *
placed(struct dice *d, const char *type, size_t at, const json_t *item)
{
	json_t *e = json_pack("{s:s,s:I,s:O?,s:i}", "type", type,
	    "output_index", (json_int_t)at, "item_id", json_object_get(item,
	    "id"), "sequence_number", 0);

	fuzz_forget(d, e, "output_index", 3);
	fuzz_forget(d, e, "item_id", 3);
	return e;
}

static void
say_item(struct stream *s, struct dice *d, const char *type, size_t at,
    json_t *item)
{
	json_t *e = placed(d, type, at, item);

	json_object_del(e, "item_id");
	json_object_set_new(e, "item", item);
	fuzz_say(s, d, e);
}

/* Text in deltas, and a last event that has it whole. */
static void
say_text(struct stream *s, struct dice *d, const char *kind, size_t at,
    const json_t *item, const char *index, size_t sub, const char *last,
    const char *text)
{
	char type[80];
	json_t *e;

	snprintf(type, sizeof(type), "response.%s.delta", kind);
	for (const char *p = text; *p != '\0' && dice_chance(d, 97);) {
		size_t n = stream_piece(d, p, FUZZ_PIECE);

		e = placed(d, type, at, item);
		if (index != NULL && dice_chance(d, 97))
			json_object_set_new(e, index,
			    json_integer((json_int_t)sub));
		json_object_set_new(e, "delta", json_stringn(p, n));
		fuzz_say(s, d, e);
		p += n;
	}
	snprintf(type, sizeof(type), "response.%s.done", kind);
	e = placed(d, type, at, item);
	if (index != NULL)
		json_object_set_new(e, index, json_integer((json_int_t)sub));
	json_object_set_new(e, last, json_string(dice_chance(d, 97) ? text :
	    "other"));
	if (dice_chance(d, 90))
		fuzz_say(s, d, e);
	else
		json_decref(e);
}

static void
say_part(struct stream *s, struct dice *d, const char *type, size_t at,
    const json_t *item, const char *index, size_t sub, json_t *p)
{
	json_t *e = placed(d, type, at, item);

	json_object_set_new(e, index, json_integer((json_int_t)sub));
	json_object_set_new(e, "part", p);
	fuzz_say(s, d, e);
}

static void
say_message(struct stream *s, struct dice *d, size_t at, const json_t *item)
{
	json_t *p, *note;
	size_t i, k;

	json_array_foreach(json_object_get(item, "content"), i, p) {
		bool no = jx_is(p, "type", "refusal");
		const char *key = no ? "refusal" : "text";
		json_t *empty = json_copy(p);

		json_object_set_new(empty, key, json_string(""));
		say_part(s, d, "response.content_part.added", at, item,
		    "content_index", i, empty);
		json_array_foreach(json_object_get(p, "annotations"), k, note) {
			json_t *e = placed(d,
			    "response.output_text.annotation.added", at, item);

			json_object_set_new(e, "content_index",
			    json_integer((json_int_t)i));
			json_object_set(e, "annotation", note);
			fuzz_say(s, d, e);
		}
		say_text(s, d, no ? "refusal" : "output_text", at, item,
		    "content_index", i, key, jx_word(p, key));
		say_part(s, d, "response.content_part.done", at, item,
		    "content_index", i, json_incref(p));
	}
}

static void
say_reasoning(struct stream *s, struct dice *d, size_t at,
    const json_t *item)
{
	json_t *p;
	size_t i;

	json_array_foreach(json_object_get(item, "summary"), i, p) {
		say_part(s, d, "response.reasoning_summary_part.added", at,
		    item, "summary_index", i, json_pack("{s:s,s:s}", "type",
		    "summary_text", "text", ""));
		say_text(s, d, "reasoning_summary_text", at, item,
		    "summary_index", i, "text", jx_word(p, "text"));
		say_part(s, d, "response.reasoning_summary_part.done", at,
		    item, "summary_index", i, json_incref(p));
	}
	json_array_foreach(json_object_get(item, "content"), i, p)
		say_text(s, d, "reasoning_text", at, item, "content_index",
		    i, "text", jx_word(p, "text"));
}

/* An item as it is announced: without what its events bring. */
static json_t *
beginning(const json_t *item)
{
	static const char *const strings[] = { "arguments", "input", NULL };
	static const char *const lists[] = { "content", "summary", NULL };
	json_t *start = json_copy((json_t *)item);

	for (size_t i = 0; strings[i] != NULL; i++)
		if (jx_has(start, strings[i]))
			json_object_set_new(start, strings[i],
			    json_string(""));
	for (size_t i = 0; lists[i] != NULL; i++)
		if (jx_has(start, lists[i]))
			json_object_set_new(start, lists[i], json_array());
	json_object_set_new(start, "status", json_string("in_progress"));
	return start;
}

static void
item_events(struct stream *s, struct dice *d, size_t at, const json_t *item)
{
	if (dice_chance(d, 94))
		say_item(s, d, "response.output_item.added", at,
		    beginning(item));
	if (jx_is(item, "type", "message"))
		say_message(s, d, at, item);
	else if (jx_is(item, "type", "reasoning"))
		say_reasoning(s, d, at, item);
	else if (jx_is(item, "type", "function_call"))
		say_text(s, d, "function_call_arguments", at, item, NULL, 0,
		    "arguments", jx_word(item, "arguments"));
	else if (jx_is(item, "type", "custom_tool_call"))
		say_text(s, d, "custom_tool_call_input", at, item, NULL, 0,
		    "input", jx_word(item, "input"));
	else if (jx_is(item, "type", "web_search_call"))
		fuzz_say(s, d, placed(d, "response.web_search_call.completed", at,
		    item));
	if (dice_chance(d, 94))
		say_item(s, d, "response.output_item.done", at,
		    json_deep_copy(item));
}

static json_t *
response(struct dice *d, const char *status, json_t *output)
{
	static const char *const reasons[] = {
		"max_output_tokens", "max_output_tokens", "content_filter",
		"steered", NULL };
	json_t *r = json_pack("{s:s,s:s,s:I,s:s,s:s,s:o,s:n,s:n,s:n}", "id",
	    "resp_1", "object", "response", "created_at",
	    (json_int_t)1795000000, "status", status, "model",
	    "gpt-5.6-served", "output", output, "error",
	    "incomplete_details", "usage");

	if (strcmp(status, "incomplete") == 0)
		json_object_set_new(r, "incomplete_details", json_pack(
		    "{s:s}", "reason", dice_word(d, reasons)));
	if (strcmp(status, "failed") == 0)
		json_object_set_new(r, "error", json_pack("{s:s,s:s}", "code",
		    "server_error", "message", "It failed."));
	if (dice_chance(d, 80))
		json_object_set_new(r, "usage", json_pack("{s:i,s:{s:i},s:i,"
			      "s:{s:i},s:i}", "input_tokens", 40,
		    "input_tokens_details", "cached_tokens", 7,
		    "output_tokens", 9, "output_tokens_details",
		    "reasoning_tokens", 3, "total_tokens", 49));
	return r;
}

static json_t *
some_items(struct dice *d)
{
	json_t *list = json_array();

	for (size_t n = fuzz_count(d); n > 0; n--)
		json_array_append_new(list, some_item(d));
	return list;
}

static const char *const statuses[] = {
	"completed", "completed", "completed", "completed", "completed",
	"incomplete", "incomplete", "failed", "cancelled", NULL,
};

json_t *
fuzz_responses_whole(struct dice *d)
{
	const char *status = dice_word(d, statuses);

	return response(d, status, some_items(d));
}

void
fuzz_responses_stream(struct stream *s, struct dice *d)
{
	struct stream parts[FUZZ_ITEMS];
	json_t *items = some_items(d), *item;
	const char *status = dice_word(d, statuses);
	size_t n = json_array_size(items), i;

	fuzz_say(s, d, json_pack("{s:s,s:o}", "type", "response.created",
	    "response", response(d, "in_progress", json_array())));
	json_array_foreach(items, i, item) {
		stream_init(&parts[i]);
		item_events(&parts[i], d, i, item);
	}
	fuzz_interleave(s, d, parts, n);
	for (i = 0; i < n; i++)
		stream_free(&parts[i]);
	fuzz_end(s, d);
	if (dice_chance(d, 10))
		json_array_clear(items);
	for (size_t times = dice_chance(d, 3) ? 2 : 1; times > 0; times--)
		fuzz_say(s, d, json_pack("{s:o,s:o}", "type", json_sprintf(
		    "response.%s", status), "response", response(d, status,
		    json_deep_copy(items))));
	fuzz_end(s, d);
	json_decref(items);
}
