/*
 * A Responses reply: ids of items, rule H, and that streams and whole replies
 * end alike.
 */
#include "base/buf.h"
#include "base/random.h"
#include "dialect/parts.h"
#include "model/memory.h"
#include "dialect/responses_store.h"
#include "../lib/tap.h"
#include "wire/jget.h"

struct talk {
	struct pool *pool;
	struct request *req;
	struct target to;
	struct writer w;
	struct buf out;
};

static void
start(struct talk *t, const char *body)
{
	struct json_trouble trouble;

	*t = (struct talk){ .pool = pool_open() };
	t->req = request_new(t->pool, API_RESPONSES);
	t->req->body = jread(t->pool, span_of(body), 0, NULL, &trouble);
	t->req->model = SPAN("m");
	t->req->created = 1795000000;
	t->to.model = SPAN("claude");
	buf_init(&t->out, 0);
	t->w = (struct writer){ .req = t->req, .to = &t->to,
	    .pool = t->pool, .out = &t->out };
	responses_open_writer(&t->w);
}

static void
finish(struct talk *t)
{
	buf_free(&t->out);
	pool_close(t->pool);
}

static void
push(struct talk *t, struct event ev)
{
	responses_write_event(&t->w, &ev);
}

static void
begin(struct talk *t)
{
	struct event ev = { .kind = EVENT_BEGIN, .id = SPAN("msg_01A") };

	usage_clear(&ev.usage);
	push(t, ev);
}

static void
open_call(struct talk *t, enum tool_kind kind, const char *name)
{
	push(t, (struct event){ .kind = EVENT_OPEN, .block = BLOCK_CALL,
	    .id = SPAN("toolu_1"),
	    .tool = { kind, SPAN_NONE, span_of(name) } });
}

static void
delta(struct talk *t, enum block_kind block, const char *text)
{
	push(t, (struct event){ .kind = EVENT_DELTA, .block = block,
	    .text = span_of(text) });
}

static void
stop(struct talk *t, enum stop why)
{
	struct event ev = { .kind = EVENT_STOP, .stop = why };

	usage_clear(&ev.usage);
	push(t, ev);
	push(t, (struct event){ .kind = EVENT_END });
}

static void
fault(struct talk *t)
{
	struct event ev = { .kind = EVENT_FAULT };
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_OVERLOADED, "", "Overloaded");
	usage_clear(&ev.usage);
	ev.fault = &why;
	push(t, ev);
}

/* The types of the events so far, and nothing else, without "response.". */
static const char *
types(struct talk *t)
{
	struct span rest = buf_span(&t->out), line;
	struct buf list;
	const char *text;

	buf_init(&list, 0);
	while (rest.p != NULL) {
		line = span_cut(&rest, '\n');
		if (!span_starts(line, "event: "))
			continue;
		line = span_from(line, strlen("event: "));
		if (span_starts(line, "response."))
			line = span_from(line, strlen("response."));
		if (list.n > 0)
			buf_putc(&list, ' ');
		buf_put(&list, line);
	}
	text = pool_str(t->pool, buf_span(&list));
	buf_free(&list);
	return text;
}

static bool
says(struct talk *t, const char *text)
{
	return span_find(buf_span(&t->out), span_of(text)) >= 0;
}

static void
a_call_is_done_late(void)
{
	struct talk t;

	start(&t, "{}");
	begin(&t);
	open_call(&t, TOOL_FUNCTION, "f");
	push(&t, (struct event){ .kind = EVENT_CLOSE, .block = BLOCK_CALL });
	is_str(types(&t), "created in_progress output_item.added",
	    "a closed call is not done yet");
	stop(&t, STOP_CALL);
	is_str(types(&t), "created in_progress output_item.added "
	    "function_call_arguments.delta function_call_arguments.done "
	    "output_item.done completed", "the stop shows it done");
	ok(says(&t, "\"id\":\"fc_01A_0\""), "its id has prefix and index");
	ok(says(&t, "\"arguments\":\"{}\",\"status\":\"completed\""),
	    "no arguments are an empty object");
	finish(&t);
}

static void
a_fault_discards_what_is_held(void)
{
	struct talk t;

	start(&t, "{}");
	begin(&t);
	open_call(&t, TOOL_FREEFORM, "f");
	delta(&t, BLOCK_CALL, "{\"input\":\"x\"}");
	push(&t, (struct event){ .kind = EVENT_CLOSE, .block = BLOCK_CALL });
	fault(&t);
	is_str(types(&t), "created in_progress output_item.added failed",
	    "the call was never done");
	ok(says(&t, "\"input\":\"x\",\"status\":\"incomplete\""),
	    "it stands in the output, incomplete");
	ok(says(&t, "\"error\":{\"code\":\"server_is_overloaded\""),
	    "with Codex's word for it");
	finish(&t);
}

static void
a_fault_may_come_first(void)
{
	struct talk t;

	start(&t, "{}");
	fault(&t);
	is_str(buf_str(&t.out), "event: error\ndata: {\"type\":\"error\","
	    "\"sequence_number\":0,\"code\":\"server_is_overloaded\","
	    "\"message\":\"Overloaded\",\"param\":null,\"error\":{\"type\":"
	    "\"server_error\",\"code\":\"server_is_overloaded\",\"message\":"
	    "\"Overloaded\",\"param\":null}}\n\n", "an error event");
	finish(&t);
}

static void
texts_share_a_message(void)
{
	struct talk t;

	start(&t, "{}");
	begin(&t);
	for (int i = 0; i < 2; i++) {
		push(&t, (struct event){ .kind = EVENT_OPEN,
		    .block = BLOCK_TEXT });
		delta(&t, BLOCK_TEXT, "hi");
		push(&t, (struct event){ .kind = EVENT_CLOSE,
		    .block = BLOCK_TEXT });
	}
	stop(&t, STOP_LENGTH);
	is_str(types(&t), "created in_progress output_item.added "
	    "content_part.added output_text.delta output_text.done "
	    "content_part.done content_part.added output_text.delta "
	    "output_text.done content_part.done output_item.done incomplete",
	    "two texts, one message");
	finish(&t);
}

static void
odd_search_arguments(void)
{
	struct talk t;

	start(&t, "{}");
	begin(&t);
	open_call(&t, TOOL_SEARCH, "tool_search");
	delta(&t, BLOCK_CALL, "[1]");
	push(&t, (struct event){ .kind = EVENT_CLOSE, .block = BLOCK_CALL });
	stop(&t, STOP_CALL);
	is_str(types(&t), "created in_progress output_item.added "
	    "function_call_arguments.delta function_call_arguments.done "
	    "output_item.done completed",
	    "a search without an object is a function's call");
	ok(says(&t, "\"id\":\"fc_01A_0\""), "with its id");
	finish(&t);
}

static void
refusals(void)
{
	struct event ev = { .kind = EVENT_STOP, .stop = STOP_REFUSAL,
	    .category = SPAN("bio") };
	struct talk t;

	usage_clear(&ev.usage);
	for (int codex = 0; codex < 2; codex++) {
		start(&t, "{}");
		t.req->codex = codex != 0;
		begin(&t);
		push(&t, ev);
		push(&t, (struct event){ .kind = EVENT_END });
		ok(says(&t, "The model declined to answer. (bio)"),
		    "the refusal has words");
		is_int(says(&t, "response.refusal.delta"), codex == 0,
		    "codex %d: as a refusal", codex);
		ok(says(&t, "event: response.completed"), "completed");
		finish(&t);
	}
}

/* The last event's response and the whole reply. */
static void
both_ways_end_alike(void)
{
	struct reply reply;
	struct talk t, whole;
	struct event events[] = {
		{ .kind = EVENT_BEGIN, .id = SPAN("msg_01A") },
		{ .kind = EVENT_OPEN, .block = BLOCK_THINKING },
		{ .kind = EVENT_DELTA, .block = BLOCK_THINKING,
		    .text = SPAN("hm") },
		{ .kind = EVENT_SEAL, .block = BLOCK_THINKING,
		    .seal = &(struct seal){ .kind = SEAL_SIGNATURE,
		    .data = SPAN("sig") } },
		{ .kind = EVENT_CLOSE, .block = BLOCK_THINKING },
		{ .kind = EVENT_OPEN, .block = BLOCK_TEXT },
		{ .kind = EVENT_DELTA, .block = BLOCK_TEXT,
		    .text = SPAN("hi") },
		{ .kind = EVENT_CITE, .block = BLOCK_TEXT,
		    .cite = &(struct cite){ .url = SPAN("https://x") } },
		{ .kind = EVENT_CLOSE, .block = BLOCK_TEXT },
		{ .kind = EVENT_STOP, .stop = STOP_END },
		{ .kind = EVENT_END },
	};
	struct span stream;

	start(&t, "{}");
	start(&whole, "{}");
	reply_init(&reply, whole.pool);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		usage_clear(&events[i].usage);
		responses_write_event(&t.w, &events[i]);
		reply_fold(&reply, &events[i]);
	}
	responses_write_reply(&whole.w, &reply);
	stream = buf_span(&t.out);
	stream = span_from(stream, (size_t)span_find(stream,
	    SPAN("event: response.completed")));
	ok(span_find(stream, buf_span(&whole.out)) >= 0,
	    "the whole reply stands in the last event");
	reply_free(&reply);
	finish(&whole);
	finish(&t);
}

static void
answers_are_remembered(void)
{
	struct memory *m = memory_new(1 << 20, 60);
	struct stored *chain;
	struct talk t;

	for (int i = 0; i < 2; i++) {
		start(&t, i == 0 ? "{\"input\":\"hi\"}" :
		    "{\"input\":\"no\",\"store\":false}");
		t.req->answers = m;
		t.req->client = SPAN("c");
		begin(&t);
		stop(&t, STOP_END);
		chain = stored_chain(m, t.pool, SPAN("c"),
		    SPAN("resp_01A"));
		ok(chain != NULL && json_array_size(chain->input) == 1,
		    "kept, and store:false does not replace it");
		ok(stored_chain(m, t.pool, SPAN("d"), SPAN("resp_01A")) ==
		    NULL, "for that client alone");
		buf_reset(&t.out);
		ok(stored_put_items(&t.out, m, t.pool, SPAN("c"),
		    SPAN("resp_01A")), "its input is listed");
		is_str(buf_str(&t.out), "{\"object\":\"list\",\"data\":[{"
		    "\"id\":\"in_01A_0\",\"type\":\"message\",\"role\":"
		    "\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"
		    "\"hi\"}]}],\"first_id\":\"in_01A_0\",\"last_id\":"
		    "\"in_01A_0\",\"has_more\":false}", "with ids");
		ok(stored_item(m, t.pool, SPAN("c"), NULL,
		    SPAN("in_01A_0")) != NULL, "an item is found by its id");
		finish(&t);
	}
	memory_free(m);
}

int
main(void)
{
	random_fixed();
	a_call_is_done_late();
	a_fault_discards_what_is_held();
	a_fault_may_come_first();
	texts_share_a_message();
	odd_search_arguments();
	refusals();
	both_ways_end_alike();
	answers_are_remembered();
	return done_testing();
}
