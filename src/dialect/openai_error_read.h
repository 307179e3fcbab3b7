/*
 * Errors of OpenAI and of the servers that are compatible with it, in all the
 * shapes that are seen in the wild (c2o-common 10.1).
 */
#ifndef CO2_OPENAI_ERROR_READ_H
#define CO2_OPENAI_ERROR_READ_H

#include "model/model.h"

/*
 * Does an answer with a good status, or an event, carry an error instead of
 * a result? Then it is where the message stands, else NULL.
 */
const json_t *openai_error_in(const json_t *root);
/* The status that an error itself tells, by its number or its code. */
int openai_own_status(const json_t *error, int otherwise);
/* Fill *why from an error object or text, as openai_error_in() finds it. */
void openai_fault(struct fault *why, const json_t *error, int status);

/*
 * openai_context.c: a refusal because the context is too small, in the words
 * that Claude's clients act on; false when it is none. The extra text is
 * looked at as well (absent: none).
 */
bool openai_context_fault(struct fault *why, const json_t *error,
    struct span extra);

#endif
