/*
 * "co2 start": from the configuration to the end of the process.
 */
#ifndef CO2_SERVE_H
#define CO2_SERVE_H

#include "gateway/conf.h"

/*
 * Read the configuration, which the arguments (and a socket that the service
 * manager passes) override, and serve until a signal ends it.  0 then; 1 when
 * it cannot start, with the reasons on stderr.
 */
int serve(const struct conf_args *args);

#endif
