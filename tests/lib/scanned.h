/*
 * Our ways to read JSON must agree with jansson: the table of wire/scan.c and
 * the tree of wire/jfast.c.  For property tests and fuzzers.
 */
#ifndef TESTS_SCANNED_H
#define TESTS_SCANNED_H

#include "base/buf.h"
#include "dice.h"

/* What is wrong with how a text is read, whatever it is; NULL: nothing. */
const char *scanned_wrong(struct span text);

/*
 * The same stream, each event with so much white space that it is too large
 * to be scanned: it goes through a tree then.
 */
void	scanned_pad(struct buf *out, struct span stream);

#endif
