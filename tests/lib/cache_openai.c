/* OpenAI's prompt cache. */
#include "cache_openai.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "jx.h"

enum { LEAST = 1024, STEP = 128, BYTES_PER_TOKEN = 4, LIFE = 300 };

void
cache_openai_init(struct cache_openai *c)
{
	c->prompts = json_object();
}

void
cache_openai_free(struct cache_openai *c)
{
	json_decref(c->prompts);
}

/* What the model reads, in its order. */
static void
put_prompt(struct buf *b, const json_t *body)
{
	static const char *const keys[] = {
		"tools", "instructions", "messages", "input", NULL };

	for (const char *const *key = keys; *key != NULL; key++) {
		char *text = jx_text(json_object_get(body, *key));

		if (text != NULL)
			buf_put(b, span_of(text));
		free(text);
	}
}

static size_t
common(const char *a, size_t na, const char *b, size_t nb)
{
	size_t n = 0;

	while (n < na && n < nb && a[n] == b[n])
		n++;
	return n;
}

/* The prompt that has most in common with this one: how much. */
static size_t
find(json_t *list, struct span prompt, long now, json_t **best)
{
	json_t *kept;
	size_t i, most = 0;

	*best = NULL;
	json_array_foreach(list, i, kept) {
		const json_t *text = json_object_get(kept, "text");
		size_t n = common(json_string_value(text),
		    json_string_length(text), prompt.p, prompt.n);

		if (n > most && json_integer_value(json_object_get(kept,
		    "until")) > now) {
			most = n;
			*best = kept;
		}
	}
	return most;
}

/* How many bytes are found; the prompt is kept from now on. */
static size_t
take(json_t *list, struct span prompt, long now)
{
	json_t *best, *until = json_integer(now + LIFE);
	size_t found = find(list, prompt, now, &best);
	json_t *text = json_stringn(prompt.p, prompt.n);

	if (best != NULL)
		json_object_set(best, "until", until);
	/* But for the last bracket it is in the new one. */
	if (best != NULL && found + 1 >= json_string_length(json_object_get(
	    best, "text")))
		json_object_set(best, "text", text);
	else
		json_array_append_new(list, json_pack("{s:O,s:O}", "text",
		    text, "until", until));
	json_decref(text);
	json_decref(until);
	return found;
}

long
cache_openai_take(struct cache_openai *c, const json_t *body, long now,
    long *tokens)
{
	struct buf key, prompt;
	json_t *list;
	long found;

	buf_init(&key, 0);
	buf_init(&prompt, 0);
	buf_put(&key, span_of(jx_word(body, "model")));
	buf_put(&key, SPAN("/"));
	buf_put(&key, span_of(jx_word(body, "prompt_cache_key")));
	put_prompt(&prompt, body);
	list = json_object_get(c->prompts, buf_str(&key));
	if (list == NULL) {
		list = json_array();
		json_object_set_new(c->prompts, buf_str(&key), list);
	}
	found = (long)(take(list, buf_span(&prompt), now) / BYTES_PER_TOKEN /
	    STEP * STEP);
	*tokens = (long)(prompt.n / BYTES_PER_TOKEN);
	buf_free(&key);
	buf_free(&prompt);
	return found < LEAST ? 0 : found;
}
