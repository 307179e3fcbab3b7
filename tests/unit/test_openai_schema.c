/*
 * Schemas on their way to an OpenAI upstream (c2o-common 4.4).
 */
#include <string.h>

#include "../lib/tap.h"
#include "dialect/openai_schema.h"
#include "wire/jget.h"

static const struct {
	const char *name, *in, *out, *lost;
} roots[] = {
	{ "names of the root go", "{\"$schema\":\"x\",\"$id\":\"y\","
	    "\"type\":\"object\",\"properties\":{\"$id\":{\"$id\":\"z\"}}}",
	    "{\"type\":\"object\",\"properties\":{\"$id\":{\"$id\":\"z\"}}}",
	    "" },
	{ "an empty root is an object", "{}",
	    "{\"type\":\"object\",\"properties\":{}}", "" },
	{ "another root keeps its type", "{\"type\":\"string\"}",
	    "{\"type\":\"string\"}", "" },
	{ "null types count as none", "{\"type\":null}",
	    "{\"type\":\"object\",\"properties\":{}}", "" },
	{ "arrays get items, at any depth", "{\"type\":\"object\","
	    "\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"array\"},"
	    "{\"not\":{\"type\":[\"null\",\"array\"]}}]}},"
	    "\"$defs\":{\"d\":{\"items\":[{\"type\":\"array\"}]}}}",
	    "{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":["
	    "{\"type\":\"array\",\"items\":{}},{\"not\":{\"type\":[\"null\","
	    "\"array\"],\"items\":{}}}]}},\"$defs\":{\"d\":{\"items\":["
	    "{\"type\":\"array\",\"items\":{}}]}}}", "" },
	{ "data is no schema", "{\"type\":\"object\",\"properties\":{},"
	    "\"default\":{\"type\":\"array\"},\"enum\":[1]}",
	    "{\"type\":\"object\",\"properties\":{},"
	    "\"default\":{\"type\":\"array\"}}",
	    "field_dropped=tools.0.input_schema.enum" },
	{ "a property named like a keyword", "{\"properties\":{\"items\":"
	    "{\"type\":\"array\"},\"enum\":{\"type\":\"string\"}}}",
	    "{\"properties\":{\"items\":{\"type\":\"array\",\"items\":{}},"
	    "\"enum\":{\"type\":\"string\"}},\"type\":\"object\"}", "" },
	{ "anyOf requires what all branches do", "{\"anyOf\":[{\"properties\":"
	    "{\"a\":{},\"b\":{}},\"required\":[\"a\",\"b\"]},{\"properties\":"
	    "{\"a\":{}},\"required\":[\"a\"]}]}",
	    "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},"
	    "\"required\":[\"a\"]}", "" },
	{ "allOf requires what any branch does", "{\"type\":\"object\","
	    "\"properties\":{\"z\":{}},\"required\":[\"z\"],\"allOf\":["
	    "{\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":"
	    "[\"a\"]},{\"properties\":{\"a\":{\"maxLength\":3}},\"required\":"
	    "[\"a\",\"z\"]}]}",
	    "{\"type\":\"object\",\"properties\":{\"z\":{},\"a\":{\"allOf\":["
	    "{\"type\":\"string\"},{\"maxLength\":3}]}},\"required\":[\"z\","
	    "\"a\"]}", "" },
	{ "three branches with a kind of their own", "{\"oneOf\":["
	    "{\"properties\":{\"k\":{\"const\":1}}},{\"properties\":{\"k\":"
	    "{\"const\":2}}},{\"properties\":{\"k\":{\"const\":1}}},"
	    "{\"properties\":{\"k\":{\"const\":3}}}]}",
	    "{\"type\":\"object\",\"properties\":{\"k\":{\"anyOf\":["
	    "{\"const\":1},{\"const\":2},{\"const\":3}]}}}", "" },
	{ "branches by reference", "{\"anyOf\":[{\"$ref\":\"#/$defs/A\"},"
	    "{\"$ref\":\"#/$defs/A\"}],\"$defs\":{\"A\":{\"$ref\":"
	    "\"#/$defs/B\"},\"B\":{\"properties\":{\"b\":{}},\"required\":"
	    "[\"b\"]}}}",
	    "{\"$defs\":{\"A\":{\"$ref\":\"#/$defs/B\"},\"B\":{\"properties\":"
	    "{\"b\":{}},\"required\":[\"b\"]}},\"type\":\"object\","
	    "\"properties\":{\"b\":{}},\"required\":[\"b\"]}", "" },
	{ "a reference that runs in circles", "{\"anyOf\":[{\"$ref\":"
	    "\"#/$defs/A\"}],\"$defs\":{\"A\":{\"$ref\":\"#/$defs/A\"}}}",
	    "{\"$defs\":{\"A\":{\"$ref\":\"#/$defs/A\"}},\"type\":\"object\","
	    "\"properties\":{}}", "" },
	{ "nonsense in every place", "{\"anyOf\":7,\"properties\":[],"
	    "\"required\":{\"a\":1},\"$defs\":0,\"items\":null}",
	    "{\"properties\":{},\"required\":{\"a\":1},\"$defs\":0,"
	    "\"items\":null,\"type\":\"object\"}", "" },
	{ "no schema at all", "true",
	    "{\"type\":\"object\",\"properties\":{}}", "" },
};

static void
test_roots(void)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct pool *pool = pool_open();
		struct request *req = request_new(pool, API_MESSAGES);
		struct json_trouble why;
		struct buf out, lost;
		struct jw w;

		buf_init(&out, 0);
		buf_init(&lost, 0);
		jw_init(&w, &out);
		openai_put_schema(&w, NULL, req,
		    jread(pool, span_of(roots[i].in), 0, NULL, &why),
		    SPAN("tools.0.input_schema"));
		losses_put(&lost, req->losses);
		is_str(buf_str(&out), roots[i].out, "%s", roots[i].name);
		is_str(buf_str(&lost), roots[i].lost, "%s: losses",
		    roots[i].name);
		buf_free(&out);
		buf_free(&lost);
		pool_close(pool);
	}
}

#define CLOSED(properties, required) \
	"{\"type\":\"object\",\"properties\":" properties \
	",\"required\":" required ",\"additionalProperties\":false}"

static const struct {
	const char *name, *schema;
	bool fits;
} stricts[] = {
	{ "closed and complete", CLOSED("{\"a\":{\"type\":\"string\"}}",
	    "[\"a\"]"), true },
	{ "no properties", CLOSED("{}", "[]"), true },
	{ "root names do not count", "{\"$schema\":\"x\",\"type\":\"object\","
	    "\"additionalProperties\":false}", true },
	{ "an optional property", CLOSED("{\"a\":{\"type\":\"string\"}}",
	    "[]"), false },
	{ "open", "{\"type\":\"object\",\"properties\":{}}", false },
	{ "open inside", CLOSED("{\"a\":{\"type\":\"object\"}}", "[\"a\"]"),
	    false },
	{ "open in a definition", "{\"type\":\"object\","
	    "\"additionalProperties\":false,\"$defs\":{\"d\":{\"type\":"
	    "\"object\"}}}", false },
	{ "anyOf inside", CLOSED("{\"a\":{\"anyOf\":[{\"type\":\"null\"},"
		   "{\"$ref\":\"#\"}]}}", "[\"a\"]"), true },
	{ "anyOf at the root", "{\"anyOf\":[]}", false },
	{ "an unknown keyword", CLOSED("{\"a\":{\"type\":\"string\","
		   "\"maxLength\":3}}", "[\"a\"]"), false },
	{ "a format it checks", CLOSED("{\"a\":{\"type\":\"string\","
		   "\"format\":\"date-time\"}}", "[\"a\"]"), true },
	{ "a format it does not know", CLOSED("{\"a\":{\"type\":\"string\","
		   "\"format\":\"uri\"}}", "[\"a\"]"), false },
	{ "a property named like one", CLOSED("{\"maxLength\":{\"type\":"
		   "\"string\"}}", "[\"maxLength\"]"), true },
	{ "an array of anything", CLOSED("{\"a\":{\"type\":\"array\"}}",
	    "[\"a\"]"), false },
	{ "anything", CLOSED("{\"a\":{}}", "[\"a\"]"), false },
	{ "a root that may be null", "{\"type\":[\"object\",\"null\"],"
	    "\"additionalProperties\":false}", false },
};

/* A schema of objects inside each other. */
static bool
strict_at_depth(int depth)
{
	struct pool *pool = pool_open();
	struct json_trouble why;
	struct buf b;
	bool fits;

	buf_init(&b, 0);
	for (int i = 0; i < depth; i++)
		buf_puts(&b, "{\"type\":\"object\",\"additionalProperties\":"
		    "false,\"required\":[\"a\"],\"properties\":{\"a\":");
	buf_puts(&b, "{\"type\":\"string\"}");
	for (int i = 0; i < depth; i++)
		buf_puts(&b, "}}");
	fits = openai_schema_is_strict(jread(pool, buf_span(&b), 0, NULL,
	    &why));
	buf_free(&b);
	pool_close(pool);
	return fits;
}

static void
test_strict(void)
{
	for (size_t i = 0; i < sizeof(stricts) / sizeof(stricts[0]); i++) {
		struct pool *pool = pool_open();
		struct json_trouble why;

		is_int(openai_schema_is_strict(jread(pool,
		    span_of(stricts[i].schema), 0, NULL, &why)),
		    stricts[i].fits, "strict: %s", stricts[i].name);
		pool_close(pool);
	}
	ok(!openai_schema_is_strict(NULL), "strict: nothing");
	ok(strict_at_depth(10), "strict: ten levels");
	ok(!strict_at_depth(11), "strict: eleven levels");
}

int
main(void)
{
	test_roots();
	test_strict();
	return done_testing();
}
