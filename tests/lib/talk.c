/* A client of any API in a conversation. */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "jx.h"

static json_t *
history(const struct talk *t)
{
	return json_object_get(t->body, t->api == API_RESPONSES ? "input" :
	    "messages");
}

void
talk_init(struct talk *t, struct middle *m, enum api api, enum keeps keeps,
    json_t *settings)
{
	memset(t, 0, sizeof(*t));
	t->middle = m;
	t->api = api;
	t->keeps = keeps;
	t->body = settings;
	t->calls = json_array();
	json_object_set_new(t->body, api == API_RESPONSES ? "input" :
	    "messages", json_array());
	buf_init(&t->sent, 0);
}

void
talk_free(struct talk *t)
{
	json_decref(t->body);
	json_decref(t->calls);
	buf_free(&t->sent);
}

void
talk_user(struct talk *t, json_t *content)
{
	json_array_append_new(history(t), json_pack("{s:s,s:o}", "role",
	    "user", "content", content));
}

/* Into the last message when that holds results only. */
static void
claude_result(struct talk *t, json_t *result)
{
	json_t *list = history(t), *last = jx_at(list, json_array_size(list) - 1), *content = json_object_get(last, "content");

	if (jx_is(jx_at(content, 0), "type", "tool_result"))
		json_array_append_new(content, result);
	else
		json_array_append_new(list, json_pack("{s:s,s:[o]}", "role",
		    "user", "content", result));
}

void
talk_result(struct talk *t, const json_t *call, json_t *output)
{
	if (t->api == API_MESSAGES)
		claude_result(t, json_pack("{s:s,s:O,s:o}", "type",
		    "tool_result", "tool_use_id", json_object_get(call, "id"),
		    "content", output));
	else if (t->api == API_CHAT)
		json_array_append_new(history(t), json_pack("{s:s,s:O,s:o}",
		    "role", "tool", "tool_call_id", json_object_get(call,
		    "id"), "content", output));
	else
		json_array_append_new(history(t), json_pack("{s:s,s:O,s:o}",
		    "type", "function_call_output", "call_id",
		    json_object_get(call, "call_id"), "output", output));
}

static void
note_sent(struct talk *t)
{
	buf_reset(&t->sent);
	buf_put(&t->sent, buf_span(&t->bridge.body));
}

int
talk_send(struct talk *t)
{
	int rc;

	t->text = json_dumps(t->body, JSON_COMPACT);
	rc = middle_open(t->middle, &t->bridge, t->api, span_of(t->text),
	    TASK_ANSWER);
	note_sent(t);
	snprintf(t->beta, sizeof(t->beta), "%.*s",
	    SPAN_ARG(t->bridge.to.beta));
	if (rc == 0)
		return 0;
	snprintf(t->why, sizeof(t->why), "refused: %.400s",
	    t->bridge.why.message);
	bridge_close(&t->bridge);
	free(t->text);
	return -1;
}

/* True when the body was changed and is sent again. */
static bool
repaired(struct talk *t, int status, const struct refusal *why)
{
	json_t *error = json_pack("{s:{s:s,s:s,s:s,s:s}}", "error", "message",
	    why->message, "type", "invalid_request_error", "param",
	    why->param, "code", why->code);
	char *text = jx_text(error);
	bool again = bridge_refused(&t->bridge, status, span_of(text),
	    SPAN_NONE, -1);

	note_sent(t);
	free(text);
	json_decref(error);
	return again;
}

int
talk_check(struct talk *t, enum strict_api api, const struct strict_opts *opts)
{
	struct refusal why = { 0 };
	bool again = true;
	int status = -1;

	while (status != 0 && again) {
		json_t *body = json_loadb(t->sent.p, t->sent.n,
		    JSON_ALLOW_NUL, NULL);

		if (opts->seals != NULL)
			*opts->seals = 0;
		status = strict_check(api, body, opts, &why);
		json_decref(body);
		again = status != 0 && repaired(t, status, &why);
	}
	if (status != 0)
		snprintf(t->why, sizeof(t->why), "not accepted: %.400s",
		    why.message);
	return status == 0 ? 0 : -1;
}

/* --- what comes back -------------------------------------------------------- */

/* A copy with these keys only. */
static json_t *
picked(const json_t *object, const char *const *keys)
{
	json_t *copy = json_object();

	for (; *keys != NULL; keys++)
		if (json_object_get(object, *keys) != NULL)
			json_object_set(copy, *keys,
			    json_object_get(object, *keys));
	return copy;
}

static void
keep_chat(struct talk *t, const json_t *completion)
{
	static const char *const known[] = {
		"role", "content", "refusal", "annotations", "tool_calls",
		NULL };
	static const char *const least[] = {
		"role", "content", "tool_calls", NULL };
	json_t *message = json_object_get(jx_at(json_object_get(completion,
	    "choices"), 0), "message");

	json_array_extend(t->calls, json_object_get(message, "tool_calls"));
	json_array_append_new(history(t), t->keeps == KEEPS_ALL ?
	    json_deep_copy(message) :
	    picked(message, t->keeps == KEEPS_KNOWN ? known : least));
}

/* As Codex does: without ids, and with a content of null for reasoning. */
static json_t *
known_item(const json_t *item)
{
	static const char *const keys[] = {
		"type", "role", "content", "summary", "encrypted_content",
		"call_id", "name", "arguments", "input", "namespace", NULL };
	json_t *copy = picked(item, keys);

	if (jx_is(item, "type", "reasoning"))
		json_object_set_new(copy, "content", json_null());
	return copy;
}

static void
keep_responses(struct talk *t, const json_t *response)
{
	json_t *item;
	size_t i;

	if (t->keeps == KEEPS_NOTHING) {
		json_array_clear(history(t));
		json_object_set(t->body, "previous_response_id",
		    json_object_get(response, "id"));
	}
	json_array_foreach(json_object_get(response, "output"), i, item) {
		if (jx_is(item, "type", "function_call"))
			json_array_append(t->calls, item);
		if (t->keeps == KEEPS_ALL)
			json_array_append_new(history(t),
			    json_deep_copy(item));
		else if (t->keeps == KEEPS_KNOWN)
			json_array_append_new(history(t), known_item(item));
	}
}

/* Claude's types have all that comes; without reasoning when so asked. */
static void
keep_messages(struct talk *t, const json_t *message)
{
	json_t *content = json_array(), *block;
	size_t i;

	json_array_foreach(json_object_get(message, "content"), i, block) {
		if (jx_is(block, "type", "tool_use"))
			json_array_append(t->calls, block);
		if (t->keeps != KEEPS_NOTHING ||
		    !jx_is(block, "type", "thinking"))
			json_array_append(content, block);
	}
	json_array_append_new(history(t), json_pack("{s:s,s:o}", "role",
	    "assistant", "content", content));
}

/* The whole reply, from a stream too. */
static json_t *
read_reply(struct talk *t)
{
	const struct buf *out = &t->bridge.out;
	json_t *reply = NULL;

	if (bridge_failed(&t->bridge)) {
		snprintf(t->why, sizeof(t->why), "failed: %.400s",
		    t->bridge.why.message);
		return NULL;
	}
	if (!t->bridge.req->stream)
		return json_loadb(out->p, out->n, JSON_ALLOW_NUL, NULL);
	if (t->api == API_MESSAGES)
		grammar_messages_read(out->p, out->n, &reply, t->why,
		    sizeof(t->why));
	else if (t->api == API_CHAT)
		grammar_chat_read(out->p, out->n, -1, &reply, t->why,
		    sizeof(t->why));
	else
		grammar_responses_read(out->p, out->n, &reply, t->why,
		    sizeof(t->why));
	return reply;
}

int
talk_hear(struct talk *t, const struct stream *answer)
{
	struct buf bytes;
	json_t *reply;

	json_array_clear(t->calls);
	buf_init(&bytes, 0);
	stream_put(answer, &bytes, NULL);
	middle_answer(&t->bridge, buf_span(&bytes), true, NULL, 0);
	reply = read_reply(t);
	if (reply != NULL && t->api == API_MESSAGES)
		keep_messages(t, reply);
	else if (reply != NULL && t->api == API_CHAT)
		keep_chat(t, reply);
	else if (reply != NULL)
		keep_responses(t, reply);
	json_decref(reply);
	buf_free(&bytes);
	bridge_close(&t->bridge);
	free(t->text);
	return reply != NULL ? 0 : -1;
}
