/* Two ways to read JSON must agree. */
#include "scanned.h"

#include "wire/jget.h"
#include "wire/scan.h"

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

const char *
scanned_wrong(struct span text)
{
	struct json_trouble trouble;
	struct pool *pool;
	size_t repaired;
	const char *wrong = NULL;
	struct scan s;
	json_t *tree;

	if (scan_read(&s, text) != 0)
		return NULL;
	pool = pool_open();
	tree = jread(pool, text, 0, &repaired, &trouble);
	if (tree == NULL)
		wrong = "scanned what is no JSON";
	else if (repaired > 0)
		wrong = "scanned what has to be mended";
	else if (!same(&s, scan_root(&s), tree))
		wrong = "other values than in the tree";
	pool_close(pool);
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
