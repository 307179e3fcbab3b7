/* Paths, refusals, and objects checked against tables. */
#include "strict_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "jx.h"

size_t
walk_key(struct walk *s, const char *key)
{
	size_t mark = s->len;
	int n = snprintf(s->path + mark, sizeof(s->path) - mark, "%s%s",
	    mark > 0 ? "." : "", key);

	s->len = mark + (size_t)n;
	if (s->len >= sizeof(s->path))
		s->len = sizeof(s->path) - 1;
	return mark;
}

size_t
walk_index(struct walk *s, size_t i)
{
	size_t mark = s->len;
	int n = snprintf(s->path + mark, sizeof(s->path) - mark,
	    s->openai ? "[%zu]" : ".%zu", i);

	s->len = mark + (size_t)n;
	if (s->len >= sizeof(s->path))
		s->len = sizeof(s->path) - 1;
	return mark;
}

void
walk_back(struct walk *s, size_t mark)
{
	s->len = mark;
	s->path[mark] = '\0';
}

static int vrefuse(struct walk *s, int status, const char *code,
    const char *param, const char *prefix, const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));

static int
vrefuse(struct walk *s, int status, const char *code, const char *param,
    const char *prefix, const char *fmt, va_list ap)
{
	struct refusal *w = s->why;
	int n = snprintf(w->message, sizeof(w->message), "%s%s", prefix,
	    prefix[0] != '\0' ? ": " : "");

	vsnprintf(w->message + n, sizeof(w->message) - (size_t)n, fmt, ap);
	snprintf(w->param, sizeof(w->param), "%s", param ? param : "");
	snprintf(w->code, sizeof(w->code), "%s", code ? code : "");
	w->type[0] = '\0';
	w->status = status;
	return status;
}

int
refuse(struct walk *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int rc = vrefuse(s, 400, NULL, s->path, s->openai ? "" : s->path,
	    fmt, ap);
	va_end(ap);
	return rc;
}

int
refuse_as(struct walk *s, int status, const char *code, const char *param,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int rc = vrefuse(s, status, code, param, "", fmt, ap);
	va_end(ap);
	return rc;
}

int
refuse_value(struct walk *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int rc = vrefuse(s, 400, "invalid_value", s->path, "", fmt, ap);
	va_end(ap);
	return rc;
}

static unsigned
type_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:	return T_STR;
	case JSON_INTEGER:	return T_INT;
	case JSON_REAL:		return T_NUM;
	case JSON_TRUE:
	case JSON_FALSE:	return T_BOOL;
	case JSON_OBJECT:	return T_OBJ;
	case JSON_ARRAY:	return T_ARR;
	default:		return T_NULL;
	}
}

/* Claude's word for a type that was wanted. */
static const char *
wanted(unsigned type)
{
	if (type & T_STR)
		return "string";
	if (type & T_INT)
		return "integer";
	if (type & T_NUM)
		return "number";
	if (type & T_BOOL)
		return "boolean";
	return type & T_OBJ ? "dictionary" : "list";
}

static const char *
openai_type(unsigned type)
{
	if (type & T_STR)
		return "a string";
	if (type & T_INT)
		return "an integer";
	if (type & T_NUM)
		return "a decimal";
	if (type & T_BOOL)
		return "a boolean";
	if (type & T_OBJ)
		return "an object";
	return type & T_ARR ? "an array" : "null";
}

static int
check_type(struct walk *s, const json_t *v, unsigned type)
{
	unsigned have = type_of(v);

	if (type & T_NUM)
		type |= T_INT;
	if (have & type)
		return 0;
	if (s->openai)
		return refuse_as(s, 400, "invalid_type", s->path,
		    "Invalid type for '%s': expected %s, but got %s instead.",
		    s->path, openai_type(type), openai_type(have));
	return refuse(s, "Input should be a valid %s", wanted(type));
}

static const struct field *
field_of(const struct field *fields, const char *name)
{
	for (; fields->name != NULL; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

static int
check_field(struct walk *s, const char *key, const json_t *v,
    const struct field *f)
{
	size_t mark = walk_key(s, key);
	int rc;

	if (f != NULL)
		rc = check_type(s, v, f->type);
	else if (s->openai)
		rc = refuse_as(s, 400, "unknown_parameter", s->path,
		    "Unknown parameter: '%s'.", s->path);
	else
		rc = refuse(s, "Extra inputs are not permitted");
	walk_back(s, mark);
	return rc;
}

static int
refuse_missing(struct walk *s, const char *key)
{
	size_t mark = walk_key(s, key);
	int rc = s->openai ?
	    refuse_as(s, 400, "missing_required_parameter", s->path,
	    "Missing required parameter: '%s'.", s->path) :
	    refuse(s, "Field required");

	walk_back(s, mark);
	return rc;
}

int
check_shape(struct walk *s, const json_t *object, const struct field *fields)
{
	const char *key;
	json_t *v;
	int rc;

	if (!json_is_object(object))
		return check_type(s, object, T_OBJ);
	json_object_foreach((json_t *)object, key, v)
		if ((rc = check_field(s, key, v, field_of(fields, key))) != 0)
			return rc;
	for (const struct field *f = fields; f->name != NULL; f++)
		if ((f->type & T_MUST) &&
		    json_object_get(object, f->name) == NULL)
			return refuse_missing(s, f->name);
	return 0;
}

/* 'a', 'b' or 'c' */
static void
list_words(char *out, size_t n, const char *const *words, const char *or_)
{
	size_t at = 0;

	out[0] = '\0';
	for (; *words != NULL && at < n; words++)
		at += (size_t)snprintf(out + at, n - at, "%s'%s'",
		    at == 0 ? "" : words[1] == NULL ? or_ : ", ", *words);
}

int
check_word(struct walk *s, const char *word, const char *const *words)
{
	char list[400];

	if (jx_among(word, words))
		return 0;
	list_words(list, sizeof(list), words, s->openai ? ", and " : " or ");
	if (s->openai)
		return refuse_value(s,
		    "Invalid value: '%s'. Supported values are: %s.", word,
		    list);
	return refuse(s, "Input should be %s", list);
}

int
check_word_at(struct walk *s, const json_t *object, const char *key,
    const char *const *words)
{
	const char *word = jx_str(object, key);

	if (word == NULL)
		return 0;
	size_t mark = walk_key(s, key);
	int rc = check_word(s, word, words);
	walk_back(s, mark);
	return rc;
}

int
check_range_at(struct walk *s, const json_t *object, const char *key,
    double low, double high)
{
	const json_t *v = json_object_get(object, key);
	double x = json_number_value(v);
	int rc = 0;

	if (!json_is_number(v) || (x >= low && x <= high))
		return 0;
	size_t mark = walk_key(s, key);
	if (!s->openai)
		rc = refuse(s, "range: %g..%g", low, high);
	else if (x < low)
		rc = refuse_as(s, 400, "integer_below_min_value", s->path,
		    "Invalid '%s': integer below minimum value. Expected a "
		    "value >= %g, but got %g instead.", s->path, low, x);
	else
		rc = refuse_as(s, 400, "integer_above_max_value", s->path,
		    "Invalid '%s': integer above maximum value. Expected a "
		    "value <= %g, but got %g instead.", s->path, high, x);
	walk_back(s, mark);
	return rc;
}

int
check_length_at(struct walk *s, const json_t *object, const char *key,
    size_t max)
{
	size_t n = json_string_length(json_object_get(object, key));

	if (n <= max)
		return 0;
	size_t mark = walk_key(s, key);
	int rc = refuse_as(s, 400, "string_above_max_length", s->path,
	    "Invalid '%s': string too long. Expected a string with maximum "
	    "length %zu, but got a string with length %zu instead.", s->path,
	    max, n);
	walk_back(s, mark);
	return rc;
}

int
check_each(struct walk *s, const json_t *array, check_fn *check)
{
	json_t *v;
	size_t i;

	json_array_foreach(array, i, v) {
		size_t mark = walk_index(s, i);
		int rc = check(s, v);
		walk_back(s, mark);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
check_at(struct walk *s, const json_t *object, const char *key,
    check_fn *check)
{
	const json_t *v = json_object_get(object, key);

	if (v == NULL || json_is_null(v))
		return 0;
	size_t mark = walk_key(s, key);
	int rc = check(s, v);
	walk_back(s, mark);
	return rc;
}
