/*
 * The parts of an upstream's base URL that co2 looks at.
 */
#ifndef CO2_URL_H
#define CO2_URL_H

#include "base/pool.h"

struct url {
	bool tls;
	const char *base;	/* the whole, without slashes at the end */
	const char *origin;	/* lower case, without the default port */
	const char *host;	/* lower case, without brackets */
	int port;
};

/*
 * Take an absolute http(s) URL apart. -1 with *why, a static sentence, when
 * it is none or holds what a base URL may not hold.
 */
int url_parse(struct pool *pool, struct span text, struct url *u,
    const char **why);
/* localhost, 127.0.0.0/8 or ::1. */
bool host_is_loopback(struct span host);

#endif
