/*
 * Writing JSON.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/tap.h"
#include "wire/jget.h"
#include "wire/jw.h"

#define FFFD "\xef\xbf\xbd"

static void
values_nest(void)
{
	struct buf out;
	struct jw w;

	buf_init(&out, 0);
	jw_init(&w, &out);
	jw_obj(&w, NULL);
	jw_str(&w, "s", SPAN("x"));
	jw_str(&w, "none", SPAN_NONE);
	jw_arr(&w, "a");
	jw_int(&w, NULL, -1);
	jw_obj(&w, NULL);
	jw_end(&w);
	jw_arr(&w, NULL);
	jw_end(&w);
	jw_null(&w, NULL);
	jw_end(&w);
	jw_bool(&w, "t", true);
	jw_bool(&w, "f", false);
	jw_real(&w, "r", 0.7);
	jw_raw(&w, "raw", SPAN("{\"k\": 1}"));
	jw_json(&w, "tree", NULL);
	jw_end(&w);
	is_str(buf_str(&out),
	    "{\"s\":\"x\",\"none\":null,\"a\":[-1,{},[],null],"
	    "\"t\":true,\"f\":false,\"r\":0.7,\"raw\":{\"k\": 1},"
	    "\"tree\":null}",
	    "everything once");

	buf_reset(&out);
	jw_init(&w, &out);
	for (int i = 0; i < 64; i++)
		jw_arr(&w, NULL);
	jw_int(&w, NULL, 1);
	jw_int(&w, NULL, 2);
	for (int i = 0; i < 64; i++)
		jw_end(&w);
	is_int((long long)out.n, 64 + 3 + 64, "64 levels");
	ok(span_find(buf_span(&out), SPAN("[1,2]")) == 63, "the deepest");

	buf_reset(&out);
	jw_init(&w, &out);
	jw_str(&w, NULL, SPAN("root"));
	is_str(buf_str(&out), "\"root\"", "a value may be the root");
	buf_free(&out);
}

static void
escapes(struct span s, const char *want, const char *name)
{
	struct buf out;

	buf_init(&out, 0);
	json_escape(&out, s);
	is_str(buf_str(&out), want, "%s", name);
	buf_free(&out);
}

static void
strings_are_escaped(void)
{
	escapes(SPAN(""), "", "nothing");
	escapes(SPAN("\"\\\b\f\n\r\t"), "\\\"\\\\\\b\\f\\n\\r\\t", "by letter");
	escapes(SPAN("a\0\x01\x1f\x7f"), "a\\u0000\\u0001\\u001f\x7f",
	    "by number");
	escapes(SPAN("gr\xc3\xbc\xc3\x9f \xe2\x80\xa8 \xf0\x9f\x98\x80"),
	    "gr\xc3\xbc\xc3\x9f \xe2\x80\xa8 \xf0\x9f\x98\x80", "UTF-8 stays");
	escapes(SPAN("a\xff\xe2\x82\"\xe2\x82"), "a" FFFD FFFD "\\\"" FFFD,
	    "what is no UTF-8");
	escapes(SPAN("</script>"), "</script>", "a slash stays");
}

/* Every byte below 0x80 at every place of a word of eight, and beyond. */
static void
escapes_are_found_anywhere(void)
{
	struct buf out, want;
	int bad = 0;

	buf_init(&out, 0);
	buf_init(&want, 0);
	for (int c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < 20; at++) {
			char text[20];

			memset(text, '!', sizeof(text));
			text[at] = (char)c;
			buf_reset(&out);
			json_escape(&out, (struct span){ text, 20 });
			buf_reset(&want);
			buf_put(&want, (struct span){ text, at });
			json_escape(&want, (struct span){ text + at, 1 });
			buf_put(&want,
			    span_from((struct span){ text, 20 }, at + 1));
			bad += !span_eq(buf_span(&out), buf_span(&want));
		}
	}
	is_int(bad, 0, "the fast loop sees what the slow one sees");
	buf_free(&want);
	buf_free(&out);
}

static void
writes_real(double n, const char *want)
{
	struct buf out;
	struct jw w;

	buf_init(&out, 0);
	jw_init(&w, &out);
	jw_real(&w, NULL, n);
	is_str(buf_str(&out), want, "real %.17g", n);
	buf_free(&out);
}

static void
reals_are_short(void)
{
	/* clang-format off */
	static const double round_trip[] = {
		0.1, 1.0 / 3, 2.0 / 3, DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 1e-7,
		123456.789, 5e22, 9007199254740994.0, 1e300, 0.30000000000000004,
	};
	/* clang-format on */

	writes_real(0, "0");
	writes_real(1.0, "1");
	writes_real(-2.0, "-2");
	writes_real(0.7, "0.7");
	writes_real(1.1, "1.1");
	writes_real(0.30000000000000004, "0.30000000000000004");
	writes_real(1e15, "1000000000000000");
	writes_real(9007199254740992.0, "9007199254740992");
	writes_real(1e20, "1e+20");
	writes_real(1e-7, "1e-07");
	writes_real((double)NAN, "null");
	writes_real((double)INFINITY, "null");
	writes_real(-(double)INFINITY, "null");

	for (size_t i = 0; i < sizeof(round_trip) / sizeof(double); i++) {
		struct buf out;
		struct jw w;

		buf_init(&out, 0);
		jw_init(&w, &out);
		jw_real(&w, NULL, round_trip[i]);
		ok(strtod(buf_str(&out), NULL) == round_trip[i],
		    "%s reads back", buf_str(&out));
		buf_free(&out);
	}
}

static void
puts_back(struct span text, const char *want, const char *name)
{
	struct pool *pool = pool_open();
	struct json_trouble why = { 0 };
	json_t *tree = jread(pool, text, 2000, NULL, &why);
	struct buf out;

	buf_init(&out, 0);
	if (!ok(tree != NULL, "%s: is read", name))
		diag("%s", why.text);
	json_put(&out, tree);
	is_str(buf_str(&out), want, "%s", name);
	buf_free(&out);
	pool_close(pool);
}

static void
trees_are_written(void)
{
	struct buf out, deep;
	json_t *o;

	puts_back(SPAN(" { \"z\" : 1 , \"a\" : [ ] , \"m\" : { } } "),
	    "{\"z\":1,\"a\":[],\"m\":{}}", "keys stay in order");
	puts_back(SPAN("[1, -2, 3.0, 0.25, true, false, null, \"\"]"),
	    "[1,-2,3,0.25,true,false,null,\"\"]", "every type");
	puts_back(SPAN("{\"a\\\"\\n\":\"\\u0000\\u00fc\"}"),
	    "{\"a\\\"\\n\":\"\\u0000\xc3\xbc\"}", "keys are escaped");
	puts_back(SPAN("[9223372036854775807]"), "[9223372036854775807]",
	    "the largest integer");

	buf_init(&deep, 0);
	for (int i = 0; i < 2000; i++)
		buf_putc(&deep, '[');
	for (int i = 0; i < 2000; i++)
		buf_putc(&deep, ']');
	puts_back(buf_span(&deep), buf_str(&deep), "2000 levels");
	buf_free(&deep);

	o = json_object();
	json_object_setn_new(o, "a\0b", 3, json_integer(1));
	buf_init(&out, 0);
	json_put(&out, o);
	is_str(buf_str(&out), "{\"a\\u0000b\":1}", "a NUL in a key");
	buf_free(&out);
	json_decref(o);
}

static void
text_is_made_of_pieces(void)
{
	struct pool *pool = pool_open();
	struct json_trouble why;
	json_t *args = jread(pool, SPAN("{\"q\": \"a\\nb\"}"), 0, NULL, &why);
	struct buf out;
	struct jw w;

	buf_init(&out, 0);
	jw_init(&w, &out);
	jw_obj(&w, NULL);
	jw_text_begin(&w, "t");
	jw_text(&w, SPAN("one \"two\""));
	jw_text(&w, SPAN_NONE);
	jw_text(&w, SPAN("\n"));
	jw_text_json(&w, args);
	jw_text_end(&w);
	jw_int(&w, "n", 1);
	jw_end(&w);
	is_str(buf_str(&out),
	    "{\"t\":\"one \\\"two\\\"\\n"
	    "{\\\"q\\\":\\\"a\\\\nb\\\"}\",\"n\":1}",
	    "pieces and a tree");
	buf_free(&out);
	pool_close(pool);
}

static void
full_buffers_say_so(void)
{
	struct buf out;
	struct jw w;

	buf_init(&out, 10);
	jw_init(&w, &out);
	jw_obj(&w, NULL);
	jw_str(&w, "key", SPAN("value"));
	jw_end(&w);
	ok(out.full, "what did not fit is remembered");
	buf_free(&out);
}

int
main(void)
{
	values_nest();
	strings_are_escaped();
	escapes_are_found_anywhere();
	reals_are_short();
	trees_are_written();
	text_is_made_of_pieces();
	full_buffers_say_so();
	return done_testing();
}
