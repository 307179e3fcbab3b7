#include "command/probe.h"

#include <stdio.h>
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "gateway/upstream.h"
#include "wire/jw.h"

enum {
	LIMIT_MS = 60000,
	ANSWER_MAX = 1 << 20,
	TOKENS = 16,		/* the fewest that both OpenAI APIs take */
};

struct probe {
	const struct conf *conf;
	struct upstream *up;
	struct pool *pool;
	const char *model;	/* NULL: no model is configured */

	/* The last answer. */
	int status;		/* 0: none */
	struct buf body;
	struct span type;	/* its content-type */
	struct fault why;	/* without an answer */
	const char *trouble;	/* of which kind */
};

/* --- asking --------------------------------------------------------- */

static bool
take(void *arg, struct span bytes)
{
	struct probe *p = arg;

	buf_put(&p->body, bytes);
	return !p->body.full;
}

/* Sets p's last answer; -1 when there is none. */
static int
ask(struct probe *p, const char *path, struct span body, bool stream,
    struct span beta)
{
	struct ask what = { .path = path, .body = body, .stream = stream,
		.beta = beta, .sink = take, .arg = p };
	struct call *call = call_open(p->up, &what);
	long long until = clock_ms() + LIMIT_MS, now;

	buf_reset(&p->body);
	fault_clear(&p->why);
	p->trouble = "";
	while (!call_over(call) && (now = clock_ms()) < until)
		call_turn(call, NULL, 0, (long)(until - now));
	p->status = call_status(call);
	p->type = pool_span(p->pool,
	    headers_get(call_headers(call), "content-type"));
	if (!call_over(call)) {
		p->status = 0;
		p->trouble = "time";
		fault_set(&p->why, FAULT_TIMEOUT, "",
		    "no complete answer within %d seconds", LIMIT_MS / 1000);
	} else if (call_result(call, &p->why) != 0) {
		p->status = 0;
		p->trouble = call_trouble(call);
	}
	call_close(call);
	return p->status == 0 ? -1 : 0;
}

/* --- findings ------------------------------------------------------- */

/* What to do about each kind of trouble on the way to the upstream. */
static const struct {
	const char *trouble, *advice;
} ways[] = {
	{ "DNS", "is the base URL right, and does this machine have a "
	    "network?" },
	{ "connection", "does something listen at the base URL, and may this "
	    "machine reach it?" },
	{ "TLS", "a certificate of your own goes into caFile; a clock that "
	    "is wrong does this as well" },
	{ "proxy", "see the proxy of the configuration, and https_proxy" },
	{ "time", "is the upstream slow, or does a firewall swallow "
	    "packets?" },
};

static int
say_unreachable(const struct probe *p)
{
	const char *advice = "the upstream did not answer properly";

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].trouble, p->trouble) == 0)
			advice = ways[i].advice;
	printf("%s: %s (%s)\n", p->trouble, p->why.message, advice);
	return -1;
}

/* What to do about each kind of refusal. */
static const struct {
	enum fault_kind kind;
	const char *word, *advice;
} refusals[] = {
	{ FAULT_AUTH, "key", "the upstream does not accept the key" },
	{ FAULT_PERMISSION, "key", "the key is known but may not do this" },
	{ FAULT_BILLING, "quota", "the account has no credit left" },
	{ FAULT_RATE, "rate", "too many requests just now; the key is good" },
	{ FAULT_OVERLOADED, "upstream", "it is overloaded; try again later" },
	{ FAULT_SERVER, "upstream", "it failed; try again later" },
	{ FAULT_BAD_GATEWAY, "upstream", "what answers there is not the API" },
	{ FAULT_REQUEST, "request", "the upstream refused what co2 sends" },
};

static bool
mentions(const struct fault *why, const char *word)
{
	return span_find_like(span_of(why->message), word) >= 0;
}

/* Quota that is used up comes as 429 (OpenAI) or 400 (Claude). */
static enum fault_kind
kind_of(const struct fault *why)
{
	if (strcmp(why->code, "insufficient_quota") == 0 ||
	    mentions(why, "credit balance"))
		return FAULT_BILLING;
	return why->kind;
}

static int
say_refused(const struct fault *why)
{
	const char *word = "upstream", *advice = "it refused";

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].kind == kind_of(why)) {
			word = refusals[i].word;
			advice = refusals[i].advice;
			break;
		}
	printf("%s: %s (status %d: %s)\n", word, advice, why->status,
	    why->message);
	return -1;
}

/* --- which APIs ----------------------------------------------------- */

/*
 * Is there an API at this path? An empty request costs nothing: where there
 * is one it complains about what is missing.
 */
static bool
speaks(struct probe *p, enum api api)
{
	if (ask(p, dialect_of(api)->path, SPAN("{}"), false, SPAN_NONE) != 0)
		return false;
	return p->status != 404 && p->status != 405 && p->status != 501 &&
	    p->status != 401 && p->status != 403;
}

static void
say_apis(bool responses, bool chat)
{
	if (responses && chat)
		printf("API: the upstream speaks responses and "
		       "chat-completions\n");
	else if (responses || chat)
		printf("API: the upstream speaks %s only\n",
		    responses ? "responses" : "chat-completions");
	else
		printf("API: the upstream speaks neither responses nor "
		       "chat-completions at this base URL\n");
}

/* The path or the model is not there: which of them? */
static int
say_not_found(struct probe *p, const struct fault *why)
{
	enum api api = conf_upstream_api(p->conf);
	bool here = speaks(p, api), other;

	if (here) {
		printf("model: the upstream has no %s, or not for this key "
		       "(status %d: %s)\n",
		    p->model, why->status, why->message);
		return -1;
	}
	if (api == API_MESSAGES) {
		printf("API: nothing at %s%s speaks it (status %d); "
		       "providers.anthropic.baseUrl goes without /v1\n",
		    conf_upstream(p->conf)->base_url, dialect_of(api)->path,
		    why->status);
		return -1;
	}
	other = speaks(p, api == API_CHAT ? API_RESPONSES : API_CHAT);
	say_apis(api == API_CHAT && other, api != API_CHAT && other);
	if (other)
		printf("set routing.openAIUpstreamApi to \"%s\"\n",
		    api == API_CHAT ? "responses" : "chat-completions");
	else
		printf("providers.openai.baseUrl usually ends in /v1\n");
	return -1;
}

static void
say_other_api(struct probe *p)
{
	enum api api = conf_upstream_api(p->conf);
	bool other;

	if (api == API_MESSAGES)
		return;
	other = speaks(p, api == API_CHAT ? API_RESPONSES : API_CHAT);
	say_apis(api == API_RESPONSES || other, api == API_CHAT || other);
}

/* --- a small conversation ------------------------------------------- */

/* A model of the upstream's. */
static const char *
choose_model(const struct conf *conf)
{
	const char *model = conf->mode == MODE_O2C ?
	    conf->default_claude_model : conf->default_openai_model;

	if (model == NULL && conf->model_count > 0)
		model = conf->models[0].upstream;
	return model;
}

/* It is valid in both of the clients' APIs that need it. */
static struct span
hello(const struct probe *p, const char *model)
{
	struct buf text;
	struct span body;
	struct jw w;

	buf_init(&text, 0);
	jw_init(&w, &text);
	jw_obj(&w, NULL);
	jw_str(&w, "model", span_of(model));
	jw_int(&w, "max_tokens", TOKENS);
	jw_arr(&w, "messages");
	jw_obj(&w, NULL);
	jw_str(&w, "role", SPAN("user"));
	jw_str(&w, "content", SPAN("Say hello."));
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	body = pool_span(p->pool, buf_span(&text));
	buf_free(&text);
	return body;
}

/* Does the answer make sense? */
static int
read_answer(struct probe *p, struct bridge *b)
{
	bridge_begin(b, p->type);
	if (bridge_feed(b, buf_span(&p->body)) == 0)
		bridge_end(b, NULL);
	if (!bridge_failed(b)) {
		printf("ok: %.*s answered\n", SPAN_ARG(b->to.model));
		return 0;
	}
	b->why.status = p->status;
	return say_refused(&b->why);
}

static int
converse(struct probe *p, struct bridge *b)
{
	const struct dialect *d = b->upstream;

	do {
		fault_clear(&b->why);
		if (ask(p, d->path, buf_span(&b->body), d->streams(b->req),
		    b->to.beta) != 0)
			return say_unreachable(p);
		if (p->status < 300)
			return read_answer(p, b);
	} while (bridge_refused(b, p->status, buf_span(&p->body), SPAN_NONE,
	    -1));
	if (p->status == 404 || p->status == 405)
		return say_not_found(p, &b->why);
	return say_refused(&b->why);
}

/* One request through the middle, as a client's would go, but for modelMap. */
static int
try_model(struct probe *p)
{
	struct conf plain = *p->conf;
	struct bridge_hints hints = { .now = clock_wall_ms() / 1000 };
	struct commons commons;
	struct bridge b;
	enum api client = p->conf->mode == MODE_O2C ? API_CHAT : API_MESSAGES;
	int rc;

	plain.model_count = 0;
	commons_init(&commons);
	if (bridge_open(&b, &plain, &commons, client, hello(p, p->model),
		&hints) == 0) {
		rc = converse(p, &b);
	} else {
		printf("model: %s\n", b.why.message);
		rc = -1;
	}
	bridge_close(&b);
	commons_free(&commons);
	return rc;
}

/* Without a model there is still the list of them to ask for. */
static int
try_list(struct probe *p)
{
	const struct dialect *d = dialect_of(conf_upstream_api(p->conf));
	struct fault why;

	printf("model: none is configured to try (%s, modelMap); asking for "
	       "the list\n", p->conf->mode == MODE_O2C ?
	    "routing.defaultClaudeModel" : "routing.defaultOpenAIModel");
	if (ask(p, d->models_path, SPAN_NONE, false, SPAN_NONE) != 0)
		return say_unreachable(p);
	if (p->status < 300) {
		printf("ok: the upstream accepts the key\n");
		return 0;
	}
	fault_clear(&why);
	d->read_error(p->pool, buf_span(&p->body), p->status, &why);
	return say_refused(&why);
}

int
probe(const struct conf *conf)
{
	struct probe p = { .conf = conf, .pool = pool_open(),
		.model = choose_model(conf) };
	int rc;

	log_setup(LOG_ERROR, false);
	p.up = upstream_open(conf);
	buf_init(&p.body, ANSWER_MAX);
	printf("asking %s%s\n", conf_upstream(conf)->base_url,
	    dialect_of(conf_upstream_api(conf))->path);
	fflush(stdout);
	rc = p.model != NULL ? try_model(&p) : try_list(&p);
	if (rc == 0)
		say_other_api(&p);
	buf_free(&p.body);
	upstream_close(p.up);
	pool_close(p.pool);
	return rc;
}
