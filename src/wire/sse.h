/*
 * Server-sent events (WHATWG HTML, section 9.2), both ways.
 *
 * Reading is push: bytes go in as they come, cut anywhere, and every event
 * that is complete is handed to a callback.  LF, CRLF and CR end a line, a
 * byte order mark is skipped, comments, "id" and "retry" are ignored, several
 * "data" lines are joined by LF, and the "event:" name is absent when the
 * server sent none.
 */
#ifndef CO2_SSE_H
#define CO2_SSE_H

#include "base/buf.h"

/* Both spans are borrowed for the call. Return false to stop reading. */
typedef bool sse_fn(void *arg, struct span name, struct span data);

struct sse {
	struct buf line;	/* the line that is not complete yet */
	struct buf data;
	struct buf name;
	size_t max;		/* the most bytes of one event */
	bool has_data, has_name;
	bool cr;		/* the last byte was CR: swallow one LF */
	bool begun;		/* past a possible byte order mark */
	bool stopped;		/* the callback said so */
	bool failed;		/* an event outgrew max */
};

void sse_init(struct sse *s, size_t max);
void sse_free(struct sse *s);
/* Feed bytes; -1 when one event outgrows max, or it happened before. */
int sse_feed(struct sse *s, struct span bytes, sse_fn *fn, void *arg);
/* The body has ended: an event whose blank line is missing counts. */
int sse_end(struct sse *s, sse_fn *fn, void *arg);

/* Writing: open an event (name NULL: none), put one line of JSON, close. */
void sse_put_head(struct buf *out, const char *name);
void sse_put_tail(struct buf *out);
/* A comment line, for keeping a connection alive. */
void sse_put_comment(struct buf *out, const char *text);

#endif
