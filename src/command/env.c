/*
 * "co2 env": what a client's shell has to know of a gateway that runs.
 */
#include "command/client.h"
#include "command/command.h"
#include "command/config.h"

enum { CONFIG, MODE, HOST, PORT };

static const struct option options[] = {
	[CONFIG] = CONFIG_OPTION,
	[MODE] = MODE_OPTION,
	[HOST] = { "--host", "HOST", "the address it listens on", false },
	[PORT] = { "--port", "PORT", "the port it listens on", false },
	{ 0 },
};

/* As one word of a POSIX shell. */
static void
print_quoted(const char *text)
{
	putchar('\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	putchar('\'');
}

static void
print_variable(void *arg, const char *name, const char *value)
{
	(void)arg;
	if (value == NULL) {
		printf("unset %s\n", name);
		return;
	}
	printf("export %s=", name);
	print_quoted(value);
	putchar('\n');
}

/* Where a client of this machine finds it. */
static const char *
url(const struct conf *conf)
{
	const char *host = conf->host;

	if (strcmp(host, "0.0.0.0") == 0)
		host = "127.0.0.1";
	else if (strcmp(host, "::") == 0)
		host = "::1";
	return pool_printf(conf->pool,
	    strchr(host, ':') != NULL ? "http://[%s]:%d" : "http://%s:%d",
	    host, conf->port)
	    .p;
}

static int
env(const struct given *given)
{
	struct conf_args args = { .path = given->value[CONFIG],
		.mode = given->value[MODE], .host = given->value[HOST],
		.offline = true };
	struct conf *conf;
	const char *key;
	int rc = config_port(given, PORT, 1, &args.port);

	if (rc != 0)
		return rc;
	conf = config_load(&args, stderr);
	if (conf == NULL)
		return EXIT_TROUBLE;
	/* Without keys any will do, but a client wants one. */
	key = conf->api_keys != NULL ? conf->api_keys[0] : NULL;
	client_variables(conf, url(conf), key != NULL ? key : "co2", false,
	    print_variable, NULL);
	conf_free(conf);
	return EXIT_FINE;
}

static const char about[] =
    "For a gateway that runs already: eval \"$(co2 env)\".\n" CONFIG_SEARCH;

const struct command command_env = {
	.name = "env",
	.summary = "print what a client's shell needs, for eval",
	.about = about,
	.options = options,
	.run = env,
};
