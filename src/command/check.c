/*
 * "co2 check": is the configuration valid, what is in force, and, if asked
 * for, does the upstream agree.
 */
#include <sys/stat.h>

#include "command/command.h"
#include "command/config.h"
#include "command/probe.h"
#include "gateway/conf_show.h"

enum { CONFIG, MODE, ONLINE };

static const struct option options[] = {
	[CONFIG] = CONFIG_OPTION,
	[MODE] = MODE_OPTION,
	[ONLINE] = { "--online", NULL, "ask the upstream, too: one small "
	    "request", false },
	{ 0 },
};

/* Is the key in the file, and may others of this machine read that? */
static void
warn_of_readers(const struct conf *conf)
{
	const char *from = conf_source(conf,
	    conf->mode == MODE_O2C ? "providers.anthropic" : "providers.openai",
	    "apiKey");
	struct stat st;

	if (conf->path == NULL || conf_upstream(conf)->api_key == NULL ||
	    !span_starts(span_of(from), conf->path) ||
	    stat(conf->path, &st) != 0 || (st.st_mode & 077) == 0)
		return;
	printf("note: other users can read the key in %s: chmod 600\n",
	    conf->path);
}

static int
check(const struct given *given)
{
	struct conf_args args = { .path = given->value[CONFIG],
		.mode = given->value[MODE], .port = -1 };
	struct conf *conf = config_load(&args, stdout);
	struct buf text;
	int rc = EXIT_FINE;

	if (conf == NULL)
		return EXIT_TROUBLE;
	buf_init(&text, 0);
	conf_show(conf, &text);
	fputs(buf_str(&text), stdout);
	buf_free(&text);
	warn_of_readers(conf);
	printf("The configuration is valid.\n");
	if (given->value[ONLINE] != NULL && probe(conf) != 0)
		rc = EXIT_TROUBLE;
	conf_free(conf);
	return rc;
}

const struct command command_check = {
	.name = "check",
	.summary = "validate the configuration, show what is in force",
	.about = CONFIG_SEARCH,
	.options = options,
	.run = check,
};
