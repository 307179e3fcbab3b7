/* The subcommands "check" and "strict". */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

/* 0: accepted; 1: refused, the reason on stderr; 2: wrong usage. */
int	check_command(int argc, char **argv);
int	strict_command(int argc, char **argv);

#endif
