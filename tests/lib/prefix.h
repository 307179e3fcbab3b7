/*
 * What prompt caches see of request bodies: their first bytes.
 */
#ifndef TESTS_PREFIX_H
#define TESTS_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * A body without Claude's cache marks, which are no part of what is cached;
 * free it.
 */
char	*prefix_unmarked(struct span body);

/*
 * How many bytes of a body its successor must begin with: up to the end of
 * the array under a top-level key ("messages", "input"), without its
 * bracket.  With a tail, only up to the last block of the last message of
 * the user, to which the successor may add.
 */
size_t	prefix_length(const char *body, const char *key, bool tail);

#endif
