/* Claude's answers for the property of all replies. */
#ifndef TESTS_PROPS_CLAUDE_H
#define TESTS_PROPS_CLAUDE_H

#include "stream.h"

void	props_claude_stream(struct stream *s, struct dice *d);
json_t	*props_claude_whole(struct dice *d);

#endif
