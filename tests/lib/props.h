/*
 * Property tests: a check that is made for very many generated inputs.
 *
 *	static bool
 *	one(struct prop *p, struct dice *d)
 *	{
 *		...
 *		return same || prop_fail(p, input, "bytes differ");
 *	}
 *
 *	prop_run("the same input gives the same bytes", 20000, one, NULL);
 *
 * is one TAP line.  Each iteration has dice of its own, so that it can be
 * repeated alone:
 *
 *	CO2_SEED=n	another seed (it is printed)
 *	CO2_PROPS=n	n percent of the iterations, for slow builds
 *	CO2_ONLY=n	only iteration n
 */
#ifndef TESTS_PROPS_H
#define TESTS_PROPS_H

#include <jansson.h>

#include "base/span.h"
#include "dice.h"

struct prop {
	const char	*name;
	void		*arg;		/* the test's own */
	uint64_t	 seed;
	unsigned long	 at;		/* the iteration that runs */
	unsigned long	 failed;
};

/* One iteration: true, or prop_fail(). */
typedef bool prop_fn(struct prop *p, struct dice *d);

/* Runs all iterations; returns whether none failed. */
bool	prop_run(const char *name, unsigned long times, prop_fn *fn,
	    void *arg);

/*
 * Says what went wrong in this iteration, with its input (absent: none); of
 * the first few failures only.  Always false.
 */
bool	prop_fail(struct prop *p, struct span input, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
