/*
 * JSON, written: straight into a buffer, compact, the same bytes for the same
 * calls.  `key` is NULL for the elements of an array and for the root.
 *
 *	struct jw w;
 *
 *	jw_init(&w, &out);
 *	jw_obj(&w, NULL);
 *	jw_str(&w, "type", SPAN("text_delta"));
 *	jw_arr(&w, "list");
 *	jw_int(&w, NULL, 1);
 *	jw_end(&w);
 *	jw_end(&w);		{"type":"text_delta","list":[1]}
 *
 * Nesting is at most 64 deep, which is far above what the APIs write; trees
 * of the client's go through jw_json, which has no such limit.
 */
#ifndef CO2_JW_H
#define CO2_JW_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"

struct jw {
	struct buf *out;
	int depth;
	uint64_t some;		/* bit d: level d has an element already */
	uint64_t array;		/* bit d: level d is an array */
};

void jw_init(struct jw *w, struct buf *out);

void jw_obj(struct jw *w, const char *key);
void jw_arr(struct jw *w, const char *key);
/* Close the innermost object or array. */
void jw_end(struct jw *w);

/* A string; absent is written as null. Invalid UTF-8 becomes U+FFFD. */
void jw_str(struct jw *w, const char *key, struct span s);
void jw_int(struct jw *w, const char *key, long long n);
/* The shortest text that reads back as n; 1 for 1.0, 0.7 for 0.7. */
void jw_real(struct jw *w, const char *key, double n);
void jw_bool(struct jw *w, const char *key, bool b);
void jw_null(struct jw *w, const char *key);
/* A parsed tree, compact, keys in their order; NULL is written as null. */
void jw_json(struct jw *w, const char *key, const json_t *v);
/* Text that is JSON already. */
void jw_raw(struct jw *w, const char *key, struct span json);

/* One string made of pieces: begin, any number of them, end. */
void jw_text_begin(struct jw *w, const char *key);
void jw_text(struct jw *w, struct span piece);
/* A piece that is a tree, written compactly: arguments as text. */
void jw_text_json(struct jw *w, const json_t *v);
void jw_text_end(struct jw *w);

/* The escaped form of s, without quotes, appended to out. */
void json_escape(struct buf *out, struct span s);
/* The compact text of v appended to out. */
void json_put(struct buf *out, const json_t *v);
/* The same as a text in the pool. */
struct span json_text(struct pool *pool, const json_t *v);

#endif
