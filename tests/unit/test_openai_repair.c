/*
 * Efforts, and what refusals teach about them and about other fields
 * (c2o-common sections 3 and 10.4).
 */
#include <string.h>

#include "../lib/tap.h"
#include "dialect/openai_upstream.h"
#include "dialect/parts.h"

static struct pool *pool;
static struct request *req;
static struct target to;
static struct learned learned;

static void
start(const char *model, bool official)
{
	pool_close(pool);
	pool = pool_open();
	req = request_new(pool, API_MESSAGES);
	memset(&learned, 0, sizeof(learned));
	memset(&to, 0, sizeof(to));
	to.model = span_of(model);
	to.official = official;
	to.parallel = UNSET;
	to.learned = &learned;
}

static const char *
effort(enum api api, bool tools, bool search)
{
	struct openai_settings s = openai_settings(req, &to, api, tools,
	    search);

	return s.effort == EFFORT_UNSET ? "-" : effort_word(s.effort);
}

/* Refuse the request as it was written last. */
static bool
refuse(const char *param, const char *code, const char *message)
{
	struct fault why;
	const char *what = "";

	fault_clear(&why);
	fault_code(&why, FAULT_REQUEST, code, param, "%s", message);
	why.status = 400;
	why.upstream = true;
	return openai_repair(req, &to, &why, &what);
}

static void
test_efforts(void)
{
	static const struct {
		const char *model, *lowest;
	} models[] = {
		{ "gpt-5.1", "none" }, { "gpt-5.6-mini", "none" },
		{ "gpt-6", "none" }, { "gpt-5", "minimal" },
		{ "gpt-5-mini", "minimal" }, { "gpt-50", "-" },
		{ "o3", "low" }, { "o4-mini", "low" }, { "gpt-4.1", "-" },
		{ "gpt-5.0", "-" }, { "qwen3", "-" },
	};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		start(models[i].model, true);
		req->thinking = THINKING_OFF;
		to.effort = EFFORT_HIGH;
		is_str(effort(API_RESPONSES, false, false), models[i].lowest,
		    "thinking off on %s", models[i].model);
	}

	start("m", false);
	is_str(effort(API_CHAT, false, false), "-", "nobody named one");
	to.effort = EFFORT_XHIGH;
	is_str(effort(API_CHAT, false, false), "xhigh",
	    "the configured one goes as it is");
	req->effort = EFFORT_MAX;
	is_str(effort(API_CHAT, false, false), "high", "a client's is folded");
	is_str(effort(API_RESPONSES, false, false), "max",
	    "but not on Responses");
	to.official = true;
	is_str(effort(API_CHAT, false, false), "max", "nor by OpenAI");
	req->effort = EFFORT_MINIMAL;
	is_str(effort(API_RESPONSES, true, true), "low",
	    "a web search takes low at least");
}

static void
test_effort_repairs(void)
{
	start("gpt-5.6", true);
	req->effort = EFFORT_XHIGH;
	effort(API_RESPONSES, false, false);
	ok(refuse("reasoning.effort", "unsupported_value", "Unsupported "
	       "value: 'xhigh' is not supported with the 'gpt-5.6' model. "
	       "Supported values are: 'none', 'low', and 'medium'."),
	    "a list of values");
	is_str(effort(API_RESPONSES, false, false), "medium",
	    "the nearest lower of the list");
	req->effort = EFFORT_MINIMAL;
	is_str(effort(API_RESPONSES, false, false), "none",
	    "others are known from the same list");

	start("m", false);
	req->effort = EFFORT_NONE;
	effort(API_CHAT, false, false);
	ok(refuse("reasoning_effort", "", "Input should be 'low', 'medium' or "
	       "'high'"), "a list without anything lower");
	is_str(effort(API_CHAT, false, false), "low", "the nearest higher");

	start("m", false);
	req->effort = EFFORT_HIGH;
	effort(API_CHAT, false, false);
	ok(refuse("", "", "[{'type': 'extra_forbidden', 'loc': ('body', "
	       "'reasoning_effort'), 'msg': 'Extra inputs are not permitted'}]"),
	    "a field that is unknown");
	is_str(effort(API_CHAT, false, false), "-", "is left out");
	ok(!refuse("reasoning_effort", "", "Extra inputs are not permitted"),
	    "and cannot be the trouble again");

	start("gpt-5.6", true);
	req->effort = EFFORT_HIGH;
	effort(API_CHAT, true, false);
	ok(refuse("reasoning_effort", "", "Function tools with "
	       "reasoning_effort are not supported for gpt-5.6 in "
	       "/v1/chat/completions. Please use /v1/responses or set "
	       "reasoning_effort to 'none'."), "no effort beside tools");
	is_str(effort(API_CHAT, true, false), "none", "with tools");
	is_str(effort(API_CHAT, false, false), "high", "without tools");
}

static void
test_field_repairs(void)
{
	struct openai_settings s;

	start("gpt-5.6", true);
	req->temperature = 0.5;
	req->max_tokens = 64000;
	s = openai_settings(req, &to, API_RESPONSES, false, false);
	ok(s.temperature == 0.5 && s.limit == 64000, "sent at first");
	ok(!refuse("top_p", "", "Unsupported parameter: 'top_p'"),
	    "what was not sent is not the trouble");
	ok(refuse("temperature", "", "Unsupported parameter: 'temperature'"),
	    "temperature is refused");
	ok(refuse("max_output_tokens", "", "max_output_tokens is too large: "
	       "64000. This model supports at most 16384 completion tokens"),
	    "the limit is too high");
	s = openai_settings(req, &to, API_RESPONSES, false, false);
	ok(s.temperature < 0, "it is left out");
	is_int(s.limit, 16384, "it is lowered");
	ok(!refuse("max_output_tokens", "", "supports at most 16384"),
	    "no second time");
	ok(!refuse("input", "context_length_exceeded", "too long"),
	    "a full context reaches the client");
	ok(!refuse("tools", "", "tools cannot be used with temperature"),
	    "so does this");
	ok(!refuse("model", "model_not_found", "no such model"), "and this");

	ok(refuse("", "invalid_encrypted_content", "x"), "refused seals");
	ok(req->attempt.unsealed, "are left out");
	ok(!refuse("", "", "Item with id 'rs_1' not found."), "once");

	start("m", false);
	req->max_tokens = 5;
	openai_settings(req, &to, API_CHAT, false, false);
	ok(refuse("max_tokens", "unsupported_parameter", "Unsupported "
	       "parameter: 'max_tokens' is not supported with this model. Use "
	       "'max_completion_tokens' instead."), "the other name");
	ok(openai_refused(&to, OPENAI_LIMIT), "is kept");
	ok(!refuse("max_completion_tokens", "", "Unsupported parameter"),
	    "neither name");
}

int
main(void)
{
	test_efforts();
	test_effort_repairs();
	test_field_repairs();
	pool_close(pool);
	return done_testing();
}
