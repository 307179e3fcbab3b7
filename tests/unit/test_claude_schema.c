/* Schemas for tools (o2c section S.5) and structured outputs (S.6). */
#include "dialect/claude_schema.h"
#include "../lib/tap.h"
#include "wire/jget.h"
#include "wire/jw.h"

static struct pool *pool;

static json_t *
tree(const char *text)
{
	struct json_trouble why;

	return jread(pool, span_of(text), 0, NULL, &why);
}

static void
is_schema(const json_t *got, const char *want, const char *name)
{
	struct buf text;

	buf_init(&text, 0);
	json_put(&text, got);
	is_str(buf_str(&text), want, "%s", name);
	buf_free(&text);
}

static void
is_tool(const char *schema, const char *want, bool flat, const char *name)
{
	bool flattened;

	is_schema(claude_tool_schema(pool, schema == NULL ? NULL :
	    tree(schema), &flattened), want, name);
	is_int(flattened, flat, "%s: flattened or not", name);
}

static void
tools(void)
{
	is_tool(NULL, "{\"type\":\"object\",\"properties\":{}}", false,
	    "no parameters");
	is_tool("{\"$schema\":\"x\",\"properties\":{\"a\":{\"minimum\":1}}}",
	    "{\"type\":\"object\",\"properties\":{\"a\":{\"minimum\":1}}}",
	    false, "a root without type");
	is_tool("{\"type\":\"object\",\"anyOf\":[{\"properties\":{\"a\":{},"
		"\"k\":{\"const\":1}},\"required\":[\"a\",\"k\"]},"
		"{\"$ref\":\"#/$defs/b\"},{\"type\":\"null\"}],"
		"\"$defs\":{\"b\":{\"type\":\"object\",\"properties\":{\"k\":"
		"{\"const\":2}},\"required\":[\"k\"]}}}",
	    "{\"type\":\"object\",\"$defs\":{\"b\":{\"type\":\"object\","
	    "\"properties\":{\"k\":{\"const\":2}},\"required\":[\"k\"]}},"
	    "\"properties\":{\"a\":{},\"k\":{\"anyOf\":[{\"const\":1},"
	    "{\"const\":2}]}},\"required\":[\"k\"]}",
	    true, "choices at the root are merged");
}

static const struct { const char *name, *schema, *want; } kept[] = {
	{ "constraints become words", "{\"type\":\"integer\",\"minimum\":0,"
	    "\"maximum\":150,\"description\":\"Years.\"}",
	    "{\"type\":\"integer\",\"description\":"
	    "\"Years. minimum: 0. maximum: 150.\"}" },
	{ "a node without description", "{\"type\":\"string\","
	    "\"minLength\":1,\"title\":\"T\"}", "{\"type\":\"string\","
	    "\"title\":\"T\",\"description\":\"minLength: 1.\"}" },
	{ "an object is closed", "{\"type\":[\"object\",\"null\"],"
	    "\"properties\":{\"a\":{\"not\":{}}}}",
	    "{\"type\":[\"object\",\"null\"],\"properties\":{\"a\":"
	    "{\"description\":\"not: {}.\"}},\"additionalProperties\":false}" },
	{ "minItems", "{\"type\":\"array\",\"minItems\":3,\"items\":"
	    "{\"oneOf\":[{\"format\":\"iri\"},{\"format\":\"uri\"}]}}",
	    "{\"type\":\"array\",\"minItems\":1,\"items\":{\"anyOf\":"
	    "[{\"description\":\"format: \\\"iri\\\".\"},"
	    "{\"format\":\"uri\"}]},\"description\":\"minItems: 3.\"}" },
	{ "minItems 1 stays", "{\"minItems\":1}", "{\"minItems\":1}" },
	{ "patterns", "{\"anyOf\":[{\"pattern\":\"^a(?=b)\"},"
	    "{\"pattern\":\"\\\\bx\"},{\"pattern\":\"(a)\\\\1\"},"
	    "{\"pattern\":\"\\\\\\\\b(?:c)$\"}]}",
	    "{\"anyOf\":[{\"description\":\"pattern: \\\"^a(?=b)\\\".\"},"
	    "{\"description\":\"pattern: \\\"\\\\\\\\bx\\\".\"},"
	    "{\"description\":\"pattern: \\\"(a)\\\\\\\\1\\\".\"},"
	    "{\"pattern\":\"\\\\\\\\b(?:c)$\"}]}" },
	{ "references, shared ones too", "{\"$defs\":{\"a\":"
	    "{\"maxLength\":2}},\"anyOf\":[{\"$ref\":\"#/$defs/a\"},"
	    "{\"$ref\":\"#/$defs/a\"}]}", "{\"$defs\":{\"a\":"
	    "{\"description\":\"maxLength: 2.\"}},\"anyOf\":[{\"$ref\":"
	    "\"#/$defs/a\"},{\"$ref\":\"#/$defs/a\"}]}" },
	{ "a property called like a constraint", "{\"properties\":"
	    "{\"minimum\":{\"type\":\"integer\"}}}", "{\"properties\":"
	    "{\"minimum\":{\"type\":\"integer\"}},"
	    "\"additionalProperties\":false}" },
};

static const struct { const char *name, *schema; } lost[] = {
	{ "open objects", "{\"properties\":{\"a\":{\"type\":\"object\","
	    "\"additionalProperties\":{\"type\":\"string\"}}}}" },
	{ "patternProperties", "{\"patternProperties\":{}}" },
	{ "a recursive reference", "{\"properties\":{\"a\":"
	    "{\"$ref\":\"#\"}}}" },
	{ "a circle of references", "{\"$defs\":{\"a\":{\"items\":{\"$ref\":"
	    "\"#/$defs/b\"}},\"b\":{\"items\":{\"$ref\":\"#/$defs/a\"}}}}" },
	{ "a reference into a map", "{\"properties\":{\"minimum\":{\"$ref\":"
	    "\"#/properties\"}},\"$defs\":{\"x\":{\"$ref\":\"y\"}}}" },
	{ "an external reference", "{\"$ref\":\"https://x.example/s\"}" },
	{ "an enum of objects", "{\"enum\":[1,{}]}" },
	{ "allOf with a reference", "{\"$defs\":{\"a\":{}},\"allOf\":"
	    "[{\"$ref\":\"#/$defs/a\"}]}" },
};

static void
strict(void)
{
	const char *why;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		is_schema(claude_strict_schema(pool, tree(kept[i].schema),
		    SPAN_NONE, &why), kept[i].want, kept[i].name);
	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		ok(claude_strict_schema(pool, tree(lost[i].schema),
		    SPAN_NONE, &why) == NULL && why != NULL,
		    "%s cannot be kept", lost[i].name);
	is_schema(claude_strict_schema(pool, tree("{\"minimum\":1}"),
	    SPAN("A number."), &why),
	    "{\"description\":\"A number. minimum: 1.\"}",
	    "the schema's own description is the root's");
}

int
main(void)
{
	pool = pool_open();
	tools();
	strict();
	pool_close(pool);
	return done_testing();
}
