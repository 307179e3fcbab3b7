/*
 * OpenAI's prompt cache, as its rules say: what a request would find, and
 * what it would leave behind.
 *
 * A request finds the longest common prefix with an earlier one of the same
 * model and prompt_cache_key: tools, instructions, then the messages or input
 * items, in this order.  At least 1024 tokens, in steps of 128; a prompt is
 * kept for five minutes after its last use.  Tokens are bytes / 4.
 */
#ifndef TESTS_CACHE_OPENAI_H
#define TESTS_CACHE_OPENAI_H

#include <jansson.h>

struct cache_openai {
	json_t	*prompts;	/* key -> [{"text", "until"}, ...] */
};

void	cache_openai_init(struct cache_openai *c);
void	cache_openai_free(struct cache_openai *c);

/*
 * A request of either API at a time in seconds: *tokens of its prompt; how
 * many of them were found.
 */
long	cache_openai_take(struct cache_openai *c, const json_t *body, long now,
	    long *tokens);

#endif
