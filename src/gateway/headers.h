/*
 * Lists of HTTP headers, and what becomes of an upstream's headers on the
 * way to the client (c2o-common 10.2 and 11, o2c S.11).
 */
#ifndef CO2_HEADERS_H
#define CO2_HEADERS_H

#include "base/buf.h"
#include "gateway/conf.h"

/* In the order of adding; one name may occur several times. */
struct headers {
	struct buf text;	/* name NUL value NUL, again and again */
};

void headers_init(struct headers *h, size_t max);
void headers_free(struct headers *h);
/*
 * Add one. What may not stand in a header's value (control characters, bytes
 * beyond ASCII) becomes '?'. An absent value adds nothing.
 */
void headers_add(struct headers *h, const char *name, struct span value);
/*
 * Add a line as it came from the wire, "Name: value"; the name is made lower
 * case. A line without colon adds nothing.
 */
void headers_add_line(struct headers *h, struct span line);
/* The first value; absent when there is none. The name in lower case. */
struct span headers_get(const struct headers *h, const char *name);
/*
 * Walk: start with *at 0, true as long as there was another one. The two are
 * borrowed.
 */
bool headers_next(const struct headers *h, size_t *at, const char **name,
    struct span *value);

/*
 * The rate limits of an upstream, under the names and in the units that the
 * clients of a mode know. `now` is milliseconds since 1970.
 */
void headers_limits(struct headers *out, const struct headers *upstream,
    enum mode mode, long long now);
/*
 * How many seconds the client should wait before it tries again, from
 * whatever the upstream says; -1 when it says nothing.
 */
long headers_retry_after(const struct headers *upstream, int status,
    long long now);
/* What its x-should-retry says: 1, 0, or -1. */
int headers_should_retry(const struct headers *upstream);

/*
 * Durations as OpenAI writes them ("6m0s", "1.5s", "120ms", or plain
 * seconds) in milliseconds, and times of RFC 3339 in milliseconds since 1970;
 * -1 when it is none.
 */
long long duration_read(struct span s);
void duration_put(struct buf *out, long long ms);
long long rfc3339_read(struct span s);
void rfc3339_put(struct buf *out, long long ms);

#endif
