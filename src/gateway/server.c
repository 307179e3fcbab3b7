#include "gateway/server.h"

#include <ctype.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/large.h"
#include "base/random.h"
#include "base/xalloc.h"
#include "gateway/access.h"
#include "gateway/answer.h"
#include "gateway/guests.h"
#include "gateway/log.h"
#include "gateway/route.h"
#include "gateway/unread.h"

enum {
	IDLE_SECONDS = 75,	/* of silence before a request is complete */
	/*
	 * At least; the header has to fit in it, and the library clears half
	 * of it, which every stream then holds: 32 kB would cost each 6 kB
	 * more.
	 */
	CONNECTION_MEMORY = 20 << 10,
	/* Only for HTTP/1.0: chunks are made in the connection's memory. */
	STREAM_BLOCK = 1 << 10,
	SPARE_CONNECTIONS = 1024,	/* that are not at work */
	MOST_CONNECTIONS = 1 << 20,	/* guests.c sees to it before */
	DISCARD_MAX = 64 << 20,	/* read of a body that is refused anyway */
	STUCK_MS = 10 * 60 * 1000,	/* for a client that reads nothing */
	ID_MAX = 128,
};

/*
 * Address space only: a stream touches 16 kB of it.  Frames of the sanitizers
 * are several times as large.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES ((size_t)4 << 20)
#else
#define STACK_BYTES ((size_t)512 << 10)
#endif

struct server {
	struct house *house;
	struct MHD_Daemon *daemon;
	struct guests *guests;
};

/* The request that this thread reads, once its path is known. */
static _Thread_local struct {
	struct MHD_Connection *conn;	/* NULL: there is none */
	struct exchange *ex;		/* once its header is read */
} reading;

/* --- the request's header ------------------------------------------- */

static struct span
header(struct MHD_Connection *conn, const char *name)
{
	return span_of(MHD_lookup_connection_value(conn, MHD_HEADER_KIND,
	    name));
}

static struct guest *
guest_of(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info == NULL ? NULL : info->socket_context;
}

static int
socket_of(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn,
	    MHD_CONNECTION_INFO_CONNECTION_FD);

	return info == NULL ? -1 : info->connect_fd;
}

/* An id that can stand in a log and in a header. */
static bool
is_sane_id(struct span id)
{
	if (id.n == 0 || id.n > ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!isalnum((unsigned char)id.p[i]) &&
		    strchr("-_.:", id.p[i]) == NULL)
			return false;
	return true;
}

static void
name_it(struct exchange *ex, struct span theirs)
{
	if (ex->conf->mode == MODE_C2O)
		ex->native_id = random_base62(ex->pool, "req_", 24);
	if (is_sane_id(theirs))
		ex->id = pool_span(ex->pool, theirs);
	else if (ex->conf->mode == MODE_C2O)
		ex->id = ex->native_id;
	else
		ex->id = random_hex(ex->pool, "co2_", 24);
	if (ex->conf->mode != MODE_C2O)
		ex->native_id = ex->id;
}

static void
take_hints(struct exchange *ex, struct MHD_Connection *conn)
{
	struct bridge_hints *h = &ex->hints;

	h->client = access_digest(ex->pool,
	    access_bearer(header(conn, "authorization")),
	    header(conn, "x-api-key"));
	h->codex = span_starts(header(conn, "originator"), "codex") ||
	    span_starts(header(conn, "user-agent"), "codex");
	h->session = pool_span(ex->pool,
	    header(conn, "x-claude-code-session-id"));
	h->agent = pool_span(ex->pool, header(conn, "x-claude-code-agent-id"));
	live_client(ex->row.client, sizeof(ex->row.client),
	    header(conn, "user-agent"));
	ex->accept = pool_span(ex->pool, header(conn, "accept"));
	ex->websocket = span_like(header(conn, "upgrade"), "websocket");
	ex->query_stream = pool_span(ex->pool, span_of(
	    MHD_lookup_connection_value(conn, MHD_GET_ARGUMENT_KIND,
	    "stream")));
}

/* Errors are written as the clients of the route, or of the mode, know. */
static const struct dialect *
client_of(const struct exchange *ex)
{
	if (ex->conf->mode == MODE_C2O)
		return dialect_of(API_MESSAGES);
	return dialect_of(ex->route != NULL &&
	    ex->route->api == API_RESPONSES ? API_RESPONSES : API_CHAT);
}

/* --- who may come in ------------------------------------------------ */

/* Whoever knows a key is no stranger, whatever name he calls us by. */
static bool
has_keys(const struct exchange *ex)
{
	return ex->conf->api_keys != NULL && *ex->conf->api_keys != NULL;
}

static enum MHD_Result
check_place(void *arg, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct exchange *ex = arg;
	struct span v = span_of(value != NULL ? value : "");

	(void)kind;
	if (strcasecmp(key, "host") == 0)
		ex->foreign |= !has_keys(ex) && !access_host(ex->conf, v);
	else if (strcasecmp(key, "origin") == 0)
		ex->foreign |= !access_origin(ex->conf, v);
	return MHD_YES;
}

static bool
has_key(const struct exchange *ex, struct MHD_Connection *conn)
{
	struct span said = header(conn, "authorization");
	struct span key = access_bearer(said);

	if (key.p == NULL && ex->route != NULL && ex->route->basic)
		key = access_password(ex->pool, said);
	return access_key(ex->conf, key, header(conn, "x-api-key"));
}

static void
refuse_key(struct exchange *ex)
{
	if (ex->route != NULL && ex->route->basic)
		headers_add(&ex->headers, "www-authenticate",
		    SPAN("Basic realm=\"co2\", charset=\"UTF-8\""));
	answer_refuse(ex, FAULT_AUTH, "Incorrect or missing API key for this "
	    "gateway");
}

static bool
has_body(struct MHD_Connection *conn)
{
	struct span length = header(conn, "content-length");

	return header(conn, "transfer-encoding").p != NULL ||
	    (length.p != NULL && !span_is(length, "0"));
}

/* "application/json", whatever its parameters. */
static bool
is_json(struct span type)
{
	return span_like(span_trim(span_cut(&type, ';')), "application/json");
}

static bool
is_plain(struct span encoding)
{
	return encoding.p == NULL || span_like(span_trim(encoding), "identity");
}

static size_t
header_size(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info == NULL ? 0 : info->header_size;
}

/* The rules that need the header alone. False when it was refused. */
static bool
let_in(struct exchange *ex, struct MHD_Connection *conn)
{
	bool posts = strcmp(ex->method, "POST") == 0;
	long length;

	ex->foreign = !has_keys(ex) && header(conn, "host").p == NULL;
	MHD_get_connection_values(conn, MHD_HEADER_KIND, check_place, ex);
	if (header(conn, "origin").p == NULL)
		ex->foreign |= !access_site(header(conn, "sec-fetch-site"),
		    header(conn, "sec-fetch-dest"), ex->path);
	if (header_size(conn) > ex->conf->max_header)
		answer_refuse(ex, FAULT_HEADER, "The request's header is "
		    "larger than %zu bytes (server.maxHeaderBytes)",
		    ex->conf->max_header);
	else if (ex->foreign)
		answer_refuse(ex, FAULT_ORIGIN, "This Host, Origin or site is "
		    "not allowed; see server.allowedHosts");
	else if ((ex->route == NULL || !ex->route->open) &&
	    !has_key(ex, conn))
		refuse_key(ex);
	else if (ex->route == NULL)
		route_refuse(ex);
	else if (posts && !ex->route->any_body && has_body(conn) &&
	    !is_json(header(conn, "content-type")))
		answer_refuse(ex, FAULT_MEDIA_TYPE, "The content type must be "
		    "application/json");
	else if (posts && !ex->route->any_body &&
	    !is_plain(header(conn, "content-encoding")))
		answer_refuse(ex, FAULT_MEDIA_TYPE, "The body must not be "
		    "compressed");
	else if (span_long(header(conn, "content-length"), &length) == 0 &&
	    (unsigned long)length > ex->conf->max_body)
		answer_refuse(ex, FAULT_TOO_LARGE, "The body is larger than "
		    "%zu bytes (server.maxBodyBytes)", ex->conf->max_body);
	return ex->status == 0;
}

/*
 * A place at work, or a refusal.  While co2 drains, whoever was let in before
 * is served once: a balancer would hand a refusal on, for the connection was
 * fine.  For the next request there is somebody else.
 */
static bool
seat(struct exchange *ex, const struct guest *guest)
{
	ex->at_work = work_enter(ex->house->work, ex->conf->max_connections,
	    guest_is_new(guest));
	if (ex->at_work)
		return true;
	if (work_draining(ex->house->work))
		answer_refuse(ex, FAULT_STOPPING, "co2 is shutting down");
	else
		answer_refuse(ex, FAULT_BUSY, "Too many requests at once "
		    "(server.maxConnections)");
	return false;
}

/* Memory for all of it, once. */
static void
expect_body(struct exchange *ex, struct span length)
{
	long n;

	if (!ex->route->any_body && span_long(length, &n) == 0)
		buf_reserve(&ex->upload, (size_t)n);
}

static struct exchange *
meet(struct server *server, struct MHD_Connection *conn, const char *url,
    const char *method)
{
	struct exchange *ex = exchange_new(server->house, socket_of(conn));

	ex->method = method;
	ex->path = span_of(url);
	name_it(ex, header(conn, "x-co2-request-id"));
	log_tag(ex->id.p);
	take_hints(ex, conn);
	ex->route = route_find(ex->conf->mode, method, ex->path, &ex->part);
	ex->client = client_of(ex);
	if (seat(ex, guest_of(conn)) && let_in(ex, conn))
		expect_body(ex, header(conn, "content-length"));
	log_tag(NULL);
	return ex;
}

/* --- the answer ----------------------------------------------------- */

static ssize_t
read_stream(void *arg, uint64_t at, char *p, size_t max)
{
	struct exchange *ex = arg;
	ssize_t n = exchange_read(ex, p, max);

	(void)at;
	if (n >= 0)
		return n;
	return ex->gone ? MHD_CONTENT_READER_END_WITH_ERROR :
	    MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *
make_response(struct exchange *ex)
{
	if (ex->streamed)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    STREAM_BLOCK, read_stream, ex, NULL);
	/* The body is the exchange's, which outlives the response. */
	return MHD_create_response_from_buffer(ex->body.n,
	    (void *)(uintptr_t)ex->body.p, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result
respond(struct exchange *ex, struct MHD_Connection *conn)
{
	struct MHD_Response *response;
	const char *name;
	struct span value;
	enum MHD_Result rc;

	if (ex->status == 0)
		return MHD_NO;	/* nobody is there to read it */
	response = make_response(ex);
	if (response == NULL)
		return MHD_NO;
	for (size_t at = 0; headers_next(&ex->headers, &at, &name, &value);)
		MHD_add_response_header(response, name, value.p);
	if (work_draining(ex->house->work))
		MHD_add_response_header(response, "connection", "close");
	rc = MHD_queue_response(conn, (unsigned)ex->status, response);
	MHD_destroy_response(response);
	return rc;
}

/* --- what the library calls ----------------------------------------- */

/*
 * Must a refusal go out before the body comes in?  The connection ends then,
 * and a client that still writes may never see the answer: so only when it
 * waits to be asked for the body, or when that is huge.
 */
static bool
answer_at_once(const struct exchange *ex, struct MHD_Connection *conn)
{
	long length;

	return ex->status != 0 && has_body(conn) &&
	    (header(conn, "expect").p != NULL ||
	    (span_long(header(conn, "content-length"), &length) == 0 &&
	    length > DISCARD_MAX));
}

static enum MHD_Result
take_body(struct server *server, struct exchange *ex,
    struct MHD_Connection *conn, struct span bytes)
{
	guest_sent(server->guests, guest_of(conn), bytes.n);
	if (ex->status == 0 && !ex->route->any_body) {
		buf_put(&ex->upload, bytes);
		if (!ex->upload.full)
			return MHD_YES;
		buf_free(&ex->upload);
		answer_refuse(ex, FAULT_TOO_LARGE, "The body is larger than "
		    "%zu bytes (server.maxBodyBytes)", ex->conf->max_body);
	}
	ex->discarded += bytes.n;
	return ex->discarded <= DISCARD_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result
run(struct server *server, struct exchange *ex, struct MHD_Connection *conn)
{
	guest_waits(server->guests, guest_of(conn));
	/*
	 * The library's limit would end a stream that is silent for longer;
	 * on_completed() sets it again.
	 */
	MHD_set_connection_option(conn, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
	reading.conn = NULL;
	if (ex->status == 0)
		exchange_run(ex);
	return respond(ex, conn);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state)
{
	struct server *server = arg;
	struct exchange *ex = *state;
	struct span bytes = { upload, *upload_size };

	(void)version;
	if (ex == NULL) {
		*state = reading.ex = ex = meet(server, conn, url, method);
		return answer_at_once(ex, conn) ? run(server, ex, conn) :
		    MHD_YES;
	}
	if (bytes.n == 0)
		return run(server, ex, conn);
	*upload_size = 0;
	return take_body(server, ex, conn, bytes);
}

/* For the next request to begin, or to go on. */
static unsigned
idle_seconds(const struct conf *conf)
{
	return conf->request_seconds < IDLE_SECONDS ?
	    (unsigned)conf->request_seconds : IDLE_SECONDS;
}

static void
on_completed(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct server *server = arg;
	struct exchange *ex = *state;
	unsigned idle = IDLE_SECONDS;

	if (ex != NULL)
		idle = idle_seconds(ex->conf);
	exchange_free(ex, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	*state = NULL;
	reading.conn = NULL;
	guest_served(server->guests, guest_of(conn));
	MHD_set_connection_option(conn, MHD_CONNECTION_OPTION_TIMEOUT, idle);
}

/* How many connections there may be, a thread and a descriptor each. */
static size_t
room(struct server *server)
{
	struct setup *setup = house_enter(server->house);
	size_t n = (size_t)setup->conf->max_connections + SPARE_CONNECTIONS;
	struct rlimit limit;

	house_leave(server->house, setup);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && n > limit.rlim_cur / 2)
		n = limit.rlim_cur / 2;
	return n;
}

static void
on_connection(void *arg, struct MHD_Connection *conn, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *server = arg;
	int fd = socket_of(conn), on = 1, stuck = STUCK_MS;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		guests_remove(server->guests, *context);
		*context = NULL;
		return;
	}
	*context = guests_add(server->guests, fd, room(server));
	/* Peers that vanish, or that never read, are noticed in the end. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stuck, sizeof(stuck));
}

static void *
on_path(void *arg, const char *path, struct MHD_Connection *conn)
{
	(void)arg;
	(void)path;
	reading.conn = conn;
	reading.ex = NULL;
	return NULL;	/* the state that on_request() begins with */
}

/* One of whom nothing is known but the connection. */
static struct exchange *
stranger(struct server *server, struct MHD_Connection *conn)
{
	struct exchange *ex = exchange_new(server->house, socket_of(conn));

	ex->method = "?";
	ex->path = SPAN("?");
	ex->client = client_of(ex);
	name_it(ex, SPAN_NONE);
	return ex;
}

/*
 * A request that the library refuses by itself.  One whose header it could
 * read is freed by on_completed().
 */
static void
refuse_unread(struct server *server, int status)
{
	struct exchange *ex = reading.ex != NULL ? reading.ex :
	    stranger(server, reading.conn);

	log_tag(ex->id.p);
	unread_refuse(ex, status);
	log_tag(NULL);
	if (reading.ex == NULL)
		exchange_free(ex, true);
	reading.conn = NULL;
}

__attribute__((format(printf, 2, 0))) static void
on_log(void *arg, const char *fmt, va_list ap)
{
	char text[256];
	int status;

	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_line(LOG_DEBUG, "libmicrohttpd", "says", text, NULL);
	if (reading.conn != NULL && (status = unread_status(text)) != 0)
		refuse_unread(arg, status);
}

/* --- start and stop ------------------------------------------------- */

struct server *
server_start(struct house *house, int listen_fd)
{
	struct server *s = xcalloc(1, sizeof(*s));
	const struct conf *conf = house->setup->conf;
	/*
	 * The library answers a first line that does not fit with a page of
	 * its own.  A header up to twice the limit gets through to us, and
	 * its size is named; a larger one is refused as unread.
	 */
	size_t memory = conf->max_header > CONNECTION_MEMORY / 2 ?
	    conf->max_header * 2 : CONNECTION_MEMORY;
	/* Poll: with select(2) descriptors above 1,023 are refused. */
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION |
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC |
	    MHD_USE_ERROR_LOG;

	s->house = house;
	s->guests = guests_new();
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
	    MHD_OPTION_URI_LOG_CALLBACK, on_path, s,
	    MHD_OPTION_LISTEN_SOCKET, listen_fd,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory,
	    MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds(conf),
	    MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES,
	    MHD_OPTION_END);
	if (s->daemon == NULL) {
		guests_free(s->guests);
		free(s);
		return NULL;
	}
	return s;
}

void
server_quiesce(struct server *server)
{
	int fd = MHD_quiesce_daemon(server->daemon);

	if (fd >= 0)
		close(fd);
}

void
server_stop(struct server *server)
{
	if (server == NULL)
		return;
	MHD_stop_daemon(server->daemon);
	guests_free(server->guests);
	free(server);
}

void
server_tick(struct server *server)
{
	struct setup *setup = house_enter(server->house);
	long ms = setup->conf->request_seconds * 1000;

	house_leave(server->house, setup);
	guests_hurry(server->guests, ms);
	large_trim();
}
