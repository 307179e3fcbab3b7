/*
 * GET /metrics: the live data in Prometheus' text format 0.0.4.  Labels have
 * few values: APIs, statuses, warning codes, and models as live.h bounds
 * them.
 */
#ifndef CO2_METRICS_H
#define CO2_METRICS_H

#include "gateway/exchange.h"

void metrics_answer(struct exchange *ex);
/* The text, for a process in that mode. */
void metrics_put(struct buf *out, const struct live_view *v, enum mode mode);

#endif
