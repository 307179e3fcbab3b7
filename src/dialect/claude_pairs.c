/*
 * Calls and their results (o2c section S.3.7).  Every call has its result in
 * the message right behind it, every result its call in the message before:
 * where that is not so, nothing is repaired, since a result that nobody gave
 * would mislead the model.
 */
#include <stdlib.h>

#include "dialect/claude_body.h"

struct answer {
	struct span id;
	struct piece *piece;
	size_t order;
};

struct answers {
	struct answer *list;
	size_t count;
};

static int
compare_ids(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (d != 0)
		return d;
	return a.n < b.n ? -1 : a.n > b.n;
}

static int
compare_answers(const void *x, const void *y)
{
	const struct answer *a = x, *b = y;
	int d = compare_ids(a->id, b->id);

	if (d != 0)
		return d;
	return a->order < b->order ? -1 : 1;
}

/* The calls or results of a list, sorted by id. */
static struct answers
sorted(struct pool *pool, const struct pieces *pieces, enum block_kind kind)
{
	struct answers a = { pool_array(pool, struct answer,
	    pieces->count + 1), 0 };

	for (struct piece *p = pieces->first; p != NULL; p = p->next) {
		if (p->block->kind != kind)
			continue;
		a.list[a.count] = (struct answer){ p->block->id, p, a.count };
		a.count++;
	}
	if (a.count > 1)
		qsort(a.list, a.count, sizeof(a.list[0]), compare_answers);
	return a;
}

static bool
has_id(const struct answers *a, struct span id)
{
	size_t low = 0, high = a->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int d = compare_ids(a->list[middle].id, id);

		if (d == 0)
			return true;
		if (d < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Of several results for one call the last counts, in the first one's place. */
static void
drop_duplicates(struct claude_body *b, struct pieces *results,
    const struct answers *a)
{
	struct piece *p = results->first, *next;
	size_t first = 0;

	for (size_t i = 1; i < a->count; i++) {
		struct piece *kept = a->list[first].piece;

		if (!span_eq(a->list[i].id, a->list[first].id)) {
			first = i;
			continue;
		}
		kept->content = a->list[i].piece->content;
		kept->mark = kept->mark || a->list[i].piece->mark;
		kept->block = a->list[i].piece->block;
		a->list[i].piece->block = NULL;
		request_lost(b->req, "duplicate_tool_result", NULL);
	}
	*results = (struct pieces){ NULL, NULL, 0 };
	for (; p != NULL; p = next) {
		next = p->next;
		if (p->block != NULL)
			piece_append(results, p);
	}
}

/* The calls that got no result, in OpenAI's words. */
static int
refuse_unanswered(const struct claude_body *b, const struct pieces *calls,
    const struct answers *results, struct fault *why)
{
	struct buf missing;
	bool any = false;
	int rc = 0;

	buf_init(&missing, 1024);
	for (const struct piece *p = calls->first; p != NULL; p = p->next) {
		if (p->block->kind != BLOCK_CALL ||
		    has_id(results, p->block->id))
			continue;
		if (b->req->from != API_CHAT) {
			buf_free(&missing);
			return fault_code(why, FAULT_REQUEST,
			    "invalid_value", "input", "No tool output found "
			    "for function call %.*s.", SPAN_ARG(p->block->id));
		}
		if (any)
			buf_puts(&missing, ", ");
		any = true;
		buf_put(&missing, p->block->id);
	}
	if (any)
		rc = fault_code(why, FAULT_REQUEST, "invalid_value",
		    "messages", "An assistant message with 'tool_calls' must "
		    "be followed by tool messages responding to each "
		    "'tool_call_id'. The following tool_call_ids did not "
		    "have response messages: %s", buf_str(&missing));
	buf_free(&missing);
	return rc;
}

static int
refuse_orphans(const struct claude_body *b, const struct pieces *results,
    const struct answers *calls, struct fault *why)
{
	for (const struct piece *p = results->first; p != NULL; p = p->next) {
		if (has_id(calls, p->block->id))
			continue;
		if (b->req->from == API_CHAT)
			return fault_code(why, FAULT_REQUEST,
			    "invalid_value", "messages", "messages with role "
			    "'tool' must be a response to a preceding message "
			    "with 'tool_calls'.");
		return fault_code(why, FAULT_REQUEST, "invalid_value",
		    "input", "No tool call found for function call output "
		    "with call_id %.*s.", SPAN_ARG(p->block->id));
	}
	return 0;
}

/* One user message and the assistant's before it, if there is one. */
static int
pair(struct claude_body *b, const struct message *before, struct message *m,
    struct fault *why)
{
	const struct pieces none = { NULL, NULL, 0 };
	const struct pieces *said = before != NULL ? &before->others : &none;
	struct answers calls = sorted(b->pool, said, BLOCK_CALL);
	struct answers results = sorted(b->pool, &m->results, BLOCK_RESULT);

	if (refuse_unanswered(b, said, &results, why) != 0 ||
	    refuse_orphans(b, &m->results, &calls, why) != 0)
		return -1;
	drop_duplicates(b, &m->results, &results);
	return 0;
}

int
claude_body_pairs(struct claude_body *b, struct fault *why)
{
	const struct message *before = NULL;

	for (struct message *m = b->messages; m != NULL; m = m->next) {
		if (!m->assistant && pair(b, before, m, why) != 0)
			return -1;
		before = m;
	}
	return 0;
}
