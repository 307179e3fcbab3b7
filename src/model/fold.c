/*
 * Folding: the events of a flow collected into a whole reply.
 */
#include "model/flow.h"

void
reply_init(struct reply *r, struct pool *pool)
{
	memset(r, 0, sizeof(*r));
	r->pool = pool;
	usage_clear(&r->usage);
	buf_init(&r->text, 0);
}

void
reply_free(struct reply *r)
{
	buf_free(&r->text);
}

static void
fold_open(struct reply *r, const struct event *ev)
{
	struct block *b = block_add(r->pool,
	    r->last == NULL ? &r->blocks : &r->last->next, ev->block);

	b->id = pool_span(r->pool, ev->id);
	b->tool.kind = ev->tool.kind;
	b->tool.space = pool_span(r->pool, ev->tool.space);
	b->tool.name = pool_span(r->pool, ev->tool.name);
	r->last = r->open = b;
	r->cites_end = &b->cites;
	buf_reset(&r->text);
}

/* Text is borrowed from r->text while the block is open. */
static void
show_text(struct block *b, struct span text)
{
	if (b->kind == BLOCK_CALL)
		b->arguments = text;
	else
		b->text = text;
}

struct cite *
cite_copy(struct pool *pool, const struct cite *cite)
{
	struct cite *c = pool_new(pool, struct cite);

	*c = *cite;
	c->next = NULL;
	c->url = pool_span(pool, cite->url);
	c->title = pool_span(pool, cite->title);
	c->text = pool_span(pool, cite->text);
	return c;
}

struct link *
links_copy(struct pool *pool, const struct link *links)
{
	struct link *list = NULL, **end = &list;

	for (; links != NULL; links = links->next) {
		*end = pool_new(pool, struct link);
		(*end)->url = pool_span(pool, links->url);
		(*end)->title = pool_span(pool, links->title);
		end = &(*end)->next;
	}
	return list;
}

static void
fold_cite(struct reply *r, const struct cite *cite)
{
	struct cite *c = cite_copy(r->pool, cite);

	*r->cites_end = c;
	r->cites_end = &c->next;
}

static void
fold_stop(struct reply *r, const struct event *ev)
{
	r->usage = ev->usage;
	r->stop = ev->stop;
	r->stop_sequence = pool_span(r->pool, ev->stop_sequence);
	r->refusal = pool_span(r->pool, ev->refusal);
	r->category = pool_span(r->pool, ev->category);
}

void
reply_fold(struct reply *r, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_BEGIN:
		r->id = pool_span(r->pool, ev->id);
		r->model = pool_span(r->pool, ev->model);
		r->usage = ev->usage;
		break;
	case EVENT_OPEN:
		fold_open(r, ev);
		break;
	case EVENT_DELTA:
		buf_put(&r->text, ev->text);
		show_text(r->open, buf_span(&r->text));
		break;
	case EVENT_CITE:
		fold_cite(r, ev->cite);
		break;
	case EVENT_LINKS:
		r->open->links = links_copy(r->pool, ev->links);
		r->open->query = pool_span(r->pool, ev->query);
		r->open->failure = pool_span(r->pool, ev->failure);
		break;
	case EVENT_SEAL:
		r->open->seal = seal_copy(r->pool, ev->seal);
		break;
	case EVENT_CLOSE:
		show_text(r->open, pool_span(r->pool, buf_span(&r->text)));
		r->open = NULL;
		break;
	case EVENT_STOP:
		fold_stop(r, ev);
		break;
	case EVENT_USAGE:
	case EVENT_PING:
	case EVENT_END:
	case EVENT_FAULT:
		break;
	}
}
