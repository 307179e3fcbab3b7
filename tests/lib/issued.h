/*
 * What the fake upstream has handed out and wants back unchanged: seals
 * (a Claude signature, an OpenAI encrypted_content) with the thinking text
 * and the item id that belong to them, and for each tool call the reasoning
 * that came before it.  Safe to use from several threads.
 */
#ifndef TESTS_ISSUED_H
#define TESTS_ISSUED_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct issued {
	pthread_mutex_t	 lock;
	json_t		*seals;	/* seal -> {"text", "id"}, null = not known */
	json_t		*calls;	/* call id -> seal, or reasoning text */
};

void	issued_init(struct issued *t);
void	issued_free(struct issued *t);

/* text and id may be NULL: then they are not compared later. */
void	issued_seal(struct issued *t, const char *seal, const char *text,
	    const char *id);

/* Whether this seal was issued, with this text and this id. */
bool	issued_is(struct issued *t, const char *seal, const char *text,
	    const char *id);

/* A call that was made after this reasoning (its seal or its text). */
void	issued_call(struct issued *t, const char *call, const char *reason);

/* The reasoning that a call needs beside it, or NULL; free it. */
char	*issued_reason(struct issued *t, const char *call);

/* Notes every seal found in an event or a reply that a script plays. */
void	issued_scan(struct issued *t, const json_t *value);

#endif
