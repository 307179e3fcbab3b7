/*
 * Faults as OpenAI's error bodies: the table of o2c section S.10.
 */
#include "base/buf.h"
#include "dialect/parts.h"
#include "../lib/tap.h"

/* The status and the body for a fault. */
static void
check(const struct fault *why, int status, const char *body, const char *name)
{
	struct buf out;

	buf_init(&out, 0);
	openai_write_error(&out, why, SPAN("req_1"));
	is_int(openai_error_status(why), status, "%s: status", name);
	is_str(buf_str(&out), body, "%s: body", name);
	buf_free(&out);
}

static struct fault
upstream(enum fault_kind kind, int status, const char *message)
{
	struct fault why;

	fault_clear(&why);
	fault_set(&why, kind, "", "%s", message);
	why.status = status;
	why.upstream = true;
	fault_copy(why.upstream_id, sizeof(why.upstream_id), SPAN("req_up"));
	return why;
}

static void
of_the_upstream(void)
{
	struct fault why = upstream(FAULT_RATE, 429, "Slow down.");

	why.retry_after = 12;
	check(&why, 429, "{\"error\":{\"message\":\"Slow down. (upstream "
	    "request req_up) Please try again in 12s.\",\"type\":"
	    "\"rate_limit_error\",\"param\":null,\"code\":"
	    "\"rate_limit_exceeded\"}}", "rate limit");
	is_int(openai_should_retry(&why), -1, "SDKs may try again");

	why.retry_after = -1;
	check(&why, 429, "{\"error\":{\"message\":\"Slow down. (upstream "
	    "request req_up)\",\"type\":\"insufficient_quota\",\"param\":null,"
	    "\"code\":\"insufficient_quota\"}}", "spend cap");
	is_int(openai_should_retry(&why), 0, "trying again is no use");

	why = upstream(FAULT_AUTH, 401, "invalid x-api-key");
	check(&why, 401, "{\"error\":{\"message\":\"invalid x-api-key "
	    "(upstream request req_up)\",\"type\":\"authentication_error\","
	    "\"param\":null,\"code\":\"upstream_authentication\"}}",
	    "the upstream's key");

	why = upstream(FAULT_NOT_FOUND, 404, "model: nope");
	check(&why, 404, "{\"error\":{\"message\":\"model: nope (upstream "
	    "request req_up)\",\"type\":\"invalid_request_error\",\"param\":"
	    "\"model\",\"code\":\"model_not_found\"}}", "unknown model");

	why = upstream(FAULT_REQUEST, 422, "odd");
	check(&why, 422, "{\"error\":{\"message\":\"odd (upstream request "
	    "req_up)\",\"type\":\"invalid_request_error\",\"param\":null,"
	    "\"code\":\"upstream_error\"}}", "another refusal");
}

static void
of_our_own(void)
{
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_AUTH, "", "no key");
	check(&why, 401, "{\"error\":{\"message\":\"no key\",\"type\":"
	    "\"invalid_request_error\",\"param\":null,\"code\":"
	    "\"invalid_api_key\"}}", "the client's key");

	fault_clear(&why);
	fault_code(&why, FAULT_REQUEST, "invalid_value", "input[0]", "bad");
	check(&why, 400, "{\"error\":{\"message\":\"bad\",\"type\":"
	    "\"invalid_request_error\",\"param\":\"input[0]\",\"code\":"
	    "\"invalid_value\"}}", "a wrong request");

	fault_clear(&why);
	fault_code(&why, FAULT_NOT_FOUND, "response_not_found", "", "gone");
	check(&why, 404, "{\"error\":{\"message\":\"gone\",\"type\":"
	    "\"invalid_request_error\",\"param\":null,\"code\":null}}",
	    "an unknown response");
}

int
main(void)
{
	of_the_upstream();
	of_our_own();
	return done_testing();
}
