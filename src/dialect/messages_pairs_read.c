/*
 * Calls and results, paired as Claude pairs them and refused in its words
 * (c2o-common 5.1): a call is answered in the next user message, in any
 * order, once.
 */
#include "base/buf.h"
#include "dialect/messages_read.h"

/* A call of the conversation. */
struct call {
	size_t group;		/* which run of assistant turns it stands in */
	bool answered;
};

struct pairing {
	struct reading *r;
	struct words calls;
	const struct turn *first;	/* of the last run of assistant turns */
	size_t group, open;	/* its number, its calls without result */
};

/*
 * The calls of one turn that have no result, as "a, b"; empty if all have.
 */
static struct span
unanswered(struct pairing *p, const struct turn *t)
{
	struct span list = SPAN("");
	struct buf ids;

	buf_init(&ids, 0);
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		struct call *call;

		if (b->kind != BLOCK_CALL)
			continue;
		call = words_get(&p->calls, b->id);
		if (call->answered)
			continue;
		if (ids.n > 0)
			buf_puts(&ids, ", ");
		buf_put(&ids, b->id);
	}
	if (ids.n > 0)
		list = pool_span(p->r->req->pool, buf_span(&ids));
	buf_free(&ids);
	return list;
}

/* The place for results is past: are calls of the last run open? */
static int
settle(struct pairing *p)
{
	if (p->open == 0)
		return 0;
	for (const struct turn *t = p->first; t != NULL; t = t->next) {
		struct span ids = unanswered(p, t);

		if (ids.n > 0)
			return messages_bad(p->r, t->path, "`tool_use` ids "
			    "were found without `tool_result` blocks "
			    "immediately after: %.*s", SPAN_ARG(ids));
	}
	return 0;
}

static int
enter_calls(struct pairing *p, const struct turn *t)
{
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		struct pool *pool = p->r->req->pool;
		struct call *call;

		if (b->kind != BLOCK_CALL)
			continue;
		if (words_get(&p->calls, b->id) != NULL)
			return messages_bad(p->r, SPAN("messages"),
			    "`tool_use` ids must be unique");
		call = pool_new(pool, struct call);
		call->group = p->group;
		words_put(&p->calls, pool, b->id, call);
		p->open++;
	}
	return 0;
}

static int
match_results(struct pairing *p, const struct turn *t)
{
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		struct call *call;

		if (b->kind != BLOCK_RESULT)
			continue;
		call = words_get(&p->calls, b->id);
		if (call == NULL || call->group != p->group)
			return messages_bad(p->r, b->path, "unexpected "
			    "`tool_use_id` found in `tool_result` blocks: "
			    "%.*s", SPAN_ARG(b->id));
		if (call->answered)
			return messages_bad(p->r, b->path, "each `tool_use` "
			    "must have a single result. Found multiple "
			    "`tool_result` blocks with id: %.*s",
			    SPAN_ARG(b->id));
		call->answered = true;
		p->open--;
	}
	return 0;
}

static int
check_turn(struct pairing *p, const struct turn *t, const struct turn *before)
{
	switch (t->role) {
	case ROLE_ASSISTANT:
		if (before == NULL || before->role != ROLE_ASSISTANT) {
			if (settle(p))
				return -1;
			p->first = t;
			p->group++;
			p->open = 0;
		}
		return enter_calls(p, t);
	case ROLE_SYSTEM:
		if (p->open > 0)
			return messages_bad(p->r, t->path, "`system` messages "
			    "are not permitted between `tool_use` blocks and "
			    "their `tool_result` blocks");
		return 0;
	default:
		return match_results(p, t);
	}
}

int
messages_check_pairs(struct reading *r)
{
	struct pairing p = { .r = r };
	const struct turn *before = NULL;

	for (const struct turn *t = r->req->turns; t != NULL; t = t->next) {
		/* What is left out does not stand between others. */
		if (t->blocks == NULL && t->role != ROLE_SYSTEM)
			continue;
		if (check_turn(&p, t, before))
			return -1;
		before = t;
	}
	return settle(&p);
}
