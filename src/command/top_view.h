/*
 * A snapshot of a gateway (gateway/snapshot.h) as lines of text.
 */
#ifndef CO2_TOP_VIEW_H
#define CO2_TOP_VIEW_H

#include <jansson.h>

#include "base/buf.h"

/* What the lines have to fit in; 0: whatever it takes. */
struct screen {
	int width, height;
	bool colors;		/* with ANSI escapes, none moves the cursor */
};

/*
 * Append the lines, each ended by "\n". Text of the snapshot is shown without
 * control characters.
 */
void top_view(struct buf *out, const json_t *snapshot,
    const struct screen *screen);

#endif
