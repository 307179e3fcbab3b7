#include "bench/client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SILENCE_MS = 20000 };	/* then something is stuck */

enum state { HEAD, SIZED, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

struct client {
	int fd;
	size_t sent;		/* of the request */
	long long asked, told;	/* when it began, and was all sent */
	struct text in;		/* bytes that are not understood yet */
	enum state state;
	size_t left;		/* of the body or chunk */
	struct text line, body;
	long next;		/* number of the next event */
	bool ended;		/* the stream's last event was seen */
};

static const struct load *load;
static struct result *result;
static struct client *clients;
static size_t begun, running;
static int poller;

static void
wrong(const struct client *c, const char *what)
{
	fprintf(stderr, "bench-load: port %d: client %td: %s\n", load->port,
	    c - clients, what);
	if (c->body.n > 0)
		fprintf(stderr, "%.*s\n", (int)c->body.n, c->body.p);
	exit(1);
}

/* --- asking --------------------------------------------------------- */

int
client_connect(int port, bool wait)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0);
	int on = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
watch(const struct client *c, int how, bool out)
{
	struct epoll_event ev = { .events = EPOLLIN | (out ? EPOLLOUT : 0),
		.data.ptr = (void *)c };

	epoll_ctl(poller, how, c->fd, &ev);
}

static void
send_more(struct client *c)
{
	const struct text *r = &load->request;

	while (c->sent < r->n) {
		ssize_t n = send(c->fd, r->p + c->sent, r->n - c->sent,
		    MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			break;
		if (n < 0)
			wrong(c, strerror(errno));
		c->sent += (size_t)n;
		if (c->sent == r->n)
			c->told = now_ns();
	}
	watch(c, EPOLL_CTL_MOD, c->sent < r->n);
}

static void
ask(struct client *c)
{
	c->sent = 0;
	c->asked = now_ns();
	c->state = HEAD;
	c->line.n = c->body.n = 0;
	c->next = 0;
	c->ended = false;
	send_more(c);
}

static void
begin(struct client *c)
{
	c->fd = client_connect(load->port, false);
	if (c->fd < 0)
		wrong(c, "cannot connect");
	watch(c, EPOLL_CTL_ADD, true);
	running++;
	ask(c);
}

/* --- the stream ----------------------------------------------------- */

static const struct {
	const char *delta, *end;
} words[] = {
	[MESSAGES] = { "\"content_block_delta\"", "\"message_stop\"" },
	[CHAT] = { "\"content\"", "[DONE]" },
	[RESPONSES] = { "\"response.output_text.delta\"",
		"\"response.completed\"" },
};

static bool
says(const struct text *line, const char *word)
{
	return memmem(line->p, line->n, word, strlen(word)) != NULL;
}

static void
take_stamp(struct client *c, const struct stamp *stamp, long long now)
{
	if (stamp->number != c->next)
		wrong(c, "an event is missing or out of order");
	if (c->next++ == 0)
		times_add(&result->first, now - c->asked);
	times_add(&result->delay, now - stamp->ns);
	result->events++;
}

static void
take_line(struct client *c, long long now)
{
	struct stamp stamp;

	if (c->line.n < 6 || memcmp(c->line.p, "data: ", 6) != 0)
		return;
	if (c->ended)
		wrong(c, "there is something behind the end");
	if (stamp_find(c->line.p, c->line.n, &stamp) &&
	    says(&c->line, words[load->api].delta))
		take_stamp(c, &stamp, now);
	else if (says(&c->line, words[load->api].end))
		c->ended = true;
}

static void
take_events(struct client *c, const char *p, size_t n, long long now)
{
	while (n > 0) {
		const char *lf = memchr(p, '\n', n);
		size_t piece = lf != NULL ? (size_t)(lf - p) : n;

		text_add(&c->line, p, piece);
		if (lf == NULL)
			return;
		take_line(c, now);
		c->line.n = 0;
		p = lf + 1;
		n -= piece + 1;
	}
}

static void
check_stream(const struct client *c)
{
	if (c->next != load->events)
		wrong(c, "the stream has not all its events");
	if (!c->ended)
		wrong(c, "the stream has no end");
}

static void
check_reply(const struct client *c)
{
	struct stamp stamp;

	if (!stamp_find(c->body.p, c->body.n, &stamp))
		wrong(c, "the reply has no stamp");
	times_add(&result->inside, stamp.ns - c->told);
}

/* The answer is complete. */
static void
finish(struct client *c, long long now)
{
	if (load->events > 0)
		check_stream(c);
	else
		check_reply(c);
	result->answers++;
	times_add(&result->total, now - c->asked);
	if (now < load->until) {
		ask(c);
		return;
	}
	close(c->fd);
	c->fd = -1;
	running--;
}

/* --- HTTP ----------------------------------------------------------- */

static size_t
read_head(struct client *c)
{
	const char *end, *length;

	end = c->in.n > 0 ? memmem(c->in.p, c->in.n, "\r\n\r\n", 4) : NULL;
	if (end == NULL)
		return 0;
	text_add(&c->in, "", 0);
	if (strncmp(c->in.p, "HTTP/1.1 200 ", 13) != 0) {
		text_add(&c->body, c->in.p, c->in.n);
		wrong(c, "the status is not 200");
	}
	length = strcasestr(c->in.p, "\r\ncontent-length:");
	if (length != NULL && length < end) {
		c->state = SIZED;
		c->left = strtoul(length + 17, NULL, 10);
	} else {
		c->state = CHUNK_SIZE;
	}
	return (size_t)(end + 4 - c->in.p);
}

/* A line of the framing; 0 when it is not all there. */
static size_t
read_frame(struct client *c, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);

	if (lf == NULL)
		return 0;
	if (c->state == CHUNK_SIZE) {
		c->left = strtoul(p, NULL, 16);
		c->state = c->left > 0 ? CHUNK : TRAILER;
	} else {
		c->state = CHUNK_SIZE;
	}
	return (size_t)(lf + 1 - p);
}

static size_t
read_body(struct client *c, const char *p, size_t n, long long now)
{
	if (n > c->left)
		n = c->left;
	if (load->events > 0)
		take_events(c, p, n, now);
	else
		text_add(&c->body, p, n);
	c->left -= n;
	if (c->left == 0 && c->state == CHUNK)
		c->state = CHUNK_END;
	return n;
}

static bool
is_complete(const struct client *c, const char *p, size_t n)
{
	return (c->state == SIZED && c->left == 0) ||
	    (c->state == TRAILER && n >= 2 && memcmp(p, "\r\n", 2) == 0);
}

static void
understand(struct client *c, long long now)
{
	size_t at = 0, n = 1;

	while (n > 0) {
		const char *p = c->in.p + at;
		size_t rest = c->in.n - at;

		if (is_complete(c, p, rest)) {
			c->in.n = 0;
			finish(c, now);
			return;
		}
		if (rest == 0)
			break;
		switch (c->state) {
		case HEAD:
			n = read_head(c);
			break;
		case SIZED:
		case CHUNK:
			n = read_body(c, p, rest, now);
			break;
		case CHUNK_SIZE:
		case CHUNK_END:
			n = read_frame(c, p, rest);
			break;
		case TRAILER:
			n = 0;
			break;
		}
		at += n;
	}
	text_eat(&c->in, at);
}

static void
read_more(struct client *c)
{
	static char bytes[256 << 10];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		wrong(c, "the connection was closed");
	text_add(&c->in, bytes, (size_t)n);
	understand(c, now_ns());
}

static void
serve(struct client *c, unsigned events)
{
	if (c->fd >= 0 && c->sent < load->request.n && (events & EPOLLOUT))
		send_more(c);
	if (c->fd >= 0 && (events & ~(unsigned)EPOLLOUT))
		read_more(c);
}

/* --- the whole ------------------------------------------------------ */

/* When all streams run. */
static bool
is_time_to_look(void)
{
	return load->memory && result->rss == 0 &&
	    running == load->connections &&
	    result->first.n == load->connections;
}

/* Begin those whose time has come; how long to wait for the next. */
static int
begin_due(long long start)
{
	long long now = now_ns() - start, step;

	step = load->ramp / (long long)load->connections;
	while (begun < load->connections && (long long)begun * step <= now)
		begin(&clients[begun++]);
	return begun == load->connections ? SILENCE_MS :
	    (int)(((long long)begun * step - now) / 1000000 + 1);
}

void
load_run(const struct load *l, struct result *r)
{
	struct epoll_event events[256];
	long long start = now_ns();
	double cpu;

	load = l;
	result = r;
	clients = calloc(l->connections, sizeof(*clients));
	poller = epoll_create1(0);
	if (clients == NULL || poller < 0)
		die("cannot begin");
	cpu = processes_cpu(&l->gateway);
	while (begun < l->connections || running > 0) {
		int ms = begin_due(start);
		int n = epoll_wait(poller, events, 256, ms);

		if (n == 0 && ms == SILENCE_MS)
			wrong(clients, "nothing came for 20 seconds");
		for (int i = 0; i < n; i++)
			serve(events[i].data.ptr, events[i].events);
		if (is_time_to_look())
			processes_memory(&l->gateway, &r->rss, &r->pss);
	}
	r->cpu = processes_cpu(&l->gateway) - cpu;
	r->took = now_ns() - start;
}
