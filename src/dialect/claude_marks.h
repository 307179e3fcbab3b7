/*
 * Cache marks (o2c section S.7): where Claude is asked to keep what it has
 * read, so that the next request of the conversation finds it.
 */
#ifndef CO2_CLAUDE_MARKS_H
#define CO2_CLAUDE_MARKS_H

#include "dialect/claude_body.h"

/*
 * Set the marks of tools and pieces. Those of the client's are set already
 * and come first; at most four are left.
 */
void claude_body_marks(struct claude_body *b);

#endif
