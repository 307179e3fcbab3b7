/*
 * Requests as a client would send them, in each API's words.
 */
#ifndef CO2_BENCH_BODY_H
#define CO2_BENCH_BODY_H

#include "bench/script.h"

struct body_wish {
	enum api api;
	char model[64];		/* see upstream.c */
	bool stream;
	size_t image;		/* bytes of one base64 image; 0: none */
	size_t history;		/* bytes of many messages; 0: none */
	const char *session;	/* file of a recorded request, or NULL */
};

/* A whole HTTP request with that body. */
void request_write(struct text *out, const struct body_wish *wish);

#endif
