/* What a chat client receives. */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "grammar.h"
#include "judge.h"
#include "jx.h"

struct state {
	struct judge	 j;
	int		 usage;		/* asked for; -1: not known yet */
	json_t		*reply;		/* grows; NULL: no chunk yet */
	json_t		*message;	/* inside it, borrowed */
	json_t		*calls;		/* inside that, borrowed */
	bool		 details;	/* reasoning_details were sent */
	bool		 finished;	/* finish_reason was seen */
	bool		 counted;	/* the usage chunk was seen */
	bool		 ended;
	bool		 failed;
};

static const char *const finish_reasons[] = {
	"stop", "length", "tool_calls", "content_filter", "function_call",
	NULL,
};

static int
check_usage(struct judge *j, const json_t *usage)
{
	static const char *const counts[] = {
		"prompt_tokens", "completion_tokens", "total_tokens", NULL };
	static const char *const in[] = { "cached_tokens", NULL };
	static const char *const out[] = { "reasoning_tokens", NULL };

	if (needs_counts(j, usage, "usage", counts) != 0 ||
	    needs_counts(j, json_object_get(usage, "prompt_tokens_details"),
	    "prompt_tokens_details", in) != 0 ||
	    needs_counts(j, json_object_get(usage,
	    "completion_tokens_details"), "completion_tokens_details",
	    out) != 0)
		return -1;
	if (json_integer_value(json_object_get(usage, "prompt_tokens")) +
	    json_integer_value(json_object_get(usage, "completion_tokens")) !=
	    json_integer_value(json_object_get(usage, "total_tokens")))
		return wrong(j, "total_tokens is not the sum");
	return 0;
}

/* --- deltas ------------------------------------------------------------------ */

static int
new_call(struct state *s, const json_t *entry)
{
	const json_t *function = json_object_get(entry, "function");
	const json_t *custom = json_object_get(entry, "custom");
	json_t *copy;

	if (jx_is(entry, "id", ""))
		return wrong(&s->j, "a new call without id");
	if (jx_is(entry, "type", "function")) {
		if (jx_is(function, "name", "") ||
		    jx_str(function, "arguments") == NULL)
			return wrong(&s->j, "a new call without a name or "
			    "arguments");
	} else if (jx_is(entry, "type", "custom")) {
		if (jx_is(custom, "name", "") || jx_str(custom, "input") == NULL)
			return wrong(&s->j, "a new custom call without a name "
			    "or input");
	} else {
		return wrong(&s->j, "a new call of type '%s'",
		    jx_word(entry, "type"));
	}
	copy = json_deep_copy(entry);
	json_object_del(copy, "index");
	json_array_append_new(s->calls, copy);
	return 0;
}

static int
more_of_call(struct state *s, json_t *call, const json_t *entry)
{
	const json_t *function = json_object_get(entry, "function");
	const json_t *custom = json_object_get(entry, "custom");
	const json_t *text = json_object_get(function, "arguments");

	if (json_object_get(entry, "id") != NULL ||
	    json_object_get(function, "name") != NULL)
		return wrong(&s->j, "id or name of a call comes again");
	if (custom != NULL)
		return jx_str(custom, "input") == NULL ?
		    wrong(&s->j, "a piece of a custom call without input") :
		    (append_text(json_object_get(call, "custom"), "input",
		    json_object_get(custom, "input")), 0);
	if (json_string_length(text) == 0)
		return wrong(&s->j, "a piece of a call without arguments");
	append_text(json_object_get(call, "function"), "arguments", text);
	return 0;
}

static int
on_calls(struct state *s, const json_t *list)
{
	json_t *entry;
	size_t i;

	if (json_array_size(list) == 0)
		return wrong(&s->j, "an empty list of tool_calls");
	json_array_foreach(list, i, entry) {
		const json_t *index = json_object_get(entry, "index");
		json_int_t k = json_integer_value(index);
		json_int_t n = (json_int_t)json_array_size(s->calls);
		if (!json_is_integer(index) || k < 0 || k > n)
			return wrong(&s->j, "the index of a call");
		json_t *call = jx_at(s->calls, (size_t)k);
		if ((call == NULL ? new_call(s, entry) :
		    more_of_call(s, call, entry)) != 0)
			return -1;
	}
	return 0;
}

static int
on_legacy(struct state *s, const json_t *call)
{
	json_t *have = json_object_get(s->message, "function_call");

	if (jx_str(call, "arguments") == NULL)
		return wrong(&s->j, "function_call without arguments");
	if (have == NULL) {
		if (jx_is(call, "name", ""))
			return wrong(&s->j, "function_call without a name");
		json_object_set_new(s->message, "function_call",
		    json_deep_copy(call));
		return 0;
	}
	if (json_object_get(call, "name") != NULL)
		return wrong(&s->j, "the name of function_call comes again");
	append_text(have, "arguments", json_object_get(call, "arguments"));
	return 0;
}

static int
on_text(struct state *s, const char *key, const json_t *v)
{
	if (json_string_length(v) == 0)
		return wrong(&s->j, "%s is empty or no string", key);
	append_text(s->message, key, v);
	return 0;
}

static int
on_part(struct state *s, const char *key, const json_t *v)
{
	if (strcmp(key, "content") == 0 || strcmp(key, "refusal") == 0 ||
	    strcmp(key, "reasoning_content") == 0)
		return on_text(s, key, v);
	if (strcmp(key, "tool_calls") == 0)
		return on_calls(s, v);
	if (strcmp(key, "function_call") == 0)
		return on_legacy(s, v);
	if (strcmp(key, "annotations") == 0)
		return json_is_array(v) ? 0 :
		    wrong(&s->j, "annotations are no list");
	if (strcmp(key, "reasoning_details") == 0) {
		if (s->details || json_array_size(v) == 0)
			return wrong(&s->j, "reasoning_details empty or "
			    "twice");
		s->details = true;
		json_object_set(s->message, key, (json_t *)v);
		return 0;
	}
	return wrong(&s->j, "a delta with \"%s\"", key);
}

/* The first chunk opens the message; content "" stands only there. */
static int
on_first_delta(struct state *s, const json_t *delta)
{
	if (!jx_is(delta, "role", "assistant"))
		return wrong(&s->j, "the first delta has no role");
	if (jx_str(delta, "content") == NULL || !jx_is(delta, "content", "") ||
	    json_object_size(delta) != 2)
		return wrong(&s->j, "the first delta is not role and \"\"");
	return 0;
}

static int
on_delta(struct state *s, const json_t *delta, bool first)
{
	const char *key;
	json_t *v;

	if (first)
		return on_first_delta(s, delta);
	if (s->details && json_object_size(delta) > 0 &&
	    json_object_get(delta, "refusal") == NULL)
		return wrong(&s->j, "a delta after reasoning_details");
	json_object_foreach((json_t *)delta, key, v)
		if (on_part(s, key, v) != 0)
			return -1;
	return 0;
}

/* --- chunks ------------------------------------------------------------------- */

static int
check_same(struct state *s, const json_t *chunk)
{
	static const char *const keys[] = {
		"id", "object", "created", "model", "choices", NULL };
	static const char *const same[] = { "id", "created", "model", NULL };

	if (needs_keys(&s->j, chunk, "chunk", keys) != 0)
		return -1;
	if (!jx_is(chunk, "object", "chat.completion.chunk"))
		return wrong(&s->j, "object is '%s'",
		    jx_word(chunk, "object"));
	if (jx_is(chunk, "id", "") || jx_is(chunk, "model", "") ||
	    !json_is_integer(json_object_get(chunk, "created")))
		return wrong(&s->j, "id, model or created");
	for (const char *const *k = same; s->reply != NULL && *k != NULL; k++)
		if (!json_equal(json_object_get(chunk, *k),
		    json_object_get(s->reply, *k)))
			return wrong(&s->j, "\"%s\" has changed", *k);
	return 0;
}

static void
start_reply(struct state *s, const json_t *chunk)
{
	s->calls = json_array();
	s->message = json_pack("{s:s, s:s, s:o}", "role", "assistant",
	    "content", "", "tool_calls", s->calls);
	s->reply = json_pack("{s:O, s:s, s:O, s:O, s:[{s:i, s:o, s:n}]}",
	    "id", json_object_get(chunk, "id"), "object", "chat.completion",
	    "created", json_object_get(chunk, "created"),
	    "model", json_object_get(chunk, "model"),
	    "choices", "index", 0, "message", s->message, "finish_reason");
}

/* With include_usage every chunk has the key, without it none. */
static int
check_usage_key(struct state *s, const json_t *chunk)
{
	const json_t *usage = json_object_get(chunk, "usage");

	if (s->usage < 0)
		s->usage = usage != NULL;
	if (s->usage != (usage != NULL))
		return wrong(&s->j, s->usage ? "no \"usage\" in a chunk" :
		    "usage that nobody asked for");
	if (json_array_size(json_object_get(chunk, "choices")) > 0 &&
	    usage != NULL && !json_is_null(usage))
		return wrong(&s->j, "usage in a chunk with choices");
	return 0;
}

static int
on_finish(struct state *s, const char *why)
{
	bool called = json_array_size(s->calls) > 0;

	if (!jx_among(why, finish_reasons))
		return wrong(&s->j, "finish_reason '%s'", why);
	if (strcmp(why, "tool_calls") == 0 && !called)
		return wrong(&s->j, "finish_reason tool_calls without a call");
	s->finished = true;
	json_object_set_new(jx_at(json_object_get(s->reply, "choices"), 0),
	    "finish_reason", json_string(why));
	return 0;
}

static int
on_choice(struct state *s, const json_t *choice, bool first)
{
	static const char *const keys[] = {
		"index", "delta", "logprobs", "finish_reason", NULL };
	const json_t *delta = json_object_get(choice, "delta");

	if (needs_keys(&s->j, choice, "choice", keys) != 0)
		return -1;
	if (json_integer_value(json_object_get(choice, "index")) != 0 ||
	    jx_has(choice, "logprobs") || !json_is_object(delta))
		return wrong(&s->j, "index, logprobs or delta of the choice");
	if (s->finished)
		return wrong(&s->j, "a choice after finish_reason");
	if (on_delta(s, delta, first) != 0)
		return -1;
	return jx_has(choice, "finish_reason") ?
	    on_finish(s, jx_word(choice, "finish_reason")) : 0;
}

static int
on_usage(struct state *s, const json_t *chunk)
{
	if (!s->finished || s->counted)
		return wrong(&s->j, "a chunk without choices at this place");
	if (check_usage(&s->j, json_object_get(chunk, "usage")) != 0)
		return -1;
	s->counted = true;
	json_object_set(s->reply, "usage", json_object_get(chunk, "usage"));
	return 0;
}

static int
on_chunk(struct state *s, const json_t *chunk)
{
	const json_t *choices = json_object_get(chunk, "choices");
	bool first = s->reply == NULL;

	if (check_same(s, chunk) != 0 || check_usage_key(s, chunk) != 0)
		return -1;
	if (first)
		start_reply(s, chunk);
	if (json_array_size(choices) == 0)
		return on_usage(s, chunk);
	if (json_array_size(choices) != 1)
		return wrong(&s->j, "more than one choice");
	return on_choice(s, jx_at(choices, 0), first);
}

static int
on_done(struct state *s, const char *text)
{
	if (strcmp(text, "[DONE]") != 0)
		return wrong(&s->j, "data that is no JSON");
	if (!s->finished)
		return wrong(&s->j, "[DONE] without a finish_reason");
	if (s->usage == 1 && !s->counted)
		return wrong(&s->j, "[DONE] without the usage chunk");
	s->ended = true;
	return 0;
}

static int
on_event(struct state *s, const json_t *e)
{
	const json_t *data = json_object_get(e, "data");

	if (s->ended)
		return wrong(&s->j, "an event after the end");
	if (jx_has(e, "event"))
		return wrong(&s->j, "an event with a name");
	if (json_is_true(json_object_get(e, "text")))
		return on_done(s, json_string_value(data));
	if (json_object_get(data, "error") != NULL) {
		if (s->finished)
			return wrong(&s->j, "an error after finish_reason");
		s->ended = s->failed = true;
		return judge_openai_error(&s->j,
		    json_object_get(data, "error"));
	}
	return on_chunk(s, data);
}

int
grammar_chat_read(const char *bytes, size_t n, int usage, json_t **reply,
    char *why, size_t nwhy)
{
	struct state s = { .j = { why, nwhy, -1 }, .usage = usage };
	json_t *events = events_parse(bytes, n, why, nwhy), *e;
	size_t i;
	int rc = events != NULL ? 0 : -1;

	*reply = NULL;
	json_array_foreach(events, i, e) {
		s.j.event = (long)i;
		if (!jx_has(e, "comment") && (rc = on_event(&s, e)) != 0)
			break;
	}
	s.j.event = -1;
	if (rc == 0 && !s.ended)
		rc = wrong(&s.j, "the stream has no end");
	if (rc == 0 && !s.failed)
		*reply = json_incref(s.reply);
	json_decref(events);
	json_decref(s.reply);
	return rc;
}

int
grammar_chat_stream(const char *bytes, size_t n, char *why, size_t nwhy)
{
	json_t *reply;
	int rc = grammar_chat_read(bytes, n, -1, &reply, why, nwhy);

	json_decref(reply);
	return rc;
}

/* --- the whole reply ------------------------------------------------------------ */

static int
check_whole_calls(struct judge *j, const json_t *calls)
{
	json_t *call;
	size_t i;

	json_array_foreach(calls, i, call) {
		const json_t *f = json_object_get(call,
		    jx_is(call, "type", "custom") ? "custom" : "function");
		if (jx_is(call, "id", "") || jx_is(f, "name", ""))
			return wrong(j, "a call without id or name");
		if (jx_str(f, "arguments") == NULL &&
		    jx_str(f, "input") == NULL)
			return wrong(j, "a call without arguments");
	}
	if (calls != NULL && json_array_size(calls) == 0)
		return wrong(j, "an empty list of tool_calls");
	return 0;
}

static int
check_whole_choice(struct judge *j, const json_t *choice)
{
	static const char *const keys[] = {
		"index", "message", "logprobs", "finish_reason", NULL };
	static const char *const message_keys[] = {
		"role", "content", "refusal", NULL };
	const json_t *m = json_object_get(choice, "message");

	if (needs_keys(j, choice, "choice", keys) != 0 ||
	    needs_keys(j, m, "message", message_keys) != 0)
		return -1;
	if (!jx_is(m, "role", "assistant"))
		return wrong(j, "the role of the message");
	if (!jx_among(jx_str(choice, "finish_reason"), finish_reasons))
		return wrong(j, "finish_reason '%s'",
		    jx_word(choice, "finish_reason"));
	if (jx_is(choice, "finish_reason", "tool_calls") &&
	    json_object_get(m, "tool_calls") == NULL)
		return wrong(j, "finish_reason tool_calls without a call");
	return check_whole_calls(j, json_object_get(m, "tool_calls"));
}

static int
check_whole(struct judge *j, const json_t *o)
{
	static const char *const keys[] = { "id", "object", "created",
		"model", "choices", "usage", NULL };

	if (json_object_get(o, "error") != NULL)
		return judge_openai_error(j, json_object_get(o, "error"));
	if (needs_keys(j, o, "completion", keys) != 0)
		return -1;
	if (!jx_is(o, "object", "chat.completion") || jx_is(o, "id", "") ||
	    jx_is(o, "model", "") ||
	    json_array_size(json_object_get(o, "choices")) != 1)
		return wrong(j, "object, id, model or choices");
	if (check_usage(j, json_object_get(o, "usage")) != 0)
		return -1;
	return check_whole_choice(j, jx_at(json_object_get(o, "choices"), 0));
}

int
grammar_chat_whole(const char *bytes, size_t n, char *why, size_t nwhy)
{
	struct judge j = { why, nwhy, -1 };
	json_t *o = judge_body(&j, bytes, n);
	int rc = o != NULL ? check_whole(&j, o) : -1;

	json_decref(o);
	return rc;
}
