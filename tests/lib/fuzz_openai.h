/*
 * Answers of OpenAI's APIs and of servers that resemble them, for the
 * property of all replies: items and calls that interleave, with keys, events
 * and ends that are missing, doubled or strange.
 */
#ifndef TESTS_FUZZ_OPENAI_H
#define TESTS_FUZZ_OPENAI_H

#include "stream.h"

void	fuzz_responses_stream(struct stream *s, struct dice *d);
json_t	*fuzz_responses_whole(struct dice *d);

void	fuzz_chat_stream(struct stream *s, struct dice *d);
json_t	*fuzz_chat_whole(struct dice *d);

#endif
