/*
 * Who may come in (design section 8).  A web page in the user's browser can
 * reach a loopback port too, by a name that it controls (DNS rebinding) or by
 * a post to another origin; it cannot choose Host and Origin.
 */
#ifndef CO2_ACCESS_H
#define CO2_ACCESS_H

#include "base/pool.h"
#include "gateway/conf.h"

/* Is a Host header's value one of ours? */
bool access_host(const struct conf *conf, struct span host);
/* Likewise for an Origin header's. */
bool access_origin(const struct conf *conf, struct span origin);
/*
 * A request that a page of another site makes without an Origin, as scripts
 * and images do: the browser says so in Sec-Fetch-Site. Whoever follows a
 * link to the page at "/" (Sec-Fetch-Dest is "document") may.
 */
bool access_site(struct span site, struct span dest, struct span path);
/*
 * Is one of the two credentials, absent or not, among server.apiKeys? Always
 * when there are none. Takes the same time whichever byte is wrong.
 */
bool access_key(const struct conf *conf, struct span bearer,
    struct span api_key);
/* The key in "Bearer <key>"; absent for anything else. */
struct span access_bearer(struct span authorization);
/* The password in "Basic <base64 of name:password>"; likewise. */
struct span access_password(struct pool *pool, struct span authorization);
/* What a client is known by: a digest of its key; absent without one. */
struct span access_digest(struct pool *pool, struct span bearer,
    struct span api_key);

#endif
