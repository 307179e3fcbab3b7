/*
 * "co2 check": is the configuration valid, what is in force, and, if asked
 * for, does the upstream agree.
 */
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

static void
warn_of_readers(const struct conf *conf)
{
	if (conf_is_exposed(conf))
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
