/*
 * A dialect is one API: how its requests, replies, streams and errors are
 * read into the model and written from it.  Each is one const table of
 * functions; a pair of them makes a translation:
 *
 *	client's dialect			upstream's dialect
 *	read_request ──▶ struct request ──▶ write_request
 *	write_event  ◀── flow (struct event) ◀── read_event
 *	write_reply  ◀── flow, folded       ◀── read_reply
 *	write_error  ◀── struct fault       ◀── read_error
 *
 * A dialect sees JSON and the model; never HTTP, curl, the configuration or
 * another dialect.  What the two OpenAI dialects share stands in openai.h.
 *
 *	messages_request_read.c		Claude's, as client (c2o)
 *	messages_reply_write.c
 *	messages_request_write.c	Claude's, as upstream (o2c)
 *	messages_reply_read.c
 *	chat_*, responses_*		likewise, the other way round
 */
#ifndef CO2_DIALECT_H
#define CO2_DIALECT_H

#include "base/buf.h"
#include "model/flow.h"
#include "model/model.h"

/* Reading an upstream's reply; one per reply. */
struct reader {
	struct request *req;
	const struct target *to;
	struct flow *flow;
	struct pool *pool;	/* lives as long as the reply */
	void *state;		/* the dialect's own, from the pool */
	size_t scanned;		/* events that were read without a tree */
};

/* Writing a client's reply; one per reply. */
struct writer {
	struct request *req;	/* what is lost in a reply is noted there */
	const struct target *to;
	struct pool *pool;
	struct buf *out;	/* what the client gets next */
	void *state;		/* the dialect's own, from the pool */
};

/* A known top-level field of a request body. */
struct field {
	const char *name;
	/*
	 * Known only so that it is not taken for a typo or an unknown field:
	 * dropped with the warning field_dropped.
	 */
	bool dropped;
};

/* A model as a list of them shows it. */
struct model_entry {
	struct span id;
	struct span shown;	/* display name, or the upstream's id */
	long long created;	/* seconds since 1970 */
	struct span retires;	/* RFC 3339, absent if not known */
	struct model_facts facts;
};

struct dialect {
	enum api api;
	const char *name;	/* "messages", "chat", "responses" */
	const char *skip_list;	/* its key in routing.skipInboundFields */

	/* As the client's API. */
	const struct field *fields;	/* ends with a NULL name */
	/*
	 * Read the body (req->body, past the gate) into the rest of req.
	 * -1 and *why when it is refused.
	 */
	int (*read_request)(struct request *req, struct fault *why);
	/* Make w->state. */
	void (*open_writer)(struct writer *w);
	/* One event of the flow as the client's stream; a flow_sink's body. */
	void (*write_event)(struct writer *w, const struct event *ev);
	/* What keeps a silent stream alive. */
	void (*write_ping)(struct writer *w);
	/* A whole answer as one JSON body. */
	void (*write_reply)(struct writer *w, const struct reply *r);
	void (*write_count)(struct buf *out, long tokens);
	void (*write_models)(struct buf *out, const struct model_entry *list,
	    size_t count);
	void (*write_model)(struct buf *out, const struct model_entry *one);
	/* An error body, and the HTTP status that goes with it. */
	void (*write_error)(struct buf *out, const struct fault *why,
	    struct span request_id);
	int (*error_status)(const struct fault *why);
	/* 1, 0 or -1: what x-should-retry says, if anything. */
	int (*should_retry)(const struct fault *why);

	/* As the upstream's API. Paths follow the provider's base URL. */
	const char *path, *count_path, *models_path;
	/*
	 * The request for the upstream; req gets its losses and its names,
	 * to->beta is set. -1 and *why when it cannot be expressed.
	 */
	int (*write_request)(struct buf *out, struct request *req,
	    struct target *to, struct fault *why);
	/* Does the upstream stream its answer to this request? */
	bool (*streams)(const struct request *req);
	void (*open_reader)(struct reader *r);
	/*
	 * One server-sent event. Trouble in it goes into the flow as a fault.
	 */
	void (
	    *read_event)(struct reader *r, struct span name, struct span data);
	/* The stream's body has ended; usually flow_end(). */
	void (*read_end)(struct reader *r);
	/*
	 * A whole reply, through the same flow up to its end. -1 and *why
	 * when the body is no reply, or an error in disguise.
	 */
	int (
	    *read_reply)(struct reader *r, struct span body, struct fault *why);
	/* An error answer: status >= 300 and its body. */
	void (*read_error)(struct pool *pool, struct span body, int status,
	    struct fault *why);
	long (*read_count)(struct pool *pool, struct span body);	/* or -1 */
	/* A list of models; NULL when it is none. */
	struct model_entry *(
	    *read_models)(struct pool *pool, struct span body, size_t *count);
	/*
	 * May the request be tried again, changed? Looks at a 400, 404 or
	 * 422; notes what was learned in to->learned and req, so that the
	 * next write_request differs. *what is one word for the log.
	 */
	bool (*repair)(struct request *req, struct target *to,
	    const struct fault *why, const char **what);
};

/* The table of one API. */
const struct dialect *dialect_of(enum api api);

extern const struct dialect messages_dialect;
extern const struct dialect chat_dialect;
extern const struct dialect responses_dialect;

#endif
