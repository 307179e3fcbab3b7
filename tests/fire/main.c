#include <stdio.h>
#include <string.h>

#include "fire.h"

static const struct {
	const char	*name;
	const char	*words;
	int		(*run)(int argc, char **argv);
} commands[] = {
	{ "activate", "PORT-FILE [-n COUNT] [-d] [-a] COMMAND...", activate_command },
	{ "faults", "script | run ... | judge ... | table ...",
	    faults_command },
	{ "idle", "--port N --count N [--send TEXT] --ready FILE",
	    idle_command },
	{ "load", "--port N --path P --count N --size BYTES [--whole] "
	    "[--expect TEXT]",
	    load_command },
	{ "notify", "SOCKET LOG", notify_command },
	{ "raw", "PORT STEP...", raw_command },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "usage: fire %s %s\n", commands[i].name,
		    commands[i].words);
	return 2;
}
