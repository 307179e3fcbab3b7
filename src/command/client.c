#include "command/client.h"

#include <stdlib.h>

enum what {
	URL,
	URL_V1,		/* OpenAI's clients want the version in it */
	KEY,
	MODEL,		/* a name that the gateway knows */
	ONE,
	NONE,		/* not to be set */
};

static const struct {
	enum mode mode;
	const char *name;
	enum what what;
	bool only_default;
} variables[] = {
	{ MODE_C2O, "ANTHROPIC_BASE_URL", URL, false },
	{ MODE_C2O, "ANTHROPIC_AUTH_TOKEN", KEY, false },
	/* Claude Code takes it for a second login and asks. */
	{ MODE_C2O, "ANTHROPIC_API_KEY", NONE, false },
	/* Its updates and reports would go past the gateway. */
	{ MODE_C2O, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", ONE, true },
	{ MODE_O2C, "OPENAI_BASE_URL", URL_V1, false },
	{ MODE_O2C, "OPENAI_API_KEY", KEY, false },
	/* Qwen Code and others do not start without. */
	{ MODE_O2C, "OPENAI_MODEL", MODEL, true },
};

/* A name to ask for: one of modelMap, else the upstream's own. */
static const char *
model(const struct conf *conf)
{
	if (conf->mode != MODE_O2C)
		return NULL;
	for (size_t i = 0; i < conf->model_count; i++)
		if (strchr(conf->models[i].name, '*') == NULL)
			return conf->models[i].name;
	return conf->default_claude_model;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

void
client_variables(const struct conf *conf, const char *url, const char *key,
    bool both, client_put *put, void *arg)
{
	const char *url_v1 = pool_printf(conf->pool, "%s/v1", url).p;
	const char *const values[] = {
		[URL] = url,
		[URL_V1] = url_v1,
		[KEY] = key,
		[MODEL] = model(conf),
		[ONE] = "1",
		[NONE] = NULL,
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = values[variables[i].what];

		if (!both && variables[i].mode != conf->mode)
			continue;
		if (variables[i].only_default &&
		    (value == NULL || is_set(variables[i].name)))
			continue;
		put(arg, variables[i].name, value);
	}
}
