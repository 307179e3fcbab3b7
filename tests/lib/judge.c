/* What the grammar checkers share. */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>

#include "bytes.h"
#include "jx.h"

int
wrong(struct judge *j, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	if (j->event >= 0)
		n = snprintf(j->why, j->nwhy, "event %ld: ", j->event);
	va_start(ap, fmt);
	vsnprintf(j->why + n, j->nwhy - (size_t)n, fmt, ap);
	va_end(ap);
	return -1;
}

int
needs_keys(struct judge *j, const json_t *object, const char *what,
    const char *const *keys)
{
	if (!json_is_object(object))
		return wrong(j, "%s is not an object", what);
	for (; *keys != NULL; keys++)
		if (json_object_get(object, *keys) == NULL)
			return wrong(j, "%s has no \"%s\"", what, *keys);
	return 0;
}

int
needs_counts(struct judge *j, const json_t *object, const char *what,
    const char *const *keys)
{
	if (needs_keys(j, object, what, keys) != 0)
		return -1;
	for (; *keys != NULL; keys++) {
		const json_t *v = json_object_get(object, *keys);
		if (!json_is_integer(v) || json_integer_value(v) < 0)
			return wrong(j, "%s.%s is no count", what, *keys);
	}
	return 0;
}

void
append_text(json_t *object, const char *key, const json_t *more)
{
	const json_t *have = json_object_get(object, key);
	struct bytes b = { 0 };

	if (json_is_string(have))
		bytes_add(&b, json_string_value(have),
		    json_string_length(have));
	if (json_is_string(more))
		bytes_add(&b, json_string_value(more),
		    json_string_length(more));
	bytes_puts(&b, "");
	json_object_set_new(object, key, json_stringn(b.p, b.n));
	bytes_free(&b);
}

int
judge_openai_error(struct judge *j, const json_t *error)
{
	static const char *const keys[] = {
		"message", "type", "param", "code", NULL };

	if (needs_keys(j, error, "error", keys) != 0)
		return -1;
	if (jx_is(error, "message", "") || jx_is(error, "type", ""))
		return wrong(j, "error without a message or a type");
	return 0;
}

json_t *
judge_body(struct judge *j, const char *bytes, size_t n)
{
	json_error_t err;
	json_t *v = json_loadb(bytes, n,
	    JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &err);

	if (json_is_object(v))
		return v;
	json_decref(v);
	wrong(j, "the body is no JSON object: %s", err.text);
	return NULL;
}
