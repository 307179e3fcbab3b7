/*
 * Error bodies of OpenAI's API and of the servers that imitate it
 * (c2o-common 10.1), and the words for a context that is too small.
 */
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "dialect/openai_error_read.h"
#include "dialect/parts.h"
#include "wire/jget.h"

static struct fault
read(int status, const char *body)
{
	struct pool *pool = pool_open();
	struct fault why;

	fault_clear(&why);
	openai_read_error(pool, span_of(body), status, &why);
	pool_close(pool);
	return why;
}

static const struct {
	const char *name;
	int status;
	const char *body;
	enum fault_kind kind;
	const char *message, *code, *param;
} bodies[] = {
	{ "OpenAI", 429, "{\"error\":{\"message\":\"Slow\",\"type\":"
	    "\"requests\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}",
	    FAULT_RATE, "Slow", "rate_limit_exceeded", "" },
	{ "used-up quota", 429, "{\"error\":{\"message\":\"Pay\",\"type\":"
	    "\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
	    FAULT_BILLING, "Pay", "insufficient_quota", "" },
	{ "Ollama", 500, "{\"error\":\"model runner has stopped\"}",
	    FAULT_SERVER, "model runner has stopped", "", "" },
	{ "OpenRouter", 402, "{\"error\":{\"message\":\"Credits\",\"code\":"
	    "402,\"metadata\":{}},\"user_id\":\"u\"}",
	    FAULT_BILLING, "Credits", "402", "" },
	{ "old vLLM", 400, "{\"object\":\"error\",\"message\":\"Bad\","
	    "\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
	    FAULT_REQUEST, "Bad", "400", "" },
	{ "FastAPI, a text", 404, "{\"detail\":\"Not Found\"}",
	    FAULT_NOT_FOUND, "Not Found", "", "" },
	{ "FastAPI, a list", 422, "{\"detail\":[{\"type\":\"missing\",\"loc\":"
	    "[\"body\",\"messages\",0,\"role\"],\"msg\":\"Field required\"},"
	    "{\"msg\":\"More\"},7]}", FAULT_REQUEST,
	    "messages.0.role: Field required; More; 7", "",
	    "messages.0.role" },
	{ "words that are none", 500, "{\"error\":{\"message\":[],\"type\":"
	    "\"server_error\"}}", FAULT_SERVER,
	    "{\"message\":[],\"type\":\"server_error\"}", "", "" },
	{ "a bare message", 403, "{\"message\":\"No\"}",
	    FAULT_PERMISSION, "No", "", "" },
	{ "Gemini", 503, "[{\"error\":{\"code\":503,\"message\":\"Busy\","
	    "\"status\":\"UNAVAILABLE\"}}]", FAULT_OVERLOADED, "Busy", "503",
	    "" },
	{ "Cloudflare", 500, "{\"success\":false,\"errors\":[{\"code\":1,"
	    "\"message\":\"Oops\"}]}", FAULT_SERVER, "Oops", "1", "" },
	{ "something else", 418, "{\"a\":1}", FAULT_REQUEST, "{\"a\":1}", "",
	    "" },
	{ "a page", 502, "<html>\n<head><title>502</title></head><body>"
	    "<style>b{}</style><h1>502 Bad\tGateway</h1><hr>nginx"
	    "<script>x</script></body></html>", FAULT_BAD_GATEWAY,
	    "502 Bad Gateway nginx", "", "" },
	{ "plain text", 504, "upstream timed out\n", FAULT_TIMEOUT,
	    "upstream timed out", "", "" },
	{ "nothing", 503, "", FAULT_OVERLOADED,
	    "upstream answered with status 503 and no message", "", "" },
	{ "a redirect", 302, "", FAULT_BAD_GATEWAY,
	    "upstream answered with status 302 and no message", "", "" },
	{ "types that are wrong", 400, "{\"error\":{\"message\":{\"a\":[]},"
	    "\"code\":[],\"param\":7,\"type\":null}}", FAULT_REQUEST,
	    "{\"a\":[]}", "", "" },
	{ "408", 408, "{}", FAULT_REQUEST_TIMEOUT, "{}", "", "" },
	{ "409", 409, "{}", FAULT_CONFLICT, "{}", "", "" },
	{ "413", 413, "{}", FAULT_TOO_LARGE, "{}", "", "" },
	{ "529", 529, "{}", FAULT_OVERLOADED, "{}", "", "" },
	{ "599", 599, "{}", FAULT_SERVER, "{}", "", "" },
};

static void
test_bodies(void)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct fault why = read(bodies[i].status, bodies[i].body);

		is_int(why.kind, bodies[i].kind, "%s: kind", bodies[i].name);
		is_str(why.message, bodies[i].message, "%s: message",
		    bodies[i].name);
		is_str(why.code, bodies[i].code, "%s: code", bodies[i].name);
		is_str(why.param, bodies[i].param, "%s: param",
		    bodies[i].name);
		ok(why.upstream && why.status == bodies[i].status,
		    "%s: of the upstream", bodies[i].name);
	}
	is_int(read(429, bodies[1].body).should_retry, 0,
	    "waiting fills no account");
}

#define MAX_IS "This model's maximum context length is "

static const struct {
	const char *said, *shown;
} contexts[] = {
	{ MAX_IS "128000 tokens. However, your messages resulted in 130512 "
		 "tokens.", "prompt is too long: 130512 tokens > 128000 maximum" },
	{ MAX_IS "8192 tokens. However, you requested 10000 tokens (9000 in "
		 "the messages, 1000 in the completion).",
	    "prompt is too long: 9000 tokens > 8192 maximum" },
	{ MAX_IS "8192 tokens. However, you requested 9000 tokens (8000 in "
		 "the messages, 1000 in the completion).",
	    "input length and `max_tokens` exceed context limit: 8000 + 1000 > "
	    "8192, decrease input length or `max_tokens` and try again" },
	{ MAX_IS
	    "8192 tokens, however you requested 9000 tokens (7000 in the "
	    "messages, 1000 in the functions, and 1000 in the completion).",
	    "input length and `max_tokens` exceed context limit: 8000 + 1000 > "
	    "8192, decrease input length or `max_tokens` and try again" },
	{ "This endpoint's maximum context length is 131,072 tokens. However, "
	  "you requested about 140000 tokens (120000 of text input, 10000 of "
	  "tool input, 10000 in the output).",
	    "input length and `max_tokens` exceed context limit: 130000 + "
	    "10000 > 131072, decrease input length or `max_tokens` and try "
	    "again" },
	{ "'max_tokens' or 'max_completion_tokens' is too large: 32000. " MAX_IS
	  "32768 tokens and your request has 8960 input tokens "
	  "(32000 > 32768 - 8960).",
	    "input length and `max_tokens` exceed context limit: 8960 + 32000 "
	    "> 32768, decrease input length or `max_tokens` and try again" },
	{ "You passed 40001 input tokens and requested 100 output tokens. "
	  "However, the model's context length is only 32768 tokens, "
	  "resulting in a maximum input length of 32668 tokens.",
	    "prompt is too long: 40001 tokens > 32768 maximum" },
	{ "request (9000 tokens) exceeds the available context size (4096 "
	  "tokens), try increasing it",
	    "prompt is too long: 9000 tokens > 4096 maximum" },
	{ "The decoder prompt (length 40000) is longer than the maximum model "
	  "length of 32768. Make sure ...",
	    "prompt is too long: 40000 tokens > 32768 maximum" },
	{ "The input token count (1200000) exceeds the maximum number of "
	  "tokens allowed (1048576).",
	    "prompt is too long: 1200000 tokens > 1048576 maximum" },
	{ "Your input exceeds the context window of this model.",
	    "prompt is too long: Your input exceeds the context window of "
	    "this model." },
	{ "prompt is too long: 200001 tokens > 200000 maximum",
	    "prompt is too long: 200001 tokens > 200000 maximum" },
	{ "Invalid 'temperature'", "Invalid 'temperature'" },
	{ "max_tokens is too large: 64000. This model supports at most 16384 "
	  "completion tokens, whereas you provided 64000.",
	    "max_tokens is too large: 64000. This model supports at most "
	    "16384 completion tokens, whereas you provided 64000." },
};

static void
test_contexts(void)
{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		json_t *error = json_pack("{s:{s:s}}", "error", "message",
		    contexts[i].said);
		char *body = json_dumps(error, 0);
		struct fault why = read(400, body);
		bool same = strcmp(contexts[i].said, contexts[i].shown) == 0 &&
		    strncmp(contexts[i].said, "prompt", 6) != 0;

		is_str(why.message, contexts[i].shown, "context %zu", i);
		is_str(why.code, same ? "" : "context_length_exceeded",
		    "context %zu: code", i);
		free(body);
		json_decref(error);
	}
	is_str(read(400, "{\"error\":{\"message\":\"Provider returned error\","
		"\"metadata\":{\"raw\":\"prompt is too long: 5, model maximum "
		"context length: 4\"}}}")
		.message,
	    "prompt is too long: 5 tokens > 4 maximum",
	    "what a provider said is looked at");
}

/* Errors that come with a good status tell their own. */
static const struct {
	const char *error;
	int status;
} owns[] = {
	{ "{\"code\":429}", 429 },
	{ "{\"code\":\"503\"}", 503 },
	{ "{\"code\":0,\"status\":404}", 404 },
	{ "{\"code\":\"rate_limit_exceeded\"}", 429 },
	{ "{\"code\":\"server_is_overloaded\"}", 529 },
	{ "{\"code\":\"slow_down\"}", 529 },
	{ "{\"code\":\"vector_store_timeout\"}", 500 },
	{ "{\"code\":null,\"type\":\"invalid_request_error\"}", 400 },
	{ "{\"code\":200}", 500 },
	{ "\"text\"", 500 },
};

static void
test_own_status(void)
{
	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
		json_t *error = json_loads(owns[i].error, JSON_DECODE_ANY,
		    NULL);

		is_int(openai_own_status(error, 500), owns[i].status,
		    "own status of %s", owns[i].error);
		json_decref(error);
	}
}

/* A cut page ends between two characters. */
static void
test_long_page(void)
{
	struct fault why;
	struct buf b;

	buf_init(&b, 0);
	buf_puts(&b, "<p>x");
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "\xc3\xa4");
	why = read(500, buf_str(&b));
	is_int((long long)strlen(why.message), 299, "a page is cut");
	buf_free(&b);
}

int
main(void)
{
	test_bodies();
	test_contexts();
	test_own_status();
	test_long_page();
	return done_testing();
}
