/*
 * Claude's prompt cache, as its rules say: what a request would find, and
 * what it would leave behind.
 *
 * A mark (cache_control) on a block keeps everything up to it: tools, system,
 * messages, in this order.  A request finds what an earlier one kept when it
 * begins with the same blocks, and one of its own marks is on the last of
 * them or at most 20 blocks behind; entries that are shorter than the
 * model's minimum are not made, and they live for five minutes (or an hour)
 * after their last use.  Tokens are bytes / 4.
 */
#ifndef TESTS_CACHE_CLAUDE_H
#define TESTS_CACHE_CLAUDE_H

#include <jansson.h>

struct cache_claude {
	json_t	*entries;	/* of what a prefix hashes to -> when it ends */
};

struct cache_use {
	long	 input;		/* tokens that were neither read nor written */
	long	 read, written;
	unsigned marks;
	size_t	 blocks;
};

void	cache_claude_init(struct cache_claude *c);
void	cache_claude_free(struct cache_claude *c);

/* A request at a time in seconds. */
struct cache_use cache_claude_take(struct cache_claude *c,
	    const json_t *body, long now);

#endif
