/*
 * A session of Claude Code with 40 turns onto each OpenAI API: do the bodies
 * begin as those before them, and how much does a prompt cache save?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_openai.h"
#include "gateway/log.h"
#include "jx.h"
#include "middle.h"
#include "openai.h"
#include "prefix.h"
#include "strict.h"
#include "talk.h"
#include "tap.h"

enum { TURNS = 40, SETTLED = 3, WANTED = 90, BRANCH = 9 };

#define CAPTURE \
	"tests/captures/claude-code/28-messages-stream-tools-thinking-adaptive.json"
#define SESSION "00000000-0000-7000-8000-000000000001"
#define ANOTHER "00000000-0000-7000-8000-000000000002"

/* An upstream, and what passes between the turns. */
struct session {
	const char	*name;
	bool		 chat, official;
	bool		 reasons;
	struct middle	 middle;
	struct cache_openai cache;
	long		 now;
	double		 found, all;	/* tokens after the first turns */
};

/* One agent of it. */
struct agent {
	struct session	*s;
	struct dice	 d;
	struct talk	 talk;
	struct buf	 before;	/* the body of the turn before */
	int		 turn;
	char		 key[80];	/* its prompt_cache_key; "": none yet */
	bool		 keeps_key, goes_on, unmarked, accepted;
};

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

/* --- what Claude Code sends ---------------------------------------------------- */

/* The line that differs in every request. */
static void
attribute(struct agent *a)
{
	json_t *first = jx_at(json_object_get(a->talk.body, "system"), 0);

	json_object_set_new(first, "text", json_sprintf(
	    "x-anthropic-billing-header: cc_version=2.1.330.%03x; "
			 "cc_entrypoint=cli; cch=%05x;", (unsigned)dice_below(&a->d, 4096),
	    (unsigned)dice_below(&a->d, 1 << 20)));
}

/* The mark on the last block moves with the history. */
static void
move_mark(struct agent *a)
{
	json_t *list = json_object_get(a->talk.body, "messages");
	json_t *content = NULL, *block;
	size_t i, j;

	for (i = 0; i < json_array_size(list); i++) {
		content = json_object_get(jx_at(list, i), "content");
		json_array_foreach(content, j, block)
			json_object_del(block, "cache_control");
	}
	block = jx_at(content, json_array_size(content) - 1);
	if (block != NULL)
		json_object_set_new(block, "cache_control",
		    json_pack("{s:s}", "type", "ephemeral"));
}

/* A system message inside: its content is a list at first, then a string. */
static void
settle_system(struct agent *a)
{
	json_t *m = jx_at(json_object_get(a->talk.body, "messages"), 1);
	json_t *first = jx_at(json_object_get(m, "content"), 0);

	if (jx_is(m, "role", "system") && first != NULL)
		json_object_set(m, "content", json_object_get(first, "text"));
}

static void
begin(struct agent *a, struct session *s, const json_t *capture,
    uint64_t seed)
{
	json_t *body = json_deep_copy(json_object_get(capture, "body"));
	json_t *first = json_incref(json_object_get(body, "messages"));

	memset(a, 0, sizeof(*a));
	a->s = s;
	a->d.state = seed;
	a->keeps_key = a->goes_on = a->unmarked = a->accepted = true;
	buf_init(&a->before, 0);
	talk_init(&a->talk, &s->middle, API_MESSAGES, KEEPS_ALL, body);
	json_array_extend(json_object_get(body, "messages"), first);
	json_array_append_new(json_object_get(body, "messages"), json_pack(
	    "{s:s,s:[{s:s,s:o}],s:{s:s}}", "role", "system", "content",
	    "type", "text", "text", prose(&a->d, 200), "output_config",
	    "effort", "high"));
	talk_user(&a->talk, json_pack("[{s:s,s:o}]", "type", "text", "text",
	    prose(&a->d, 500)));
	json_decref(first);
}

/* Results, now and then with a reminder; a new task when nobody called. */
static void
go_on(struct agent *a)
{
	json_t *calls = a->talk.calls;

	for (size_t i = json_array_size(calls); i > 0; i--)
		talk_result(&a->talk, jx_at(calls, i - 1), prose(&a->d,
		    200 + dice_below(&a->d, 4000)));
	if (json_array_size(calls) == 0)
		talk_user(&a->talk, json_pack("[{s:s,s:o}]", "type", "text",
		    "text", prose(&a->d, 300)));
	else if (a->turn % 5 == 0)
		json_array_append_new(json_object_get(jx_at(json_object_get(
		    a->talk.body, "messages"), json_array_size(json_object_get(
		    a->talk.body, "messages")) -
					    1), "content"), json_pack(
		    "{s:s,s:s}", "type", "text", "text", "<system-reminder>"
			"The task list is empty.</system-reminder>"));
}

/* --- what the model answers ------------------------------------------------------ */

static size_t
call_count(struct agent *a)
{
	if (a->turn % 8 == 7)
		return 0;
	return a->turn % 11 == 5 ? 14 : 1 + dice_below(&a->d, 4);
}

static json_t *
arguments(struct agent *a)
{
	return json_sprintf("{\"file_path\":\"/src/main.c\",\"offset\":%u}",
	    (unsigned)dice_below(&a->d, 5000));
}

static json_t *
items(struct agent *a)
{
	json_t *output = json_array();
	unsigned id = (unsigned)(a->turn * 100);

	json_array_append_new(output, json_pack("{s:o,s:s,s:[],s:o}", "id",
	    json_sprintf("rs_%05u", id), "type", "reasoning", "summary",
	    "encrypted_content", prose(&a->d, 1200)));
	json_array_append_new(output, json_pack("{s:o,s:s,s:s,s:s,s:[{s:s,"
		      "s:o,s:[]}]}", "id", json_sprintf("msg_%05u", id), "type",
	    "message", "status", "completed", "role", "assistant", "content",
	    "type", "output_text", "text", prose(&a->d, 100 + dice_below(
	    &a->d, 400)), "annotations"));
	for (size_t n = call_count(a); n > 0; n--) {
		id++;
		json_array_append_new(output, json_pack("{s:o,s:s,s:s,s:o,s:s,"
			      "s:o}", "id", json_sprintf("fc_%05u", id), "type",
		    "function_call", "status", "completed", "call_id",
		    json_sprintf("call_%05u", id), "name", "Read",
		    "arguments", arguments(a)));
	}
	return output;
}

static json_t *
message(struct agent *a)
{
	json_t *calls = json_array(), *m = json_pack("{s:s,s:o,s:o}", "role",
	    "assistant", "content", prose(&a->d, 100 + dice_below(&a->d,
	    400)), "tool_calls", calls);
	unsigned id = (unsigned)(a->turn * 100);

	if (a->s->reasons)
		json_object_set_new(m, "reasoning_content", prose(&a->d,
		    300));
	for (size_t n = call_count(a); n > 0; n--)
		json_array_append_new(calls, json_pack("{s:o,s:s,s:{s:s,s:o}}",
		    "id", json_sprintf("call_%05u", ++id), "type", "function",
		    "function", "name", "Read", "arguments", arguments(a)));
	return m;
}

static void
answer(struct agent *a, const struct openai_usage *usage)
{
	json_t *content = a->s->chat ? message(a) : items(a);
	struct stream s;
	char id[32];

	snprintf(id, sizeof(id), "resp_%05d", a->turn);
	stream_init(&s);
	if (a->s->chat)
		openai_chat_stream(&s, &a->d, id, content, usage);
	else
		openai_responses_stream(&s, &a->d, id, content, usage);
	if (talk_hear(&a->talk, &s) != 0)
		ok(false, "%s, turn %d: %s", a->s->name, a->turn,
		    a->talk.why);
	stream_free(&s);
	json_decref(content);
}

/* --- what is sent upstream --------------------------------------------------------- */

/* Does the body begin with the one before, up to its tail? */
static bool
begins_alike(const struct agent *a)
{
	const struct buf *was = &a->before, *is = &a->talk.sent;
	char *text = prefix_unmarked(buf_span(was));
	size_t n = prefix_length(text, a->s->chat ? "messages" : "input",
	    false), same = 0;

	free(text);
	while (same < n && same < is->n && was->p[same] == is->p[same])
		same++;
	if (n > 0 && same == n)
		return true;
	diag("%s, turn %d: differs at %zu of %zu: %.80s | %.80s", a->s->name,
	    a->turn, same, n, was->p + same, is->p + same);
	return false;
}

static void
look_at_key(struct agent *a, const json_t *body)
{
	const char *key = jx_word(body, "prompt_cache_key");

	if (a->turn == 1)
		snprintf(a->key, sizeof(a->key), "%s", key);
	a->keeps_key = a->keeps_key && strcmp(key, a->key) == 0;
}

static struct openai_usage
look(struct agent *a)
{
	json_t *body = json_loadb(a->talk.sent.p, a->talk.sent.n, 0, NULL);
	struct openai_usage use = { .output = 200 };
	struct session *s = a->s;

	if (a->turn > 1)
		a->goes_on = begins_alike(a) && a->goes_on;
	a->unmarked = a->unmarked && span_find(buf_span(&a->talk.sent),
	    SPAN("billing-header")) < 0;
	look_at_key(a, body);
	use.cached = cache_openai_take(&s->cache, body, s->now, &use.input);
	if (a->turn > SETTLED) {
		s->found += (double)use.cached;
		s->all += (double)use.input;
	}
	json_decref(body);
	return use;
}

static void
take_turn(struct agent *a, const char *session, const char *agent)
{
	struct strict_opts opts = { .compat = !a->s->official };
	struct openai_usage use;

	a->turn++;
	a->s->middle.session = span_of(session);
	a->s->middle.agent = span_of(agent);
	attribute(a);
	if (a->turn > 1)
		settle_system(a);
	move_mark(a);
	if (talk_send(&a->talk) != 0 || talk_check(&a->talk, a->s->chat ?
	    STRICT_CHAT : STRICT_RESPONSES, &opts) != 0) {
		a->accepted = false;
		diag("%s, turn %d: %s", a->s->name, a->turn, a->talk.why);
		return;
	}
	use = look(a);
	buf_reset(&a->before);
	buf_put(&a->before, buf_span(&a->talk.sent));
	answer(a, &use);
	go_on(a);
	a->s->now += dice_between(&a->d, 5, 120);
}

static void
judge(struct agent *a, const char *who)
{
	ok(a->accepted, "%s, %s: every body is accepted", a->s->name, who);
	ok(a->goes_on, "%s, %s: each begins with the bytes of the one before",
	    a->s->name, who);
	ok(a->unmarked, "%s, %s: no attribution", a->s->name, who);
	ok(a->keeps_key, "%s, %s: one prompt_cache_key", a->s->name, who);
	talk_free(&a->talk);
	buf_free(&a->before);
}

static void
judge_keys(const struct session *s, const char *main, const char *sub,
    const char *other)
{
	if (s->chat && !s->official) {
		is_str(main, "", "%s: no prompt_cache_key", s->name);
		return;
	}
	is_int((long long)strlen(main), 35, "%s: the key's length", s->name);
	ok(strcmp(main, sub) != 0, "%s: a subagent has its own", s->name);
	ok(strcmp(main, other) != 0, "%s: another session too", s->name);
}

/* A subagent works in the middle of the session, and another session. */
static void
hold(struct session *s, const json_t *capture)
{
	struct agent main, sub, other;
	double share;

	cache_openai_init(&s->cache);
	begin(&main, s, capture, 7);
	begin(&sub, s, capture, 8);
	begin(&other, s, capture, 9);
	for (int turn = 1; turn <= TURNS && main.accepted; turn++) {
		/* Without the header, metadata.user_id tells the session. */
		take_turn(&main, turn % 2 == 0 ? SESSION : "", "");
		if (turn < BRANCH || turn >= 2 * BRANCH || !sub.accepted)
			continue;
		take_turn(&sub, SESSION, "a1");
		take_turn(&other, ANOTHER, "");
	}
	share = s->all > 0 ? 100 * s->found / s->all : -1;
	diag("cached share after turn %d: %.1f %% (%s)", SETTLED, share,
	    s->name);
	ok(share >= WANTED, "%s: at least %d %% of the input is read from the "
	    "cache", s->name, WANTED);
	judge_keys(s, main.key, sub.key, other.key);
	judge(&main, "the session");
	judge(&sub, "a subagent");
	judge(&other, "another session");
	cache_openai_free(&s->cache);
}

int
main(void)
{
	struct session all[] = {
		{ .name = "responses", .official = true, .reasons = true },
		{ .name = "responses of another server", .reasons = true },
		{ .name = "chat", .chat = true, .official = true },
		{ .name = "chat of another server", .chat = true,
		    .reasons = true },
	};
	const char *const configs[] = { middle_responses,
		middle_responses_other, middle_chat, middle_chat_other };
	json_t *capture = json_load_file(CAPTURE, 0, NULL);

	log_setup(LOG_ERROR, false);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		all[i].now = 1000;
		middle_init(&all[i].middle, configs[i]);
		hold(&all[i], capture);
		middle_free(&all[i].middle);
	}
	json_decref(capture);
	return done_testing();
}
