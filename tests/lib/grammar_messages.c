/* What a Claude client receives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "grammar.h"
#include "judge.h"
#include "jx.h"

/* Of messages; ids of calls carry the upstream's, however long. */
enum { ID_MAX = 200 };

struct state {
	struct judge	 j;
	json_t		*message;	/* as it grows; NULL: not started */
	json_t		*open;		/* block, borrowed; NULL: none */
	char		*input;		/* JSON pieces of an open call */
	bool		 sealed;	/* the open thinking got its seal */
	bool		 cut_call;	/* a call is no JSON object */
	unsigned	 calls;
	json_t		*ids;		/* of calls */
	bool		 delta;		/* message_delta was seen */
	bool		 ended;		/* message_stop or error */
	bool		 failed;	/* error */
};

static const char *const stop_reasons[] = {
	"end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal",
	"pause_turn", "model_context_window_exceeded", NULL,
};

/* At these a client takes the calls of a reply as they are. */
static const char *const run_calls[] = {
	"end_turn", "tool_use", "pause_turn", NULL,
};

static const char *const error_types[] = {
	"invalid_request_error", "authentication_error", "billing_error",
	"permission_error", "not_found_error", "timeout_error",
	"conflict_error", "request_too_large", "rate_limit_error",
	"api_error", "overloaded_error", NULL,
};

static const char *const usage_keys[] = {
	"input_tokens", "cache_creation_input_tokens",
	"cache_read_input_tokens", "cache_creation", "output_tokens",
	"output_tokens_details", "server_tool_use", "service_tier", "speed",
	"inference_geo", NULL,
};

static const char *const delta_usage_keys[] = {
	"input_tokens", "cache_creation_input_tokens",
	"cache_read_input_tokens", "output_tokens", "output_tokens_details",
	"server_tool_use", NULL,
};

static const char *const usage_counts[] = {
	"input_tokens", "cache_creation_input_tokens",
	"cache_read_input_tokens", "output_tokens", NULL,
};

static const char *const message_keys[] = {
	"id", "type", "role", "model", "content", "stop_reason",
	"stop_sequence", "stop_details", "container", "diagnostics", "usage",
	NULL,
};

/* --- parts of both forms -------------------------------------------------- */

static int
check_message(struct judge *j, const json_t *m)
{
	const json_t *usage = json_object_get(m, "usage");

	if (needs_keys(j, m, "message", message_keys) != 0 ||
	    needs_keys(j, usage, "usage", usage_keys) != 0 ||
	    needs_counts(j, usage, "usage", usage_counts) != 0)
		return -1;
	if (!jx_is(m, "type", "message") || !jx_is(m, "role", "assistant"))
		return wrong(j, "type or role of the message");
	if (!jx_is_name(jx_word(m, "id"), ID_MAX))
		return wrong(j, "the message's id");
	if (jx_is(m, "model", ""))
		return wrong(j, "the message has no model");
	if (!json_is_array(json_object_get(m, "content")))
		return wrong(j, "content is no list");
	return 0;
}

static int
check_error(struct judge *j, const json_t *data)
{
	const json_t *error = json_object_get(data, "error");
	const char *type = jx_str(error, "type");

	if (type == NULL || !jx_among(type, error_types))
		return wrong(j, "unknown error type '%s'", type ? type : "");
	if (jx_is(error, "message", ""))
		return wrong(j, "an error without a message");
	if (json_object_get(data, "request_id") == NULL)
		return wrong(j, "an error without request_id");
	return 0;
}

static int
check_caller(struct judge *j, const json_t *block)
{
	if (!jx_is(json_object_get(block, "caller"), "type", "direct"))
		return wrong(j, "a call without caller direct");
	return 0;
}

/* Ids of calls are names, and no two are the same. */
static int
check_call(struct judge *j, json_t *ids, const json_t *block)
{
	const char *id = jx_word(block, "id");

	if (!jx_is_name(id, strlen(id)))
		return wrong(j, "the call id '%s'", id);
	if (json_object_get(ids, id) != NULL)
		return wrong(j, "the call id '%s' comes twice", id);
	if (jx_is(block, "name", ""))
		return wrong(j, "a call without a name");
	if (!json_is_object(json_object_get(block, "input")))
		return wrong(j, "a call whose input is no object");
	json_object_set_new(ids, id, json_true());
	return check_caller(j, block);
}

static int
check_search_result(struct judge *j, const json_t *ids, const json_t *block)
{
	const json_t *content = json_object_get(block, "content");

	if (json_object_get(ids, jx_word(block, "tool_use_id")) == NULL)
		return wrong(j, "a search result without its call");
	if (!json_is_array(content) && !json_is_object(content))
		return wrong(j, "a search result without content");
	return check_caller(j, block);
}

/* The stop reason, and what has to go with it. */
static int
check_stop(struct judge *j, const json_t *delta, unsigned calls)
{
	const char *why = jx_str(delta, "stop_reason");
	const json_t *details = json_object_get(delta, "stop_details");

	if (why == NULL || !jx_among(why, stop_reasons))
		return wrong(j, "stop_reason is '%s'", why ? why : "null");
	if (jx_has(delta, "stop_sequence") !=
	    (strcmp(why, "stop_sequence") == 0))
		return wrong(j, "stop_sequence does not fit '%s'", why);
	if (jx_is(details, "type", "refusal") != (strcmp(why, "refusal") == 0))
		return wrong(j, "stop_details do not fit '%s'", why);
	if (strcmp(why, "tool_use") == 0 && calls == 0)
		return wrong(j, "stop_reason tool_use without a call");
	if (strcmp(why, "end_turn") == 0 && calls > 0)
		return wrong(j, "stop_reason end_turn with a call");
	return 0;
}

/* --- the stream ------------------------------------------------------------ */

static int
on_message_start(struct state *s, const json_t *data)
{
	json_t *m = json_object_get(data, "message");

	if (s->message != NULL)
		return wrong(&s->j, "a second message_start");
	if (check_message(&s->j, m) != 0)
		return -1;
	if (json_array_size(json_object_get(m, "content")) != 0 ||
	    jx_has(m, "stop_reason") || jx_has(m, "stop_sequence"))
		return wrong(&s->j, "message_start that is not empty");
	s->message = json_deep_copy(m);
	return 0;
}

static int
check_start_text(struct state *s, const json_t *block)
{
	return jx_str(block, "text") != NULL && jx_is(block, "text", "") ? 0 :
	    wrong(&s->j, "a text block that starts with text");
}

static int
check_start_thinking(struct state *s, const json_t *block)
{
	if (jx_str(block, "thinking") == NULL ||
	    jx_str(block, "signature") == NULL ||
	    !jx_is(block, "thinking", "") || !jx_is(block, "signature", ""))
		return wrong(&s->j, "a thinking block that does not start "
		    "with empty thinking and signature");
	return 0;
}

static int
check_start_call(struct state *s, const json_t *block)
{
	if (check_call(&s->j, s->ids, block) != 0)
		return -1;
	if (json_object_size(json_object_get(block, "input")) != 0)
		return wrong(&s->j, "a call that starts with input");
	return 0;
}

static int
check_start(struct state *s, const json_t *block)
{
	const char *type = jx_word(block, "type");

	if (strcmp(type, "text") == 0)
		return check_start_text(s, block);
	if (strcmp(type, "thinking") == 0)
		return check_start_thinking(s, block);
	if (strcmp(type, "tool_use") == 0) {
		s->calls++;
		return check_start_call(s, block);
	}
	if (strcmp(type, "server_tool_use") == 0)
		return check_start_call(s, block);
	if (strcmp(type, "web_search_tool_result") == 0)
		return check_search_result(&s->j, s->ids, block);
	return wrong(&s->j, "a block of type '%s'", type);
}

static int
on_block_start(struct state *s, const json_t *data)
{
	json_t *content = json_object_get(s->message, "content");
	json_t *block = json_object_get(data, "content_block");
	const json_t *index = json_object_get(data, "index");

	if (s->open != NULL)
		return wrong(&s->j, "a block starts while one is open");
	if (!json_is_integer(index) || json_integer_value(index) !=
	    (json_int_t)json_array_size(content))
		return wrong(&s->j, "the next index should be %zu",
		    json_array_size(content));
	if (check_start(s, block) != 0)
		return -1;
	s->open = json_deep_copy(block);
	json_array_append_new(content, s->open);
	s->sealed = false;
	return 0;
}

static int
check_index(struct state *s, const json_t *data)
{
	size_t n = json_array_size(json_object_get(s->message, "content"));
	const json_t *index = json_object_get(data, "index");

	if (s->open == NULL)
		return wrong(&s->j, "no block is open");
	if (!json_is_integer(index) || json_integer_value(index) + 1 !=
	    (json_int_t)n)
		return wrong(&s->j, "the index is not that of the open block");
	return 0;
}

static int
delta_string(struct state *s, const json_t *delta, const char *block_type,
    const char *key, const char **text)
{
	*text = jx_str(delta, key);
	if (*text == NULL)
		return wrong(&s->j, "a delta without \"%s\"", key);
	if (!jx_is(s->open, "type", block_type))
		return wrong(&s->j, "%s in a %s block",
		    jx_word(delta, "type"), jx_word(s->open, "type"));
	if (s->sealed)
		return wrong(&s->j, "a delta after the signature");
	return 0;
}

static int
on_signature(struct state *s, const json_t *delta)
{
	const char *text;

	if (delta_string(s, delta, "thinking", "signature", &text) != 0)
		return -1;
	if (text[0] == '\0')
		return wrong(&s->j, "an empty signature");
	json_object_set_new(s->open, "signature", json_string(text));
	s->sealed = true;
	return 0;
}

static int
on_input(struct state *s, const json_t *delta)
{
	bool hosted = jx_is(s->open, "type", "server_tool_use");
	const char *text;
	char *sum;

	if (delta_string(s, delta, hosted ? "server_tool_use" : "tool_use",
	    "partial_json", &text) != 0)
		return -1;
	size_t have = s->input != NULL ? strlen(s->input) : 0;
	sum = realloc(s->input, have + strlen(text) + 1);
	if (sum == NULL)
		abort();
	strcpy(sum + have, text);
	s->input = sum;
	return 0;
}

static int
on_citation(struct state *s, const json_t *delta)
{
	json_t *list = json_object_get(s->open, "citations");

	if (!jx_is(s->open, "type", "text"))
		return wrong(&s->j, "a citation outside text");
	if (!json_is_object(json_object_get(delta, "citation")))
		return wrong(&s->j, "a citations_delta without citation");
	if (!json_is_array(list)) {
		list = json_array();
		json_object_set_new(s->open, "citations", list);
	}
	json_array_append(list, json_object_get(delta, "citation"));
	return 0;
}

static int
on_block_delta(struct state *s, const json_t *data)
{
	const json_t *delta = json_object_get(data, "delta");
	const char *type = jx_word(delta, "type"), *text;

	if (check_index(s, data) != 0)
		return -1;
	if (strcmp(type, "text_delta") == 0) {
		if (delta_string(s, delta, "text", "text", &text) != 0)
			return -1;
		append_text(s->open, "text", json_object_get(delta, "text"));
		return 0;
	}
	if (strcmp(type, "thinking_delta") == 0) {
		if (delta_string(s, delta, "thinking", "thinking", &text) != 0)
			return -1;
		append_text(s->open, "thinking",
		    json_object_get(delta, "thinking"));
		return 0;
	}
	if (strcmp(type, "signature_delta") == 0)
		return on_signature(s, delta);
	if (strcmp(type, "input_json_delta") == 0)
		return on_input(s, delta);
	if (strcmp(type, "citations_delta") == 0)
		return on_citation(s, delta);
	return wrong(&s->j, "a delta of type '%s'", type);
}

/* The pieces of a call make one JSON object, unless tokens ran out. */
static void
close_call(struct state *s)
{
	json_t *input = json_loads(s->input != NULL ? s->input : "",
	    JSON_ALLOW_NUL, NULL);

	if (json_is_object(input))
		json_object_set(s->open, "input", input);
	else
		s->cut_call = true;
	json_decref(input);
	free(s->input);
	s->input = NULL;
}

static int
on_block_stop(struct state *s, const json_t *data)
{
	if (check_index(s, data) != 0)
		return -1;
	if (jx_is(s->open, "type", "thinking") && !s->sealed)
		return wrong(&s->j, "thinking without a signature");
	if (jx_is(s->open, "type", "text") && jx_is(s->open, "text", ""))
		return wrong(&s->j, "an empty text block");
	if (jx_is(s->open, "type", "tool_use") ||
	    jx_is(s->open, "type", "server_tool_use"))
		close_call(s);
	s->open = NULL;
	return 0;
}

static int
on_message_delta(struct state *s, const json_t *data)
{
	static const char *const keys[] = { "stop_reason", "stop_sequence",
		"stop_details", "container", NULL };
	json_t *delta = json_object_get(data, "delta");
	json_t *usage = json_object_get(data, "usage");

	if (s->open != NULL)
		return wrong(&s->j, "message_delta while a block is open");
	if (needs_keys(&s->j, delta, "delta", keys) != 0 ||
	    needs_keys(&s->j, usage, "usage", delta_usage_keys) != 0 ||
	    needs_counts(&s->j, usage, "usage", usage_counts) != 0 ||
	    check_stop(&s->j, delta, s->calls) != 0)
		return -1;
	if (s->cut_call && jx_among(jx_str(delta, "stop_reason"), run_calls))
		return wrong(&s->j, "the input of a call is no JSON object");
	json_object_update(s->message, delta);
	json_object_update(json_object_get(s->message, "usage"), usage);
	s->delta = true;
	return 0;
}

static int
on_error(struct state *s, const json_t *data)
{
	s->ended = s->failed = true;
	return check_error(&s->j, data);
}

static int
on_event(struct state *s, const char *type, const json_t *data)
{
	if (s->ended)
		return wrong(&s->j, "an event after the end");
	if (s->message == NULL && strcmp(type, "message_start") != 0)
		return wrong(&s->j, "'%s' before message_start", type);
	if (s->delta) {
		s->ended = strcmp(type, "message_stop") == 0;
		return s->ended ? 0 :
		    wrong(&s->j, "'%s' after message_delta", type);
	}
	if (strcmp(type, "message_start") == 0)
		return on_message_start(s, data);
	if (strcmp(type, "ping") == 0)
		return 0;
	if (strcmp(type, "content_block_start") == 0)
		return on_block_start(s, data);
	if (strcmp(type, "content_block_delta") == 0)
		return on_block_delta(s, data);
	if (strcmp(type, "content_block_stop") == 0)
		return on_block_stop(s, data);
	if (strcmp(type, "message_delta") == 0)
		return on_message_delta(s, data);
	if (strcmp(type, "error") == 0)
		return on_error(s, data);
	return wrong(&s->j, "an event of type '%s'", type);
}

static int
run(struct state *s, const json_t *events)
{
	json_t *e;
	size_t i;

	json_array_foreach(events, i, e) {
		const json_t *data = json_object_get(e, "data");
		const char *type = jx_word(data, "type");
		s->j.event = (long)i;
		if (jx_has(e, "comment"))
			return wrong(&s->j, "a comment");
		if (!jx_is(e, "event", type) || type[0] == '\0')
			return wrong(&s->j, "event name '%s' with type '%s'",
			    jx_word(e, "event"), type);
		if (on_event(s, type, data) != 0)
			return -1;
	}
	s->j.event = -1;
	return s->ended ? 0 : wrong(&s->j, "the stream has no end");
}

int
grammar_messages_read(const char *bytes, size_t n, json_t **reply, char *why,
    size_t nwhy)
{
	struct state s = { .j = { why, nwhy, -1 } };
	json_t *events = events_parse(bytes, n, why, nwhy);

	*reply = NULL;
	if (events == NULL)
		return -1;
	s.ids = json_object();
	int rc = run(&s, events);
	if (rc == 0 && !s.failed)
		*reply = json_incref(s.message);
	json_decref(events);
	json_decref(s.message);
	json_decref(s.ids);
	free(s.input);
	return rc;
}

int
grammar_messages_stream(const char *bytes, size_t n, char *why, size_t nwhy)
{
	json_t *reply;
	int rc = grammar_messages_read(bytes, n, &reply, why, nwhy);

	json_decref(reply);
	return rc;
}

/* --- the whole reply -------------------------------------------------------- */

static int
check_whole_block(struct judge *j, json_t *ids, const json_t *block,
    unsigned *calls)
{
	const char *type = jx_word(block, "type");

	if (strcmp(type, "text") == 0)
		return jx_str(block, "text") != NULL && !jx_is(block, "text",
		    "") ? 0 : wrong(j, "an empty text block");
	if (strcmp(type, "thinking") == 0) {
		if (jx_str(block, "thinking") == NULL ||
		    jx_is(block, "signature", ""))
			return wrong(j, "thinking without its signature");
		return 0;
	}
	if (strcmp(type, "tool_use") == 0)
		++*calls;
	if (strcmp(type, "tool_use") == 0 ||
	    strcmp(type, "server_tool_use") == 0)
		return check_call(j, ids, block);
	if (strcmp(type, "web_search_tool_result") == 0)
		return check_search_result(j, ids, block);
	return wrong(j, "a block of type '%s'", type);
}

static int
check_whole(struct judge *j, const json_t *m)
{
	json_t *ids, *block;
	unsigned calls = 0;
	size_t i;
	int rc = 0;

	if (jx_is(m, "type", "error"))
		return check_error(j, m);
	if (check_message(j, m) != 0)
		return -1;
	ids = json_object();
	json_array_foreach(json_object_get(m, "content"), i, block)
		if ((rc = check_whole_block(j, ids, block, &calls)) != 0)
			break;
	json_decref(ids);
	return rc != 0 ? rc : check_stop(j, m, calls);
}

int
grammar_messages_whole(const char *bytes, size_t n, char *why, size_t nwhy)
{
	struct judge j = { why, nwhy, -1 };
	json_t *m = judge_body(&j, bytes, n);
	int rc = m != NULL ? check_whole(&j, m) : -1;

	json_decref(m);
	return rc;
}
