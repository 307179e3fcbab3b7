/*
 * What co2 can be told to do.  Each command is one file of this directory
 * that ends in its row: its name, its options, what --help says, and the
 * function that does it.  command.c lists the rows; all that is the same for
 * every command (options, --help, exit status) is done there from the row.
 *
 *	static const struct option options[] = {
 *		{ "--loud", NULL, "say more", false },
 *		{ 0 },
 *	};
 *
 *	const struct command command_check = {
 *		.name = "check",
 *		.summary = "say whether the configuration is valid",
 *		.options = options,
 *		.run = check,
 *	};
 *
 * A new command: its file, its row in command.h and command.c, its section
 * in co2(1), its lines in completions/.
 */
#ifndef CO2_COMMAND_H
#define CO2_COMMAND_H

#include "base/span.h"

/* Exit status, of every command but exec, which returns its program's. */
enum { EXIT_FINE = 0, EXIT_TROUBLE = 1, EXIT_USAGE = 2 };

enum { OPTIONS_MAX = 8 };	/* of one command */

struct option {
	const char *name;	/* "--config"; NULL ends the list */
	const char *value;	/* what it takes: "FILE"; NULL: a switch */
	const char *help;	/* a few words, no full stop */
	bool required;
};

struct command;

/* What the command line said, checked against the row. */
struct given {
	const struct command *command;
	/* In the order of the options; NULL: not given. A switch is "". */
	const char *value[OPTIONS_MAX];
	char **operands;	/* ended by NULL; none unless the row has any */
	int operand_count;
};

struct command {
	const char *name;
	const char *summary;	/* a few words, no full stop */
	const char *about;	/* whole lines for --help; NULL: none */
	const struct option *options;
	/*
	 * What follows the options, for --help: "PROGRAM [ARGUMENT]..."; at
	 * least one word has to. The first word that is no option, or "--",
	 * ends the options. NULL: nothing may follow.
	 */
	const char *operands;
	int (*run)(const struct given *given);	/* gives the exit status */
};

extern const struct command command_start;
extern const struct command command_init;
extern const struct command command_check;
extern const struct command command_exec;
extern const struct command command_env;
extern const struct command command_translate;
extern const struct command command_top;

/* All of them, ended by NULL. */
extern const struct command *const commands[];

/* NULL when there is none of that name. */
const struct command *command_by_name(const char *name);
/*
 * Read what follows the command's name (ended by NULL) and run it, or print
 * its help, or what is wrong. Gives the exit status.
 */
int command_run(const struct command *command, char **argv);

/* On stdout: the commands, the version of co2 and of its libraries. */
void command_help(void);
void command_version(void);
/*
 * Complain on stderr about the command line, `which` (or NULL) being the word
 * that is wrong. Gives EXIT_USAGE.
 */
int command_misused(const struct command *command, const char *what,
    const char *which);

#endif
