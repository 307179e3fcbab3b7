/*
 * What is answered without a conversation: health, probes, stored responses.
 */
#ifndef CO2_LOCAL_H
#define CO2_LOCAL_H

#include "gateway/exchange.h"

/* GET /healthz, HEAD /, and GET / for who wants nothing else (page.h) */
void local_health(struct exchange *ex);
/* Claude Code's probe and its telemetry: "{}", and nothing is kept. */
void local_hello(struct exchange *ex);
/* GET /v1/responses: a websocket is refused so that Codex uses HTTP. */
void local_upgrade(struct exchange *ex);
/* GET and DELETE /v1/responses/{id} (o2c-responses section 8) */
void local_response(struct exchange *ex);
void local_response_items(struct exchange *ex);
void local_response_delete(struct exchange *ex);
void local_response_cancel(struct exchange *ex);

#endif
