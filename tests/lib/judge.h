/* What the grammar checkers share. */
#ifndef TESTS_JUDGE_H
#define TESTS_JUDGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct judge {
	char	*why;
	size_t	 nwhy;
	long	 event;		/* the one being looked at, -1: none */
};

/* Writes the reason and returns -1. */
int	wrong(struct judge *j, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Every key of a list (it ends with NULL) is there; null counts. */
int	needs_keys(struct judge *j, const json_t *object, const char *what,
	    const char *const *keys);

/* Every one of these keys holds an integer that is not negative. */
int	needs_counts(struct judge *j, const json_t *object, const char *what,
	    const char *const *keys);

/* Appends a string to the one under a key; NUL is a character like others. */
void	append_text(json_t *object, const char *key, const json_t *more);

/* OpenAI's error object with its four keys. */
int	judge_openai_error(struct judge *j, const json_t *error);

/* Parses a whole body; NULL with the reason if it is no JSON object. */
json_t	*judge_body(struct judge *j, const char *bytes, size_t n);

#endif
