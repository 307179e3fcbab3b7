/*
 * Reasoning that a server leaves in the content, between <think> and
 * </think>, at its very beginning (c2o-chat 3.3).  Text goes in as it
 * streams; it comes out as reasoning or as text.
 */
#ifndef CO2_CHAT_THINK_READ_H
#define CO2_CHAT_THINK_READ_H

#include "base/buf.h"

struct think {
	enum { THINK_START, THINK_INSIDE, THINK_OVER } state;
	struct buf held;	/* what may be part of a tag */
};

typedef void think_fn(void *arg, bool thinking, struct span text);

void think_init(struct think *t);
void think_free(struct think *t);
/* Never look for a tag (again). */
void think_off(struct think *t);
void think_feed(struct think *t, struct span text, think_fn *fn, void *arg);
/* The content is over: what was held back was no tag. */
void think_end(struct think *t, think_fn *fn, void *arg);

#endif
