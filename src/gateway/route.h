/*
 * Which path is answered how (design section 7).
 */
#ifndef CO2_ROUTE_H
#define CO2_ROUTE_H

#include "gateway/exchange.h"

struct route {
	const char *method;
	/* "{}" stands for one segment, "*" at the end for all that follows. */
	const char *path;
	bool o2c, c2o;		/* in which mode */
	enum api api;		/* of a translation */
	enum task task;
	void (*answer)(struct exchange *ex);
	bool open;		/* needs no key */
	bool basic;		/* takes it as a browser's password, too */
	bool any_body;		/* whatever its content type; not kept */
};

/*
 * The route for a request, NULL when there is none. *part is what stands
 * for "{}" or "*".
 */
const struct route *route_find(enum mode mode, const char *method,
    struct span path, struct span *part);
/*
 * Answer a request that no route fits: 404 or 405, saying what would.
 */
void route_refuse(struct exchange *ex);

#endif
