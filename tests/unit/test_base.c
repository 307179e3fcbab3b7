/*
 * Spans, buffers, pools, encodings and ids.
 */
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/large.h"
#include "base/pool.h"
#include "base/random.h"
#include "base/xalloc.h"

static void
is_span(struct span got, struct span want, const char *name)
{
	is_mem(got.p, got.n, want.p, want.n, "%s", name);
}

static void
spans_compare(void)
{
	struct span abc = SPAN("Abc");

	ok(span_is(abc, "Abc"), "span_is: same");
	ok(!span_is(abc, "abc"), "span_is: other case");
	ok(!span_is(abc, "Abcd"), "span_is: longer");
	ok(!span_is(SPAN_NONE, ""), "absent is not empty");
	ok(span_eq(SPAN_NONE, span_of(NULL)), "absent equals absent");
	ok(!span_eq(SPAN(""), SPAN_NONE), "empty differs from absent");
	ok(span_eq(SPAN(""), span_of("")), "empty equals empty");
	ok(span_like(abc, "aBC"), "span_like ignores case");
	ok(!span_like(abc, "aB"), "span_like: all of it");
	ok(!span_like(SPAN_NONE, ""), "span_like: absent");
	ok(span_starts(abc, "Ab") && span_starts(abc, ""), "span_starts");
	ok(!span_starts(abc, "Abcd"), "span_starts: longer head");
	ok(span_ends(abc, "bc") && !span_ends(abc, "Ab"), "span_ends");
	ok(!span_ends(SPAN_NONE, ""), "span_ends: absent");
}

static void
spans_find(void)
{
	struct span text = SPAN("one two Two");

	is_int(span_find(text, SPAN("two")), 4, "span_find");
	is_int(span_find(text, SPAN("three")), -1, "span_find: nowhere");
	is_int(span_find(SPAN_NONE, SPAN("")), -1, "span_find: absent");
	is_int(span_find_like(text, "TWO"), 4, "span_find_like");
	is_int(span_find_like(text, "two Two"), 4, "span_find_like: at end");
	is_int(span_find_like(text, "two twoo"), -1,
	    "span_find_like: beyond the end");
	is_int(span_find_like(SPAN_NONE, "x"), -1, "span_find_like: absent");
}

static void
spans_cut(void)
{
	struct span s = SPAN("a,,b");

	is_span(span_from(s, 3), SPAN("b"), "span_from");
	is_int((long long)span_from(s, 9).n, 0, "span_from: too far");
	ok(span_from(SPAN_NONE, 1).p == NULL, "span_from: absent");
	is_span(span_head(s, 2), SPAN("a,"), "span_head");
	is_span(span_head(s, 9), SPAN("a,,b"), "span_head: all");

	is_span(span_cut(&s, ','), SPAN("a"), "span_cut: first");
	is_span(span_cut(&s, ','), SPAN(""), "span_cut: nothing between");
	is_span(span_cut(&s, ','), SPAN("b"), "span_cut: last");
	ok(s.p == NULL, "span_cut: then absent");
	ok(span_cut(&s, ',').p == NULL, "span_cut: of absent");

	is_span(span_trim(SPAN(" \t a b\r\n")), SPAN("a b"), "span_trim");
	is_span(span_trim(SPAN(" \f\v ")), SPAN(""), "span_trim: blank");
	ok(span_blank(SPAN(" \n")) && span_blank(SPAN_NONE), "span_blank");
	ok(!span_blank(SPAN(" x ")), "span_blank: something");
}

static void
spans_are_numbers(void)
{
	static const struct {
		const char *text;
		int rc;
		long value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "0042", 0, 42 },
		{ "-7", 0, -7 },
		{ "9223372036854775807", 0, LONG_MAX },
		{ "-9223372036854775808", 0, LONG_MIN },
		{ "9223372036854775808", -1, 1 },
		{ "-9223372036854775809", -1, 1 },
		{ "99999999999999999999", -1, 1 },
		{ "", -1, 1 },
		{ "-", -1, 1 },
		{ "+1", -1, 1 },
		{ " 1", -1, 1 },
		{ "1 ", -1, 1 },
		{ "1.0", -1, 1 },
		{ "0x10", -1, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		long value = 1;

		is_int(span_long(span_of(cases[i].text), &value), cases[i].rc,
		    "span_long '%s'", cases[i].text);
		is_int(value, cases[i].value, "span_long '%s': value",
		    cases[i].text);
	}
}

static void
buffers_grow(void)
{
	struct buf b;
	char *text;
	size_t n;

	buf_init(&b, 0);
	is_str(buf_str(&b), "", "a new buffer is an empty string");
	ok(buf_span(&b).p != NULL, "and its span is not absent");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	is_int((long long)b.n, 3890, "many pieces");
	ok(span_ends(buf_span(&b), ",998,999,"), "and the last one is there");
	is_int((long long)strlen(b.p), 3890, "and a NUL behind it");

	buf_eat(&b, 3880);
	is_str(buf_str(&b), "7,998,999,", "buf_eat");
	buf_cut(&b, 5);
	is_str(buf_str(&b), "7,998", "buf_cut");
	buf_cut(&b, 50);
	is_str(buf_str(&b), "7,998", "buf_cut beyond the end");
	buf_putc(&b, '!');
	text = buf_detach(&b, &n);
	is_mem(text, n, "7,998!", 6, "buf_detach");
	free(text);
	is_int((long long)b.n, 0, "and the buffer is empty");

	text = buf_detach(&b, NULL);
	is_str(text, "", "buf_detach of nothing is an empty string");
	free(text);
	buf_free(&b);
	buf_free(NULL);
}

static void
buffers_know_their_maximum(void)
{
	struct buf b;

	buf_init(&b, 5);
	buf_puts(&b, "abc");
	buf_reserve(&b, 1000);
	ok(!b.full, "reserving is not putting");
	buf_puts(&b, "def");
	ok(b.full, "too much makes it full");
	is_str(buf_str(&b), "abc", "nothing of it was stored");
	buf_putc(&b, 'd');
	buf_printf(&b, "%s", "e");
	is_str(buf_str(&b), "abc", "what would fit later is swallowed too");

	buf_reset(&b);
	ok(!b.full && b.n == 0, "buf_reset clears full");
	buf_printf(&b, "%d", 12345);
	is_str(buf_str(&b), "12345", "exactly the maximum");
	ok(!b.full, "is not too much");
	buf_put(&b, SPAN(""));
	ok(!b.full, "nor is nothing");
	buf_reset(&b);
	buf_puts(&b, "ab");
	buf_printf(&b, "%d", 1234);
	ok(b.full, "formatted text makes it full");
	is_str(buf_str(&b), "ab", "and is not stored either");
	buf_free(&b);
}

static void
note(void *arg)
{
	static int count;

	*(int *)arg = ++count;
}

static void
pools_own(void)
{
	struct pool *pool = pool_open();
	int first = 0, second = 0, bad = 0;
	size_t before = pool_size(pool);
	char long_text[1000];
	struct span s;

	pool_defer(pool, note, &first);
	pool_defer(pool, note, &second);
	for (size_t n = 0; n < 40000; n += 1 + n / 3) {
		unsigned char *p = pool_alloc(pool, n);

		bad += (uintptr_t)p % _Alignof(max_align_t) != 0;
		for (size_t i = 0; i < n; i++)
			bad += p[i] != 0;
		memset(p, 0xff, n);
	}
	for (int i = 0; i < 20000; i++) {
		unsigned char *p = pool_alloc(pool, 24);

		for (size_t k = 0; k < 24; k++)
			bad += p[k] != 0;
		memset(p, 0xff, 24);
	}
	is_int(bad, 0, "memory is aligned and zeroed");
	ok(pool_size(pool) - before > 480000, "pool_size counts");

	s = pool_span(pool, SPAN("x\0y"));
	is_span(s, SPAN("x\0y"), "pool_span copies");
	is_int(s.p[3], 0, "and terminates");
	ok(pool_span(pool, SPAN_NONE).p == NULL, "absent stays absent");
	ok(pool_span(pool, SPAN("")).p != NULL, "empty stays empty");
	ok(pool_str(pool, SPAN_NONE) == NULL, "pool_str: absent is NULL");
	is_str(pool_str(pool, SPAN("abc")), "abc", "pool_str");
	is_span(pool_join(pool, SPAN("a"), SPAN_NONE, SPAN("c")), SPAN("ac"),
	    "pool_join");
	is_span(pool_printf(pool, "%s-%d", "n", 7), SPAN("n-7"), "pool_printf");
	memset(long_text, 'x', sizeof(long_text));
	s = pool_printf(pool, "%.*s!", (int)sizeof(long_text), long_text);
	is_int((long long)s.n, 1001, "pool_printf: long text");
	is_str(s.p + 999, "x!", "pool_printf: its end");

	is_int(first + second, 0, "nothing deferred has run");
	pool_close(pool);
	is_int(second, 1, "the newest runs first");
	is_int(first, 2, "the oldest last");
	pool_close(NULL);
}

/* RFC 4648, section 10. */
static void
base64_knows_its_digits(void)
{
	static const struct {
		const char *bytes, *plain, *url;
	} cases[] = {
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "\xfb\xef\xff", "++//", "--__" },
	};
	/* clang-format off */
	static const char *const invalid[] = {
		"", "A", "AA", "AAA", "AAAAA", "A===", "====", "AA=A", "=AAA",
		"AA==AAAA", "AAA\n", "AA A", "AA-_", "AAAA\n",
	};
	/* clang-format on */
	struct pool *pool = pool_open();
	struct span got;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *want = cases[i].bytes;
		struct span plain = span_of(cases[i].plain);

		buf_reset(&out);
		base64url_put(&out, span_of(want));
		is_str(buf_str(&out), cases[i].url, "base64url_put");
		got = SPAN_NONE;
		is_int(base64url_read(pool, buf_span(&out), &got), 0,
		    "base64url_read %s", cases[i].url);
		is_mem(got.p, got.n, want, strlen(want), "its bytes");
		ok(base64_valid(plain), "%s is valid", cases[i].plain);
		is_int(base64_read(pool, plain, &got), 0, "base64_read");
		is_mem(got.p, got.n, want, strlen(want), "its bytes");
	}
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		ok(!base64_valid(span_of(invalid[i])), "invalid base64 %zu", i);
		is_int(base64_read(pool, span_of(invalid[i]), &got), -1,
		    "is not read");
	}
	is_int(base64url_read(pool, SPAN("++//"), &got), -1, "not base64url");
	is_int(base64url_read(pool, SPAN("Zg=="), &got), -1, "no padding");
	is_int(base64url_read(pool, SPAN("ZgZgZ"), &got), -1, "one digit left");
	is_int(base64url_read(pool, SPAN(""), &got), 0, "nothing is nothing");
	is_int((long long)got.n, 0, "and has no bytes");
	buf_free(&out);
	pool_close(pool);
}

/* Long enough for blocks that are looked at at once, and a rest. */
enum { LONG = 64 + 16 + 8 };

static struct span
long_text(char *text, size_t at, int c)
{
	memset(text, 'A', LONG);
	text[at] = (char)c;
	return (struct span){ text, LONG };
}

static void
base64_knows_each_byte(void)
{
	char text[LONG];
	int wrong = 0;

	for (int c = 0; c < 256; c++) {
		bool digit = c < 128 && (isalnum(c) || c == '+' || c == '/');

		for (size_t at = 0; at < LONG - 2; at++)
			wrong += base64_valid(long_text(text, at, c)) != digit;
	}
	is_int(wrong, 0, "base64_valid knows each byte at each place");
}

static void
utf8_knows_each_byte(void)
{
	char text[LONG];
	int wrong = 0;

	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < LONG; at++)
			wrong += utf8_run(long_text(text, at, c)) !=
			    (c < 128 ? LONG : at);
	is_int(wrong, 0, "utf8_run knows each byte at each place");
}

static void
base64_shows_its_start(void)
{
	unsigned char bytes[8];

	is_int((long long)base64_peek(SPAN("iVBORw0KGgo="), bytes, 4), 4,
	    "base64_peek gives what was asked for");
	is_mem(bytes, 4, "\x89PNG", 4, "a PNG");
	is_int((long long)base64_peek(SPAN("Zm8="), bytes, 8), 2,
	    "or what there is");
	is_mem(bytes, 2, "fo", 2, "two bytes");
}

static void
digests_match(void)
{
	struct pool *pool = pool_open();

	is_span(sha256_hex(pool, SPAN("abc"), 20), SPAN("ba7816bf8f01cfea4141"),
	    "SHA-256 of abc");
	is_int((long long)sha256_hex(pool, SPAN("abc"), 99).n, 64,
	    "never more than all digits");
	is_span(sha256_hex(pool, SPAN(""), 7), SPAN("e3b0c44"),
	    "the first digits");
	is_span(sha256_hex(pool, SPAN_NONE, 7), SPAN("e3b0c44"), "of absent");
	is_int(crc32_of(SPAN("123456789")), 0xcbf43926, "CRC-32");
	is_int(crc32_of(SPAN("")), 0, "CRC-32 of nothing");
	pool_close(pool);
}

/* How far text is good, and how long the bad piece behind it is. */
static void
utf8_is_checked(void)
{
	static const struct {
		const char *text;
		size_t run, bad;
	} cases[] = {
		{ "", 0, 0 },
		{ "plain ASCII, more than eight", 28, 0 },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 15, 0 },
		{ "\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", 13,
		    0 },
		{ "12345678\x80", 8, 1 },		/* alone */
		{ "a\xc3", 1, 1 },			/* cut */
		{ "a\xe2\x82", 1, 2 },
		{ "a\xf0\x9f\x98", 1, 3 },
		{ "a\xf0\x9f\x98z", 1, 3 },
		{ "\xc0\x80", 0, 1 },			/* overlong */
		{ "\xc1\xbf", 0, 1 },
		{ "\xe0\x9f\xbf", 0, 1 },
		{ "\xf0\x8f\xbf\xbf", 0, 1 },
		{ "\xed\xa0\x80", 0, 1 },		/* a surrogate */
		{ "\xf4\x90\x80\x80", 0, 1 },		/* too high */
		{ "\xf5\x80\x80\x80", 0, 1 },
		{ "\xff", 0, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = span_of(cases[i].text);
		size_t run = utf8_run(s);

		is_int((long long)run, (long long)cases[i].run, "utf8_run %zu",
		    i);
		is_int((long long)utf8_bad(span_from(s, run)),
		    (long long)cases[i].bad, "utf8_bad %zu", i);
		ok(utf8_valid(s) == (cases[i].bad == 0), "utf8_valid %zu", i);
	}
}

static void
utf8_is_walked(void)
{
	static const uint32_t want[] = { 'a', 0xfc, 0x20ac, 0x1f600, 0xfffd };
	struct span text = SPAN("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xff");
	struct span s = text;
	size_t bytes;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		is_int(utf8_next(s, &bytes), want[i], "code point %zu", i);
		is_int((long long)bytes, i < 4 ? (long long)i + 1 : 1,
		    "its length");
		s = span_from(s, bytes);
	}
	utf8_next(s, &bytes);
	is_int((long long)bytes, 0, "no bytes at the end");

	text.n--;
	is_int((long long)utf8_count(text), 4, "utf8_count");
	is_int((long long)utf8_offset(text, 0), 0, "utf8_offset: first");
	is_int((long long)utf8_offset(text, 3), 6, "utf8_offset: last");
	is_int((long long)utf8_offset(text, 4), 10, "utf8_offset: end");
	is_int((long long)utf8_offset(text, 9), 10, "utf8_offset: beyond");
}

static void
ids_are_random_or_not(void)
{
	struct pool *pool = pool_open();
	struct span a = random_base62(pool, "req_", 24);
	struct span b = random_base62(pool, "req_", 24);
	struct span hex = random_hex(pool, "", 100);
	unsigned char bytes[4];

	is_int((long long)a.n, 28, "prefix and digits");
	ok(span_starts(a, "req_"), "the prefix comes first");
	ok(!span_eq(a, b), "two ids differ");
	is_int((long long)strspn(hex.p, "0123456789abcdef"), 100, "hex digits");

	random_fixed();
	is_span(random_base62(pool, "req_", 24),
	    SPAN("req_000000000000000000000001"), "the first fixed id");
	is_span(random_hex(pool, "", 8), SPAN("00000002"), "the second");
	random_bytes(bytes, sizeof(bytes));
	is_mem(bytes, sizeof(bytes), "\0\0\0\3", 4, "the third");
	for (int i = 0; i < 8; i++)
		random_hex(pool, "", 1);
	is_span(random_hex(pool, "x", 3), SPAN("x012"), "decimal, also in hex");
	is_span(random_hex(pool, "x", 1), SPAN("x3"), "cut at the left");
	pool_close(pool);
}

static void
allocation_gives_something(void)
{
	char *p = xstrndup("abcdef", 3), *q = xstrdup("abc");

	is_str(p, q, "xstrdup and xstrndup");
	p = xrealloc(p, 0);
	ok(p != NULL, "xrealloc to nothing");
	free(p);
	free(q);
	p = xmalloc(0);
	ok(p != NULL, "xmalloc of nothing");
	free(p);
	p = xcalloc(0, 8);
	ok(p != NULL, "xcalloc of nothing");
	free(p);
}

static void
large_blocks_are_kept(void)
{
	enum { MIB = 1 << 20 };
	char *p = xmalloc(3 * MIB), *small = xmalloc(100), *again;

	memset(p, 'x', 3 * MIB);
	xfree(small);
	xfree(p);
	again = xmalloc(2 * MIB);
	ok(again == p && again[2 * MIB - 1] == 'x', "the next one gets it");
	xfree(again);
	again = xmalloc(MIB);
	ok(again != p, "not who needs less than half of it");
	xfree(again);
	ok(xrealloc(NULL, 3 * MIB) == p, "who grows from nothing gets it");
	xfree(p);
	large_trim();
	ok((again = large_take(3 * MIB)) == p, "it is kept a while");
	ok(large_keep(p), "a block of malloc's is taken");
	large_trim();
	large_trim();
	ok(large_take(3 * MIB) == NULL, "and freed when nobody needs it");
	p = xmalloc(LARGE_KEPT_BYTES + MIB);
	ok(!large_keep(p), "too large to be kept");
	free(p);
}

int
main(void)
{
	spans_compare();
	spans_find();
	spans_cut();
	spans_are_numbers();
	buffers_grow();
	buffers_know_their_maximum();
	pools_own();
	base64_knows_its_digits();
	base64_knows_each_byte();
	utf8_knows_each_byte();
	base64_shows_its_start();
	digests_match();
	utf8_is_checked();
	utf8_is_walked();
	ids_are_random_or_not();
	allocation_gives_something();
	large_blocks_are_kept();
	return done_testing();
}
