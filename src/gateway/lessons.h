/*
 * Lessons: what an upstream's refusals taught about one of its models, kept
 * until restart and shared by all requests (c2o-common 10.4, o2c S.1).  And
 * which hints a client was warned about already.
 */
#ifndef CO2_LESSONS_H
#define CO2_LESSONS_H

#include "model/model.h"

struct lessons;

struct lessons *lessons_new(void);
void lessons_free(struct lessons *l);
/* What is known of the model at that origin; zeros if nothing. */
struct learned lessons_get(struct lessons *l, struct span origin,
    struct span model);
/* Keep it; at most 256 models, then no more. */
void lessons_put(struct lessons *l, struct span origin, struct span model,
    const struct learned *what);
/* Is this the first time that the client is told about the code? */
bool lessons_first_hint(struct lessons *l, struct span client,
    const char *code);

#endif
