/*
 * The grammar checkers: they accept every worked example of the protocol
 * files (tests/lib/samples/grammar), and refuse them once an event is
 * missing or comes twice, unless nobody could tell.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/grammar.h"
#include "../lib/jx.h"
#include "../lib/tap.h"

static const char samples[] = "tests/lib/samples/grammar";

typedef int judge_fn(const char *, size_t, char *, size_t);

static judge_fn *
judge_of(const char *api, bool whole)
{
	if (strcmp(api, "messages") == 0)
		return whole ? grammar_messages_whole :
			       grammar_messages_stream;
	if (strcmp(api, "responses") == 0)
		return whole ? grammar_responses_whole :
			       grammar_responses_stream;
	return whole ? grammar_chat_whole : grammar_chat_stream;
}

static void
put_event(struct bytes *b, const char *api, const json_t *e)
{
	char *text = json_is_string(e) ? strdup(json_string_value(e)) :
					 jx_text(e);

	if (strcmp(api, "chat") != 0)
		bytes_printf(b, "event: %s\n", jx_word(e, "type"));
	bytes_printf(b, "data: %s\n\n", text);
	free(text);
}

/* Judges a list of events; Responses events are numbered anew. */
static int
judge_events(const char *api, json_t *events, char *why, size_t n)
{
	struct bytes b = { 0 };
	json_t *e;
	size_t i;

	json_array_foreach(events, i, e) {
		if (strcmp(api, "responses") == 0)
			json_object_set_new(e, "sequence_number",
			    json_integer((json_int_t)i));
		put_event(&b, api, e);
	}
	int rc = judge_of(api, false)(b.p, b.n, why, n);
	bytes_free(&b);
	return rc;
}

/* Whether a stream without or with two of this event is still right. */
static bool
may_pass(const char *api, const json_t *e, bool failed)
{
	const char *type = jx_word(e, "type");
	const json_t *delta;

	if (strcmp(api, "messages") == 0)
		return strcmp(type, "ping") == 0 ||
		    (strcmp(type, "content_block_delta") == 0 &&
			!jx_is(json_object_get(e, "delta"), "type",
			    "signature_delta"));
	if (strcmp(api, "responses") == 0)
		return strcmp(type, "response.in_progress") == 0 ||
		    (failed && strstr(type, ".delta") != NULL);
	delta = json_object_get(jx_at(json_object_get(e, "choices"), 0),
	    "delta");
	if (json_object_get(delta, "role") != NULL ||
	    json_object_size(delta) == 0)
		return false;
	delta = jx_at(json_object_get(delta, "tool_calls"), 0);
	return delta == NULL || json_object_get(delta, "id") == NULL;
}

/* An event left out, or sent twice. */
static void
test_mutations(const char *name, const char *api, const json_t *events)
{
	const json_t *last = jx_at(events, json_array_size(events) - 1);
	bool failed = jx_is(last, "type", "response.failed");
	unsigned wrong = 0, tried = 0;
	char why[512];

	for (size_t i = 0; i < json_array_size(events); i++) {
		if (may_pass(api, jx_at(events, i), failed))
			continue;
		for (int twice = 0; twice < 2; twice++) {
			json_t *list = json_deep_copy(events);
			if (twice)
				json_array_insert_new(list, i,
				    json_deep_copy(jx_at(events, i)));
			else
				json_array_remove(list, i);
			tried++;
			if (judge_events(api, list, why, sizeof(why)) == 0) {
				diag("event %zu %s", i,
				    twice ? "twice" : "missing");
				wrong++;
			}
			json_decref(list);
		}
	}
	is_int(wrong, 0, "%s: %u broken variants are refused", name, tried);
}

static void
test_sample(const char *name, const json_t *sample)
{
	const char *api = jx_word(sample, "api");
	json_t *events = json_object_get(sample, "events");
	char why[512] = "";

	if (events != NULL) {
		int rc = judge_events(api, events, why, sizeof(why));
		if (!is_int(rc, 0, "%s is accepted", name))
			diag("%s", why);
		test_mutations(name, api, events);
		return;
	}
	char *text = jx_text(json_object_get(sample, "whole"));
	int rc = judge_of(api, true)(text, strlen(text), why, sizeof(why));
	if (!is_int(rc, 0, "%s is accepted", name))
		diag("%s", why);
	free(text);
}

static void
test_samples(void)
{
	struct dirent **names;
	char path[512];
	int n = scandir(samples, &names, NULL, alphasort);

	ok(n > 40, "there are samples");
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", samples,
		    names[i]->d_name);
		json_t *sample = names[i]->d_name[0] == '.' ? NULL :
							      json_load_file(
								  path, 0,
								  NULL);
		if (sample != NULL)
			test_sample(names[i]->d_name, sample);
		json_decref(sample);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* Streams in single quotes for double ones; each wrong in one way. */
static const struct {
	const char *name;
	judge_fn *judge;
	const char *bytes;
	const char *why; /* part of the reason */
} bad[] = {
	{ "empty", grammar_chat_stream, "", "no end" },
	{ "CRLF", grammar_chat_stream, "data: [DONE]\r\n\r\n",
	    "carriage return" },
	{ "no blank line at the end", grammar_chat_stream, "data: [DONE]\n",
	    "no blank line" },
	{ "no line end", grammar_chat_stream, "data: [DO", "no end" },
	{ "two data lines", grammar_chat_stream, "data: {}\ndata: {}\n\n",
	    "second line" },
	{ "no UTF-8", grammar_chat_stream, "data: \xff\n\n", "UTF-8" },
	{ "a named chat event", grammar_chat_stream,
	    "event: x\ndata: {'error':1}\n\n", "name" },
	{ "a chat error without code", grammar_chat_stream,
	    "data: {'error':{'message':'m','type':'t','param':null}}\n\n",
	    "\"code\"" },
	{ "an error, then [DONE]", grammar_chat_stream,
	    "data: {'error':{'message':'m','type':'t','param':null,"
	    "'code':null}}\n\ndata: [DONE]\n\n",
	    "after the end" },
	{ "a name that is not the type", grammar_messages_stream,
	    "event: ping\ndata: {'type':'pong'}\n\n", "event name" },
	{ "ping before message_start", grammar_messages_stream,
	    "event: ping\ndata: {'type':'ping'}\n\n", "before message_start" },
	{ "a comment in a Claude stream", grammar_messages_stream,
	    ": ping\n\n", "comment" },
	{ "a whole reply that is no JSON", grammar_messages_whole, "{",
	    "no JSON" },
	{ "an unknown error type", grammar_messages_whole,
	    "{'type':'error','error':{'type':'bad','message':'m'},"
	    "'request_id':'r'}",
	    "error type" },
	{ "an item that does not exist", grammar_responses_stream,
	    "event: response.created\ndata: {'type':'response.created',"
	    "'sequence_number':1}\n\n",
	    "sequence_number" },
	{ "nothing but a delta", grammar_responses_stream,
	    "event: response.output_text.delta\ndata: {'type':"
	    "'response.output_text.delta','sequence_number':0}\n\n",
	    "before response.created" },
	{ "an error event without the nested form", grammar_responses_stream,
	    "event: error\ndata: {'type':'error','sequence_number':0,"
	    "'code':'c','message':'m','param':null}\n\n",
	    "\"error\"" },
};

static void
test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes b = { 0 };
		char why[512] = "";

		bytes_puts(&b, bad[i].bytes);
		for (size_t k = 0; k < b.n; k++)
			if (b.p[k] == '\'')
				b.p[k] = '"';
		int rc = bad[i].judge(b.p != NULL ? b.p : "", b.n, why,
		    sizeof(why));
		if (!ok(rc != 0 && strstr(why, bad[i].why) != NULL,
			"refused: %s", bad[i].name))
			diag("%d: %s", rc, why);
		bytes_free(&b);
	}
}

/* A text of nothing but NUL is no empty text. */
static void
test_nul(void)
{
	json_t *sample = json_load_file("tests/lib/samples/grammar/"
					"resp-text-client-response-whole.json", 0, NULL);
	json_t *whole = json_object_get(sample, "whole");
	json_t *block = jx_at(json_object_get(whole, "content"), 0);
	char why[512] = "", *text;

	json_object_set_new(block, "text", json_stringn("", 1));
	text = jx_text(whole);
	if (!is_int(grammar_messages_whole(text, strlen(text), why,
	    sizeof(why)), 0, "a text that is NUL is accepted"))
		diag("%s", why);
	free(text);
	json_object_set_new(block, "text", json_string(""));
	text = jx_text(whole);
	ok(grammar_messages_whole(text, strlen(text), why, sizeof(why)) != 0,
	    "an empty one is not");
	free(text);
	json_decref(sample);
}

int
main(void)
{
	test_samples();
	test_bad();
	test_nul();
	return done_testing();
}
