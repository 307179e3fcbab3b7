/*
 * co2: commands, options and exit status.  What happens then begins in
 * gateway/serve.c; the map of it all is in gateway/exchange.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/conf.h"
#include "gateway/serve.h"

enum { EXIT_FINE = 0, EXIT_TROUBLE = 1, EXIT_USAGE = 2 };

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
};

static const char usage[] =
    "usage: co2 start [--config FILE] [--mode MODE] [--host HOST]\n"
    "                 [--port PORT] [--log-level LEVEL]\n"
    "       co2 --help | --version\n"
    "\n"
    "MODE is openai-to-claude (o2c): serve OpenAI clients from Claude, or\n"
    "claude-to-openai (c2o): serve Claude clients from OpenAI.\n"
    "LEVEL is error, warn, info or debug.  See co2(1) and co2.config(5).\n";

static int
wrong_usage(const char *what, const char *which)
{
	fprintf(stderr, "co2: %s%s%s\n%s", what, which != NULL ? ": " : "",
	    which != NULL ? which : "", usage);
	return EXIT_USAGE;
}

static int
help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs(usage, stdout);
	return EXIT_FINE;
}

static int
version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("co2 " CO2_VERSION);
	return EXIT_FINE;
}

/* --- co2 start ------------------------------------------------------ */

/* What the command line may say, before it is checked. */
struct start_options {
	const char *config, *mode, *host, *port, *log_level;
};

static const struct {
	const char *name;
	size_t place;
} start_names[] = {
	{ "--config", offsetof(struct start_options, config) },
	{ "--mode", offsetof(struct start_options, mode) },
	{ "--host", offsetof(struct start_options, host) },
	{ "--port", offsetof(struct start_options, port) },
	{ "--log-level", offsetof(struct start_options, log_level) },
};

/* Where the value of "--name" or "--name=value" goes; NULL: unknown. */
static const char **
option_place(struct start_options *options, struct span name)
{
	for (size_t i = 0; i < sizeof(start_names) / sizeof(start_names[0]);
	     i++)
		if (span_is(name, start_names[i].name))
			return (const char **)((char *)options +
			    start_names[i].place);
	return NULL;
}

/* 0, or the exit status of a wrong usage. */
static int
read_options(struct start_options *options, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		struct span rest = span_of(argv[i]);
		struct span name = span_cut(&rest, '=');
		const char **place = option_place(options, name);

		if (argv[i][0] != '-')
			return wrong_usage("unexpected argument", argv[i]);
		if (place == NULL)
			return wrong_usage("unknown option", argv[i]);
		if (rest.p == NULL && i + 1 == argc)
			return wrong_usage("option needs a value", argv[i]);
		*place = rest.p != NULL ? rest.p : argv[++i];
		if (**place == '\0')
			return wrong_usage("option needs a value", argv[i]);
	}
	return 0;
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/* 0 is allowed: the system chooses, and the address that is printed says. */
static int
read_port(const char *text, int *port)
{
	long n;

	*port = -1;
	if (text == NULL)
		return 0;
	if (span_long(span_of(text), &n) != 0 || n < 0 || n > 65535)
		return wrong_usage("--port wants a number from 0 to 65535",
		    text);
	*port = (int)n;
	return 0;
}

static const char *
environment(const char *name)
{
	return getenv(name);
}

static int
start(int argc, char **argv)
{
	struct start_options options = { 0 };
	struct conf_args args;
	struct buf problems;
	struct conf *conf;
	int rc, port;

	if (wants_help(argc, argv))
		return help(argc, argv);
	rc = read_options(&options, argc, argv);
	if (rc == 0)
		rc = read_port(options.port, &port);
	if (rc != 0)
		return rc;
	args = (struct conf_args){ .path = options.config,
		.mode = options.mode, .host = options.host,
		.log_level = options.log_level, .port = port };
	buf_init(&problems, 0);
	conf = conf_load(&args, environment, &problems);
	if (conf == NULL)
		fputs(buf_str(&problems), stderr);
	rc = conf == NULL ? EXIT_TROUBLE : serve(conf);
	buf_free(&problems);
	conf_free(conf);
	return rc;
}

static const struct command commands[] = {
	{ "start", start },
	{ "help", help },
	{ "--help", help },
	{ "-h", help },
	{ "version", version },
	{ "--version", version },
};

int
main(int argc, char **argv)
{
	if (argc < 2)
		return wrong_usage("no command", NULL);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	return wrong_usage("unknown command", argv[1]);
}
