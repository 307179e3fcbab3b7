/*
 * Chat Completions as the client's API: what the turn memory keeps and gives
 * back, and that a stream and a whole reply are the same answer.
 */
#include "../lib/grammar.h"
#include "../lib/tap.h"
#include "dialect/chat_thoughts.h"
#include "dialect/parts.h"
#include "model/memory.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* One answer on its way to a client, twice: as a stream and as a whole. */
struct talk {
	struct pool *pool;
	struct request *req;
	struct target to;
	struct learned learned;
	struct writer stream, whole;
	struct buf events, body;
	struct reply reply;
	struct flow *flow;
	long lane;
};

static void
sink(void *arg, const struct event *ev)
{
	struct talk *t = arg;

	chat_write_event(&t->stream, ev);
	reply_fold(&t->reply, ev);
	if (ev->kind == EVENT_END)
		chat_write_reply(&t->whole, &t->reply);
}

static void
start(struct talk *t, struct memory *memory)
{
	*t = (struct talk){ .pool = pool_open() };
	t->req = request_new(t->pool, API_CHAT);
	t->req->model = SPAN("m");
	t->req->created = 1795000000;
	t->req->stream = t->req->usage_chunk = true;
	t->req->show = SHOW_TEXT;
	t->req->client = SPAN("client-a");
	t->req->thoughts = memory;
	t->to.model = SPAN("claude");
	t->to.learned = &t->learned;
	buf_init(&t->events, 0);
	buf_init(&t->body, 0);
	reply_init(&t->reply, t->pool);
	t->stream = (struct writer){ .req = t->req, .to = &t->to,
	    .pool = t->pool, .out = &t->events };
	t->whole = t->stream;
	t->whole.out = &t->body;
	chat_open_writer(&t->stream);
	chat_open_writer(&t->whole);
	t->flow = flow_new(t->req, &t->to, 0, sink, t);
	flow_begin(t->flow, SPAN("msg_1"), SPAN("claude"));
}

static void
finish(struct talk *t)
{
	buf_free(&t->events);
	buf_free(&t->body);
	reply_free(&t->reply);
	pool_close(t->pool);
}

/* --- blocks of an answer -------------------------------------------- */

static void
say(struct talk *t, const char *text)
{
	flow_open(t->flow, ++t->lane, BLOCK_TEXT);
	flow_delta(t->flow, t->lane, span_of(text));
	flow_close(t->flow, t->lane);
}

static void
cite(struct talk *t, const char *text)
{
	struct cite c = { .url = SPAN("https://a.example"),
	    .title = SPAN("A") };

	flow_open(t->flow, ++t->lane, BLOCK_TEXT);
	flow_delta(t->flow, t->lane, span_of(text));
	flow_push(t->flow, &(struct event){ .kind = EVENT_CITE,
	    .lane = t->lane, .cite = &c });
	flow_close(t->flow, t->lane);
}

static void
think(struct talk *t, enum seal_kind kind, const char *text,
    const char *data)
{
	struct seal seal = { .kind = kind, .data = span_of(data) };

	flow_open(t->flow, ++t->lane, BLOCK_THINKING);
	flow_delta(t->flow, t->lane, span_of(text));
	if (data != NULL)
		flow_seal(t->flow, t->lane, &seal);
	flow_close(t->flow, t->lane);
}

static void
call(struct talk *t, const char *id, const char *name, const char *arguments)
{
	flow_open_call(t->flow, ++t->lane, span_of(id), span_of(name));
	flow_delta(t->flow, t->lane, span_of(arguments));
	flow_close(t->flow, t->lane);
}

static void
search(struct talk *t)
{
	flow_open(t->flow, ++t->lane, BLOCK_SEARCH);
	flow_push(t->flow, &(struct event){ .kind = EVENT_LINKS,
	    .lane = t->lane });
	flow_close(t->flow, t->lane);
}

static void
stop(struct talk *t, enum stop why)
{
	flow_stop(t->flow, why);
	flow_end(t->flow);
}

/* --- streams and whole replies -------------------------------------- */

/*
 * Without what says nothing, and without annotations, which the judge of
 * streams does not collect.
 */
static char *
tidy(json_t *reply)
{
	json_t *choice = json_array_get(jget(reply, "choices"), 0);
	json_t *message = jget(choice, "message"), *v;
	const char *key;
	void *next;

	json_object_del(choice, "logprobs");
	json_object_del(message, "annotations");
	json_object_foreach_safe(message, next, key, v) {
		if (json_is_null(v) || span_is(jspan(v), "") ||
		    (json_is_array(v) && json_array_size(v) == 0))
			json_object_del(message, key);
	}
	return json_dumps(reply, JSON_SORT_KEYS | JSON_COMPACT);
}

/* Ends the talk. */
static void
agree(struct talk *t, const char *name)
{
	char why[512] = "";
	json_t *streamed = NULL;
	json_t *whole = json_loadb(t->body.p, t->body.n, 0, NULL);
	char *a, *b;

	is_int(grammar_chat_read(t->events.p, t->events.n, 1, &streamed, why,
	    sizeof(why)), 0, "%s: the stream is right %s", name, why);
	a = tidy(streamed);
	b = tidy(whole);
	is_str(a, b, "%s: the whole is the same", name);
	free(a);
	free(b);
	json_decref(streamed);
	json_decref(whole);
	finish(t);
}

static void
test_agreement(void)
{
	struct talk t;

	start(&t, NULL);
	stop(&t, STOP_END);
	agree(&t, "nothing at all");

	start(&t, NULL);
	think(&t, SEAL_SIGNATURE, "One.", "s1");
	think(&t, SEAL_SIGNATURE, "", "s2");
	think(&t, SEAL_REDACTED, "", "RED");
	think(&t, SEAL_SIGNATURE, "Two.", "s3");
	think(&t, SEAL_NONE, "Cut", NULL);
	say(&t, "Text.");
	stop(&t, STOP_LENGTH);
	agree(&t, "thinking of all kinds");

	start(&t, NULL);
	t.req->show = SHOW_NOTHING;
	think(&t, SEAL_SIGNATURE, "One.", "s1");
	say(&t, "Text.");
	stop(&t, STOP_END);
	ok(strstr(t.body.p, "reasoning_c") == NULL &&
	    strstr(t.body.p, "reasoning_d") == NULL, "no word of thinking");
	agree(&t, "hidden thinking");

	start(&t, NULL);
	names_reserve(&t.req->names, t.pool,
	    (struct tool_key){ TOOL_FREEFORM, SPAN_NONE, SPAN("a b") },
	    SPAN("a_b"));
	say(&t, "One");
	call(&t, "t1", "a_b", "{\"input\":\"x\\ny\"}");
	say(&t, "two\n");
	call(&t, "t2", "a_b", "{\"inp");
	call(&t, "t3", "a_b", "");
	call(&t, "t4", "f", "");
	call(&t, "t5", "f", "[1, ");
	say(&t, "three");
	stop(&t, STOP_CALL);
	agree(&t, "calls of all kinds");

	start(&t, NULL);
	say(&t, "S\xc3\xb8k");
	search(&t);
	cite(&t, "bl\xc3\xa5");
	say(&t, "gr\xc3\xb8nn");
	cite(&t, "gul");
	stop(&t, STOP_PAUSE);
	agree(&t, "citations");

	start(&t, NULL);
	t.req->legacy = true;
	call(&t, "t1", "f", "{}");
	call(&t, "t2", "g", "{}");
	stop(&t, STOP_CALL);
	agree(&t, "legacy calls");

	start(&t, NULL);
	say(&t, "I");
	flow_refusal(t.flow, SPAN_NONE, SPAN("bio"));
	stop(&t, STOP_REFUSAL);
	agree(&t, "a refusal");
}

static void
test_faults(void)
{
	struct talk t;
	struct fault why;
	static const char error[] = "data: {\"error\":{\"message\":\"Overloaded\","
	    "\"type\":\"server_error\",\"param\":null,"
	    "\"code\":\"server_is_overloaded\"}}\n\n";

	fault_clear(&why);
	fault_set(&why, FAULT_OVERLOADED, "", "Overloaded");

	start(&t, NULL);
	buf_reset(&t.events);
	chat_open_writer(&t.stream);
	chat_write_ping(&t.stream);
	chat_write_event(&t.stream, &(struct event){ .kind = EVENT_FAULT,
	    .fault = &why });
	is_str(buf_str(&t.events) + strlen(": ping\n\n"), error,
	    "a fault before the beginning is the first event");
	finish(&t);

	start(&t, NULL);
	say(&t, "Half");
	flow_fault(t.flow, &why);
	ok(span_ends(buf_span(&t.events), error), "a fault is the last event");
	ok(strstr(buf_str(&t.events), "[DONE]") == NULL, "without [DONE]");
	finish(&t);
}

/* --- turn memory ---------------------------------------------------- */

/* An answer with thinking around a call, put into the memory. */
static void
answer(struct memory *m, bool signed_all)
{
	struct talk t;

	start(&t, m);
	think(&t, SEAL_SIGNATURE, "Plan.", "s1");
	say(&t, "One");
	think(&t, SEAL_REDACTED, "", signed_all ? "RED" : NULL);
	call(&t, "t1", "f", "{\"a\": 1, \"b\":[]}");
	say(&t, "two");
	stop(&t, STOP_CALL);
	finish(&t);
}

/*
 * What a request of that client with this assistant message makes of it, as
 * letters: T thinking, R redacted, a text, c call, with * for a mark.
 */
static const char *
recalled(struct memory *m, const char *client, const char *message)
{
	static char text[sizeof(((struct fault *)0)->code)];
	struct pool *pool = pool_open();
	struct request *req = request_new(pool, API_CHAT);
	struct json_trouble trouble;
	struct fault why;
	size_t n = 0;

	fault_clear(&why);
	req->client = span_of(client);
	req->thoughts = m;
	req->body = jread(pool, pool_printf(pool,
	    "{\"model\":\"m\",\"messages\":[%s]}", message), 0, NULL,
	    &trouble);
	if (chat_read_request(req, &why) != 0) {
		pool_close(pool);
		return strcpy(text, why.code);
	}
	for (const struct block *b = req->turns->blocks; b; b = b->next) {
		text[n++] = b->kind == BLOCK_TEXT ? 'a' :
		    b->kind == BLOCK_CALL ? 'c' :
		    b->seal.kind == SEAL_REDACTED ? 'R' : 'T';
		if (b->mark)
			text[n++] = '*';
	}
	text[n] = '\0';
	pool_close(pool);
	return text;
}

#define MESSAGE(content, name, arguments, more) \
	"{\"role\":\"assistant\",\"content\":" content ",\"tool_calls\":" \
	"[{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"" name \
	"\",\"arguments\":\"" arguments "\"}}]" more "}"
#define SAME MESSAGE("\"One\\n\\ntwo\"", "f", "{\\\"b\\\":[],\\\"a\\\":1}", "")

static void
test_memory(void)
{
	static const struct {
		const char *name, *message, *want;
	} rows[] = {
		{ "the same answer is a hit", SAME, "TaRca" },
		{ "another name is a miss",
		    MESSAGE("\"One\\n\\ntwo\"", "g", "{}", ""), "ac" },
		{ "another text is a miss",
		    MESSAGE("\"One\"", "f", "{\\\"b\\\":[],\\\"a\\\":1}", ""),
		    "ac" },
		{ "other arguments are a miss",
		    MESSAGE("\"One\\n\\ntwo\"", "f", "{\\\"a\\\":1}", ""),
		    "ac" },
		{ "no arguments are a miss",
		    MESSAGE("\"One\\n\\ntwo\"", "f", "", ""), "ac" },
		{ "a missing text is a miss",
		    MESSAGE("null", "f", "{\\\"b\\\":[],\\\"a\\\":1}", ""),
		    "c" },
		{ "a call more is a miss",
		    MESSAGE("\"One\\n\\ntwo\"", "f",
		    "{\\\"b\\\":[],\\\"a\\\":1}\"}},{\"id\":\"t2\","
			"\"function\":{\"name\":\"f\",\"arguments\":\"", ""),
		    "acc" },
		{ "a refusal more is a miss",
		    MESSAGE("\"One\\n\\ntwo\"", "f",
		    "{\\\"b\\\":[],\\\"a\\\":1}", ",\"refusal\":\"No\""),
		    "aac" },
		{ "reasoning sent along is not looked at",
		    MESSAGE("\"One\\n\\ntwo\"", "f",
		    "{\\\"b\\\":[],\\\"a\\\":1}", ",\"reasoning_details\":7"),
		    "TaRca" },
		{ "but on a miss it is",
		    MESSAGE("\"One\"", "f", "{}", ",\"reasoning_details\":7"),
		    "invalid_type" },
		{ "a mark on the message stays",
		    MESSAGE("\"One\\n\\ntwo\"", "f",
		    "{\\\"b\\\":[],\\\"a\\\":1}",
		    ",\"cache_control\":{\"type\":\"ephemeral\"}"),
		    "TaRca*" },
		{ "a mark on a part stays",
		    MESSAGE("[{\"type\":\"text\",\"text\":\"One\\n\\ntwo\","
			    "\"cache_control\":{\"type\":\"ephemeral\"}}]", "f",
		    "{\\\"b\\\":[],\\\"a\\\":1}", ""), "TaRca*" },
	};
	struct memory *m = memory_new(1 << 16, 60);

	answer(m, true);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_str(recalled(m, "client-a", rows[i].message), rows[i].want,
		    "%s", rows[i].name);
	is_str(recalled(m, "client-b", SAME), "ac",
	    "another client does not get it");
	memory_free(m);

	m = memory_new(1 << 16, 60);
	answer(m, false);
	is_str(recalled(m, "client-a", SAME), "ac",
	    "thinking without a signature is not kept");
	memory_free(m);
}

int
main(void)
{
	test_agreement();
	test_faults();
	test_memory();
	return done_testing();
}
