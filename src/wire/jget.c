/*
 * JSON, read.
 *
 * Jansson is strict about text: it refuses bytes that are no UTF-8 and
 * escapes of half a surrogate pair.  Clients cut strings in the middle of an
 * emoji, so both happen, and both are mended in a copy before it sees them.
 */
#include "wire/jget.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/codec.h"
#include "wire/jfast.h"

enum {
	DEPTH_USUAL = 512,
	DEPTH_MOST = 2000,	/* jansson's own limit is 2048 */
};

/* Also the length of an escape, so that mending one moves nothing. */
static const char replacement_escape[] = "\\ufffd";
enum { ESCAPE_LENGTH = sizeof(replacement_escape) - 1 };

/* Replace ill-formed UTF-8, in a copy when there is any. */
static struct span
mend_utf8(struct pool *pool, struct span text, size_t *mended)
{
	size_t run = utf8_run(text);
	struct buf out;

	if (run == text.n)
		return text;
	buf_init(&out, 0);
	for (;;) {
		buf_put(&out, span_head(text, run));
		text = span_from(text, run);
		if (text.n == 0)
			break;
		buf_puts(&out, "\xef\xbf\xbd");
		++*mended;
		text = span_from(text, utf8_bad(text));
		run = utf8_run(text);
	}
	text = pool_span(pool, buf_span(&out));
	buf_free(&out);
	return text;
}

static bool
one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

enum half { NO_HALF, HIGH_HALF, LOW_HALF };

/* Which half of a surrogate pair is escaped at s: \ud83d or \ude00? */
static enum half
half_at(struct span s)
{
	if (s.n < ESCAPE_LENGTH || s.p[0] != '\\' || s.p[1] != 'u' ||
	    (s.p[2] != 'd' && s.p[2] != 'D') ||
	    !isxdigit((unsigned char)s.p[4]) ||
	    !isxdigit((unsigned char)s.p[5]))
		return NO_HALF;
	if (one_of("89abAB", s.p[3]))
		return HIGH_HALF;
	if (one_of("cdefCDEF", s.p[3]))
		return LOW_HALF;
	return NO_HALF;
}

/* The first escape of half a surrogate pair from *s on; *s goes behind it. */
static bool
next_lone(struct span *s, const char **lone)
{
	const char *at;

	while (s->n > 0 && (at = memchr(s->p, '\\', s->n)) != NULL) {
		struct span here = span_from(*s, (size_t)(at - s->p));
		struct span next = span_from(here, ESCAPE_LENGTH);
		enum half half = half_at(here);

		if (half == NO_HALF) {
			/* Two bytes, for the u in \\ud83d is a mere u. */
			*s = span_from(here, 2);
		} else if (half == HIGH_HALF && half_at(next) == LOW_HALF) {
			*s = span_from(next, ESCAPE_LENGTH);
		} else {
			*s = next;
			*lone = at;
			return true;
		}
	}
	return false;
}

/* Replace escapes of lone surrogates, in a copy when there are any. */
static struct span
mend_surrogates(struct pool *pool, struct span text, size_t *mended)
{
	struct span rest = text;
	const char *lone;
	char *copy;

	if (!next_lone(&rest, &lone))
		return text;
	copy = pool_str(pool, text);
	do {
		memcpy(copy + (lone - text.p), replacement_escape,
		    ESCAPE_LENGTH);
		++*mended;
	} while (next_lone(&rest, &lone));
	return (struct span){ copy, text.n };
}

/* Is the quote at text.p[at] escaped?  The string begins at `start`. */
static bool
is_escaped(struct span text, size_t start, size_t at)
{
	size_t first = at;

	while (first > start && text.p[first - 1] == '\\')
		first--;
	return (at - first) % 2 == 1;
}

/* The offset behind the string whose opening quote is right before start. */
static size_t
behind_string(struct span text, size_t start)
{
	for (size_t at = start; at < text.n; at++) {
		const char *quote = memchr(text.p + at, '"', text.n - at);

		if (quote == NULL)
			break;
		at = (size_t)(quote - text.p);
		if (!is_escaped(text, start, at))
			return at + 1;
	}
	return text.n;
}

__attribute__((format(printf, 2, 3))) static int
refuse(struct json_trouble *why, const char *fmt, ...)
{
	va_list ap;

	*why = (struct json_trouble){ 0 };
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -1;
}

/*
 * Does the text open more brackets inside each other, or hold more members
 * and elements, than it may?  A comma parts two of them, a bracket may begin
 * one.
 */
static int
check_limits(struct span text, const struct json_limits *most,
    struct json_trouble *why)
{
	size_t depth = 0, items = 0, i = 0;

	while (i < text.n) {
		switch (text.p[i++]) {
		case '"':
			i = behind_string(text, i);
			break;
		case '[':
		case '{':
			items++;
			if (++depth > most->depth)
				return refuse(why, "nested more than %zu "
				    "levels deep", most->depth);
			break;
		case ']':
		case '}':
			if (depth > 0)
				depth--;
			break;
		case ',':
			items++;
			break;
		}
		if (most->items > 0 && items > most->items)
			return refuse(why, "of more than %zu members "
			    "and elements", most->items);
	}
	return 0;
}

/*
 * Jansson's message without what it quotes of the text:
 *
 *	invalid token near 'sk-123'
 *	invalid Unicode escape '\u12g4'
 */
static void
explain(const json_error_t *error, struct json_trouble *why)
{
	struct span text = span_of(error->text);
	ptrdiff_t quote = span_find(text, SPAN(" near '"));

	if (quote < 0)
		quote = span_find(text, SPAN(" '\\u"));
	if (quote >= 0)
		text = span_head(text, (size_t)quote);
	why->line = error->line > 0 ? error->line : 0;
	why->column = error->column > 0 ? error->column : 0;
	snprintf(why->text, sizeof(why->text), "%.*s", SPAN_ARG(text));
}

/* What is wrong before anything is read? */
static int
precheck(struct span text, const struct json_limits *limits,
    struct json_trouble *why)
{
	if (span_blank(text))
		return refuse(why, "empty");
	return check_limits(text, limits, why);
}

static void
drop_tree(void *tree)
{
	json_decref(tree);
}

/* Anything, mended first where that is needed; NULL and *why: no JSON. */
static json_t *
read_carefully(struct pool *pool, struct span text, size_t *mended,
    struct json_trouble *why)
{
	const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
	json_error_t error;
	json_t *tree;

	text = mend_utf8(pool, text, mended);
	text = mend_surrogates(pool, text, mended);
	tree = json_loadb(text.p, text.n, flags, &error);
	if (tree == NULL &&
	    json_error_code(&error) == json_error_numeric_overflow)
		tree = json_loadb(text.p, text.n,
		    flags | JSON_DECODE_INT_AS_REAL, &error);
	if (tree == NULL)
		explain(&error, why);
	return tree;
}

json_t *
jread(struct pool *pool, struct span text, size_t max_depth, size_t *repaired,
    struct json_trouble *why)
{
	return jread_within(pool, text,
	    (struct json_limits){ .depth = max_depth }, repaired, why);
}

json_t *
jread_within(struct pool *pool, struct span text, struct json_limits limits,
    size_t *repaired, struct json_trouble *why)
{
	size_t mended = 0;
	json_t *tree = NULL;

	if (limits.depth == 0)
		limits.depth = DEPTH_USUAL;
	if (limits.depth > DEPTH_MOST)
		limits.depth = DEPTH_MOST;
	if (precheck(text, &limits, why) == 0) {
		/* Its recursion is for usual depths. */
		tree = jfast(text, limits.depth < DEPTH_USUAL ? limits.depth :
							       DEPTH_USUAL);
		if (tree == NULL)
			tree = read_carefully(pool, text, &mended, why);
	}
	if (tree != NULL)
		pool_defer(pool, drop_tree, tree);
	if (repaired != NULL)
		*repaired = mended;
	return tree;
}

json_t *
jget(const json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return json_is_null(v) ? NULL : v;
}

struct span
jspan(const json_t *s)
{
	return (struct span){ json_string_value(s), json_string_length(s) };
}

struct span
jget_span(const json_t *o, const char *key)
{
	return jspan(jget(o, key));
}

json_t *
jget_object(const json_t *o, const char *key)
{
	json_t *v = jget(o, key);

	return json_is_object(v) ? v : NULL;
}

json_t *
jget_array(const json_t *o, const char *key)
{
	json_t *v = jget(o, key);

	return json_is_array(v) ? v : NULL;
}

/* The whole number that v is, 3.0 included; false when it is none. */
static bool
whole(const json_t *v, long *n)
{
	double real;

	if (json_is_integer(v)) {
		*n = (long)json_integer_value(v);
		return true;
	}
	if (!json_is_real(v))
		return false;
	real = json_real_value(v);
	/* -LONG_MIN, unlike LONG_MAX, is a double. */
	if (real < (double)LONG_MIN || real >= -(double)LONG_MIN)
		return false;
	*n = (long)real;
	return (double)*n == real;
}

long
jget_long(const json_t *o, const char *key, long missing)
{
	long n;

	return whole(jget(o, key), &n) ? n : missing;
}

bool
jis_whole(const json_t *v)
{
	long n;

	return whole(v, &n);
}

double
jget_real(const json_t *o, const char *key, double missing)
{
	const json_t *v = jget(o, key);

	return json_is_number(v) ? json_number_value(v) : missing;
}

bool
jget_bool(const json_t *o, const char *key, bool missing)
{
	const json_t *v = jget(o, key);

	return json_is_boolean(v) ? json_is_true(v) : missing;
}

bool
jget_is(const json_t *o, const char *key, const char *word)
{
	return span_is(jget_span(o, key), word);
}

const char *
jtype(const json_t *v)
{
	static const char *const words[] = {
		[JSON_OBJECT] = "object",
		[JSON_ARRAY] = "array",
		[JSON_STRING] = "string",
		[JSON_INTEGER] = "number",
		[JSON_REAL] = "number",
		[JSON_TRUE] = "boolean",
		[JSON_FALSE] = "boolean",
		[JSON_NULL] = "null",
	};

	return v != NULL ? words[json_typeof(v)] : "nothing";
}
