/*
 * A Claude request, read (c2o-common section 1): everything is checked in
 * Claude's words, since its clients match on them, and what no OpenAI
 * upstream has is dropped or refused here.
 */
#include <stdio.h>

#include "dialect/messages_read.h"

const struct field messages_fields[] = {
	{ "model", false },
	{ "max_tokens", false },
	{ "messages", false },
	{ "system", false },
	{ "tools", false },
	{ "tool_choice", false },
	{ "thinking", false },
	{ "output_config", false },
	{ "output_format", false },
	{ "temperature", false },
	{ "top_p", false },
	{ "top_k", true },	/* no OpenAI field; strict servers refuse it */
	{ "stop_sequences", false },
	{ "stream", false },
	{ "metadata", false },
	{ "service_tier", false },
	{ "speed", false },
	{ "container", false },
	{ "mcp_servers", false },
	{ "context_management", false },
	{ "compaction", false },
	{ "thread", false },
	{ "inference_geo", false },
	{ "cache_control", false },
	{ "diagnostics", false },
	{ "fallbacks", false },
	{ "fallback_credit_token", false },
	{ "billing_policy", false },
	{ "seed", true },
	{ NULL, false },
};

/* --- faults and paths ----------------------------------------------- */

__attribute__((format(printf, 4, 0))) static int
bad(struct reading *r, const char *code, struct span path, const char *fmt,
    va_list ap)
{
	char text[sizeof(r->why->message)];

	vsnprintf(text, sizeof(text), fmt, ap);
	return fault_code(r->why, FAULT_REQUEST, code,
	    pool_str(r->req->pool, path), "%s", text);
}

int
messages_bad(struct reading *r, struct span path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bad(r, "", path, fmt, ap);
	va_end(ap);
	return -1;
}

int
messages_unsupported(struct reading *r, struct span path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bad(r, "unsupported_parameter", path, fmt, ap);
	va_end(ap);
	return -1;
}

struct span
messages_path(struct reading *r, struct span path, const char *key)
{
	if (path.n == 0)
		return span_of(key);
	return pool_join(r->req->pool, path, SPAN("."), span_of(key));
}

struct span
messages_nth(struct reading *r, struct span path, size_t i)
{
	char digits[24];

	snprintf(digits, sizeof(digits), ".%zu", i);
	return pool_join(r->req->pool, path, span_of(digits), SPAN_NONE);
}

void
messages_field_lost(struct reading *r, struct span path, const char *key)
{
	struct span all = messages_path(r, path, key);

	request_lost(r->req, "field_dropped", "%.*s", SPAN_ARG(all));
}

/* --- typed keys ----------------------------------------------------- */

static int
bad_type(struct reading *r, struct span path, const char *key,
    const char *wanted)
{
	return messages_bad(r, messages_path(r, path, key), "must be %s",
	    wanted);
}

int
messages_get_text(struct reading *r, struct span path, const json_t *o,
    const char *key, struct span *value)
{
	const json_t *v = jget(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_string(v))
		return bad_type(r, path, key, "a string");
	*value = jspan(v);
	return 0;
}

int
messages_need_text(struct reading *r, struct span path, const json_t *o,
    const char *key, struct span *value)
{
	*value = SPAN_NONE;
	if (messages_get_text(r, path, o, key, value))
		return -1;
	if (value->n == 0)
		return messages_bad(r, messages_path(r, path, key), "%s",
		    value->p == NULL ? "Field required" :
		    "must not be empty");
	return 0;
}

int
messages_get_flag(struct reading *r, struct span path, const json_t *o,
    const char *key, bool *value)
{
	const json_t *v = jget(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_boolean(v))
		return bad_type(r, path, key, "true or false");
	*value = json_is_true(v);
	return 0;
}

int
messages_get_object(struct reading *r, struct span path, const json_t *o,
    const char *key, json_t **value)
{
	json_t *v = jget(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_object(v))
		return bad_type(r, path, key, "an object");
	*value = v;
	return 0;
}

int
messages_get_array(struct reading *r, struct span path, const json_t *o,
    const char *key, json_t **value)
{
	json_t *v = jget(o, key);

	if (v == NULL)
		return 0;
	if (!json_is_array(v))
		return bad_type(r, path, key, "an array");
	*value = v;
	return 0;
}

/* --- system ---------------------------------------------------------- */

/* The line that Claude Code puts first, different in each conversation. */
#define ATTRIBUTION "x-anthropic-billing-header:"

static bool
is_attribution(struct span text)
{
	return span_starts(span_trim(text), ATTRIBUTION);
}

static struct block **
add_system_text(struct reading *r, struct block **end, struct span path,
    struct span text)
{
	if (text.n == 0)
		return end;
	*end = pool_new(r->req->pool, struct block);
	(*end)->kind = BLOCK_TEXT;
	(*end)->path = path;
	(*end)->text = text;
	return &(*end)->next;
}

/* One string; the attribution is its first line. */
static void
read_system_string(struct reading *r, struct span text)
{
	if (is_attribution(text)) {
		text = span_trim(text);
		span_cut(&text, '\n');
	}
	add_system_text(r, &r->req->system, SPAN("system"), text);
}

static int
read_system(struct reading *r)
{
	const json_t *system = jget(r->req->body, "system"), *node;
	struct block **end = &r->req->system;
	size_t i;

	if (json_is_string(system)) {
		read_system_string(r, jspan(system));
		return 0;
	}
	if (system != NULL && !json_is_array(system))
		return messages_bad(r, SPAN("system"),
		    "must be a string or a list of text blocks");
	json_array_foreach(system, i, node) {
		struct span path = messages_nth(r, SPAN("system"), i);
		struct span text = SPAN_NONE;

		if (!jget_is(node, "type", "text"))
			return messages_bad(r, messages_path(r, path, "type"),
			    "must be text");
		if (messages_get_text(r, path, node, "text", &text))
			return -1;
		if (i > 0 || !is_attribution(text))
			end = add_system_text(r, end, path, text);
	}
	return 0;
}

/* --- messages ------------------------------------------------------- */

/*
 * A system message inside the conversation may come with an effort for what
 * follows, or with nothing else (section 5.2).
 */
static int
read_system_config(struct reading *r, const json_t *message, struct span path)
{
	json_t *config = NULL;

	if (messages_get_object(r, path, message, "output_config",
	    &config))
		return -1;
	path = messages_path(r, path, "output_config");
	if (jget(config, "format") != NULL)
		return messages_bad(r, messages_path(r, path, "format"),
		    "is only permitted at the top level");
	return messages_read_effort(r, path, config, &r->late_effort);
}

/* Is a system message still in force at the end? */
static int
read_lifetime(struct reading *r, const json_t *message, const struct turn *t,
    bool *over)
{
	struct span clear = SPAN("never");

	if (messages_get_text(r, t->path, message, "clear_at", &clear))
		return -1;
	if (!span_is(clear, "never") && !span_is(clear, "next_user_message"))
		return messages_bad(r, messages_path(r, t->path, "clear_at"),
		    "must be never or next_user_message");
	*over = !span_is(clear, "never") && r->last_user > t->index;
	return 0;
}

/*
 * Content that was there and could not be kept is missed; none at all, or
 * nothing but empty text, is not.
 */
static int
check_content(struct reading *r, const struct turn *first)
{
	for (const struct turn *t = first; t != NULL; t = t->next)
		if (t->blocks != NULL)
			return 0;
	if (first->dropped.n == 0)
		return 0;
	return messages_bad(r, first->path,
	    "no supported content left after dropping %.*s",
	    SPAN_ARG(first->dropped));
}

static int
read_turn(struct reading *r, const json_t *message, struct turn *t)
{
	const json_t *content = jget(message, "content");
	struct turn *last = t;
	bool over = false;

	if (t->role == ROLE_SYSTEM &&
	    (read_system_config(r, message, t->path) ||
	    read_lifetime(r, message, t, &over)))
		return -1;
	if (content == NULL && t->role == ROLE_SYSTEM)
		return 0;
	if (content == NULL)
		return messages_bad(r, messages_path(r, t->path, "content"),
		    "Field required");
	if (messages_read_content(r, &last, content) ||
	    check_content(r, t))
		return -1;
	if (over)
		t->blocks = NULL;
	return 0;
}

static const struct {
	const char *word;
	enum role role;
} roles[] = {
	{ "user",	ROLE_USER },
	{ "assistant",	ROLE_ASSISTANT },
	{ "system",	ROLE_SYSTEM },
};

static int
read_message(struct reading *r, const json_t *message, size_t index)
{
	struct span path = messages_nth(r, SPAN("messages"), index);
	struct span word = SPAN_NONE;
	struct turn *t;

	if (!json_is_object(message))
		return messages_bad(r, path, "must be an object");
	if (messages_need_text(r, path, message, "role", &word))
		return -1;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (!span_is(word, roles[i].word))
			continue;
		t = turn_add(r->req, roles[i].role);
		t->path = path;
		t->index = index;
		return read_turn(r, message, t);
	}
	return messages_bad(r, messages_path(r, path, "role"),
	    "must be user, assistant or system");
}

/* Turns without content are left out; what was beside them merges. */
static int
leave_out_empty(struct reading *r)
{
	struct request *req = r->req;
	struct turn **at = &req->turns;

	req->last_turn = NULL;
	while (*at != NULL) {
		if ((*at)->blocks == NULL) {
			*at = (*at)->next;
		} else {
			req->last_turn = *at;
			at = &(*at)->next;
		}
	}
	if (req->turns == NULL)
		return messages_bad(r, SPAN("messages"),
		    "at least one message with content is required");
	return 0;
}

static int
read_messages(struct reading *r)
{
	json_t *list = NULL, *message;
	size_t i;

	if (messages_get_array(r, SPAN(""), r->req->body, "messages",
	    &list))
		return -1;
	if (list == NULL)
		return messages_bad(r, SPAN("messages"), "Field required");
	if (json_array_size(list) == 0)
		return messages_bad(r, SPAN("messages"),
		    "at least one message is required");
	if (json_array_size(list) > 100000)
		return messages_bad(r, SPAN("messages"),
		    "at most 100000 messages are permitted");
	json_array_foreach(list, i, message)
		if (jget_is(message, "role", "user"))
			r->last_user = i;
	json_array_foreach(list, i, message)
		if (read_message(r, message, i))
			return -1;
	return 0;
}

int
messages_read_request(struct request *req, struct fault *why)
{
	struct reading r = { .req = req, .why = why };

	if (messages_read_thread(&r) ||
	    messages_read_settings(&r) ||
	    read_system(&r) ||
	    messages_read_tools(&r) ||
	    read_messages(&r) ||
	    messages_settle_tools(&r) ||
	    messages_check_pairs(&r) ||
	    leave_out_empty(&r))
		return -1;
	return messages_settle_thinking(&r);
}
