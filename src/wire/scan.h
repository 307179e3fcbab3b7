/*
 * Small JSON, read without a tree: the values of one text in a table on the
 * caller's stack, nothing allocated.  It is for the events of a stream, of
 * which there are thousands, all alike and of a few hundred bytes.
 *
 *	struct scan s;
 *
 *	if (scan_read(&s, SPAN("{\"index\":0,\"delta\":{\"text\":\"a\\nb\"}}")) != 0)
 *		...	(read it with jread() instead)
 *	delta = scan_get(&s, scan_root(&s), "delta");
 *	text = scan_text(scan_get(&s, delta, "text"));
 *
 * It takes only what it is sure of.  A text that is large, deep, ill-formed
 * in any way, or has a number that is no plain integer is refused, and goes
 * through jansson, which has the last word on all texts.  What is taken reads
 * as jansson would have it: of equal keys the last wins, null is absence.
 */
#ifndef CO2_SCAN_H
#define CO2_SCAN_H

#include "base/span.h"

enum {
	SCAN_BYTES = 4096,	/* of the text */
	SCAN_VALUES = 48,	/* keys count as well */
	SCAN_DEPTH = 8,
	SCAN_UNESCAPED = 512,	/* of strings with escapes in them */
};

enum scan_kind {
	SCAN_NULL,
	SCAN_BOOL,
	SCAN_NUMBER,
	SCAN_STRING,
	SCAN_ARRAY,
	SCAN_OBJECT,
};

struct scan_value {
	struct span text;	/* as in the JSON; a string's without escapes */
	enum scan_kind kind;
	unsigned short end;	/* number of the value behind all it contains */
};

/*
 * Values stand in the order of the text: an object is followed by key, value,
 * key, value, ..., an array by its elements.
 */
struct scan {
	struct scan_value values[SCAN_VALUES];
	unsigned count;
	char unescaped[SCAN_UNESCAPED];
	size_t unescaped_n;
};

/* 0, or -1 when it is not for us. Borrows from the text. */
int scan_read(struct scan *s, struct span text);

/*
 * The functions below take NULL for a value that is not there, and give NULL,
 * or nothing, for what they do not find.
 */
const struct scan_value *scan_root(const struct scan *s);
/* The value of a key; NULL also when it is null. */
const struct scan_value *scan_get(const struct scan *s,
    const struct scan_value *object, const char *key);
/* The only element of an array; NULL when it has none, or more. */
const struct scan_value *scan_only(const struct scan *s,
    const struct scan_value *array);
/* The text of a string; absent for anything else. */
struct span scan_text(const struct scan_value *v);
/* An integer. */
long scan_long(const struct scan_value *v, long missing);
/*
 * Are all keys of the object, but for those whose value is null, among these?
 * The list ends with NULL.
 */
bool scan_knows(const struct scan *s, const struct scan_value *object,
    const char *const *keys);

#endif
