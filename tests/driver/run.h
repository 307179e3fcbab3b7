/*
 * Playing a case through the bridge, as the exchange would.
 */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include "case.h"
#include "gateway/bridge.h"

/* How the upstream's bytes arrive. */
struct cut {
	size_t piece;	/* that many at a time; 0: see `at` */
	size_t at;	/* in two pieces, cut here; 0: all at once */
	bool dies;	/* only the first piece: then the connection is lost */
};

/* What a turn gave. */
struct outcome {
	int opened;		/* bridge_open()'s answer */
	int status;		/* the client's HTTP status */
	struct buf upstream;	/* the body sent first */
	struct buf again;	/* the body sent after a refusal, if any */
	struct buf client;	/* what the client got */
	struct buf warnings;	/* x-co2-warnings */
	long retry_after;
	int should_retry;
	bool estimated;
};

/* A configuration from its JSON text; ends the program when it is refused. */
struct conf *run_config(const char *text);
void outcome_free(struct outcome *o);
/*
 * Play the first `turns` turns with fresh memories; *o is of the last one.
 * The cut is that of the last turn.
 */
void case_play(const struct test_case *c, size_t turns, struct cut cut,
    struct outcome *o);

#endif
