/*
 * Stop sequences, matched in the gateway (c2o-common section 6).  Text goes
 * in as it streams; what may be shown comes out; the longest suffix that
 * could still become a sequence is kept back.  Earliest start wins, then the
 * longest.
 */
#ifndef CO2_STOPS_H
#define CO2_STOPS_H

#include "base/buf.h"

struct stops {
	const struct span *words;	/* borrowed, none of them empty */
	size_t count;
	struct buf held;		/* kept back */
	long hit;			/* index of the matched word, or -1 */
};

void stops_init(struct stops *s, const struct span *words, size_t count);
void stops_free(struct stops *s);
/*
 * Append to out what may be shown of the text so far; true at a match, and
 * nothing more comes out then.
 */
bool stops_feed(struct stops *s, struct buf *out, struct span text);
/*
 * The block is over: append what was kept back. True when that was a match
 * all the same (a longer word could still have come).
 */
bool stops_flush(struct stops *s, struct buf *out);

#endif
