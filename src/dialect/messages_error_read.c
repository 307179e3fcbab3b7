/*
 * Claude's errors (o2c section S.10): an answer that is one, or an event in a
 * stream.
 *
 *	{"type":"error","error":{"type":"overloaded_error",
 *	 "message":"Overloaded"},"request_id":"req_01E2"}
 */
#include "dialect/messages_error_read.h"

#include "dialect/parts.h"
#include "wire/jget.h"

/* How much of a body that is no JSON is shown. */
enum { SHOWN_BYTES = 512 };

/* A kind of trouble, by its status and by Claude's word for it. */
static const struct row {
	int status;
	const char *type;
	enum fault_kind kind;
	const char *code, *param;
	bool final;		/* trying again is no use */
} rows[] = {
	{ 400, "invalid_request_error", FAULT_REQUEST, "", "", false },
	{ 401, "authentication_error", FAULT_AUTH,
	    "upstream_authentication", "", true },
	{ 402, "billing_error", FAULT_BILLING, "insufficient_quota", "",
	    true },
	{ 403, "permission_error", FAULT_PERMISSION, "upstream_permission",
	    "", false },
	{ 404, "not_found_error", FAULT_NOT_FOUND, "model_not_found",
	    "model", false },
	{ 409, "conflict_error", FAULT_CONFLICT, "conflict", "", false },
	{ 413, "request_too_large", FAULT_TOO_LARGE, "request_too_large", "",
	    false },
	{ 429, "rate_limit_error", FAULT_RATE, "", "", false },
	{ 500, "api_error", FAULT_SERVER, "upstream_error", "", false },
	{ 504, "timeout_error", FAULT_TIMEOUT, "upstream_timeout", "",
	    false },
	{ 529, "overloaded_error", FAULT_OVERLOADED, "server_is_overloaded",
	    "", false },
};

/* Texts that say more than the type does. */
static const struct text {
	const char *text;
	enum fault_kind kind;
	const char *code;
	bool final;
} texts[] = {
	{ "prompt is too long", FAULT_REQUEST, "context_length_exceeded",
	    false },
	{ "input length and `max_tokens` exceed context limit",
	    FAULT_REQUEST, "context_length_exceeded", false },
	{ "credit balance", FAULT_BILLING, "insufficient_quota", true },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* By the word; where there is none or a new one, by the status. */
static const struct row *
row_of(struct span type, int status)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (span_is(type, rows[i].type))
			return &rows[i];
	for (size_t i = 0; i < COUNT(rows); i++)
		if (status == rows[i].status)
			return &rows[i];
	return NULL;
}

static void
set_kind(struct fault *why, enum fault_kind kind, const char *code, bool final)
{
	why->kind = kind;
	fault_copy(why->code, sizeof(why->code), span_of(code));
	if (final)
		why->should_retry = 0;
}

/* Statuses and bodies that are not Claude's: a proxy's, a redirect. */
static void
set_other(struct fault *why)
{
	bool theirs = why->status < 400 || why->status >= 500;

	set_kind(why, theirs ? FAULT_BAD_GATEWAY : FAULT_REQUEST,
	    "upstream_error", false);
}

static void
read_texts(struct fault *why)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		if (span_find_like(span_of(why->message), texts[i].text) >= 0)
			set_kind(why, texts[i].kind, texts[i].code,
			    texts[i].final);
}

static void
set_message(struct fault *why, struct span message)
{
	why->upstream = true;
	if (span_blank(message))
		message = SPAN("The upstream failed without saying why.");
	fault_copy(why->message, sizeof(why->message), message);
}

/* {"message":M} inside "error", or as other servers have it. */
static struct span
message_of(const json_t *root)
{
	const json_t *error = jget(root, "error");
	struct span message = jget_span(error, "message");

	if (message.p == NULL)
		message = jspan(error);
	return message.p != NULL ? message : jget_span(root, "message");
}

void
claude_error(const json_t *root, int status, struct fault *why)
{
	struct span type = jget_span(jget(root, "error"), "type");
	const struct row *row = row_of(type, status);

	fault_clear(why);
	why->status = status;
	set_message(why, message_of(root));
	fault_copy(why->type, sizeof(why->type), type);
	fault_copy(why->upstream_id, sizeof(why->upstream_id),
	    jget_span(root, "request_id"));
	if (row == NULL) {
		set_other(why);
		return;
	}
	set_kind(why, row->kind, row->code, row->final);
	fault_copy(why->param, sizeof(why->param), span_of(row->param));
	if (row->kind == FAULT_REQUEST)
		read_texts(why);
}

void
messages_read_error(struct pool *pool, struct span body, int status,
    struct fault *why)
{
	struct json_trouble trouble;
	json_t *root = jread(pool, body, 0, NULL, &trouble);

	if (json_is_object(root) && message_of(root).p != NULL) {
		claude_error(root, status, why);
		return;
	}
	fault_clear(why);
	why->status = status;
	set_other(why);
	set_message(why, span_trim(body));
	if (strlen(why->message) > SHOWN_BYTES)
		fault_copy(why->message, SHOWN_BYTES + 1, span_trim(body));
}
