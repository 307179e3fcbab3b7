/* Which request gets which reply. */
#ifndef TESTS_ROUTES_H
#define TESTS_ROUTES_H

#include "../lib/web.h"
#include "fake.h"

/*
 * The rule (script.h) that answers a request, never NULL; n is its number
 * in the journal.  *scripted tells whether it comes from the script.
 */
json_t	*routes_answer(struct fake *f, const struct web *req, unsigned n,
	    bool *scripted);

#endif
