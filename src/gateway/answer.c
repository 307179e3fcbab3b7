#include "gateway/answer.h"

#include "gateway/clock.h"
#include "gateway/log.h"
#include "gateway/report.h"

/* The most bytes of x-co2-warnings are bounded where they are written. */
static void
add_warnings(struct exchange *ex)
{
	if (ex->opened && !ex->begun)
		bridge_put_warnings(&ex->bridge, &ex->warnings);
	if (ex->warnings.n > 0)
		headers_add(&ex->headers, "x-co2-warnings",
		    buf_span(&ex->warnings));
}

/* What the upstream said of itself. */
static void
add_upstream(struct exchange *ex)
{
	const struct headers *from = call_headers(ex->call);

	headers_limits(&ex->headers, from, ex->conf->mode, clock_wall_ms());
	if (ex->opened)
		headers_add(&ex->headers, "x-co2-upstream-model",
		    ex->bridge.to.model);
	if (ex->conf->mode == MODE_C2O)
		headers_add(&ex->headers, "x-upstream-request-id",
		    headers_get(from, "x-request-id"));
}

/* "request-id" to Claude's clients, "x-request-id" to OpenAI's. */
static void
add_ids(struct exchange *ex)
{
	struct span theirs = SPAN_NONE;

	headers_add(&ex->headers, "x-co2-request-id", ex->id);
	if (ex->conf->mode == MODE_C2O) {
		headers_add(&ex->headers, "request-id", ex->native_id);
		return;
	}
	if (ex->call != NULL)
		theirs = headers_get(call_headers(ex->call), "request-id");
	headers_add(&ex->headers, "x-request-id",
	    theirs.n > 0 ? theirs : ex->native_id);
	headers_add(&ex->headers, "openai-version", SPAN("2020-10-01"));
	headers_add(&ex->headers, "openai-processing-ms",
	    pool_printf(ex->pool, "%lld", clock_ms() - ex->born));
}

static void
begin(struct exchange *ex, int status, const char *type)
{
	ex->status = status;
	ex->answered = clock_ms();
	headers_add(&ex->headers, "content-type", span_of(type));
	add_ids(ex);
	if (ex->call != NULL)
		add_upstream(ex);
	add_warnings(ex);
	report_answer(ex);
}

static void
set_body(struct exchange *ex, struct span body)
{
	ex->body = body;
	ex->bytes = strcmp(ex->method, "HEAD") == 0 ? 0 : body.n;
}

void
answer_text(struct exchange *ex, const char *type, struct span body)
{
	begin(ex, 200, type);
	set_body(ex, body);
}

void
answer_json(struct exchange *ex, int status, struct span body)
{
	begin(ex, status, "application/json");
	set_body(ex, body);
	if (ex->opened && ex->bridge.estimated)
		headers_add(&ex->headers, "x-co2-token-count",
		    SPAN("estimate"));
}

void
answer_stream(struct exchange *ex)
{
	begin(ex, 200, "text/event-stream; charset=utf-8");
	headers_add(&ex->headers, "cache-control", SPAN("no-cache"));
	headers_add(&ex->headers, "x-accel-buffering", SPAN("no"));
	ex->streamed = true;
}

/* When to try again, if at all. */
static void
add_retry(struct exchange *ex, const struct fault *why)
{
	int should = ex->client->should_retry(why);

	if (why->retry_after >= 0)
		headers_add(&ex->headers, "retry-after",
		    pool_printf(ex->pool, "%ld", why->retry_after));
	if (should >= 0)
		headers_add(&ex->headers, "x-should-retry",
		    should ? SPAN("true") : SPAN("false"));
}

/* Our own words about the network; all else may quote the request. */
static const char *
reason(const struct fault *why)
{
	switch (why->kind) {
	case FAULT_UNREACHABLE:
	case FAULT_TIMEOUT:
	case FAULT_TRUNCATED:
	case FAULT_STOPPING:
		return why->upstream ? NULL : why->message;
	case FAULT_BAD_GATEWAY:
		return why->upstream ? NULL : "an answer that cannot be used";
	default:
		return NULL;
	}
}

/* NULL for an empty text, which leaves its pair out. */
static const char *
said(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
log_fault(const struct exchange *ex, const struct fault *why)
{
	const char *what = "refused the request";
	/* A client that tries a WebSocket first does so at each start. */
	bool probe = why->kind == FAULT_UPGRADE;

	if (why->status != 0)
		what = "the upstream refused the request";
	else if (ex->status >= 500)
		what = "could not answer the request";
	log_line(probe ? LOG_INFO : LOG_WARN, what,
	    "status", log_num(ex->status),
	    "upstream_status", why->status ? log_num(why->status) : NULL,
	    "code", said(why->code), "param", said(why->param),
	    "reason", reason(why),
	    "upstream_request_id", said(why->upstream_id), NULL);
}

void
answer_log_break(const struct fault *why)
{
	log_line(LOG_WARN, "ended the reply with an error",
	    "code", said(why->code), "type", said(why->type),
	    "reason", reason(why),
	    "upstream_request_id", said(why->upstream_id), NULL);
}

void
answer_fault(struct exchange *ex, const struct fault *why)
{
	buf_reset(&ex->text);
	ex->client->write_error(&ex->text, why, ex->native_id);
	begin(ex, ex->client->error_status(why), "application/json");
	add_retry(ex, why);
	set_body(ex, buf_span(&ex->text));
	log_fault(ex, why);
}

void
answer_refuse(struct exchange *ex, enum fault_kind kind, const char *fmt, ...)
{
	char text[sizeof(ex->why.message)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_clear(&ex->why);
	fault_set(&ex->why, kind, "", "%s", text);
	if (kind == FAULT_BUSY || kind == FAULT_STOPPING)
		ex->why.retry_after = 1;
	answer_fault(ex, &ex->why);
}
