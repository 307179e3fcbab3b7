/*
 * Allocation that does not fail: when memory is exhausted the program ends
 * with one line on stderr.  What callers check instead are sizes.
 */
#ifndef CO2_XALLOC_H
#define CO2_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
/* free(3) for what may be large and will be needed again: see base/large. */
void xfree(void *p);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

#endif
