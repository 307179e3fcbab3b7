/*
 * Cache marks.
 *
 * Upstream reads a request in the order tools, system, messages, and looks
 * for an entry at most twenty blocks back from a mark.  So one mark goes
 * behind what never changes, one behind what is new, and one where the
 * request before this one had its last.
 */
#include "dialect/claude_marks.h"

enum {
	MOST_MARKS = 4,
	REACH = 15,		/* blocks between two marks */
	TOKEN_BYTES = 4,	/* of a token, roughly */
};

/* The marks that are set; when there are too many the latest stay. */
struct marks {
	bool *set[MOST_MARKS];
	size_t count;
};

static void
take(struct marks *marks, bool *mark)
{
	bool **slot = &marks->set[marks->count % MOST_MARKS];

	if (!*mark)
		return;
	if (*slot != NULL)
		**slot = false;
	*slot = mark;
	marks->count++;
}

static void
take_pieces(struct marks *marks, struct piece *p)
{
	for (; p != NULL; p = p->next) {
		take_pieces(marks, p->content);
		take(marks, &p->mark);
	}
}

/* The client's marks, in the order of the request. */
static void
take_all(struct marks *marks, struct claude_body *b)
{
	for (struct claude_tool *t = b->tools; t != NULL; t = t->next)
		take(marks, &t->mark);
	take_pieces(marks, b->system.first);
	for (struct message *m = b->messages; m != NULL; m = m->next) {
		take_pieces(marks, m->results.first);
		take_pieces(marks, m->others.first);
	}
}

/* One of ours, if there is room. */
static void
put(struct marks *marks, bool *mark)
{
	if (mark == NULL || *mark || marks->count >= MOST_MARKS)
		return;
	*mark = true;
	marks->count++;
}

/* What stays the same all through the conversation. */
static bool *
head_mark(struct claude_body *b)
{
	size_t bytes = 0;

	for (const struct piece *p = b->system.first; p != NULL; p = p->next)
		bytes += p->block->text.n;
	if (b->tools == NULL &&
	    bytes <= TOKEN_BYTES * (size_t)b->profile.cache_min)
		return NULL;
	return b->system.last != NULL ? &b->system.last->mark :
	    &b->last_tool->mark;
}

static struct piece *
last_piece(const struct message *m)
{
	return m->others.last != NULL ? m->others.last : m->results.last;
}

/* The user message before the last assistant message; NULL without one. */
static struct message *
previous_user(const struct claude_body *b)
{
	struct message *user = NULL, *found = NULL;

	for (struct message *m = b->messages; m != NULL; m = m->next) {
		if (m->assistant)
			found = user;
		else
			user = m;
	}
	return found;
}

/*
 * Many blocks lie between the two tails, as after parallel calls: one mark
 * within reach of both. Thinking carries none.
 */
static struct piece *
middle_piece(struct pool *pool, const struct message *previous)
{
	const struct message *assistant = previous->next;
	const struct message *last = assistant->next;
	size_t most = assistant->others.count + last->results.count +
	    last->others.count + 1, n = 0;
	struct piece **blocks = pool_array(pool, struct piece *, most);

	if (previous->notes.p != NULL)
		blocks[n++] = NULL;
	for (struct piece *p = assistant->others.first; p; p = p->next)
		blocks[n++] = p;
	for (struct piece *p = last->results.first; p; p = p->next)
		blocks[n++] = p;
	for (struct piece *p = last->others.first; p; p = p->next)
		blocks[n++] = p;
	if (n <= REACH + 1)
		return NULL;
	for (size_t i = n - REACH; i-- > 0;)
		if (blocks[i] != NULL &&
		    blocks[i]->block->kind != BLOCK_THINKING)
			return blocks[i];
	return NULL;
}

void
claude_body_marks(struct claude_body *b)
{
	struct marks marks = { .count = 0 };
	struct message *previous = previous_user(b);
	struct piece *middle;

	take_all(&marks, b);
	if (b->req->explicit_cache || !b->to->caching)
		return;
	put(&marks, head_mark(b));
	if (b->tools != NULL || previous != NULL)
		put(&marks, &last_piece(b->last)->mark);
	if (previous == NULL)
		return;
	put(&marks, &last_piece(previous)->mark);
	middle = middle_piece(b->pool, previous);
	if (middle != NULL)
		put(&marks, &middle->mark);
}
