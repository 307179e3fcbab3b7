/*
 * TAP for small C tests: every check prints one "ok" or "not ok" line, and
 * a check that fails prints what it got and what it wanted.
 *
 *	int
 *	main(void)
 *	{
 *		is_int(2 + 2, 4, "addition works");
 *		return done_testing();
 *	}
 *
 * A name may be a printf format.  Every function returns whether the check
 * passed, so that a test can stop early: if (!ok(p != NULL, "x")) return.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stddef.h>

bool	ok(bool pass, const char *name, ...) __attribute__((format(printf, 2, 3)));
bool	is_int(long long got, long long want, const char *name, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares two strings; NULL equals only NULL. */
bool	is_str(const char *got, const char *want, const char *name, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares bytes and shows the place of the first difference. */
bool	is_mem(const void *got, size_t ngot, const void *want, size_t nwant,
	    const char *name, ...) __attribute__((format(printf, 5, 6)));

/* Prints a "# ..." line. */
void	diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan; returns what main shall return: 0 if all passed. */
int	done_testing(void);

#endif
