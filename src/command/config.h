/*
 * The configuration as the commands find it.
 */
#ifndef CO2_COMMAND_CONFIG_H
#define CO2_COMMAND_CONFIG_H

#include <stdio.h>

#include "command/command.h"
#include "gateway/conf.h"

/*
 * The file to read when no --config names one: the one that CO2_CONFIG
 * names, else ./co2.config.json, else config_home()'s, the first that exists
 * (CO2_CONFIG's need not). NULL: none of them. *why says, for people, what
 * made it the one.
 */
const char *config_find(struct pool *pool, const char **why);
/*
 * $XDG_CONFIG_HOME/co2/config.json, by default below ~/.config; NULL without
 * a home.
 */
const char *config_home(struct pool *pool);

/* The same in words, for the help of a command that has --config. */
#define CONFIG_SEARCH \
	"Without --config the configuration is the file that CO2_CONFIG " \
	"names, else\n./co2.config.json, else " \
	"$XDG_CONFIG_HOME/co2/config.json.\n"

/* The rows of the options that most commands have. */
#define CONFIG_OPTION \
	{ \
		"--config", "FILE", "the configuration file", false \
	}
#define MODE_OPTION \
	{ \
		"--mode", "MODE", \
		    "claude-to-openai (c2o), openai-to-claude (o2c)", false \
	}
#define LOG_LEVEL_OPTION \
	{ \
		"--log-level", "LEVEL", "error, warn, info or debug", false \
	}

/*
 * Find it unless args->path is set. If `say` is not NULL, a line there tells
 * which file the search took.
 */
void config_name(struct conf_args *args, struct pool *pool, FILE *say);
/*
 * The same, and load it. NULL when it is not valid; every problem is on
 * stderr then.
 */
struct conf *config_load(const struct conf_args *args, FILE *say);
/*
 * The value of a --port, at least `min`; -1 if not given. 0, or the exit
 * status of a wrong usage.
 */
int config_port(const struct given *given, int option, int min, int *port);

#endif
