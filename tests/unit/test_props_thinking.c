/*
 * Thinking through a tool loop of four turns, byte for byte: whatever a
 * client sends back of it, Claude gets its blocks as it made them.
 */
#include <stdio.h>
#include <string.h>

#include "claude.h"
#include "issued.h"
#include "jx.h"
#include "middle.h"
#include "props.h"
#include "strict.h"
#include "talk.h"
#include "tap.h"

enum { TIMES = 400, LOOP = 4 };

/* A kind of client. */
struct client {
	struct middle	*middle;
	enum api	 api;
	enum keeps	 keeps;
	bool		 restart;	/* the gateway, before every turn */
	bool		 reorders;	/* it cannot say where thinking stood */
};

struct loop {
	struct prop	*p;
	struct client	*client;
	struct dice	*d;
	struct talk	 talk;
	struct issued	 issued;
	unsigned	 seals;		/* issued so far */
	unsigned	 serial;
	json_t		*answers;	/* contents, as issued */
};

/* --- what Claude answers --------------------------------------------------- */

static json_t *
thinking(struct loop *l)
{
	static const char *const thoughts[] = {
		"Need the file first.", "", "caf\xc3\xa9 \xf0\x9f\x99\x82",
		"  spaces and\n\nlines \t", "\"quotes\" \\ and </thinking>",
		NULL };
	const char *text = dice_word(l->d, thoughts);
	char seal[64];

	snprintf(seal, sizeof(seal), "EqQBCkYIBxgC+/%06u==", ++l->serial);
	l->seals++;
	if (dice_chance(l->d, 20)) {
		issued_seal(&l->issued, seal, NULL, NULL);
		return json_pack("{s:s,s:s}", "type", "redacted_thinking",
		    "data", seal);
	}
	issued_seal(&l->issued, seal, text, NULL);
	return json_pack("{s:s,s:s,s:s}", "type", "thinking", "thinking",
	    text, "signature", seal);
}

static json_t *
call(struct loop *l, const char *reason)
{
	char id[32];

	snprintf(id, sizeof(id), "toolu_%06u", ++l->serial);
	issued_call(&l->issued, id, reason);
	return json_pack("{s:s,s:s,s:s,s:{s:i,s:s}}", "type", "tool_use",
	    "id", id, "name", "read_file", "input", "n", (int)l->serial,
	    "path", "a \"b\" \xc3\xa9");
}

/* Thinking, then texts, thinking and calls in any order; a call at the end. */
static json_t *
content(struct loop *l)
{
	json_t *list = json_array(), *first = thinking(l);
	const char *reason = jx_str(first, "signature");

	if (reason == NULL)
		reason = jx_word(first, "data");
	json_array_append_new(list, first);
	for (size_t n = dice_below(l->d, 5); n > 0; n--) {
		switch (dice_below(l->d, 3)) {
		case 0:
			json_array_append_new(list, thinking(l));
			break;
		case 1:
			json_array_append_new(list, json_pack("{s:s,s:o}",
			    "type", "text", "text", json_sprintf(
			    "Reading %u.", ++l->serial)));
			break;
		default:
			json_array_append_new(list, call(l, reason));
		}
	}
	json_array_append_new(list, call(l, reason));
	return list;
}

/* --- what it gets back ------------------------------------------------------ */

/* The assistant's messages are the answers as they were issued. */
static bool
same_answers(struct loop *l, const json_t *body)
{
	json_t *m, *block;
	size_t i, j, n = 0;

	json_array_foreach(json_object_get(body, "messages"), i, m) {
		if (!jx_is(m, "role", "assistant"))
			continue;
		json_array_foreach(json_object_get(m, "content"), j, block)
			json_object_del(block, "cache_control");
		if (!json_equal(json_object_get(m, "content"),
		    jx_at(l->answers, n++)))
			return prop_fail(l->p, buf_span(&l->talk.sent),
			    "answer %zu came back changed", n);
	}
	return n == json_array_size(l->answers) || prop_fail(l->p,
	    buf_span(&l->talk.sent), "%zu answers came back", n);
}

static bool
verified(struct loop *l)
{
	unsigned seals = 0;
	struct strict_opts opts = { .beta = l->talk.beta, .demand = true,
	    .issued = &l->issued, .seals = &seals };
	json_t *body = json_loadb(l->talk.sent.p, l->talk.sent.n, 0, NULL);
	char why[512];
	bool good = true;

	if (strict_messages(body, &opts, why, sizeof(why)) != 0)
		good = prop_fail(l->p, buf_span(&l->talk.sent), "%s", why);
	else if (seals != l->seals)
		good = prop_fail(l->p, buf_span(&l->talk.sent), "%u of %u "
		    "seals came back", seals, l->seals);
	else if (!l->client->reorders)
		good = same_answers(l, body);
	json_decref(body);
	return good;
}

static bool
turn(struct loop *l)
{
	struct stream s;
	json_t *blocks, *one;
	size_t i;
	char id[32];
	struct claude_answer a = { .id = id, .stop = "tool_use" };
	bool good;

	if (l->client->restart)
		middle_restart(l->client->middle);
	json_object_set_new(l->talk.body, "stream",
	    json_boolean(dice_chance(l->d, 50)));
	if (talk_send(&l->talk) != 0)
		return prop_fail(l->p, SPAN_NONE, "%s", l->talk.why);
	good = verified(l);
	a.content = blocks = content(l);
	snprintf(id, sizeof(id), "msg_%06u", ++l->serial);
	stream_init(&s);
	claude_stream(&s, l->d, &a);
	if (talk_hear(&l->talk, &s) != 0)
		good = prop_fail(l->p, SPAN_NONE, "%s", l->talk.why);
	stream_free(&s);
	json_array_append_new(l->answers, blocks);
	json_array_foreach(l->talk.calls, i, one)
		talk_result(&l->talk, one, json_string("int main(void)"));
	return good;
}

static json_t *
settings(enum api api, struct dice *d)
{
	static const char *const models[] = {
		"claude-opus-5-5", "claude-sonnet-5", "claude-opus-4-8",
		"claude-sonnet-4-5", NULL };
	json_t *body = json_pack("{s:s}", "model", dice_word(d, models));

	if (api == API_CHAT)
		json_object_update_new(body, json_pack("{s:s,s:[{s:s,s:{s:s}}"
			      "]}", "reasoning_effort", "high", "tools", "type",
		    "function", "function", "name", "read_file"));
	else
		json_object_update_new(body, json_pack("{s:{s:s},s:[{s:s,s:s}"
			      "],s:[s]}", "reasoning", "effort", "high", "tools",
		    "type", "function", "name", "read_file", "include",
		    "reasoning.encrypted_content"));
	return body;
}

static bool
one(struct prop *p, struct dice *d)
{
	struct client *c = p->arg;
	struct loop l = { .p = p, .client = c, .d = d,
	    .answers = json_array() };
	bool good = true;

	issued_init(&l.issued);
	talk_init(&l.talk, c->middle, c->api, c->keeps, settings(c->api, d));
	talk_user(&l.talk, json_string("Explain a.c"));
	for (int i = 0; good && i <= LOOP; i++)
		good = turn(&l);
	talk_free(&l.talk);
	issued_free(&l.issued);
	json_decref(l.answers);
	return good;
}

int
main(void)
{
	struct middle m;
	struct client clients[] = {
		{ &m, API_CHAT, KEEPS_ALL, true, true },
		{ &m, API_CHAT, KEEPS_ALL, false, false },
		{ &m, API_CHAT, KEEPS_KNOWN, false, false },
		{ &m, API_CHAT, KEEPS_NOTHING, false, false },
		{ &m, API_RESPONSES, KEEPS_ALL, true, false },
		{ &m, API_RESPONSES, KEEPS_KNOWN, true, false },
		{ &m, API_RESPONSES, KEEPS_NOTHING, false, false },
	};
	static const char *const what[] = {
		"chat: all comes back, the gateway restarts",
		"chat: all comes back",
		"chat: what OpenAI's types know comes back",
		"chat: no reasoning comes back",
		"responses: all items come back, the gateway restarts",
		"responses: items as Codex returns them, the gateway restarts",
		"responses: only the answer's id comes back",
	};

	middle_init(&m, middle_o2c);
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
		prop_run(what[i], TIMES, one, &clients[i]);
	middle_free(&m);
	return done_testing();
}
