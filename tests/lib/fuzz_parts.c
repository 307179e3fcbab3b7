/* What the odd answers of both OpenAI APIs are made of. */
#include "fuzz_parts.h"

#include <string.h>

#include "jx.h"

static const char *const texts[] = {
	"", " ", "Hello", "caf\xc3\xa9", "\xf0\x9f\x99\x82", "\n\n", "END",
	"<think>Hm.</think>So", "<thi", "A longer piece of text, sent in "
	"several deltas.", "\\u00e9 \"quoted\"", "{\"a\":1}", NULL,
};

const char *const fuzz_inputs[] = {
	"", "{}", "{\"city\":\"Oslo\",\"days\":[1,2,3]}", "[1]", "null",
	"{\"city\":\"caf\xc3\xa9 \xf0\x9f\x99\x82\"}", "{\"city\":", "Oslo",
	"{\"city\":\"Oslo\"}{\"city\":\"Rome\"}", " {\"a\": 1} ", NULL,
};

/* Names that the requests have tools for, and others. */
const char *const fuzz_names[] = {
	"get_weather", "Read", "get_weather", "Read", "made_up", "", NULL,
};

size_t
fuzz_count(struct dice *d)
{
	return dice_below(d, dice_chance(d, 25) ? FUZZ_ITEMS + 1 : 3);
}

json_t *
fuzz_text(struct dice *d)
{
	return json_sprintf("%s%s%s", dice_word(d, texts),
	    dice_word(d, texts), dice_word(d, texts));
}

/* An id, which may have been given to another one. */
json_t *
fuzz_id(struct dice *d, const char *prefix)
{
	static const char *const odd[] = {
		"", "a b", "call_\xc3\xa9", "x", NULL };

	if (dice_chance(d, 4))
		return json_string(dice_word(d, odd));
	return json_sprintf("%s_%04u", prefix,
	    (unsigned)dice_below(d, dice_chance(d, 5) ? 2 : 10000));
}

/* So many in a hundred of these keys are missing. */
void
fuzz_forget(struct dice *d, json_t *object, const char *key, unsigned percent)
{
	if (dice_chance(d, percent))
		json_object_del(object, key);
}

/* Mostly once, now and then not at all or twice. */
void
fuzz_say(struct stream *s, struct dice *d, json_t *event)
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
void
fuzz_interleave(struct stream *to, struct dice *d, struct stream *from, size_t n)
{
	size_t at[FUZZ_ITEMS] = { 0 }, left = 0, i = 0;
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

void
fuzz_end(struct stream *s, struct dice *d)
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

json_t *
fuzz_annotation(struct dice *d)
{
	return json_pack("{s:s,s:s,s:s,s:I,s:I}", "type", dice_chance(d, 80) ?
	    "url_citation" : "file_citation", "url", "https://example.net/a",
	    "title", "A", "start_index", (json_int_t)dice_between(d, -1, 20),
	    "end_index", (json_int_t)dice_between(d, -1, 40));
}
