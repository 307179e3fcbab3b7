#include "dialect/responses_output_items.h"

static const struct {
	const char *type;
	enum item_kind kind;
} kinds[] = {
	{ "reasoning",		ITEM_REASONING },
	{ "message",		ITEM_MESSAGE },
	{ "function_call",	ITEM_CALL },
	{ "custom_tool_call",	ITEM_FREEFORM },
	{ "web_search_call",	ITEM_SEARCH },
};

static void
free_output(void *arg)
{
	struct output *out = arg;

	for (struct output_item *i = out->items; i != NULL; i = i->next)
		buf_free(&i->text);
	buf_free(&out->refusal);
	buf_free(&out->key);
}

void
output_init(struct output *out, struct reader *r)
{
	out->r = r;
	buf_init(&out->refusal, 0);
	buf_init(&out->key, 0);
	pool_defer(r->pool, free_output, out);
}

/* --- finding items -------------------------------------------------- */

static enum item_kind
kind_of(const json_t *node)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (jget_is(node, "type", kinds[i].type))
			return kinds[i].kind;
	return ITEM_UNKNOWN;
}

/*
 * What items are looked up by. Of several with one key the newest is found,
 * so a number counts those of a kind.
 */
enum by { BY_INDEX, BY_ID, BY_BOTH, BY_KIND_INDEX, BY_KIND_ID, BY_NUMBER };

/* The key is in out->key up to the next one. */
static struct span
key_of(struct output *out, enum by by, enum item_kind kind, long n,
    struct span id)
{
	buf_reset(&out->key);
	buf_printf(&out->key, "%d %d %ld ", (int)by, (int)kind, n);
	buf_put(&out->key, id);
	return buf_span(&out->key);
}

static struct output_item *
look_up(struct output *out, enum by by, enum item_kind kind, long n,
    struct span id)
{
	return words_get(&out->by_key, key_of(out, by, kind, n, id));
}

static void
enter(struct output *out, enum by by, enum item_kind kind, long n,
    struct span id, struct output_item *i)
{
	words_put(&out->by_key, out->r->pool, pool_span(out->r->pool,
	    key_of(out, by, kind, n, id)), i);
}

static void
enter_item(struct output *out, struct output_item *i)
{
	enter(out, BY_INDEX, ITEM_UNKNOWN, i->index, SPAN_NONE, i);
	enter(out, BY_KIND_INDEX, i->kind, i->index, SPAN_NONE, i);
	enter(out, BY_NUMBER, i->kind, out->counts[i->kind]++, SPAN_NONE, i);
	if (i->id.n == 0)
		return;
	enter(out, BY_ID, ITEM_UNKNOWN, 0, i->id, i);
	enter(out, BY_BOTH, ITEM_UNKNOWN, i->index, i->id, i);
	enter(out, BY_KIND_ID, i->kind, 0, i->id, i);
}

/* Most events are about the newest item. */
static bool
is_meant(const struct output_item *i, long index, struct span id)
{
	if (i == NULL || (index >= 0 && i->index != index))
		return false;
	return id.n == 0 || span_eq(i->id, id);
}

struct output_item *
output_find(struct output *out, long index, struct span id)
{
	struct output_item *found = NULL;

	if (is_meant(out->newest, index, id))
		return out->newest;
	if (id.n > 0)
		found = index < 0 ?
		    look_up(out, BY_ID, ITEM_UNKNOWN, 0, id) :
		    look_up(out, BY_BOTH, ITEM_UNKNOWN, index, id);
	if (found == NULL)
		found = index < 0 ? out->newest :
		    look_up(out, BY_INDEX, ITEM_UNKNOWN, index, SPAN_NONE);
	return found;
}

static struct output_item *
add(struct output *out, enum item_kind kind, long index, struct span id)
{
	struct output_item *i = pool_new(out->r->pool, struct output_item);
	struct output_item *last = out->newest;

	i->kind = kind;
	i->index = index;
	if (index < 0)
		i->index = last == NULL ? 0 : last->index + 1;
	i->id = pool_span(out->r->pool, id);
	buf_init(&i->text, 0);
	if (last == NULL)
		out->items = i;
	else
		last->next = i;
	out->newest = i;
	enter_item(out, i);
	return i;
}

static void end_item(struct output *out, struct output_item *i,
    const json_t *node);

/*
 * The item of a piece. One that was never announced is made from it, and ends
 * an unannounced one before, whose end may not be announced either.
 */
struct output_item *
output_item_of(struct output *out, struct output_place at, enum item_kind kind)
{
	struct output_item *i = output_find(out, at.index, at.id);
	struct output_item *last = out->newest;

	if (i != NULL && i->kind == kind)
		return i;
	if (last != NULL && !last->announced &&
	    (last->kind == ITEM_REASONING || last->kind == ITEM_MESSAGE))
		end_item(out, last, NULL);
	return add(out, kind, at.index, at.id);
}

/* The item that a node is the end of. */
static struct output_item *
item_of_end(struct output *out, long index, const json_t *node)
{
	struct span id = jget_span(node, "id");
	enum item_kind kind = kind_of(node);
	struct output_item *i = output_find(out, index, id);

	/* One that is over already is the same only by its id. */
	if (i != NULL && i->kind == kind && (!i->done || span_eq(i->id, id)))
		return i;
	return add(out, kind, index, id);
}

void
output_open_block(struct output *out, struct output_item *i,
    enum block_kind kind)
{
	if (i->open)
		return;
	i->lane = out->lanes++;
	i->open = true;
	flow_open(out->r->flow, i->lane, kind);
}

void
output_close_block(struct output *out, struct output_item *i)
{
	if (i->open)
		flow_close(out->r->flow, i->lane);
	i->open = false;
}

/* The text of which `sent` is the beginning, without it. */
struct span
output_rest(const struct buf *sent, struct span whole)
{
	if (!span_eq(span_head(whole, sent->n), buf_span(sent)))
		return SPAN_NONE;
	return span_from(whole, sent->n);
}

/* --- items ---------------------------------------------------------- */

void
output_added(struct output *out, long index, const json_t *node)
{
	enum item_kind kind = kind_of(node);
	struct output_item *i = output_find(out, index, jget_span(node, "id"));

	/* Its pieces may have come first. */
	if (i == NULL || i->announced || i->done || i->kind != kind)
		i = add(out, kind, index, jget_span(node, "id"));
	i->announced = true;
	/* Whatever opens first shows first; these show nothing by opening. */
	if (kind == ITEM_REASONING)
		output_open_block(out, i, BLOCK_THINKING);
	else if (kind == ITEM_MESSAGE)
		output_open_block(out, i, BLOCK_TEXT);
	else if (kind == ITEM_CALL || kind == ITEM_FREEFORM)
		output_name_call(out, i, node);
	if (kind == ITEM_CALL)
		output_open_call(out, i);
}

/* A kind of item that was never asked for. */
static void
skip(struct output *out, struct span type)
{
	request_lost(out->r->req, "item_skipped", "%.*s",
	    SPAN_ARG(type.n > 0 ? span_head(type, 64) : SPAN("unknown")));
}

/* Bring an item to its end; node may be NULL: nothing more is known. */
static void
end_item(struct output *out, struct output_item *i, const json_t *node)
{
	if (i->done)
		return;
	switch (i->kind) {
	case ITEM_REASONING:
		output_end_reasoning(out, i, node);
		break;
	case ITEM_MESSAGE:
		output_end_message(out, i, node);
		break;
	case ITEM_CALL:
		output_end_call(out, i, node);
		break;
	case ITEM_FREEFORM:
		output_end_freeform(out, i, node);
		break;
	case ITEM_SEARCH:
		output_end_search(out, i, node);
		break;
	case ITEM_UNKNOWN:
		skip(out, jget_span(node, "type"));
		break;
	}
	i->done = true;
	buf_free(&i->text);
}

void
output_done(struct output *out, long index, const json_t *node)
{
	if (json_is_object(node))
		end_item(out, item_of_end(out, index, node), node);
}

/*
 * The item that stands at `index` of a whole response: the streamed one with
 * that index or id. Servers that count differently in the two are met by
 * taking the same one of its kind.
 */
static struct output_item *
item_in_whole(struct output *out, long index, const json_t *node, long nth)
{
	struct span id = jget_span(node, "id");
	enum item_kind kind = kind_of(node);
	struct output_item *i;

	i = look_up(out, BY_KIND_INDEX, kind, index, SPAN_NONE);
	if (i == NULL && id.n > 0)
		i = look_up(out, BY_KIND_ID, kind, 0, id);
	if (i == NULL)
		i = look_up(out, BY_NUMBER, kind, nth, SPAN_NONE);
	return i != NULL ? i : add(out, kind, index, id);
}

void
output_all(struct output *out, const json_t *list)
{
	size_t n = json_array_size(list);
	long seen[ITEM_KINDS] = { 0 };
	struct output_item **items = pool_array(out->r->pool,
	    struct output_item *, n + 1);

	/* All are known before the first ends: which call is last counts. */
	for (size_t i = 0; i < n; i++) {
		const json_t *node = json_array_get(list, i);

		if (json_is_object(node))
			items[i] = item_in_whole(out, (long)i, node,
			    seen[kind_of(node)]++);
	}
	for (size_t i = 0; i < n; i++)
		if (items[i] != NULL)
			end_item(out, items[i], json_array_get(list, i));
}

void
output_end(struct output *out)
{
	for (struct output_item *i = out->items; i != NULL; i = i->next)
		end_item(out, i, NULL);
}
