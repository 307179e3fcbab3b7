/*
 * The live data as one JSON object, for the page's script and "co2 top":
 *
 *	{"version":"0.1.0", "mode":"openai-to-claude",
 *	 "started":MS, "now":MS,
 *	 "running_requests":1, "running_streams":1,
 *	 "totals":{"requests":9, "failed":0, "input_tokens":..., "bytes":...,
 *	     "retries":0, ...},
 *	 "losses":{"field_dropped":3},
 *	 "running":[ROW...], "recent":[ROW...],
 *	 "minutes":[MINUTE...]}
 *
 * Moments are milliseconds since 1970.  A number that nobody said is null.
 */
#ifndef CO2_SNAPSHOT_H
#define CO2_SNAPSHOT_H

#include "gateway/conf.h"
#include "gateway/live.h"

void snapshot_put(struct buf *out, const struct live_view *v, enum mode mode);

/* Tokens a second while the answer was written; negative: not known. */
double snapshot_speed(const struct live_row *row);
/* How long it took, or has taken by now. */
long snapshot_total(const struct live_view *v, const struct live_row *row);

#endif
