#include "gateway/unread.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/answer.h"

static const struct {
	int status;
	enum fault_kind kind;
	const char *message;
} refusals[] = {
	{ 400, FAULT_REQUEST, "The request is not valid HTTP: its header or "
	    "the coding of its body is malformed" },
	{ 413, FAULT_TOO_LARGE, "The body is larger than any that is taken "
	    "(server.maxBodyBytes)" },
	{ 414, FAULT_HEADER, "The request's header is larger than any that "
	    "is read (server.maxHeaderBytes)" },
	{ 431, FAULT_HEADER, "The request's header is larger than any that "
	    "is read (server.maxHeaderBytes)" },
};

enum { REFUSALS = sizeof(refusals) / sizeof(refusals[0]) };

int
unread_status(const char *line)
{
	struct span said = span_of(line);
	struct span start = SPAN("Error processing request (HTTP response "
				 "code is ");
	int status;

	if (!span_starts(said, start.p))
		return 0;
	status = atoi(line + start.n);
	for (size_t i = 0; i < REFUSALS; i++)
		if (refusals[i].status == status)
			return status;
	return 0;
}

/* All of the answer, as it goes over the wire. */
static void
put_answer(struct buf *out, const struct exchange *ex)
{
	const char *name;
	struct span value;

	buf_printf(out, "HTTP/1.1 %d %s\r\n", ex->status,
	    MHD_get_reason_phrase_for((unsigned)ex->status));
	for (size_t at = 0; headers_next(&ex->headers, &at, &name, &value);)
		buf_printf(out, "%s: %s\r\n", name, value.p);
	buf_printf(out, "connection: close\r\ncontent-length: %zu\r\n\r\n",
	    ex->body.n);
	if (strcmp(ex->method, "HEAD") != 0)
		buf_put(out, ex->body);
}

void
unread_refuse(struct exchange *ex, int status)
{
	struct buf out;

	/* Its header may have been refused already. */
	for (size_t i = 0; i < REFUSALS && ex->status == 0; i++)
		if (refusals[i].status == status)
			answer_refuse(ex, refusals[i].kind, "%s",
			    refusals[i].message);
	buf_init(&out, 0);
	put_answer(&out, ex);
	/* It is short; a client that left no room for it does not read. */
	send(ex->client_fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(ex->client_fd, SHUT_WR);
	ex->complete = true;
	buf_free(&out);
}
