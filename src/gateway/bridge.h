/*
 * The bridge: one request and its reply through the pure middle, without HTTP
 * and curl.
 *
 *	client's body  ── bridge_open ──▶ upstream's body
 *	client's bytes ◀── bridge_feed ── upstream's bytes
 *
 * The exchange drives it with real sockets; the case driver, the fuzzers and
 * "co2 translate" drive it with files.  What leaves in `out` is well-formed
 * whatever goes in.
 */
#ifndef CO2_BRIDGE_H
#define CO2_BRIDGE_H

#include "dialect/dialect.h"
#include "gateway/conf.h"
#include "wire/sse.h"

/* What all bridges of a process share; each part has its own lock. */
struct commons {
	struct memory *answers;		/* o2c-responses 1.4 */
	struct memory *thoughts;	/* o2c-chat section 3 */
	struct lessons *lessons;	/* what refusals taught */
	/*
	 * Lay over *facts what the upstream's list of models says of a model;
	 * NULL when nobody can ask. Called only for models that the tables do
	 * not know.
	 */
	void (*ask)(void *arg, struct span model, struct model_facts *facts);
	void *ask_arg;
};

void commons_init(struct commons *c);
void commons_free(struct commons *c);

struct bridge {
	const struct conf *conf;
	struct commons *commons;
	struct pool *pool;
	const struct dialect *client, *upstream;
	struct request *req;
	struct target to;
	struct buf body;	/* what to send upstream */
	struct buf out;		/* what to send to the client */
	struct span skipped;	/* fields that the configuration stripped */
	struct fault why;	/* set when bridge_open() or a reply failed */

	bool estimated;		/* the token count in out is our own */

	/* Private to bridge.c. */
	size_t size;		/* of the client's body */
	long long (*clock)(void);
	struct learned learned;	/* what to.learned points to */
	struct flow *flow;	/* from bridge_begin() on */
	struct sse sse;
	struct buf whole;	/* a reply that is one text, also before we know */
	struct reader reader;
	struct writer writer;
	struct reply reply;
	enum { SHAPE_UNKNOWN, SHAPE_EVENTS, SHAPE_WHOLE } shape;
	bool says_events;	/* its content type says event stream */
	bool started;		/* the client has seen a part of the stream */
	int repairs;
	const struct loss *logged;	/* the last loss that is in the log */
};

/* What the gateway knows of a request beside its body. */
struct bridge_hints {
	struct span request_id;
	struct span client;	/* digest of the client's key */
	bool codex;
	struct span session, agent;	/* x-claude-code-*-id */
	long long now;		/* seconds since 1970 */
	long long (*clock)(void);	/* the same, later on */
	enum task task;		/* TASK_COUNT for .../count_tokens etc. */
};

/*
 * Take the client's body (borrowed for the call) to the upstream's.
 * -1 with b->why when it is refused; the caller answers with
 * bridge_put_error(). 1 when b->out holds the answer already and no upstream
 * is needed. 0: send b->body.
 */
int bridge_open(struct bridge *b, const struct conf *conf,
    struct commons *commons, enum api client, struct span body,
    const struct bridge_hints *hints);
/*
 * The same in two steps: the client's body is not needed beyond the first, so
 * that a large one is never there in three forms.
 */
int bridge_read(struct bridge *b, const struct conf *conf,
    struct commons *commons, enum api client, struct span body,
    const struct bridge_hints *hints);
int bridge_write(struct bridge *b);
void bridge_close(struct bridge *b);

/* The upstream answered with a status below 300. */
void bridge_begin(struct bridge *b, struct span content_type);
/*
 * Bytes of its body. The client's events (or nothing, for a whole reply) are
 * appended to b->out. -1 when a limit was passed; a fault is in the flow then.
 */
int bridge_feed(struct bridge *b, struct span bytes);
/*
 * The body has ended, or never will: `why` is NULL for a proper end of the
 * transfer, else what cut it. The reply is brought to its end.
 */
void bridge_end(struct bridge *b, const struct fault *why);
/* Silence: keep the client's stream alive. */
void bridge_ping(struct bridge *b);

/* Is there something for the client to start a 200 with? */
bool bridge_begun(const struct bridge *b);
/* Nothing more will come out; the upstream may be let go. */
bool bridge_done(const struct bridge *b);
/* A fault ended the reply before anything was written: answer with it. */
bool bridge_failed(const struct bridge *b);

/*
 * The upstream refused (status >= 300): b->why is read from its body. True
 * when the request was changed and is to be sent again (b->body is new).
 */
bool bridge_refused(struct bridge *b, int status, struct span body,
    struct span request_id, long retry_after);

/*
 * A stop reason was seen and only usage is missing: wait for it, but not
 * for long (c2o-chat section 3.1).
 */
bool bridge_settling(const struct bridge *b);

/*
 * TASK_COUNT: the upstream's answer to the question for the count; -1 when
 * it is none. Then, or when it cannot be asked, our own estimate; -1 where
 * the client's API has none (b->why says so).
 */
int bridge_count(struct bridge *b, struct span body);
int bridge_estimate(struct bridge *b);

/* The client's error body for b->why, in place of anything in b->out. */
void bridge_put_error(struct bridge *b);
/* The value of x-co2-warnings so far; empty when nothing was lost. */
void bridge_put_warnings(const struct bridge *b, struct buf *out);
/* Log what was lost since the last time, by its rank (design section 2). */
void bridge_log_losses(struct bridge *b);

#endif
