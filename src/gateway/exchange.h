/*
 * The map.  co2 stands between a client that speaks one API and an upstream
 * that speaks another:
 *
 *	client ── server ── gate ── read_request ─▶ request ── write_request ─▶ upstream
 *	  ▲                                                                       │
 *	  └── exchange_read ◀── write_event ◀── flow ◀── read_event ◀── sse ◀─────┘
 *	                        write_reply ◀── (fold)   read_reply ◀── whole body
 *
 *	command/	the command line; one file a command
 *	serve.c		the process: start, signals, stop (work.c)
 *	process.c	signals, descriptors; footprint.c: its memory
 *	house.c		what all requests share; the configuration that holds
 *	server.c	HTTP: who may come in, the body, the answer
 *	access.c	Host, Origin, keys
 *	unread.c	what the HTTP library cannot read
 *	guests.c	connections that are slow to say what they want
 *	route.c		which path is answered by which function
 *	exchange.c	one request's life: asks the upstream, hands out
 *	patience.c	how long it waits, and for whom
 *	answer.c	status and headers of the answer
 *	report.c	what is said of it when it is over
 *	live.c		all that runs and ran, and totals
 *	page.c, metrics.c	how the outside sees that
 *	local.c		what is answered without a conversation
 *	models.c	lists of models, the upstream's and ours
 *	upstream.c	HTTP towards the provider, warm connections
 *	trust.c		whose certificates it may show
 *	headers.c	rate limits and times to wait, in the client's words
 *	bridge.c	the middle of the picture, without any socket
 *	gate.c		top-level fields: known, unknown, mistyped, skipped
 *	dialect/	one API each: messages_*, chat_*, responses_*
 *	model/		the conversation in no API's words; flow*.c guard order
 *	conf.c, log.c	what the user said, and what we say
 *
 * An exchange is one request with all that belongs to it: body, pool, bridge,
 * call upstream.  It lives on the thread of its connection, from the first
 * byte of the request's body to the last of the answer, and is freed in one
 * place, when the server says that the request is completed.
 *
 * There is no queue: the server asks for bytes, exchange_read() hands out
 * what is ready, else it waits, in one poll(2), for the upstream, for the
 * client to leave, and for the end of co2.  A client that reads slowly slows
 * the upstream down by TCP alone; one that leaves cancels the call.
 */
#ifndef CO2_EXCHANGE_H
#define CO2_EXCHANGE_H

#include <sys/types.h>

#include "gateway/headers.h"
#include "gateway/house.h"
#include "gateway/live.h"

struct route;

/* What an exchange watches beside its call. */
enum { WATCH_CLIENT, WATCH_STOP, WATCHES };

struct exchange {
	struct house *house;
	struct setup *setup;		/* the one it began with */
	const struct conf *conf;	/* the setup's */
	struct pool *pool;
	bool at_work;			/* counted by work_enter() */

	/* The request. */
	const char *method;
	struct span path;		/* without the query */
	struct span part;		/* of the path, see route.h */
	struct span query_stream;	/* ?stream= */
	bool websocket;			/* asks to switch to one */
	struct span accept;		/* GET / is told by it */
	bool foreign;			/* its Host or Origin is not ours */
	const struct route *route;	/* NULL: none fits */
	const struct dialect *client;	/* whose errors it gets */
	struct bridge_hints hints;
	struct span id;			/* x-co2-request-id */
	struct span native_id;		/* request-id, or x-request-id */
	struct live_row row;		/* how it is seen from outside */
	struct buf upload;		/* the body */
	size_t discarded;		/* of a body that nobody wants */

	/* The answer, once exchange_run() is back. */
	int status;			/* 0: none, the client has left */
	struct headers headers;
	bool streamed;			/* exchange_read() gives the body ... */
	/*
	 * A stream that is no reply: waits and appends what comes next to
	 * `text`; false at its end. NULL for replies.
	 */
	bool (*more)(struct exchange *ex);
	unsigned long long seen;	/* live_changes() of the last event */
	struct span body;		/* ... or here it is */
	struct buf warnings;		/* x-co2-warnings, once begun */
	struct buf text;		/* a body of our own, or a refusal */
	struct fault why;		/* of a refusal of our own */

	/* Private to exchange.c. */
	struct commons commons;		/* the house's, asking through us */
	struct bridge bridge;
	bool opened;			/* the bridge is */
	bool at_desk;			/* of house_take_desk() */
	struct call *call;
	struct watch watches[WATCHES];
	int client_fd;
	bool piped;			/* the client sends its next request */
	bool gone;			/* it has left */
	bool cut;			/* co2 ends */
	bool begun;			/* bridge_begin() was called */
	bool ended;			/* nothing more will come in */
	bool complete;			/* all of the answer was handed out */
	bool lingering;
	size_t extra;			/* bytes behind the reply's end */
	size_t received;		/* by the call, when last looked at */
	int tries;
	/* Moments, by clock_ms(). */
	long long born, ran, asked, lively, told, settling, answered;
	size_t bytes;			/* handed to the server */
};

/* For a request on the connection with that socket. */
struct exchange *exchange_new(struct house *house, int client_fd);
/*
 * Write its line into the log and free it all. `sent` says whether the
 * server got rid of the whole answer. NULL is accepted.
 */
void exchange_free(struct exchange *ex, bool sent);

/* Do what the route says, until there is an answer to begin with. */
void exchange_run(struct exchange *ex);
/*
 * The next bytes of a streamed answer, whole events as far as they fit;
 * waits for them. -1 at the end.
 */
ssize_t exchange_read(struct exchange *ex, char *p, size_t max);

/* --- for the functions that answer ---------------------------------- */

/* Translate it, ask the upstream, translate the answer. */
void exchange_translate(struct exchange *ex);
/*
 * GET a path of the upstream's. 0 and its body, or -1, also when the client
 * leaves, the limit passes or the status is not 200.
 */
int exchange_fetch(struct exchange *ex, const char *path, long limit_ms,
    struct buf *body);

#endif
