/*
 * Reasoning through a tool loop of four turns, byte for byte: what OpenAI's
 * APIs make comes back to them through a Claude client as they made it, and
 * each request begins with the bytes of the one before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issued.h"
#include "jx.h"
#include "middle.h"
#include "openai.h"
#include "prefix.h"
#include "props.h"
#include "strict.h"
#include "talk.h"
#include "tap.h"

enum { TIMES = 200, LOOP = 4 };

/* An upstream and what the client shows of its reasoning. */
struct way {
	const char	*config;
	bool		 chat, official;
	const char	*thinking;	/* the request's; NULL: none */
	struct middle	 middle;
};

struct loop {
	struct prop	*p;
	struct way	*way;
	struct dice	*d;
	struct talk	 talk;
	struct issued	 issued;
	unsigned	 seals;		/* issued so far */
	unsigned	 serial;
	json_t		*answers;	/* items or messages, as issued */
	struct buf	 before;	/* the body of the turn before */
};

/* --- what the upstream answers ------------------------------------------------- */

static const char *
thought(struct dice *d)
{
	static const char *const thoughts[] = {
		"Need the file first.", "caf\xc3\xa9 \xf0\x9f\x99\x82",
		"  spaces and\n\nlines \t", "\"quotes\" \\ and </think>",
		NULL };

	return dice_word(d, thoughts);
}

static json_t *
arguments(struct loop *l)
{
	return json_sprintf("{\"n\":%u,\"path\":\"a \\\"b\\\" \xc3\xa9\"}",
	    ++l->serial);
}

/* An item of reasoning; its seal is owed to the calls behind it. */
static void
add_reasoning(struct loop *l, json_t *output, char *seal, size_t n)
{
	char id[32];
	json_t *summary = json_array();

	snprintf(id, sizeof(id), "rs_%06u", ++l->serial);
	snprintf(seal, n, "gAAAAAB-_%06u==", l->serial);
	issued_seal(&l->issued, seal, NULL, id);
	l->seals++;
	for (size_t i = dice_below(l->d, 3); i > 0; i--)
		json_array_append_new(summary, json_pack("{s:s,s:s}", "type",
		    "summary_text", "text", thought(l->d)));
	json_array_append_new(output, json_pack("{s:s,s:s,s:o,s:s}", "id", id,
	    "type", "reasoning", "summary", summary, "encrypted_content",
	    seal));
}

static void
add_message(struct loop *l, json_t *output)
{
	unsigned n = ++l->serial;

	json_array_append_new(output, json_pack("{s:o,s:s,s:s,s:s,s:[{s:s,"
		      "s:o,s:[]}]}", "id", json_sprintf("msg_%06u", n), "type",
	    "message", "status", "completed", "role", "assistant", "content",
	    "type", "output_text", "text", json_sprintf("Reading %u.", n),
	    "annotations"));
}

static void
add_call(struct loop *l, json_t *output, const char *seal)
{
	unsigned n = ++l->serial;
	char id[32];

	snprintf(id, sizeof(id), "call_%06u", n);
	issued_call(&l->issued, id, seal);
	json_array_append_new(output, json_pack("{s:o,s:s,s:s,s:s,s:s,s:o}",
	    "id", json_sprintf("fc_%06u", n), "type", "function_call",
	    "status", "completed", "call_id", id, "name", "read_file",
	    "arguments", arguments(l)));
}

/* Reasoning, then texts, reasoning and calls in any order; a call last. */
static json_t *
items(struct loop *l)
{
	json_t *output = json_array();
	char seal[64];

	add_reasoning(l, output, seal, sizeof(seal));
	for (size_t n = dice_below(l->d, 5); n > 0; n--) {
		switch (dice_below(l->d, 3)) {
		case 0:
			add_reasoning(l, output, seal, sizeof(seal));
			break;
		case 1:
			add_message(l, output);
			break;
		default:
			add_call(l, output, seal);
		}
	}
	add_call(l, output, seal);
	return output;
}

/* A chat message with reasoning, perhaps a text, and calls. */
static json_t *
message(struct loop *l)
{
	const char *reasoning = thought(l->d);
	json_t *calls = json_array();
	char id[32];

	for (size_t n = 1 + dice_below(l->d, 3); n > 0; n--) {
		snprintf(id, sizeof(id), "call_%06u", ++l->serial);
		issued_call(&l->issued, id, reasoning);
		json_array_append_new(calls, json_pack("{s:s,s:s,s:{s:s,s:o}}",
		    "id", id, "type", "function", "function", "name",
		    "read_file", "arguments", arguments(l)));
	}
	l->seals++;
	return json_pack("{s:s,s:s?,s:s,s:o}", "role", "assistant", "content",
	    dice_chance(l->d, 50) ? "Reading." : NULL, "reasoning_content",
	    reasoning, "tool_calls", calls);
}

static void
make_answer(struct loop *l, struct stream *s)
{
	static const struct openai_usage usage = { 900, 0, 40 };
	json_t *answer = l->way->chat ? message(l) : items(l);
	char id[32];

	snprintf(id, sizeof(id), "%s_%06u", l->way->chat ? "chatcmpl-" :
	    "resp", ++l->serial);
	if (l->way->chat)
		openai_chat_stream(s, l->d, id, answer, &usage);
	else
		openai_responses_stream(s, l->d, id, answer, &usage);
	json_array_append_new(l->answers, answer);
}

/* --- what it gets back ------------------------------------------------------------ */

/*
 * An item as the gateway sends it back: neighbouring messages are one by
 * then, and of a summary nothing is needed (c2o-responses 1.3, 1.6).
 */
static json_t *
returned(const json_t *item)
{
	if (jx_is(item, "type", "reasoning"))
		return json_pack("{s:s,s:s,s:[],s:s}", "type", "reasoning",
		    "id", jx_word(item, "id"), "summary", "encrypted_content",
		    jx_word(item, "encrypted_content"));
	if (jx_is(item, "type", "function_call"))
		return json_pack("{s:s,s:s,s:s,s:s}", "type", "function_call",
		    "call_id", jx_word(item, "call_id"), "name", "read_file",
		    "arguments", jx_word(item, "arguments"));
	return json_string(jx_word(jx_at(json_object_get(item, "content"), 0),
	    "text"));
}

/* Appends a text to the message before it, or makes one. */
static void
put_text(json_t *list, json_t *text)
{
	json_t *last = jx_at(list, json_array_size(list) - 1);

	if (jx_is(last, "role", "assistant"))
		json_object_set_new(last, "content", json_sprintf("%s%s",
		    jx_word(last, "content"), json_string_value(text)));
	else
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "type",
		    "message", "role", "assistant", "content",
		    json_string_value(text)));
	json_decref(text);
}

/* All that the upstream ever made, as it must come back. */
static json_t *
wanted(const struct loop *l)
{
	json_t *list, *answer, *item;
	size_t i, j;

	if (l->way->chat)
		return json_deep_copy(l->answers);
	list = json_array();
	json_array_foreach(l->answers, i, answer) {
		json_array_foreach(answer, j, item) {
			json_t *back = returned(item);

			if (json_is_string(back))
				put_text(list, back);
			else
				json_array_append_new(list, back);
		}
	}
	return list;
}

static bool
is_made(const json_t *item)
{
	return jx_is(item, "role", "assistant") ||
	    jx_is(item, "type", "reasoning") ||
	    jx_is(item, "type", "function_call");
}

/* What of a body the upstream made, without what is said about it. */
static json_t *
made(const struct loop *l)
{
	json_t *body = json_loadb(l->talk.sent.p, l->talk.sent.n, 0, NULL);
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(body, l->way->chat ? "messages" :
	    "input"), i, item) {
		if (!is_made(item))
			continue;
		json_object_del(item, "phase");
		json_array_append(list, item);
	}
	json_decref(body);
	return list;
}

static bool
same_answers(struct loop *l)
{
	json_t *want = wanted(l), *got = made(l);
	bool same = json_equal(want, got);

	if (!same) {
		char *text = jx_text(want);

		prop_fail(l->p, buf_span(&l->talk.sent), "what came back is "
		    "not %s:", text);
		free(text);
	}
	json_decref(want);
	json_decref(got);
	return same;
}

/* Does the body begin with the bytes of the one before? */
static bool
goes_on(struct loop *l)
{
	struct span was = buf_span(&l->before), is = buf_span(&l->talk.sent);
	size_t n = was.n == 0 ? 0 : prefix_length(was.p, l->way->chat ?
	    "messages" : "input", false);
	bool same = (was.n == 0 || n > 0) && is.n >= n &&
	    span_eq(span_head(was, n), span_head(is, n));

	buf_reset(&l->before);
	buf_put(&l->before, is);
	return same || prop_fail(l->p, is, "it begins in another way");
}

static bool
verified(struct loop *l)
{
	unsigned seals = 0;
	struct strict_opts opts = { .compat = !l->way->official,
	    .demand = true, .issued = &l->issued, .seals = &seals };

	if (talk_check(&l->talk, l->way->chat ? STRICT_CHAT :
	    STRICT_RESPONSES, &opts) != 0)
		return prop_fail(l->p, buf_span(&l->talk.sent), "%s",
		    l->talk.why);
	if (seals != l->seals)
		return prop_fail(l->p, buf_span(&l->talk.sent), "%u of %u "
		    "came back", seals, l->seals);
	return same_answers(l) && goes_on(l);
}

static bool
turn(struct loop *l)
{
	struct stream s;
	json_t *call;
	size_t i;
	bool good;

	middle_restart(&l->way->middle);	/* it remembers nothing */
	json_object_set_new(l->talk.body, "stream",
	    json_boolean(dice_chance(l->d, 50)));
	if (talk_send(&l->talk) != 0)
		return prop_fail(l->p, SPAN_NONE, "%s", l->talk.why);
	good = verified(l);
	stream_init(&s);
	make_answer(l, &s);
	if (talk_hear(&l->talk, &s) != 0)
		good = prop_fail(l->p, SPAN_NONE, "%s", l->talk.why);
	stream_free(&s);
	json_array_foreach(l->talk.calls, i, call)
		talk_result(&l->talk, call, json_string("int main(void)"));
	return good;
}

static json_t *
settings(const struct way *w)
{
	json_t *body = json_pack("{s:s,s:i,s:[{s:s,s:{s:s}}]}", "model",
	    "claude-x", "max_tokens", 4096, "tools", "name", "read_file",
	    "input_schema", "type", "object");

	if (w->thinking != NULL)
		json_object_set_new(body, "thinking",
		    json_loads(w->thinking, 0, NULL));
	return body;
}

static bool
one(struct prop *p, struct dice *d)
{
	struct way *w = p->arg;
	struct loop l = { .p = p, .way = w, .d = d, .answers = json_array() };
	bool good = true;

	issued_init(&l.issued);
	buf_init(&l.before, 0);
	talk_init(&l.talk, &w->middle, API_MESSAGES, KEEPS_ALL, settings(w));
	talk_user(&l.talk, json_string("Explain a.c"));
	for (int i = 0; good && i <= LOOP; i++)
		good = turn(&l);
	talk_free(&l.talk);
	issued_free(&l.issued);
	buf_free(&l.before);
	json_decref(l.answers);
	return good;
}

static void
check(struct way w, const char *what)
{
	middle_init(&w.middle, w.config);
	prop_run(what, TIMES, one, &w);
	middle_free(&w.middle);
}

int
main(void)
{
	static const char shown[] = "{\"type\":\"adaptive\"}";
	static const char hidden[] = "{\"type\":\"adaptive\",\"display\":"
				     "\"omitted\"}";

	check((struct way){ middle_responses, false, true, shown, { 0 } },
	    "responses: encrypted reasoning comes back");
	check((struct way){ middle_responses, false, true, hidden, { 0 } },
	    "responses: so it does when it is not shown");
	check((struct way){ middle_responses, false, true, NULL, { 0 } },
	    "responses: so it does when nobody asked for thinking");
	check((struct way){ middle_responses_other, false, false, hidden,
	    { 0 } }, "responses: so it does to another server");
	check((struct way){ middle_chat_other, true, false, shown, { 0 } },
	    "chat: reasoning_content comes back to a server that insists");
	check((struct way){ middle_chat_other, true, false, hidden, { 0 } },
	    "chat: so it does when it is not shown");
	check((struct way){ middle_chat_other, true, false, NULL, { 0 } },
	    "chat: so it does when nobody asked for thinking");
	return done_testing();
}
