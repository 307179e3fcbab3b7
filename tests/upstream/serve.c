/* Sockets and connections. */
#include "serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/web.h"
#include "journal.h"
#include "play.h"
#include "routes.h"
#include "script.h"

struct serve {
	struct fake	*fake;
	int		 fd;
	unsigned	 conns;		/* accepted so far */
	unsigned	 running;	/* threads */
	pthread_mutex_t	 lock;
	pthread_cond_t	 idle;
};

struct conn {
	struct serve	*serve;
	struct fake	*fake;
	struct plug	 plug;
	unsigned	 id;
	unsigned	 n;		/* the last request, 0: none */
	long long	 since;		/* when that was complete */
	bool		 mid_reply;
};

static void
log_accept(const struct conn *c)
{
	const SSL *ssl = c->plug.ssl;

	journal_put(c->fake->journal, json_pack("{s:s, s:i, s:b, s:b}",
	    "event", "accept", "conn", (int)c->id, "tls", ssl != NULL,
	    "resumed", ssl != NULL && SSL_session_reused(ssl)));
}

static void
log_closed(const struct conn *c)
{
	journal_put(c->fake->journal, json_pack(
	    "{s:s, s:i, s:i, s:s, s:I, s:b}", "event", "closed",
	    "conn", (int)c->id, "n", (int)c->n,
	    "by", c->plug.gone ? "peer" : "self",
	    "after_ms", (json_int_t)(plug_now() - c->since),
	    "mid_reply", (int)c->mid_reply));
}

static void
log_request(const struct conn *c, const struct web *req)
{
	const char *bytes = req->body.p != NULL ? req->body.p : "";
	json_t *body = json_loadb(bytes, req->body.n, JSON_ALLOW_NUL, NULL);

	if (body == NULL)
		body = json_stringn(bytes, req->body.n);
	if (body == NULL)
		body = json_string("(no UTF-8)");
	journal_put(c->fake->journal, json_pack(
	    "{s:s, s:i, s:i, s:s, s:s, s:s?, s:O, s:o, s:I}",
	    "event", "request", "n", (int)c->n, "conn", (int)c->id,
	    "method", req->method, "path", req->path, "query", req->query,
	    "headers", req->headers, "body", body,
	    "bytes", (json_int_t)req->body.n));
}

/* Keeps the body byte for byte: DIR/<n>.json. */
static void
keep_body(const struct conn *c, const struct web *req)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%u.json", c->fake->bodies, c->n);
	FILE *f = fopen(path, "we");
	if (f == NULL) {
		perror(path);
		return;
	}
	fwrite(req->body.p, 1, req->body.n, f);
	fclose(f);
}

static bool
wants_close(const struct web *req)
{
	const char *word = web_header(req, "connection");

	return word != NULL && strcasecmp(word, "close") == 0;
}

/* One request, one reply; whether the connection goes on. */
static bool
serve_request(struct conn *c, const struct web *req)
{
	struct fake *f = c->fake;
	bool scripted;

	c->n = atomic_fetch_add(&f->requests, 1) + 1;
	c->since = plug_now();
	c->mid_reply = true;
	log_request(c, req);
	if (f->bodies != NULL)
		keep_body(c, req);
	json_t *rule = routes_answer(f, req, c->n, &scripted);
	enum play_end end = play_rule(rule, &c->plug,
	    scripted ? &f->issued : NULL, strcmp(req->method, "HEAD") == 0);
	script_give_back(f->script, rule);
	if (end == PLAY_RESET) {
		plug_reset(&c->plug);
		return false;
	}
	if (end != PLAY_DONE && end != PLAY_LAST)
		return false;
	c->mid_reply = false;
	journal_put(f->journal, json_pack("{s:s, s:i, s:I}", "event",
	    "replied", "n", (int)c->n, "after_ms",
	    (json_int_t)(plug_now() - c->since)));
	return end == PLAY_DONE && !wants_close(req);
}

static void
serve_requests(struct conn *c)
{
	struct web req;
	bool go_on = true;

	while (go_on) {
		go_on = web_read_request(&req, &c->plug) == 1 &&
		    serve_request(c, &req);
		web_free(&req);
	}
}

/* What a script wants done instead of serving; false: nothing. */
static bool
misbehave(struct conn *c)
{
	const char *word = script_accept(c->fake->script, c->id);

	if (word == NULL)
		return false;
	log_accept(c);
	if (strcmp(word, "stall") == 0)
		plug_wait(&c->plug, -1);
	if (strcmp(word, "reset") == 0)
		plug_reset(&c->plug);
	return true;
}

static void
end_thread(struct serve *s)
{
	pthread_mutex_lock(&s->lock);
	if (--s->running == 0)
		pthread_cond_signal(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

static void *
conn_main(void *arg)
{
	struct conn *c = arg;
	SSL_CTX *tls = c->fake->tls;

	if (!misbehave(c)) {
		bool up = tls == NULL || plug_accept_tls(&c->plug, tls) == 0;
		log_accept(c);
		if (up)
			serve_requests(c);
	}
	log_closed(c);
	plug_close(&c->plug);
	end_thread(c->serve);
	free(c);
	return NULL;
}

static void
start_conn(struct serve *s, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));
	pthread_t thread;

	if (c == NULL)
		abort();
	c->serve = s;
	c->fake = s->fake;
	c->id = ++s->conns;
	c->since = plug_now();
	plug_init(&c->plug, fd, s->fake->stop_fd);
	pthread_mutex_lock(&s->lock);
	s->running++;
	pthread_mutex_unlock(&s->lock);
	if (pthread_create(&thread, NULL, conn_main, c) == 0) {
		pthread_detach(thread);
		return;
	}
	plug_close(&c->plug);
	free(c);
	end_thread(s);
}

static int
listen_on(struct fake *f)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t n = sizeof(sin);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((in_port_t)f->port);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) != 0) {
		perror("listen");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	f->port = ntohs(sin.sin_port);
	return fd;
}

/* The port appears in the file all at once. */
static int
tell_ready(const char *path, int port)
{
	char draft[4096];

	snprintf(draft, sizeof(draft), "%s.new", path);
	FILE *f = fopen(draft, "we");
	if (f == NULL) {
		perror(draft);
		return -1;
	}
	fprintf(f, "%d\n", port);
	if (fclose(f) != 0 || rename(draft, path) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

static void
accept_until_stop(struct serve *s)
{
	struct pollfd fds[2] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = s->fake->stop_fd, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			perror("poll");
			return;
		}
		if (fds[1].revents != 0)
			return;
		int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			start_conn(s, fd);
	}
}

int
serve_run(struct fake *f, const char *ready)
{
	struct serve s = { .fake = f, .lock = PTHREAD_MUTEX_INITIALIZER,
	    .idle = PTHREAD_COND_INITIALIZER };

	s.fd = listen_on(f);
	if (s.fd < 0)
		return 1;
	if (ready != NULL && tell_ready(ready, f->port) != 0) {
		close(s.fd);
		return 1;
	}
	accept_until_stop(&s);
	close(s.fd);
	pthread_mutex_lock(&s.lock);
	while (s.running > 0)
		pthread_cond_wait(&s.idle, &s.lock);
	pthread_mutex_unlock(&s.lock);
	pthread_cond_destroy(&s.idle);
	pthread_mutex_destroy(&s.lock);
	return 0;
}
