/*
 * A span is a piece of text somebody else owns: a pointer and a length, not
 * terminated.  It is passed by value.  A span with p == NULL means "absent",
 * which is not the same as empty.
 */
#ifndef CO2_SPAN_H
#define CO2_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

/* The span of a string literal. */
#define SPAN(lit) ((struct span){ "" lit, sizeof(lit) - 1 })
#define SPAN_NONE ((struct span){ NULL, 0 })
/* The two arguments of a "%.*s". */
#define SPAN_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* The span of a C string; absent for NULL. */
struct span span_of(const char *s);
bool span_is(struct span s, const char *word);
bool span_eq(struct span a, struct span b);
/* Equal when ASCII letter case is ignored. */
bool span_like(struct span s, const char *word);
bool span_starts(struct span s, const char *head);
bool span_ends(struct span s, const char *tail);
/* Offset of the first place of needle in s, or -1. */
ptrdiff_t span_find(struct span s, struct span needle);
/* The same, ASCII letter case ignored. */
ptrdiff_t span_find_like(struct span s, const char *needle);
/* s without its first n bytes; empty when there are fewer. */
struct span span_from(struct span s, size_t n);
/* The first n bytes of s, or all. */
struct span span_head(struct span s, size_t n);
/* s without ASCII white space at both ends. */
struct span span_trim(struct span s);
/* Nothing but ASCII white space, or empty. */
bool span_blank(struct span s);
/*
 * Cut the text up to the first byte c off the front of *s and return it; *s
 * goes on behind c.  Without c: all of it, and *s becomes absent.
 */
struct span span_cut(struct span *s, char c);
/* A decimal integer, all of s; -1 when it is none or does not fit. */
int span_long(struct span s, long *value);

#endif
