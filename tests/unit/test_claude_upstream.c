/*
 * What stands beside the bodies that the cases compare: the beta header, the
 * list of models, repairs that are made once.
 */
#include "../lib/tap.h"
#include "dialect/claude_profile.h"
#include "dialect/parts.h"

static struct pool *pool;
static struct learned learned;
static struct target to;

/* A request with one word and one tool, ready to be written. */
static struct request *
open_request(const char *model, bool official)
{
	struct request *req = request_new(pool, API_CHAT);
	struct turn *turn = turn_add(req, ROLE_USER);

	block_add(pool, &turn->blocks, BLOCK_TEXT)->text = SPAN("Hi");
	tool_add(req, TOOL_FUNCTION, SPAN_NONE, SPAN("f"));
	req->effort = EFFORT_LOW;
	to = (struct target){ .model = span_of(model), .official = official,
	    .learned = &learned };
	return req;
}

static const char *
beta(struct request *req)
{
	struct fault why;
	struct buf out;

	fault_clear(&why);
	buf_init(&out, 0);
	messages_write_request(&out, req, &to, &why);
	buf_free(&out);
	return pool_str(pool, to.beta);
}

static void
betas(void)
{
	struct request *req;

	is_str(beta(open_request("claude-opus-5-5", true)),
	    "thinking-binding-controls-2026-08-01", "block binding");
	is_str(beta(open_request("claude-opus-5-5", false)), NULL,
	    "not on another host");
	is_str(beta(open_request("claude-opus-4-8", true)), NULL,
	    "nor for older models");
	is_str(beta(open_request("claude-haiku-4-5", true)),
	    "interleaved-thinking-2025-05-14", "budget thinking with tools");
	req = open_request("claude-haiku-4-5", true);
	req->tools = NULL;
	is_str(beta(req), NULL, "without tools");
}

static void
repairs(void)
{
	struct request *req = open_request("claude-opus-5-5", true);
	const char *what = NULL;
	struct fault why;

	fault_clear(&why);
	why.kind = FAULT_REQUEST;
	why.status = 400;
	fault_copy(why.message, sizeof(why.message),
	    SPAN("thinking.adaptive.block_binding: Extra inputs are not "
		 "permitted"));
	ok(messages_repair(req, &to, &why, &what), "a repair");
	is_str(what, "block_binding", "has a name");
	is_str(beta(req), NULL, "and an effect");
	ok(!messages_repair(req, &to, &why, &what), "but is made once");
	why.status = 422;
	learned.refused = 0;
	ok(!messages_repair(req, &to, &why, &what), "and of a 400 alone");
}

static void
models(void)
{
	static const struct span body = SPAN("{\"data\":[{\"id\":\"claude-x\","
	    "\"display_name\":\"X\",\"created_at\":\"2026-02-05T00:00:01Z\","
	    "\"max_input_tokens\":1000000,\"max_tokens\":128000,"
	    "\"capabilities\":{\"effort\":{\"low\":{\"supported\":true},"
	    "\"xhigh\":{\"supported\":false},\"max\":true},\"thinking\":"
	    "{\"types\":{\"adaptive\":{\"supported\":true},\"enabled\":"
	    "{\"supported\":false}}},\"structured_outputs\":"
	    "{\"supported\":true}}},{\"id\":3},{\"id\":\"y\"}]}");
	size_t n;
	struct model_entry *m = messages_read_models(pool, body, &n);

	if (!ok(m != NULL, "a list") || !is_int((long long)n, 2, "of two"))
		return;
	ok(span_is(m[0].id, "claude-x") && span_is(m[0].shown, "X"), "names");
	is_int(m[0].created, 1770249601, "time");
	is_int(m[0].facts.efforts, 1 << EFFORT_LOW | 1 << EFFORT_MAX,
	    "levels of effort");
	is_int(m[0].facts.adaptive, YES, "adaptive");
	is_int(m[0].facts.budget, NO, "no budget");
	is_int(m[0].facts.off, UNSET, "what is not said");
	is_int(m[1].facts.max_output, 0, "a model without facts");
	ok(messages_read_models(pool, SPAN("[1"), &n) == NULL, "no list");
	is_int(messages_read_count(pool, SPAN("{\"input_tokens\":7}")), 7,
	    "a count");
	is_int(messages_read_count(pool, SPAN("{}")), -1, "no count");
}

int
main(void)
{
	pool = pool_open();
	betas();
	repairs();
	models();
	pool_close(pool);
	return done_testing();
}
