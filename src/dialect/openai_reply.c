#include "dialect/openai_reply.h"

#include "base/codec.h"
#include "wire/jw.h"

/* --- events --------------------------------------------------------- */

json_t *
openai_event(struct reader *r, struct pool *scratch, struct span data)
{
	struct json_trouble trouble;
	struct fault why;
	json_t *tree = jread(scratch, data, 0, NULL, &trouble);

	if (tree == NULL) {
		fault_clear(&why);
		fault_set(&why, FAULT_BAD_GATEWAY, "",
		    "upstream sent an event that is no JSON");
		flow_fault(r->flow, &why);
	}
	return tree;
}

/* --- ids ------------------------------------------------------------ */

/* Tables hold values; that an id is there is all that counts. */
static void
use_id(struct reader *r, struct openai_ids *ids, struct span id)
{
	words_put(&ids->used, r->pool, id, ids);
}

static void
list_history(struct reader *r, struct openai_ids *ids)
{
	ids->listed = true;
	for (const struct turn *t = r->req->turns; t != NULL; t = t->next)
		for (const struct block *b = t->blocks; b; b = b->next)
			if (b->kind == BLOCK_CALL)
				use_id(r, ids, b->id);
}

static bool
is_used(const void *arg, struct span id)
{
	const struct openai_ids *ids = arg;

	return words_get(&ids->used, id) != NULL;
}

struct span
openai_call_id(struct reader *r, struct openai_ids *ids, struct span id)
{
	struct span given;

	if (!ids->listed)
		list_history(r, ids);
	given = call_id_from_openai(r->pool, id, is_used, ids);
	use_id(r, ids, given);
	return given;
}

bool
openai_id_is_new(struct reader *r, struct openai_ids *ids, struct span id)
{
	if (!ids->listed)
		list_history(r, ids);
	if (is_used(ids, id))
		return false;
	use_id(r, ids, id);
	return true;
}

/* --- arguments ------------------------------------------------------ */

bool
openai_is_object(struct span text)
{
	struct pool *scratch = pool_open();
	struct json_trouble why;
	bool is;

	is = json_is_object(jread(scratch, text, 0, NULL, &why));
	pool_close(scratch);
	return is;
}

/* A text is cut where the reading comes to its end before anything is wrong. */
enum input
openai_input_kind(struct span text)
{
	const size_t flags = JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK;
	json_error_t why;
	json_t *tree;

	if (openai_is_object(text))
		return INPUT_RIGHT;
	tree = json_loadb(text.p, text.n, flags, &why);
	if (tree == NULL && (size_t)why.position == text.n)
		return INPUT_CUT;
	json_decref(tree);
	return INPUT_BROKEN;
}

/* One delta: {"key":"text"}. */
static void
push_wrapped(struct reader *r, long lane, const char *key, struct span text)
{
	struct buf b;
	struct jw w;

	buf_init(&b, 0);
	jw_init(&w, &b);
	jw_obj(&w, NULL);
	jw_str(&w, key, text.p ? text : SPAN(""));
	jw_end(&w);
	flow_delta(r->flow, lane, buf_span(&b));
	buf_free(&b);
}

void
openai_push_arguments(struct reader *r, long lane, struct span arguments)
{
	if (span_blank(arguments)) {
		flow_delta(r->flow, lane, SPAN("{}"));
	} else if (openai_is_object(arguments)) {
		flow_delta(r->flow, lane, arguments);
	} else {
		request_lost(r->req, "arguments_invalid", NULL);
		push_wrapped(r, lane, "__invalid_json", arguments);
	}
}

void
openai_push_freeform(struct reader *r, long lane, struct span input)
{
	request_lost(r->req, "arguments_invalid", NULL);
	push_wrapped(r, lane, "input", input);
}

struct span
openai_arguments(struct pool *pool, const json_t *arguments)
{
	if (!json_is_object(arguments) && !json_is_array(arguments))
		return jspan(arguments);
	return json_text(pool, arguments);
}

/* --- citations ------------------------------------------------------ */

/*
 * Responses:	{"type":"url_citation","start_index":4,"end_index":9,
 *		 "url":...,"title":...}
 * chat:	{"type":"url_citation","url_citation":{"start_index":4,...}}
 */
bool
openai_read_cite(const json_t *annotation, struct cite *cite)
{
	const json_t *o = jget_object(annotation, "url_citation");

	if (o == NULL && !jget_is(annotation, "type", "url_citation"))
		return false;
	if (o == NULL)
		o = annotation;
	*cite = (struct cite){ .start = jget_long(o, "start_index", -1),
	    .end = jget_long(o, "end_index", -1) };
	cite->url = jget_span(o, "url");
	cite->title = jget_span(o, "title");
	return cite->url.n > 0;
}

void
openai_push_cite(struct reader *r, long lane, struct cite *cite,
    struct span text)
{
	size_t from, to;

	cite->text = SPAN("");
	if (cite->start >= 0 && cite->start < cite->end &&
	    (size_t)cite->end <= utf8_count(text)) {
		from = utf8_offset(text, (size_t)cite->start);
		to = utf8_offset(text, (size_t)cite->end);
		cite->text = span_head(span_from(text, from), to - from);
	}
	flow_push(r->flow, &(struct event){ .kind = EVENT_CITE, .lane = lane,
	    .cite = cite });
}

/* --- usage ---------------------------------------------------------- */

struct span
openai_tier(struct span word)
{
	static const char *const fast[] = { "priority", "fast", "ultrafast" };

	if (word.n == 0)
		return SPAN_NONE;
	for (size_t i = 0; i < sizeof(fast) / sizeof(fast[0]); i++)
		if (span_is(word, fast[i]))
			return SPAN("priority");
	return SPAN("standard");
}
