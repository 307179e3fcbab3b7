#include "wire/scan.h"

#include "base/codec.h"
#include "wire/escape.h"

enum { DIGITS_MAX = 18 };	/* that always fit a long */

/* The place in a text that is being read; p == NULL: it was refused. */
struct place {
	const char *p, *end;
	struct scan *s;
	int depth;
};

static bool
refuse(struct place *at)
{
	at->p = NULL;
	return false;
}

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

static struct scan_value *
add(struct place *at, enum scan_kind kind)
{
	struct scan *s = at->s;
	struct scan_value *v;

	if (s->count == SCAN_VALUES) {
		refuse(at);
		return NULL;
	}
	v = &s->values[s->count++];
	v->kind = kind;
	v->end = (unsigned short)s->count;
	return v;
}

/* --- strings -------------------------------------------------------- */

/* What is left of the text. */
static struct span
rest(const struct place *at)
{
	return (struct span){ at->p, (size_t)(at->end - at->p) };
}

/* A string whose first escape is next; `head` is what was before it. */
static struct span
escaped(struct place *at, struct span head)
{
	struct scan *s = at->s;
	char *start = s->unescaped + s->unescaped_n, *out = start;
	struct span left = rest(at);

	/* Nothing grows by losing its escapes. */
	if (head.n + left.n > SCAN_UNESCAPED - s->unescaped_n) {
		refuse(at);
		return SPAN_NONE;
	}
	memcpy(out, head.p, head.n);
	out += head.n;
	while (left.n > 0 && left.p[0] == '\\') {
		size_t n;

		out = escape_undo(&left, out);
		if (out == NULL) {
			refuse(at);
			return SPAN_NONE;
		}
		n = escape_plain(left);
		memcpy(out, left.p, n);
		out += n;
		left = span_from(left, n);
	}
	at->p = left.p;
	s->unescaped_n += (size_t)(out - start);
	return (struct span){ start, (size_t)(out - start) };
}

/* A string behind its opening quote. */
static bool
read_string(struct place *at)
{
	struct scan_value *v = add(at, SCAN_STRING);

	if (v == NULL)
		return false;
	v->text = span_head(rest(at), escape_plain(rest(at)));
	at->p += v->text.n;
	if (at->p < at->end && *at->p == '\\')
		v->text = escaped(at, v->text);
	if (at->p == NULL || at->p == at->end || *at->p != '"')
		return refuse(at);
	at->p++;
	return true;
}

/* --- values --------------------------------------------------------- */

static bool
read_number(struct place *at)
{
	struct scan_value *v = add(at, SCAN_NUMBER);
	const char *start = at->p, *digits;

	if (v == NULL)
		return false;
	if (*at->p == '-')
		at->p++;
	digits = at->p;
	while (at->p < at->end && *at->p >= '0' && *at->p <= '9')
		at->p++;
	/* Neither nothing nor "01", and no part of a fraction. */
	if (at->p == digits || at->p - digits > DIGITS_MAX ||
	    (*digits == '0' && at->p - digits > 1) ||
	    (at->p < at->end && strchr(".eE", *at->p) != NULL))
		return refuse(at);
	v->text = (struct span){ start, (size_t)(at->p - start) };
	return true;
}

static bool
read_word(struct place *at)
{
	static const struct {
		struct span word;
		enum scan_kind kind;
	} words[] = {
		{ SPAN("null"), SCAN_NULL },
		{ SPAN("true"), SCAN_BOOL },
		{ SPAN("false"), SCAN_BOOL },
	};
	struct scan_value *v;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct span word = words[i].word;

		if (!span_eq(span_head(rest(at), word.n), word))
			continue;
		v = add(at, words[i].kind);
		if (v == NULL)
			return false;
		v->text = word;
		at->p += word.n;
		return true;
	}
	return refuse(at);
}

static bool read_value(struct place *at);

static bool
read_members(struct place *at, bool object)
{
	do {
		if (object && !(eat(at, '"') && read_string(at) &&
		    eat(at, ':')))
			return refuse(at);
		if (!read_value(at))
			return false;
	} while (eat(at, ','));
	return true;
}

/* An object or array behind its opening bracket. */
static bool
read_inside(struct place *at, enum scan_kind kind)
{
	struct scan_value *v = add(at, kind);
	char closing = kind == SCAN_OBJECT ? '}' : ']';

	if (v == NULL || at->depth == SCAN_DEPTH)
		return refuse(at);
	v->text = SPAN_NONE;
	at->depth++;
	if (!eat(at, closing)) {
		if (!read_members(at, kind == SCAN_OBJECT))
			return false;
		if (!eat(at, closing))
			return refuse(at);
	}
	at->depth--;
	v->end = (unsigned short)at->s->count;
	return true;
}

static bool
read_value(struct place *at)
{
	skip_white(at);
	if (at->p == at->end)
		return refuse(at);
	switch (*at->p) {
	case '"':
		at->p++;
		return read_string(at);
	case '{':
		at->p++;
		return read_inside(at, SCAN_OBJECT);
	case '[':
		at->p++;
		return read_inside(at, SCAN_ARRAY);
	case 't':
	case 'f':
	case 'n':
		return read_word(at);
	default:
		return read_number(at);
	}
}

int
scan_read(struct scan *s, struct span text)
{
	struct place at = { .p = text.p, .end = text.p + text.n };

	s->count = 0;
	s->unescaped_n = 0;
	at.s = s;
	if (text.n == 0 || text.n > SCAN_BYTES || !utf8_valid(text) ||
	    !read_value(&at))
		return -1;
	skip_white(&at);
	return at.p == at.end ? 0 : -1;
}

/* --- looking at it -------------------------------------------------- */

const struct scan_value *
scan_root(const struct scan *s)
{
	return s->values;
}

/* The value that follows v and all it contains. */
static const struct scan_value *
behind(const struct scan *s, const struct scan_value *v)
{
	return s->values + v->end;
}

const struct scan_value *
scan_get(const struct scan *s, const struct scan_value *object,
    const char *key)
{
	const struct scan_value *found = NULL, *end, *v;

	if (object == NULL || object->kind != SCAN_OBJECT)
		return NULL;
	end = behind(s, object);
	for (const struct scan_value *k = object + 1; k < end;
	     k = behind(s, v)) {
		v = k + 1;
		if (span_is(k->text, key))
			found = v;
	}
	return found != NULL && found->kind != SCAN_NULL ? found : NULL;
}

const struct scan_value *
scan_only(const struct scan *s, const struct scan_value *array)
{
	if (array == NULL || array->kind != SCAN_ARRAY ||
	    behind(s, array) == array + 1 ||
	    behind(s, array + 1) != behind(s, array))
		return NULL;
	return array + 1;
}

struct span
scan_text(const struct scan_value *v)
{
	return v != NULL && v->kind == SCAN_STRING ? v->text : SPAN_NONE;
}

long
scan_long(const struct scan_value *v, long missing)
{
	long n;

	if (v == NULL || v->kind != SCAN_NUMBER || span_long(v->text, &n) != 0)
		return missing;
	return n;
}

static bool
is_one_of(struct span key, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (span_is(key, *keys))
			return true;
	return false;
}

bool
scan_knows(const struct scan *s, const struct scan_value *object,
    const char *const *keys)
{
	const struct scan_value *end, *v;

	if (object == NULL || object->kind != SCAN_OBJECT)
		return false;
	end = behind(s, object);
	for (const struct scan_value *k = object + 1; k < end;
	     k = behind(s, v)) {
		v = k + 1;
		if (v->kind != SCAN_NULL && !is_one_of(k->text, keys))
			return false;
	}
	return true;
}
