#include "wire/jfast.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/xalloc.h"
#include "wire/escape.h"

/* The text that is still to be read. */
struct place {
	const char *p, *end;
	size_t depth;		/* levels that may still be opened */
	struct buf text;	/* scratch, for strings with escapes */
};

static void
skip_white(struct place *at)
{
	while (at->p < at->end && (*at->p == ' ' || *at->p == '\n' ||
	    *at->p == '\t' || *at->p == '\r'))
		at->p++;
}

/* Is this byte next?  Then go behind it. */
static bool
eat(struct place *at, char c)
{
	skip_white(at);
	if (at->p == at->end || *at->p != c)
		return false;
	at->p++;
	return true;
}

static struct span
rest(const struct place *at)
{
	return (struct span){ at->p, (size_t)(at->end - at->p) };
}

/* --- strings -------------------------------------------------------- */

/* Undo all escapes of a string up to its quote; -1 when one is wrong. */
static int
unescape(struct place *at)
{
	struct span left = rest(at);
	char bytes[16];

	while (left.n > 0 && left.p[0] == '\\') {
		char *end = escape_undo(&left, bytes);
		size_t n;

		if (end == NULL)
			return -1;
		buf_put(&at->text, (struct span){ bytes,
		    (size_t)(end - bytes) });
		n = escape_plain(left);
		buf_put(&at->text, span_head(left, n));
		left = span_from(left, n);
	}
	at->p = left.p;
	return 0;
}

/*
 * A string behind its opening quote: a piece of the text, or of the scratch,
 * until the next one. Absent when it is wrong.
 */
static struct span
read_text(struct place *at)
{
	struct span text = span_head(rest(at), escape_plain(rest(at)));

	at->p += text.n;
	if (at->p < at->end && *at->p == '\\') {
		buf_reset(&at->text);
		buf_put(&at->text, text);
		if (unescape(at) != 0)
			return SPAN_NONE;
		text = buf_span(&at->text);
	}
	if (at->p == at->end || *at->p != '"')
		return SPAN_NONE;
	at->p++;
	return text;
}

static json_t *
read_string(struct place *at)
{
	struct span text = read_text(at);

	return text.p != NULL ? json_stringn_nocheck(text.p, text.n) : NULL;
}

/* --- other values --------------------------------------------------- */

/* A number, or a word: up to what may stand behind one. */
static struct span
read_token(struct place *at)
{
	static const char behind[] = " \n\t\r,]}";
	const char *start = at->p;

	while (at->p < at->end &&
	    memchr(behind, *at->p, sizeof(behind) - 1) == NULL)
		at->p++;
	return (struct span){ start, (size_t)(at->p - start) };
}

/* Numbers are few and short, and jansson knows best what they mean. */
static json_t *
read_word(struct place *at)
{
	struct span token = read_token(at);

	if (span_is(token, "true"))
		return json_true();
	if (span_is(token, "false"))
		return json_false();
	if (span_is(token, "null"))
		return json_null();
	return json_loadb(token.p, token.n, JSON_DECODE_ANY, NULL);
}

static json_t *read_value(struct place *at);

static int
read_member(struct place *at, json_t *object)
{
	char *copy = NULL;
	struct span key;
	json_t *value;
	int rc = -1;

	if (!eat(at, '"'))
		return -1;
	key = read_text(at);
	if (key.p == NULL)
		return -1;
	/* The scratch is the value's from here on. */
	if (key.p == at->text.p)
		key.p = copy = xstrndup(key.p, key.n);
	if (eat(at, ':') && (value = read_value(at)) != NULL)
		rc = json_object_setn_new_nocheck(object, key.p, key.n, value);
	free(copy);
	return rc;
}

static int
read_element(struct place *at, json_t *array)
{
	json_t *value = read_value(at);

	return value != NULL ? json_array_append_new(array, value) : -1;
}

/* An object or array behind its opening bracket; takes the reference. */
static json_t *
read_inside(struct place *at, json_t *v, char closing)
{
	bool fine = at->depth > 0;

	at->depth--;
	if (fine && !eat(at, closing)) {
		do {
			fine = (closing == '}' ? read_member(at, v) :
			    read_element(at, v)) == 0;
		} while (fine && eat(at, ','));
		fine = fine && eat(at, closing);
	}
	at->depth++;
	if (fine)
		return v;
	json_decref(v);
	return NULL;
}

static json_t *
read_value(struct place *at)
{
	skip_white(at);
	if (at->p == at->end)
		return NULL;
	switch (*at->p) {
	case '"':
		at->p++;
		return read_string(at);
	case '{':
		at->p++;
		return read_inside(at, json_object(), '}');
	case '[':
		at->p++;
		return read_inside(at, json_array(), ']');
	default:
		return read_word(at);
	}
}

json_t *
jfast(struct span text, size_t max_depth)
{
	struct place at = { .p = text.p, .end = text.p + text.n,
		.depth = max_depth };
	json_t *tree;

	if (!utf8_valid(text))
		return NULL;
	buf_init(&at.text, 0);
	tree = read_value(&at);
	skip_white(&at);
	if (at.p < at.end) {
		json_decref(tree);
		tree = NULL;
	}
	buf_free(&at.text);
	return tree;
}
