/*
 * JSON schemas, from what OpenAI's clients send to what Claude takes (o2c
 * sections S.5 and S.6).  The given trees are left as they are; what is made
 * belongs to the pool.
 */
#ifndef CO2_CLAUDE_SCHEMA_H
#define CO2_CLAUDE_SCHEMA_H

#include <jansson.h>

#include "base/pool.h"

/*
 * The schema of a tool's input: an object at its root, and nothing there that
 * Claude refuses. NULL gives the schema of no parameters. *flattened is set
 * when choices at the root were merged.
 */
json_t *claude_tool_schema(struct pool *pool, const json_t *schema,
    bool *flattened);

/*
 * The schema as structured outputs and strict tools want it: what they do not
 * know moves into descriptions. The description is the root's, if it has none
 * of its own; it may be absent. NULL, and *why is a few words for a person,
 * when something in it cannot be kept.
 */
json_t *claude_strict_schema(struct pool *pool, const json_t *schema,
    struct span description, const char **why);

/* The schema as it came, with that description if its root has none. */
json_t *claude_described_schema(struct pool *pool, json_t *schema,
    struct span description);

#endif
