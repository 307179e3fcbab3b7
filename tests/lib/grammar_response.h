/* The response object, judged by section 4 of o2c-responses. */
#ifndef TESTS_GRAMMAR_RESPONSE_H
#define TESTS_GRAMMAR_RESPONSE_H

#include "judge.h"

/* Every key there, and the values that are the same at any time. */
int	response_check(struct judge *j, const json_t *r);

/* A finished one: status, usage, error and so on fit each other. */
int	response_check_final(struct judge *j, const json_t *r);

/* The reply of /v1/responses/compact. */
int	response_check_compaction(struct judge *j, const json_t *r);

/* A finished output item. */
int	response_check_item(struct judge *j, const json_t *item);

#endif
