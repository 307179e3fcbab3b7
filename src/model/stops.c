#include "model/stops.h"

void
stops_init(struct stops *s, const struct span *words, size_t count)
{
	s->words = words;
	s->count = count;
	s->hit = -1;
	buf_init(&s->held, 0);
}

void
stops_free(struct stops *s)
{
	buf_free(&s->held);
}

/* Could rest, which ends where the text ends so far, grow into a word? */
static bool
may_grow(const struct stops *s, struct span rest)
{
	for (size_t i = 0; i < s->count; i++)
		if (rest.n < s->words[i].n &&
		    memcmp(s->words[i].p, rest.p, rest.n) == 0)
			return true;
	return false;
}

/* The longest word that rest begins with, or -1. */
static long
match(const struct stops *s, struct span rest)
{
	long best = -1;

	for (size_t i = 0; i < s->count; i++) {
		struct span word = s->words[i];

		if (rest.n >= word.n && memcmp(rest.p, word.p, word.n) == 0 &&
		    (best < 0 || word.n > s->words[best].n))
			best = (long)i;
	}
	return best;
}

/*
 * Look for a word in what is held. Without `more` text to come nothing can
 * grow any longer.
 */
static bool
scan(struct stops *s, struct buf *out, bool more)
{
	struct span text = buf_span(&s->held);
	size_t i;

	for (i = 0; i < text.n; i++) {
		struct span rest = span_from(text, i);

		if (more && may_grow(s, rest))
			break;
		s->hit = match(s, rest);
		if (s->hit >= 0)
			break;
	}
	buf_put(out, span_head(text, i));
	buf_eat(&s->held, i);
	return s->hit >= 0;
}

bool
stops_feed(struct stops *s, struct buf *out, struct span text)
{
	if (s->hit >= 0)
		return true;
	buf_put(&s->held, text);
	return scan(s, out, true);
}

bool
stops_flush(struct stops *s, struct buf *out)
{
	if (s->hit >= 0)
		return true;
	return scan(s, out, false);
}
