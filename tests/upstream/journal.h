/*
 * The log: one JSON object per line, flushed line by line, so that a shell
 * test can wait for a line with grep.  Every line gets "ms", the
 * milliseconds since the start.
 *
 *	{"event":"accept","conn":2,"tls":true,"resumed":false}
 *	{"event":"request","n":3,"conn":2,"method":"POST","path":...,
 *	 "query":...,"headers":{...},"body":{...},"bytes":512}
 *	{"event":"accepted","n":3,"seals":2,"rule":null}
 *	{"event":"refused","n":3,"status":400,"why":...}
 *	{"event":"replied","n":3,"after_ms":12}
 *	{"event":"closed","conn":2,"n":3,"by":"peer"|"self",
 *	 "after_ms":800,"mid_reply":true}
 *
 * after_ms counts from the last complete request of the connection (from
 * its start if there was none).  A body that is no JSON is a string.
 */
#ifndef TESTS_JOURNAL_H
#define TESTS_JOURNAL_H

#include <jansson.h>

struct journal;

/* NULL as a path makes a journal that writes nothing. */
struct journal *journal_open(const char *path);
void	journal_close(struct journal *j);

/* Writes one line; takes the reference to the object. */
void	journal_put(struct journal *j, json_t *line);

#endif
