/*
 * Strings of JSON from the inside: which bytes stand for themselves, and what
 * an escape stands for.
 */
#ifndef CO2_ESCAPE_H
#define CO2_ESCAPE_H

#include "base/span.h"

/* How many bytes at the front of s need no escape. */
size_t escape_plain(struct span s);
/*
 * Undo the escape at the front of *s, which begins with a backslash, into
 * out, which has room for as many bytes as the escape has; *s goes on behind
 * it.  Returns where out goes on, or NULL for what is no escape and for the
 * characters that are not for us: NUL, and halves of a surrogate pair.
 */
char *escape_undo(struct span *s, char *out);

#endif
