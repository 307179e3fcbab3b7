/*
 * Claude's error object, which stands in error answers and in streams.
 */
#ifndef CO2_MESSAGES_ERROR_READ_H
#define CO2_MESSAGES_ERROR_READ_H

#include <jansson.h>

#include "model/fault.h"

/* {"error":{"type","message"},"request_id"}; status 0: in a stream. */
void claude_error(const json_t *root, int status, struct fault *why);

#endif
