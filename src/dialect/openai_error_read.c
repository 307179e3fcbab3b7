/*
 * What is seen as an error body:
 *
 *	{"error":{"message":...,"type":...,"param":...,"code":...}}	OpenAI
 *	{"error":"text"}						Ollama
 *	{"error":{"message":...,"code":429,"metadata":{...}}}	OpenRouter
 *	{"object":"error","message":...,"code":400}		vLLM, once
 *	{"detail":"text"}, {"detail":[{"loc":[...],"msg":...}]}	FastAPI
 *	[{"error":{...}}]					Gemini
 *	{"message":...}, HTML, plain text			proxies
 */
#include "dialect/openai_error_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "dialect/parts.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* As much of a page of HTML as is worth showing. */
#define PAGE_MAX 300

/* --- status --------------------------------------------------------- */

static const struct {
	int status;
	enum fault_kind kind;
} kinds[] = {
	{ 400, FAULT_REQUEST },
	{ 401, FAULT_AUTH },
	{ 402, FAULT_BILLING },
	{ 403, FAULT_PERMISSION },
	{ 404, FAULT_NOT_FOUND },
	{ 408, FAULT_REQUEST_TIMEOUT },
	{ 409, FAULT_CONFLICT },
	{ 413, FAULT_TOO_LARGE },
	{ 429, FAULT_RATE },
	{ 500, FAULT_SERVER },
	{ 502, FAULT_BAD_GATEWAY },
	{ 503, FAULT_OVERLOADED },
	{ 504, FAULT_TIMEOUT },
	{ 529, FAULT_OVERLOADED },
};

static enum fault_kind
kind_of(int status)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].status == status)
			return kinds[i].kind;
	if (status < 400)
		return FAULT_BAD_GATEWAY;
	return status < 500 ? FAULT_REQUEST : FAULT_SERVER;
}

/* Codes and types that tell the status where HTTP has said 200. */
static const struct {
	const char *word;
	int status;
} words[] = {
	{ "rate_limit_exceeded",	429 },
	{ "rate_limit_error",		429 },
	{ "insufficient_quota",		429 },
	{ "server_is_overloaded",	529 },
	{ "slow_down",			529 },
	{ "overloaded_error",		529 },
	{ "server_error",		500 },
	{ "internal_error",		500 },
	{ "InternalServerError",	500 },
	{ "vector_store_timeout",	500 },
	{ "authentication_error",	401 },
	{ "invalid_api_key",		401 },
	{ "model_not_found",		404 },
	{ "invalid_request_error",	400 },
	{ "BadRequestError",		400 },
	{ "context_length_exceeded",	400 },
	{ "exceed_context_size_error",	400 },
	{ "invalid_prompt",		400 },
	{ "bio_policy",			400 },
	{ "misalignment_policy_violation", 400 },
	{ "content_policy_violation",	400 },
	{ "content_filter",		400 },
};

static int
status_by_word(struct span word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i].word))
			return words[i].status;
	return 0;
}

/* A number, or a text that is one; 0 when it is no error status. */
static int
status_by_number(const json_t *v)
{
	long n = 0;

	if (json_is_integer(v))
		n = (long)json_integer_value(v);
	else if (span_long(jspan(v), &n) != 0)
		return 0;
	return n >= 400 && n <= 599 ? (int)n : 0;
}

int
openai_own_status(const json_t *error, int otherwise)
{
	static const char *const numbers[] = {
		"code", "status", "status_code",
	};
	int status;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		status = status_by_number(jget(error, numbers[i]));
		if (status != 0)
			return status;
	}
	status = status_by_word(jget_span(error, "code"));
	if (status == 0)
		status = status_by_word(jget_span(error, "type"));
	return status != 0 ? status : otherwise;
}

/* A used-up quota is no matter of waiting. */
static bool
is_billing(const struct fault *why)
{
	static const char *const codes[] = {
		"insufficient_quota", "billing_hard_limit_reached",
		"billing_not_active",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(why->code, codes[i]) == 0 ||
		    strcmp(why->type, codes[i]) == 0)
			return true;
	return false;
}

/* --- where the error stands ----------------------------------------- */

const json_t *
openai_error_in(const json_t *root)
{
	const json_t *error;

	if (json_is_array(root))
		root = json_array_get(root, 0);
	error = jget(root, "error");
	if (error == NULL && jget_is(root, "object", "error"))
		return root;
	/* Some put "error": false, or an empty text, beside a result. */
	if (json_is_object(error) || jspan(error).n > 0)
		return error;
	return NULL;
}

/* The same for an answer that is an error by its status. */
static const json_t *
error_of(const json_t *root)
{
	const json_t *error = openai_error_in(root);

	if (json_is_array(root))
		root = json_array_get(root, 0);
	if (error == NULL)
		error = json_array_get(jget_array(root, "errors"), 0);
	return error != NULL ? error : root;
}

/* --- the message ---------------------------------------------------- */

static void
put_compact(struct buf *out, const json_t *v)
{
	if (json_is_string(v))
		buf_put(out, jspan(v));
	else
		json_put(out, v);
}

/* FastAPI's place of a fault: ["body","messages",0,"role"]. */
static void
put_place(struct buf *out, const json_t *loc)
{
	size_t i;
	json_t *step;
	bool some = false;

	json_array_foreach(loc, i, step) {
		if (i == 0 && span_is(jspan(step), "body"))
			continue;
		if (some)
			buf_putc(out, '.');
		put_compact(out, step);
		some = true;
	}
}

/* [{"loc":["body","x"],"msg":"Field required","type":"missing"}, ...] */
static void
put_details(struct buf *out, struct fault *why, const json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		size_t from;

		if (i > 0)
			buf_puts(out, "; ");
		from = out->n;
		put_place(out, jget_array(one, "loc"));
		if (i == 0)
			fault_copy(why->param, sizeof(why->param),
			    span_from(buf_span(out), from));
		if (out->n > from)
			buf_puts(out, ": ");
		put_compact(out, json_is_object(one) && jget(one, "msg") ?
		    jget(one, "msg") : one);
	}
}

/* The first of the fields that servers put their words into, if it has any. */
static void
put_message(struct buf *out, struct fault *why, const json_t *error)
{
	static const char *const fields[] = {
		"message", "msg", "error", "detail", "error_description",
	};

	if (json_is_string(error)) {
		buf_put(out, jspan(error));
		return;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		json_t *v = jget(error, fields[i]);

		if (json_is_array(v))
			put_details(out, why, v);
		else if (v != NULL)
			put_compact(out, v);
		if (out->n > 0)
			return;
	}
	if (error != NULL)
		json_put(out, error);
}

/* --- the fault ------------------------------------------------------ */

static void
copy_word(char *field, size_t n, const json_t *v)
{
	if (json_is_integer(v))
		snprintf(field, n, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
	else
		fault_copy(field, n, jspan(v));
}

/* OpenRouter passes on what its provider said as a text. */
static struct span
provider_words(const json_t *error)
{
	return jget_span(jget(error, "metadata"), "raw");
}

void
openai_fault(struct fault *why, const json_t *error, int status)
{
	struct buf text;

	fault_clear(why);
	why->kind = kind_of(status);
	why->status = status;
	why->upstream = true;
	copy_word(why->code, sizeof(why->code), jget(error, "code"));
	copy_word(why->type, sizeof(why->type), jget(error, "type"));
	fault_copy(why->param, sizeof(why->param), jget_span(error, "param"));

	buf_init(&text, 0);
	put_message(&text, why, error);
	fault_copy(why->message, sizeof(why->message), buf_span(&text));
	buf_free(&text);

	if (status == 429 && is_billing(why)) {
		why->kind = FAULT_BILLING;
		why->should_retry = 0;
	}
	if (why->kind == FAULT_REQUEST)
		openai_context_fault(why, error, provider_words(error));
}

/* --- what is no JSON ------------------------------------------------ */

/* Elements whose content is not for reading. */
static bool
skip_element(struct span *s, const char *open, const char *close)
{
	ptrdiff_t end;

	if (!span_like(span_head(*s, strlen(open)), open))
		return false;
	end = span_find_like(*s, close);
	*s = end < 0 ? span_from(*s, s->n) : span_from(*s, (size_t)end);
	return true;
}

/* The words of a page: tags out, white space folded. */
static void
put_page(struct buf *out, struct span s)
{
	bool gap = false;

	while (s.n > 0 && out->n <= PAGE_MAX) {
		if (skip_element(&s, "<script", "</script") ||
		    skip_element(&s, "<style", "</style") ||
		    skip_element(&s, "<head>", "</head"))
			continue;
		if (s.p[0] == '<') {
			span_cut(&s, '>');
			gap = true;
			continue;
		}
		if (span_blank(span_head(s, 1))) {
			gap = true;
		} else {
			if (gap && out->n > 0)
				buf_putc(out, ' ');
			gap = false;
			buf_putc(out, s.p[0]);
		}
		s = span_from(s, 1);
	}
}

static void
page_fault(struct fault *why, struct span body, int status)
{
	struct buf text;
	char cut[PAGE_MAX + 1];

	fault_clear(why);
	why->kind = kind_of(status);
	why->status = status;
	why->upstream = true;
	buf_init(&text, 0);
	put_page(&text, body);
	if (text.n == 0)
		buf_printf(&text, "upstream answered with status %d and no "
		    "message", status);
	/* No character is torn by the cut. */
	fault_copy(cut, sizeof(cut), buf_span(&text));
	fault_copy(why->message, sizeof(why->message), span_of(cut));
	buf_free(&text);
	if (why->kind == FAULT_REQUEST)
		openai_context_fault(why, NULL, SPAN_NONE);
}

void
openai_read_error(struct pool *pool, struct span body, int status,
    struct fault *why)
{
	struct json_trouble trouble;
	json_t *root = jread(pool, body, 0, NULL, &trouble);

	if (json_is_object(root) || json_is_array(root))
		openai_fault(why, error_of(root), status);
	else
		page_fault(why, json_is_string(root) ? jspan(root) : body,
		    status);
}
