/*
 * A coding session of 40 turns against Claude's cache rules: how much of the
 * input tokens is read from the cache?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_claude.h"
#include "claude.h"
#include "middle.h"
#include "strict.h"
#include "talk.h"
#include "tap.h"

enum { TURNS = 40, TOOLS = 30, SETTLED = 3, WANTED = 90 };

static const char *const names[] = { "tool_03", "tool_17", "tool_29", NULL };

/* So many bytes that look like source code. */
static json_t *
prose(struct dice *d, size_t n)
{
	char *text = malloc(n + 1);
	json_t *v;

	for (size_t i = 0; i < n; i++)
		text[i] = "abcdefghijklmnopqrstuvwxyz"[dice_below(d, 26)];
	for (size_t i = 60; i < n; i += 61)
		text[i] = '\n';
	text[n] = '\0';
	v = json_string(text);
	free(text);
	return v;
}

static json_t *
tools(enum api api, struct dice *d)
{
	json_t *list = json_array();

	for (int i = 0; i < TOOLS; i++) {
		json_t *tool = json_pack("{s:o,s:o,s:{s:s,s:{s:{s:s},"
					 "s:{s:s}}}}", "name", json_sprintf("tool_%02d", i),
		    "description", prose(d, 300 + dice_below(d, 600)),
		    "parameters", "type", "object", "properties", "path",
		    "type", "string", "line", "type", "integer");

		if (api == API_CHAT)
			tool = json_pack("{s:s,s:o}", "type", "function",
			    "function", tool);
		else
			json_object_set_new(tool, "type",
			    json_string("function"));
		json_array_append_new(list, tool);
	}
	return list;
}

static json_t *
settings(enum api api, const char *model, struct dice *d)
{
	json_t *body = json_pack("{s:s,s:o}", "model", model, "tools",
	    tools(api, d));

	if (api == API_RESPONSES)
		json_object_set_new(body, "instructions", prose(d, 9000));
	return body;
}

/* Thinking, a sentence, and mostly calls, now and then many at once. */
static json_t *
answer_content(struct dice *d, int turn)
{
	json_t *list = json_array();
	size_t calls = turn % 8 == 7 ? 0 : turn % 11 == 5 ? 14 :
	    1 + dice_below(d, 4);

	json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "type",
	    "thinking", "thinking", prose(d, 300), "signature",
	    json_sprintf("sig-%d", turn)));
	json_array_append_new(list, json_pack("{s:s,s:o}", "type", "text",
	    "text", prose(d, 100 + dice_below(d, 400))));
	for (size_t i = 0; i < calls; i++)
		json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:{s:s,"
			      "s:i}}", "type", "tool_use", "id", json_sprintf(
		    "toolu_%d_%zu", turn, i), "name", dice_word(d, names),
		    "input", "path", "src/main.c", "line", (int)i));
	return list;
}

static void
answer(struct talk *t, struct dice *d, int turn)
{
	json_t *content = answer_content(d, turn);
	char id[32];
	struct claude_answer a = { .id = id, .content = content,
	    .stop = "tool_use" };
	struct stream s;

	snprintf(id, sizeof(id), "msg_%d", turn);
	stream_init(&s);
	claude_stream(&s, d, &a);
	if (talk_hear(t, &s) != 0)
		ok(false, "turn %d: %s", turn, t->why);
	stream_free(&s);
	json_decref(content);
}

/* The outputs of tools; a new task when there are none. */
static void
go_on(struct talk *t, struct dice *d)
{
	json_t *call;
	size_t i;

	json_array_foreach(t->calls, i, call)
		talk_result(t, call, prose(d, 200 + dice_below(d, 4000)));
	if (json_array_size(t->calls) == 0)
		talk_user(t, prose(d, 300));
}

static bool
taken(const struct talk *t, const json_t *body, int turn)
{
	struct strict_opts opts = { .beta = t->beta };
	char why[512];

	return strict_messages(body, &opts, why, sizeof(why)) == 0 ||
	    ok(false, "turn %d is refused: %s", turn, why);
}

/* The share in percent after the first turns. */
static double
session(struct middle *m, enum api api, enum keeps keeps, const char *model)
{
	struct dice d = { 7 };
	struct cache_claude cache;
	struct talk t;
	double read = 0, all = 0;
	long now = 1000;

	cache_claude_init(&cache);
	talk_init(&t, m, api, keeps, settings(api, model, &d));
	if (api == API_CHAT)
		json_array_append_new(json_object_get(t.body, "messages"),
		    json_pack("{s:s,s:o}", "role", "system", "content",
		    prose(&d, 9000)));
	talk_user(&t, prose(&d, 500));
	for (int turn = 1; turn <= TURNS && talk_send(&t) == 0; turn++) {
		json_t *body = json_loadb(t.sent.p, t.sent.n, 0, NULL);
		struct cache_use use = cache_claude_take(&cache, body, now);

		if (turn > SETTLED) {
			read += (double)use.read;
			all += (double)(use.read + use.written + use.input);
		}
		taken(&t, body, turn);
		json_decref(body);
		answer(&t, &d, turn);
		go_on(&t, &d);
		now += dice_between(&d, 5, 120);
	}
	if (t.why[0] != '\0')
		diag("%s", t.why);
	talk_free(&t);
	cache_claude_free(&cache);
	return all > 0 ? 100 * read / all : -1;
}

static void
check(struct middle *m, enum api api, enum keeps keeps, const char *model)
{
	static const char *const whats[] = {
		[KEEPS_ALL] = "everything", [KEEPS_KNOWN] = "what is known",
		[KEEPS_NOTHING] = "no reasoning",
	};
	const char *what = api == API_CHAT ? "chat" : "responses";
	double share = session(m, api, keeps, model);

	diag("cached share after turn %d: %.1f %% (%s, %s, returns %s)",
	    SETTLED, share, what, model, whats[keeps]);
	ok(share >= WANTED, "%s, %s, returns %s: at least %d %% of the input "
	    "is read from the cache", what, model, whats[keeps], WANTED);
}

int
main(void)
{
	struct middle m, unmarked;

	middle_init(&m, middle_o2c);
	middle_init(&unmarked, middle_o2c_other);
	for (int keeps = KEEPS_ALL; keeps <= KEEPS_NOTHING; keeps++) {
		check(&m, API_CHAT, (enum keeps)keeps, "claude-opus-5-5");
		check(&m, API_RESPONSES, (enum keeps)keeps,
		    "claude-opus-5-5");
	}
	check(&m, API_CHAT, KEEPS_NOTHING, "claude-haiku-4-5");
	check(&m, API_RESPONSES, KEEPS_KNOWN, "claude-sonnet-4-6");
	is_int((long long)session(&unmarked, API_CHAT, KEEPS_ALL,
	    "claude-opus-5-5"), 0, "without marks nothing is read");
	middle_free(&m);
	middle_free(&unmarked);
	return done_testing();
}
