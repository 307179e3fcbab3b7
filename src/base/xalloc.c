/*
 * Allocation that does not fail.
 */
#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/large.h"

/* End the program without touching anything that might allocate. */
static void *
checked(void *p)
{
	if (p == NULL) {
		fputs("co2: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
xmalloc(size_t n)
{
	void *p = large_take(n);

	return p != NULL ? p : checked(malloc(n > 0 ? n : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return checked(calloc(count, size));
}

void *
xrealloc(void *p, size_t n)
{
	return p == NULL ? xmalloc(n) : checked(realloc(p, n > 0 ? n : 1));
}

void
xfree(void *p)
{
	if (!large_keep(p))
		free(p);
}

char *
xstrdup(const char *s)
{
	return checked(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}
