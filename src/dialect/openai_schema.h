/*
 * JSON schemas on their way to an OpenAI upstream (c2o-common 4.4).
 */
#ifndef CO2_OPENAI_SCHEMA_H
#define CO2_OPENAI_SCHEMA_H

#include "model/model.h"
#include "wire/jw.h"

/*
 * Write a schema as the API wants it: a plain object at the root, arrays with
 * items; everything else as it came. What is lost is reported below `path`.
 * NULL is the schema of no parameters.
 */
void openai_put_schema(struct jw *w, const char *key, struct request *req,
    json_t *schema, struct span path);

/* The same for servers that compile any schema: the root keeps its form. */
void openai_put_any_schema(struct jw *w, const char *key, struct pool *pool,
    json_t *schema);

/* Does it fit strict mode as it stands? It is never rewritten to. */
bool openai_schema_is_strict(const json_t *schema);

#endif
