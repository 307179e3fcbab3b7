/* GET /v1/models and /v1/models/{id}, in Claude's and in OpenAI's shape. */
#ifndef TESTS_MODELS_H
#define TESTS_MODELS_H

#include <jansson.h>
#include <stdbool.h>

/* A rule (script.h); id NULL: the list. */
json_t	*models_claude(const char *id);
json_t	*models_openai(const char *id);

#endif
