/* The property of all replies. */
#include "props_replies.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "middle.h"
#include "props.h"

enum {
	VARIANTS = 5,	/* answers that are made of one, each in its own way */
	CUT_AGAIN = 6,	/* so many of a hundred are cut in a second way */
	KEPT = 64 << 20,	/* bytes of memory between them */
};

struct replies {
	struct props_replies *r;
	struct middle	 middle;
	size_t		 count;		/* of requests */
};

/* What the upstream sends, and what for. */
struct answer {
	struct prop	*p;
	struct span	 request;
	struct buf	 bytes;
	bool		 events;	/* says its content type */
	bool		 pings;
};

typedef int judge_fn(const char *bytes, size_t n, char *why, size_t nwhy);

static judge_fn *const stream_judges[API_COUNT] = {
	[API_MESSAGES] = grammar_messages_stream,
	[API_CHAT] = grammar_chat_stream,
	[API_RESPONSES] = grammar_responses_stream,
};

static judge_fn *const whole_judges[API_COUNT] = {
	[API_MESSAGES] = grammar_messages_whole,
	[API_CHAT] = grammar_chat_whole,
	[API_RESPONSES] = grammar_responses_whole,
};

/* --- one playing ------------------------------------------------------------ */

/* A reply that is over stays as it is. */
static bool
ended_once(struct answer *a, struct bridge *b)
{
	size_t n = b->out.n;
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_TRUNCATED, "", "again");
	if (!bridge_done(b) && !bridge_failed(b))
		return prop_fail(a->p, buf_span(&a->bytes), "not over");
	bridge_feed(b, buf_span(&a->bytes));
	bridge_end(b, NULL);
	bridge_end(b, &why);
	bridge_ping(b);
	return b->out.n == n ||
	    prop_fail(a->p, buf_span(&a->bytes), "it goes on after its end");
}

static bool
well_formed(struct answer *a, struct bridge *b)
{
	enum api from = b->req->from;
	judge_fn *judge = b->req->stream && !bridge_failed(b) ?
	    stream_judges[from] : whole_judges[from];
	char why[256] = "";

	if (!ended_once(a, b))
		return false;
	if (bridge_failed(b))
		bridge_put_error(b);
	if (judge(b->out.p, b->out.n, why, sizeof(why)) == 0)
		return true;
	prop_fail(a->p, buf_span(&b->out), "%s", why);
	prop_fail(a->p, a->request, "... for");
	return prop_fail(a->p, buf_span(&a->bytes), "... from");
}

static void
feed(struct bridge *b, const struct answer *a, struct dice *d)
{
	static const size_t sizes[] = { 1, 7, 64, 300, 1000, 100000 };
	size_t most = sizes[dice_below(d,
	    sizeof(sizes) / sizeof(sizes[0]))];
	struct span rest = buf_span(&a->bytes);

	bridge_begin(b, a->events ? SPAN("text/event-stream") :
	    SPAN("application/json"));
	while (rest.n > 0) {
		size_t n = 1 + dice_below(d, most);

		if (a->pings && dice_chance(d, 10))
			bridge_ping(b);
		if (bridge_feed(b, span_head(rest, n)) != 0)
			break;
		rest = span_from(rest, n);
	}
	bridge_end(b, NULL);
}

/*
 * Plays it once; *out is what the client got.  It is judged unless it is what
 * the client got before.
 */
static bool
play(struct replies *all, struct answer *a, struct dice *d,
    const struct buf *before, struct buf *out)
{
	struct bridge b;
	bool good;

	if (middle_open(&all->middle, &b, all->r->from, a->request,
	    TASK_ANSWER) != 0) {
		prop_fail(a->p, a->request, "refused: %s", b.why.message);
		bridge_close(&b);
		return false;
	}
	feed(&b, a, d);
	if (before != NULL && bridge_failed(&b))
		bridge_put_error(&b);
	good = (before != NULL && span_eq(buf_span(&b.out),
	    buf_span(before))) || well_formed(a, &b);
	buf_put(out, buf_span(&b.out));
	bridge_close(&b);
	return good;
}

/* --- one iteration ----------------------------------------------------------- */

/* An answer, in which up to a few things went wrong. */
static void
make_answer(struct answer *a, const struct stream *right, bool whole,
    struct dice *d)
{
	struct stream s;

	stream_init(&s);
	stream_copy(&s, right);
	a->events = !dice_chance(d, 10);
	a->pings = dice_chance(d, 3);
	for (size_t n = dice_below(d, whole ? 4 : 7); n > 0; n--)
		stream_mangle(&s, d);
	if (!whole)
		stream_put(&s, &a->bytes, d);
	for (size_t i = 0; whole && i < s.count; i++)
		buf_put(&a->bytes, (struct span){ s.list[i].data,
		    s.list[i].n });
	stream_free(&s);
}

/* The answer gives a right reply, cut in two ways the same one. */
static bool
is_right(struct replies *all, struct answer *a, struct dice *d)
{
	struct buf first, second;
	bool good;

	buf_init(&first, 0);
	buf_init(&second, 0);
	good = play(all, a, d, NULL, &first);
	if (good && !a->pings && dice_chance(d, CUT_AGAIN)) {
		good = play(all, a, d, &first, &second);
		if (good && !span_eq(buf_span(&first), buf_span(&second))) {
			prop_fail(a->p, buf_span(&first), "other cuts, other "
			    "bytes: %s", a->request.p);
			prop_fail(a->p, buf_span(&second), "... and");
			good = prop_fail(a->p, buf_span(&a->bytes),
			    "... from");
		}
	}
	buf_free(&first);
	buf_free(&second);
	return good;
}

static bool
one(struct prop *p, struct dice *d)
{
	struct replies *all = p->arg;
	struct answer a = { .p = p };
	bool whole = dice_chance(d, 10), good = true;
	struct stream right;

	stream_init(&right);
	if (whole)
		stream_add(&right, NULL, all->r->whole(d));
	else
		all->r->stream(&right, d);
	for (size_t i = 0; good && i < VARIANTS; i++) {
		buf_init(&a.bytes, 0);
		a.request = span_of(all->r->requests[dice_below(d,
		    all->count)]);
		make_answer(&a, &right, whole, d);
		good = is_right(all, &a, d);
		buf_free(&a.bytes);
	}
	stream_free(&right);
	return good;
}

void
props_replies(struct props_replies *r, unsigned long times)
{
	struct replies all = { .r = r };
	char name[200];

	mallopt(M_TRIM_THRESHOLD, KEPT);
	mallopt(M_MMAP_THRESHOLD, KEPT);
	while (r->requests[all.count] != NULL)
		all.count++;
	middle_init(&all.middle, r->config);
	snprintf(name, sizeof(name), "%s, each in %d variants", r->name,
	    VARIANTS);
	prop_run(name, times / VARIANTS, one, &all);
	middle_free(&all.middle);
}
