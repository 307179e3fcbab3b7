/* Answers of OpenAI's APIs, right ones and odd ones. */
#include "fuzz_openai.h"

#include <stdio.h>
#include <string.h>

#include "jx.h"

enum { ITEMS = 5, PIECE = 24 };

static const char *const texts[] = {
	"", " ", "Hello", "caf\xc3\xa9", "\xf0\x9f\x99\x82", "\n\n", "END",
	"<think>Hm.</think>So", "<thi", "A longer piece of text, sent in "
	"several deltas.", "\\u00e9 \"quoted\"", "{\"a\":1}", NULL,
};

static const char *const inputs[] = {
	"", "{}", "{\"city\":\"Oslo\",\"days\":[1,2,3]}", "[1]", "null",
	"{\"city\":\"caf\xc3\xa9 \xf0\x9f\x99\x82\"}", "{\"city\":", "Oslo",
	"{\"city\":\"Oslo\"}{\"city\":\"Rome\"}", " {\"a\": 1} ", NULL,
};

/* Names that the requests have tools for, and others. */
static const char *const names[] = {
	"get_weather", "Read", "get_weather", "Read", "made_up", "", NULL,
};

static json_t *
some_text(struct dice *d)
{
	return json_sprintf("%s%s%s", dice_word(d, texts),
	    dice_word(d, texts), dice_word(d, texts));
}

/* An id, which may have been given to another one. */
static json_t *
some_id(struct dice *d, const char *prefix)
{
	static const char *const odd[] = {
		"", "a b", "call_\xc3\xa9", "x", NULL };

	if (dice_chance(d, 4))
		return json_string(dice_word(d, odd));
	return json_sprintf("%s_%04u", prefix,
	    (unsigned)dice_below(d, dice_chance(d, 5) ? 2 : 10000));
}

/* So many in a hundred of these keys are missing. */
static void
forget(struct dice *d, json_t *object, const char *key, unsigned percent)
{
	if (dice_chance(d, percent))
		json_object_del(object, key);
}

/* Mostly once, now and then not at all or twice. */
static void
say(struct stream *s, struct dice *d, json_t *event)
{
	const char *type = jx_str(event, "type");
	static const char *const known[] = {
		"response.created", "response.completed", "error",
		"response.output_item.added", "response.output_item.done",
		"response.output_text.delta", NULL };
	const char *name = NULL;

	for (size_t i = 0; type != NULL && known[i] != NULL; i++)
		if (strcmp(known[i], type) == 0)
			name = known[i];
	if (dice_chance(d, 1))
		stream_add(s, name, json_incref(event));
	if (dice_chance(d, 98))
		stream_add(s, name, event);
	else
		json_decref(event);
}

/* Takes the events of n streams by turns; each keeps its order. */
static void
interleave(struct stream *to, struct dice *d, struct stream *from, size_t n)
{
	size_t at[ITEMS] = { 0 }, left = 0, i = 0;
	bool ordered = dice_chance(d, 40);

	for (size_t k = 0; k < n; k++)
		left += from[k].count;
	while (left > 0) {
		if (!ordered)
			i = dice_below(d, n);
		if (at[i] == from[i].count) {
			i = (i + 1) % n;
			continue;
		}
		stream_add_text(to, from[i].list[at[i]].name,
		    (struct span){ from[i].list[at[i]].data,
			from[i].list[at[i]].n });
		at[i]++;
		left--;
	}
}

static void
add_end(struct stream *s, struct dice *d)
{
	static const char *const errors[] = {
		"{\"type\":\"error\",\"code\":\"server_error\",\"message\":"
		"\"no\",\"param\":null}",
		"{\"error\":{\"message\":\"no\",\"code\":429}}",
		"{\"error\":\"model not loaded\"}",
		"{\"object\":\"error\",\"message\":\"no\",\"code\":500}",
		"{\"type\":\"response.failed\",\"response\":{\"status\":"
		"\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\","
		"\"message\":\"slow\"}}}",
		NULL,
	};

	if (dice_chance(d, 3))
		stream_add_text(s, dice_chance(d, 50) ? "error" : NULL,
		    span_of(dice_word(d, errors)));
	if (dice_chance(d, 2))
		stream_add_text(s, NULL, SPAN("[DONE]"));
}

/* --- Responses: items ------------------------------------------------------- */

static json_t *
annotation(struct dice *d)
{
	return json_pack("{s:s,s:s,s:s,s:I,s:I}", "type", dice_chance(d, 80) ?
	    "url_citation" : "file_citation", "url", "https://example.net/a",
	    "title", "A", "start_index", (json_int_t)dice_between(d, -1, 20),
	    "end_index", (json_int_t)dice_between(d, -1, 40));
}

static json_t *
part(struct dice *d)
{
	json_t *p;

	if (dice_chance(d, 10))
		return json_pack("{s:s,s:o}", "type", "refusal", "refusal",
		    some_text(d));
	p = json_pack("{s:s,s:o,s:[]}", "type", "output_text", "text",
	    some_text(d), "annotations");
	if (dice_chance(d, 15))
		json_array_append_new(json_object_get(p, "annotations"),
		    annotation(d));
	return p;
}

static json_t *
message_item(struct dice *d)
{
	json_t *content = json_array();

	for (size_t n = dice_below(d, 4); n > 0; n--)
		json_array_append_new(content, part(d));
	return json_pack("{s:s,s:o,s:s,s:s,s:o}", "type", "message", "id",
	    some_id(d, "msg"), "role", "assistant", "status", "completed",
	    "content", content);
}

static json_t *
reasoning_item(struct dice *d)
{
	json_t *summary = json_array(), *item;

	for (size_t n = dice_below(d, 3); n > 0; n--)
		json_array_append_new(summary, json_pack("{s:s,s:o}", "type",
		    "summary_text", "text", some_text(d)));
	item = json_pack("{s:s,s:o,s:o,s:s}", "type", "reasoning", "id",
	    some_id(d, "rs"), "summary", summary, "encrypted_content",
	    "gAAAAAB");
	if (dice_chance(d, 25))
		json_object_set_new(item, "content", json_pack("[{s:s,s:o}]",
		    "type", "reasoning_text", "text", some_text(d)));
	forget(d, item, "encrypted_content", 30);
	return item;
}

static json_t *
call_item(struct dice *d)
{
	bool custom = dice_chance(d, 10);
	json_t *item = json_pack("{s:s,s:o,s:o,s:s,s:s,s:s}", "type",
	    custom ? "custom_tool_call" : "function_call", "id",
	    some_id(d, "fc"), "call_id", some_id(d, "call"), "name",
	    dice_word(d, names), custom ? "input" : "arguments",
	    dice_word(d, inputs), "status", "completed");

	forget(d, item, "call_id", 3);
	forget(d, item, "name", 3);
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
	    some_id(d, "ws"), "status", dice_chance(d, 80) ? "completed" :
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
		    some_id(d, "mcp"));
	case 4:
	case 5:
	case 6:
		return call_item(d);
	default:
		return message_item(d);
	}
}

/* --- Responses: events ------------------------------------------------------ */

/* An event of an item, placed by its indexes and ids, or not. */
static json_t *
placed(struct dice *d, const char *type, size_t at, const json_t *item)
{
	json_t *e = json_pack("{s:s,s:I,s:O?,s:i}", "type", type,
	    "output_index", (json_int_t)at, "item_id", json_object_get(item,
	    "id"), "sequence_number", 0);

	forget(d, e, "output_index", 3);
	forget(d, e, "item_id", 3);
	return e;
}

static void
say_item(struct stream *s, struct dice *d, const char *type, size_t at,
    json_t *item)
{
	json_t *e = placed(d, type, at, item);

	json_object_del(e, "item_id");
	json_object_set_new(e, "item", item);
	say(s, d, e);
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
		size_t n = stream_piece(d, p, PIECE);

		e = placed(d, type, at, item);
		if (index != NULL && dice_chance(d, 97))
			json_object_set_new(e, index,
			    json_integer((json_int_t)sub));
		json_object_set_new(e, "delta", json_stringn(p, n));
		say(s, d, e);
		p += n;
	}
	snprintf(type, sizeof(type), "response.%s.done", kind);
	e = placed(d, type, at, item);
	if (index != NULL)
		json_object_set_new(e, index, json_integer((json_int_t)sub));
	json_object_set_new(e, last, json_string(dice_chance(d, 97) ? text :
	    "other"));
	if (dice_chance(d, 90))
		say(s, d, e);
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
	say(s, d, e);
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
			say(s, d, e);
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
		say(s, d, placed(d, "response.web_search_call.completed", at,
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

	for (size_t n = dice_below(d, ITEMS + 1); n > 0; n--)
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
	struct stream parts[ITEMS];
	json_t *items = some_items(d), *item;
	const char *status = dice_word(d, statuses);
	size_t n = json_array_size(items), i;

	say(s, d, json_pack("{s:s,s:o}", "type", "response.created",
	    "response", response(d, "in_progress", json_array())));
	json_array_foreach(items, i, item) {
		stream_init(&parts[i]);
		item_events(&parts[i], d, i, item);
	}
	interleave(s, d, parts, n);
	for (i = 0; i < n; i++)
		stream_free(&parts[i]);
	add_end(s, d);
	if (dice_chance(d, 10))
		json_array_clear(items);
	for (size_t times = dice_chance(d, 3) ? 2 : 1; times > 0; times--)
		say(s, d, json_pack("{s:o,s:o}", "type", json_sprintf(
		    "response.%s", status), "response", response(d, status,
		    json_deep_copy(items))));
	add_end(s, d);
	json_decref(items);
}

/* --- Chat Completions ------------------------------------------------------- */

static const char *const finishes[] = {
	"stop", "stop", "tool_calls", "tool_calls", "length", "content_filter",
	"function_call", "error", "insufficient_system_resource",
	"context_length_exceeded", "unheard_of", NULL,
};

static json_t *
chat_usage(void)
{
	return json_pack("{s:i,s:i,s:i,s:{s:i}}", "prompt_tokens", 40,
	    "completion_tokens", 9, "total_tokens", 49,
	    "prompt_tokens_details", "cached_tokens", 7);
}

/* A chunk with this delta (absent: none), which it takes. */
static void
say_delta(struct stream *s, struct dice *d, json_t *delta)
{
	json_t *choice = json_pack("{s:i,s:o?,s:n}", "index",
	    dice_chance(d, 1) ? 1 : 0, dice_chance(d, 2) ? "message" :
	    "delta", delta, "finish_reason");
	json_t *chunk = json_pack("{s:s,s:s,s:I,s:s,s:[o]}", "id",
	    "chatcmpl-1", "object", "chat.completion.chunk", "created",
	    (json_int_t)1795000000, "model", "served", "choices", choice);

	forget(d, choice, "index", 2);
	forget(d, chunk, "id", 2);
	if (dice_chance(d, 3))
		json_object_set_new(choice, "finish_reason",
		    json_string(dice_chance(d, 30) ? "stop" : ""));
	if (dice_chance(d, 3))
		json_object_set_new(chunk, "usage", dice_chance(d, 50) ?
		    chat_usage() : json_null());
	say(s, d, chunk);
}

static void
text_deltas(struct stream *s, struct dice *d, const char *key)
{
	json_t *text = some_text(d);

	for (const char *p = json_string_value(text); *p != '\0';) {
		size_t n = stream_piece(d, p, PIECE);
		json_t *v = json_stringn(p, n);

		if (dice_chance(d, 5))
			v = json_pack("[{s:s,s:o}]", "type", "text", "text",
			    v);
		say_delta(s, d, json_pack("{s:o}", key, v));
		p += n;
	}
	json_decref(text);
}

static void
detail_deltas(struct stream *s, struct dice *d)
{
	static const char *const kinds[] = {
		"reasoning.text", "reasoning.summary", "reasoning.encrypted",
		"unheard_of", NULL };
	static const char *const keys[] = { "text", "summary", "data", NULL };

	for (size_t n = dice_below(d, 4); n > 0; n--)
		say_delta(s, d, json_pack("{s:[{s:s,s:i,s:o}]}",
		    "reasoning_details", "type", dice_word(d, kinds), "index",
		    (int)dice_below(d, 3), dice_word(d, keys),
		    some_text(d)));
}

static void
say_call(struct stream *s, struct dice *d, size_t index, const char *id,
    const char *name, json_t *arguments)
{
	json_t *function = json_pack("{s:s?,s:o}", "name", name, "arguments",
	    arguments);
	json_t *call = json_pack("{s:I,s:s?,s:s,s:o}", "index",
	    (json_int_t)index, "id", id, "type", "function", "function",
	    function);

	if (name == NULL)
		forget(d, function, "name", 80);
	forget(d, call, "index", 4);
	forget(d, call, "type", 30);
	forget(d, call, "id", id == NULL ? 80 : 3);
	if (dice_chance(d, 2))
		say_delta(s, d, json_pack("{s:o}", "function_call",
		    json_incref(function)));
	say_delta(s, d, json_pack("{s:[o]}", "tool_calls", call));
}

/* A call's pieces, the odd ones of 3.2 among them. */
static void
call_deltas(struct stream *s, struct dice *d, size_t index)
{
	const char *text = dice_word(d, inputs), *name = dice_word(d, names);
	json_t *id = some_id(d, "call");
	bool repeats = dice_chance(d, 10), zero = dice_chance(d, 5);
	const char *word = json_string_value(id);
	json_t *tree = json_loads(text, 0, NULL);

	if (zero)
		index = 0;
	if (tree != NULL && dice_chance(d, 5)) {
		say_call(s, d, index, word, name, json_incref(tree));
	} else if (strlen(name) > 2 && dice_chance(d, 5)) {
		char head[3] = { name[0], name[1], '\0' };

		say_call(s, d, index, word, head, json_string(""));
		say_call(s, d, index, NULL, name + 2, json_string(text));
	} else {
		say_call(s, d, index, word, dice_chance(d, 97) ? name : NULL,
		    dice_chance(d, 10) ? json_null() : json_string(""));
		for (const char *p = text; *p != '\0';) {
			size_t n = stream_piece(d, p, PIECE);

			say_call(s, d, index, repeats ? word : NULL,
			    repeats ? name : NULL, json_stringn(p, n));
			p += n;
		}
		if (dice_chance(d, 5))
			say_call(s, d, index, NULL, NULL, json_string(text));
	}
	json_decref(tree);
	json_decref(id);
}

static void
chat_part(struct stream *s, struct dice *d, size_t at)
{
	switch (dice_below(d, 10)) {
	case 0:
		text_deltas(s, d, "reasoning_content");
		break;
	case 1:
		text_deltas(s, d, "reasoning");
		break;
	case 2:
		detail_deltas(s, d);
		break;
	case 3:
		text_deltas(s, d, dice_chance(d, 20) ? "refusal" : "content");
		break;
	case 4:
		say_delta(s, d, dice_chance(d, 50) ? NULL : json_pack(
		    "{s:[{s:s,s:o}]}", "annotations", "type", "url_citation",
		    "url_citation", annotation(d)));
		break;
	case 5:
	case 6:
	case 7:
		call_deltas(s, d, at);
		break;
	default:
		text_deltas(s, d, "content");
	}
}

static void
chat_end(struct stream *s, struct dice *d)
{
	json_t *choice = json_pack("{s:i,s:{},s:s}", "index", 0, "delta",
	    "finish_reason", dice_word(d, finishes));

	forget(d, choice, "delta", 10);
	if (dice_chance(d, 92))
		say(s, d, json_pack("{s:s,s:[O]}", "id", "chatcmpl-1",
		    "choices", choice));
	json_decref(choice);
	if (dice_chance(d, 5))
		say_delta(s, d, json_pack("{s:s}", "content", "late"));
	add_end(s, d);
	if (dice_chance(d, 60))
		say(s, d, json_pack("{s:[],s:o}", "choices", "usage",
		    chat_usage()));
	if (dice_chance(d, 90))
		stream_add_text(s, NULL, SPAN("[DONE]"));
	add_end(s, d);
}

void
fuzz_chat_stream(struct stream *s, struct dice *d)
{
	struct stream parts[ITEMS];
	size_t n = dice_below(d, ITEMS + 1);

	if (dice_chance(d, 10))
		stream_add(s, NULL, json_pack("{s:[],s:[]}", "choices",
		    "prompt_filter_results"));
	say_delta(s, d, json_pack("{s:s,s:s}", "role", "assistant", "content",
	    ""));
	for (size_t i = 0; i < n; i++) {
		stream_init(&parts[i]);
		chat_part(&parts[i], d, i);
	}
	interleave(s, d, parts, n);
	for (size_t i = 0; i < n; i++)
		stream_free(&parts[i]);
	chat_end(s, d);
}

static json_t *
chat_calls(struct dice *d)
{
	json_t *list = json_array();

	for (size_t n = dice_below(d, 4); n > 0; n--) {
		const char *text = dice_word(d, inputs);
		json_t *tree = dice_chance(d, 10) ? json_loads(text, 0, NULL) :
		    NULL;
		json_t *call = json_pack("{s:o,s:s,s:{s:s,s:o}}", "id",
		    some_id(d, "call"), "type", "function", "function",
		    "name", dice_word(d, names), "arguments", tree != NULL ?
		    tree : json_string(text));

		forget(d, call, "id", 5);
		forget(d, call, "type", 5);
		json_array_append_new(list, call);
	}
	return list;
}

json_t *
fuzz_chat_whole(struct dice *d)
{
	static const char *const fields[] = {
		"reasoning_content", "reasoning", "refusal", NULL };
	json_t *m = json_pack("{s:s,s:o}", "role", "assistant", "content",
	    dice_chance(d, 80) ? some_text(d) : json_null());

	if (dice_chance(d, 40))
		json_object_set_new(m, dice_word(d, fields), some_text(d));
	if (dice_chance(d, 50))
		json_object_set_new(m, "tool_calls", chat_calls(d));
	return json_pack("{s:s,s:s,s:I,s:s,s:[{s:i,s:o,s:s}],s:o}", "id",
	    "chatcmpl-1", "object", "chat.completion", "created",
	    (json_int_t)1795000000, "model", "served", "choices", "index", 0,
	    "message", m, "finish_reason", dice_word(d, finishes), "usage",
	    chat_usage());
}
