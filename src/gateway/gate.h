/*
 * The gate: what happens to the top-level fields of a client's body before
 * its dialect reads it (design section 5, points 1 to 4).  The dialect's own
 * table says which fields are known.
 */
#ifndef CO2_GATE_H
#define CO2_GATE_H

#include "dialect/dialect.h"
#include "gateway/conf.h"

/*
 * Parse `text` into req->body; then strip the configured fields, look for
 * typos and unknown fields. -1 and *why when the body is refused. *skipped
 * lists what was stripped, sorted and comma-separated, absent if nothing.
 */
int gate_body(struct request *req, const struct dialect *d,
    const struct conf *conf, struct span text, struct span *skipped,
    struct fault *why);

#endif
