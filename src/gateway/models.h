/*
 * Lists of models: the upstream's, kept for ten minutes (o2c S.1), and what
 * is answered to a client that asks for one (o2c-chat section 8, c2o-common
 * 12.2).
 */
#ifndef CO2_MODELS_H
#define CO2_MODELS_H

#include "gateway/exchange.h"

struct models;

struct models *models_new(void);
void models_free(struct models *m);

/* commons.ask, for an exchange. */
void models_ask(void *exchange, struct span model, struct model_facts *facts);

/* GET /v1/models and /v1/models/{id}. */
void models_answer_list(struct exchange *ex);
void models_answer_one(struct exchange *ex);

#endif
