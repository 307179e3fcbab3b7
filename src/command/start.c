/*
 * "co2 start": serve until a signal ends it.  What happens then begins in
 * gateway/serve.c.
 */
#include "command/command.h"
#include "command/config.h"
#include "gateway/serve.h"

enum { CONFIG, MODE, HOST, PORT, LOG_LEVEL };

static const struct option options[] = {
	[CONFIG] = CONFIG_OPTION,
	[MODE] = MODE_OPTION,
	[HOST] = { "--host", "HOST", "the address to listen on", false },
	[PORT] = { "--port", "PORT", "the port, 0 for any free one", false },
	[LOG_LEVEL] = LOG_LEVEL_OPTION,
	{ 0 },
};

static int
start(const struct given *given)
{
	struct conf_args args = { .path = given->value[CONFIG],
		.mode = given->value[MODE], .host = given->value[HOST],
		.log_level = given->value[LOG_LEVEL] };
	struct pool *pool;
	/* 0: the system chooses, and the address that is printed says. */
	int rc = config_port(given, PORT, 0, &args.port);

	if (rc != 0)
		return rc;
	pool = pool_open();
	config_name(&args, pool, stdout);
	rc = serve(&args);
	pool_close(pool);
	return rc;
}

const struct command command_start = {
	.name = "start",
	.summary = "serve clients until a signal ends it",
	.about = CONFIG_SEARCH,
	.options = options,
	.run = start,
};
