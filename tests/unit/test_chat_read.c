/*
 * Two things that chat servers do in odd ways: reasoning inside the content,
 * and calls in pieces (c2o-chat 3.2 and 3.3).
 */
#include <stdio.h>

#include "../lib/tap.h"
#include "dialect/chat_calls_read.h"
#include "dialect/chat_think_read.h"

/* --- <think> -------------------------------------------------------- */

/* "(reasoning)text" */
struct said {
	struct buf thought, text;
};

static void
say(void *arg, bool thinking, struct span text)
{
	struct said *s = arg;

	buf_put(thinking ? &s->thought : &s->text, text);
}

static const struct {
	const char *content, *thought, *text;
} thinks[] = {
	{ "<think>a</think>b", "a", "b" },
	{ " \n<think>a < b </thin> c</think>\n\nd <think>", "a < b </thin> c",
	    "\n\nd <think>" },
	{ "<think>never ends </thi", "never ends </thi", "" },
	{ "<think></think>", "", "" },
	{ "<thinking>", "", "<thinking>" },
	{ "  <thin", "", "  <thin" },
	{ "text <think>a</think>", "", "text <think>a</think>" },
	{ "<think>a</</think>b", "a</", "b" },
};

static void
test_think(void)
{
	for (size_t i = 0; i < sizeof(thinks) / sizeof(thinks[0]); i++) {
		struct span all = span_of(thinks[i].content);
		size_t good = 0;

		for (size_t cut = 0; cut <= all.n; cut++) {
			struct said s;
			struct think t;

			buf_init(&s.thought, 0);
			buf_init(&s.text, 0);
			think_init(&t);
			think_feed(&t, span_head(all, cut), say, &s);
			think_feed(&t, span_from(all, cut), say, &s);
			think_end(&t, say, &s);
			good += span_is(buf_span(&s.thought),
			    thinks[i].thought) &&
			    span_is(buf_span(&s.text), thinks[i].text);
			think_free(&t);
			buf_free(&s.thought);
			buf_free(&s.text);
		}
		is_int((long long)good, (long long)all.n + 1,
		    "every cut of content %zu", i);
	}
}

/* --- calls ---------------------------------------------------------- */

static struct buf trace;

/* "Read[a] {...}" for each call. */
static void
note(void *arg, const struct event *ev)
{
	(void)arg;
	if (ev->kind == EVENT_OPEN)
		buf_printf(&trace, "%.*s[%.*s] ", SPAN_ARG(ev->tool.name),
		    SPAN_ARG(ev->id));
	else if (ev->kind == EVENT_DELTA)
		buf_printf(&trace, "%.*s ", SPAN_ARG(ev->text));
}

static const struct {
	const char *name;
	const char *pieces;	/* a list of lists of "tool_calls" */
	bool cut;
	const char *calls;
} odd[] = {
	{ "in one piece", "[[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":"
	    "\"Read\",\"arguments\":\"{}\"}}]]", false, "Read[a] {} " },
	{ "a name in pieces", "[[{\"index\":0,\"id\":\"a\",\"function\":"
	    "{\"name\":\"Re\"}}],[{\"index\":0,\"function\":{\"name\":\"ad\"}"
	    "}]]", false, "Read[a] {} " },
	{ "a name in pieces that fits no tool", "[[{\"index\":0,\"id\":\"a\","
	    "\"function\":{\"name\":\"Read\"}}],[{\"index\":0,\"function\":"
	    "{\"name\":\"er\"}}]]", false, "Read[a] {} " },
	{ "a known name after an unknown one", "[[{\"index\":0,\"id\":\"a\","
	    "\"function\":{\"name\":\"tool\",\"arguments\":\"{\"}}],"
	    "[{\"index\":0,\"function\":{\"name\":\"Read\",\"arguments\":\"}\""
	    "}}]]", false, "Read[a] {} " },
	{ "a name of nobody's", "[[{\"index\":0,\"id\":\"a\",\"function\":"
	    "{\"name\":\"Made_up\"}}]]", false, "Made_up[a] {} " },
	{ "an id that comes late", "[[{\"index\":0,\"id\":\"\",\"function\":"
	    "{\"name\":\"Read\"}}],[{\"index\":0,\"id\":\"b\"}]]", false,
	    "Read[b] {} " },
	{ "index 0, new id, but nothing complete yet", "[[{\"index\":0,"
	    "\"id\":\"a\",\"function\":{\"name\":\"Read\",\"arguments\":\"{\""
	    "}}],[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"Read\","
	    "\"arguments\":\"}\"}}]]", false, "Read[a] {} " },
	{ "an object that is repeated", "[[{\"index\":0,\"id\":\"a\","
	    "\"function\":{\"name\":\"Read\",\"arguments\":{\"b\":1}}}],"
	    "[{\"index\":0,\"function\":{\"arguments\":{\"b\":1}}}]]", false,
	    "Read[a] {\"b\":1} " },
	{ "an array for arguments", "[[{\"id\":\"a\",\"function\":{\"name\":"
	    "\"Read\",\"arguments\":[1]}}]]", false,
	    "Read[a] {\"__invalid_json\":\"[1]\"} " },
	{ "blank arguments", "[[{\"id\":\"a\",\"function\":{\"name\":"
	    "\"Read\",\"arguments\":\" \\n\"}}]]", false, "Read[a] {} " },
	{ "a broken call that is not the last", "[[{\"id\":\"a\",\"function\":"
	    "{\"name\":\"Read\",\"arguments\":\"{\"}},{\"id\":\"b\","
	    "\"function\":{\"name\":\"Read\",\"arguments\":\"{}\"}}]]", true,
	    "Read[a] {\"__invalid_json\":\"{\"} Read[b] {} " },
	{ "nonsense", "[[7,null,{},{\"function\":[]},{\"index\":\"x\",\"id\":"
	    "{},\"function\":{\"name\":7,\"arguments\":true}}]]", false, "" },
};

static void
play(const json_t *lists, bool cut)
{
	struct pool *pool = pool_open();
	struct request *req = request_new(pool, API_CHAT);
	struct target to = { .official = false };
	struct reader r = { .req = req, .to = &to, .pool = pool };
	struct chat_calls calls;
	long lane = 0;
	size_t i;
	json_t *list;

	names_alias(&req->names, pool, (struct tool_key){ TOOL_FUNCTION,
	    SPAN_NONE, SPAN("Read") });
	r.flow = flow_new(req, &to, 1 << 20, note, NULL);
	chat_calls_init(&calls, &r);
	json_array_foreach(lists, i, list)
		chat_calls_take(&calls, list, false);
	chat_calls_send(&calls, &lane, cut);
	pool_close(pool);
}

static void
test_calls(void)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *lists = json_loads(odd[i].pieces, 0, NULL);

		buf_init(&trace, 0);
		play(lists, odd[i].cut);
		is_str(buf_str(&trace), odd[i].calls, "calls: %s",
		    odd[i].name);
		buf_free(&trace);
		json_decref(lists);
	}
}

int
main(void)
{
	test_think();
	test_calls();
	return done_testing();
}
