/*
 * The benchmark's upstream: one thread, epoll, HTTP/1.1 with keep-alive.
 *
 *	bench-upstream PORT [TLS-PORT CERTIFICATE KEY]
 *
 * What to answer stands in the request's model name, which every gateway
 * passes on: "bench-100-10000" is a stream of 100 deltas, one every 10,000
 * microseconds (0: as fast as they are taken); "bench-0-0" is a whole reply,
 * whose stamp is the moment at which the first byte of the request came.
 *
 * GET /stats tells what only the upstream can see: requests, connections, TLS
 * handshakes, streams that were left before their end and when the last was.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/script.h"

enum {
	PIECE = 256 << 10,	/* of a request's body */
	KEPT = 4096,		/* of a body, in which the model is looked for */
};

struct conn {
	int fd;
	SSL *ssl;
	bool shaken;		/* the TLS handshake is done */
	bool waits;		/* for the socket to take more */
	struct text in, out, said;

	long long came;		/* the request's first byte; 0: none yet */
	size_t header;		/* bytes; 0 while it is not complete */
	size_t length, got;	/* of the body */
	enum api api;

	bool streams;
	long events, next;
	long long interval, due;	/* ns */
	size_t place;		/* in the heap; 0: not there */
};

static struct {
	long requests, connections, handshakes, left;
	long long left_ns;
} stats;

static int poller;

/* --- what is due next ----------------------------------------------- */

/* A heap by due time; number 0 is not used. */
static struct conn **heap;
static size_t heap_n, heap_cap;

static void
heap_set(size_t i, struct conn *c)
{
	heap[i] = c;
	c->place = i;
}

static void
heap_up(size_t i, struct conn *c)
{
	for (; i > 1 && heap[i / 2]->due > c->due; i /= 2)
		heap_set(i, heap[i / 2]);
	heap_set(i, c);
}

static void
heap_down(size_t i, struct conn *c)
{
	for (;;) {
		size_t child = 2 * i;

		if (child < heap_n && heap[child + 1]->due < heap[child]->due)
			child++;
		if (child > heap_n || heap[child]->due >= c->due)
			break;
		heap_set(i, heap[child]);
		i = child;
	}
	heap_set(i, c);
}

static void
heap_add(struct conn *c)
{
	if (++heap_n >= heap_cap) {
		heap_cap = heap_cap > 0 ? 2 * heap_cap : 64;
		heap = realloc(heap, heap_cap * sizeof(struct conn *));
		if (heap == NULL)
			die("realloc");
	}
	heap_up(heap_n, c);
}

static void
heap_remove(struct conn *c)
{
	size_t at = c->place;
	struct conn *last;

	if (at == 0)
		return;
	c->place = 0;
	last = heap[heap_n--];
	if (last == c)
		return;
	if (at > 1 && heap[at / 2]->due > last->due)
		heap_up(at, last);
	else
		heap_down(at, last);
}

/* --- bytes ---------------------------------------------------------- */

static void
leave(struct conn *c)
{
	if (c->streams) {
		stats.left++;
		stats.left_ns = now_ns();
	}
	heap_remove(c);
	SSL_free(c->ssl);
	close(c->fd);
	free(c->in.p);
	free(c->out.p);
	free(c->said.p);
	free(c);
}

static bool
would_block(struct conn *c, int rc)
{
	int error;

	if (c->ssl == NULL)
		return errno == EAGAIN || errno == EINTR;
	error = SSL_get_error(c->ssl, rc);
	ERR_clear_error();
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

/* As read(2): 0 at the end, -1 with errno EAGAIN when nothing is there. */
static ssize_t
take(struct conn *c, char *p, size_t n)
{
	ssize_t got = c->ssl != NULL ? SSL_read(c->ssl, p, (int)n) :
	    read(c->fd, p, n);

	if (got > 0)
		return got;
	if (got < 0 && would_block(c, (int)got)) {
		errno = EAGAIN;
		return -1;
	}
	return 0;
}

static void
watch(struct conn *c, bool more)
{
	struct epoll_event ev = { .events = EPOLLIN | (more ? EPOLLOUT : 0),
		.data.ptr = c };

	if (c->waits == more)
		return;
	c->waits = more;
	epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &ev);
}

/* False when the peer is gone. */
static bool
flush(struct conn *c)
{
	size_t done = 0;

	while (done < c->out.n) {
		size_t n = c->out.n - done;
		ssize_t sent = c->ssl != NULL ?
		    SSL_write(c->ssl, c->out.p + done, (int)n) :
		    send(c->fd, c->out.p + done, n, MSG_NOSIGNAL);

		if (sent <= 0 && !would_block(c, (int)sent))
			return false;
		if (sent <= 0)
			break;
		done += (size_t)sent;
	}
	text_eat(&c->out, done);
	watch(c, c->out.n > 0);
	return true;
}

/* --- answers -------------------------------------------------------- */

static void
put_head(struct conn *c, const char *type, const char *framing)
{
	text_printf(&c->out, "HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"
	    "request-id: req_bench\r\n%s\r\n\r\n", type, framing);
}

static void
put_whole(struct conn *c, const struct text *body)
{
	char framing[64];

	snprintf(framing, sizeof(framing), "content-length: %zu", body->n);
	put_head(c, "application/json", framing);
	text_add(&c->out, body->p, body->n);
}

/* One chunk of HTTP for each event, as the vendors send them. */
static void
put_chunk(struct conn *c, const struct text *piece)
{
	text_printf(&c->out, "%zx\r\n", piece->n);
	text_add(&c->out, piece->p, piece->n);
	text_printf(&c->out, "\r\n");
}

static struct text piece;

static void
begin_stream(struct conn *c)
{
	put_head(c, "text/event-stream", "transfer-encoding: chunked");
	piece.n = 0;
	script_begin(&piece, c->api);
	put_chunk(c, &piece);
	c->streams = true;
	c->next = 0;
	c->said.n = 0;
	c->due = now_ns() + c->interval;
	if (c->interval > 0)
		heap_add(c);
}

static void
put_next(struct conn *c)
{
	piece.n = 0;
	script_delta(&piece, c->api, c->next++, &c->said);
	put_chunk(c, &piece);
	if (c->next < c->events)
		return;
	piece.n = 0;
	script_end(&piece, c->api, &c->said);
	put_chunk(c, &piece);
	text_printf(&c->out, "0\r\n\r\n");
	c->streams = false;
}

/*
 * As much of an unpaced stream as the peer takes, each event in a write of its
 * own, as servers do; false when the peer is gone.
 */
static bool
pump(struct conn *c)
{
	while (c->streams && c->interval == 0 && !c->waits) {
		put_next(c);
		if (!flush(c))
			return false;
	}
	return true;
}

static void
answer_stats(struct conn *c)
{
	struct text body = { 0 };

	text_printf(&body, "requests=%ld connections=%ld handshakes=%ld "
	    "left=%ld left_ns=%lld\n", stats.requests, stats.connections,
	    stats.handshakes, stats.left, stats.left_ns);
	put_whole(c, &body);
	free(body.p);
}

/* --- requests ------------------------------------------------------- */

static void
read_model(struct conn *c)
{
	const char *at;

	text_add(&c->in, "", 0);
	at = strstr(c->in.p + c->header, "bench-");
	c->events = 0;
	c->interval = 0;
	if (at == NULL)
		return;
	at += strlen("bench-");
	c->events = strtol(at, NULL, 10);
	at = strchr(at, '-');
	if (at != NULL)
		c->interval = strtoll(at + 1, NULL, 10) * 1000;
}

static bool
answer(struct conn *c)
{
	const char *path = memchr(c->in.p, ' ', c->header);
	int api = path != NULL ? api_of(path + 1, c->header) : -1;
	struct text body = { 0 };

	read_model(c);
	c->api = (enum api)api;
	if (api < 0) {
		answer_stats(c);
	} else {
		stats.requests++;
		if (c->events > 0) {
			begin_stream(c);
		} else {
			script_reply(&body, c->api, c->came);
			put_whole(c, &body);
			free(body.p);
		}
	}
	c->in.n = c->header = c->length = c->got = 0;
	c->came = 0;
	return flush(c) && pump(c);
}

static void
read_header(struct conn *c)
{
	const char *end, *length;

	text_add(&c->in, "", 0);
	end = strstr(c->in.p, "\r\n\r\n");
	if (end == NULL)
		return;
	c->header = (size_t)(end + 4 - c->in.p);
	c->got = c->in.n - c->header;
	length = strcasestr(c->in.p, "\r\ncontent-length:");
	if (length != NULL && length < end)
		c->length = strtoul(length + 17, NULL, 10);
}

/* False when the connection is over. */
static bool
take_request(struct conn *c)
{
	static char bytes[PIECE];
	ssize_t n;

	while ((n = take(c, bytes, sizeof(bytes))) > 0) {
		if (c->came == 0)
			c->came = now_ns();
		if (c->header == 0) {
			text_add(&c->in, bytes, (size_t)n);
			read_header(c);
		} else {
			if (c->in.n < c->header + KEPT)
				text_add(&c->in, bytes, (size_t)n);
			c->got += (size_t)n;
		}
		if (c->header > 0 && c->got >= c->length && !answer(c))
			return false;
	}
	return n != 0;
}

static bool
shake(struct conn *c)
{
	int rc;

	if (c->ssl == NULL || c->shaken)
		return true;
	rc = SSL_accept(c->ssl);
	if (rc != 1)
		return would_block(c, rc);
	c->shaken = true;
	stats.handshakes++;
	return true;
}

static void
serve(struct conn *c)
{
	bool fine = shake(c);

	if (fine && (c->ssl == NULL || c->shaken))
		fine = (!c->waits || flush(c)) && pump(c) && take_request(c);
	if (!fine)
		leave(c);
}

static void
serve_due(void)
{
	long long now = now_ns();

	while (heap_n > 0 && heap[1]->due <= now) {
		struct conn *c = heap[1];

		heap_remove(c);
		put_next(c);
		c->due += c->interval;
		if (c->streams)
			heap_add(c);
		if (!flush(c))
			leave(c);
	}
}

/* --- connections ---------------------------------------------------- */

/* A listener has no connection: its events carry these instead. */
static struct door {
	int fd;
	SSL_CTX *ctx;
} plain_door, tls_door;

static void
welcome(const struct door *door)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct conn *c;
	int fd, on = 1;

	while ((fd = accept(door->fd, NULL, NULL)) >= 0) {
		unblock(fd);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			die("calloc");
		c->fd = fd;
		if (door->ctx != NULL) {
			c->ssl = SSL_new(door->ctx);
			SSL_set_fd(c->ssl, fd);
		}
		stats.connections++;
		ev.data.ptr = c;
		epoll_ctl(poller, EPOLL_CTL_ADD, fd, &ev);
	}
}

static void
open_door(struct door *door, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)strtol(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = door };
	int on = 1;

	door->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(door->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(door->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(door->fd, 4096) != 0)
		die("cannot listen");
	unblock(door->fd);
	epoll_ctl(poller, EPOLL_CTL_ADD, door->fd, &ev);
}

static void
open_tls(const char *certificate, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	/* A buffer may have grown before a write is tried again. */
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	tls_door.ctx = ctx;
}

/* Until the next event is due, in the unit of epoll_wait(2). */
static int
patience(void)
{
	long long left;

	if (heap_n == 0)
		return 1000;
	left = heap[1]->due - now_ns();
	return left <= 0 ? 0 : (int)((left + 999999) / 1000000);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[256];

	if (argc != 2 && argc != 5) {
		fprintf(stderr, "usage: bench-upstream PORT "
		    "[TLS-PORT CERTIFICATE KEY]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	poller = epoll_create1(0);
	open_door(&plain_door, argv[1]);
	if (argc == 5) {
		open_tls(argv[3], argv[4]);
		open_door(&tls_door, argv[2]);
	}
	for (;;) {
		int n = epoll_wait(poller, events, 256, patience());

		for (int i = 0; i < n; i++) {
			void *who = events[i].data.ptr;

			if (who == &plain_door || who == &tls_door)
				welcome(who);
			else
				serve(who);
		}
		serve_due();
	}
}
