/*
 * Raw bytes at the socket of the whole gateway, in both modes.  Whatever they
 * are and however they are cut, each answer is right HTTP to its end, the
 * connection comes to an end, and the next client is served.
 *
 * The input's first byte chooses the mode and the size of the pieces, the
 * second one the cuts; the rest is what the client sends.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/dice.h"
#include "../lib/web.h"
#include "fuzz.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "gateway/server.h"

enum {
	CUTS = 64,		/* then the rest at once */
	QUIET_MS = 3,		/* nothing comes: it may wait for us */
	STREAM_MS = 300,	/* one that is meant to go on until we leave */
	LIMIT_MS = 10000,
};

/* --- the upstream: one right reply, over and over --------------------- */

static const char messages_reply[] =
    "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":"
    "\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],"
    "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
    "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
    "{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
    "{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n"
    "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
    "\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n"
    "data: {\"type\":\"message_stop\"}\n\n";

static const char responses_reply[] =
    "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\","
    "\"model\":\"m\",\"status\":\"in_progress\",\"output\":[]}}\n\n"
    "data: {\"type\":\"response.output_item.added\",\"output_index\":0,"
    "\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\","
    "\"content\":[]}}\n\n"
    "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,"
    "\"content_index\":0,\"item_id\":\"msg_1\",\"delta\":\"Hello\"}\n\n"
    "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\","
    "\"model\":\"m\",\"status\":\"completed\",\"output\":[],\"usage\":"
    "{\"input_tokens\":1,\"output_tokens\":2}}}\n\n";

static void
reply(struct plug *p, const struct web *w)
{
	static const char stream[] = "HTTP/1.1 200 OK\r\ncontent-type: "
	    "text/event-stream\r\nconnection: close\r\n\r\n";
	static const char none[] = "HTTP/1.1 404 Not Found\r\n"
	    "content-length: 0\r\nconnection: close\r\n\r\n";
	const char *events = NULL;
	struct bytes out = { 0 };

	if (strcmp(w->path, "/v1/messages") == 0)
		events = messages_reply;
	else if (strcmp(w->path, "/v1/responses") == 0)
		events = responses_reply;
	bytes_puts(&out, events != NULL ? stream : none);
	bytes_puts(&out, events != NULL ? events : "");
	plug_write(p, out.p, out.n);
	bytes_free(&out);
}

static void *
serve_upstream(void *arg)
{
	int listener = *(int *)arg, fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		struct plug p;
		struct web w;

		plug_init(&p, fd, -1);
		if (web_read_request(&w, &p) == 1)
			reply(&p, &w);
		web_free(&w);
		plug_close(&p);
	}
	return NULL;
}

/* Its port. */
static int
open_upstream(void)
{
	static int fd;
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);
	pthread_t thread;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fuzz_check(bind(fd, (struct sockaddr *)&at, n) == 0 &&
	    listen(fd, 64) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &n) == 0 &&
	    pthread_create(&thread, NULL, serve_upstream, &fd) == 0,
	    "there is an upstream");
	return ntohs(at.sin_port);
}

/* --- the gateway ------------------------------------------------------ */

/*
 * Its socket is one of the file system's kind, which tells whether the other
 * side has read a piece: else the cuts would be the kernel's affair.
 */
struct gateway {
	struct house		 house;
	struct server		*server;
	struct sockaddr_un	 at;
	socklen_t		 length;
};

static void
open_house(struct gateway *g, const char *mode, const char *provider,
    const char *base, int port)
{
	struct middle m;
	char config[512];

	snprintf(config, sizeof(config), "{\"server\":{\"mode\":\"%s\","
	    "\"logLevel\":\"error\"},\"providers\":{\"%s\":{\"apiKey\":"
	    "\"sk-invented\",\"baseUrl\":\"http://127.0.0.1:%d%s\"}},"
	    "\"routing\":{\"defaultOpenAIModel\":\"gpt-5.4\","
	    "\"defaultClaudeModel\":\"claude-opus-4-6\"}}", mode, provider,
	    port, base);
	middle_init(&m, config);
	/* server_tick() ends whoever has not yet said all, whenever he came. */
	m.conf->request_seconds = -3600;
	house_open(&g->house, m.conf);
	commons_free(&m.commons);
}

static void
open_server(struct gateway *g)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g->at.sun_family = AF_UNIX;
	g->length = sizeof(g->at);
	/* Without a name it gets one that nobody has. */
	fuzz_check(bind(fd, (struct sockaddr *)&g->at,
	    sizeof(g->at.sun_family)) == 0 && listen(fd, 64) == 0 &&
	    getsockname(fd, (struct sockaddr *)&g->at, &g->length) == 0 &&
	    (g->server = server_start(&g->house, fd)) != NULL,
	    "the gateway serves");
}

static struct gateway *
gateways(void)
{
	static struct gateway both[2];

	if (both[0].server == NULL) {
		int port = open_upstream();

		log_setup(LOG_ERROR, false);
		open_house(&both[0], "o2c", "anthropic", "", port);
		open_house(&both[1], "c2o", "openai", "/v1", port);
		open_server(&both[0]);
		open_server(&both[1]);
	}
	return both;
}

/* --- the client ------------------------------------------------------- */

struct client {
	int		 fd;
	struct span	 unsent;
	struct dice	 dice;
	size_t		 most;		/* bytes of a piece */
	int		 cuts;
	bool		 patient;	/* said all: it is never hurried */
	long long	 heard;		/* when it last got something */
	struct bytes	 got;
	bool		 over;		/* the gateway closed */
};

static bool
was_read(const struct client *c)
{
	int unread = 0;

	return ioctl(c->fd, SIOCOUTQ, &unread) != 0 || unread == 0;
}

static void
send_piece(struct client *c)
{
	size_t n = c->cuts++ < CUTS ? 1 + dice_below(&c->dice, c->most) :
	    c->unsent.n;
	struct span piece = span_head(c->unsent, n);
	ssize_t sent = send(c->fd, piece.p, piece.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	/* Nobody reads on: it may still have sent something. */
	if (sent < 0 && errno != EAGAIN)
		c->unsent.n = 0;
	else if (sent > 0)
		c->unsent = span_from(c->unsent, (size_t)sent);
}

static void
receive(struct client *c)
{
	char bytes[16384];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0) {
		bytes_add(&c->got, bytes, (size_t)n);
		c->heard = clock_ms();
	}
	c->over = n == 0 || (n < 0 && errno != EAGAIN);
}

/*
 * Until the gateway closes, or a stream has gone on for long enough.  One that
 * is hurried may do without an answer: it says so only by being silent.
 */
static void
talk(struct gateway *g, struct client *c)
{
	long long began = clock_ms();
	long ms = c->patient ? LIMIT_MS : STREAM_MS;
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	c->heard = began;
	while (!c->over && clock_ms() - c->heard < ms) {
		struct timespec wait = { .tv_nsec = 50000 };
		bool all = c->unsent.n == 0 && was_read(c);

		fuzz_check(clock_ms() - began < LIMIT_MS, "it comes to an end");
		if (all)
			wait.tv_nsec = QUIET_MS * 1000000L;
		else if (was_read(c))
			send_piece(c);
		if (ppoll(&p, 1, &wait, NULL) > 0)
			receive(c);
		else if (all && !c->patient)
			server_tick(g->server);
	}
}

static void
visit(struct gateway *g, struct client *c)
{
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fuzz_check(connect(c->fd, (struct sockaddr *)&g->at, g->length) == 0,
	    "it takes connections");
	talk(g, c);
	close(c->fd);
}

/* --- what it got ------------------------------------------------------ */

struct answer {
	int		status;
	bool		chunked, sized, json;
	long		length;
};

static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || strchr("\"(),/:;<=>?@[\\]{}\x7f",
		    s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

static struct span
next_line(struct span *in)
{
	ptrdiff_t n = span_find(*in, SPAN("\r\n"));
	struct span line;

	fuzz_check(n >= 0, "a line ends");
	line = span_head(*in, (size_t)n);
	*in = span_from(*in, (size_t)n + 2);
	for (size_t i = 0; i < line.n; i++)
		fuzz_check((unsigned char)line.p[i] >= ' ' ||
		    line.p[i] == '\t', "a line is text");
	return line;
}

static void
read_status(struct answer *a, struct span line)
{
	struct span number = span_head(span_from(line, 9), 3);
	long status = 0;

	fuzz_check((span_starts(line, "HTTP/1.1 ") ||
	    span_starts(line, "HTTP/1.0 ")) &&
	    span_starts(span_from(line, 12), " ") &&
	    span_long(number, &status) == 0 && status >= 100 && status < 600,
	    "an answer begins with its status");
	a->status = (int)status;
}

static void
read_header(struct answer *a, struct span line)
{
	struct span name = span_cut(&line, ':'), value = span_trim(line);

	fuzz_check(is_token(name), "a header has a name");
	if (span_like(name, "transfer-encoding")) {
		fuzz_check(!a->chunked && span_like(value, "chunked"),
		    "chunks are the only coding");
		a->chunked = true;
	} else if (span_like(name, "content-length")) {
		fuzz_check(!a->sized && span_long(value, &a->length) == 0 &&
		    a->length >= 0, "there is one length");
		a->sized = true;
	} else if (span_like(name, "content-type")) {
		a->json = span_starts(value, "application/json");
	}
}

static struct span
take(struct span *in, size_t n)
{
	struct span taken = span_head(*in, n);

	fuzz_check(taken.n == n, "a body is whole");
	*in = span_from(*in, n);
	return taken;
}

static void
take_chunks(struct span *in)
{
	unsigned long n;

	do {
		struct span line = next_line(in);
		char text[20] = "", *end;

		memcpy(text, line.p, line.n < 19 ? line.n : 19);
		n = strtoul(text, &end, 16);
		fuzz_check(end > text && *end == '\0', "a chunk has a size");
		take(in, n);
		fuzz_check(next_line(in).n == 0, "a chunk ends");
	} while (n > 0);
}

/* HEAD is answered without the body that the header tells of. */
static void
take_body(const struct answer *a, struct span *in, bool head)
{
	bool bare = a->status < 200 || a->status == 204 || a->status == 304 ||
	    (head && (in->n == 0 || span_starts(*in, "HTTP/1.")));
	struct span body;
	json_t *tree;

	if (bare)
		return;
	if (a->chunked) {
		take_chunks(in);
		return;
	}
	body = take(in, a->sized ? (size_t)a->length : in->n);
	tree = json_loadb(body.p, body.n, JSON_ALLOW_NUL, NULL);
	fuzz_check(!a->json || tree != NULL, "JSON is JSON");
	json_decref(tree);
}

static void
check_answers(struct span in, bool head)
{
	while (in.n > 0) {
		struct answer a = { 0 };
		struct span line;

		read_status(&a, next_line(&in));
		while ((line = next_line(&in)).n > 0)
			read_header(&a, line);
		fuzz_check(!a.chunked || !a.sized, "one of the two");
		take_body(&a, &in, head);
	}
}

/* --- the target ------------------------------------------------------- */

static void
check_health(struct gateway *g)
{
	static const char words[] = "GET /healthz HTTP/1.1\r\n"
	    "Host: localhost\r\nConnection: close\r\n\r\n";
	struct client c = {
		.unsent = span_of(words),
		.most = sizeof(words),
		.patient = true,
	};

	visit(g, &c);
	fuzz_check(c.got.n > 12 && memcmp(c.got.p, "HTTP/1.1 200", 12) == 0,
	    "the next client is served");
	bytes_free(&c.got);
}

/* Who has left is let go. */
static void
check_rest(struct gateway *g)
{
	long long began = clock_ms();

	while (work_count(g->house.work) > 0) {
		fuzz_check(clock_ms() - began < LIMIT_MS, "nobody is left");
		usleep(100);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const size_t sizes[] = { 1, 3, 17, 100, 1000, 20000 };
	struct span input = { (const char *)data, n };
	unsigned choice = fuzz_byte(&input), seed = fuzz_byte(&input);
	struct gateway *g = &gateways()[choice % 2];
	struct client c = {
		.dice = { seed },
		.most = sizes[choice / 2 % 6],
		.unsent = input,
	};

	visit(g, &c);
	if (c.over)
		check_answers((struct span){ c.got.p, c.got.n },
		    span_find(input, SPAN("HEAD ")) >= 0);
	bytes_free(&c.got);
	check_rest(g);
	check_health(g);
	return 0;
}
