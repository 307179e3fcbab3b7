/*
 * Patience: how long an exchange waits, and for whom.  One poll(2) watches
 * the upstream, the client's socket and the end of co2; the provider's limits
 * and the pings to the client say how long it may take.
 */
#ifndef CO2_PATIENCE_H
#define CO2_PATIENCE_H

#include "gateway/exchange.h"

/*
 * Let the call move on, waiting for at most ms. May set ex->gone (the client
 * has left) and ex->cut (co2 ends).
 */
void patience_turn(struct exchange *ex, long ms);
/* The same without a call, as a pause; false when there is no going on. */
bool patience_pause(struct exchange *ex, long ms);

/* For how long there is nothing to do but to wait. */
long patience_left(const struct exchange *ex);
/* Has the call to be given up? Then -1 and *why. */
int patience_over(const struct exchange *ex, struct fault *why);
/* Has the client to be told that it is not forgotten? */
bool patience_ping(const struct exchange *ex);
/* Has usage been waited for long enough (c2o-chat section 3.1)? */
bool patience_settled(const struct exchange *ex);

#endif
