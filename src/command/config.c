#include "command/config.h"

#include <stdlib.h>
#include <unistd.h>

#define HERE "./co2.config.json"

/* A variable's value; the empty text counts as unset. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *
config_home(struct pool *pool)
{
	const char *dir = variable("XDG_CONFIG_HOME");
	const char *home = variable("HOME");

	/* One that is not absolute is to be ignored, says its standard. */
	if (dir != NULL && dir[0] == '/')
		return pool_printf(pool, "%s/co2/config.json", dir).p;
	if (home == NULL)
		return NULL;
	return pool_printf(pool, "%s/.config/co2/config.json", home).p;
}

/* Also one that cannot be read: then the user has to hear of it. */
static bool
exists(const char *path)
{
	return path != NULL && access(path, F_OK) == 0;
}

const char *
config_find(struct pool *pool, const char **why)
{
	const char *path = variable("CO2_CONFIG");

	*why = "named by CO2_CONFIG";
	if (path != NULL)
		return path;
	*why = "found in this directory";
	if (exists(HERE))
		return HERE;
	*why = "the user's";
	path = config_home(pool);
	return exists(path) ? path : NULL;
}

void
config_name(struct conf_args *args, struct pool *pool, FILE *say)
{
	const char *why;

	if (args->path != NULL)
		return;
	args->path = config_find(pool, &why);
	if (say == NULL)
		return;
	if (args->path != NULL)
		fprintf(say, "Configuration: %s (%s)\n", args->path, why);
	else
		fprintf(say, "Configuration: no file\n");
	fflush(say);
}

struct conf *
config_load(const struct conf_args *args, FILE *say)
{
	struct conf_args named = *args;
	struct pool *pool = pool_open();
	struct buf problems;
	struct conf *conf;

	config_name(&named, pool, say);
	buf_init(&problems, 0);
	conf = conf_load(&named, NULL, &problems);
	if (conf == NULL)
		fputs(buf_str(&problems), stderr);
	buf_free(&problems);
	pool_close(pool);
	return conf;
}

int
config_port(const struct given *given, int option, int min, int *port)
{
	const char *text = given->value[option];
	long n;

	*port = -1;
	if (text == NULL)
		return 0;
	if (span_long(span_of(text), &n) != 0 || n < min || n > 65535)
		return command_misused(given->command,
		    min == 0 ? "--port wants a number from 0 to 65535" :
			       "--port wants a number from 1 to 65535", text);
	*port = (int)n;
	return 0;
}
