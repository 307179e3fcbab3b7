/* JSON schemas, as strict as each API is about them. */
#ifndef TESTS_STRICT_SCHEMA_H
#define TESTS_STRICT_SCHEMA_H

#include "strict_walk.h"

/* Claude's structured outputs and strict tools: the subset of o2c S.6. */
int	schema_claude(struct walk *s, const json_t *schema);

/*
 * OpenAI's function parameters (name NULL: response_format): the root rule,
 * arrays with items; with strict also every object closed and complete.
 */
int	schema_openai(struct walk *s, const json_t *schema, const char *name,
	    bool strict);

#endif
