/*
 * Server-sent events.  Every sample is fed whole, byte by byte and cut in two
 * at every offset; the events are the same each time.
 */
#include "../lib/tap.h"
#include "wire/sse.h"

#define BOM "\xef\xbb\xbf"

/*
 * The events as text: "name|data;", "-" for an absent name, and at the end
 * "!" when feeding or ending failed.
 */
struct seen {
	struct buf text;
	int left;	/* events until we ask to stop; 0: never */
};

static bool
see(void *arg, struct span name, struct span data)
{
	struct seen *seen = arg;

	buf_put(&seen->text, name.p != NULL ? name : SPAN("-"));
	buf_putc(&seen->text, '|');
	buf_put(&seen->text, data);
	buf_putc(&seen->text, ';');
	return seen->left == 0 || --seen->left > 0;
}

/* Feed text in pieces: `first` bytes, then `step` at a time. */
static void
read_all(struct seen *seen, struct span text, size_t max, size_t first,
    size_t step)
{
	struct sse s;
	int rc = 0;

	sse_init(&s, max);
	rc |= sse_feed(&s, span_head(text, first), see, seen);
	text = span_from(text, first);
	while (text.n > 0) {
		int now = sse_feed(&s, span_head(text, step), see, seen);

		if (rc < 0 && now == 0)
			buf_puts(&seen->text, "(forgot it failed)");
		rc |= now;
		text = span_from(text, step);
	}
	rc |= sse_end(&s, see, seen);
	if (rc < 0)
		buf_putc(&seen->text, '!');
	sse_free(&s);
}

static void
reads(struct span text, size_t max, int stop_after, struct span want,
    const char *name)
{
	struct seen seen = { .left = stop_after };
	size_t bad = 0;

	buf_init(&seen.text, 0);
	read_all(&seen, text, max, text.n, 1);
	is_mem(buf_str(&seen.text), seen.text.n, want.p, want.n, "%s", name);

	for (size_t cut = 0; cut < text.n; cut++) {
		for (int whole = 0; whole < 2; whole++) {
			buf_reset(&seen.text);
			seen.left = stop_after;
			read_all(&seen, text, max, cut, whole ? text.n : 1);
			if (!span_eq(buf_span(&seen.text), want) && !bad++)
				diag("cut at %zu: %s", cut,
				    buf_str(&seen.text));
		}
	}
	is_int((long long)bad, 0, "%s: however it is cut", name);
	buf_free(&seen.text);
}

static void
events_are_read(void)
{
	reads(SPAN("event: a\ndata: 1\n\ndata: 2\n\n"), 0, 0, SPAN("a|1;-|2;"),
	    "with a name and without");
	reads(SPAN("event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n"), 0, 0,
	    SPAN("a|1;-|2;"), "CR LF");
	reads(SPAN("event: a\rdata: 1\r\rdata: 2\r\r"), 0, 0, SPAN("a|1;-|2;"),
	    "CR");
	reads(SPAN("data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\ndata: 4\n\r"), 0, 0,
	    SPAN("-|1;-|2;-|3;-|4;"), "line ends mixed");
	reads(SPAN(BOM "data: 1\n\n"), 0, 0, SPAN("-|1;"), "a byte order mark");
	reads(SPAN(BOM BOM "data: 1\n\n"), 0, 0, SPAN(""),
	    "only one byte order mark");
	reads(SPAN("\n" BOM "data: 1\n\n"), 0, 0, SPAN(""),
	    "and only at the start");
	reads(SPAN(BOM "\n\ndata: 1\n\n"), 0, 0, SPAN("-|1;"),
	    "nothing but a byte order mark in the line");
	reads(SPAN(""), 0, 0, SPAN(""), "nothing");
	reads(SPAN("\n\n\r\n"), 0, 0, SPAN(""), "nothing but lines");
}

static void
fields_are_read(void)
{
	reads(SPAN("data: a\ndata: b\ndata:\ndata: c\n\n"), 0, 0,
	    SPAN("-|a\nb\n\nc;"), "several data lines");
	reads(SPAN("data:a\n\ndata:  b\n\ndata: c \n\ndata:\td\n\n"), 0, 0,
	    SPAN("-|a;-| b;-|c ;-|\td;"), "one space is removed");
	reads(SPAN("data: a: b:c\n\n"), 0, 0, SPAN("-|a: b:c;"), "more colons");
	reads(SPAN("data\n\ndata\ndata\n\ndata:"), 0, 0, SPAN("-|;-|\n;-|;"),
	    "the specification's example, without a colon");
	reads(SPAN("data:\n\n"), 0, 0, SPAN("-|;"), "empty data is data");
	reads(SPAN(": hi\n:\ndata: 1\n: ho\n\n"), 0, 0, SPAN("-|1;"),
	    "comments");
	reads(SPAN("id: 7\nretry: 10\nfoo: bar\nfoo\n Data: 0\ndata : 0\n"
		   "DATA: 0\ndata: 1\n\n"),
	    0, 0, SPAN("-|1;"), "other fields");
	reads(SPAN("event: a\nevent: b\ndata: 1\n\n"), 0, 0, SPAN("b|1;"),
	    "the last name counts");
	reads(SPAN("event: a\nevent:\ndata: 1\n\n"), 0, 0, SPAN("-|1;"),
	    "an empty name is none");
	reads(SPAN("event: a\n\ndata: 1\n\n"), 0, 0, SPAN("-|1;"),
	    "without data there is no event, and its name is forgotten");
	reads(SPAN("data: 1\nevent: a\n\n"), 0, 0, SPAN("a|1;"),
	    "the name last");
	reads(SPAN("data: \0x\n\n"), 0, 0, SPAN("-|\0x;"), "NUL");
}

static void
ends_are_forgiven(void)
{
	reads(SPAN("data: 1\n\ndata: 2\n"), 0, 0, SPAN("-|1;-|2;"),
	    "no empty line at the end");
	reads(SPAN("data: 1\n\ndata: 2"), 0, 0, SPAN("-|1;-|2;"),
	    "no line end at the end");
	reads(SPAN("data: 1\n\nevent: a\n"), 0, 0, SPAN("-|1;"),
	    "no data at the end");
	reads(SPAN("data: 1\n\nevent: a\ndata: 2\r"), 0, 0, SPAN("-|1;a|2;"),
	    "CR at the end");
	reads(SPAN(BOM "data: 1"), 0, 0, SPAN("-|1;"),
	    "a byte order mark and one line");
}

/* "data: 12" is 8 bytes; "1\n2" and "data:3" are 9. */
static void
events_are_bounded(void)
{
	reads(SPAN("data: 12\n\ndata: 34\n\n"), 8, 0, SPAN("-|12;-|34;"),
	    "exactly the maximum");
	reads(SPAN("data: 12\n\ndata: 345\n\ndata: 6\n\n"), 8, 0,
	    SPAN("-|12;!"), "one more, and it stays failed");
	reads(SPAN(": a long comment\ndata: 1\n\n"), 8, 0, SPAN("!"),
	    "a long line of no use");
	reads(SPAN("data:1\ndata:2\ndata:3\n\n"), 9, 0, SPAN("-|1\n2\n3;"),
	    "lines together");
	reads(SPAN("data:1\ndata:2\ndata:3\n\n"), 8, 0, SPAN("!"),
	    "lines together are too much");
	reads(SPAN("data: 123456"), 8, 0, SPAN("!"), "too much at the end");
}

static void
reading_stops_when_asked(void)
{
	reads(SPAN("data: 1\n\ndata: 2\n\ndata: 3\n\n"), 0, 2, SPAN("-|1;-|2;"),
	    "no event after the last wanted one");
	reads(SPAN("data: 1\n\ndata: 2"), 0, 1, SPAN("-|1;"), "nor at the end");
	reads(SPAN("data: 1\n\ndata: 23456\n\n"), 8, 1, SPAN("-|1;"),
	    "nor a failure");
}

static void
events_are_written(void)
{
	struct seen seen = { 0 };
	struct buf out;

	buf_init(&out, 0);
	buf_init(&seen.text, 0);
	sse_put_head(&out, "ping");
	buf_puts(&out, "{}");
	sse_put_tail(&out);
	sse_put_comment(&out, "alive");
	sse_put_head(&out, NULL);
	buf_puts(&out, "[DONE]");
	sse_put_tail(&out);
	is_str(buf_str(&out),
	    "event: ping\ndata: {}\n\n: alive\n\n"
	    "data: [DONE]\n\n",
	    "written");
	read_all(&seen, buf_span(&out), 0, out.n, 1);
	is_str(buf_str(&seen.text), "ping|{};-|[DONE];", "and read again");
	buf_free(&seen.text);
	buf_free(&out);
}

int
main(void)
{
	events_are_read();
	fields_are_read();
	ends_are_forgiven();
	events_are_bounded();
	reading_stops_when_asked();
	events_are_written();
	sse_free(NULL);
	return done_testing();
}
