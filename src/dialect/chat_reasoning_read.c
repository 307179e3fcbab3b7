#include "dialect/chat_reasoning_read.h"

#include "base/buf.h"

/* A text that may be a list of texts, or of {"text":...}. */
static struct span
text_of(struct pool *pool, const json_t *v)
{
	struct span text = jspan(v);
	struct buf b;
	size_t i;
	json_t *one;

	if (!json_is_array(v))
		return text;
	buf_init(&b, 0);
	json_array_foreach(v, i, one)
		buf_put(&b, json_is_string(one) ? jspan(one) :
		    jget_span(one, "text"));
	text = pool_span(pool, buf_span(&b));
	buf_free(&b);
	return text;
}

/* The readable texts among details; others are encrypted. */
static struct span
text_in_details(struct pool *pool, const json_t *details)
{
	struct span text;
	struct buf b;
	size_t i;
	json_t *one;

	buf_init(&b, 0);
	json_array_foreach(details, i, one) {
		if (jget_is(one, "type", "reasoning.text"))
			buf_put(&b, jget_span(one, "text"));
		else if (jget_is(one, "type", "reasoning.summary"))
			buf_put(&b, jget_span(one, "summary"));
	}
	text = pool_span(pool, buf_span(&b));
	buf_free(&b);
	return text;
}

struct chat_reasoning
chat_reasoning_of(struct pool *pool, const json_t *message)
{
	static const char *const fields[] = { "reasoning_content", "reasoning" };
	struct chat_reasoning r = { SPAN_NONE, SPAN_NONE };

	r.text = text_in_details(pool, jget_array(message,
	    "reasoning_details"));
	if (r.text.n > 0)
		return r;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		r.text = text_of(pool, jget(message, fields[i]));
		if (r.text.n > 0) {
			r.field = span_of(fields[i]);
			return r;
		}
	}
	return r;
}

/* --- details -------------------------------------------------------- */

/* The entry that a piece continues, or NULL. */
static json_t *
entry_of(const json_t *list, const json_t *piece)
{
	const json_t *index = jget(piece, "index");
	size_t n = json_array_size(list);
	json_t *found = NULL, *one;

	for (size_t i = 0; i < n; i++) {
		one = json_array_get(list, i);
		/* Without numbers only neighbours can belong together. */
		if ((index != NULL || i + 1 == n) &&
		    span_eq(jget_span(one, "type"), jget_span(piece, "type")) &&
		    (index == NULL ? jget(one, "index") == NULL :
		    json_equal(jget(one, "index"), index)))
			found = one;
	}
	return found;
}

static void
append_text(json_t *entry, const char *key, const json_t *more)
{
	const json_t *known = jget(entry, key);
	struct buf b;

	buf_init(&b, 0);
	buf_put(&b, jspan(known));
	buf_put(&b, jspan(more));
	json_object_set_new(entry, key, json_stringn(buf_str(&b), b.n));
	buf_free(&b);
}

static void
merge(json_t *entry, json_t *piece)
{
	const char *key;
	json_t *v;

	json_object_foreach(piece, key, v) {
		bool grows = strcmp(key, "text") == 0 ||
		    strcmp(key, "summary") == 0 || strcmp(key, "data") == 0;

		if (json_is_null(v))
			continue;
		if (grows && json_is_string(v))
			append_text(entry, key, v);
		else
			json_object_set_new(entry, key, json_deep_copy(v));
	}
}

void
chat_details_add(json_t *into, const json_t *list, bool whole)
{
	size_t i;
	json_t *piece;

	json_array_foreach(list, i, piece) {
		json_t *entry = whole ? NULL : entry_of(into, piece);

		if (json_is_object(entry) && json_is_object(piece))
			merge(entry, piece);
		else
			json_array_append_new(into, json_deep_copy(piece));
	}
}
