/*
 * Faults in Claude's words (c2o-common section 10).
 */
#include "dialect/messages_write.h"

struct answer {
	int status;
	const char *type;
};

#define INVALID "invalid_request_error"

/* Our own faults, and those of an upstream that gave no status. */
static const struct answer by_kind[] = {
	[FAULT_REQUEST] =	{ 400, INVALID },
	[FAULT_AUTH] =		{ 401, "authentication_error" },
	[FAULT_BILLING] =	{ 402, "billing_error" },
	[FAULT_PERMISSION] =	{ 403, "permission_error" },
	[FAULT_NOT_FOUND] =	{ 404, "not_found_error" },
	[FAULT_ROUTE] =		{ 404, "not_found_error" },
	[FAULT_METHOD] =	{ 405, INVALID },
	[FAULT_REQUEST_TIMEOUT] = { 408, "timeout_error" },
	[FAULT_CONFLICT] =	{ 409, "conflict_error" },
	[FAULT_TOO_LARGE] =	{ 413, "request_too_large" },
	[FAULT_MEDIA_TYPE] =	{ 415, INVALID },
	[FAULT_HEADER] =	{ 431, "request_too_large" },
	[FAULT_ORIGIN] =	{ 403, "permission_error" },
	[FAULT_UPGRADE] =	{ 426, INVALID },
	[FAULT_RATE] =		{ 429, "rate_limit_error" },
	[FAULT_SERVER] =	{ 500, "api_error" },
	[FAULT_BAD_GATEWAY] =	{ 502, "api_error" },
	[FAULT_UNREACHABLE] =	{ 502, "api_error" },
	[FAULT_TRUNCATED] =	{ 502, "api_error" },
	[FAULT_TIMEOUT] =	{ 504, "timeout_error" },
	[FAULT_OVERLOADED] =	{ 529, "overloaded_error" },
	[FAULT_BUSY] =		{ 503, "overloaded_error" },
	[FAULT_STOPPING] =	{ 503, "overloaded_error" },
};

/* What an upstream's status becomes (section 10.1). */
static const struct {
	int upstream;
	struct answer answer;
} by_status[] = {
	{ 401, { 401, "authentication_error" } },
	{ 402, { 402, "billing_error" } },
	{ 403, { 403, "permission_error" } },
	{ 404, { 404, "not_found_error" } },
	{ 408, { 408, "timeout_error" } },
	{ 409, { 409, "conflict_error" } },
	{ 413, { 413, "request_too_large" } },
	{ 429, { 429, "rate_limit_error" } },
	{ 502, { 502, "api_error" } },
	{ 503, { 529, "overloaded_error" } },
	{ 504, { 504, "timeout_error" } },
	{ 529, { 529, "overloaded_error" } },
};

static struct answer
answer_to(int status)
{
	for (size_t i = 0; i < sizeof(by_status) / sizeof(by_status[0]); i++)
		if (by_status[i].upstream == status)
			return by_status[i].answer;
	return by_kind[status < 500 ? FAULT_REQUEST : FAULT_SERVER];
}

static struct answer
answer_of(const struct fault *why)
{
	size_t kind = (size_t)why->kind;

	if (why->kind != FAULT_BILLING && why->status >= 400)
		return answer_to(why->status);
	if (kind >= sizeof(by_kind) / sizeof(by_kind[0]) ||
	    by_kind[kind].type == NULL)
		return by_kind[FAULT_SERVER];
	return by_kind[kind];
}

int
messages_error_status(const struct fault *why)
{
	return answer_of(why).status;
}

const char *
messages_error_type(const struct fault *why)
{
	return answer_of(why).type;
}

bool
messages_is_server_side(const struct fault *why)
{
	return answer_of(why).status >= 500;
}

/*
 * What we refused ourselves would be refused again, and waiting does not fill
 * an account; else it is as the upstream said.
 */
int
messages_should_retry(const struct fault *why)
{
	if (why->kind == FAULT_BILLING)
		return 0;
	if (why->kind == FAULT_REQUEST && !why->upstream && why->status == 0)
		return 0;
	return why->should_retry;
}

/* The codes that clients look at; others stay inside. */
static bool
shows_details(const struct fault *why)
{
	static const char *const codes[] = {
		"unsupported_parameter", "thread_unsupported_request",
		"tool_reference_unresolved",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!why->upstream && strcmp(why->code, codes[i]) == 0)
			return true;
	return false;
}

static void
put_details(struct jw *w, const struct fault *why)
{
	jw_obj(w, "details");
	jw_str(w, "error_code", span_of(why->code));
	if (why->param[0] != '\0')
		jw_str(w, "param", span_of(why->param));
	if (strcmp(why->code, "thread_unsupported_request") == 0) {
		jw_arr(w, "unsupported");
		jw_str(w, NULL, span_of(why->param));
		jw_end(w);
	}
	jw_end(w);
}

void
messages_put_error(struct buf *out, const struct fault *why, const char *type,
    struct span request_id)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "type", SPAN("error"));
	jw_obj(&w, "error");
	jw_str(&w, "type", span_of(type));
	jw_text_begin(&w, "message");
	if (!why->upstream && why->param[0] != '\0') {
		jw_text(&w, span_of(why->param));
		jw_text(&w, SPAN(": "));
	}
	jw_text(&w, span_of(why->message));
	jw_text_end(&w);
	if (shows_details(why))
		put_details(&w, why);
	jw_end(&w);
	jw_str(&w, "request_id", request_id);
	jw_end(&w);
}

void
messages_write_error(struct buf *out, const struct fault *why,
    struct span request_id)
{
	messages_put_error(out, why, messages_error_type(why), request_id);
}
