/*
 * The fake upstream: one process that answers as Claude and as OpenAI.
 *
 *	serve.c		sockets, one thread per connection
 *	routes.c	who asks for what; credentials, strict checks, errors
 *	script.c	rules from a file that replace the default replies
 *	talk_*.c	the default replies, one file per API
 *	play.c		a reply onto the wire: events, delays, cuts
 *	journal.c	the log that tests read
 *	converse*.c	the client side: holds a tool loop through a gateway
 *
 * A reply is always a "rule", the JSON form that script.h describes: the
 * default replies make one, a script contains them.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <jansson.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "../lib/issued.h"

struct journal;
struct script;

struct fake {
	/* from the command line */
	int		 port;
	bool		 compat;	/* OpenAI APIs: a compatible server */
	bool		 lax;		/* no strict checks */
	bool		 verify;	/* seals must be our own */
	bool		 demand;	/* reasoning must come back */
	bool		 open;		/* credentials are not looked at */
	const char	*key;		/* the only valid key, or NULL: any */
	const char	*bodies;	/* directory for raw request bodies */
	SSL_CTX		*tls;		/* NULL: plain TCP */

	struct journal	*journal;
	struct script	*script;
	struct issued	 issued;
	int		 stop_fd;	/* readable once all shall end */
	atomic_uint	 requests;
	atomic_uint	 replies;	/* source of ids */
};

#endif
