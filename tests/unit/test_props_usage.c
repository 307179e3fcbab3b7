/*
 * Token counts there and back: Claude's usage in the words of each OpenAI
 * API, and those in Claude's words again, are the same numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "claude.h"
#include "jx.h"
#include "middle.h"
#include "props.h"
#include "tap.h"

enum { TIMES = 2000 };

/* The two gateways of a trip, and the API between them. */
struct trip {
	enum api	 between;
	struct middle	 there, back;
};

/* A client's reply to a request, given the upstream's; NULL: it failed. */
static json_t *
reply_to(struct middle *m, enum api client, const char *request, json_t *answer)
{
	char *text = jx_text(answer);
	json_t *reply = NULL;
	struct bridge b;

	if (middle_open(m, &b, client, span_of(request), TASK_ANSWER) == 0) {
		middle_answer(&b, span_of(text), false, NULL, 0);
		if (!bridge_failed(&b))
			reply = json_loadb(b.out.p, b.out.n, 0, NULL);
	}
	bridge_close(&b);
	free(text);
	json_decref(answer);
	return reply;
}

/* An answer of the API in the middle with this usage. */
static json_t *
openai_answer(enum api api, json_t *usage)
{
	if (api == API_CHAT)
		return json_pack("{s:s,s:s,s:i,s:s,s:[{s:i,s:{s:s,s:s},s:s}],"
				 "s:O}", "id", "chatcmpl-1", "object", "chat.completion",
		    "created", 1, "model", "m", "choices", "index", 0,
		    "message", "role", "assistant", "content", "Hi",
		    "finish_reason", "stop", "usage", usage);
	return json_pack("{s:s,s:s,s:i,s:s,s:s,s:n,s:n,s:[{s:s,s:s,s:s,s:s,"
			 "s:[{s:s,s:s,s:[]}]}],s:O}", "id", "resp_1", "object",
	    "response", "created_at", 1, "status", "completed", "model",
	    "m", "error", "incomplete_details", "output", "type",
	    "message", "id", "msg_1", "status", "completed", "role",
	    "assistant", "content", "type", "output_text", "text", "Hi",
	    "annotations", "usage", usage);
}

static long long
count(const json_t *usage, const char *key)
{
	return json_integer_value(json_object_get(usage, key));
}

/* OpenAI's input counts what Claude counts apart. */
static bool
adds_up(struct prop *p, enum api api, const json_t *usage,
    const struct claude_answer *a)
{
	bool chat = api == API_CHAT;
	const json_t *details = json_object_get(usage, chat ?
	    "prompt_tokens_details" : "input_tokens_details");
	long long input = count(usage, chat ? "prompt_tokens" :
	    "input_tokens"), output = count(usage, chat ?
	    "completion_tokens" : "output_tokens");

	return (input == a->input + a->cached + a->written &&
	    count(usage, "total_tokens") == input + output &&
	    count(details, "cached_tokens") == a->cached) ||
	    prop_fail(p, SPAN_NONE, "%ld + %ld + %ld tokens are %lld",
	    a->input, a->cached, a->written, input);
}

static bool
same(struct prop *p, const json_t *got, const json_t *want)
{
	static const char *const keys[] = {
		"input_tokens", "cache_read_input_tokens",
		"cache_creation_input_tokens", "output_tokens", NULL };

	for (const char *const *key = keys; *key != NULL; key++)
		if (count(got, *key) != count(want, *key))
			return prop_fail(p, SPAN_NONE, "%s: %lld, was %lld",
			    *key, count(got, *key), count(want, *key));
	return true;
}

static bool
one(struct prop *p, struct dice *d)
{
	static const char *const requests[API_COUNT] = {
		[API_CHAT] = "{\"model\":\"claude-opus-5-5\",\"messages\":["
			     "{\"role\":\"user\",\"content\":\"Hi\"}]}",
		[API_RESPONSES] = "{\"model\":\"claude-opus-5-5\","
				  "\"input\":\"Hi\"}",
		[API_MESSAGES] = "{\"model\":\"claude-x\",\"max_tokens\":9,"
		    "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
	};
	struct trip *t = p->arg;
	json_t *content = json_pack("[{s:s,s:s}]", "type", "text", "text",
	    "Hi");
	struct claude_answer a = { .id = "msg_1", .content = content,
	    .stop = "end_turn", .input = dice_between(d, 0, 100000),
	    .cached = dice_chance(d, 60) ? dice_between(d, 0, 200000) : 0,
	    .written = dice_chance(d, 40) ? dice_between(d, 0, 9000) : 0 };
	json_t *was = claude_message(&a);
	json_t *openai = reply_to(&t->there, t->between,
	    requests[t->between], json_incref(was));
	json_t *usage = json_object_get(openai, "usage");
	json_t *is = reply_to(&t->back, API_MESSAGES, requests[API_MESSAGES],
	    openai_answer(t->between, usage));
	bool good = adds_up(p, t->between, usage, &a) &&
	    same(p, json_object_get(is, "usage"), json_object_get(was,
	    "usage"));

	json_decref(content);
	json_decref(was);
	json_decref(openai);
	json_decref(is);
	return good;
}

static void
check(enum api between, const char *back, const char *what)
{
	struct trip t = { .between = between };

	middle_init(&t.there, middle_o2c);
	middle_init(&t.back, back);
	prop_run(what, TIMES, one, &t);
	middle_free(&t.there);
	middle_free(&t.back);
}

int
main(void)
{
	check(API_CHAT, middle_chat, "chat: usage there and back");
	check(API_RESPONSES, middle_responses,
	    "responses: usage there and back");
	return done_testing();
}
