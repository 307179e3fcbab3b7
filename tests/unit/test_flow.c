/*
 * The flow's grammar: what readers push, and what comes out.  Events are
 * written as a trace, one word each:
 *
 *	begin  open:0:text  +hello  seal  close  stop:end  end  fault:kind
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "model/flow.h"

static struct pool *pool;
static struct request *req;
static struct target to;
static struct buf trace;

static const char *const blocks[] = {
	[BLOCK_TEXT] = "text",
	[BLOCK_MEDIA] = "media",
	[BLOCK_THINKING] = "thinking",
	[BLOCK_CALL] = "call",
	[BLOCK_RESULT] = "result",
	[BLOCK_REFUSAL] = "refusal",
	[BLOCK_SEARCH] = "search",
	[BLOCK_OPAQUE] = "opaque",
};

static const char *const stops[] = {
	[STOP_UNSET] = "unset",
	[STOP_END] = "end",
	[STOP_LENGTH] = "length",
	[STOP_CONTEXT] = "context",
	[STOP_SEQUENCE] = "sequence",
	[STOP_CALL] = "call",
	[STOP_REFUSAL] = "refusal",
	[STOP_PAUSE] = "pause",
	[STOP_OTHER] = "other",
};

static void
note(void *arg, const struct event *ev)
{
	(void)arg;
	if (trace.n > 0)
		buf_putc(&trace, ' ');
	switch (ev->kind) {
	case EVENT_BEGIN:
		buf_puts(&trace, "begin");
		break;
	case EVENT_OPEN:
		buf_printf(&trace, "open:%zu:%s", ev->index, blocks[ev->block]);
		break;
	case EVENT_DELTA:
		buf_printf(&trace, "+%.*s", SPAN_ARG(ev->text));
		break;
	case EVENT_SEAL:
		buf_printf(&trace, "seal(%.*s)", SPAN_ARG(ev->seal->text));
		break;
	case EVENT_CLOSE:
		buf_puts(&trace, "close");
		break;
	case EVENT_STOP:
		buf_printf(&trace, "stop:%s", stops[ev->stop]);
		break;
	case EVENT_END:
		buf_puts(&trace, "end");
		break;
	case EVENT_FAULT:
		buf_printf(&trace, "fault:%d", ev->fault->kind);
		break;
	default:
		buf_puts(&trace, "other");
	}
}

static void
start(enum api from)
{
	pool_close(pool);
	pool = pool_open();
	req = request_new(pool, from);
	buf_free(&trace);
	buf_init(&trace, 0);
}

static struct flow *
flow(size_t max_held)
{
	return flow_new(req, &to, max_held, note, NULL);
}

static void
came_out(const char *want, const char *name)
{
	is_str(buf_str(&trace), want, "%s", name);
}

static void
plain_text(void)
{
	struct flow *f;

	start(API_CHAT);
	f = flow(1000);
	flow_begin(f, SPAN("id"), SPAN("m"));
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, SPAN(""));
	flow_delta(f, 0, SPAN("a"));
	flow_delta(f, 0, SPAN("b"));
	flow_close(f, 0);
	flow_stop(f, STOP_END);
	flow_end(f);
	flow_end(f);
	flow_delta(f, 0, SPAN("late"));
	came_out("begin open:0:text +a +b close stop:end end", "plain text");
	ok(flow_done(f), "it is done");
}

static void
empty_blocks(void)
{
	struct flow *f;

	start(API_MESSAGES);
	f = flow(1000);
	flow_open(f, 7, BLOCK_TEXT);
	flow_close(f, 7);
	flow_open(f, 8, BLOCK_TEXT);
	flow_delta(f, 8, SPAN("x"));
	flow_stop(f, STOP_END);
	flow_end(f);
	came_out("begin open:0:text +x close stop:end end",
	    "no begin, an empty block and no close are put right");
}

static void
interleaved_calls(void)
{
	struct flow *f;

	start(API_MESSAGES);
	f = flow(100000);
	flow_begin(f, SPAN("id"), SPAN("m"));
	flow_open_call(f, 0, SPAN("a"), SPAN("one"));
	flow_delta(f, 0, SPAN("1"));
	flow_open_call(f, 1, SPAN("b"), SPAN("two"));
	flow_delta(f, 1, SPAN("2"));
	flow_delta(f, 0, SPAN("1"));
	flow_close(f, 1);
	flow_open_call(f, 2, SPAN("c"), SPAN("three"));
	flow_close(f, 0);
	flow_delta(f, 2, SPAN("3"));
	flow_stop(f, STOP_END);
	flow_end(f);
	came_out("begin open:0:call +1 +1 close open:1:call +2 close "
		 "open:2:call +3 close stop:call end",
	    "interleaved calls come one after the other");
}

static void
open_blocks_are_bounded(void)
{
	struct flow *f;

	start(API_MESSAGES);
	f = flow(1000000);
	for (long i = 0; i < 256; i++)
		flow_open_call(f, i, SPAN("id"), SPAN("t"));
	ok(!flow_done(f), "256 blocks at a time may be open");
	flow_open_call(f, 256, SPAN("id"), SPAN("t"));
	ok(flow_done(f) && flow_result(f) == STOP_UNSET,
	    "one more ends the reply with a fault");
}

static void
held_bytes_are_bounded(void)
{
	struct flow *f;
	char fault[32];

	start(API_MESSAGES);
	f = flow(2000);
	flow_open_call(f, 0, SPAN("a"), SPAN("one"));
	flow_open_call(f, 1, SPAN("b"), SPAN("two"));
	for (int i = 0; i < 100; i++)
		flow_delta(f, 1, SPAN("0123456789"));
	ok(flow_done(f), "too much waiting ends the reply");
	snprintf(fault, sizeof(fault), "fault:%d", FAULT_BAD_GATEWAY);
	ok(strstr(buf_str(&trace), fault) != NULL, "with a fault");
}

static void
truncated(void)
{
	struct flow *f;
	char fault[64];

	start(API_CHAT);
	f = flow(1000);
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, SPAN("half"));
	flow_end(f);
	is_int(trace.n > 0 && strstr(trace.p, "stop") == NULL, 1,
	    "an end without a reason is no end");
	snprintf(fault, sizeof(fault), "begin open:0:text +half fault:%d",
	    FAULT_TRUNCATED);
	came_out(fault, "but a fault");
}

static void
broken_tail(void)
{
	struct flow *f;
	struct fault why;

	start(API_MESSAGES);
	f = flow(1000);
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, SPAN("all"));
	flow_stop(f, STOP_END);
	fault_clear(&why);
	fault_set(&why, FAULT_UNREACHABLE, "", "reset");
	flow_fault(f, &why);
	came_out("begin open:0:text +all close stop:end end",
	    "a complete answer survives a broken tail");
}

static void
stop_words(void)
{
	static const struct span words[] = { { "\nEND", 4 }, { "STOP", 4 } };
	struct flow *f;

	start(API_MESSAGES);
	req->stops = words;
	req->stop_count = 2;
	f = flow(1000);
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, SPAN("one\nE"));
	flow_delta(f, 0, SPAN("N twoST"));
	flow_delta(f, 0, SPAN("OP three"));
	came_out("begin open:0:text +one +\nEN two close stop:sequence end",
	    "a stop sequence over three deltas");
	ok(flow_done(f), "the upstream may be cancelled");
	is_int(flow_totals(f)->output, 4, "output is estimated");
}

static void
held_back_text(void)
{
	static const struct span words[] = { { "ab", 2 }, { "abc", 3 } };
	struct flow *f;

	start(API_MESSAGES);
	req->stops = words;
	req->stop_count = 2;
	f = flow(1000);
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, SPAN("xa"));
	flow_close(f, 0);
	flow_open(f, 1, BLOCK_TEXT);
	flow_delta(f, 1, SPAN("b"));
	flow_stop(f, STOP_END);
	flow_end(f);
	came_out("begin open:0:text +x +a close open:1:text +b close "
		 "stop:end end",
	    "no match across blocks");
}

static void
reasoning_as_wanted(void)
{
	static const struct seal seal = { .kind = SEAL_CHAT,
		.field = { "reasoning", 9 } };
	static const struct {
		enum show show;
		bool tools;
		const char *want;
	} rows[] = {
		{ SHOW_TEXT, false,
		    "begin open:0:thinking +deep seal() close "
		    "stop:end end" },
		{ SHOW_SEAL, true,
		    "begin open:0:thinking seal(deep) close "
		    "stop:end end" },
		{ SHOW_SEAL, false,
		    "begin open:0:thinking seal() close "
		    "stop:end end" },
		{ SHOW_NOTHING, true, "begin stop:end end" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flow *f;

		start(API_MESSAGES);
		req->show = rows[i].show;
		if (rows[i].tools)
			tool_add(req, TOOL_FUNCTION, SPAN_NONE, SPAN("t"));
		f = flow(1000);
		flow_begin(f, SPAN("id"), SPAN("m"));
		flow_open(f, 0, BLOCK_THINKING);
		flow_delta(f, 0, SPAN("deep"));
		flow_seal(f, 0, &seal);
		flow_close(f, 0);
		flow_stop(f, STOP_END);
		flow_end(f);
		came_out(rows[i].want, "reasoning as wanted");
	}
}

static void
one_call_only(void)
{
	struct flow *f;

	start(API_MESSAGES);
	req->parallel = NO;
	f = flow(1000);
	for (int i = 0; i < 3; i++) {
		flow_open_call(f, i, SPAN("id"), SPAN("t"));
		flow_delta(f, i, SPAN("{}"));
		flow_close(f, i);
	}
	flow_stop(f, STOP_CALL);
	flow_end(f);
	came_out("begin open:0:call +{} close stop:call end",
	    "the client was promised one call");
	is_str(req->losses->code, "call_dropped", "and the log says so");
}

static void
no_call_no_call_stop(void)
{
	struct flow *f;

	start(API_MESSAGES);
	f = flow(1000);
	flow_stop(f, STOP_CALL);
	flow_end(f);
	came_out("begin stop:end end", "no call, no tool_use");
}

/* A call that waits behind a text, and ends first. */
static void
end_call(enum input input, bool stream, const char *want, const char *name)
{
	struct event close = { .kind = EVENT_CLOSE, .lane = 1,
	    .input = input };
	struct flow *f;

	start(API_MESSAGES);
	req->stream = stream;
	f = flow(10000);
	flow_open(f, 0, BLOCK_TEXT);
	flow_open_call(f, 1, SPAN("id"), SPAN("t"));
	flow_delta(f, 1, SPAN("{"));
	flow_push(f, &close);
	flow_delta(f, 0, SPAN("a"));
	flow_close(f, 0);
	flow_stop(f, STOP_CALL);
	flow_end(f);
	came_out(want, name);
}

static void
wrong_arguments(void)
{
	char fault[100];

	snprintf(fault, sizeof(fault), "begin open:0:text +a close "
	    "open:1:call +{ fault:%d", FAULT_BAD_GATEWAY);
	end_call(INPUT_BROKEN, true, fault,
	    "broken arguments end the reply in their turn");
	end_call(INPUT_CUT, true, "begin open:0:text +a close "
	    "open:1:call +{ close stop:length end",
	    "arguments that are cut are no call to run");
	end_call(INPUT_BROKEN, false, "begin open:0:text +a close "
	    "open:1:call +{ close stop:call end",
	    "the writer of a whole reply has them all and decides");
}

/* A compaction with some text, and how it stopped. */
static void
compact(const char *text, enum stop stop, bool item, bool right)
{
	struct flow *f;

	start(API_RESPONSES);
	req->task = TASK_COMPACT;
	req->compact_item = item;
	f = flow(1000);
	flow_begin(f, SPAN("id"), SPAN("m"));
	flow_open(f, 0, BLOCK_TEXT);
	flow_delta(f, 0, span_of(text));
	flow_close(f, 0);
	flow_stop(f, stop);
	flow_end(f);
	ok((strstr(buf_str(&trace), " end") != NULL) == right,
	    "a compaction of \"%s\", %s: %s", text, stops[stop],
	    buf_str(&trace));
}

static void
compactions(void)
{
	compact("short", STOP_END, false, true);
	compact("", STOP_END, false, false);
	compact(" ", STOP_LENGTH, true, false);
	compact("no", STOP_REFUSAL, false, false);
	compact("no", STOP_REFUSAL, true, true);
}

int
main(void)
{
	buf_init(&trace, 0);
	plain_text();
	empty_blocks();
	interleaved_calls();
	open_blocks_are_bounded();
	held_bytes_are_bounded();
	truncated();
	broken_tail();
	stop_words();
	held_back_text();
	reasoning_as_wanted();
	one_call_only();
	no_call_no_call_stop();
	wrong_arguments();
	compactions();
	pool_close(pool);
	buf_free(&trace);
	return done_testing();
}
