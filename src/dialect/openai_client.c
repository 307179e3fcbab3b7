/*
 * Fields of the OpenAI APIs, checked, and the settings that both have.  The
 * faults are worded as OpenAI words them: clients match on that.
 *
 *	Invalid type for 'tools[0].name': expected a string, but got an
 *	integer instead.
 */
#include "dialect/openai_client.h"

#include <limits.h>
#include <stdio.h>

#include "base/buf.h"

/* --- places --------------------------------------------------------- */

struct place
openai_root(struct request *req, struct fault *why)
{
	return (struct place){ req, why, req->body, SPAN("") };
}

static struct span
path_of_key(const struct place *at, const char *key)
{
	if (at->path.n == 0)
		return span_of(key);
	return pool_printf(at->req->pool, "%.*s.%s", SPAN_ARG(at->path), key);
}

struct place
openai_key(const struct place *at, const char *key)
{
	return (struct place){ at->req, at->why, jget(at->node, key),
	    path_of_key(at, key) };
}

struct place
openai_nth(const struct place *at, size_t i)
{
	struct span path = pool_printf(at->req->pool, "%.*s[%zu]",
	    SPAN_ARG(at->path), i);

	return (struct place){ at->req, at->why, json_array_get(at->node, i),
	    path };
}

/* --- faults --------------------------------------------------------- */

/* The path as a C string, as fault_code() wants it. */
static const char *
param_of(const struct place *at)
{
	return pool_str(at->req->pool, at->path);
}

/* What stands there, in OpenAI's words. */
static const char *
word_of_type(const json_t *v)
{
	static const char *const words[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a decimal",
		[JSON_TRUE] = "a boolean",
		[JSON_FALSE] = "a boolean",
		[JSON_NULL] = "null",
	};

	return v != NULL ? words[json_typeof(v)] : "null";
}

int
openai_bad_type(const struct place *at, const char *expected)
{
	return fault_code(at->why, FAULT_REQUEST, "invalid_type", param_of(at),
	    "Invalid type for '%.*s': expected %s, but got %s instead.",
	    SPAN_ARG(at->path), expected, word_of_type(at->node));
}

int
openai_bad_value(const struct place *at, const char *fmt, ...)
{
	struct buf text;
	va_list ap;
	int rc;

	buf_init(&text, 0);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	rc = fault_code(at->why, FAULT_REQUEST, "invalid_value", param_of(at),
	    "%s", buf_str(&text));
	buf_free(&text);
	return rc;
}

int
openai_missing(const struct place *at, const char *key)
{
	struct span path = path_of_key(at, key);

	return fault_code(at->why, FAULT_REQUEST, "missing_required_parameter",
	    pool_str(at->req->pool, path),
	    "Missing required parameter: '%.*s'.", SPAN_ARG(path));
}

int
openai_unsupported(const struct place *at, const char *code,
    const char *reason)
{
	const char *list = at->req->from == API_CHAT ?
	    "openAIChatCompletions" : "openAIResponses";

	return fault_code(at->why, FAULT_REQUEST, code, param_of(at),
	    "%s To have co2 drop it, add \"%.*s\" to "
	    "routing.skipInboundFields.%s.",
	    reason, SPAN_ARG(at->path), list);
}

/* --- typed fields --------------------------------------------------- */

int
openai_need_object(const struct place *at)
{
	return json_is_object(at->node) ? 0 : openai_bad_type(at, "an object");
}

int
openai_text(const struct place *at, const char *key, struct span *value)
{
	json_t *v = jget(at->node, key);
	struct place here;

	*value = jspan(v);
	if (v == NULL || json_is_string(v))
		return 0;
	here = openai_key(at, key);
	return openai_bad_type(&here, "a string");
}

int
openai_need_text(const struct place *at, const char *key, struct span *value)
{
	if (openai_text(at, key, value) < 0)
		return -1;
	return value->p != NULL ? 0 : openai_missing(at, key);
}

int
openai_flag(const struct place *at, const char *key, enum tri *value)
{
	json_t *v = jget(at->node, key);
	struct place here;

	*value = v == NULL ? UNSET : json_is_true(v) ? YES : NO;
	if (v == NULL || json_is_boolean(v))
		return 0;
	here = openai_key(at, key);
	return openai_bad_type(&here, "a boolean");
}

int
openai_object(const struct place *at, const char *key, struct place *value)
{
	*value = openai_key(at, key);
	return value->node == NULL ? 0 : openai_need_object(value);
}

int
openai_array(const struct place *at, const char *key, struct place *value)
{
	*value = openai_key(at, key);
	if (value->node == NULL || json_is_array(value->node))
		return 0;
	return openai_bad_type(value, "an array");
}

int
openai_whole(const struct place *at, const char *key, long least, long most,
    long *value)
{
	struct place here = openai_key(at, key);
	long n;

	if (here.node == NULL)
		return 0;
	if (!jis_whole(here.node))
		return openai_bad_type(&here, "an integer");
	n = jget_long(at->node, key, least);
	if (n < least)
		return openai_bad_value(&here, "Invalid '%.*s': integer below "
		    "minimum value. Expected a value >= %ld, but got %ld "
		    "instead.", SPAN_ARG(here.path), least, n);
	if (n > most)
		return openai_bad_value(&here, "Invalid '%.*s': integer above "
		    "maximum value. Expected a value <= %ld, but got %ld "
		    "instead.", SPAN_ARG(here.path), most, n);
	*value = n;
	return 0;
}

int
openai_real(const struct place *at, const char *key, double least,
    double most, double *value)
{
	struct place here = openai_key(at, key);
	double n;

	if (here.node == NULL)
		return 0;
	if (!json_is_number(here.node))
		return openai_bad_type(&here, "a number");
	n = json_number_value(here.node);
	if (!(n >= least && n <= most))
		return openai_bad_value(&here, "Invalid '%.*s': expected a "
		    "number between %g and %g.", SPAN_ARG(here.path), least,
		    most);
	*value = n;
	return 0;
}

/* "'a', 'b' and 'c'" */
static void
put_words(struct buf *out, const struct openai_word *words)
{
	for (size_t i = 0; words[i].word != NULL; i++) {
		const char *between = i == 0 ? "" :
		    words[i + 1].word == NULL ? " and " : ", ";

		buf_printf(out, "%s'%s'", between, words[i].word);
	}
}

int
openai_word(const struct place *at, const char *key,
    const struct openai_word *words, int *value)
{
	struct place here = openai_key(at, key);
	struct span word;
	struct buf list;
	int rc;

	if (openai_text(at, key, &word) < 0)
		return -1;
	if (word.p == NULL)
		return 0;
	for (size_t i = 0; words[i].word != NULL; i++)
		if (span_is(word, words[i].word)) {
			*value = words[i].value;
			return 0;
		}
	buf_init(&list, 0);
	put_words(&list, words);
	rc = openai_bad_value(&here,
	    "Invalid value: '%.*s'. Supported values are: %s.",
	    SPAN_ARG(span_head(word, 64)), buf_str(&list));
	buf_free(&list);
	return rc;
}

/* --- settings ------------------------------------------------------- */

int
openai_read_model(const struct place *root)
{
	return openai_text(root, "model", &root->req->model);
}

int
openai_read_stream(const struct place *root)
{
	enum tri on;

	if (openai_flag(root, "stream", &on) < 0)
		return -1;
	root->req->stream = on == YES;
	return 0;
}

int
openai_read_temperature(const struct place *root)
{
	return openai_real(root, "temperature", 0, 2,
	    &root->req->temperature);
}

int
openai_read_top_p(const struct place *root)
{
	return openai_real(root, "top_p", 0, 1, &root->req->top_p);
}

int
openai_read_parallel(const struct place *root)
{
	return openai_flag(root, "parallel_tool_calls",
	    &root->req->parallel);
}

int
openai_read_max_tokens(const struct place *root, const char *key)
{
	return openai_whole(root, key, 1, LONG_MAX, &root->req->max_tokens);
}

int
openai_read_effort(const struct place *at, const char *key)
{
	static const struct openai_word efforts[] = {
		{ "none",	EFFORT_NONE },
		{ "minimal",	EFFORT_MINIMAL },
		{ "low",	EFFORT_LOW },
		{ "medium",	EFFORT_MEDIUM },
		{ "high",	EFFORT_HIGH },
		{ "xhigh",	EFFORT_XHIGH },
		{ "max",	EFFORT_MAX },
		{ "ultra",	EFFORT_MAX },
		{ NULL,		0 },
	};
	int effort = (int)at->req->effort;

	if (openai_word(at, key, efforts, &effort) < 0)
		return -1;
	at->req->effort = (enum effort)effort;
	return 0;
}

/* What each tier becomes, and whether that is only nearly the same. */
static const struct {
	const char *word;
	enum tier tier;
	bool nearly;
} tiers[] = {
	{ "auto",	TIER_AUTO,	false },
	{ "default",	TIER_STANDARD,	false },
	{ "flex",	TIER_FLEX,	true },
	{ "scale",	TIER_AUTO,	false },
	{ "priority",	TIER_PRIORITY,	true },
	{ "fast",	TIER_PRIORITY,	true },
	{ "ultrafast",	TIER_PRIORITY,	true },
};

int
openai_read_tier(const struct place *root)
{
	enum { COUNT = sizeof(tiers) / sizeof(tiers[0]) };
	struct openai_word words[COUNT + 1] = { { NULL, 0 } };
	int i = -1;

	for (int k = 0; k < COUNT; k++)
		words[k] = (struct openai_word){ tiers[k].word, k };
	if (openai_word(root, "service_tier", words, &i) < 0)
		return -1;
	if (i < 0)
		return 0;
	root->req->tier = tiers[i].tier;
	if (tiers[i].nearly)
		request_lost(root->req, "service_tier_approximated", NULL);
	return 0;
}

/* Lifetimes of a cache entry: is it more than the usual five minutes? */
static const struct openai_word lifetimes[] = {
	{ "in_memory",	0 },
	{ "in-memory",	0 },
	{ "5m",		0 },
	{ "30m",	1 },
	{ "1h",		1 },
	{ "12h",	1 },
	{ "24h",	1 },
	{ NULL,		0 },
};

static int
read_lifetime(const struct place *at, const char *key)
{
	int longer = 0;

	if (openai_word(at, key, lifetimes, &longer) < 0)
		return -1;
	if (longer)
		at->req->long_cache = true;
	return 0;
}

int
openai_read_cache_retention(const struct place *root)
{
	return read_lifetime(root, "prompt_cache_retention");
}

int
openai_read_cache_options(const struct place *root)
{
	static const struct openai_word modes[] = {
		{ "auto",	0 },
		{ "implicit",	0 },
		{ "explicit",	1 },
		{ NULL,		0 },
	};
	struct place options;
	int only_marks = 0;

	if (openai_object(root, "prompt_cache_options", &options) < 0 ||
	    openai_word(&options, "mode", modes, &only_marks) < 0 ||
	    read_lifetime(&options, "ttl") < 0)
		return -1;
	root->req->explicit_cache = only_marks != 0;
	return 0;
}

int
openai_read_user(const struct place *root)
{
	struct span user, safety;

	if (openai_text(root, "user", &user) < 0 ||
	    openai_text(root, "safety_identifier", &safety) < 0)
		return -1;
	root->req->user = safety.n > 0 ? safety : user;
	return 0;
}

/*
 * {"type":"json_schema","name":N,"schema":S,"strict":true} on Responses,
 * {"type":"json_schema","json_schema":{"name":N,...}} on Chat.
 */
static int
read_schema(const struct place *format)
{
	struct request *req = format->req;
	struct place nested, at = *format, schema;

	if (openai_object(format, "json_schema", &nested) < 0)
		return -1;
	if (nested.node != NULL)
		at = nested;
	else if (req->from == API_CHAT)
		return openai_missing(format, "json_schema");
	if (openai_text(&at, "name", &req->schema_name) < 0 ||
	    openai_text(&at, "description", &req->schema_description) < 0 ||
	    openai_flag(&at, "strict", &req->schema_strict) < 0 ||
	    openai_object(&at, "schema", &schema) < 0)
		return -1;
	if (schema.node == NULL && req->from == API_RESPONSES)
		return openai_missing(&at, "schema");
	req->schema = schema.node;
	req->format = FORMAT_SCHEMA;
	/* Chat lets the schema out: then any JSON object will do. */
	if (schema.node == NULL)
		req->format = FORMAT_JSON;
	return 0;
}

int
openai_read_format(const struct place *at, const char *key)
{
	static const struct openai_word formats[] = {
		{ "text",		FORMAT_TEXT },
		{ "json_object",	FORMAT_JSON },
		{ "json_schema",	FORMAT_SCHEMA },
		{ NULL,			0 },
	};
	struct place format;
	int kind = -1;

	if (openai_object(at, key, &format) < 0)
		return -1;
	if (format.node == NULL)
		return 0;
	if (openai_word(&format, "type", formats, &kind) < 0)
		return -1;
	if (kind < 0)
		return openai_missing(&format, "type");
	at->req->format = (enum format)kind;
	return kind == FORMAT_SCHEMA ? read_schema(&format) : 0;
}
