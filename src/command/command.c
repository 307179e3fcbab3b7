#include "command/command.h"

#include <curl/curl.h>
#include <jansson.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <stdio.h>

const struct command *const commands[] = {
	&command_start,
	&command_init,
	&command_check,
	&command_exec,
	&command_env,
	&command_translate,
	&command_top,
	NULL,
};

const struct command *
command_by_name(const char *name)
{
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

/* --- words ---------------------------------------------------------- */

static const char general[] = "usage: co2 COMMAND [OPTION]...\n"
			      "       co2 --help | --version\n\n";

static const char general_end[] =
    "\n"
    "co2 COMMAND --help says more about one.  See also co2(1), "
    "co2.config(5).\n";

static void
put_general(FILE *out)
{
	fputs(general, out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		fprintf(out, "  %-10s  %s\n", (*c)->name, (*c)->summary);
	fputs(general_end, out);
}

/* "--config FILE" */
static int
put_option(char *text, size_t n, const struct option *o)
{
	return snprintf(text, n, "%s%s%s", o->name,
	    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
}

/* A further word of a usage; a line that gets too long goes on below. */
static void
put_word(FILE *out, const char *word, size_t *column, size_t margin)
{
	if (*column + 1 + strlen(word) > 78) {
		fprintf(out, "\n%*s", (int)margin, "");
		*column = margin;
	}
	*column += (size_t)fprintf(out, " %s", word);
}

static void
put_usage(FILE *out, const struct command *c)
{
	char one[64], word[68];
	size_t margin, column;

	column = (size_t)fprintf(out, "usage: co2 %s", c->name);
	margin = column;
	for (const struct option *o = c->options; o->name != NULL; o++) {
		put_option(one, sizeof(one), o);
		snprintf(word, sizeof(word), o->required ? "%s" : "[%s]", one);
		put_word(out, word, &column, margin);
	}
	if (c->operands != NULL) {
		put_word(out, "--", &column, margin);
		put_word(out, c->operands, &column, margin);
	}
	putc('\n', out);
}

static void
put_help(FILE *out, const struct command *c)
{
	char one[64];

	put_usage(out, c);
	fprintf(out, "\n%c%s.\n", c->summary[0] - 'a' + 'A', c->summary + 1);
	if (c->about != NULL)
		fprintf(out, "%s", c->about);
	putc('\n', out);
	for (const struct option *o = c->options; o->name != NULL; o++) {
		put_option(one, sizeof(one), o);
		fprintf(out, "  %-20s  %s\n", one, o->help);
	}
	fprintf(out, "  %-20s  %s\n", "--help", "this text");
}

void
command_help(void)
{
	put_general(stdout);
}

/* The versions that run, which need not be those of the build. */
void
command_version(void)
{
	printf("co2 %s\n", CO2_VERSION);
	printf("libmicrohttpd %s\n", MHD_get_version());
	printf("libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
	printf("jansson %s\n", jansson_version_str());
	printf("OpenSSL %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
}

int
command_misused(const struct command *c, const char *what, const char *which)
{
	fprintf(stderr, "co2%s%s: %s%s%s\n", c != NULL ? " " : "",
	    c != NULL ? c->name : "", what, which != NULL ? ": " : "",
	    which != NULL ? which : "");
	if (c != NULL)
		put_usage(stderr, c);
	else
		put_general(stderr);
	return EXIT_USAGE;
}

/* --- the command line ----------------------------------------------- */

/* Which option "--name" or "--name=value" is; -1: none. */
static int
option_index(const struct command *c, struct span name)
{
	for (int i = 0; c->options[i].name != NULL; i++)
		if (span_is(name, c->options[i].name))
			return i;
	return -1;
}

/*
 * Take the option at *argv, and its value if that is a word of its own. 0, or
 * the exit status.
 */
static int
take_option(struct given *given, char ***argv)
{
	const struct command *c = given->command;
	const char *word = **argv;
	struct span rest = span_of(word);
	struct span name = span_cut(&rest, '=');
	int i = option_index(c, name);

	if (i < 0)
		return command_misused(c, "unknown option", word);
	if (c->options[i].value == NULL) {
		if (rest.p != NULL)
			return command_misused(c, "option takes no value",
			    word);
		given->value[i] = "";
		return 0;
	}
	given->value[i] = rest.p != NULL ? rest.p : *++*argv;
	if (given->value[i] == NULL || given->value[i][0] == '\0')
		return command_misused(c, "option needs a value", word);
	return 0;
}

static int
take_operands(struct given *given, char **argv)
{
	const struct command *c = given->command;

	if (*argv != NULL && strcmp(*argv, "--") == 0)
		argv++;
	if (*argv != NULL && c->operands == NULL)
		return command_misused(c, "unexpected argument", *argv);
	if (*argv == NULL && c->operands != NULL)
		return command_misused(c, "missing argument", c->operands);
	given->operands = argv;
	while (argv[given->operand_count] != NULL)
		given->operand_count++;
	return 0;
}

static int
check_required(const struct given *given)
{
	const struct option *o = given->command->options;

	for (int i = 0; o[i].name != NULL; i++)
		if (o[i].required && given->value[i] == NULL)
			return command_misused(given->command,
			    "missing option", o[i].name);
	return 0;
}

static bool
asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int
command_run(const struct command *command, char **argv)
{
	struct given given = { .command = command };
	int rc;

	for (; *argv != NULL && **argv == '-'; argv++) {
		if (strcmp(*argv, "--") == 0)
			break;
		if (asks_for_help(*argv)) {
			put_help(stdout, command);
			return EXIT_FINE;
		}
		rc = take_option(&given, &argv);
		if (rc != 0)
			return rc;
	}
	rc = take_operands(&given, argv);
	if (rc == 0)
		rc = check_required(&given);
	return rc != 0 ? rc : command->run(&given);
}
