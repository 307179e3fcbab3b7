/*
 * A growing byte buffer that knows its maximum.
 *
 *	struct buf b;
 *
 *	buf_init(&b, 1 << 20);
 *	buf_put(&b, SPAN("hello"));
 *	buf_printf(&b, " %d", 42);
 *	if (b.full)
 *		...	(something did not fit; everything after it is missing)
 *	buf_free(&b);
 *
 * A full buffer swallows what follows and remembers: ask once, at the end.
 * The bytes are always followed by a NUL that does not count.
 */
#ifndef CO2_BUF_H
#define CO2_BUF_H

#include <stdarg.h>

#include "base/span.h"

struct buf {
	char *p;	/* the bytes; NULL while nothing was ever put */
	size_t n;	/* how many */
	size_t cap;
	size_t max;	/* 0: no maximum */
	bool full;	/* something was swallowed */
};

/* Start empty; max is the most bytes it may hold, 0 for no maximum. */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
/* Forget the content, keep the memory; full is cleared too. */
void buf_reset(struct buf *b);
/* Have room for n further bytes without another allocation. */
void buf_reserve(struct buf *b, size_t n);

void buf_put(struct buf *b, struct span s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Remove the first n bytes. */
void buf_eat(struct buf *b, size_t n);
/* Shorten to n bytes. */
void buf_cut(struct buf *b, size_t n);
/* The content; valid until the next put. Never absent. */
struct span buf_span(const struct buf *b);
/* The content as a C string. */
const char *buf_str(const struct buf *b);
/* Hand the memory over to the caller, who frees it; b is empty again. */
char *buf_detach(struct buf *b, size_t *n);

#endif
