/*
 * Server-sent events (WHATWG HTML, section 9.2), both ways.
 *
 *	event: message_start
 *	data: {"type":"message_start"}
 *	<empty line>
 */
#include "wire/sse.h"

void
sse_init(struct sse *s, size_t max)
{
	*s = (struct sse){ .max = max };
	buf_init(&s->line, 0);
	buf_init(&s->data, 0);
	buf_init(&s->name, 0);
}

void
sse_free(struct sse *s)
{
	if (s == NULL)
		return;
	buf_free(&s->line);
	buf_free(&s->data);
	buf_free(&s->name);
}

/* Hand the event over, if it has data, and begin the next one. */
static void
dispatch(struct sse *s, sse_fn *fn, void *arg)
{
	struct span name = s->has_name ? buf_span(&s->name) : SPAN_NONE;

	if (s->has_data)
		s->stopped = !fn(arg, name, buf_span(&s->data));
	buf_reset(&s->data);
	buf_reset(&s->name);
	s->has_data = s->has_name = false;
}

/* One line that is not empty.  A comment is a field without a name. */
static void
read_field(struct sse *s, struct span line)
{
	struct span value = line, field = span_cut(&value, ':');

	if (value.p == NULL)
		value = SPAN("");
	if (span_starts(value, " "))
		value = span_from(value, 1);

	if (span_is(field, "data")) {
		if (s->has_data)
			buf_putc(&s->data, '\n');
		buf_put(&s->data, value);
		s->has_data = true;
	} else if (span_is(field, "event")) {
		buf_reset(&s->name);
		buf_put(&s->name, value);
		s->has_name = value.n > 0;
	}
}

static void
read_line(struct sse *s, struct span line, sse_fn *fn, void *arg)
{
	if (!s->begun && span_starts(line, "\xef\xbb\xbf"))
		line = span_from(line, 3);
	s->begun = true;
	if (line.n == 0)
		dispatch(s, fn, arg);
	else
		read_field(s, line);
}

/* The line ends with `last`, what came of it before lies in s->line. */
static void
finish_line(struct sse *s, struct span last, sse_fn *fn, void *arg)
{
	if (s->line.n > 0) {
		buf_put(&s->line, last);
		last = buf_span(&s->line);
	}
	read_line(s, last, fn, arg);
	buf_reset(&s->line);
}

/* Would n further bytes of the line make the event too long? */
static bool
outgrows(const struct sse *s, size_t n)
{
	return s->max > 0 && s->data.n + s->line.n + n > s->max;
}

/* Where c is next, or the end. */
static const char *
next_of(const char *p, const char *end, char c)
{
	const char *at = memchr(p, c, (size_t)(end - p));

	return at != NULL ? at : end;
}

/*
 * Both kinds of line end are looked for in advance and again only when
 * passed, so that no byte is searched more than twice.
 */
static void
read_bytes(struct sse *s, const char *p, const char *end, sse_fn *fn, void *arg)
{
	const char *lf = p, *cr = p;

	if (s->cr && *p == '\n')
		p++;
	s->cr = false;
	if (p < end) {
		lf = next_of(p, end, '\n');
		cr = next_of(p, end, '\r');
	}
	while (p < end && !s->stopped) {
		struct span piece;

		if (lf < p)
			lf = next_of(p, end, '\n');
		if (cr < p)
			cr = next_of(p, end, '\r');
		piece = (struct span){ p, (size_t)((lf < cr ? lf : cr) - p) };
		if (outgrows(s, piece.n)) {
			s->failed = true;
			return;
		}
		p += piece.n;
		if (p == end) {
			buf_put(&s->line, piece);
			return;
		}
		finish_line(s, piece, fn, arg);
		if (*p++ == '\r') {
			s->cr = p == end;
			if (p < end && *p == '\n')
				p++;
		}
	}
}

int
sse_feed(struct sse *s, struct span bytes, sse_fn *fn, void *arg)
{
	if (!s->failed && !s->stopped && bytes.n > 0)
		read_bytes(s, bytes.p, bytes.p + bytes.n, fn, arg);
	return s->failed ? -1 : 0;
}

int
sse_end(struct sse *s, sse_fn *fn, void *arg)
{
	if (s->failed)
		return -1;
	if (s->stopped)
		return 0;
	if (s->line.n > 0)
		finish_line(s, SPAN(""), fn, arg);
	dispatch(s, fn, arg);
	return 0;
}

void
sse_put_head(struct buf *out, const char *name)
{
	if (name != NULL) {
		buf_puts(out, "event: ");
		buf_puts(out, name);
		buf_putc(out, '\n');
	}
	buf_puts(out, "data: ");
}

void
sse_put_tail(struct buf *out)
{
	buf_puts(out, "\n\n");
}

void
sse_put_comment(struct buf *out, const char *text)
{
	buf_puts(out, ": ");
	buf_puts(out, text);
	buf_puts(out, "\n\n");
}
