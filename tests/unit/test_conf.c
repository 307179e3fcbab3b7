#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "gateway/conf.h"

/* Names and values, ended by NULL. */
static const char *const *environment;

static const char *
env(const char *name)
{
	for (size_t i = 0; environment != NULL && environment[i] != NULL;
	     i += 2)
		if (strcmp(environment[i], name) == 0)
			return environment[i + 1];
	return NULL;
}

static struct buf problems;
static struct conf_args args;

static struct conf *
load(const char *text)
{
	char path[] = "/tmp/co2-conf-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	struct conf *conf;

	if (f == NULL)
		exit(2);
	fputs(text, f);
	fclose(f);
	buf_reset(&problems);
	args.path = path;
	conf = conf_load(&args, env, &problems);
	unlink(path);
	return conf;
}

/* Loads nothing, and the complaint holds these words. */
static void
refused(const char *text, const char *words)
{
	struct conf *conf = load(text);

	ok(conf == NULL && strstr(buf_str(&problems), words) != NULL,
	    "refused: %s", words);
	if (conf == NULL && strstr(buf_str(&problems), words) == NULL)
		diag("said: %s", buf_str(&problems));
	conf_free(conf);
}

#define C2O \
	"{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":" \
	"{\"apiKey\":\"sk-invented\"}}"

static void
defaults(void)
{
	struct conf *conf = load(C2O "}");

	if (!ok(conf != NULL, "the smallest file loads"))
		return;
	is_str(conf->host, "127.0.0.1", "host");
	is_int(conf->port, 8000, "port");
	is_int(conf->parallel, UNSET, "parallel calls are unset");
	is_int((long long)conf->max_body, 33554432, "body limit");
	is_str(conf->openai.origin, "https://api.openai.com", "origin");
	ok(conf->openai.official, "it is OpenAI's own");
	conf_free(conf);
}

static void
everything_is_reported(void)
{
	struct conf *conf =
	    load("{\n \"server\": {\n  \"mode\": \"c2o\",\n"
		 "  \"prt\": 1,\n  \"logLevel\": \"loud\"\n },\n"
		 " \"routing\": {\"openAIUpstreamApi\": 3}\n}\n");

	ok(conf == NULL, "a bad file is refused");
	ok(strstr(buf_str(&problems),
	       ":4: server.prt: unknown key (did you "
	       "mean \"port\"?)") != NULL,
	    "line, path and nearest key");
	ok(strstr(buf_str(&problems),
	       ":5: server.logLevel: must be one of "
	       "error, warn, info, debug") != NULL,
	    "the second problem");
	ok(strstr(buf_str(&problems),
	       ":7: routing.openAIUpstreamApi: must "
	       "be one of responses, chat-completions") != NULL,
	    "the third");
	ok(strstr(buf_str(&problems), "providers.openai.apiKey: is missing") !=
		NULL,
	    "and the key that is missing");
	conf_free(conf);
}

static void
refusals(void)
{
	refused("{", "(column");
	refused("[]", "must be an object, not array");
	refused("{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":"
		"{\"apiKey\":\"OPENAI_API_KEY_PLACEHOLDER\"}}}",
	    "is still the placeholder; set it, or the environment variable "
	    "OPENAI_API_KEY");
	refused("{}", "server.mode is missing");
	refused(C2O ",\"server\":{\"mode\":\"c2o\",\"host\":\"0.0.0.0\"}}",
	    "set server.apiKeys");
	refused("{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":"
		"{\"baseUrl\":\"http://localhost:8000/v1\"}}}",
	    "points at co2's own address");
	refused("{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":"
		"{\"apiKey\":\"k\",\"defaultHeaders\":{\"Authorization\":"
		"\"x\"}}}}",
	    "providers.openai.defaultHeaders.Authorization: "
	    "authentication and connection headers cannot be overridden");
	refused("{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":"
		"{\"apiKey\":\"k\",\"baseUrl\":\"ftp://x\"}}}",
	    "must begin with http:// or https://");
}

/* Right files around one member. */
enum section { SERVER, OPENAI, ROUTING, MAP };

static const struct {
	const char	*head, *tail;
} around[] = {
	[SERVER] = { "{\"server\":{\"mode\":\"c2o\",", "},\"providers\":{"
	    "\"openai\":{\"apiKey\":\"k\"}}}" },
	[OPENAI] = { "{\"server\":{\"mode\":\"c2o\"},\"providers\":{"
		     "\"openai\":{\"apiKey\":\"k\",", "}}}" },
	[ROUTING] = { C2O ",\"routing\":{", "}}" },
	[MAP] = { C2O ",\"modelMap\":{", "}}" },
};

/* A value of each kind that is none. */
static const struct {
	enum section	section;
	const char	*member, *words;
} wrong[] = {
	{ SERVER, "\"apiKeys\":\"k\"",
	    "server.apiKeys: must be a list of texts, not string" },
	{ SERVER, "\"apiKeys\":[\"k\",\"\"]",
	    "server.apiKeys: must be a text that is not empty, not this" },
	{ SERVER, "\"allowedHosts\":[1]",
	    "server.allowedHosts: must be a text that is not empty, not" },
	{ SERVER, "\"port\":65536",
	    "server.port: must be a whole number from 1 to 65535" },
	{ SERVER, "\"port\":\"8000\"",
	    "server.port: must be a whole number" },
	{ SERVER, "\"maxBodyBytes\":1.5",
	    "server.maxBodyBytes: must be a whole number" },
	{ ROUTING, "\"openAIUpstreamApi\":\"chat\"",
	    "routing.openAIUpstreamApi: must be one of " },
	{ ROUTING, "\"claudePromptCaching\":1",
	    "routing.claudePromptCaching: must be true or false, not number" },
	{ ROUTING, "\"openAIParallelToolCalls\":\"yes\"",
	    "routing.openAIParallelToolCalls: must be true or false, not" },
	{ ROUTING, "\"unknownInboundFields\":\"keep\"",
	    "routing.unknownInboundFields: must be \"reject\" or \"drop\"" },
	{ MAP, "\"\":\"x\"", "modelMap: has an empty name" },
	{ MAP, "\"a\":1", "modelMap.a: must be a text" },
	{ OPENAI, "\"defaultHeaders\":[]",
	    "must be an object of header names and texts, not array" },
	{ OPENAI, "\"defaultHeaders\":{\"a b\":\"x\"}",
	    "defaultHeaders.a b: is no header name" },
	{ OPENAI, "\"defaultHeaders\":{\"a\":\"x\\r\\ny: z\"}",
	    "defaultHeaders.a: must be a text without control characters" },
};

static void
wrong_values(void)
{
	char text[400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "%s%s%s",
		    around[wrong[i].section].head, wrong[i].member,
		    around[wrong[i].section].tail);
		refused(text, wrong[i].words);
	}
}

static void
loopback_needs_no_key(void)
{
	struct conf *conf = load("{\"server\":{\"mode\":\"c2o\"},"
				 "\"providers\":{\"openai\":{\"apiKey\":"
				 "\"OPENAI_API_KEY_PLACEHOLDER\",\"baseUrl\":"
				 "\"http://127.0.0.1:11434/v1/\"}}}");

	if (!ok(conf != NULL, "a local server needs no key"))
		return;
	ok(conf->openai.api_key == NULL, "and gets no placeholder");
	is_str(conf->openai.base_url, "http://127.0.0.1:11434/v1",
	    "a trailing slash is dropped");
	ok(!conf->openai.official, "it is no vendor's service");
	conf_free(conf);
}

static void
variables(void)
{
	static const char *const one[] = { "ANTHROPIC_AUTH_TOKEN", "sk-t",
		"ANTHROPIC_API_KEY", "", "ANTHROPIC_VERSION", "2026-10-21",
		NULL };
	static const char *const same[] = { "ANTHROPIC_AUTH_TOKEN", "sk-t",
		"ANTHROPIC_API_KEY", "sk-t", NULL };
	static const char *const two[] = { "ANTHROPIC_AUTH_TOKEN", "sk-t",
		"ANTHROPIC_API_KEY", "sk-u", NULL };
	struct conf *conf;

	environment = one;
	conf = load("{\"server\":{\"mode\":\"o2c\"}}");
	if (ok(conf != NULL, "the alias alone")) {
		is_str(conf->anthropic.api_key, "sk-t", "it is the key");
		is_str(conf->anthropic.version, "2026-10-21", "version");
	}
	conf_free(conf);
	environment = same;
	conf = load("{\"server\":{\"mode\":\"o2c\"}}");
	ok(conf != NULL, "alias and key alike");
	conf_free(conf);
	environment = two;
	refused("{\"server\":{\"mode\":\"o2c\"}}", "must match");
	environment = NULL;
}

static void
arguments(void)
{
	struct conf *conf;

	args.mode = "o2c";
	args.port = 1234;
	args.log_level = "debug";
	conf = load("{\"server\":{\"mode\":\"c2o\",\"port\":1},\"providers\":"
		    "{\"anthropic\":{\"apiKey\":\"k\"}}}");
	if (ok(conf != NULL, "the command line wins")) {
		is_int(conf->mode, MODE_O2C, "mode");
		is_int(conf->port, 1234, "port");
		is_int(conf->log_level, LOG_DEBUG, "log level");
	}
	conf_free(conf);
	args.mode = "sideways";
	refused("{}", "--mode sideways");
	args = (struct conf_args){ .port = -1 };
}

static void
model(const struct conf *conf, const char *asked, const char *want)
{
	struct pool *pool = pool_open();
	struct span upstream = SPAN_NONE;
	struct fault why;
	int rc;

	fault_clear(&why);
	rc = conf_model(conf, pool, span_of(asked), &upstream, &why);
	if (want == NULL)
		ok(rc == -1 && why.kind == FAULT_NOT_FOUND, "%s: 404", asked);
	else
		is_str(rc == 0 ? pool_str(pool, upstream) : why.message, want,
		    "%s", asked);
	pool_close(pool);
}

static void
models(void)
{
	struct conf *c2o = load(C2O
	    ",\"modelMap\":{\"claude-x\":\"gpt-5.6\","
	    "\"qwen\":\"qwen3\",\"claude-*\":\"gpt-5.4\",\"claude-haiku-*\":"
	    "\"gpt-5.4-mini\"}}");
	struct conf *o2c = load("{\"server\":{\"mode\":\"o2c\"},\"providers\""
				":{\"anthropic\":{\"apiKey\":\"k\"}}}");

	if (ok(c2o != NULL && o2c != NULL, "both load")) {
		model(c2o, "claude-x", "gpt-5.6");
		model(c2o, "claude-x[1m]", "gpt-5.6");
		model(c2o, "claude-qwen", "qwen3");
		model(c2o, "claude-opus-4-6", "gpt-5.4");
		model(c2o, "claude-haiku-4-5", "gpt-5.4-mini");
		model(c2o, "gpt-5.9", "gpt-5.9");
		model(o2c, "claude-opus-5-5", "claude-opus-5-5");
		model(o2c, "claude-opus-5-5[1m]", "claude-opus-5-5");
		model(o2c, "gpt-5.4", NULL);
	}
	conf_free(c2o);
	conf_free(o2c);
}

int
main(void)
{
	args.port = -1;
	buf_init(&problems, 0);
	defaults();
	everything_is_reported();
	refusals();
	wrong_values();
	loopback_needs_no_key();
	variables();
	arguments();
	models();
	buf_free(&problems);
	return done_testing();
}
