/*
 * JSON, written.
 */
#include "wire/jw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "wire/escape.h"

enum { JW_DEEPEST = 64 };

/* Up to here every whole number has a double of its own: 2^53. */
static const double most_exact = 9007199254740992.0;

void
jw_init(struct jw *w, struct buf *out)
{
	*w = (struct jw){ .out = out };
}

/* The bit of the level that is open; level 0, the root, has none. */
static uint64_t
level(const struct jw *w)
{
	return w->depth > 0 ? UINT64_C(1) << (w->depth - 1) : 0;
}

/* What comes before a value: a comma unless it is the first, and its key. */
static void
begin(struct jw *w, const char *key)
{
	if (w->some & level(w))
		buf_putc(w->out, ',');
	w->some |= level(w);
	if (key == NULL)
		return;
	buf_putc(w->out, '"');
	buf_puts(w->out, key);
	buf_puts(w->out, "\":");
}

static void
open_level(struct jw *w, const char *key, bool array)
{
	begin(w, key);
	buf_putc(w->out, array ? '[' : '{');
	assert(w->depth < JW_DEEPEST);
	w->depth++;
	w->some &= ~level(w);
	if (array)
		w->array |= level(w);
	else
		w->array &= ~level(w);
}

void
jw_obj(struct jw *w, const char *key)
{
	open_level(w, key, false);
}

void
jw_arr(struct jw *w, const char *key)
{
	open_level(w, key, true);
}

void
jw_end(struct jw *w)
{
	assert(w->depth > 0);
	buf_putc(w->out, w->array & level(w) ? ']' : '}');
	w->depth--;
}

void
jw_str(struct jw *w, const char *key, struct span s)
{
	if (s.p == NULL) {
		jw_null(w, key);
		return;
	}
	jw_text_begin(w, key);
	jw_text(w, s);
	jw_text_end(w);
}

void
jw_int(struct jw *w, const char *key, long long n)
{
	begin(w, key);
	buf_printf(w->out, "%lld", n);
}

static void
put_real(struct buf *out, double n)
{
	char text[32];

	if (!isfinite(n)) {
		buf_puts(out, "null");
		return;
	}
	if (fabs(n) <= most_exact && n == (double)(long long)n) {
		buf_printf(out, "%lld", (long long)n);
		return;
	}
	/* 15 digits are often enough, 17 always. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	buf_puts(out, text);
}

void
jw_real(struct jw *w, const char *key, double n)
{
	begin(w, key);
	put_real(w->out, n);
}

void
jw_bool(struct jw *w, const char *key, bool b)
{
	begin(w, key);
	buf_puts(w->out, b ? "true" : "false");
}

void
jw_null(struct jw *w, const char *key)
{
	begin(w, key);
	buf_puts(w->out, "null");
}

void
jw_json(struct jw *w, const char *key, const json_t *v)
{
	begin(w, key);
	json_put(w->out, v);
}

void
jw_raw(struct jw *w, const char *key, struct span json)
{
	begin(w, key);
	buf_put(w->out, json);
}

void
jw_text_begin(struct jw *w, const char *key)
{
	begin(w, key);
	buf_putc(w->out, '"');
}

void
jw_text(struct jw *w, struct span piece)
{
	json_escape(w->out, piece);
}

void
jw_text_json(struct jw *w, const json_t *v)
{
	struct buf text;

	buf_init(&text, 0);
	json_put(&text, v);
	json_escape(w->out, buf_span(&text));
	buf_free(&text);
}

void
jw_text_end(struct jw *w)
{
	buf_putc(w->out, '"');
}

static void
put_special(struct buf *out, char c)
{
	static const char bytes[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *at = memchr(bytes, c, sizeof(bytes) - 1);

	if (at == NULL) {
		buf_printf(out, "\\u%04x", (unsigned char)c);
		return;
	}
	buf_putc(out, '\\');
	buf_putc(out, letters[at - bytes]);
}

static void
escape_valid(struct buf *out, struct span s)
{
	while (s.n > 0) {
		size_t run = escape_plain(s);

		buf_put(out, span_head(s, run));
		s = span_from(s, run);
		if (s.n > 0)
			put_special(out, s.p[0]);
		s = span_from(s, 1);
	}
}

void
json_escape(struct buf *out, struct span s)
{
	while (s.n > 0) {
		size_t run = utf8_run(s);

		escape_valid(out, span_head(s, run));
		s = span_from(s, run);
		if (s.n > 0)
			buf_puts(out, "\xef\xbf\xbd");
		s = span_from(s, utf8_bad(s));
	}
}

static void
put_string(struct buf *out, const char *p, size_t n)
{
	buf_putc(out, '"');
	json_escape(out, (struct span){ p, n });
	buf_putc(out, '"');
}

static void
put_object(struct buf *out, const json_t *object)
{
	json_t *o = (json_t *)object;	/* jansson's iterators want it so */
	void *first = json_object_iter(o);

	buf_putc(out, '{');
	for (void *i = first; i != NULL; i = json_object_iter_next(o, i)) {
		if (i != first)
			buf_putc(out, ',');
		put_string(out, json_object_iter_key(i),
		    json_object_iter_key_len(i));
		buf_putc(out, ':');
		json_put(out, json_object_iter_value(i));
	}
	buf_putc(out, '}');
}

static void
put_array(struct buf *out, const json_t *a)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < json_array_size(a); i++) {
		if (i > 0)
			buf_putc(out, ',');
		json_put(out, json_array_get(a, i));
	}
	buf_putc(out, ']');
}

void
json_put(struct buf *out, const json_t *v)
{
	if (v == NULL) {
		buf_puts(out, "null");
		return;
	}
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(out, v);
		break;
	case JSON_ARRAY:
		put_array(out, v);
		break;
	case JSON_STRING:
		put_string(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		put_real(out, json_real_value(v));
		break;
	case JSON_TRUE:
		buf_puts(out, "true");
		break;
	case JSON_FALSE:
		buf_puts(out, "false");
		break;
	case JSON_NULL:
		buf_puts(out, "null");
		break;
	}
}

struct span
json_text(struct pool *pool, const json_t *v)
{
	struct span text;
	struct buf out;

	buf_init(&out, 0);
	json_put(&out, v);
	text = pool_span(pool, buf_span(&out));
	buf_free(&out);
	return text;
}
