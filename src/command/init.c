/*
 * "co2 init": a configuration to begin with.  JSON has no comments, so it
 * explains itself by showing the keys that people change.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "command/config.h"

enum { MODE };

static const struct option options[] = {
	[MODE] = MODE_OPTION,
	{ 0 },
};

static const char for_claude_clients[] =
    "{\n"
    "  \"server\": {\n"
    "    \"mode\": \"claude-to-openai\",\n"
    "    \"host\": \"127.0.0.1\",\n"
    "    \"port\": 8000,\n"
    "    \"logLevel\": \"info\"\n"
    "  },\n"
    "  \"providers\": {\n"
    "    \"openai\": {\n"
    "      \"apiKey\": \"OPENAI_API_KEY_PLACEHOLDER\",\n"
    "      \"baseUrl\": \"https://api.openai.com/v1\",\n"
    "      \"defaultHeaders\": {}\n"
    "    }\n"
    "  },\n"
    "  \"routing\": {\n"
    "    \"defaultOpenAIModel\": \"gpt-5.4\",\n"
    "    \"openAIUpstreamApi\": \"responses\",\n"
    "    \"skipInboundFields\": { \"claudeMessages\": "
    "[\"context_management\"] }\n"
    "  },\n"
    "  \"modelMap\": {\n"
    "    \"claude-haiku-*\": \"gpt-5.4-mini\"\n"
    "  }\n"
    "}\n";

static const char for_openai_clients[] =
    "{\n"
    "  \"server\": {\n"
    "    \"mode\": \"openai-to-claude\",\n"
    "    \"host\": \"127.0.0.1\",\n"
    "    \"port\": 8000,\n"
    "    \"logLevel\": \"info\"\n"
    "  },\n"
    "  \"providers\": {\n"
    "    \"anthropic\": {\n"
    "      \"apiKey\": \"ANTHROPIC_API_KEY_PLACEHOLDER\",\n"
    "      \"baseUrl\": \"https://api.anthropic.com\",\n"
    "      \"defaultHeaders\": {}\n"
    "    }\n"
    "  },\n"
    "  \"routing\": {\n"
    "    \"defaultClaudeModel\": \"claude-opus-4-6\",\n"
    "    \"claudePromptCaching\": true,\n"
    "    \"skipInboundFields\": { \"openAIResponses\": [], "
    "\"openAIChatCompletions\": [] }\n"
    "  },\n"
    "  \"modelMap\": {\n"
    "    \"gpt-5.4-mini\": \"claude-haiku-4-5\"\n"
    "  }\n"
    "}\n";

static int
complain(const char *path)
{
	fprintf(stderr, "co2 init: %s: %s\n", path,
	    errno == EEXIST ? "is there already, and stays as it is" :
			      strerror(errno));
	return EXIT_TROUBLE;
}

/* The directories above path, for the user alone where they are new. */
static int
make_directories(struct pool *pool, const char *path)
{
	char *part = pool_str(pool, span_of(path));

	for (char *c = part + 1; *c != '\0'; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return complain(part);
		*c = '/';
	}
	return 0;
}

/* All of it or nothing: half a configuration would stay for ever. */
static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return complain(path);
	n = write(fd, text, strlen(text));
	if (close(fd) == 0 && n == (ssize_t)strlen(text))
		return 0;
	complain(path);
	unlink(path);
	return EXIT_TROUBLE;
}

static int
init(const struct given *given)
{
	const char *name = given->value[MODE];
	enum mode mode =
	    name == NULL ? MODE_C2O : conf_mode_by_name(span_of(name));
	struct pool *pool;
	const char *path;
	int rc = EXIT_TROUBLE;

	if (mode == MODE_UNSET)
		return command_misused(given->command, "no such mode", name);
	pool = pool_open();
	path = config_home(pool);
	if (path == NULL)
		fprintf(stderr, "co2 init: neither XDG_CONFIG_HOME nor HOME is "
		    "set\n");
	else
		rc = make_directories(pool, path);
	if (rc == 0)
		rc = write_file(path, mode == MODE_O2C ? for_openai_clients :
							 for_claude_clients);
	if (rc == 0)
		printf("Wrote %s.\nPut your key into it, or set %s; then try "
		       "co2 check --online.\n", path, mode == MODE_O2C ?
		    "ANTHROPIC_API_KEY" : "OPENAI_API_KEY");
	pool_close(pool);
	return rc;
}

const struct command command_init = {
	.name = "init",
	.summary = "write a configuration to begin with",
	.about = "It is $XDG_CONFIG_HOME/co2/config.json, readable by you "
		 "alone; one that is there\nalready stays as it is.\n",
	.options = options,
	.run = init,
};
