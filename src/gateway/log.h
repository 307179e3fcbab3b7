/*
 * The log: one line, one event, to stderr.
 *
 *	level: [exchange] message key=value ...
 *
 * as text or as JSON; under systemd with its priority prefix.  No key, no
 * prompt, no reply ever: callers pass names, counts, codes and paths.
 */
#ifndef CO2_LOG_H
#define CO2_LOG_H

#include "gateway/conf.h"

/* Look at where the log goes, before there is a second thread. */
void log_open(void);
/* Level and shape for the whole process, from now on. */
void log_setup(enum log_level level, bool json);
/* The exchange whose lines this thread writes from now on; NULL: none. */
void log_tag(const char *exchange);

/*
 * A message and pairs of key and value, ended by NULL:
 *
 *	log_line(LOG_WARN, "Skipped configured inbound fields",
 *	    "protocol", "claudeMessages", "fields", list, NULL);
 *
 * A NULL value leaves its pair out.
 */
void log_line(enum log_level level, const char *message, ...)
    __attribute__((sentinel));
/*
 * Formatted numbers for values, which JSON shows as numbers; from a small
 * ring, good for one call.
 */
const char *log_num(long long n);

#endif
