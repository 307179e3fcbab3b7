/*
 * What the strict validators share: a path that follows the walk through a
 * body, refusals in the words of either API, and objects checked against a
 * table of their fields.
 *
 *	size_t mark = walk_key(s, "content");
 *	mark = walk_index(s, 3);
 *	...  refuse(s, "must not be empty");
 *	walk_back(s, mark);
 *
 * Checks return 0 or the HTTP status, which is what every caller passes on.
 */
#ifndef TESTS_STRICT_WALK_H
#define TESTS_STRICT_WALK_H

#include <jansson.h>
#include <stdbool.h>

#include "strict.h"

struct strict_model;

struct walk {
	const struct strict_opts *o;
	struct refusal	*why;
	bool		 openai;	/* path style and wording */
	char		 path[256];
	size_t		 len;
	const char	*model_id;
	const struct strict_model *model;	/* Claude's table */
	const json_t	*body;
	/* counted on the way */
	unsigned	 marks;			/* cache_control */
	bool		 mark_5m;		/* one with the short life */
};

size_t	walk_key(struct walk *s, const char *key);
size_t	walk_index(struct walk *s, size_t i);
void	walk_back(struct walk *s, size_t mark);

/* "<path>: <text>" for Claude; the text with the path as param for OpenAI. */
int	refuse(struct walk *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The text as it is, whatever the API; code and param may be NULL. */
int	refuse_as(struct walk *s, int status, const char *code,
	    const char *param, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* OpenAI, with a code, about the current path (a %s for its text). */
int	refuse_value(struct walk *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

enum {	/* JSON types a field may have */
	T_STR = 1, T_INT = 2, T_NUM = 4, T_BOOL = 8, T_OBJ = 16, T_ARR = 32,
	T_NULL = 64, T_ANY = 127,
	T_MUST = 128,		/* the field is required */
};

struct field {
	const char	*name;
	unsigned	 type;
};

/* Every key known, every required one there, every type right. */
int	check_shape(struct walk *s, const json_t *object,
	    const struct field *fields);

/* The value at the current path is one of these words. */
int	check_word(struct walk *s, const char *word,
	    const char *const *words);

/* Under a key of object, if it is there: a word, or a number's range. */
int	check_word_at(struct walk *s, const json_t *object, const char *key,
	    const char *const *words);
int	check_range_at(struct walk *s, const json_t *object, const char *key,
	    double low, double high);

/* OpenAI: a string under a key of at most max bytes. */
int	check_length_at(struct walk *s, const json_t *object,
	    const char *key, size_t max);

/* Runs a check on an element or a field, with the path set. */
typedef int check_fn(struct walk *s, const json_t *value);
int	check_each(struct walk *s, const json_t *array, check_fn *check);
int	check_at(struct walk *s, const json_t *object, const char *key,
	    check_fn *check);

#endif
