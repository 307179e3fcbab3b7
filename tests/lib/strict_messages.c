/* POST /v1/messages and /v1/messages/count_tokens: the top level. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "jx.h"
#include "strict_claude.h"
#include "strict_model.h"
#include "strict_openai.h"

enum { MAX_MARKS = 4 };

static const struct field create_fields[] = {
	{ "model", T_STR | T_MUST }, { "messages", T_ARR | T_MUST },
	{ "max_tokens", T_INT | T_MUST }, { "stream", T_BOOL },
	{ "system", T_STR | T_ARR }, { "tools", T_ARR },
	{ "tool_choice", T_OBJ }, { "thinking", T_OBJ },
	{ "output_config", T_OBJ }, { "temperature", T_NUM },
	{ "top_p", T_NUM }, { "top_k", T_INT }, { "stop_sequences", T_ARR },
	{ "metadata", T_OBJ }, { "service_tier", T_STR },
	{ "cache_control", T_OBJ | T_NULL }, { "container", T_STR | T_OBJ |
	T_NULL }, { "inference_geo", T_STR | T_NULL },
	{ "speed", T_STR | T_NULL }, { "diagnostics", T_OBJ | T_NULL },
	{ NULL, 0 },
};

static const struct field count_fields[] = {
	{ "model", T_STR | T_MUST }, { "messages", T_ARR | T_MUST },
	{ "system", T_STR | T_ARR }, { "tools", T_ARR },
	{ "tool_choice", T_OBJ }, { "thinking", T_OBJ },
	{ "output_config", T_OBJ }, { "cache_control", T_OBJ | T_NULL },
	{ NULL, 0 },
};

bool
claude_has_beta(const struct walk *s, const char *feature)
{
	return s->o->beta != NULL && strstr(s->o->beta, feature) != NULL;
}

/* "some-feature-2026-08-01" */
static bool
is_beta_name(const char *p, size_t n)
{
	static const char form[] = "-dddd-dd-dd";
	size_t m = sizeof(form) - 1;

	if (n <= m)
		return false;
	for (size_t i = 0; i < m; i++) {
		unsigned char c = (unsigned char)p[n - m + i];
		if (form[i] == 'd' ? !isdigit(c) : c != '-')
			return false;
	}
	return true;
}

static int
check_beta(struct walk *s)
{
	const char *p = s->o->beta != NULL ? s->o->beta : "";

	while (*(p += strspn(p, ", ")) != '\0') {
		size_t n = strcspn(p, ", ");
		if (!is_beta_name(p, n))
			return refuse_as(s, 400, NULL, NULL, "Unexpected "
			    "value(s) `%.*s` for the `anthropic-beta` header.",
			    (int)n, p);
		p += n;
	}
	return 0;
}

static int
check_stop(struct walk *s, const json_t *stop)
{
	if (!json_is_string(stop))
		return refuse(s, "Input should be a valid string");
	if (jx_is_blank(json_string_value(stop)))
		return refuse_as(s, 400, NULL, NULL, "stop_sequences: each "
		    "stop sequence must contain non-whitespace");
	return 0;
}

static int
check_stops(struct walk *s, const json_t *stops)
{
	return check_each(s, stops, check_stop);
}

static int
check_system(struct walk *s, const json_t *system)
{
	return check_each(s, system, claude_text_block);
}

static int
check_metadata(struct walk *s, const json_t *metadata)
{
	static const struct field fields[] = {
		{ "user_id", T_STR | T_NULL }, { NULL, 0 },
	};

	return check_shape(s, metadata, fields);
}

static int
check_max_tokens(struct walk *s, const json_t *body)
{
	json_int_t n = json_integer_value(json_object_get(body, "max_tokens"));

	if (n < 1)
		return refuse_as(s, 400, NULL, NULL, "max_tokens: must be "
		    "greater than or equal to 1");
	if (n > s->model->max_out && s->model->prefix[0] != '\0')
		return refuse_as(s, 400, NULL, NULL, "max_tokens: %lld > %d, "
		    "which is the maximum allowed number of output tokens for "
		    "%s", (long long)n, s->model->max_out, s->model_id);
	return 0;
}

static int
check_top(struct walk *s, const json_t *body)
{
	static const char *const tiers[] = { "auto", "standard_only", NULL };
	int rc;

	if ((rc = check_shape(s, body, s->o->count ? count_fields :
	    create_fields)) != 0)
		return rc;
	if (strict_no_such_model(s->model_id))
		return refuse_as(s, 404, NULL, NULL, "model: %s", s->model_id);
	if (!s->o->count && (rc = check_max_tokens(s, body)) != 0)
		return rc;
	if ((rc = check_at(s, body, "stop_sequences", check_stops)) != 0 ||
	    (rc = check_at(s, body, "metadata", check_metadata)) != 0)
		return rc;
	return check_word_at(s, body, "service_tier", tiers);
}

/* The parts in the order in which cache marks are counted. */
static int
check_parts(struct walk *s, const json_t *body)
{
	int rc;

	if ((rc = check_at(s, body, "tools", claude_tools)) != 0 ||
	    (rc = check_at(s, body, "system", check_system)) != 0 ||
	    (rc = check_at(s, body, "messages", claude_turns)) != 0 ||
	    (rc = claude_mark(s, body)) != 0)
		return rc;
	if (s->marks > MAX_MARKS)
		return refuse_as(s, 400, NULL, NULL, "A maximum of 4 blocks "
		    "with cache_control may be provided. Found %u.", s->marks);
	return 0;
}

static int
check_messages(const json_t *body, const struct strict_opts *o,
    struct refusal *why)
{
	struct walk s = { .o = o, .why = why, .body = body };
	int rc;

	s.model_id = jx_word(body, "model");
	s.model = strict_model_of(s.model_id);
	if ((rc = check_beta(&s)) != 0 || (rc = check_top(&s, body)) != 0 ||
	    (rc = check_parts(&s, body)) != 0 ||
	    (rc = check_at(&s, body, "tool_choice", claude_tool_choice)) != 0)
		return rc;
	return claude_config(&s, body);
}

/* --- the public face ------------------------------------------------------ */

int
strict_check(enum strict_api api, const json_t *body,
    const struct strict_opts *o, struct refusal *why)
{
	memset(why, 0, sizeof(*why));
	switch (api) {
	case STRICT_MESSAGES:
		return check_messages(body, o, why);
	case STRICT_RESPONSES:
		return strict_responses_body(body, o, why);
	default:
		return strict_chat_body(body, o, why);
	}
}

/* "message (param: x, code: y)" */
static int
in_one_line(enum strict_api api, const json_t *body,
    const struct strict_opts *o, char *why, size_t n)
{
	struct refusal r;
	int rc = strict_check(api, body, o, &r);

	if (rc == 0)
		why[0] = '\0';
	else if (r.param[0] != '\0' && api != STRICT_MESSAGES)
		snprintf(why, n, "%s (param: %s, code: %s)", r.message,
		    r.param, r.code[0] != '\0' ? r.code : "null");
	else
		snprintf(why, n, "%s", r.message);
	return rc;
}

int
strict_messages(const json_t *body, const struct strict_opts *o, char *why,
    size_t n)
{
	return in_one_line(STRICT_MESSAGES, body, o, why, n);
}

int
strict_responses(const json_t *body, const struct strict_opts *o, char *why,
    size_t n)
{
	return in_one_line(STRICT_RESPONSES, body, o, why, n);
}

int
strict_chat(const json_t *body, const struct strict_opts *o, char *why,
    size_t n)
{
	return in_one_line(STRICT_CHAT, body, o, why, n);
}
