/* What the fuzzing targets share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "../lib/dice.h"
#include "../lib/grammar.h"
#include "gateway/log.h"

void
fuzz_check(bool good, const char *promise)
{
	if (good)
		return;
	fprintf(stderr, "broken promise: %s\n", promise);
	abort();
}

unsigned
fuzz_byte(struct span *input)
{
	unsigned byte = input->n > 0 ? (unsigned char)*input->p : 0;

	*input = span_from(*input, 1);
	return byte;
}

/* --- ways through the gateway ----------------------------------------- */

static struct way {
	enum api from, to;
	const char *config;
	struct middle middle;
} ways[] = {
	{ API_CHAT, API_MESSAGES, middle_o2c, { 0 } },
	{ API_CHAT, API_MESSAGES, middle_o2c_other, { 0 } },
	{ API_RESPONSES, API_MESSAGES, middle_o2c, { 0 } },
	{ API_RESPONSES, API_MESSAGES, middle_o2c_other, { 0 } },
	{ API_MESSAGES, API_RESPONSES, middle_responses, { 0 } },
	{ API_MESSAGES, API_RESPONSES, middle_responses_other, { 0 } },
	{ API_MESSAGES, API_CHAT, middle_chat, { 0 } },
	{ API_MESSAGES, API_CHAT, middle_chat_other, { 0 } },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static void
open_ways(void)
{
	static bool open;

	if (open)
		return;
	open = true;
	log_setup(LOG_ERROR, false);
	for (size_t i = 0; i < WAYS; i++)
		middle_init(&ways[i].middle, ways[i].config);
}

typedef int judge_fn(const char *bytes, size_t n, char *why, size_t nwhy);

static judge_fn *const stream_judges[API_COUNT] = {
	[API_MESSAGES] = grammar_messages_stream,
	[API_CHAT] = grammar_chat_stream,
	[API_RESPONSES] = grammar_responses_stream,
};

static judge_fn *const whole_judges[API_COUNT] = {
	[API_MESSAGES] = grammar_messages_whole,
	[API_CHAT] = grammar_chat_whole,
	[API_RESPONSES] = grammar_responses_whole,
};

static void
judge(judge_fn *fn, struct span bytes)
{
	char why[256] = "";

	if (fn(bytes.p, bytes.n, why, sizeof(why)) == 0)
		return;
	fprintf(stderr, "%s, in:\n%.*s\n", why, SPAN_ARG(bytes));
	fuzz_check(false, "what the client gets is right");
}

/* --- requests --------------------------------------------------------- */

static void
check_sent(struct way *w, struct span body, const struct bridge *first)
{
	struct bridge again;
	json_t *tree = json_loadb(first->body.p, first->body.n,
	    JSON_ALLOW_NUL, NULL);

	fuzz_check(json_is_object(tree), "what is sent is a JSON object");
	json_decref(tree);
	middle_restart(&w->middle);
	middle_open(&w->middle, &again, w->from, body, TASK_ANSWER);
	fuzz_check(span_eq(buf_span(&again.body), buf_span(&first->body)),
	    "the same request gives the same bytes");
	bridge_close(&again);
}

static void
try_request(struct way *w, struct span body, enum task task)
{
	struct buf warnings;
	struct bridge b;
	int rc;

	middle_restart(&w->middle);
	rc = middle_open(&w->middle, &b, w->from, body, task);
	if (rc < 0) {
		bridge_put_error(&b);
		judge(whole_judges[w->from], buf_span(&b.out));
		fuzz_check(w->from != API_MESSAGES || b.why.message[0] != '\0',
		    "a refusal says why");
	} else if (rc == 0 && task == TASK_ANSWER) {
		check_sent(w, body, &b);
	}
	buf_init(&warnings, 0);
	bridge_put_warnings(&b, &warnings);
	fuzz_check(warnings.n <= 1024, "the header of warnings is short");
	buf_free(&warnings);
	bridge_close(&b);
}

void
fuzz_request(enum api from, struct span body)
{
	open_ways();
	for (size_t i = 0; i < WAYS; i++)
		if (ways[i].from == from) {
			try_request(&ways[i], body, TASK_ANSWER);
			try_request(&ways[i], body, TASK_COUNT);
		}
}

/* --- replies ---------------------------------------------------------- */

/* So many questions each API's clients have for fuzz_reply(). */
enum { QUESTIONS = 4 };

static const char *const questions[API_COUNT][QUESTIONS] = {
	[API_MESSAGES] = {
		"{\"model\":\"claude-opus-5-5\",\"max_tokens\":50,"
		"\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
		"{\"model\":\"claude-opus-5-5\",\"max_tokens\":50,\"stream\":"
		"true,\"stop_sequences\":[\"END\",\"ne\"],\"messages\":[{"
		"\"role\":\"user\",\"content\":\"Hi\"}],\"thinking\":{\"type\":"
		"\"enabled\",\"budget_tokens\":2000}}",
		"{\"model\":\"claude-opus-5-5\",\"max_tokens\":50,\"stream\":"
		"true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
		"\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{"
		"\"type\":\"object\"}},{\"name\":\"Read\",\"input_schema\":{"
		"\"type\":\"object\"}}],\"tool_choice\":{\"type\":\"auto\","
		"\"disable_parallel_tool_use\":true}}",
		"{\"model\":\"claude-opus-5-5\",\"max_tokens\":50,\"messages\":"
		"[{\"role\":\"user\",\"content\":\"Hi\"}],\"tools\":[{\"name\":"
		"\"get_weather\",\"input_schema\":{\"type\":\"object\"}}],"
		"\"thinking\":{\"type\":\"adaptive\"}}",
	},
	[API_CHAT] = {
		"{\"model\":\"claude-opus-5-5\",\"messages\":[{\"role\":"
		"\"user\",\"content\":\"Hi\"}]}",
		"{\"model\":\"claude-opus-5-5\",\"stream\":true,\"messages\":["
		"{\"role\":\"user\",\"content\":\"Hi\"}],\"stream_options\":{"
		"\"include_usage\":true},\"stop\":[\"END\"]}",
		"{\"model\":\"claude-opus-5-5\",\"stream\":true,\"messages\":["
		"{\"role\":\"user\",\"content\":\"Hi\"}],\"tools\":[{\"type\":"
		"\"function\",\"function\":{\"name\":\"get_weather\"}},{"
		"\"type\":\"custom\",\"custom\":{\"name\":\"apply_patch\"}}],"
		"\"web_search_options\":{}}",
		"{\"model\":\"claude-opus-5-5\",\"messages\":[{\"role\":"
		"\"user\",\"content\":\"Hi\"}],\"functions\":[{\"name\":"
		"\"get_weather\"}],\"stream\":true}",
	},
	[API_RESPONSES] = {
		"{\"model\":\"claude-opus-5-5\",\"input\":\"Hi\"}",
		"{\"model\":\"claude-opus-5-5\",\"input\":\"Hi\",\"stream\":"
		"true,\"reasoning\":{\"effort\":\"low\",\"summary\":\"auto\"}}",
		"{\"model\":\"claude-opus-5-5\",\"input\":\"Hi\",\"stream\":"
		"true,\"tools\":[{\"type\":\"function\",\"name\":"
		"\"get_weather\"},{\"type\":\"custom\",\"name\":"
		"\"apply_patch\"},{\"type\":\"tool_search\",\"execution\":"
		"\"client\"},{\"type\":\"web_search\"}]}",
		"{\"model\":\"claude-opus-5-5\",\"stream\":true,\"input\":[{"
		"\"role\":\"user\",\"content\":\"Hi\"},{\"type\":"
		"\"compaction_trigger\"}]}",
	},
};

/* In pieces, by the dice; at once without them. */
static void
feed(struct bridge *b, struct span bytes, struct dice *dice)
{
	static const size_t sizes[] = { 1, 3, 17, 100, 1000 };
	size_t most = dice == NULL ? bytes.n : sizes[dice_below(dice, 5)];

	while (bytes.n > 0) {
		size_t n = dice == NULL ? most : 1 + dice_below(dice, most);

		if (bridge_feed(b, span_head(bytes, n)) != 0)
			break;
		bytes = span_from(bytes, n);
	}
}

static void
play(struct way *w, const char *question, bool events, struct span bytes,
    struct dice *dice, struct buf *out)
{
	struct bridge b;
	size_t n;
	bool failed;

	middle_restart(&w->middle);
	fuzz_check(middle_open(&w->middle, &b, w->from, span_of(question),
	    TASK_ANSWER) == 0, "the question is fine");
	bridge_begin(&b, events ? SPAN("text/event-stream") :
	    SPAN("application/json"));
	feed(&b, bytes, dice);
	bridge_end(&b, NULL);
	failed = bridge_failed(&b);
	fuzz_check(failed || bridge_done(&b), "a reply that is over ends");
	n = b.out.n;
	bridge_feed(&b, bytes);
	bridge_end(&b, NULL);
	bridge_ping(&b);
	fuzz_check(b.out.n == n, "nothing follows the end");
	if (failed)
		bridge_put_error(&b);
	judge((b.req->stream && !failed ? stream_judges :
	    whole_judges)[w->from], buf_span(&b.out));
	buf_put(out, buf_span(&b.out));
	bridge_close(&b);
}

void
fuzz_reply(enum api upstream, struct span input)
{
	unsigned choice = fuzz_byte(&input);
	struct dice dice = { fuzz_byte(&input) };
	bool events = choice % 8 != 7;

	open_ways();
	for (size_t i = 0; i < WAYS; i++) {
		struct way *w = &ways[i];
		const char *question =
		    questions[w->from][choice / 8 % QUESTIONS];
		struct buf whole, cut;

		if (w->to != upstream)
			continue;
		buf_init(&whole, 0);
		buf_init(&cut, 0);
		play(w, question, events, input, NULL, &whole);
		play(w, question, events, input, &dice, &cut);
		fuzz_check(span_eq(buf_span(&whole), buf_span(&cut)),
		    "how the bytes are cut does not show");
		buf_free(&whole);
		buf_free(&cut);
	}
}
