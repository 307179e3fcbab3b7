/*
 * Answers of OpenAI's APIs, as the streams that a well-behaved server sends.
 */
#ifndef TESTS_OPENAI_H
#define TESTS_OPENAI_H

#include "stream.h"

struct openai_usage {
	long	 input, cached, output;		/* tokens */
};

/*
 * Responses: the finished items (reasoning, message, function_call) in their
 * order, with deltas cut by the dice.
 */
void	openai_responses_stream(struct stream *s, struct dice *d,
	    const char *id, const json_t *output,
	    const struct openai_usage *usage);

/*
 * Chat: a message with reasoning_content, content and tool_calls, each of
 * which may be missing.
 */
void	openai_chat_stream(struct stream *s, struct dice *d, const char *id,
	    const json_t *message, const struct openai_usage *usage);

#endif
