#include "dialect/openai_upstream.h"

#include <fnmatch.h>

#include "base/codec.h"

/* The API takes no smaller max_output_tokens. */
#define RESPONSES_LEAST_LIMIT 16

static uint64_t
bit(enum openai_field field)
{
	return UINT64_C(1) << field;
}

bool
openai_refused(const struct target *to, enum openai_field field)
{
	return (to->learned->refused & bit(field)) != 0;
}

bool
openai_may_send(struct request *req, const struct target *to,
    enum openai_field field)
{
	if (openai_refused(to, field))
		return false;
	req->attempt.sent |= bit(field);
	return true;
}

/* --- names of models ------------------------------------------------ */

/* The lowest effort that models are known to take. */
static const struct {
	const char *model;
	enum effort lowest;
} lowest_efforts[] = {
	{ "gpt-5.[1-9]*",	EFFORT_NONE },
	{ "gpt-[6-9]*",		EFFORT_NONE },
	{ "gpt-5",		EFFORT_MINIMAL },
	{ "gpt-5-*",		EFFORT_MINIMAL },
	{ "o[1-9]*",		EFFORT_LOW },
};

/* Those that refuse sampling parameters while they reason. */
static const char *const reasoners[] = {
	"o[1-9]*", "gpt-[5-9]*", "codex*", NULL,
};
/* Those that have no encrypted reasoning to include. */
static const char *const plain_models[] = {
	"gpt-4*", "gpt-3*", "chatgpt-4o*", NULL,
};
/* Those that know the phases of a turn. */
static const char *const phased[] = {
	"gpt-5.[1-9]*", "gpt-[6-9]*", NULL,
};

static bool
fits(struct span model, const char *pattern)
{
	char name[256 + 1];

	if (model.n >= sizeof(name))
		return false;
	memcpy(name, model.p, model.n);
	name[model.n] = '\0';
	return fnmatch(pattern, name, 0) == 0;
}

static bool
fits_any(struct span model, const char *const *patterns)
{
	for (; *patterns != NULL; patterns++)
		if (fits(model, *patterns))
			return true;
	return false;
}

bool
openai_has_phases(struct span model)
{
	return fits_any(model, phased);
}

bool
openai_encrypts(struct span model)
{
	return !fits_any(model, plain_models);
}

/* --- effort (c2o-common section 3) ---------------------------------- */

/* For a client that wants no thinking. */
static enum effort
lowest_effort(struct span model)
{
	const size_t n = sizeof(lowest_efforts) / sizeof(lowest_efforts[0]);

	for (size_t i = 0; i < n; i++)
		if (fits(model, lowest_efforts[i].model))
			return lowest_efforts[i].lowest;
	return EFFORT_UNSET;
}

/* Where compatible chat servers end. */
static enum effort
folded(enum effort e)
{
	return e > EFFORT_HIGH ? EFFORT_HIGH : e;
}

static enum effort
wanted_effort(const struct request *req, const struct target *to, enum api api)
{
	enum effort e = req->effort;

	if (req->thinking == THINKING_OFF || req->thinking == THINKING_BETWEEN)
		return lowest_effort(to->model);
	if (e == EFFORT_UNSET)
		return to->effort;
	return api == API_CHAT && !to->official ? folded(e) : e;
}

/* The nearest level that was not refused: lower ones first. */
static enum effort
unrefused(const struct learned *l, enum effort wanted)
{
	for (enum effort e = wanted; e > EFFORT_UNSET; e--)
		if (!l->effort_refused[e])
			return e;
	for (enum effort e = wanted; e != EFFORT_UNSET && e <= EFFORT_MAX; e++)
		if (!l->effort_refused[e])
			return e;
	return EFFORT_UNSET;
}

static enum effort
effort_to_send(struct request *req, const struct target *to, enum api api,
    bool tools, bool search)
{
	enum effort e = unrefused(to->learned, wanted_effort(req, to, api));

	/* Web search is refused at the lowest levels. */
	if (search && (e == EFFORT_NONE || e == EFFORT_MINIMAL))
		e = EFFORT_LOW;
	if (api == API_CHAT && tools &&
	    openai_refused(to, OPENAI_EFFORT_BESIDE_TOOLS))
		e = EFFORT_NONE;
	if (e == EFFORT_UNSET || openai_refused(to, OPENAI_REASONING) ||
	    !openai_may_send(req, to, OPENAI_EFFORT))
		return EFFORT_UNSET;
	req->attempt.effort = e;
	return e;
}

/* --- the others ----------------------------------------------------- */

/* 1 is the default everywhere, and leaving it out spares reasoning models. */
static double
sampling(struct request *req, const struct target *to, double value,
    enum openai_field field, bool allowed, const char *name)
{
	if (value < 0 || value == 1.0)
		return -1;
	if (!allowed) {
		request_lost(req, "field_dropped", "%s", name);
		return -1;
	}
	return openai_may_send(req, to, field) ? value : -1;
}

static void
set_sampling(struct openai_settings *s, struct request *req,
    const struct target *to, enum api api)
{
	bool reasons = s->effort != EFFORT_UNSET && s->effort != EFFORT_NONE &&
	    fits_any(to->model, reasoners);
	bool allowed = !reasons || (api == API_CHAT && !to->official);

	s->temperature = sampling(req, to, req->temperature,
	    OPENAI_TEMPERATURE, allowed, "temperature");
	s->top_p = sampling(req, to, req->top_p, OPENAI_TOP_P, allowed,
	    "top_p");
}

static long
limit_to_send(struct request *req, const struct target *to, enum api api)
{
	long n = req->max_tokens, most = to->learned->token_limit;

	if (n < 0)
		return -1;
	if (most > 0 && n > most)
		n = most;
	if (api == API_RESPONSES && n < RESPONSES_LEAST_LIMIT)
		n = RESPONSES_LEAST_LIMIT;
	req->attempt.limit = n;
	return n;
}

static struct span
tier_to_send(struct request *req, const struct target *to)
{
	struct span tier = SPAN_NONE;

	if (req->fast && !to->official)
		request_lost(req, "field_dropped", "speed");
	if (!to->official)
		return SPAN_NONE;
	if (req->fast)
		tier = SPAN("priority");
	else if (req->tier == TIER_STANDARD)
		tier = SPAN("default");
	if (tier.p == NULL || !openai_may_send(req, to, OPENAI_TIER))
		return SPAN_NONE;
	return tier;
}

/*
 * Who asks, as hashes (c2o-common section 7): raw ids never leave. An agent of
 * a session has a prefix of its own, so it gets a key of its own.
 */
static void
set_identity(struct openai_settings *s, struct request *req,
    const struct target *to, enum api api)
{
	struct span key;

	if (req->session.n > 0 && (to->official || api == API_RESPONSES) &&
	    openai_may_send(req, to, OPENAI_CACHE_KEY)) {
		key = pool_join(req->pool, req->session, SPAN("/"),
		    req->agent);
		s->cache_key = pool_join(req->pool, SPAN("c2-"),
		    sha256_hex(req->pool, key, 32), SPAN_NONE);
	}
	if (req->user.n > 0 && to->official &&
	    openai_may_send(req, to, OPENAI_SAFETY))
		s->safety = sha256_hex(req->pool, req->user, 32);
}

struct openai_settings
openai_settings(struct request *req, const struct target *to, enum api api,
    bool tools, bool search)
{
	struct openai_settings s = { .effort = EFFORT_UNSET };

	req->attempt.sent = 0;
	req->attempt.effort = EFFORT_UNSET;
	req->attempt.limit = 0;

	s.effort = effort_to_send(req, to, api, tools, search);
	s.summary = api == API_RESPONSES && req->show == SHOW_TEXT &&
	    !openai_refused(to, OPENAI_REASONING) &&
	    openai_may_send(req, to, OPENAI_SUMMARY);
	if (s.effort != EFFORT_UNSET || s.summary)
		openai_may_send(req, to, OPENAI_REASONING);
	set_sampling(&s, req, to, api);
	s.limit = limit_to_send(req, to, api);
	s.tier = tier_to_send(req, to);
	set_identity(&s, req, to, api);
	return s;
}
