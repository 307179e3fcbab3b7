/*
 * Reading the configuration again, while co2 runs.
 */
#ifndef CO2_RELOAD_H
#define CO2_RELOAD_H

#include "gateway/conf.h"

/*
 * The configuration as the file, the environment and the command line give it
 * now; where it says otherwise than `old` about what cannot change without a
 * restart, it is as in `old` and the log says so.  NULL when it is not valid:
 * the log has the reasons, and nothing has changed.
 */
struct conf *reload_conf(const struct conf *old, const struct conf_args *args);

#endif
