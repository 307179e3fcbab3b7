/*
 * "co2 start": from the configuration to the end of the process.
 */
#ifndef CO2_SERVE_H
#define CO2_SERVE_H

#include "gateway/conf.h"

/*
 * Serve until a signal ends it. 0 then; 1 when it cannot start, with the
 * reason on stderr.
 */
int serve(const struct conf *conf);

#endif
