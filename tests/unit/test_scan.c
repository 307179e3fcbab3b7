/*
 * JSON without a tree: what it takes and refuses, that it agrees with jansson,
 * that a stream reads the same either way, and that it is what recorded
 * streams are read with.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/fuzz_openai.h"
#include "../lib/middle.h"
#include "../lib/props.h"
#include "../lib/props_claude.h"
#include "../lib/scanned.h"
#include "../lib/tap.h"
#include "wire/escape.h"
#include "wire/jget.h"
#include "wire/scan.h"

/* --- texts ---------------------------------------------------------- */

static void
reads(struct span text, struct span want, const char *name)
{
	struct span got = SPAN_NONE;
	struct scan s;

	if (ok(scan_read(&s, text) == 0, "%s: is read", name))
		got = scan_text(scan_get(&s, scan_root(&s), "s"));
	is_mem(got.p, got.n, want.p, want.n, "%s: the text", name);
	is_str(scanned_wrong(text), NULL, "%s: as jansson does", name);
}

/* Each byte at each place of a text that is looked at in blocks. */
static void
plain_text_ends_at_each_byte(void)
{
	enum { LONG = 64 + 16 + 8 };
	char text[LONG];
	int wrong = 0;

	for (int c = 0; c < 256; c++) {
		bool plain = c >= 0x20 && c != '"' && c != '\\';

		for (size_t at = 0; at < LONG; at++) {
			memset(text, 'A', LONG);
			text[at] = (char)c;
			wrong += escape_plain((struct span){ text, LONG }) !=
			    (plain ? LONG : at);
		}
	}
	is_int(wrong, 0, "escape_plain knows each byte at each place");
}

static void
refuses(struct span text, const char *name)
{
	struct scan s;

	ok(scan_read(&s, text) != 0, "refused: %s", name);
}

#define S(inside) SPAN("{\"s\":\"" inside "\"}")

static void
texts_are_read(void)
{
	reads(S("plain"), SPAN("plain"), "plain");
	reads(S(""), SPAN(""), "empty");
	reads(S("a\\nb\\\"\\\\\\/\\b\\f\\r\\t"), SPAN("a\nb\"\\/\b\f\r\t"),
	    "all short escapes");
	reads(S("\\u0041\\u00e9\\u20AC"), SPAN("A\xc3\xa9\xe2\x82\xac"),
	    "units");
	reads(S("\\ud83d\\uDE00!"), SPAN("\xf0\x9f\x98\x80!"), "a pair");
	reads(S("\xe2\x82\xac\x7f"), SPAN("\xe2\x82\xac\x7f"), "UTF-8");
	reads(SPAN(" { \"s\" :\t\"x\" , \"t\":[ ] }\r\n"), SPAN("x"),
	    "white space");
	reads(SPAN("{\"s\":1,\"s\":\"last\"}"), SPAN("last"),
	    "the last of equal keys");
	reads(SPAN("{\"s\":\"first\",\"s\":null}"), SPAN_NONE, "null");
	reads(SPAN("{\"a\":{\"s\":\"inner\"},\"b\":[[1,{}],-20,true,false],"
		   "\"\\u0073\":\"x\"}"), SPAN("x"), "what is nested");
	reads(SPAN("{\"t\":\"x\"}"), SPAN_NONE, "absent");
	reads(SPAN("[1]"), SPAN_NONE, "an array has no keys");
	reads(SPAN("-0"), SPAN_NONE, "a number alone");
}

static void
others_are_refused(void)
{
	refuses(SPAN(""), "nothing");
	refuses(SPAN_NONE, "absence");
	refuses(SPAN("  "), "white space");
	refuses(SPAN("{\"s\":1.5}"), "a fraction");
	refuses(SPAN("{\"s\":1e3}"), "an exponent");
	refuses(SPAN("{\"s\":1234567890123456789}"), "a large number");
	refuses(SPAN("01"), "a leading zero");
	refuses(SPAN("-"), "a sign alone");
	refuses(SPAN("nul"), "a cut word");
	refuses(SPAN("{\"s\":1,}"), "a comma too many");
	refuses(SPAN("[1 2]"), "a missing comma");
	refuses(SPAN("{\"s\" 1}"), "a missing colon");
	refuses(SPAN("{s:1}"), "a key without quotes");
	refuses(SPAN("[1]]"), "something behind it");
	refuses(SPAN("[1"), "a missing bracket");
	refuses(SPAN("{\"s\":\"x"), "a missing quote");
	refuses(SPAN("\"\\"), "a backslash at the end");
	refuses(SPAN("\"\\u12"), "a cut escape");
	refuses(S("\\x41"), "an unknown escape");
	refuses(S("\\u00g0"), "no hex digit");
	refuses(S("\\u0000"), "an escaped NUL");
	refuses(S("\\ud83d"), "a high half");
	refuses(S("\\ud83d\\u0041"), "a half before something else");
	refuses(S("\\ude00"), "a low half");
	refuses(S("a\nb"), "a raw newline");
	refuses(SPAN("{\"s\":\"\0\"}"), "a raw NUL");
	refuses(S("\xff"), "no UTF-8");
	refuses(SPAN("[[[[[[[[[1]]]]]]]]]"), "nine levels");
}

static void
sizes_are_limited(void)
{
	struct buf text;
	struct scan s;

	buf_init(&text, 0);
	buf_puts(&text, "[0");
	for (int i = 2; i < SCAN_VALUES; i++)
		buf_puts(&text, ",0");
	buf_putc(&text, ']');
	is_int(scan_read(&s, buf_span(&text)), 0, "as many values as fit");
	is_int(s.count, SCAN_VALUES, "and all of them");
	buf_eat(&text, 1);
	buf_cut(&text, text.n - 1);
	buf_puts(&text, ",0]");
	is_int(scan_read(&s, buf_span(&text)), -1, "no array");

	buf_reset(&text);
	buf_puts(&text, "\"\\n");
	while (text.n < SCAN_UNESCAPED)
		buf_putc(&text, 'x');
	buf_putc(&text, '"');
	is_int(scan_read(&s, buf_span(&text)), 0, "a long text with an escape");
	is_int((long long)scan_text(scan_root(&s)).n, SCAN_UNESCAPED - 2,
	    "its length");
	buf_cut(&text, text.n - 1);
	buf_puts(&text, "xxxx\"");
	is_int(scan_read(&s, buf_span(&text)), -1, "one that is too long");

	buf_reset(&text);
	buf_puts(&text, "\"\"");
	while (text.n < SCAN_BYTES)
		buf_putc(&text, ' ');
	is_int(scan_read(&s, buf_span(&text)), 0, "the largest text");
	buf_putc(&text, ' ');
	is_int(scan_read(&s, buf_span(&text)), -1, "one byte more");
	buf_free(&text);
}

static void
chunks_are_known_by_their_keys(void)
{
	static const char *const keys[] = { "a", "b", NULL };
	struct scan s;

	scan_read(&s, SPAN("{\"a\":1,\"c\":null,\"b\":{\"d\":1}}"));
	ok(scan_knows(&s, scan_root(&s), keys), "all keys are known");
	scan_read(&s, SPAN("{\"a\":1,\"c\":0}"));
	ok(!scan_knows(&s, scan_root(&s), keys), "one is not");
	ok(!scan_knows(&s, NULL, keys), "nothing is no object");
}

/* --- streams -------------------------------------------------------- */

/* An upstream: how its streams are generated, and who asks it. */
struct way {
	const char *name;
	void (*stream)(struct stream *s, struct dice *d);
	enum api client;
	const char *config, *request;
	struct middle middle;
};

#define ASK(rest) "{\"model\":\"claude-opus-5-5\",\"stream\":true," rest "}"
#define ASK_GPT \
	"{\"model\":\"gpt-5.6\",\"stream\":true,\"max_tokens\":99," \
	"\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," \
	"\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}," \
	"\"tools\":[{\"name\":\"get_weather\",\"input_schema\":" \
	"{\"type\":\"object\"}}]}"

static struct way ways[] = {
	{ "messages to chat", props_claude_stream, API_CHAT, middle_o2c,
	    ASK("\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"),
	    { 0 } },
	{ "messages to responses", props_claude_stream, API_RESPONSES,
	    middle_o2c, ASK("\"input\":\"Hi\""), { 0 } },
	{ "responses", fuzz_responses_stream, API_MESSAGES, middle_responses,
	    ASK_GPT, { 0 } },
	{ "chat", fuzz_chat_stream, API_MESSAGES, middle_chat_other, ASK_GPT,
	    { 0 } },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* What the client gets; how many events were scanned. */
static size_t
play(struct way *w, struct span bytes, struct buf *out)
{
	struct bridge b;
	size_t scanned;

	if (middle_open(&w->middle, &b, w->client, span_of(w->request),
	    TASK_ANSWER) != 0) {
		diag("%s: refused: %s", w->name, b.why.message);
		exit(1);
	}
	middle_answer(&b, bytes, true, NULL, 0);
	if (bridge_failed(&b))
		bridge_put_error(&b);
	buf_put(out, buf_span(&b.out));
	scanned = b.reader.scanned;
	bridge_close(&b);
	return scanned;
}

/* Each event alone: scanned as jansson reads it. */
static bool
events_agree(struct prop *p, const struct stream *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct span data = { s->list[i].data, s->list[i].n };
		const char *wrong = scanned_wrong(data);

		if (wrong != NULL)
			return prop_fail(p, data, "%s", wrong);
	}
	return true;
}

static bool
both_ways_agree(struct prop *p, struct dice *d)
{
	struct way *w = &ways[dice_below(d, WAYS)];
	struct buf bytes, padded, fast, slow;
	struct stream s;
	bool good;

	buf_init(&bytes, 0);
	buf_init(&padded, 0);
	buf_init(&fast, 0);
	buf_init(&slow, 0);
	stream_init(&s);
	w->stream(&s, d);
	for (size_t n = dice_below(d, 5); n > 0; n--)
		stream_mangle(&s, d);
	stream_put(&s, &bytes, NULL);
	scanned_pad(&padded, buf_span(&bytes));
	good = events_agree(p, &s);
	play(w, buf_span(&bytes), &fast);
	if (play(w, buf_span(&padded), &slow) != 0)
		good = prop_fail(p, buf_span(&padded), "padding is no help");
	else if (!span_eq(buf_span(&fast), buf_span(&slow))) {
		prop_fail(p, buf_span(&bytes), "other bytes: %s", w->name);
		prop_fail(p, buf_span(&fast), "... scanned");
		good = prop_fail(p, buf_span(&slow), "... as a tree");
	}
	stream_free(&s);
	buf_free(&bytes);
	buf_free(&padded);
	buf_free(&fast);
	buf_free(&slow);
	return good;
}

/* Bytes that are nearly JSON. */
static bool
any_bytes_agree(struct prop *p, struct dice *d)
{
	static const char *const pieces[] = { "{", "}", "[", "]", ":", ",",
		"\"", "\\", "\"a\"", "\"a\":", "\\u", "d83d", "\\ude00", "00",
		"0", "-1", "12", ".", "e", "null", "true", "false", " ", "\n",
		"\xc3", "\xa9", "\xf0\x9f\x98\x80", "\x7f", "\x01", "\\n",
		"{\"a\":1}", "[1,2]", NULL };
	struct buf text;
	const char *wrong;

	buf_init(&text, 0);
	for (size_t n = 1 + dice_below(d, 12); n > 0; n--)
		buf_puts(&text, dice_word(d, pieces));
	wrong = scanned_wrong(buf_span(&text));
	if (wrong != NULL)
		prop_fail(p, buf_span(&text), "%s", wrong);
	buf_free(&text);
	return wrong == NULL;
}

/* --- recorded streams ----------------------------------------------- */

/* Is the event nothing but a piece of text, reasoning or arguments? */
static bool
is_delta(const json_t *ev)
{
	const json_t *choice = json_array_get(jget(ev, "choices"), 0);
	const json_t *delta = jget(choice, "delta");
	const json_t *call = json_array_get(jget(delta, "tool_calls"), 0);
	struct span type = jget_span(ev, "type");

	if (span_is(type, "content_block_delta"))
		return !jget_is(jget(ev, "delta"), "type", "citations_delta");
	if (type.p != NULL)
		return span_starts(type, "response.") &&
		    span_ends(type, ".delta");
	if (jget(choice, "finish_reason") != NULL)
		return false;
	if (call != NULL)
		return jget(call, "id") == NULL &&
		    jget_span(jget(call, "function"), "arguments").n > 0;
	return jget_span(delta, "content").n > 0 ||
	    jget_span(delta, "reasoning_content").n > 0 ||
	    jget_span(delta, "reasoning").n > 0;
}

static bool
count_delta(void *arg, struct span name, struct span data)
{
	struct pool *pool = pool_open();
	struct json_trouble trouble;
	long *count = arg;

	(void)name;
	*count += is_delta(jread(pool, data, 0, NULL, &trouble));
	pool_close(pool);
	return true;
}

struct recorded {
	long deltas, scanned, streams;
};

static void
replay(struct way *w, const char *path, struct recorded *all)
{
	struct buf bytes, out;
	struct sse sse;
	FILE *f = fopen(path, "r");
	char piece[4096];
	size_t n;
	long deltas = 0, scanned;

	if (f == NULL)
		return;
	buf_init(&bytes, 0);
	buf_init(&out, 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&bytes, (struct span){ piece, n });
	fclose(f);
	sse_init(&sse, 0);
	sse_feed(&sse, buf_span(&bytes), count_delta, &deltas);
	sse_free(&sse);
	scanned = (long)play(w, buf_span(&bytes), &out);
	if (scanned < deltas)
		diag("%s: %ld of %ld deltas were scanned", path, scanned,
		    deltas);
	all->deltas += deltas;
	all->scanned += scanned < deltas ? scanned : deltas;
	all->streams++;
	buf_free(&bytes);
	buf_free(&out);
}

/* At least so many of a hundred deltas. */
static void
streams_are_scanned(struct way *w, const char *pattern, long percent)
{
	struct recorded all = { 0 };
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			replay(w, found.gl_pathv[i], &all);
		globfree(&found);
	}
	ok(all.streams > 0 && all.deltas > 0, "there are streams: %s", pattern);
	ok(all.scanned * 100 >= all.deltas * percent, "%ld of %ld deltas of %ld "
	    "streams are scanned: %s", all.scanned, all.deltas, all.streams,
	    w->name);
}

int
main(void)
{
	plain_text_ends_at_each_byte();
	texts_are_read();
	others_are_refused();
	sizes_are_limited();
	chunks_are_known_by_their_keys();
	for (size_t i = 0; i < WAYS; i++)
		middle_init(&ways[i].middle, ways[i].config);
	prop_run("any bytes read as jansson reads them", 200000,
	    any_bytes_agree, NULL);
	prop_run("streams read the same with and without a tree", 20000,
	    both_ways_agree, NULL);
	streams_are_scanned(&ways[0],
	    "tests/captures/*/*-messages-*.response.sse", 99);
	streams_are_scanned(&ways[2],
	    "tests/captures/*/*-responses-*.response.sse", 99);
	streams_are_scanned(&ways[3],
	    "tests/captures/*/*-chat-*.response.sse", 99);
	/* These are odd on purpose. */
	streams_are_scanned(&ways[0], "tests/cases/*-messages/*/reply.sse", 90);
	streams_are_scanned(&ways[2], "tests/cases/*-responses/*/reply.sse",
	    90);
	streams_are_scanned(&ways[3], "tests/cases/*-chat/*/reply.sse", 75);
	for (size_t i = 0; i < WAYS; i++)
		middle_free(&ways[i].middle);
	return done_testing();
}
