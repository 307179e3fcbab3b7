/*
 * The answer's status, headers and body, as the server sends them.
 */
#ifndef CO2_ANSWER_H
#define CO2_ANSWER_H

#include "gateway/exchange.h"

/* A JSON body with that status. */
void answer_json(struct exchange *ex, int status, struct span body);
/* Any other text, with status 200. */
void answer_text(struct exchange *ex, const char *type, struct span body);
/* The stream that exchange_read() gives. */
void answer_stream(struct exchange *ex);
/*
 * An error in the client's dialect. For faults of our own; those of the
 * bridge carry what its dialects know.
 */
void answer_fault(struct exchange *ex, const struct fault *why);
/* Shorthand: a fault made on the spot. */
void answer_refuse(struct exchange *ex, enum fault_kind kind,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The log's line for a stream that ended with an error. */
void answer_log_break(const struct fault *why);

#endif
