/*
 * A growing byte buffer that knows its maximum.
 *
 * Once there is memory it is always one byte larger than what may be put, so
 * that the NUL has its place: cap counts that byte, n and max do not.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { BUF_FIRST = 64 };

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	xfree(b->p);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	buf_cut(b, 0);
	b->full = false;
}

/* Make cap at least n + need + 1, growing by half or more. */
static void
grow(struct buf *b, size_t need)
{
	size_t cap = b->n + need + 1;

	if (cap <= b->cap)
		return;
	if (cap < BUF_FIRST)
		cap = BUF_FIRST;
	if (cap < b->cap + b->cap / 2)
		cap = b->cap + b->cap / 2;
	if (b->max > 0 && cap > b->max + 1)
		cap = b->max + 1;
	b->p = xrealloc(b->p, cap);
	b->cap = cap;
	b->p[b->n] = '\0';
}

/* Will n further bytes be taken? From the first that are not, none is. */
static bool
takes(struct buf *b, size_t n)
{
	if (b->max > 0 && n > b->max - b->n)
		b->full = true;
	return !b->full;
}

void
buf_reserve(struct buf *b, size_t n)
{
	if (b->max > 0 && n > b->max - b->n)
		n = b->max - b->n;
	grow(b, n);
}

void
buf_put(struct buf *b, struct span s)
{
	if (s.n == 0 || !takes(b, s.n))
		return;
	grow(b, s.n);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, span_of(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, (struct span){ &c, 1 });
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

/* Format into the room there is, and once more when that was too little. */
void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t room, n;

	if (b->full)
		return;
	grow(b, 0);
	room = b->cap - b->n;
	va_copy(again, ap);
	n = (size_t)vsnprintf(b->p + b->n, room, fmt, ap);
	if (!takes(b, n)) {
		b->p[b->n] = '\0';
	} else {
		if (n >= room) {
			grow(b, n);
			vsnprintf(b->p + b->n, n + 1, fmt, again);
		}
		b->n += n;
	}
	va_end(again);
}

void
buf_eat(struct buf *b, size_t n)
{
	if (n >= b->n) {
		buf_cut(b, 0);
	} else if (n > 0) {
		memmove(b->p, b->p + n, b->n - n);
		buf_cut(b, b->n - n);
	}
}

void
buf_cut(struct buf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->p[n] = '\0';
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){ buf_str(b), b->n };
}

const char *
buf_str(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

char *
buf_detach(struct buf *b, size_t *n)
{
	char *p;

	grow(b, 0);
	p = b->p;
	if (n != NULL)
		*n = b->n;
	buf_init(b, b->max);
	return p;
}
