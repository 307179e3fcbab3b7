#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/strict.h"
#include "../lib/tap.h"
#include "captures.h"
#include "gateway/bridge.h"
#include "run.h"
#include "wire/jget.h"

#define O2C \
	"{\"server\":{\"mode\":\"o2c\"},\"providers\":{\"anthropic\":" \
	"{\"apiKey\":\"sk-ant-invented\"}},\"routing\":" \
	"{\"defaultClaudeModel\":\"claude-opus-5-5\"}}"
#define C2O(api, url) \
	"{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":" \
	"{\"apiKey\":\"sk-invented\",\"baseUrl\":\"" url "\"}},\"routing\":" \
	"{\"openAIUpstreamApi\":\"" api "\",\"defaultOpenAIModel\":" \
	"\"gpt-5.6\",\"skipInboundFields\":{\"claudeMessages\":" \
	"[\"context_management\"]}}}"

/* Where a capture of each API can go. */
static const struct way {
	enum api from, to;
	bool compat;
	const char *name, *config;
} ways[] = {
	{ API_CHAT, API_MESSAGES, false, "messages", O2C },
	{ API_RESPONSES, API_MESSAGES, false, "messages", O2C },
	{ API_MESSAGES, API_RESPONSES, false, "responses",
	    C2O("responses", "https://api.openai.com/v1") },
	{ API_MESSAGES, API_CHAT, false, "chat",
	    C2O("chat-completions", "https://api.openai.com/v1") },
	{ API_MESSAGES, API_CHAT, true, "compat",
	    C2O("chat-completions", "https://llm.example.net/v1") },
};

static enum api
api_of(struct span path)
{
	if (span_find(path, SPAN("/messages")) >= 0)
		return API_MESSAGES;
	if (span_find(path, SPAN("/chat/completions")) >= 0)
		return API_CHAT;
	return span_find(path, SPAN("/responses")) >= 0 ? API_RESPONSES :
							  API_COUNT;
}

/* What refused.json says of this capture on this way; absent: nothing. */
static struct span
expected_refusal(const json_t *refused, const char *name, const struct way *way)
{
	json_t *entry = jget(refused, name);

	return json_is_object(entry) ? jget_span(entry, way->name) :
				       jspan(entry);
}

/* What the upstream says to a body; the status, 0: it takes it. */
static int
ask(const struct bridge *b, const struct way *way, struct refusal *why)
{
	static const enum strict_api apis[API_COUNT] = {
		[API_MESSAGES] = STRICT_MESSAGES,
		[API_CHAT] = STRICT_CHAT,
		[API_RESPONSES] = STRICT_RESPONSES,
	};
	char beta[256];
	struct strict_opts opts = { .beta = beta, .compat = way->compat,
	    .count = b->req->task == TASK_COUNT };
	json_t *v = json_loadb(b->body.p, b->body.n, JSON_ALLOW_NUL, NULL);
	int status;

	memset(why, 0, sizeof(*why));
	snprintf(beta, sizeof(beta), "%.*s", SPAN_ARG(b->to.beta));
	status = strict_check(apis[way->to], v, &opts, why);
	json_decref(v);
	return status;
}

/* Refused bodies may be repaired and sent again, as the exchange does. */
static void
check_body(struct bridge *b, const struct way *way, const char *name)
{
	struct refusal why;
	json_t *error;
	char *text;
	int status;
	bool again = true;

	while ((status = ask(b, way, &why)) != 0 && again) {
		error = json_pack("{s:{s:s,s:s,s:s,s:s}}", "error",
		    "message", why.message, "type", "invalid_request_error",
		    "param", why.param, "code", why.code);
		text = json_dumps(error, 0);
		again = bridge_refused(b, status, span_of(text), SPAN_NONE,
		    -1);
		free(text);
		json_decref(error);
	}
	is_str(why.message, "", "%s to %s", name, way->name);
}

static void
check_way(const json_t *capture, const json_t *refused, const char *name,
    const struct way *way)
{
	struct conf *conf = run_config(way->config);
	struct commons commons;
	struct bridge b;
	struct bridge_hints hints = { .request_id = SPAN("req_test"),
		.now = 1795000000 };
	struct span path = jget_span(capture, "path");
	struct span words = expected_refusal(refused, name, way);
	char *body = json_dumps(json_object_get(capture, "body"), 0);
	int rc;

	if (span_find(path, SPAN("_tokens")) >= 0)
		hints.task = TASK_COUNT;
	commons_init(&commons);
	rc = bridge_open(&b, conf, &commons, way->from, span_of(body), &hints);
	if (words.p != NULL || rc < 0)
		is_str(rc < 0 ? b.why.message : "accepted",
		    words.p != NULL ? words.p : "accepted", "%s to %s", name,
		    way->name);
	else if (rc == 0)
		check_body(&b, way, name);
	else
		ok(b.out.n > 0, "%s to %s: answered at once", name, way->name);
	bridge_close(&b);
	commons_free(&commons);
	conf_free(conf);
	free(body);
}

static void
check_capture(const char *path, const char *name, const json_t *refused)
{
	json_t *capture = json_load_file(path, 0, NULL);
	enum api from = api_of(jget_span(capture, "path"));

	if (jget_is(capture, "method", "POST"))
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			if (ways[i].from == from)
				check_way(capture, refused, name, &ways[i]);
	json_decref(capture);
}

void
captures_check(const char *dir)
{
	char pattern[512];
	json_t *refused;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/refused.json", dir);
	refused = json_load_file(pattern, 0, NULL);
	snprintf(pattern, sizeof(pattern), "%s/*/*.json", dir);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			check_capture(found.gl_pathv[i],
			    found.gl_pathv[i] + strlen(dir) + 1, refused);
		globfree(&found);
	}
	json_decref(refused);
}
