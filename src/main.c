/*
 * co2: hands the command line to the command that it names.  The commands are
 * listed in command/command.c; the map of it all is in gateway/exchange.h.
 */
#include "command/command.h"

static bool
is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 ||
	    strcmp(word, c) == 0;
}

int
main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return command_misused(NULL, "no command", NULL);
	command = command_by_name(argv[1]);
	if (command != NULL)
		return command_run(command, argv + 2);
	if (is_one_of(argv[1], "--help", "-h", "help"))
		command_help();
	else if (is_one_of(argv[1], "--version", "-V", "version"))
		command_version();
	else
		return command_misused(NULL, "unknown command", argv[1]);
	return EXIT_FINE;
}
