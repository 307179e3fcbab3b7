/*
 * Pieces of text somebody else owns.
 *
 * An absent span has no pointer, and C allows neither memcmp(NULL, ...) nor
 * arithmetic on NULL, not even with 0: hence the checks for s.n and s.p.
 */
#include "base/span.h"

#include <limits.h>
#include <strings.h>

struct span
span_of(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

bool
span_is(struct span s, const char *word)
{
	return span_eq(s, span_of(word));
}

bool
span_eq(struct span a, struct span b)
{
	if (a.p == NULL || b.p == NULL)
		return a.p == b.p;
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

bool
span_like(struct span s, const char *word)
{
	return s.p != NULL && s.n == strlen(word) &&
	    strncasecmp(s.p, word, s.n) == 0;
}

bool
span_starts(struct span s, const char *head)
{
	size_t n = strlen(head);

	return s.p != NULL && s.n >= n && memcmp(s.p, head, n) == 0;
}

bool
span_ends(struct span s, const char *tail)
{
	size_t n = strlen(tail);

	return s.p != NULL && s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

ptrdiff_t
span_find(struct span s, struct span needle)
{
	const char *p;

	if (s.p == NULL || needle.p == NULL)
		return -1;
	p = memmem(s.p, s.n, needle.p, needle.n);
	return p != NULL ? p - s.p : -1;
}

ptrdiff_t
span_find_like(struct span s, const char *needle)
{
	size_t n = strlen(needle);

	if (s.p == NULL)
		return -1;
	for (size_t at = 0; at + n <= s.n; at++)
		if (strncasecmp(s.p + at, needle, n) == 0)
			return (ptrdiff_t)at;
	return -1;
}

struct span
span_from(struct span s, size_t n)
{
	if (s.p == NULL)
		return s;
	if (n > s.n)
		n = s.n;
	return (struct span){ s.p + n, s.n - n };
}

struct span
span_head(struct span s, size_t n)
{
	return (struct span){ s.p, n < s.n ? n : s.n };
}

static bool
is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && is_white(s.p[0]))
		s = span_from(s, 1);
	while (s.n > 0 && is_white(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
span_blank(struct span s)
{
	return span_trim(s).n == 0;
}

struct span
span_cut(struct span *s, char c)
{
	struct span whole = *s;
	const char *at;

	at = whole.n > 0 ? memchr(whole.p, c, whole.n) : NULL;
	if (at == NULL) {
		*s = SPAN_NONE;
		return whole;
	}
	*s = span_from(whole, (size_t)(at - whole.p) + 1);
	return span_head(whole, (size_t)(at - whole.p));
}

int
span_long(struct span s, long *value)
{
	bool minus = span_starts(s, "-");
	long n = 0;

	if (minus)
		s = span_from(s, 1);
	if (s.n == 0)
		return -1;
	/* Counted downwards: LONG_MIN has no positive twin. */
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, s.p[i] - '0', &n))
			return -1;
	}
	if (!minus && n == LONG_MIN)
		return -1;
	*value = minus ? n : -n;
	return 0;
}
