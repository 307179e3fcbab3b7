/*
 * Reading JSON: what is mended, what is refused and how, typed getters.
 */
#include <glob.h>
#include <limits.h>
#include <stdlib.h>

#include "../lib/scanned.h"
#include "../lib/tap.h"
#include "base/buf.h"
#include "wire/jfast.h"
#include "wire/jget.h"

/* Parse text, take the string at "s" and compare it. */
static void
mends(struct span text, struct span want, int repaired, const char *name)
{
	struct pool *pool = pool_open();
	struct json_trouble why = { 0 };
	size_t count = 99;
	json_t *tree = jread(pool, text, 0, &count, &why);
	struct span got = jget_span(tree, "s");

	if (!ok(tree != NULL, "%s: is read", name))
		diag("%d:%d %s", why.line, why.column, why.text);
	is_mem(got.p, got.n, want.p, want.n, "%s: the text", name);
	is_int((long long)count, repaired, "%s: repaired", name);
	pool_close(pool);
}

#define S(inside) SPAN("{\"s\":\"" inside "\"}")
#define FFFD "\xef\xbf\xbd"

static void
strings_are_mended(void)
{
	mends(S("plain"), SPAN("plain"), 0, "nothing to mend");
	mends(S("a\\u0000b"), SPAN("a\0b"), 0, "escaped NUL");
	mends(S("\\ud83d\\ude00"), SPAN("\xf0\x9f\x98\x80"), 0, "a pair");
	mends(S("\\uD83D\\uDE00"), SPAN("\xf0\x9f\x98\x80"), 0, "upper case");
	mends(S("a\\ud83d"), SPAN("a" FFFD), 1, "a high half");
	mends(S("\\ude00z"), SPAN(FFFD "z"), 1, "a low half");
	mends(S("\\ude00\\ud83d"), SPAN(FFFD FFFD), 2, "halves swapped");
	mends(S("\\ud83d\\ud83d\\ude00"), SPAN(FFFD "\xf0\x9f\x98\x80"), 1,
	    "a half before a pair");
	mends(S("\\ud83dx\\ude00"), SPAN(FFFD "x" FFFD), 2,
	    "a pair with something between");
	mends(S("\\ud83d\\n"), SPAN(FFFD "\n"), 1, "another escape behind");
	mends(S("\\\\ud83d"), SPAN("\\ud83d"), 0, "an escaped backslash");
	mends(S("\\\\\\ud83d"), SPAN("\\" FFFD), 1, "and one more escape");
	mends(S("\\ud7ff\\ue000"), SPAN("\xed\x9f\xbf\xee\x80\x80"), 0,
	    "neighbours of surrogates");
	mends(S("a\xff\xfez"), SPAN("a" FFFD FFFD "z"), 2, "no UTF-8");
	mends(S("\xe2\x82"), SPAN(FFFD), 1, "cut UTF-8");
	mends(S("\xed\xa0\x80"), SPAN(FFFD FFFD FFFD), 3, "raw surrogate");
	mends(S("\xff\\udfff\xc3\xbc"), SPAN(FFFD FFFD "\xc3\xbc"), 2, "both");
	mends(SPAN("{\"s\":1,\"s\":\"last\"}"), SPAN("last"), 0,
	    "a duplicate key");
}

static void
refuses(struct span text, int line, const char *want, const char *name)
{
	struct pool *pool = pool_open();
	struct json_trouble why = { .line = -1 };

	ok(jread(pool, text, 0, NULL, &why) == NULL, "%s: refused", name);
	is_str(why.text, want, "%s: the words", name);
	is_int(why.line, line, "%s: the line", name);
	pool_close(pool);
}

static void
trouble_is_explained_without_content(void)
{
	refuses(SPAN(""), 0, "empty", "empty");
	refuses(SPAN_NONE, 0, "empty", "absent");
	refuses(SPAN(" \r\n"), 0, "empty", "blank");
	refuses(SPAN("sk-secret"), 1, "invalid token", "a word");
	refuses(SPAN("{\n\"a\":\nsk-secret}"), 3, "invalid token", "line 3");
	refuses(SPAN("{\"a\":1"), 1, "'}' expected near end of file", "cut");
	refuses(SPAN("{'a':1}"), 1, "string or '}' expected", "quotes");
	refuses(SPAN("[1] x"), 1, "end of file expected", "more behind");
	refuses(SPAN("\"a\nb\""), 1, "unexpected newline", "raw newline");
	refuses(SPAN("\"a\x01\""), 1, "control character 0x1", "raw control");
	refuses(SPAN("\"\\u12g4\""), 1, "invalid escape", "bad escape");
	refuses(SPAN("\xff"), 1, "invalid token", "no UTF-8 outside");
	refuses(SPAN("\"\\"), 1, "invalid escape", "ends in a backslash");
	refuses(SPAN("\"\\ud83"), 1, "invalid escape", "ends in an escape");
	refuses(SPAN("1e999"), 1, "real number overflow", "too large a real");
}

static void
columns_are_counted(void)
{
	struct pool *pool = pool_open();
	struct json_trouble why;

	jread(pool, SPAN("{\n  \"a\": x}"), 0, NULL, &why);
	is_int(why.line, 2, "line");
	is_int(why.column, 8, "column");
	pool_close(pool);
}

/* `depth` arrays in each other, after strings that hold brackets too. */
static bool
reads_nest(size_t depth, size_t max_depth, const char *want)
{
	struct pool *pool = pool_open();
	struct json_trouble why = { 0 };
	struct buf text;
	bool read;

	buf_init(&text, 0);
	buf_puts(&text, "[\"[[[\\\"[[[\\\\\",");
	for (size_t i = 1; i < depth; i++)
		buf_putc(&text, '[');
	for (size_t i = 1; i < depth; i++)
		buf_putc(&text, ']');
	if (depth == 1)
		buf_putc(&text, '0');
	buf_putc(&text, ']');
	read = jread(pool, buf_span(&text), max_depth, NULL, &why) != NULL;
	if (want != NULL)
		is_str(why.text, want, "the words");
	buf_free(&text);
	pool_close(pool);
	return read;
}

static bool
reads_items(const char *text, size_t most)
{
	struct pool *pool = pool_open();
	struct json_trouble why = { 0 };
	const struct json_limits limits = { .items = most };
	bool read = jread_within(pool, span_of(text), limits, NULL, &why) !=
	    NULL;

	if (!read)
		ok(why.line == 0 && strstr(why.text, "members and elements"),
		    "the words: %s", why.text);
	pool_close(pool);
	return read;
}

static void
items_are_bounded(void)
{
	const char *text = "{\"a,a\":[1,2,{\"b\":\"[,,,\\\"[,\"}],\"c\":[[],[]]}";

	ok(reads_items(text, 0), "no limit");
	ok(reads_items(text, 10), "as many as allowed");
	ok(!reads_items(text, 9), "one more");
	ok(reads_items("[1,2,3]", 3), "three of three");
	ok(!reads_items("[1,2,3]", 2), "three of two");
}

static void
depth_is_bounded(void)
{
	ok(reads_nest(1, 1, NULL), "one level of one");
	ok(!reads_nest(2, 1, "nested more than 1 levels deep"), "two of one");
	ok(reads_nest(512, 0, NULL), "512 levels are usual");
	ok(!reads_nest(513, 0, "nested more than 512 levels deep"), "513");
	ok(reads_nest(2000, 9999, NULL), "2000 levels if asked for");
	ok(!reads_nest(2001, 9999, "nested more than 2000 levels deep"),
	    "never more");
}

static void
numbers_are_whole_or_not(void)
{
	struct pool *pool = pool_open();
	struct json_trouble why;
	static const char text[] =
	    "{\"i\":3,\"r\":3.0,\"h\":3.5,\"e\":1e3,"
	    "\"big\":9223372036854775807,\"edge\":9223372036854775808.0,"
	    "\"low\":-9223372036854775808.0,\"s\":\"3\",\"n\":null,"
	    "\"t\":true,\"f\":false}";
	json_t *o = jread(pool, span_of(text), 0, NULL, &why);

	is_int(jget_long(o, "i", -1), 3, "an integer");
	is_int(jget_long(o, "r", -1), 3, "written as a real");
	is_int(jget_long(o, "h", -1), -1, "not a whole one");
	is_int(jget_long(o, "e", -1), 1000, "with an exponent");
	is_int(jget_long(o, "big", -1), LONG_MAX, "the largest");
	is_int(jget_long(o, "edge", -1), -1, "one more");
	is_int(jget_long(o, "low", -1), LONG_MIN, "the smallest");
	is_int(jget_long(o, "s", -1), -1, "a string is none");
	is_int(jget_long(o, "t", -1), -1, "nor is true");
	is_int(jget_long(o, "n", -1), -1, "null is missing");
	ok(jis_whole(jget(o, "r")) && !jis_whole(jget(o, "h")) &&
		!jis_whole(jget(o, "edge")) && !jis_whole(NULL),
	    "jis_whole");
	ok(jget_real(o, "i", -1) == 3, "jget_real of an integer");
	ok(jget_real(o, "h", -1) == 3.5, "jget_real of a real");
	ok(jget_real(o, "s", -1) == -1, "jget_real of a string");
	ok(jget_bool(o, "t", false) && !jget_bool(o, "f", true), "jget_bool");
	ok(jget_bool(o, "i", true) && jget_bool(o, "x", true), "or missing");

	o = jread(pool, SPAN("{\"a\":18446744073709551616,\"b\":7}"), 0, NULL,
	    &why);
	ok(jget_real(o, "a", 0) == 18446744073709551616.0,
	    "an integer beyond 64 bits becomes a real");
	is_int(jget_long(o, "b", -1), 7, "others stay whole");
	pool_close(pool);
}

static void
values_have_types(void)
{
	struct pool *pool = pool_open();
	struct json_trouble why;
	static const char text[] =
	    "{\"o\":{},\"a\":[],\"s\":\"word\",\"e\":\"\",\"n\":null,"
	    "\"i\":1,\"r\":1.5,\"b\":false}";
	json_t *o = jread(pool, span_of(text), 0, NULL, &why);

	ok(jget_object(o, "o") != NULL && jget_object(o, "a") == NULL &&
		jget_object(o, "x") == NULL,
	    "jget_object");
	ok(jget_array(o, "a") != NULL && jget_array(o, "o") == NULL,
	    "jget_array");
	ok(jget(o, "n") == NULL, "null is absent");
	ok(jget(NULL, "n") == NULL && jget(jget(o, "a"), "n") == NULL,
	    "nothing in what is no object");
	ok(jget_is(o, "s", "word") && !jget_is(o, "s", "wor") &&
		!jget_is(o, "x", ""),
	    "jget_is");
	ok(jget_span(o, "e").p != NULL, "an empty string is not absent");
	ok(jget_span(o, "i").p == NULL && jspan(NULL).p == NULL,
	    "a number is no string");

	is_str(jtype(jget(o, "o")), "object", "jtype");
	is_str(jtype(jget(o, "a")), "array", "jtype");
	is_str(jtype(jget(o, "s")), "string", "jtype");
	is_str(jtype(jget(o, "i")), "number", "jtype");
	is_str(jtype(jget(o, "r")), "number", "jtype");
	is_str(jtype(jget(o, "b")), "boolean", "jtype");
	is_str(jtype(json_object_get(o, "n")), "null", "jtype");
	is_str(jtype(NULL), "nothing", "jtype");

	is_str(jtype(jread(pool, SPAN(" \"x\" "), 0, NULL, &why)), "string",
	    "any value may be the root");
	is_str(jtype(jread(pool, SPAN("null"), 0, NULL, &why)), "null",
	    "null too");
	pool_close(pool);
}

/* --- the fast way --------------------------------------------------- */

/* Is it read without jansson's parser, to the same tree? */
static void
fast(struct span text, const char *name)
{
	json_t *tree = jfast(text, 9);

	ok(tree != NULL, "fast: %s", name);
	is_str(scanned_wrong(text), NULL, "fast and as jansson: %s", name);
	json_decref(tree);
}

static void
not_fast(struct span text, const char *name)
{
	json_t *tree = jfast(text, 9);

	ok(tree == NULL, "left to jansson: %s", name);
	json_decref(tree);
}

static void
usual_texts_are_read_fast(void)
{
	fast(SPAN("{\"a\":[1,-2.5e3,true,false,null,{}],\"b\":\"x\"}"),
	    "all types");
	fast(SPAN(" [ ] "), "white space");
	fast(SPAN("7"), "a number alone");
	fast(S("a\\n\\u00e9\\ud83d\\ude00\xc3\xa9"), "escapes");
	fast(SPAN("{\"\\u0061\\n\":{\"\\n\":\"\\t\"}}"),
	    "escapes in keys");
	fast(SPAN("{\"a\":1,\"b\":2,\"a\":3}"), "a duplicate key");
	fast(SPAN("{\"\":0}"), "an empty key");
	fast(SPAN("[[[[[[[[[]]]]]]]]]"), "nine levels");
	not_fast(SPAN("[[[[[[[[[[]]]]]]]]]]"), "ten levels");
	not_fast(S("\\u0000"), "an escaped NUL");
	not_fast(S("\\ud83d"), "half a pair");
	not_fast(S("\xff"), "no UTF-8");
	not_fast(SPAN("[1,]"), "a comma too many");
	not_fast(SPAN("[1] 2"), "something behind it");
	not_fast(SPAN("99999999999999999999"), "a number too large");
	not_fast(SPAN(""), "nothing");
}

/* Each recorded request, and no other way: a body is what takes the time. */
static void
recorded_requests_are_read_fast(void)
{
	glob_t found;
	size_t fine = 0;

	if (glob("tests/captures/*/*.json", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		json_t *tree = json_load_file(found.gl_pathv[i], 0, NULL);
		char *text = json_dumps(tree, 0);
		json_t *again = jfast(span_of(text), 512);

		if (json_equal(tree, again))
			fine++;
		else
			diag("%s", found.gl_pathv[i]);
		json_decref(again);
		json_decref(tree);
		free(text);
	}
	is_int((long long)fine, (long long)found.gl_pathc,
	    "recorded requests are read fast");
	globfree(&found);
}

int
main(void)
{
	strings_are_mended();
	trouble_is_explained_without_content();
	columns_are_counted();
	depth_is_bounded();
	items_are_bounded();
	numbers_are_whole_or_not();
	values_have_types();
	usual_texts_are_read_fast();
	recorded_requests_are_read_fast();
	return done_testing();
}
