/*
 * The request for turn n+1 begins with the bytes of turn n: prompt caches and
 * the validity of signed thinking depend on it (o2c section S.3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claude.h"
#include "gen.h"
#include "middle.h"
#include "prefix.h"
#include "props.h"
#include "talk.h"
#include "tap.h"

enum { HISTORIES = 3000, TALKS = 1000, TURNS = 12 };

struct setting {
	enum api	 api;
	void		(*gen)(struct gen *g);
	struct middle	 middle;
};

/* Does `next` begin with `before`? */
static bool
goes_on(struct prop *p, struct span before, struct span next, bool tail)
{
	char *a = prefix_unmarked(before), *b = prefix_unmarked(next);
	size_t n = prefix_length(a, "messages", tail), same = 0;
	bool good;

	while (same < n && a[same] == b[same])
		same++;
	good = n > 0 && same == n;
	if (!good)
		prop_fail(p, SPAN_NONE, "differs at %zu of %zu:\n#  %.200s"
		    "\n#  %.200s", same, n, a + (same > 60 ? same - 60 : 0),
		    b + (same > 60 ? same - 60 : 0));
	free(a);
	free(b);
	return good;
}

/* --- generated histories, turn by turn ------------------------------------- */

/* Tools that come with items change what is before the messages. */
static bool
brings_tools(const char *text)
{
	return strstr(text, "\"additional_tools\"") != NULL ||
	    strstr(text, "\"tool_search_output\"") != NULL;
}

/* The client's request when its history had n elements. */
static char *
request_at(const struct gen *g, size_t n)
{
	json_t *body = json_copy(g->body), *list = json_array();
	char *text;

	for (size_t i = 0; i < n; i++)
		json_array_append(list, json_array_get(g->list, i));
	json_object_set_new(body, g->chat ? "messages" : "input", list);
	text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(body);
	return text;
}

static bool
one_turn(struct prop *p, const char *text, struct buf *before)
{
	struct setting *s = p->arg;
	struct bridge b;
	bool good = middle_open(&s->middle, &b, s->api, span_of(text),
	    TASK_ANSWER) == 0;

	if (!good)
		prop_fail(p, span_of(text), "refused: %s", b.why.message);
	else if (before->n > 0)
		good = goes_on(p, buf_span(before), buf_span(&b.body), true) ||
		    prop_fail(p, span_of(text), "... for");
	buf_reset(before);
	buf_put(before, buf_span(&b.body));
	bridge_close(&b);
	return good;
}

static bool
one_history(struct prop *p, struct dice *d)
{
	struct setting *s = p->arg;
	struct gen g;
	struct buf before;
	json_t *end;
	size_t i;
	bool good = true;

	gen_init(&g, d);
	s->gen(&g);
	json_array_append_new(g.ends,
	    json_integer((json_int_t)json_array_size(g.list)));
	buf_init(&before, 0);
	json_array_foreach(g.ends, i, end) {
		char *text = request_at(&g, (size_t)json_integer_value(end));

		good = good && (brings_tools(text) ||
		    one_turn(p, text, &before));
		free(text);
	}
	buf_free(&before);
	gen_free(&g);
	return good;
}

/* --- conversations ------------------------------------------------------------ */

static json_t *
settings(enum api api, struct dice *d)
{
	static const char *const models[] = {
		"claude-opus-5-5", "claude-sonnet-4-6", "claude-haiku-4-5",
		"claude-opus-4-8", "claude-next-9", NULL };
	const char *tools = api == API_CHAT ? "[{\"type\":\"function\","
	    "\"function\":{\"name\":\"get_weather\"}},{\"type\":\"custom\","
	    "\"custom\":{\"name\":\"apply_patch\"}}]" :
	    "[{\"type\":\"function\",\"name\":\"get_weather\"}]";
	json_t *body = json_pack("{s:s,s:o}", "model", dice_word(d, models),
	    "tools", json_loads(tools, 0, NULL));

	if (dice_chance(d, 40))
		json_object_set_new(body, api == API_CHAT ?
		    "reasoning_effort" : "reasoning", api == API_CHAT ?
		    json_string("high") : json_pack("{s:s,s:s}", "effort",
		    "high", "summary", "auto"));
	if (dice_chance(d, 30))
		json_object_set_new(body, "parallel_tool_calls",
		    json_false());
	return body;
}

static json_t *
said(enum api api, struct dice *d)
{
	if (dice_chance(d, 70))
		return json_string("What is the weather like?");
	if (api == API_CHAT)
		return json_pack("[{s:s,s:s},{s:s,s:{s:s}}]", "type", "text",
		    "text", "And here?", "type", "image_url", "image_url",
		    "url", "data:image/png;base64,iVBORw0KGgo=");
	return json_pack("[{s:s,s:s},{s:s,s:s}]", "type", "input_text",
	    "text", "And here?", "type", "input_image", "image_url",
	    "https://img.example.net/a.png");
}

/* Names make calls findable; the ids of a conversation are its own. */
static void
give_ids(json_t *content, unsigned *serial)
{
	json_t *block;
	size_t i;

	json_array_foreach(content, i, block)
		if (json_object_get(block, "id") != NULL)
			json_object_set_new(block, "id",
			    json_sprintf("toolu_%05u", ++*serial));
}

static void
make_answer(struct stream *s, struct dice *d, unsigned *serial)
{
	static const char *const names[] = { "get_weather", NULL };
	json_t *content = claude_content(d, 4, names);
	char id[32];
	struct claude_answer a = { .id = id, .stop = "end_turn",
	    .content = content };

	/* Something must stay of each turn. */
	json_array_append_new(content, json_pack("{s:s,s:s}", "type", "text",
	    "text", "It rains."));
	if (dice_chance(d, 60))
		json_array_append_new(content, json_pack("{s:s,s:s,s:s,"
			      "s:{s:s}}", "type", "tool_use", "id", "x", "name",
		    "get_weather", "input", "city", "Oslo"));
	give_ids(content, serial);
	snprintf(id, sizeof(id), "msg_%05u", ++*serial);
	claude_stream(s, d, &a);
	json_decref(content);
}

static void
go_on(struct talk *t, struct dice *d)
{
	json_t *call;
	size_t i;

	json_array_foreach(t->calls, i, call)
		talk_result(t, call, json_string("4 C, clear"));
	if (json_array_size(t->calls) == 0 || dice_chance(d, 15))
		talk_user(t, said(t->api, d));
	json_object_set_new(t->body, "stream",
	    json_boolean(dice_chance(d, 50)));
}

static bool
one_talk(struct prop *p, struct dice *d)
{
	struct setting *s = p->arg;
	struct talk t;
	struct buf before;
	unsigned serial = 0;
	bool good = true;

	talk_init(&t, &s->middle, s->api, (enum keeps)dice_below(d, 3),
	    settings(s->api, d));
	buf_init(&before, 0);
	talk_user(&t, said(s->api, d));
	for (size_t n = 2 + dice_below(d, TURNS - 1); good && n > 0; n--) {
		struct stream answer;

		stream_init(&answer);
		make_answer(&answer, d, &serial);
		good = talk_send(&t) == 0;
		good = good && (before.n == 0 || goes_on(p,
		    buf_span(&before), buf_span(&t.sent), false));
		buf_reset(&before);
		buf_put(&before, buf_span(&t.sent));
		if (good && talk_hear(&t, &answer) != 0)
			good = prop_fail(p, SPAN_NONE, "%s", t.why);
		stream_free(&answer);
		go_on(&t, d);
	}
	if (!good)
		prop_fail(p, buf_span(&t.sent), "... %s", t.why);
	talk_free(&t);
	buf_free(&before);
	return good;
}

int
main(void)
{
	struct setting chat = { .api = API_CHAT, .gen = gen_chat };
	struct setting responses = { .api = API_RESPONSES,
	    .gen = gen_responses };

	middle_init(&chat.middle, middle_o2c);
	middle_init(&responses.middle, middle_o2c);
	prop_run("chat: a longer history begins with the same bytes",
	    HISTORIES, one_history, &chat);
	prop_run("responses: a longer history begins with the same bytes",
	    HISTORIES, one_history, &responses);
	prop_run("chat: each turn begins with the one before", TALKS,
	    one_talk, &chat);
	prop_run("responses: each turn begins with the one before", TALKS,
	    one_talk, &responses);
	middle_free(&chat.middle);
	middle_free(&responses.middle);
	return done_testing();
}
