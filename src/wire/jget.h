/*
 * JSON, read.  Texts are parsed by jansson; everything here borrows.  A key
 * whose value is null counts as absent, as the APIs have it.
 */
#ifndef CO2_JGET_H
#define CO2_JGET_H

#include <jansson.h>
#include <stdint.h>

#include "base/pool.h"

/* What was wrong with a text that is no JSON. */
struct json_trouble {
	int line;	/* counted from 1; 0 when unknown */
	int column;
	char text[160];	/* one sentence, no content of the text itself */
};

/* How much a text may hold; 0: the usual. */
struct json_limits {
	size_t depth;	/* brackets inside each other; 512, at most 2000 */
	size_t items;	/* members and elements in all; no limit */
};

/*
 * Parse one JSON value.  The tree belongs to the pool.  Escaped lone
 * surrogates and bytes that are no UTF-8 become U+FFFD first; *repaired (may
 * be NULL) counts them.  \u0000 is allowed, of duplicate keys the last wins.
 * NULL when it is no JSON or nests deeper than max_depth (0: 512).
 */
json_t *jread(struct pool *pool, struct span text, size_t max_depth,
    size_t *repaired, struct json_trouble *why);
/* The same within limits; a text that holds more is not parsed at all. */
json_t *jread_within(struct pool *pool, struct span text,
    struct json_limits limits, size_t *repaired, struct json_trouble *why);

/* The value of key, or NULL when absent, null, or o is no object. */
json_t *jget(const json_t *o, const char *key);
/* Its text; absent when it is no string. */
struct span jget_span(const json_t *o, const char *key);
/* The value when it has that type, else NULL. */
json_t *jget_object(const json_t *o, const char *key);
json_t *jget_array(const json_t *o, const char *key);
/* Integers (also written as 3.0) and numbers; `missing` when it is none. */
long jget_long(const json_t *o, const char *key, long missing);
double jget_real(const json_t *o, const char *key, double missing);
bool jget_bool(const json_t *o, const char *key, bool missing);
/* The text of a string node; absent for anything else, NULL included. */
struct span jspan(const json_t *s);
/* Is the value of key this word? */
bool jget_is(const json_t *o, const char *key, const char *word);
/* Is the value a whole number (3 or 3.0) that fits a long? */
bool jis_whole(const json_t *v);
/* null, boolean, number, string, array or object; "nothing" for NULL. */
const char *jtype(const json_t *v);

#endif
