/*
 * Tokens, estimated from text (c2o-common section 12.1): for count_tokens
 * where the upstream has no count, and for usage that never came.
 */
#ifndef CO2_ESTIMATE_H
#define CO2_ESTIMATE_H

#include "model/model.h"

/* Thousandths of a token in s; add up, then round once with tokens_of(). */
long long estimate_text(struct span s);
long tokens_of(long long thousandths);
/*
 * Tokens of a Claude request body as the client sent it: system, messages,
 * tools, with the structure's own cost and the images' sizes.
 */
long estimate_messages(const json_t *body);

#endif
