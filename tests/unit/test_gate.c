#include "../lib/tap.h"
#include "gateway/gate.h"
#include "wire/jget.h"

static const struct field fields[] = {
	{ "model", false },
	{ "thinking", false },
	{ "speed", false },
	{ "seed", true },
	{ NULL, false },
};

static const struct dialect claude = {
	.api = API_MESSAGES,
	.skip_list = "claudeMessages",
	.fields = fields,
};
static const struct dialect openai = {
	.api = API_CHAT,
	.skip_list = "openAIChatCompletions",
	.fields = fields,
};

static struct conf conf;
static struct fault why;
static struct span skipped;
static struct request *req;

static int
gate(struct pool *pool, const struct dialect *d, const char *text)
{
	fault_clear(&why);
	skipped = SPAN_NONE;
	req = request_new(pool, d->api);
	return gate_body(req, d, &conf, span_of(text), &skipped, &why);
}

static void
bodies(struct pool *pool)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "no body" },
		{ "  \n", "no body" },
		{ "{\"a\":", "no valid JSON: line 1" },
		{ "[]", "must be a JSON object, not array" },
		{ "3", "must be a JSON object, not number" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(gate(pool, &claude, rows[i].text), -1, "refused");
		ok(strstr(why.message, rows[i].words) != NULL, "%s",
		    why.message);
	}
}

static void
typos(struct pool *pool)
{
	is_int(gate(pool, &claude, "{\"thinkingg\":1}"), -1, "a typo");
	is_str(why.message,
	    "Unrecognized key: \"thinkingg\" (did you mean "
	    "\"thinking\"?)",
	    "names the field");
	is_str(why.param, "", "Claude's errors have no param");
	is_int(gate(pool, &openai, "{\"Modle\":1}"), -1, "a typo");
	is_str(why.param, "Modle", "OpenAI's have");
	is_str(why.code, "unknown_parameter", "and a code");
	is_int(gate(pool, &claude, "{\"seed\":1}"), 0,
	    "a known field is no typo of another");
	is_str(req->losses->code, "field_dropped", "but it is dropped");
	is_int(gate(pool, &claude, "{\"seed\":null}"), 0, "null is absence");
	ok(req->losses == NULL, "and no loss");
}

static void
unknown(struct pool *pool)
{
	is_int(gate(pool, &claude, "{\"frobnicate\":1}"), 0,
	    "Claude's API drops what it does not know");
	is_int(gate(pool, &openai, "{\"frobnicate\":1}"), -1,
	    "OpenAI's refuse it");
	is_str(why.message,
	    "Unrecognized key: \"frobnicate\". To have co2 "
	    "drop it, add \"frobnicate\" to routing.skipInboundFields."
	    "openAIChatCompletions.",
	    "and say what to do");
	conf.unknown_fields = 'd';
	is_int(gate(pool, &openai, "{\"frobnicate\":1}"), 0,
	    "unless configured");
	conf.unknown_fields = 'r';
	is_int(gate(pool, &claude, "{\"frobnicate\":1}"), -1,
	    "the other way too");
	conf.unknown_fields = 0;
}

static void
skipping(struct pool *pool)
{
	static const char *const list[] = { "thinking", "alpha", NULL };

	conf.skip[API_MESSAGES] = list;
	is_int(gate(pool, &claude,
		   "{\"thinking\":1,\"alpha\":2,"
		   "\"model\":\"m\"}"),
	    0, "skipped before anything else");
	ok(span_is(skipped, "alpha,thinking"), "sorted");
	is_int((long long)json_object_size(req->body), 1, "and gone");
	conf.skip[API_MESSAGES] = NULL;
}

int
main(void)
{
	struct pool *pool = pool_open();

	bodies(pool);
	typos(pool);
	unknown(pool);
	skipping(pool);
	pool_close(pool);
	return done_testing();
}
