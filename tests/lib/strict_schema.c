/* JSON schemas. */
#include "strict_schema.h"

#include <stdio.h>
#include <string.h>

#include "jx.h"

enum { DEEPEST = 64, STRICT_DEEPEST = 10 };

static bool
is_type(const json_t *schema, const char *type)
{
	const json_t *t = json_object_get(schema, "type");
	json_t *v;
	size_t i;

	if (json_is_string(t))
		return strcmp(json_string_value(t), type) == 0;
	json_array_foreach(t, i, v)
		if (json_is_string(v) &&
		    strcmp(json_string_value(v), type) == 0)
			return true;
	return false;
}

/* --- Claude ------------------------------------------------------------- */

static const char *const claude_known[] = {
	"type", "properties", "required", "additionalProperties", "items",
	"enum", "const", "anyOf", "allOf", "$ref", "$defs", "definitions",
	"description", "title", "default", "pattern", "format", "minItems",
	"examples", NULL,
};

static const char *const claude_formats[] = {
	"date-time", "time", "date", "duration", "email", "hostname", "uri",
	"ipv4", "ipv6", "uuid", NULL,
};

/* Look-around, back-references and word borders are not compiled. */
static bool
pattern_is_hard(const char *p)
{
	static const char *const hard[] = {
		"(?=", "(?!", "(?<", "\\b", "\\B", NULL };

	for (const char *const *h = hard; *h != NULL; h++)
		if (strstr(p, *h) != NULL)
			return true;
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return true;
		if (*p == '\\' && p[1] != '\0')
			p++;
	}
	return false;
}

static int claude_node(struct walk *s, const json_t *schema, int depth);

static int
claude_children(struct walk *s, const json_t *schema, int depth)
{
	static const char *const maps[] = {
		"properties", "$defs", "definitions", NULL };
	static const char *const lists[] = { "anyOf", "allOf", NULL };
	const char *key;
	json_t *v;
	size_t i;
	int rc;

	for (const char *const *m = maps; *m != NULL; m++)
		json_object_foreach(json_object_get(schema, *m), key, v)
			if ((rc = claude_node(s, v, depth + 1)) != 0)
				return rc;
	for (const char *const *l = lists; *l != NULL; l++)
		json_array_foreach(json_object_get(schema, *l), i, v)
			if ((rc = claude_node(s, v, depth + 1)) != 0)
				return rc;
	v = json_object_get(schema, "items");
	return v != NULL ? claude_node(s, v, depth + 1) : 0;
}

static int
claude_words(struct walk *s, const json_t *schema)
{
	const char *format = jx_str(schema, "format");
	const char *pattern = jx_str(schema, "pattern");
	const char *ref = jx_str(schema, "$ref");
	const json_t *min = json_object_get(schema, "minItems");
	json_t *v;
	size_t i;

	if (format != NULL && !jx_among(format, claude_formats))
		return refuse(s, "String format '%s' is not supported", format);
	if (pattern != NULL && pattern_is_hard(pattern))
		return refuse(s, "pattern '%s' uses features that are not "
		    "supported", pattern);
	if (json_integer_value(min) > 1)
		return refuse(s, "For 'array' type, 'minItems' values other "
		    "than 0 or 1 are not supported");
	if (ref != NULL && ref[0] != '#')
		return refuse(s, "External $ref is not supported");
	json_array_foreach(json_object_get(schema, "enum"), i, v)
		if (json_is_object(v) || json_is_array(v))
			return refuse(s, "Enum values of type object or array "
			    "are not supported");
	json_array_foreach(json_object_get(schema, "allOf"), i, v)
		if (json_object_get(v, "$ref") != NULL)
			return refuse(s, "allOf with $ref is not supported");
	return 0;
}

static int
claude_node(struct walk *s, const json_t *schema, int depth)
{
	const char *key;
	json_t *v;
	int rc;

	if (depth > DEEPEST)
		return refuse(s, "Schema is too deep");
	if (!json_is_object(schema))
		return refuse(s, "Schema must be an object");
	json_object_foreach((json_t *)schema, key, v)
		if (!jx_among(key, claude_known))
			return refuse(s, "For '%s' type, property '%s' is not "
			    "supported", jx_str(schema, "type") != NULL ?
			    jx_str(schema, "type") : "any", key);
	if (is_type(schema, "object") && !json_is_false(json_object_get(
	    schema, "additionalProperties")))
		return refuse(s, "For 'object' type, 'additionalProperties' "
		    "must be explicitly set to false");
	if ((rc = claude_words(s, schema)) != 0)
		return rc;
	return claude_children(s, schema, depth);
}

/* Whether following every $ref from here comes back to name. */
static bool
reaches(const json_t *root, const json_t *node, const char *ref, int depth)
{
	const char *own = jx_str(node, "$ref"), *key;
	json_t *v;
	size_t i;

	if (depth > DEEPEST)
		return true;
	if (own != NULL && strcmp(own, ref) == 0)
		return true;
	if (own != NULL && strncmp(own, "#/$defs/", 8) == 0)
		return reaches(root, json_object_get(json_object_get(root,
		    "$defs"), own + 8), ref, depth + 1);
	if (json_is_object(node)) {
		json_object_foreach((json_t *)node, key, v)
			if (strcmp(key, "$defs") != 0 &&
			    reaches(root, v, ref, depth + 1))
				return true;
	} else if (json_is_array(node)) {
		json_array_foreach(node, i, v)
			if (reaches(root, v, ref, depth + 1))
				return true;
	}
	return false;
}

int
schema_claude(struct walk *s, const json_t *schema)
{
	const char *name;
	char ref[160];
	json_t *v;

	json_object_foreach(json_object_get(schema, "$defs"), name, v) {
		snprintf(ref, sizeof(ref), "#/$defs/%s", name);
		if (reaches(schema, v, ref, 0))
			return refuse(s, "Circular $ref '%s' is not supported",
			    ref);
	}
	if (reaches(schema, schema, "#", 0))
		return refuse(s, "Circular $ref '#' is not supported");
	return claude_node(s, schema, 0);
}

/* --- OpenAI ------------------------------------------------------------- */

static const char *const openai_known[] = {
	"type", "properties", "required", "additionalProperties", "items",
	"enum", "const", "anyOf", "$ref", "$defs", "definitions",
	"description", "title", "default", "pattern", "format", "minimum",
	"maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
	"minItems", "maxItems", NULL,
};

static const char *const openai_formats[] = {
	"date-time", "time", "date", "duration", "email", "hostname", "ipv4",
	"ipv6", "uuid", NULL,
};

struct schema_job {
	struct walk	*s;
	const char	*name;		/* NULL: response_format */
	bool		 strict;
	char		 context[256];	/* "'properties', 'city'" */
};

static int
bad_schema(struct schema_job *j, const char *text)
{
	if (j->name == NULL)
		return refuse_as(j->s, 400, "invalid_json_schema",
		    j->s->path, "Invalid schema for response_format 'output': "
		    "In context=(%s), %s", j->context, text);
	return refuse_as(j->s, 400, "invalid_function_parameters",
	    j->s->path, "Invalid schema for function '%s': In context=(%s), "
	    "%s", j->name, j->context, text);
}

/* Strict mode: closed objects that require all they have. */
static int
strict_object(struct schema_job *j, const json_t *schema)
{
	const json_t *required = json_object_get(schema, "required");
	const char *key;
	char text[256];
	json_t *v, *r;
	size_t i;

	if (!json_is_false(json_object_get(schema, "additionalProperties")))
		return bad_schema(j, "'additionalProperties' is required to "
		    "be supplied and to be false.");
	json_object_foreach(json_object_get(schema, "properties"), key, v) {
		bool found = false;
		json_array_foreach(required, i, r)
			found |= json_is_string(r) &&
			    strcmp(json_string_value(r), key) == 0;
		snprintf(text, sizeof(text), "'required' is required to be "
		    "supplied and to be an array including every key in "
		    "properties. Missing '%s'.", key);
		if (!found)
			return bad_schema(j, text);
	}
	return 0;
}

static int
strict_words(struct schema_job *j, const json_t *schema)
{
	const char *key;
	char text[128];
	json_t *v;

	json_object_foreach((json_t *)schema, key, v) {
		snprintf(text, sizeof(text), "'%s' is not permitted.", key);
		if (!jx_among(key, openai_known))
			return bad_schema(j, text);
	}
	if (json_object_get(schema, "format") != NULL &&
	    !jx_among(jx_word(schema, "format"), openai_formats)) {
		snprintf(text, sizeof(text), "'%s' is not a valid format.",
		    jx_word(schema, "format"));
		return bad_schema(j, text);
	}
	if (is_type(schema, "object") ||
	    json_object_get(schema, "properties") != NULL)
		return strict_object(j, schema);
	return 0;
}

static int openai_node(struct schema_job *j, const json_t *schema, int depth);

/* A child, with the context saying where it is. */
static int
openai_child(struct schema_job *j, const char *map, const char *key,
    const json_t *child, int depth)
{
	size_t mark = strlen(j->context);
	char step[160];
	int rc;

	if (key != NULL)
		snprintf(step, sizeof(step), "%s'%s', '%s'",
		    mark > 0 ? ", " : "", map, key);
	else
		snprintf(step, sizeof(step), "%s'%s'", mark > 0 ? ", " : "",
		    map);
	if (mark + strlen(step) < sizeof(j->context))
		strcat(j->context, step);
	rc = openai_node(j, child, depth + 1);
	j->context[mark] = '\0';
	return rc;
}

static int
openai_children(struct schema_job *j, const json_t *schema, int depth)
{
	static const char *const maps[] = {
		"properties", "$defs", "definitions", NULL };
	static const char *const lists[] = { "anyOf", "oneOf", "allOf", NULL };
	const char *key;
	json_t *v;
	size_t i;
	int rc;

	for (const char *const *m = maps; *m != NULL; m++)
		json_object_foreach(json_object_get(schema, *m), key, v)
			if ((rc = openai_child(j, *m, key, v, depth)) != 0)
				return rc;
	for (const char *const *l = lists; *l != NULL; l++)
		json_array_foreach(json_object_get(schema, *l), i, v)
			if ((rc = openai_child(j, *l, NULL, v, depth)) != 0)
				return rc;
	v = json_object_get(schema, "items");
	return json_is_object(v) ?
	    openai_child(j, "items", NULL, v, depth) : 0;
}

static int
openai_node(struct schema_job *j, const json_t *schema, int depth)
{
	int rc;

	if (!json_is_object(schema)) /* true and false are schemas, too */
		return 0;
	if (depth > (j->strict ? STRICT_DEEPEST * 2 : DEEPEST))
		return bad_schema(j, "schema is nested too deeply.");
	if (is_type(schema, "array") &&
	    json_object_get(schema, "items") == NULL)
		return bad_schema(j, "array schema missing items.");
	if (j->strict && (rc = strict_words(j, schema)) != 0)
		return rc;
	return openai_children(j, schema, depth);
}

static int
openai_root(struct schema_job *j, const json_t *schema)
{
	static const char *const not_at_root[] = {
		"oneOf", "anyOf", "allOf", "enum", "not", NULL };
	const char *type = jx_str(schema, "type");
	char text[200];

	if (type == NULL || strcmp(type, "object") != 0) {
		snprintf(text, sizeof(text), "schema must be a JSON Schema of "
		    "'type: \"object\"', got 'type: \"%s\"'.",
		    type != NULL ? type : "None");
		return bad_schema(j, text);
	}
	for (const char *const *w = not_at_root; *w != NULL; w++)
		if (json_object_get(schema, *w) != NULL)
			return bad_schema(j, "schema must have type 'object' "
			    "and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not'"
			    " at the top level.");
	if (json_object_get(schema, "properties") == NULL)
		return bad_schema(j, "object schema missing properties.");
	return 0;
}

int
schema_openai(struct walk *s, const json_t *schema, const char *name,
    bool strict)
{
	struct schema_job j = { .s = s, .name = name, .strict = strict };
	int rc;

	if (!json_is_object(schema))
		return bad_schema(&j, "schema must be an object.");
	if (name != NULL || strict)
		if ((rc = openai_root(&j, schema)) != 0)
			return rc;
	return openai_node(&j, schema, 0);
}
