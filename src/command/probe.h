/*
 * A question to the upstream, for people: does it work, and if not, what is
 * wrong in plain words.
 */
#ifndef CO2_PROBE_H
#define CO2_PROBE_H

#include "gateway/conf.h"

/*
 * Send the smallest request that co2 itself would send for the default model,
 * and say on stdout how it went, a line for each finding. 0 when the upstream
 * answers, else -1. Nothing else of co2 may run in the process.
 */
int probe(const struct conf *conf);

#endif
