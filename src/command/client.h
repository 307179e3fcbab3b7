/*
 * What a client program needs to find a gateway: variables of its
 * environment.
 */
#ifndef CO2_CLIENT_H
#define CO2_CLIENT_H

#include "gateway/conf.h"

/* One variable; a NULL value means that it must not be set. */
typedef void client_put(void *arg, const char *name, const char *value);

/*
 * The variables for the gateway at `url` (http://host:port), whose key for
 * clients is `key`. `both`: those of both kinds of clients, whatever the mode;
 * else only those of the kind that the mode serves. What is only a default
 * is left out when the environment has it already.
 */
void client_variables(const struct conf *conf, const char *url,
    const char *key, bool both, client_put *put, void *arg);

#endif
