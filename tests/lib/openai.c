/* Answers of OpenAI's. */
#include "openai.h"

#include <stdio.h>
#include <string.h>

#include "jx.h"

enum { PIECE = 40, CREATED = 1795000000 };

/* The next piece of a text as a value; NULL at its end. */
static json_t *
next_piece(struct dice *d, const char **text)
{
	size_t most = strlen(*text) > 40UL * PIECE ? strlen(*text) / 8 : PIECE;
	size_t n = stream_piece(d, *text, most);
	json_t *piece = **text == '\0' ? NULL : json_stringn(*text, n);

	*text += n;
	return piece;
}

/* --- Responses --------------------------------------------------------------- */

/* Takes the reference. */
static void
say(struct stream *s, const char *type, json_t *event)
{
	json_object_set_new(event, "type", json_string(type));
	json_object_set_new(event, "sequence_number",
	    json_integer((json_int_t)s->count));
	stream_add(s, type, event);
}

static json_t *
response(const char *id, const char *status, json_t *output,
    const struct openai_usage *u)
{
	json_t *usage = u == NULL ? json_null() :
	    json_pack("{s:I,s:{s:I},s:I,s:{s:i},s:I}", "input_tokens",
	    (json_int_t)u->input, "input_tokens_details", "cached_tokens",
	    (json_int_t)u->cached, "output_tokens", (json_int_t)u->output,
	    "output_tokens_details", "reasoning_tokens", 0, "total_tokens",
	    (json_int_t)u->input + u->output);

	return json_pack("{s:{s:s,s:s,s:i,s:s,s:n,s:n,s:s,s:o,s:o}}",
	    "response", "id", id, "object", "response", "created_at", CREATED,
	    "status", status, "error", "incomplete_details", "model",
	    "served", "output", output, "usage", usage);
}

/* An item as it is announced: with nothing in it yet. */
static json_t *
announced(const json_t *item)
{
	json_t *copy = json_copy((json_t *)item);

	if (jx_is(item, "type", "message"))
		json_object_set_new(copy, "content", json_array());
	else if (jx_is(item, "type", "reasoning"))
		json_object_set_new(copy, "summary", json_array());
	else
		json_object_set_new(copy, "arguments", json_string(""));
	if (jx_has(item, "encrypted_content"))
		json_object_set_new(copy, "encrypted_content",
		    json_string(""));
	return copy;
}

/* What is inside an item, and the events that bring it. */
static const struct inside {
	const char	*type;
	const char	*parts;		/* NULL: the item has one text */
	const char	*text;		/* its key */
	const char	*events, *index;
} insides[] = {
	{ "reasoning", "summary", "text", "reasoning_summary_text",
	    "summary_index" },
	{ "message", "content", "text", "output_text", "content_index" },
	{ "function_call", NULL, "arguments", "function_call_arguments",
	    NULL },
};

/* Deltas of one text, and its end; it stands in `from`. */
static void
say_text(struct stream *s, struct dice *d, const struct inside *in,
    const json_t *place, const json_t *from)
{
	const char *left = jx_word(from, in->text);
	char type[64];
	json_t *piece, *event;

	snprintf(type, sizeof(type), "response.%s.delta", in->events);
	while ((piece = next_piece(d, &left)) != NULL) {
		event = json_copy((json_t *)place);
		json_object_set_new(event, "delta", piece);
		say(s, type, event);
	}
	snprintf(type, sizeof(type), "response.%s.done", in->events);
	event = json_copy((json_t *)place);
	json_object_set(event, in->text, json_object_get(from, in->text));
	say(s, type, event);
}

static void
say_inside(struct stream *s, struct dice *d, const json_t *item, size_t at)
{
	const struct inside *in = insides;
	json_t *place = json_pack("{s:s,s:i}", "item_id", jx_word(item, "id"),
	    "output_index", (int)at), *part;
	size_t i;

	while (!jx_is(item, "type", in->type))
		in++;
	if (in->parts == NULL)
		say_text(s, d, in, place, item);
	else
		json_array_foreach(json_object_get(item, in->parts), i, part) {
			json_object_set_new(place, in->index,
			    json_integer((json_int_t)i));
			say_text(s, d, in, place, part);
		}
	json_decref(place);
}

void
openai_responses_stream(struct stream *s, struct dice *d, const char *id,
    const json_t *output, const struct openai_usage *usage)
{
	json_t *item;
	size_t i;

	say(s, "response.created", response(id, "in_progress", json_array(),
	    NULL));
	json_array_foreach(output, i, item) {
		say(s, "response.output_item.added", json_pack("{s:i,s:o}",
		    "output_index", (int)i, "item", announced(item)));
		say_inside(s, d, item, i);
		say(s, "response.output_item.done", json_pack("{s:i,s:O}",
		    "output_index", (int)i, "item", item));
	}
	say(s, "response.completed", response(id, "completed",
	    json_deep_copy(output), usage));
}

/* --- chat -------------------------------------------------------------------- */

static void
say_chunk(struct stream *s, const char *id, json_t *delta, const char *finish)
{
	stream_add(s, NULL, json_pack("{s:s,s:s,s:i,s:s,s:[{s:i,s:o,s:s?}]}",
	    "id", id, "object", "chat.completion.chunk", "created", CREATED,
	    "model", "served", "choices", "index", 0, "delta", delta,
	    "finish_reason", finish));
}

static void
say_field(struct stream *s, struct dice *d, const char *id,
    const json_t *message, const char *key)
{
	const char *left = jx_word(message, key);
	json_t *piece;

	while ((piece = next_piece(d, &left)) != NULL)
		say_chunk(s, id, json_pack("{s:o}", key, piece), NULL);
}

static void
say_call(struct stream *s, struct dice *d, const char *id, const json_t *call,
    size_t at)
{
	const json_t *function = json_object_get(call, "function");
	const char *left = jx_word(function, "arguments");
	json_t *piece;

	say_chunk(s, id, json_pack("{s:[{s:i,s:s,s:s,s:{s:s,s:s}}]}",
	    "tool_calls", "index", (int)at, "id", jx_word(call, "id"), "type",
	    "function", "function", "name", jx_word(function, "name"),
	    "arguments", ""), NULL);
	while ((piece = next_piece(d, &left)) != NULL)
		say_chunk(s, id, json_pack("{s:[{s:i,s:{s:o}}]}", "tool_calls",
		    "index", (int)at, "function", "arguments", piece), NULL);
}

void
openai_chat_stream(struct stream *s, struct dice *d, const char *id,
    const json_t *message, const struct openai_usage *u)
{
	const json_t *calls = json_object_get(message, "tool_calls");
	json_t *call;
	size_t i;

	say_chunk(s, id, json_pack("{s:s}", "role", "assistant"), NULL);
	say_field(s, d, id, message, "reasoning_content");
	say_field(s, d, id, message, "content");
	json_array_foreach(calls, i, call)
		say_call(s, d, id, call, i);
	say_chunk(s, id, json_object(), json_array_size(calls) > 0 ?
	    "tool_calls" : "stop");
	stream_add(s, NULL, json_pack("{s:s,s:s,s:i,s:s,s:[],s:{s:I,s:{s:I},"
		      "s:I,s:I}}", "id", id, "object",
	    "chat.completion.chunk", "created", CREATED, "model", "served",
	    "choices", "usage", "prompt_tokens", (json_int_t)u->input,
	    "prompt_tokens_details", "cached_tokens", (json_int_t)u->cached,
	    "completion_tokens", (json_int_t)u->output, "total_tokens",
	    (json_int_t)u->input + u->output));
	stream_add_text(s, NULL, SPAN("[DONE]"));
}
