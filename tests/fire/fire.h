/*
 * fire: what the end-to-end tests need beyond a shell and curl.  Each file
 * is one command.
 */
#ifndef TESTS_FIRE_H
#define TESTS_FIRE_H

/* The exit status; argv[0] is the command's own name. */
int	activate_command(int argc, char **argv);
int	faults_command(int argc, char **argv);
int	idle_command(int argc, char **argv);
int	load_command(int argc, char **argv);
int	notify_command(int argc, char **argv);
int	raw_command(int argc, char **argv);

#endif
