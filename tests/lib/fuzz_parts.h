/*
 * What the odd answers of both OpenAI APIs are made of.
 */
#ifndef TESTS_FUZZ_PARTS_H
#define TESTS_FUZZ_PARTS_H

#include "stream.h"

/* The most items or parts of an answer, the longest delta. */
enum { FUZZ_ITEMS = 5, FUZZ_PIECE = 24 };

/* Arguments, broken ones among them; ended by NULL, as the next. */
extern const char *const fuzz_inputs[];
/* Names that the requests have tools for, and others. */
extern const char *const fuzz_names[];

/* How many items: mostly few, for the time that it takes. */
size_t	fuzz_count(struct dice *d);
json_t	*fuzz_text(struct dice *d);
/* An id, which may have been given to another one. */
json_t	*fuzz_id(struct dice *d, const char *prefix);
json_t	*fuzz_annotation(struct dice *d);

/* So many in a hundred of these keys are missing. */
void	fuzz_forget(struct dice *d, json_t *object, const char *key,
	    unsigned percent);

/* An event, which it takes: mostly once, now and then not at all or twice. */
void	fuzz_say(struct stream *s, struct dice *d, json_t *event);
/* Takes the events of n streams by turns; each keeps its order. */
void	fuzz_interleave(struct stream *to, struct dice *d,
	    struct stream *from, size_t n);
/* Now and then an error or an early "[DONE]". */
void	fuzz_end(struct stream *s, struct dice *d);

#endif
