#include "gateway/unread.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include "gateway/answer.h"

enum { STATUS_DIGITS = 3 };

#define LARGE_HEADER \
	"The request's header is larger than any that is read " \
	"(server.maxHeaderBytes)"

struct refusal {
	int status;
	enum fault_kind kind;
	const char *message;
};

static const struct refusal refusals[] = {
	{ 400, FAULT_REQUEST, "The request is not valid HTTP: its header or "
	    "the coding of its body is malformed" },
	{ 413, FAULT_TOO_LARGE, "The body is larger than any that is taken "
	    "(server.maxBodyBytes)" },
	{ 414, FAULT_HEADER, LARGE_HEADER },
	{ 431, FAULT_HEADER, LARGE_HEADER },
};

static const struct refusal *
find(long status)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].status == status)
			return &refusals[i];
	return NULL;
}

int
unread_status(const char *line)
{
	struct span said = span_of(line);
	struct span start = SPAN("Error processing request (HTTP response "
				 "code is ");
	long status;

	if (!span_starts(said, start.p))
		return 0;
	said = span_head(span_from(said, start.n), STATUS_DIGITS);
	return span_long(said, &status) == 0 && find(status) != NULL ?
	    (int)status : 0;
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
	const struct refusal *r = find(status);
	struct buf out;

	/* Its header may have been refused already. */
	if (ex->status == 0)
		answer_refuse(ex, r->kind, "%s", r->message);
	buf_init(&out, 0);
	put_answer(&out, ex);
	/* It is short; a client that left no room for it does not read. */
	send(ex->client_fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(ex->client_fd, SHUT_WR);
	ex->complete = true;
	buf_free(&out);
}
