/* Example values for schemas. */
#include "sample.h"

#include <string.h>

#include "../lib/jx.h"

enum { DEEPEST = 16 };

static json_t *sample(const json_t *root, const json_t *schema, int depth);

/* "#/$defs/person" */
static const json_t *
follow(const json_t *root, const char *ref)
{
	char part[128];

	if (strncmp(ref, "#", 1) != 0)
		return NULL;
	ref++;
	while (root != NULL && *ref == '/') {
		size_t n = strcspn(ref + 1, "/");
		if (n >= sizeof(part))
			return NULL;
		memcpy(part, ref + 1, n);
		part[n] = '\0';
		root = json_object_get(root, part);
		ref += n + 1;
	}
	return root;
}

static json_t *
sample_object(const json_t *root, const json_t *schema, int depth)
{
	json_t *out = json_object(), *v;
	const char *key;

	json_object_foreach(json_object_get(schema, "properties"), key, v)
		json_object_set_new(out, key, sample(root, v, depth));
	return out;
}

static json_t *
sample_array(const json_t *root, const json_t *schema, int depth)
{
	json_t *out = json_array();
	const json_t *min = json_object_get(schema, "minItems");

	for (json_int_t i = 0; i < json_integer_value(min); i++)
		json_array_append_new(out, sample(root,
		    json_object_get(schema, "items"), depth));
	return out;
}

static json_t *
sample_type(const json_t *root, const json_t *schema, const char *type,
    int depth)
{
	if (strcmp(type, "object") == 0)
		return sample_object(root, schema, depth);
	if (strcmp(type, "array") == 0)
		return sample_array(root, schema, depth);
	if (strcmp(type, "string") == 0)
		return json_string("text");
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
		return json_integer(1);
	if (strcmp(type, "boolean") == 0)
		return json_true();
	return json_null();
}

static json_t *
sample(const json_t *root, const json_t *schema, int depth)
{
	const json_t *v;

	if (depth > DEEPEST || !json_is_object(schema))
		return json_null();
	if ((v = json_object_get(schema, "const")) != NULL)
		return json_deep_copy(v);
	if ((v = jx_at(json_object_get(schema, "enum"), 0)) != NULL)
		return json_deep_copy(v);
	if ((v = jx_at(json_object_get(schema, "anyOf"), 0)) != NULL)
		return sample(root, v, depth + 1);
	if ((v = json_object_get(schema, "$ref")) != NULL)
		return sample(root, follow(root, json_string_value(v)),
		    depth + 1);
	v = json_object_get(schema, "type");
	if (json_is_array(v))
		v = jx_at(v, 0);
	return sample_type(root, schema, json_is_string(v) ?
	    json_string_value(v) : "object", depth + 1);
}

json_t *
sample_of(const json_t *schema)
{
	return sample(schema, schema, 0);
}
