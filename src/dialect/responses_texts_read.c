/*
 * Reasoning and messages of a Responses upstream: texts in parts, streamed or
 * whole.
 */
#include "dialect/responses_output_items.h"

/* --- reasoning ------------------------------------------------------ */

/* One of the two texts of an item, whichever comes first. */
static void
think(struct output *out, struct output_item *i, bool raw, long part,
    struct span text)
{
	if (text.n == 0 || (i->some && i->raw != raw))
		return;
	output_open_block(out, i, BLOCK_THINKING);
	if (i->some && i->part != part)
		flow_delta(out->r->flow, i->lane, SPAN("\n\n"));
	i->some = true;
	i->raw = raw;
	i->part = part;
	flow_delta(out->r->flow, i->lane, text);
}

/* The whole text of a part, which counts only if no piece of it came. */
static void
think_whole(struct output *out, struct output_item *i, bool raw, long part,
    struct span text)
{
	if (!i->some || part > i->part)
		think(out, i, raw, part, text);
}

void
output_thought(struct output *out, struct output_place at, bool raw,
    struct span text, bool whole)
{
	struct output_item *i = output_item_of(out, at, ITEM_REASONING);
	long part = at.part >= 0 ? at.part : i->part;

	if (i->done)
		return;
	if (whole)
		think_whole(out, i, raw, part, text);
	else
		think(out, i, raw, part, text);
}

void
output_end_reasoning(struct output *out, struct output_item *i,
    const json_t *node)
{
	const json_t *summary = jget_array(node, "summary");
	const json_t *content = jget_array(node, "content");
	struct seal seal = { .kind = SEAL_RESPONSES };
	size_t k;
	json_t *part;

	json_array_foreach(summary, k, part)
		think_whole(out, i, false, (long)k, jget_span(part, "text"));
	json_array_foreach(content, k, part)
		think_whole(out, i, true, (long)k, jget_span(part, "text"));
	seal.id = jget_span(node, "id");
	if (seal.id.n == 0)
		seal.id = i->id;
	seal.data = jget_span(node, "encrypted_content");
	seal.raw = i->some && i->raw;
	output_open_block(out, i, BLOCK_THINKING);
	flow_seal(out->r->flow, i->lane, &seal);
	output_close_block(out, i);
}

/* --- messages ------------------------------------------------------- */

/* Send the citations whose text is there; at the part's end all of them. */
static void
send_early(struct output *out, struct output_item *i, bool end)
{
	struct span text = buf_span(&i->text);

	while (i->early != NULL && text.n > 0) {
		struct cite *c = &i->early->cite;

		if (!end && (size_t)c->end > text.n)
			return;
		openai_push_cite(out->r, i->lane, c, text);
		i->early = i->early->next;
	}
}

static void
keep_early(struct output *out, struct output_item *i, const struct cite *cite)
{
	struct pool *pool = out->r->pool;
	struct early_cite *e = pool_new(pool, struct early_cite);

	e->cite = *cite;
	e->cite.url = pool_span(pool, cite->url);
	e->cite.title = pool_span(pool, cite->title);
	if (i->early == NULL)
		i->early_end = &i->early;
	*i->early_end = e;
	i->early_end = &e->next;
}

/* One annotation of the open part. */
static void
annotate(struct output *out, struct output_item *i, const json_t *annotation)
{
	struct cite cite;

	i->cites++;
	if (!openai_read_cite(annotation, &cite)) {
		request_lost(out->r->req, "citation_dropped", NULL);
		return;
	}
	if (i->early == NULL && i->text.n > 0)
		openai_push_cite(out->r, i->lane, &cite, buf_span(&i->text));
	else
		keep_early(out, i, &cite);
}

static void
close_part(struct output *out, struct output_item *i)
{
	send_early(out, i, true);
	if (i->refusal) {
		out->refused = true;
		buf_put(&out->refusal, buf_span(&i->text));
	}
	output_close_block(out, i);
	if (i->text.n > 0 && i->part >= i->ended)
		i->ended = i->part + 1;
	buf_reset(&i->text);
	i->refusal = false;
}

/* Make a part the one that is written to. */
static void
enter_part(struct output *out, struct output_item *i, long part, bool refusal)
{
	if (i->part == part && i->refusal == refusal)
		return;
	if (i->text.n > 0 || refusal != i->refusal)
		close_part(out, i);
	i->part = part;
	i->refusal = refusal;
	i->cites = 0;
	i->early = NULL;
}

static void
write_text(struct output *out, struct output_item *i, struct span text)
{
	if (text.n == 0)
		return;
	output_open_block(out, i, i->refusal ? BLOCK_REFUSAL : BLOCK_TEXT);
	flow_delta(out->r->flow, i->lane, text);
	buf_put(&i->text, text);
	send_early(out, i, false);
}

void
output_text(struct output *out, struct output_place at, bool refusal,
    struct span text, bool whole)
{
	struct output_item *i = output_item_of(out, at, ITEM_MESSAGE);
	long part = at.part >= 0 ? at.part : i->part;

	if (i->done || (whole && part < i->ended))
		return;
	enter_part(out, i, part, refusal);
	write_text(out, i, whole ? output_rest(&i->text, text) : text);
}

void
output_citation(struct output *out, struct output_place at,
    const json_t *annotation)
{
	struct output_item *i = output_item_of(out, at, ITEM_MESSAGE);
	long part = at.part >= 0 ? at.part : i->part;

	if (i->done || part < i->ended) {
		request_lost(out->r->req, "citation_dropped", NULL);
		return;
	}
	enter_part(out, i, part, false);
	annotate(out, i, annotation);
}

/* A part with its final text and annotations. */
static void
end_part(struct output *out, struct output_item *i, long part,
    const json_t *node)
{
	bool refusal = jget_is(node, "type", "refusal");
	const json_t *annotations = jget_array(node, "annotations");
	struct span text = jget_span(node, refusal ? "refusal" : "text");

	if (part < i->ended)
		return;
	if (refusal || jget_is(node, "type", "output_text") ||
	    jget_is(node, "type", "text")) {
		enter_part(out, i, part, refusal);
		write_text(out, i, output_rest(&i->text, text));
		for (size_t k = i->cites; k < json_array_size(annotations); k++)
			annotate(out, i, json_array_get(annotations, k));
	}
	close_part(out, i);
	i->ended = part + 1;
}

void
output_part(struct output *out, struct output_place at, const json_t *part)
{
	struct output_item *i = output_find(out, at.index, at.id);

	/* Reasoning has parts as well; they end with their item. */
	if (i == NULL || i->kind != ITEM_MESSAGE || i->done)
		return;
	end_part(out, i, at.part >= 0 ? at.part : i->part, part);
}

void
output_end_message(struct output *out, struct output_item *i,
    const json_t *node)
{
	const json_t *content = jget(node, "content");
	size_t k;
	json_t *part;

	if (json_is_string(content) && i->ended == 0) {
		enter_part(out, i, 0, false);
		write_text(out, i, output_rest(&i->text, jspan(content)));
	}
	json_array_foreach(content, k, part)
		end_part(out, i, (long)k, part);
	close_part(out, i);
}
