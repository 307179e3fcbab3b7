/* Generators: JSON schemas. */
#include <stdio.h>
#include <string.h>

#include "gen.h"

static json_t *node(struct gen *g, bool strict, int depth);

/* Leaves that Claude's strict mode takes, at least in changed form. */
static json_t *
leaf(struct gen *g)
{
	static const char *const leaves[] = {
		"{\"type\":\"string\"}",
		"{\"type\":\"string\",\"minLength\":1,\"maxLength\":20}",
		"{\"type\":\"string\",\"format\":\"date\"}",
		"{\"type\":\"string\",\"format\":\"phone\"}",
		"{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}",
		"{\"type\":\"string\",\"pattern\":\"^(?=a)\\\\bb$\"}",
		"{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}",
		"{\"enum\":[\"a\",1,null,true]}",
		"{\"const\":\"x\"}",
		("{\"type\":\"integer\",\"minimum\":0,\"maximum\":150,"
		 "\"description\":\"Years.\"}"),
		("{\"type\":\"number\",\"exclusiveMinimum\":0.5,"
		 "\"multipleOf\":0.1}"),
		"{\"type\":[\"string\",\"null\"]}",
		"{\"type\":\"boolean\",\"default\":false,\"title\":\"T\"}",
		"{\"type\":\"null\"}",
		NULL,
	};

	return json_loads(dice_word(g->dice, leaves), 0, NULL);
}

static json_t *
list(struct gen *g, bool strict, int depth)
{
	json_t *v = json_pack("{s:s,s:o}", "type", "array", "items",
	    node(g, strict, depth));

	if (gen_chance(g, 40))
		json_object_set_new(v, "minItems",
		    json_integer(dice_between(g->dice, 0, 3)));
	if (gen_chance(g, 20))
		json_object_set_new(v, "uniqueItems", json_true());
	if (gen_chance(g, 20))
		json_object_set_new(v, "maxItems", json_integer(9));
	return v;
}

static json_t *
choice(struct gen *g, bool strict, int depth)
{
	return json_pack("{s:[o,o]}", gen_chance(g, 50) ? "anyOf" : "oneOf",
	    node(g, strict, depth), node(g, strict, depth));
}

static json_t *
object(struct gen *g, bool strict, int depth)
{
	json_t *properties = json_object(), *required = json_array(), *v;
	size_t n = dice_below(g->dice, depth > 0 ? 3 : 5);

	for (size_t i = 0; i < n; i++) {
		char key[32];

		snprintf(key, sizeof(key), "%s", gen_word(g));
		json_object_set_new(properties, key,
		    node(g, strict, depth + 1));
		if (strict || gen_chance(g, 60))
			json_array_append_new(required, json_string(key));
	}
	v = json_pack("{s:s,s:o,s:o}", "type", "object", "properties",
	    properties, "required", required);
	if (strict ? gen_chance(g, 70) : gen_chance(g, 20))
		json_object_set_new(v, "additionalProperties", json_false());
	if (gen_chance(g, 10))
		json_object_set_new(v, "minProperties", json_integer(1));
	return v;
}

static json_t *
node(struct gen *g, bool strict, int depth)
{
	switch (depth > 2 ? 9 : dice_below(g->dice, 10)) {
	case 0:
		return object(g, strict, depth);
	case 1:
		return list(g, strict, depth + 1);
	case 2:
		return choice(g, strict, depth + 1);
	default:
		return leaf(g);
	}
}

/* Makes an object one that no strict mode of Claude's can express. */
static void
loosen(struct gen *g, json_t *schema)
{
	static const char *const ways[] = {
		"{\"additionalProperties\":true}",
		"{\"additionalProperties\":{\"type\":\"string\"}}",
		"{\"patternProperties\":{\"^x\":{\"type\":\"string\"}}}",
		"{\"properties\":{\"a\":{\"enum\":[{\"b\":1},2]}}}",
		"{\"properties\":{\"self\":{\"$ref\":\"#\"}}}",
		"{\"properties\":{\"t\":{\"$ref\":\"#/$defs/T\"}},\"$defs\":"
		"{\"T\":{\"type\":\"object\",\"properties\":{\"t\":"
		"{\"$ref\":\"#/$defs/T\"}},"
		"\"additionalProperties\":false}}}",
		"{\"properties\":{\"u\":{\"allOf\":[{\"$ref\":"
		"\"#/$defs/U\"}]}},\"$defs\":{\"U\":"
		"{\"type\":\"string\"}}}",
		"{\"properties\":{\"e\":{\"$ref\":"
		"\"https://example.net/s.json\"}}}",
		NULL,
	};
	json_t *way = json_loads(dice_word(g->dice, ways), 0, NULL);

	json_object_update_recursive(schema, way);
	json_decref(way);
}

static void
decorate(struct gen *g, json_t *schema)
{
	if (gen_chance(g, 10))
		json_object_set_new(schema, "$schema", json_string(
		    "https://json-schema.org/draft/2020-12/schema"));
	if (gen_chance(g, 10))
		json_object_set_new(schema, "$defs", json_pack("{s:{s:s}}",
		    "N", "type", "string"));
	if (gen_chance(g, 10))
		json_object_set_new(schema, "description",
		    gen_text_about(g, gen_word(g)));
}

/* Root unions are flattened: each branch is an object. */
static json_t *
root_union(struct gen *g)
{
	static const char *const words[] = { "anyOf", "oneOf", "allOf", NULL };
	json_t *v = json_pack("{s:[o,o]}", dice_word(g->dice, words),
	    object(g, false, 1), object(g, false, 1));

	if (gen_chance(g, 50))
		json_object_set_new(v, "type", json_string("object"));
	return v;
}

json_t *
gen_schema(struct gen *g, enum gen_schema kind)
{
	json_t *v;

	if (kind == SCHEMA_UNION)
		return root_union(g);
	v = object(g, kind == SCHEMA_STRICT, 0);
	if (kind == SCHEMA_LOOSE)
		loosen(g, v);
	else if (kind == SCHEMA_FREE && gen_chance(g, 20))
		json_object_del(v, gen_chance(g, 50) ? "type" : "required");
	decorate(g, v);
	return v;
}
