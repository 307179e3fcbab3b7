/*
 * Error bodies of both OpenAI APIs (section S.10):
 *
 *	{"error":{"message":M,"type":T,"param":P,"code":C}}
 */
#include "dialect/parts.h"

#include <stdio.h>

#include "wire/jw.h"

#define REQUEST	"invalid_request_error"
#define SERVER	"server_error"
#define QUOTA	"insufficient_quota"

struct row {
	enum fault_kind kind;
	bool upstream;		/* the upstream said so, with a status */
	int status;
	int should_retry;	/* -1: as the fault says */
	const char *type, *code;
};

/* The first row that fits counts; false fits both. */
static const struct row rows[] = {
	{ FAULT_REQUEST, false, 400, -1, REQUEST, NULL },
	{ FAULT_AUTH, true, 401, 0, "authentication_error",
	    "upstream_authentication" },
	{ FAULT_AUTH, false, 401, -1, REQUEST, "invalid_api_key" },
	{ FAULT_BILLING, false, 429, 0, QUOTA, QUOTA },
	{ FAULT_PERMISSION, false, 403, -1, "permission_error",
	    "upstream_permission" },
	{ FAULT_NOT_FOUND, false, 404, -1, REQUEST, "model_not_found" },
	{ FAULT_ROUTE, false, 404, -1, REQUEST, "unknown_url" },
	{ FAULT_METHOD, false, 405, -1, REQUEST, "method_not_allowed" },
	{ FAULT_REQUEST_TIMEOUT, true, 408, -1, REQUEST, "upstream_error" },
	{ FAULT_REQUEST_TIMEOUT, false, 408, -1, REQUEST, "request_timeout" },
	{ FAULT_CONFLICT, false, 409, -1, REQUEST, "conflict" },
	{ FAULT_TOO_LARGE, false, 413, -1, REQUEST, "request_too_large" },
	{ FAULT_MEDIA_TYPE, false, 415, -1, REQUEST, "unsupported_media_type" },
	{ FAULT_HEADER, false, 431, -1, REQUEST, "request_header_too_large" },
	{ FAULT_ORIGIN, false, 403, -1, REQUEST, "forbidden_origin" },
	{ FAULT_UPGRADE, false, 426, -1, REQUEST, "websocket_unsupported" },
	{ FAULT_RATE, false, 429, -1, "rate_limit_error",
	    "rate_limit_exceeded" },
	{ FAULT_SERVER, false, 500, -1, SERVER, "upstream_error" },
	{ FAULT_BAD_GATEWAY, false, 502, -1, SERVER, "upstream_error" },
	{ FAULT_UNREACHABLE, false, 502, -1, SERVER, "upstream_unreachable" },
	{ FAULT_TRUNCATED, false, 502, -1, SERVER,
	    "upstream_stream_truncated" },
	{ FAULT_TIMEOUT, false, 504, -1, SERVER, "upstream_timeout" },
	{ FAULT_OVERLOADED, false, 503, -1, SERVER, "server_is_overloaded" },
	{ FAULT_BUSY, false, 503, -1, SERVER, "server_is_overloaded" },
	{ FAULT_STOPPING, false, 503, -1, SERVER, "server_shutting_down" },
};

/* Codes that only tell faults of one kind apart inside co2: null outside. */
static const char response_not_found[] = "response_not_found";

/*
 * A 429 that names no time to wait is a spend cap: waiting does not help. In
 * a stream, where there are no headers, it is a rate limit like any other.
 */
static enum fault_kind
kind_of(const struct fault *why)
{
	if (why->kind == FAULT_RATE && why->status == 429 &&
	    why->retry_after < 0)
		return FAULT_BILLING;
	return why->kind;
}

static const struct row *
row_of(const struct fault *why)
{
	static const struct row other = { FAULT_NONE, false, 500, -1, SERVER,
	    "upstream_error" };
	bool upstream = why->upstream || why->status != 0;
	enum fault_kind kind = kind_of(why);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == kind && (!rows[i].upstream || upstream))
			return &rows[i];
	return &other;
}

/* A 4xx of the upstream's that has no row of its own: 418, 422, ... */
static bool
odd_refusal(const struct fault *why)
{
	return why->kind == FAULT_REQUEST && why->status > 400 &&
	    why->status < 500;
}

int
openai_error_status(const struct fault *why)
{
	return odd_refusal(why) ? why->status : row_of(why)->status;
}

int
openai_should_retry(const struct fault *why)
{
	int said = row_of(why)->should_retry;

	return said >= 0 ? said : why->should_retry;
}

/* Our own words for a request stand as they are, others have a row. */
const char *
openai_error_code(const struct fault *why)
{
	if (strcmp(why->code, response_not_found) == 0)
		return NULL;
	if (kind_of(why) == FAULT_BILLING || why->code[0] == '\0')
		return odd_refusal(why) ? "upstream_error" :
		    row_of(why)->code;
	return why->code;
}

const char *
openai_error_type(const struct fault *why)
{
	return row_of(why)->type;
}

/* Codex waits as long as a message that ends like this tells it to. */
static struct span
put_message(struct buf *out, const struct fault *why, bool whole)
{
	buf_puts(out, why->message);
	if (whole && why->upstream && why->upstream_id[0] != '\0')
		buf_printf(out, " (upstream request %s)", why->upstream_id);
	if (whole && kind_of(why) == FAULT_RATE && why->retry_after >= 0)
		buf_printf(out, " Please try again in %lds.",
		    why->retry_after);
	return buf_span(out);
}

/* A model that is not there is a matter of the field "model". */
static struct span
param_of(const struct fault *why)
{
	const char *code = openai_error_code(why);

	if (why->param[0] != '\0')
		return span_of(why->param);
	if (code != NULL && strcmp(code, "model_not_found") == 0)
		return SPAN("model");
	return SPAN_NONE;
}

static void
put_error(struct jw *w, const char *key, const struct fault *why, bool whole)
{
	struct buf message;

	buf_init(&message, 0);
	jw_obj(w, key);
	jw_str(w, "message", put_message(&message, why, whole));
	jw_str(w, "type", span_of(openai_error_type(why)));
	jw_str(w, "param", param_of(why));
	jw_str(w, "code", span_of(openai_error_code(why)));
	jw_end(w);
	buf_free(&message);
}

void
openai_write_error(struct buf *out, const struct fault *why,
    struct span request_id)
{
	struct jw w;

	(void)request_id;
	jw_init(&w, out);
	jw_obj(&w, NULL);
	put_error(&w, "error", why, true);
	jw_end(&w);
}

void
openai_put_error(struct buf *out, const struct fault *why)
{
	struct jw w;

	jw_init(&w, out);
	put_error(&w, NULL, why, false);
}
