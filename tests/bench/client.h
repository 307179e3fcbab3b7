/*
 * Many clients on one thread: each sends the same request on a connection of
 * its own, reads the answer, and checks it to the last byte.  An answer that
 * is wrong in any way ends the program: there is no number for it.
 */
#ifndef CO2_BENCH_CLIENT_H
#define CO2_BENCH_CLIENT_H

#include "bench/measure.h"
#include "bench/script.h"

struct load {
	int port;
	enum api api;
	struct text request;
	long events;		/* of each stream; 0: whole replies */
	size_t connections;
	long long ramp;		/* ns over which they begin */
	long long until;	/* ask again on each until then; 0: once */
	struct processes gateway;
	bool memory;		/* look at theirs while all streams run */
};

struct result {
	long answers, events;
	struct times total;	/* of whole answers */
	struct times delay;	/* of events, by their stamps */
	struct times first;	/* from the connection to the first event */
	struct times inside;	/* from the last byte sent to the upstream's
				   first; whole replies only */
	long long took;		/* ns */
	double cpu;		/* us, of the gateway */
	long rss, pss;		/* kB */
};

void load_run(const struct load *load, struct result *result);
/* A socket that is connected, or an attempt in progress. */
int client_connect(int port, bool wait);

#endif
