/*
 * Answers of Claude's, as streams of events or whole messages.
 *
 * Content is what a message holds: an array of blocks with their text, their
 * thinking and its signature, their input.
 */
#ifndef TESTS_CLAUDE_H
#define TESTS_CLAUDE_H

#include "stream.h"

struct claude_answer {
	const char	*id;		/* "msg_01" */
	const json_t	*content;
	const char	*stop;		/* stop_reason */
	long		 input, cached, written;	/* tokens */
};

/* The events, with deltas cut by the dice. */
void	claude_stream(struct stream *s, struct dice *d,
	    const struct claude_answer *a);

/* The same as one message. */
json_t	*claude_message(const struct claude_answer *a);

/* Blocks of any kind, up to `most`; names are what tools may be called. */
json_t	*claude_content(struct dice *d, size_t most,
	    const char *const *names);

#endif
