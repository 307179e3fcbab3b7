/*
 * The parser of server-sent events: cut anywhere, the events are the same,
 * and none outgrows the maximum.
 */
#include "fuzz.h"
#include "wire/sse.h"

enum { EVENT_BYTES = 4096 };

static bool
note(void *arg, struct span name, struct span data)
{
	fuzz_check(name.n + data.n <= 2 * EVENT_BYTES, "events are bounded");
	buf_printf(arg, "%d %zu %zu:", name.p != NULL, name.n, data.n);
	buf_put(arg, name);
	buf_put(arg, data);
	return true;
}

/* In pieces of so many bytes; 0: at once. */
static int
parse(struct span bytes, size_t piece, struct buf *events)
{
	struct sse s;
	int rc = 0;

	sse_init(&s, EVENT_BYTES);
	if (piece == 0)
		piece = bytes.n;
	for (; rc == 0 && bytes.n > 0; bytes = span_from(bytes, piece))
		rc = sse_feed(&s, span_head(bytes, piece), note, events);
	if (rc == 0)
		rc = sse_end(&s, note, events);
	sse_free(&s);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span bytes = { (const char *)data, n };
	size_t piece = 1 + fuzz_byte(&bytes) % 16;
	struct buf whole, cut;
	int a, b;

	buf_init(&whole, 0);
	buf_init(&cut, 0);
	a = parse(bytes, 0, &whole);
	b = parse(bytes, piece, &cut);
	fuzz_check(a == b && span_eq(buf_span(&whole), buf_span(&cut)),
	    "how the bytes are cut does not show");
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
