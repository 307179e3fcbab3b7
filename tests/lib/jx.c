/* Short words for looking into JSON trees. */
#include "jx.h"

#include <ctype.h>
#include <string.h>

const char *
jx_str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *
jx_word(const json_t *object, const char *key)
{
	const char *s = jx_str(object, key);

	return s != NULL ? s : "";
}

bool
jx_is(const json_t *object, const char *key, const char *want)
{
	const json_t *v = json_object_get(object, key);
	size_t n = strlen(want);

	/* NUL is a character like others. */
	return json_string_length(v) == n &&
	    memcmp(jx_word(object, key), want, n) == 0;
}

bool
jx_same(const json_t *a, const char *a_key, const json_t *b,
    const char *b_key)
{
	size_t n = json_string_length(json_object_get(a, a_key));

	return json_string_length(json_object_get(b, b_key)) == n &&
	    memcmp(jx_word(a, a_key), jx_word(b, b_key), n) == 0;
}

bool
jx_has(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return v != NULL && !json_is_null(v);
}

json_t *
jx_at(const json_t *array, size_t i)
{
	return json_array_get(array, i);
}

char *
jx_text(const json_t *value)
{
	return json_dumps(value,
	    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

bool
jx_among(const char *word, const char *const *list)
{
	if (word == NULL)
		return false;
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

bool
jx_is_name(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n == 0 || n > max)
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && *s != '_' && *s != '-')
			return false;
	return true;
}

bool
jx_is_base64(const char *s)
{
	size_t n = strlen(s), body = n;

	if (n == 0 || n % 4 != 0)
		return false;
	while (body > 0 && n - body < 2 && s[body - 1] == '=')
		body--;
	for (size_t i = 0; i < body; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '+' && s[i] != '/')
			return false;
	return true;
}

bool
jx_is_blank(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return *s == '\0';
}
