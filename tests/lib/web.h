/*
 * HTTP/1.1 messages on a plug, as much as tests need: a request line or a
 * status line, headers (names in lower case), a body by content-length, in
 * chunks, or up to the end of the connection.
 */
#ifndef TESTS_WEB_H
#define TESTS_WEB_H

#include <jansson.h>

#include "plug.h"

struct web {
	char	*start;		/* the whole first line */
	char	*method;	/* of a request */
	char	*path;		/* of a request, without the query */
	char	*query;		/* what follows "?", or NULL */
	int	 status;	/* of a response */
	json_t	*headers;	/* name -> value */
	struct bytes body;
	bool	 cut;		/* the body did not reach its end */
};

/*
 * Read one message.  1 on success, 0 if the peer closed before its first
 * byte, -1 on anything else.  A response whose body is cut short succeeds
 * and says so in cut.  Free the message in every case.
 */
int	web_read_request(struct web *w, struct plug *p);
int	web_read_response(struct web *w, struct plug *p, int timeout_ms);

void	web_free(struct web *w);

/* A header's value or NULL; the name in lower case. */
const char *web_header(const struct web *w, const char *name);

#endif
