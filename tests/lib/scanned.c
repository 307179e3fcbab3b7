/* Our ways to read JSON must agree with jansson. */
#include "scanned.h"

#include <stdlib.h>
#include <string.h>

#include "wire/jfast.h"
#include "wire/jget.h"
#include "wire/scan.h"

enum { DEPTH = 100 };

static bool same(const struct scan *s, const struct scan_value *v,
    const json_t *tree);

static const enum scan_kind kinds[] = {
	[JSON_OBJECT] = SCAN_OBJECT,
	[JSON_ARRAY] = SCAN_ARRAY,
	[JSON_STRING] = SCAN_STRING,
	[JSON_INTEGER] = SCAN_NUMBER,
	[JSON_TRUE] = SCAN_BOOL,
	[JSON_FALSE] = SCAN_BOOL,
	[JSON_NULL] = SCAN_NULL,
};

/* Each member of the tree is found, and null is not. */
static bool
same_members(const struct scan *s, const struct scan_value *v, json_t *tree)
{
	const char *key;
	json_t *member;

	json_object_foreach(tree, key, member) {
		const struct scan_value *got = scan_get(s, v, key);

		if (json_is_null(member) ? got != NULL :
		    (got == NULL || !same(s, got, member)))
			return false;
	}
	return true;
}

static bool
same_elements(const struct scan *s, const struct scan_value *v,
    const json_t *tree)
{
	const struct scan_value *e = v + 1;
	size_t i;
	json_t *element;

	json_array_foreach(tree, i, element) {
		if (e >= s->values + v->end || !same(s, e, element))
			return false;
		e = s->values + e->end;
	}
	return e == s->values + v->end &&
	    (scan_only(s, v) != NULL) == (json_array_size(tree) == 1);
}

static bool
same(const struct scan *s, const struct scan_value *v, const json_t *tree)
{
	if (json_is_real(tree) || v->kind != kinds[json_typeof(tree)])
		return false;
	switch (json_typeof(tree)) {
	case JSON_OBJECT:
		return same_members(s, v, (json_t *)tree);
	case JSON_ARRAY:
		return same_elements(s, v, tree);
	case JSON_STRING:
		return span_eq(scan_text(v), jspan(tree));
	case JSON_INTEGER:
		return scan_long(v, -1) == json_integer_value(tree) &&
		    scan_long(v, -2) == json_integer_value(tree);
	default:
		return scan_text(v).p == NULL && scan_long(v, 7) == 7;
	}
}

static const char *
scan_wrong(struct span text, const json_t *tree)
{
	struct scan s;

	if (scan_read(&s, text) != 0)
		return NULL;
	if (tree == NULL)
		return "scanned what is no JSON";
	return same(&s, scan_root(&s), tree) ? NULL :
	    "scanned other values than are in the tree";
}

/* Equal, and with the keys of each object in the same order. */
static bool
equal(const json_t *a, const json_t *b)
{
	size_t flags = JSON_ENCODE_ANY | JSON_COMPACT;
	char *one = json_dumps(a, flags), *other = json_dumps(b, flags);
	bool same_text = one != NULL && other != NULL &&
	    strcmp(one, other) == 0;

	free(one);
	free(other);
	return same_text && json_equal(a, b);
}

static const char *
fast_wrong(struct span text, const json_t *tree)
{
	json_t *fast = jfast(text, DEPTH);
	const char *wrong = NULL;

	if (fast != NULL && tree == NULL)
		wrong = "read fast what is no JSON";
	else if (fast != NULL && !equal(fast, tree))
		wrong = "read fast to another tree";
	json_decref(fast);
	return wrong;
}

const char *
scanned_wrong(struct span text)
{
	json_t *tree = text.p == NULL ? NULL : json_loadb(text.p, text.n,
	    JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	const char *wrong = scan_wrong(text, tree);

	if (wrong == NULL)
		wrong = fast_wrong(text, tree);
	json_decref(tree);
	return wrong;
}

void
scanned_pad(struct buf *out, struct span stream)
{
	while (stream.p != NULL && stream.n > 0) {
		struct span line = span_cut(&stream, '\n');
		struct span rest = line, head = span_cut(&rest, '{');

		buf_put(out, head);
		if (rest.p != NULL) {
			buf_putc(out, '{');
			for (int i = 0; i < SCAN_BYTES; i++)
				buf_putc(out, ' ');
			buf_put(out, rest);
		}
		if (stream.p != NULL)
			buf_putc(out, '\n');
	}
}
