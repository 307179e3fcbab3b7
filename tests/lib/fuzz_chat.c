/* Answers of Chat Completions, right ones and odd ones. */
#include "fuzz_openai.h"

#include <string.h>

#include "fuzz_parts.h"

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

	fuzz_forget(d, choice, "index", 2);
	fuzz_forget(d, chunk, "id", 2);
	if (dice_chance(d, 3))
		json_object_set_new(choice, "finish_reason",
		    json_string(dice_chance(d, 30) ? "stop" : ""));
	if (dice_chance(d, 3))
		json_object_set_new(chunk, "usage", dice_chance(d, 50) ?
		    chat_usage() : json_null());
	fuzz_say(s, d, chunk);
}

static void
text_deltas(struct stream *s, struct dice *d, const char *key)
{
	json_t *text = fuzz_text(d);

	for (const char *p = json_string_value(text); *p != '\0';) {
		size_t n = stream_piece(d, p, FUZZ_PIECE);
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
		    fuzz_text(d)));
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
		fuzz_forget(d, function, "name", 80);
	fuzz_forget(d, call, "index", 4);
	fuzz_forget(d, call, "type", 30);
	fuzz_forget(d, call, "id", id == NULL ? 80 : 3);
	if (dice_chance(d, 2))
		say_delta(s, d, json_pack("{s:o}", "function_call",
		    json_incref(function)));
	say_delta(s, d, json_pack("{s:[o]}", "tool_calls", call));
}

/* A call's pieces, the odd ones of 3.2 among them. */
static void
call_deltas(struct stream *s, struct dice *d, size_t index)
{
	const char *text = dice_word(d, fuzz_inputs), *name = dice_word(d, fuzz_names);
	json_t *id = fuzz_id(d, "call");
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
			size_t n = stream_piece(d, p, FUZZ_PIECE);

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
		    "url_citation", fuzz_annotation(d)));
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

	fuzz_forget(d, choice, "delta", 10);
	if (dice_chance(d, 92))
		fuzz_say(s, d, json_pack("{s:s,s:[O]}", "id", "chatcmpl-1",
		    "choices", choice));
	json_decref(choice);
	if (dice_chance(d, 5))
		say_delta(s, d, json_pack("{s:s}", "content", "late"));
	fuzz_end(s, d);
	if (dice_chance(d, 60))
		fuzz_say(s, d, json_pack("{s:[],s:o}", "choices", "usage",
		    chat_usage()));
	if (dice_chance(d, 90))
		stream_add_text(s, NULL, SPAN("[DONE]"));
	fuzz_end(s, d);
}

void
fuzz_chat_stream(struct stream *s, struct dice *d)
{
	struct stream parts[FUZZ_ITEMS];
	size_t n = fuzz_count(d);

	if (dice_chance(d, 10))
		stream_add(s, NULL, json_pack("{s:[],s:[]}", "choices",
		    "prompt_filter_results"));
	say_delta(s, d, json_pack("{s:s,s:s}", "role", "assistant", "content",
	    ""));
	for (size_t i = 0; i < n; i++) {
		stream_init(&parts[i]);
		chat_part(&parts[i], d, i);
	}
	fuzz_interleave(s, d, parts, n);
	for (size_t i = 0; i < n; i++)
		stream_free(&parts[i]);
	chat_end(s, d);
}

static json_t *
chat_calls(struct dice *d)
{
	json_t *list = json_array();

	for (size_t n = dice_below(d, 4); n > 0; n--) {
		const char *text = dice_word(d, fuzz_inputs);
		json_t *tree = dice_chance(d, 10) ? json_loads(text, 0, NULL) :
		    NULL;
		json_t *call = json_pack("{s:o,s:s,s:{s:s,s:o}}", "id",
		    fuzz_id(d, "call"), "type", "function", "function",
		    "name", dice_word(d, fuzz_names), "arguments", tree != NULL ?
		    tree : json_string(text));

		fuzz_forget(d, call, "id", 5);
		fuzz_forget(d, call, "type", 5);
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
	    dice_chance(d, 80) ? fuzz_text(d) : json_null());

	if (dice_chance(d, 40))
		json_object_set_new(m, dice_word(d, fields), fuzz_text(d));
	if (dice_chance(d, 50))
		json_object_set_new(m, "tool_calls", chat_calls(d));
	return json_pack("{s:s,s:s,s:I,s:s,s:[{s:i,s:o,s:s}],s:o}", "id",
	    "chatcmpl-1", "object", "chat.completion", "created",
	    (json_int_t)1795000000, "model", "served", "choices", "index", 0,
	    "message", m, "finish_reason", dice_word(d, finishes), "usage",
	    chat_usage());
}
