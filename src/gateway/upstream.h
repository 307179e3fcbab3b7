/*
 * The upstream: HTTP towards one provider.
 *
 * A call is one request and its answer, driven by the thread that made it:
 * nothing moves unless call_turn() is called.  Behind it is a {multi, easy}
 * pair of libcurl, whose connection stays open when the pair goes back to a
 * small stack of idle ones, for the next call of any thread.  (libcurl
 * forbids sharing its connection cache between threads; a pair is only ever
 * in one thread's hands.)  DNS answers and TLS sessions are shared by all.
 *
 *	struct call *call = call_open(upstream, &ask);
 *	do {
 *		call_turn(call, watches, 2, ms);
 *		...
 *	} while (!call_over(call));
 *	call_close(call);
 */
#ifndef CO2_UPSTREAM_H
#define CO2_UPSTREAM_H

#include "base/buf.h"
#include "gateway/conf.h"
#include "gateway/headers.h"

struct upstream;
struct call;

/*
 * For the provider that the mode uses; conf stays the caller's and must
 * live longer. The first one must be opened before there are threads.
 */
struct upstream *upstream_open(const struct conf *conf);
void upstream_close(struct upstream *up);

/* A piece of the answer's body. Return false to have no more of it. */
typedef bool call_sink(void *arg, struct span bytes);

/* What to ask for. Everything is borrowed until call_close(). */
struct ask {
	const char *path;	/* behind the base URL, with its query */
	struct span body;	/* POST it; absent: GET */
	bool stream;		/* an event stream is expected */
	struct span beta;	/* for anthropic-beta; absent: nothing */
	call_sink *sink;
	void *arg;
};

/* Begin. It cannot fail: trouble shows in call_turn(). */
struct call *call_open(struct upstream *up, const struct ask *ask);
/*
 * End it: cancelled if it still runs, else its connection is kept for the
 * next call. NULL is accepted.
 */
void call_close(struct call *call);

/* A descriptor beside the upstream's own that ends a wait. */
struct watch {
	int fd;		/* -1: none */
	bool ready;	/* it is readable, or has failed */
};

/*
 * Wait up to ms for the upstream or one of the watches, then take what has
 * come from the upstream.
 */
void call_turn(struct call *call, struct watch *watches, size_t count,
    long ms);

/* The status, once the header is complete; 0 before. */
int call_status(const struct call *call);
const struct headers *call_headers(const struct call *call);
/* Bytes of the answer so far, header included: sign of life. */
size_t call_received(const struct call *call);
/* The whole of ask.body is on its way, nobody will read it again. */
bool call_sent(const struct call *call);
/* It had to make a connection, or has none yet; else it found one open. */
bool call_connected(const struct call *call);
/* The transfer has come to an end, good or bad. */
bool call_over(const struct call *call);
/*
 * How it ended: 0 for a complete answer, else -1 and *why. Only valid when
 * call_over().
 */
int call_result(const struct call *call, struct fault *why);
/*
 * Why there was no complete answer, in a word for people: "DNS", "TLS",
 * "connection", "proxy", "time" or "answer".
 */
const char *call_trouble(const struct call *call);
/*
 * Nothing of an answer has arrived, and the trouble is of a kind that may be
 * gone the next moment.
 */
bool call_may_repeat(const struct call *call);

#endif
