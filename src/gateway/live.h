/*
 * What is going on: the requests that run, the last ones that ended, and
 * totals since the start, for GET /metrics, GET / and "co2 top".
 *
 *	exchange ── live_begin, live_answer, live_end ──▶ live ──▶ live_view
 *
 * One mutex guards it all.  It is taken three times a request, never for an
 * event of a stream; what happens in between is counted by atomic counters.
 * Everything is bounded: rows, models with a line of their own, minutes.
 *
 * No prompt, no reply, no key: names, numbers, times.
 */
#ifndef CO2_LIVE_H
#define CO2_LIVE_H

#include "base/pool.h"
#include "model/model.h"

enum {
	LIVE_LEFT = 499,	/* the status when the client has left */
	LIVE_RECENT = 100,	/* rows of ended requests */
	LIVE_RUNNING = 200,	/* rows of running ones that are shown */
	LIVE_MINUTES = 60,
	LIVE_CODES = 6,		/* warning codes a row remembers */
	LIVE_TIMES = 15,	/* upper bounds of a histogram */
};

/* Things that are only counted. */
enum live_count {
	LIVE_LOCAL,		/* requests answered without a translation */
	LIVE_CALLS,		/* calls to the upstream */
	LIVE_RETRIES,		/* sent again, no answer had come */
	LIVE_REPAIRS,		/* sent again, changed after a refusal */
	LIVE_CANCELS,		/* calls given up before their end */
	LIVE_PINGS,		/* to clients, for want of anything else */
	LIVE_CONNECTED,		/* connections made to the upstream */
	LIVE_REUSED,		/* calls on one that was open already */
	LIVE_COUNTS,
};

/* One request that is translated. */
struct live_row {
	/* Set by the exchange before live_begin(). */
	long long began;	/* milliseconds since 1970 */
	enum api from, to;
	bool stream;
	char id[48];		/* x-co2-request-id, perhaps cut */
	char client[48];	/* the product of its User-Agent */
	char asked[64];		/* the model that the client named */
	char model[64];		/* and the upstream's name for it */

	/* Set by live_answer() and live_end(). */
	int status;		/* 0: no answer yet; 499: the client left */
	long first_ms;		/* until the answer began, -1: it did not */
	long total_ms;		/* -1: it runs */
	long input, cached, output;	/* tokens, -1: not said */
	size_t bytes;
	unsigned lost;		/* losses, and the codes of the first ones */
	const char *codes[LIVE_CODES];

	/* Private to live.c. */
	struct live_row *prev, *next;
	bool linked;
};

/* What is known at the end of one. */
struct live_end {
	int status;
	long first_ms, total_ms;
	size_t bytes;
	const struct usage *usage;
	const struct loss *losses;
	/* The upstream has answered for its model: the name is a real one. */
	bool answered;
};

struct live;

struct live *live_new(void);
void live_free(struct live *l);

/* The row is the caller's, who leaves it alone until live_end(). */
void live_begin(struct live *l, struct live_row *row);
void live_answer(struct live *l, struct live_row *row, int status, long ms);
/* Does nothing for a row that never began. */
void live_end(struct live *l, struct live_row *row, const struct live_end *end);
void live_count(struct live *l, enum live_count what);
/* The product of a User-Agent header ("claude-cli/2.0.1") as printable text. */
void live_client(char *field, size_t n, struct span user_agent);
/* How many look on, by GET /: false when there are enough of them. */
bool live_watch(struct live *l);
void live_unwatch(struct live *l);

/* --- looking at it --------------------------------------------------- */

/* How long something took, spread over live_bounds. */
struct live_times {
	unsigned long long counts[LIVE_TIMES + 1];	/* the last: above */
	unsigned long long sum_ms;
};
/* Milliseconds, ascending. */
extern const int live_bounds[LIVE_TIMES];

struct live_tokens {
	unsigned long long input, cached, output;
};

/* Requests with one pair, model and status. */
struct live_series {
	enum api from, to;
	const char *model;	/* "other": one without a line of its own */
	int status;
	unsigned long long requests;
};

struct live_model {
	enum api from, to;
	const char *model;
	struct live_tokens tokens;
};

struct live_pair {
	enum api from, to;
	struct live_times total, first;
};

struct live_minute {
	long long minute;	/* since 1970; 0: empty */
	unsigned long long requests, failed;
	unsigned long long answered, first_sum_ms, first_max_ms;
	struct live_tokens tokens;
};

/* All of it at one moment. */
struct live_view {
	long long started;	/* milliseconds since 1970 */
	long long now;
	/* Running: the oldest first; recent: the newest. */
	struct live_row *running, *recent;
	size_t running_rows, recent_rows;
	unsigned running_count, running_streams;	/* of all */

	/* Failed: status 400 and above, but for clients that left. */
	unsigned long long requests, failed, bytes;
	unsigned long long counts[LIVE_COUNTS];
	struct live_tokens tokens;
	struct live_series *series;
	struct live_model *models;
	struct live_pair *pairs;
	size_t series_count, model_count, pair_count;
	/* By loss_code(): as many as there are codes. */
	unsigned long long *losses;
	/* The last hour, oldest first, empty minutes included. */
	struct live_minute minutes[LIVE_MINUTES];
};

/* Moves on with every begin, answer and end; never 0. */
unsigned long long live_changes(struct live *l);
bool live_running(struct live *l);
/* A copy that belongs to the pool. */
struct live_view *live_view(struct live *l, struct pool *pool);

#endif
