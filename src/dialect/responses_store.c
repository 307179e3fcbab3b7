/*
 * Stored responses: written once when a response ends, read by the requests
 * that go on from it.
 */
#include "dialect/responses_store.h"

#include <stdio.h>

#include "wire/jw.h"

/* Stored values nest a little deeper than the bodies they hold. */
enum { STORED_DEPTH = 1024 };

static struct span
key_of(struct pool *pool, struct span client, struct span id)
{
	return pool_join(pool, client.p != NULL ? client : SPAN(""),
	    SPAN("\x1f"), id);
}

/* The stored value, parsed, and a word on the one before it. */
static struct stored *
load(struct memory *m, struct pool *pool, struct span client, struct span id,
    struct span *previous)
{
	struct span text = memory_get(m, pool, key_of(pool, client, id));
	struct json_trouble trouble;
	struct stored *s;
	json_t *value;

	if (text.p == NULL)
		return NULL;
	value = jread(pool, text, STORED_DEPTH, NULL, &trouble);
	s = pool_new(pool, struct stored);
	s->id = id;
	s->input = jget_array(value, "input");
	s->response = jget_object(value, "response");
	*previous = jget_span(value, "previous");
	return s->response != NULL ? s : NULL;
}

/* An upstream that repeats its ids could make a ring. */
static bool
in_chain(const struct stored *chain, struct span id)
{
	for (; chain != NULL; chain = chain->next)
		if (span_eq(chain->id, id))
			return true;
	return false;
}

struct stored *
stored_chain(struct memory *m, struct pool *pool, struct span client,
    struct span id)
{
	struct stored *chain = NULL, *s;
	struct span previous;

	if (m == NULL)
		return NULL;
	do {
		if (in_chain(chain, id))
			return NULL;
		if ((s = load(m, pool, client, id, &previous)) == NULL)
			return NULL;
		s->next = chain;
		chain = s;
		id = previous;
	} while (id.p != NULL);
	return chain;
}

static json_t *
find_item(json_t *list, struct span id)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (span_eq(jget_span(item, "id"), id))
			return item;
	return NULL;
}

static json_t *
find_in(const struct stored *s, struct span id)
{
	json_t *item = find_item(jget_array(s->response, "output"), id);

	return item != NULL ? item : find_item(s->input, id);
}

/* fc_01AbC_2 is an item of resp_01AbC. */
static struct span
response_of_item(struct pool *pool, struct span id)
{
	struct span rest = id;
	size_t n;

	span_cut(&rest, '_');
	for (n = rest.n; n > 0 && rest.p[n - 1] != '_'; n--)
		continue;
	if (n <= 1)
		return SPAN_NONE;
	return pool_join(pool, SPAN("resp_"), span_head(rest, n - 1),
	    SPAN(""));
}

json_t *
stored_item(struct memory *m, struct pool *pool, struct span client,
    const struct stored *chain, struct span id)
{
	struct span owner = response_of_item(pool, id), previous;
	const struct stored *s;
	json_t *item;

	for (s = chain; s != NULL; s = s->next)
		if ((item = find_in(s, id)) != NULL)
			return item;
	if (m == NULL || owner.p == NULL)
		return NULL;
	s = load(m, pool, client, owner, &previous);
	return s != NULL ? find_in(s, id) : NULL;
}

/* --- writing -------------------------------------------------------- */

/* Item i of the input with an id and a type, if it lacks them. */
static void
put_input_item(struct jw *w, struct pool *pool, struct span suffix, size_t i,
    json_t *item)
{
	struct span id = pool_printf(pool, "in_%.*s_%zu", SPAN_ARG(suffix),
	    i);
	json_t *copy;

	if (jget_is(item, "type", "compaction_trigger"))
		return;
	copy = json_copy(item);
	if (jget_span(copy, "id").n == 0)
		json_object_set_new(copy, "id", json_string(id.p));
	if (jget(copy, "type") == NULL)
		json_object_set_new(copy, "type", json_string("message"));
	jw_json(w, NULL, copy);
	json_decref(copy);
}

static void
put_input(struct jw *w, struct pool *pool, struct span suffix,
    const json_t *input)
{
	json_t *item;
	size_t i;

	jw_arr(w, "input");
	if (json_is_string(input) && json_string_length(input) > 0) {
		jw_obj(w, NULL);
		jw_str(w, "id", pool_printf(pool, "in_%.*s_0",
		    SPAN_ARG(suffix)));
		jw_str(w, "type", SPAN("message"));
		jw_str(w, "role", SPAN("user"));
		jw_arr(w, "content");
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("input_text"));
		jw_str(w, "text", jspan(input));
		jw_end(w);
		jw_end(w);
		jw_end(w);
	}
	json_array_foreach(input, i, item)
		put_input_item(w, pool, suffix, i, item);
	jw_end(w);
}

void
stored_put(struct memory *m, struct pool *pool, struct span client,
    struct span id, const json_t *input, struct span response,
    struct span previous)
{
	struct span suffix = span_from(id, strlen("resp_"));
	struct buf value;
	struct jw w;

	buf_init(&value, 0);
	jw_init(&w, &value);
	jw_obj(&w, NULL);
	put_input(&w, pool, suffix, input);
	jw_raw(&w, "response", response);
	jw_str(&w, "previous", previous);
	jw_end(&w);
	memory_put(m, key_of(pool, client, id), buf_span(&value));
	buf_free(&value);
}

/* --- endpoints ------------------------------------------------------ */

bool
stored_put_response(struct buf *out, struct memory *m, struct pool *pool,
    struct span client, struct span id)
{
	struct span previous;
	struct stored *s = load(m, pool, client, id, &previous);

	if (s != NULL)
		json_put(out, s->response);
	return s != NULL;
}

bool
stored_put_items(struct buf *out, struct memory *m, struct pool *pool,
    struct span client, struct span id)
{
	struct span previous;
	struct stored *s = load(m, pool, client, id, &previous);
	size_t n;
	struct jw w;

	if (s == NULL)
		return false;
	n = json_array_size(s->input);
	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "object", SPAN("list"));
	jw_json(&w, "data", s->input);
	jw_str(&w, "first_id",
	    jget_span(json_array_get(s->input, 0), "id"));
	jw_str(&w, "last_id",
	    jget_span(json_array_get(s->input, n > 0 ? n - 1 : 0), "id"));
	jw_bool(&w, "has_more", false);
	jw_end(&w);
	return true;
}

bool
stored_delete(struct buf *out, struct memory *m, struct pool *pool,
    struct span client, struct span id)
{
	struct jw w;

	if (!memory_drop(m, key_of(pool, client, id)))
		return false;
	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "id", id);
	jw_str(&w, "object", SPAN("response"));
	jw_bool(&w, "deleted", true);
	jw_end(&w);
	return true;
}

int
stored_missing(struct fault *why, struct span id)
{
	return fault_code(why, FAULT_NOT_FOUND, "response_not_found", "",
	    "Response with id '%.*s' not found.", SPAN_ARG(id));
}
