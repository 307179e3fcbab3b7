/*
 * Short words for looking into JSON trees.  All results are borrowed from
 * the tree; every function takes NULL for "nothing there".
 */
#ifndef TESTS_JX_H
#define TESTS_JX_H

#include <jansson.h>
#include <stdbool.h>

/* The string under a key, or NULL if there is none. */
const char *jx_str(const json_t *object, const char *key);

/* The string under a key, "" if there is none. */
const char *jx_word(const json_t *object, const char *key);

/* Whether a key holds just this string. */
bool	jx_is(const json_t *object, const char *key, const char *want);
/* Whether two keys hold the same string; one that is missing is empty. */
bool	jx_same(const json_t *a, const char *a_key, const json_t *b,
	    const char *b_key);

/* Whether a key is there and not null. */
bool	jx_has(const json_t *object, const char *key);

/* The element of an array, NULL past its end or if it is no array. */
json_t	*jx_at(const json_t *array, size_t i);

/* Compact text of any JSON value; free it. */
char	*jx_text(const json_t *value);

/* Whether a string is a word of a list that ends with NULL. */
bool	jx_among(const char *word, const char *const *list);

/* Whether s consists of 1 to max bytes of [A-Za-z0-9_-]. */
bool	jx_is_name(const char *s, size_t max);

/* Whether s is base64 with right padding, and not empty. */
bool	jx_is_base64(const char *s);

/* Whether a string is empty or only white space. */
bool	jx_is_blank(const char *s);

#endif
