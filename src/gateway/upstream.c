#include "gateway/upstream.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/xalloc.h"
#include "gateway/trust.h"

enum {
	IDLE_MAX = 64,		/* each idle pair holds three descriptors */
	IDLE_SECONDS = 60,	/* most servers close idle ones a bit later */
	HEADER_MAX = 64 << 10,	/* an answer's header in all */
	DAY_MS = 24 * 60 * 60 * 1000,
	LARGE_BODY = 1 << 20,
	LARGE_BODY_PIECE = 512 << 10,
	WATCH_MAX = 2,
};

/* A curl pair; its connection lives in the multi's cache. */
struct pair {
	CURLM *multi;
	CURL *easy;
	time_t idle_since;
};

struct upstream {
	const struct conf_provider *provider;
	struct curl_slist *fixed;	/* headers that every call sends */
	bool named_accept;		/* the configuration sets "accept" */
	struct span beta;		/* the configuration's anthropic-beta */

	CURLSH *share;
	pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
	struct trust *trust;

	pthread_mutex_t lock;		/* of the two below */
	struct pair idle[IDLE_MAX];	/* a stack: the warmest is on top */
	size_t idle_count;
};

struct call {
	struct upstream *up;
	struct pair pair;
	struct ask ask;
	struct buf url, beta;
	struct curl_slist lines[2];	/* this call's own headers */
	char trouble[CURL_ERROR_SIZE];

	struct headers headers;
	size_t received;
	int status;
	bool started, over, refused, header_failed;
	CURLcode result;
};

/* --- the shared side ------------------------------------------------ */

static void
lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *arg)
{
	struct upstream *up = arg;

	(void)easy;
	(void)access;
	pthread_mutex_lock(&up->share_locks[data]);
}

static void
unlock_share(CURL *easy, curl_lock_data data, void *arg)
{
	struct upstream *up = arg;

	(void)easy;
	pthread_mutex_unlock(&up->share_locks[data]);
}

/* Not CURL_LOCK_DATA_CONNECT, which is not safe between threads. */
static void
open_share(struct upstream *up)
{
	for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_init(&up->share_locks[i], NULL);
	up->share = curl_share_init();
	curl_share_setopt(up->share, CURLSHOPT_USERDATA, up);
	curl_share_setopt(up->share, CURLSHOPT_LOCKFUNC, lock_share);
	curl_share_setopt(up->share, CURLSHOPT_UNLOCKFUNC, unlock_share);
	curl_share_setopt(up->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_share_setopt(up->share, CURLSHOPT_SHARE,
	    CURL_LOCK_DATA_SSL_SESSION);
}

static const struct conf_header *
configured(const struct conf_provider *p, const char *name)
{
	for (size_t i = 0; i < p->header_count; i++)
		if (strcmp(p->headers[i].name, name) == 0)
			return &p->headers[i];
	return NULL;
}

static void
put_line(struct upstream *up, const char *name, const char *prefix,
    const char *value)
{
	struct buf line;

	buf_init(&line, 0);
	/* "name;" is curl's way to write a header without a value. */
	if (*prefix == '\0' && *value == '\0')
		buf_printf(&line, "%s;", name);
	else
		buf_printf(&line, "%s: %s%s", name, prefix, value);
	up->fixed = curl_slist_append(up->fixed, buf_str(&line));
	buf_free(&line);
}

/* One of ours, unless the configuration has its own. */
static void
put_default(struct upstream *up, const char *name, const char *prefix,
    const char *value)
{
	if (value != NULL && configured(up->provider, name) == NULL)
		put_line(up, name, prefix, value);
}

static void
put_fixed(struct upstream *up, enum mode mode)
{
	const struct conf_provider *p = up->provider;
	const struct conf_header *beta = configured(p, "anthropic-beta");

	if (mode == MODE_O2C) {
		put_default(up, "x-api-key", "", p->api_key);
		put_default(up, "anthropic-version", "", p->version);
		up->beta = span_of(beta == NULL ? NULL : beta->value);
	} else {
		put_default(up, "authorization", "Bearer ", p->api_key);
	}
	put_default(up, "content-type", "", "application/json");
	put_default(up, "accept-encoding", "", "identity");
	put_default(up, "user-agent", "co2/", CO2_VERSION);
	/* Empty, so that large bodies do not wait for a 100-continue. */
	up->fixed = curl_slist_append(up->fixed, "Expect:");
	for (size_t i = 0; i < p->header_count; i++)
		if (mode != MODE_O2C || &p->headers[i] != beta)
			put_line(up, p->headers[i].name, "",
			    p->headers[i].value);
	up->named_accept = configured(p, "accept") != NULL;
}

static void
init_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct upstream *
upstream_open(const struct conf *conf)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct upstream *up = xcalloc(1, sizeof(*up));

	pthread_once(&once, init_curl);
	up->provider = conf_upstream(conf);
	put_fixed(up, conf->mode);
	open_share(up);
	pthread_mutex_init(&up->lock, NULL);
	up->trust = trust_open(up->provider->ca_file);
	return up;
}

static void
free_pair(struct pair *pair)
{
	curl_easy_cleanup(pair->easy);
	curl_multi_cleanup(pair->multi);
}

void
upstream_close(struct upstream *up)
{
	if (up == NULL)
		return;
	while (up->idle_count > 0)
		free_pair(&up->idle[--up->idle_count]);
	curl_share_cleanup(up->share);
	for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_destroy(&up->share_locks[i]);
	pthread_mutex_destroy(&up->lock);
	curl_slist_free_all(up->fixed);
	trust_close(up->trust);
	free(up);
}

/* --- idle pairs ----------------------------------------------------- */

static time_t
seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec;
}

/* The pair that was used last has the best chance of a live connection. */
static struct pair
take_pair(struct upstream *up)
{
	struct pair pair = { NULL, NULL, 0 };

	pthread_mutex_lock(&up->lock);
	if (up->idle_count > 0)
		pair = up->idle[--up->idle_count];
	pthread_mutex_unlock(&up->lock);
	if (pair.multi != NULL) {
		curl_easy_reset(pair.easy);	/* keeps the connection */
		return pair;
	}
	pair.multi = curl_multi_init();
	pair.easy = curl_easy_init();
	if (pair.multi == NULL || pair.easy == NULL)
		abort();	/* out of memory, as everywhere */
	/* Nobody would look for a second one. */
	curl_multi_setopt(pair.multi, CURLMOPT_MAXCONNECTS, 1L);
	return pair;
}

/*
 * Take from the bottom of the stack what has been idle for too long, or one
 * when it is full; the caller frees it outside the lock.
 */
static size_t
take_stale(struct upstream *up, time_t now, struct pair *stale)
{
	size_t n = up->idle_count == IDLE_MAX;

	while (n < up->idle_count &&
	    now - up->idle[n].idle_since > IDLE_SECONDS)
		n++;
	memcpy(stale, up->idle, n * sizeof(*stale));
	up->idle_count -= n;
	memmove(up->idle, up->idle + n, up->idle_count * sizeof(*stale));
	return n;
}

static void
give_pair(struct upstream *up, struct pair pair)
{
	struct pair stale[IDLE_MAX];
	size_t n;

	pair.idle_since = seconds_now();
	pthread_mutex_lock(&up->lock);
	n = take_stale(up, pair.idle_since, stale);
	up->idle[up->idle_count++] = pair;
	pthread_mutex_unlock(&up->lock);
	while (n > 0)
		free_pair(&stale[--n]);
}

/* --- what libcurl calls --------------------------------------------- */

/* A status line begins a header anew: before it may have been a 100. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct call *call = arg;
	struct span line = { p, size * n };

	call->received += line.n;
	if (span_starts(line, "HTTP/"))
		buf_reset(&call->headers.text);
	else
		headers_add_line(&call->headers, span_trim(line));
	if (call->headers.text.full) {
		call->header_failed = true;
		return 0;
	}
	if (span_blank(line)) {
		long status = 0;

		curl_easy_getinfo(call->pair.easy, CURLINFO_RESPONSE_CODE,
		    &status);
		if (status >= 200)
			call->status = (int)status;
	}
	return line.n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct call *call = arg;
	struct span bytes = { p, size * n };

	call->received += bytes.n;
	if (call->refused)
		return 0;
	if (!call->ask.sink(call->ask.arg, bytes)) {
		call->refused = true;
		return 0;
	}
	return bytes.n;
}

/*
 * One certificate store for all connections: libcurl of its own would parse
 * the system's bundle anew for every pair, 30 ms and 0.8 MB each.
 */
static CURLcode
on_tls(CURL *easy, void *ctx, void *arg)
{
	struct upstream *up = arg;

	(void)easy;
	return trust_give(up->trust, ctx) == 0 ? CURLE_OK :
	    CURLE_SSL_CACERT_BADFILE;
}

/* --- one call ------------------------------------------------------- */

/* Put a header of this call's own in front of the list. */
static struct curl_slist *
front(struct curl_slist *line, char *text, struct curl_slist *rest)
{
	line->data = text;
	line->next = rest;
	return line;
}

static struct curl_slist *
own_headers(struct call *call)
{
	static char stream[] = "accept: text/event-stream";
	static char json[] = "accept: application/json";
	struct upstream *up = call->up;
	struct curl_slist *list = up->fixed;

	if (!up->named_accept)
		list = front(&call->lines[0], call->ask.stream ? stream : json,
		    list);
	if (up->beta.n > 0 || call->ask.beta.n > 0) {
		buf_puts(&call->beta, "anthropic-beta: ");
		buf_put(&call->beta, up->beta);
		if (up->beta.n > 0 && call->ask.beta.n > 0)
			buf_puts(&call->beta, ",");
		buf_put(&call->beta, call->ask.beta);
		list = front(&call->lines[1], call->beta.p, list);
	}
	return list;
}

static void
set_body(struct call *call)
{
	CURL *easy = call->pair.easy;
	struct span body = call->ask.body;

	if (body.p == NULL)
		return;
	/* Not copied. */
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body.n);
	/* In the usual pieces of 64 kB it would be hundreds of writes. */
	if (body.n >= LARGE_BODY)
		curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE,
		    (long)LARGE_BODY_PIECE);
}

static void
set_network(struct call *call)
{
	const struct conf_provider *p = call->up->provider;
	CURL *easy = call->pair.easy;

	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_SHARE, call->up->share);
	/* One stream a connection gains nothing from HTTP/2. */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* 0 would mean libcurl's own 300 s; "none" is a day here. */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    p->connect_ms > 0 ? p->connect_ms : DAY_MS);
	if (p->proxy != NULL)
		curl_easy_setopt(easy, CURLOPT_PROXY, p->proxy);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, call->up);
}

struct call *
call_open(struct upstream *up, const struct ask *ask)
{
	struct call *call = xcalloc(1, sizeof(*call));
	CURL *easy;

	call->up = up;
	call->ask = *ask;
	call->pair = take_pair(up);
	headers_init(&call->headers, HEADER_MAX);
	buf_init(&call->beta, 0);
	buf_init(&call->url, 0);
	buf_printf(&call->url, "%s%s", up->provider->base_url, ask->path);

	easy = call->pair.easy;
	set_network(call);
	set_body(call);
	curl_easy_setopt(easy, CURLOPT_URL, buf_str(&call->url));
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, own_headers(call));
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->trouble);
	curl_multi_add_handle(call->pair.multi, easy);
	return call;
}

void
call_close(struct call *call)
{
	if (call == NULL)
		return;
	curl_multi_remove_handle(call->pair.multi, call->pair.easy);
	if (call->over && call->result == CURLE_OK)
		give_pair(call->up, call->pair);
	else
		free_pair(&call->pair);
	headers_free(&call->headers);
	buf_free(&call->url);
	buf_free(&call->beta);
	free(call);
}

/* Note the end of the transfer, if it has come. */
static void
look_for_end(struct call *call)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(call->pair.multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		call->over = true;
		call->result = msg->data.result;
	}
}

void
call_turn(struct call *call, struct watch *watches, size_t count, long ms)
{
	struct curl_waitfd fds[WATCH_MAX];
	unsigned n = 0;
	int running;

	for (size_t i = 0; i < count; i++) {
		watches[i].ready = false;
		if (watches[i].fd >= 0)
			fds[n++] = (struct curl_waitfd){ .fd = watches[i].fd,
				.events = CURL_WAIT_POLLIN };
	}
	/* Poll first: performing first would cost a syscall an event. */
	if (call->started)
		curl_multi_poll(call->pair.multi, fds, n, (int)ms, NULL);
	call->started = true;
	n = 0;
	for (size_t i = 0; i < count; i++)
		if (watches[i].fd >= 0)
			watches[i].ready = fds[n++].revents != 0;
	if (curl_multi_perform(call->pair.multi, &running) != CURLM_OK) {
		call->over = true;
		call->result = CURLE_RECV_ERROR;
	}
	if (running == 0)
		look_for_end(call);
}

int
call_status(const struct call *call)
{
	return call->status;
}

const struct headers *
call_headers(const struct call *call)
{
	return &call->headers;
}

size_t
call_received(const struct call *call)
{
	return call->received;
}

bool
call_sent(const struct call *call)
{
	curl_off_t sent = 0;

	curl_easy_getinfo(call->pair.easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	return (size_t)sent >= call->ask.body.n;
}

bool
call_connected(const struct call *call)
{
	long made = 0;

	curl_easy_getinfo(call->pair.easy, CURLINFO_NUM_CONNECTS, &made);
	return made > 0 || call->status == 0;
}

bool
call_over(const struct call *call)
{
	return call->over;
}

/* --- how it ended --------------------------------------------------- */

/* What went wrong before there was an answer, and whether it may pass. */
static const struct {
	CURLcode code;
	bool passing;
	const char *word;
} unreachable[] = {
	{ CURLE_COULDNT_RESOLVE_PROXY, true, "proxy" },
	{ CURLE_COULDNT_RESOLVE_HOST, true, "DNS" },
	{ CURLE_COULDNT_CONNECT, true, "connection" },
	{ CURLE_OPERATION_TIMEDOUT, true, "time" },	/* of connecting */
	{ CURLE_SSL_CONNECT_ERROR, true, "TLS" },
	{ CURLE_SEND_ERROR, true, "connection" },
	{ CURLE_RECV_ERROR, true, "connection" },
	{ CURLE_GOT_NOTHING, true, "connection" },
	{ CURLE_PEER_FAILED_VERIFICATION, false, "TLS" },
	{ CURLE_SSL_CACERT_BADFILE, false, "TLS" },
	{ CURLE_PROXY, false, "proxy" },
};

const char *
call_trouble(const struct call *call)
{
	for (size_t i = 0; i < sizeof(unreachable) / sizeof(unreachable[0]);
	     i++)
		if (unreachable[i].code == call->result && call->received == 0)
			return unreachable[i].word;
	return "answer";
}

bool
call_may_repeat(const struct call *call)
{
	if (!call->over || call->received > 0)
		return false;
	for (size_t i = 0; i < sizeof(unreachable) / sizeof(unreachable[0]);
	     i++)
		if (unreachable[i].code == call->result)
			return unreachable[i].passing;
	return false;
}

/*
 * The words of libcurl name hosts and ports, never a key; the URL with its
 * path is not among them.
 */
static const char *
words(const struct call *call)
{
	return call->trouble[0] != '\0' ? call->trouble :
	    curl_easy_strerror(call->result);
}

/* Somebody answered, but not in HTTP/1. */
static bool
spoke_otherwise(CURLcode code)
{
	return code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_WEIRD_SERVER_REPLY;
}

int
call_result(const struct call *call, struct fault *why)
{
	if (call->result == CURLE_OK)
		return 0;
	if (call->header_failed)
		return fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream sent a header of more than %d bytes",
		    HEADER_MAX);
	if (call->received == 0 && !spoke_otherwise(call->result))
		return fault_set(why, FAULT_UNREACHABLE, "",
		    "upstream connection failed: %s", words(call));
	if (call->status == 0)
		return fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream sent no HTTP answer: %s", words(call));
	return fault_set(why, FAULT_TRUNCATED, "",
	    "upstream closed the connection before the end of its answer: %s",
	    words(call));
}
