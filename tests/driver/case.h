/*
 * One case: a directory with what goes in and what must come out.
 *
 *	case.json	optional facts, see struct case_facts
 *	request.json	the client's body (request.raw: any bytes)
 *	upstream.json	the body that must be sent upstream
 *	reply.json	what the upstream answers: a whole body,
 *	reply.sse	a stream,
 *	reply.raw	or any bytes
 *	again.json	after a refusal: the body that must be sent then
 *	client.json	what the client must get: a whole body,
 *	client.sse	or a stream
 *
 * A conversation has its turns in the subdirectories 1, 2, ..., which share
 * the gateway's memories.
 */
#ifndef TESTS_CASE_H
#define TESTS_CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/model.h"

/* A file's bytes; p is NULL when there is no such file. */
struct text {
	char *p;
	size_t n;
};

struct turn_case {
	char *dir;
	json_t *facts;		/* case.json, or an empty object */
	struct text request, upstream, reply, again, client;
	bool reply_stream, client_stream;
};

#define TURNS_MAX 8

struct test_case {
	char *dir, *name;	/* name: "<from>-<to>/<name>" */
	enum api from, to;
	struct turn_case turns[TURNS_MAX];
	size_t count;
};

/* Read a directory; NULL and a line on stderr when it is no case. */
struct test_case *case_read(const char *dir);
void case_free(struct test_case *c);

#endif
