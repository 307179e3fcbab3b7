#include "dialect/chat_think_read.h"

#define OPEN_TAG SPAN("<think>")
#define CLOSE_TAG SPAN("</think>")

void
think_init(struct think *t)
{
	t->state = THINK_START;
	buf_init(&t->held, 0);
}

void
think_free(struct think *t)
{
	buf_free(&t->held);
}

void
think_off(struct think *t)
{
	if (t->state == THINK_START && t->held.n == 0)
		t->state = THINK_OVER;
}

/* White space at the front. */
static size_t
blank_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && span_blank(span_head(span_from(s, n), 1)))
		n++;
	return n;
}

static bool
begins(struct span s, struct span head)
{
	return span_eq(span_head(s, head.n), head);
}

/* Hand out n held bytes and go on without them. */
static void
let_go(struct think *t, size_t n, think_fn *fn, void *arg)
{
	if (n > 0)
		fn(arg, t->state == THINK_INSIDE,
		    span_head(buf_span(&t->held), n));
	buf_eat(&t->held, n);
}

/* Is there a tag at the front? False while more has to come. */
static bool
find_start(struct think *t)
{
	struct span held = buf_span(&t->held);
	size_t blank = blank_run(held);
	struct span rest = span_from(held, blank);

	if (begins(rest, OPEN_TAG)) {
		buf_eat(&t->held, blank + OPEN_TAG.n);
		t->state = THINK_INSIDE;
		return true;
	}
	if (begins(OPEN_TAG, rest))
		return false;
	t->state = THINK_OVER;
	return true;
}

/* The longest end of s that the closing tag could go on from. */
static size_t
partial_tag(struct span s)
{
	size_t n = s.n < CLOSE_TAG.n ? s.n : CLOSE_TAG.n - 1;

	while (n > 0 && !begins(CLOSE_TAG, span_from(s, s.n - n)))
		n--;
	return n;
}

static void
find_end(struct think *t, think_fn *fn, void *arg)
{
	struct span held = buf_span(&t->held);
	ptrdiff_t at = span_find(held, CLOSE_TAG);

	if (at < 0) {
		let_go(t, held.n - partial_tag(held), fn, arg);
		return;
	}
	let_go(t, (size_t)at, fn, arg);
	buf_eat(&t->held, CLOSE_TAG.n);
	t->state = THINK_OVER;
}

void
think_feed(struct think *t, struct span text, think_fn *fn, void *arg)
{
	if (t->state == THINK_OVER) {
		fn(arg, false, text);
		return;
	}
	buf_put(&t->held, text);
	if (t->state == THINK_START && !find_start(t))
		return;
	if (t->state == THINK_INSIDE)
		find_end(t, fn, arg);
	if (t->state == THINK_OVER)
		let_go(t, t->held.n, fn, arg);
}

void
think_end(struct think *t, think_fn *fn, void *arg)
{
	let_go(t, t->held.n, fn, arg);
	t->state = THINK_OVER;
}
