/*
 * Which model a client's name stands for (design section 5, "Model").
 */
#include "gateway/conf.h"
#include "gateway/near.h"

/* How many near matches a refusal names. */
#define NEAR_MAX 3

static const char *
exact(const struct conf *conf, struct span name)
{
	for (size_t i = 0; i < conf->model_count; i++)
		if (span_is(name, conf->models[i].name))
			return conf->models[i].upstream;
	return NULL;
}

/* '*' stands for any text, also none; all else for itself. */
static bool
matches(struct span pattern, struct span name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.n && pattern.p[p] == name.p[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++resume;
		} else
			return false;
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static size_t
literal_length(const char *pattern)
{
	size_t n = 0;

	for (; *pattern != '\0'; pattern++)
		n += *pattern != '*';
	return n;
}

/* Of the patterns that match the one with the longest literal part. */
static const char *
by_pattern(const struct conf *conf, struct span name)
{
	const struct conf_model *best = NULL;

	for (size_t i = 0; i < conf->model_count; i++) {
		const struct conf_model *m = &conf->models[i];

		if (strchr(m->name, '*') == NULL ||
		    !matches(span_of(m->name), name))
			continue;
		if (best == NULL ||
		    literal_length(m->name) > literal_length(best->name))
			best = m;
	}
	return best != NULL ? best->upstream : NULL;
}

/* Names that Anthropic's own models have. */
static bool
claude_family(struct span name)
{
	return span_starts(name, "claude-") || span_starts(name, "anthropic/");
}

/* Claude's list of models offers each key K as claude-K. */
static const char *
offered(const struct conf *conf, struct span name)
{
	if (!span_starts(name, "claude-"))
		return NULL;
	return exact(conf, span_from(name, strlen("claude-")));
}

static int
no_model(const struct conf *conf, struct pool *pool, struct span asked,
    struct fault *why)
{
	struct span list = SPAN_NONE;
	bool o2c = conf->mode == MODE_O2C;
	int n = 0;

	for (size_t i = 0; i < conf->model_count && n < NEAR_MAX; i++) {
		struct span key = span_of(conf->models[i].name);

		if (near_distance(asked, key, asked.n / 2) > asked.n / 2)
			continue;
		list = pool_join(pool, list,
		    n > 0 ? SPAN(", ") : SPAN("; near matches: "), key);
		n++;
	}
	return fault_code(why, FAULT_NOT_FOUND, "model_not_found", "model",
	    "%.*s is neither in modelMap nor a name of the upstream's, and "
	    "%s is not set%.*s",
	    SPAN_ARG(asked),
	    o2c ? "routing.defaultClaudeModel" : "routing.defaultOpenAIModel",
	    SPAN_ARG(list));
}

int
conf_model(const struct conf *conf, struct pool *pool, struct span asked,
    struct span *upstream, struct fault *why)
{
	struct span name = asked;
	bool o2c = conf->mode == MODE_O2C;
	const char *to;

	if (span_ends(name, "[1m]"))
		name.n -= strlen("[1m]");
	to = exact(conf, asked);
	if (to == NULL)
		to = exact(conf, name);
	if (to == NULL)
		to = offered(conf, name);
	if (to == NULL)
		to = by_pattern(conf, name);
	if (to == NULL && name.n > 0 && claude_family(name) == o2c) {
		*upstream = pool_span(pool, name);
		return 0;
	}
	if (to == NULL)
		to = o2c ? conf->default_claude_model :
			   conf->default_openai_model;
	if (to == NULL)
		return no_model(conf, pool, asked, why);
	*upstream = span_of(to);
	return 0;
}
