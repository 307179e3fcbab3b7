/* Holds a conversation with tools and judges every reply. */
#include "converse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/jx.h"
#include "../lib/tap.h"
#include "../lib/web.h"
#include "converse_api.h"

enum { REPLY_MS = 30000 };

const char *const converse_tools[] = { "get_weather", "get_time", NULL };

const char converse_png[] =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA"
    "60e6kgAAAABJRU5ErkJggg==";

struct talk {
	const struct converse_api *api;
	struct converse_opts opts;
	char		 host[64];
	int		 port;
	struct bytes	 headers;	/* extra ones, with their CRLFs */
	int		 turns;
	int		 ncalls;	/* calls per reply */
	int		 chain;		/* replies with calls per turn */
	const char	*keep;		/* where a wrong reply goes */
	struct plug	 plug;
	unsigned	 connects;
	json_t		*history;
};

json_t *
converse_schema(void)
{
	return json_pack("{s:s, s:{s:{s:s}}, s:[s]}", "type", "object",
	    "properties", "echo", "type", "string", "required", "echo");
}

/* --- HTTP -------------------------------------------------------------------- */

static int
send_request(struct talk *t, const char *body)
{
	struct bytes b = { 0 };

	if (t->plug.fd < 0) {
		if (plug_connect(&t->plug, t->host, t->port) != 0)
			return -1;
		t->connects++;
	}
	bytes_printf(&b, "POST %s HTTP/1.1\r\nhost: %s:%d\r\n"
	    "content-type: application/json\r\ncontent-length: %zu\r\n%s",
	    t->api->path, t->host, t->port, strlen(body), t->api->claude ?
	    "x-api-key: test-key\r\nanthropic-version: 2023-06-01\r\n" :
	    "authorization: Bearer test-key\r\n");
	if (t->headers.n > 0)
		bytes_add(&b, t->headers.p, t->headers.n);
	bytes_printf(&b, "\r\n%s", body);
	int rc = plug_write(&t->plug, b.p, b.n);
	bytes_free(&b);
	return rc;
}

/* Sends the history; a kept connection that died is replaced once. */
static int
exchange(struct talk *t, struct web *reply)
{
	json_t *body = t->api->request(&t->opts, t->history);
	char *text = jx_text(body);
	int rc = 0;

	json_decref(body);
	for (int try = 0; try < 2 && rc != 1; try++) {
		rc = send_request(t, text) != 0 ? -1 :
		    web_read_response(reply, &t->plug, REPLY_MS);
		if (rc == 1)
			break;
		plug_close(&t->plug);
		if (t->connects != 1 || try > 0)
			break;
	}
	free(text);
	const char *word = web_header(reply, "connection");
	if (rc == 1 && word != NULL && strcmp(word, "close") == 0)
		plug_close(&t->plug);
	return rc == 1 ? 0 : -1;
}

/* The body as a reply of the API; NULL with the reason if it is wrong. */
static json_t *
judge(struct talk *t, const struct web *w, char *why, size_t n)
{
	const char *type = web_header(w, "content-type");
	const char *bytes = w->body.p != NULL ? w->body.p : "";
	json_t *reply = NULL;
	bool sse = type != NULL && strncmp(type, "text/event-stream", 17) == 0;

	if (w->status != 200 || w->cut || sse != t->opts.stream) {
		snprintf(why, n, "status %d, type %s%s, body: %.600s",
		    w->status, type != NULL ? type : "none",
		    w->cut ? ", cut" : "", bytes);
		return NULL;
	}
	if (sse) {
		if (t->api->read(bytes, w->body.n, &reply, why, n) == 0 &&
		    reply == NULL)
			snprintf(why, n, "the stream ended with an error: "
			    "%.600s", bytes);
		return reply;
	}
	if (t->api->whole(bytes, w->body.n, why, n) != 0)
		return NULL;
	return json_loadb(bytes, w->body.n, JSON_ALLOW_NUL, NULL);
}

/* The body of a wrong reply, for whoever looks into it. */
static void
keep_body(const struct talk *t, const struct web *w)
{
	FILE *f = t->keep != NULL ? fopen(t->keep, "we") : NULL;

	if (f == NULL)
		return;
	fwrite(w->body.p, 1, w->body.n, f);
	fclose(f);
}

/* One request and its reply, which becomes part of the history. */
static json_t *
step(struct talk *t, const char *what)
{
	char why[1024] = "";
	struct web w = { 0 };
	json_t *reply = NULL;

	if (exchange(t, &w) != 0)
		snprintf(why, sizeof(why), "no reply at all");
	else
		reply = judge(t, &w, why, sizeof(why));
	if (!ok(reply != NULL, "%s: the reply is right", what)) {
		diag("%s", why);
		keep_body(t, &w);
	} else {
		t->api->add_reply(&t->opts, t->history, reply);
	}
	web_free(&w);
	return reply;
}

/* --- the conversation ---------------------------------------------------------- */

/* In later rounds each result has asked for the first tool. */
static void
check_calls(const struct talk *t, const json_t *calls, const char *user,
    int round)
{
	json_t *call;
	size_t i;

	is_int((long long)json_array_size(calls), t->ncalls, "%d calls",
	    t->ncalls);
	json_array_foreach(calls, i, call) {
		json_t *args = json_loads(jx_word(call, "arguments"), 0,
		    NULL);
		is_str(jx_str(call, "name"), converse_tools[round == 1 ?
		    i % 2 : 0], "call %zu: its name", i);
		is_str(jx_str(args, "echo"), user, "call %zu: its arguments",
		    i);
		json_decref(args);
	}
}

/* "call get_weather, call get_time" */
static void
say_calls(struct bytes *b, int n)
{
	for (int i = 0; i < n; i++)
		bytes_printf(b, "%scall %s", i > 0 ? ", " : "",
		    converse_tools[i % 2]);
}

static int
answer_calls(struct talk *t, int turn, int round, const char *user)
{
	char what[64];
	struct bytes result = { 0 };

	snprintf(what, sizeof(what), "turn %d, round %d", turn, round);
	json_t *reply = step(t, what);
	if (reply == NULL)
		return -1;
	json_t *calls = t->api->calls(reply);
	check_calls(t, calls, user, round);
	bytes_printf(&result, "result %d.%d ", turn, round);
	if (round < t->chain)
		say_calls(&result, 1);
	t->api->add_results(&t->opts, t->history, calls, result.p);
	bytes_free(&result);
	json_decref(calls);
	json_decref(reply);
	return 0;
}

/*
 * The answer echoes the user and the results.  Images of results may reach
 * the upstream as a later user message: then that is what it echoes.
 */
static int
finish_turn(struct talk *t, int turn, const char *user)
{
	char what[64], want[64], images[64];
	int rc = 0;

	snprintf(what, sizeof(what), "turn %d, answer", turn);
	json_t *reply = step(t, what);
	if (reply == NULL)
		return -1;
	json_t *text = t->api->text(reply);
	const char *said = json_string_value(text);
	snprintf(want, sizeof(want), "result %d.%d", turn, t->chain);
	snprintf(images, sizeof(images), "images: %d", t->ncalls);
	if (!ok(strstr(said, want) != NULL &&
		(t->opts.image || strstr(said, user) != NULL),
	    "turn %d: the answer knows the results", turn) ||
	    (t->opts.image && !ok(strstr(said, images) != NULL,
	    "turn %d: the answer knows the images", turn))) {
		diag("it says: %s", said);
		rc = -1;
	}
	json_decref(text);
	json_decref(reply);
	return rc;
}

static int
hold_turn(struct talk *t, int turn)
{
	struct bytes user = { 0 };
	int rc = 0;

	bytes_printf(&user, "turn %d: ", turn);
	say_calls(&user, t->ncalls);
	t->api->add_user(t->history, user.p);
	for (int round = 1; rc == 0 && round <= t->chain; round++)
		rc = answer_calls(t, turn, round, user.p);
	if (rc == 0)
		rc = finish_turn(t, turn, user.p);
	bytes_free(&user);
	return rc;
}

/* --- options ---------------------------------------------------------------------- */

static const struct option options[] = {
	{ "api", required_argument, NULL, 'a' },
	{ "url", required_argument, NULL, 'u' },
	{ "turns", required_argument, NULL, 't' },
	{ "calls", required_argument, NULL, 'c' },
	{ "chain", required_argument, NULL, 'C' },
	{ "whole", no_argument, NULL, 'w' },
	{ "model", required_argument, NULL, 'm' },
	{ "forget", required_argument, NULL, 'f' },
	{ "image", no_argument, NULL, 'i' },
	{ "keep", required_argument, NULL, 'k' },
	{ "header", required_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct converse_api *
api_named(const char *name)
{
	if (strcmp(name, "messages") == 0)
		return &converse_messages;
	if (strcmp(name, "responses") == 0)
		return &converse_responses;
	if (strcmp(name, "chat") == 0)
		return &converse_chat;
	fprintf(stderr, "no such API: %s\n", name);
	return NULL;
}

/* "http://127.0.0.1:8000" */
static int
take_url(struct talk *t, const char *url)
{
	if (sscanf(url, "http://%63[0-9.]:%d", t->host, &t->port) == 2)
		return 0;
	fprintf(stderr, "%s: not of the form http://127.0.0.1:PORT\n", url);
	return -1;
}

static int
take_option(struct talk *t, int c)
{
	switch (c) {
	case 'a':
		return (t->api = api_named(optarg)) != NULL ? 0 : -1;
	case 'u':
		return take_url(t, optarg);
	case 't':
		t->turns = atoi(optarg);
		return 0;
	case 'c':
		t->ncalls = atoi(optarg);
		return 0;
	case 'C':
		t->chain = atoi(optarg);
		return 0;
	case 'w':
		t->opts.stream = false;
		return 0;
	case 'm':
		t->opts.model = optarg;
		return 0;
	case 'f':
		t->opts.forget = true;
		return 0;
	case 'i':
		t->opts.image = true;
		return 0;
	case 'k':
		t->keep = optarg;
		return 0;
	case 'h':
		bytes_printf(&t->headers, "%s\r\n", optarg);
		return 0;
	default:
		return -1;
	}
}

int
converse_command(int argc, char **argv)
{
	struct talk t = { .turns = 3, .ncalls = 2, .chain = 1,
	    .opts.stream = true, .plug.fd = -1, .plug.stop_fd = -1 };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (take_option(&t, c) != 0)
			return 2;
	if (t.api == NULL || t.port == 0 || optind != argc) {
		fprintf(stderr, "converse needs --api and --url\n");
		return 2;
	}
	if (t.opts.model == NULL)
		t.opts.model = t.api->model;
	t.history = json_array();
	for (int turn = 1; turn <= t.turns; turn++)
		if (hold_turn(&t, turn) != 0)
			break;
	is_int(t.connects, 1, "one connection was enough");
	json_decref(t.history);
	bytes_free(&t.headers);
	plug_close(&t.plug);
	return done_testing();
}
