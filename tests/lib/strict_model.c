/* What is known about models by their names. */
#include "strict_model.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ADAPTIVE	TH_ADAPTIVE
#define OFF_TOO		(TH_ADAPTIVE | TH_DISABLED)
#define ALL_THREE	(TH_ADAPTIVE | TH_DISABLED | TH_ENABLED)
#define BUDGET		(TH_ENABLED | TH_DISABLED)
#define ANY_TYPE	(ALL_THREE | TH_BETWEEN)

/*
 * prefix, context, max out, thinking, on by default, off only up to high,
 * sampling, forced, system role, effort, prefill
 */
static const struct strict_model models[] = {
	{ "claude-fable-5-1", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_NO, true, EF_ALL, false },
	{ "claude-fable-5-2", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_NO, true, EF_ALL, false },
	{ "claude-mythos-5-1", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_NO, true, EF_ALL, false },
	{ "claude-mythos-5-2", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_NO, true, EF_ALL, false },
	{ "claude-opus-5-5", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_NO, true, EF_ALL, false },
	{ "claude-sonnet-5-5", 1000, 128000, ADAPTIVE | TH_BETWEEN, true,
	    true, false, FORCED_NO, true, EF_ALL, false },
	{ "claude-haiku-5-5", 1000, 128000, OFF_TOO, true, true,
	    false, FORCED_YES, true, EF_ALL, false },
	{ "claude-opus-5", 1000, 128000, OFF_TOO, true, true,
	    false, FORCED_YES, true, EF_ALL, false },
	{ "claude-fable-5", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_YES, true, EF_ALL, false },
	{ "claude-mythos-5", 1000, 128000, ADAPTIVE, true, false,
	    false, FORCED_YES, true, EF_ALL, false },
	{ "claude-mythos-preview", 1000, 128000, TH_ADAPTIVE | TH_ENABLED,
	    true, false, false, FORCED_YES, false, EF_ALL, false },
	{ "claude-sonnet-5", 1000, 128000, OFF_TOO, true, false,
	    false, FORCED_YES, false, EF_ALL, false },
	{ "claude-opus-4-8", 1000, 128000, OFF_TOO, false, false,
	    false, FORCED_YES, true, EF_ALL, false },
	{ "claude-opus-4-7", 1000, 128000, OFF_TOO, false, false,
	    false, FORCED_YES, false, EF_ALL, false },
	{ "claude-opus-4-6", 1000, 128000, ALL_THREE, false, false,
	    true, FORCED_YES, false, EF_LOW | EF_MAX, false },
	{ "claude-sonnet-4-6", 1000, 128000, ALL_THREE, false, false,
	    true, FORCED_YES, false, EF_LOW | EF_MAX, false },
	{ "claude-opus-4-5", 200, 64000, BUDGET, false, false,
	    true, FORCED_NO_THINKING, false, EF_LOW, true },
	{ "claude-sonnet-4-5", 200, 64000, BUDGET, false, false,
	    true, FORCED_NO_THINKING, false, 0, true },
	{ "claude-haiku-4-5", 200, 64000, BUDGET, false, false,
	    true, FORCED_NO_THINKING, false, 0, true },
	{ "", 200, 64000, ANY_TYPE, false, false,
	    true, FORCED_YES, false, EF_ALL, false },
};

enum { MODELS = sizeof(models) / sizeof(models[0]), DATE = 8 };

/* "@20251101", "-20251101" */
static void
cut_date(char *name)
{
	size_t n = strlen(name);

	name[strcspn(name, "@")] = '\0';
	if (n > DATE && name[n - DATE - 1] == '-' &&
	    strspn(name + n - DATE, "0123456789") == DATE)
		name[n - DATE - 1] = '\0';
}

/* Takes away vendor and region prefixes and dates, makes dots hyphens. */
static void
normalise(const char *id, char *out, size_t n)
{
	static const char *const prefixes[] = {
		"us.", "eu.", "global.", "anthropic/", "anthropic.",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (strncmp(id, prefixes[i], strlen(prefixes[i])) == 0)
			id += strlen(prefixes[i]);
	snprintf(out, n, "%s", id);
	for (char *c = out; *c != '\0'; c++)
		if (*c == '.')
			*c = '-';
	cut_date(out);
}

const struct strict_model *
strict_model_of(const char *id)
{
	const struct strict_model *best = &models[MODELS - 1];
	char name[128];

	normalise(id, name, sizeof(name));
	for (unsigned i = 0; i < MODELS; i++) {
		size_t n = strlen(models[i].prefix);
		if (strncmp(name, models[i].prefix, n) == 0 &&
		    n > strlen(best->prefix))
			best = &models[i];
	}
	return best;
}

const struct strict_model *
strict_model_row(unsigned i)
{
	return i < MODELS - 1 ? &models[i] : NULL;
}

bool
strict_no_such_model(const char *id)
{
	return strncmp(id, "no-such", 7) == 0;
}

static bool
starts(const char *id, const char *prefix)
{
	return strncmp(id, prefix, strlen(prefix)) == 0;
}

bool
strict_new_model(const char *id)
{
	if (starts(id, "gpt-5."))
		return id[6] >= '1' && id[6] <= '9';
	return starts(id, "gpt-") && id[4] >= '6' && id[4] <= '9';
}

bool
strict_old_reasoning_model(const char *id)
{
	if (id[0] == 'o' && id[1] >= '1' && id[1] <= '9')
		return true;
	return starts(id, "gpt-5") && (id[5] == '\0' || id[5] == '-');
}

bool
strict_reasoning_model(const char *id)
{
	return strict_new_model(id) || strict_old_reasoning_model(id) ||
	    starts(id, "codex");
}

const char *const *
strict_efforts(const char *id)
{
	static const char *const o_series[] = {
		"low", "medium", "high", NULL };
	static const char *const gpt5[] = {
		"minimal", "low", "medium", "high", NULL };
	static const char *const gpt51[] = {
		"none", "low", "medium", "high", NULL };
	static const char *const gpt52[] = {
		"none", "low", "medium", "high", "xhigh", NULL };
	static const char *const newest[] = {
		"none", "minimal", "low", "medium", "high", "xhigh", "max",
		NULL };

	if (id[0] == 'o' || starts(id, "codex"))
		return o_series;
	if (strict_old_reasoning_model(id))
		return gpt5;
	if (starts(id, "gpt-5.1"))
		return gpt51;
	if (starts(id, "gpt-5.") && id[6] < '6')
		return gpt52;
	return newest;
}
