/*
 * Reports: what an exchange says of itself, in the log's line for a finished
 * request and in the live data (live.h), from the same numbers.
 */
#ifndef CO2_REPORT_H
#define CO2_REPORT_H

#include "gateway/exchange.h"

/* The request is read; its pair and models are known. */
void report_begin(struct exchange *ex);
/* The answer begins, now. */
void report_answer(struct exchange *ex);
/* Before the call is let go, if there is one. */
void report_call(struct exchange *ex);
/* `sent`: see exchange_free(). */
void report_end(struct exchange *ex, bool sent);

#endif
