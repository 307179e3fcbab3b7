/*
 * The matrix of faults: each row of faults.c for each pair of APIs, streamed
 * and whole.
 *
 *	fire faults script			the fake upstream's script
 *	fire faults run --o2c PORT --responses PORT --chat PORT
 *	    [--network NAME] --note FILE	ask, and note what came
 *	fire faults judge --note FILE --journal FILE
 *		the fake's journal says whether co2 hung up: ok/not ok lines
 *	fire faults table --note FILE		the same as a table
 *
 * The ports are those of co2 before Claude, before OpenAI by Responses and by
 * Chat Completions.  With --network only the rows for that peer are asked.
 */
#include <getopt.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/grammar.h"
#include "../lib/jx.h"
#include "../lib/plug.h"
#include "../lib/web.h"
#include "faults.h"
#include "fire.h"

enum {
	ASKERS = 40,		/* cells at once */
	READ_MS = 60 * 1000,
	CELLS_MAX = 1024,
	WHY = 256,
};

enum client { CHAT, RESPONSES, MESSAGES };

typedef int grammar_fn(const char *bytes, size_t n, char *why, size_t nwhy);

static const struct {
	const char	*path;
	const char	*format;	/* of a body: the text, "stream" */
	grammar_fn	*whole, *stream;
} clients[] = {
	[CHAT] = { "/v1/chat/completions", "{\"model\":\"m\",\"messages\":"
	    "[{\"role\":\"user\",\"content\":\"%s\"}],\"stream\":%s}",
	    grammar_chat_whole, grammar_chat_stream },
	[RESPONSES] = { "/v1/responses", "{\"model\":\"m\",\"input\":"
	    "\"%s\",\"stream\":%s}", grammar_responses_whole,
	    grammar_responses_stream },
	[MESSAGES] = { "/v1/messages", "{\"model\":\"m\",\"max_tokens\":99,"
	    "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],"
	    "\"stream\":%s}", grammar_messages_whole,
	    grammar_messages_stream },
};

static const struct pair {
	const char	*name;
	enum client	 client;
	enum fault_api	 up;
} pairs[] = {
	{ "chat-messages", CHAT, UP_MESSAGES },
	{ "responses-messages", RESPONSES, UP_MESSAGES },
	{ "messages-responses", MESSAGES, UP_RESPONSES },
	{ "messages-chat", MESSAGES, UP_CHAT },
};

enum { PAIRS = sizeof(pairs) / sizeof(*pairs) };

/* What an error says: its word for programs with a status, and to people. */
static const struct {
	const char	*openai, *claude;
	int		 status;
	const char	*said;
} words[] = {
	[UNREACHABLE] = { "upstream_unreachable", "api_error", 502,
	    "connection failed" },
	[TRUNCATED] = { "upstream_stream_truncated", "api_error", 502,
	    "before" },
	[TIMED_OUT] = { "upstream_timeout", "timeout_error", 504, "within" },
	[NO_ANSWER] = { "upstream_error", "api_error", 502, "" },
	[ITS_OWN] = { "", "", 0, "No more today." },
};

struct cell {
	const struct fault_row *row;
	int		 events;
	const struct pair *pair;
	int		 port;
	bool		 stream;
	unsigned	 number;
	/* What came. */
	char		 came[64];	/* "502", "200, error", "200" */
	char		 wrong[2 * WHY];	/* empty: all is right */
	long long	 ms;
};

struct matrix {
	int		 ports[UP_APIS];
	const char	*network, *note, *journal;
	struct cell	 cells[CELLS_MAX];
	size_t		 count;
	atomic_size_t	 next;
};

/* ---- cells */

/* How many variants a row has, and how many events the ith begins with. */
static int
variants(const struct fault_row *row, enum fault_api api)
{
	return row->events == -1 ? fault_events(api) - 1 : 1;
}

static int
events_of(const struct fault_row *row, int variant)
{
	return row->events == -1 ? variant + 1 : row->events;
}

/* By which the fake knows what to do: "fault 12 3;" */
static void
put_word(char *out, size_t n, size_t row, int events)
{
	snprintf(out, n, "fault %zu %d;", row, events);
}

static void
add_cell(struct matrix *m, struct cell c)
{
	if (m->count == CELLS_MAX)
		abort();
	c.number = (unsigned)m->count + 1;
	m->cells[m->count++] = c;
}

static void
add_cells(struct matrix *m, const struct fault_row *row)
{
	for (int p = 0; p < PAIRS; p++) {
		struct cell c = { .row = row, .pair = &pairs[p],
		    .port = m->ports[pairs[p].up] };
		for (int v = 0; v < variants(row, c.pair->up); v++) {
			c.events = events_of(row, v);
			c.stream = true;
			add_cell(m, c);
			c.stream = false;
			add_cell(m, c);
		}
	}
}

static void
wrong(struct cell *c, const char *what, const char *detail)
{
	if (c->wrong[0] == '\0')
		snprintf(c->wrong, sizeof(c->wrong), "%s%s%s", what,
		    detail[0] != '\0' ? ": " : "", detail);
}

/* ---- asking */

static int
ask(struct plug *p, const struct cell *c, const char *text, struct web *w)
{
	struct bytes body = { 0 }, all = { 0 };

	/* One of our own tables, not from outside. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	bytes_printf(&body, clients[c->pair->client].format, text,
	    c->stream ? "true" : "false");
#pragma GCC diagnostic pop
	bytes_printf(&all, "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\nx-co2-request-id: cell-%u\r\n"
	    "Content-Length: %zu\r\n\r\n", clients[c->pair->client].path,
	    c->number, body.n);
	bytes_add(&all, body.p, body.n);
	int rc = plug_write(p, all.p, all.n);
	if (rc == 0)
		rc = web_read_response(w, p, READ_MS) == 1 ? 0 : -1;
	bytes_free(&body);
	bytes_free(&all);
	return rc;
}

static bool
has(const struct bytes *b, const char *text)
{
	return b->n > 0 && memmem(b->p, b->n, text, strlen(text)) != NULL;
}

/* Does an answer that is right by its grammar end with an error? */
static bool
ends_with_error(const struct cell *c, const struct web *w)
{
	char why[WHY];
	json_t *reply = NULL;
	int rc;

	if (w->status != 200)
		return true;
	if (!c->stream)
		return has(&w->body, "\"error\":{");
	switch (c->pair->client) {
	case CHAT:
		rc = grammar_chat_read(w->body.p, w->body.n, -1, &reply, why,
		    sizeof(why));
		break;
	case RESPONSES:
		rc = grammar_responses_read(w->body.p, w->body.n, &reply, why,
		    sizeof(why));
		break;
	default:
		rc = grammar_messages_read(w->body.p, w->body.n, &reply, why,
		    sizeof(why));
		break;
	}
	bool error = rc != 0 || reply == NULL;
	json_decref(reply);
	return error;
}

static enum outcome
wanted(const struct cell *c)
{
	if (c->row->outcome != BY_EVENT)
		return c->row->outcome;
	return c->events >= fault_done(c->pair->up) ? COMPLETE : LATE;
}

/*
 * The same at the end of a stream.  Responses has fewer words there, and
 * Claude's clients try again on one of two, as long as no block was shown.
 */
static const char *
word_in_stream(const struct cell *c, const struct web *w)
{
	if (c->row->trouble == ITS_OWN)
		return "";
	if (c->pair->client == CHAT)
		return words[c->row->trouble].openai;
	if (c->pair->client == RESPONSES)
		return "\"code\":\"server_error\"";
	return has(&w->body, "content_block_start") ?
	    "\"type\":\"api_error\"" : "\"type\":\"overloaded_error\"";
}

static void
check_error(struct cell *c, const struct web *w)
{
	enum trouble t = c->row->trouble;
	const char *word = c->pair->client == MESSAGES ? words[t].claude :
	    words[t].openai;

	if (t == NO_TROUBLE)
		return;
	if (w->status == 200)
		word = word_in_stream(c, w);
	if (!has(&w->body, word))
		wrong(c, "the error is not", word);
	if (!has(&w->body, words[t].said))
		wrong(c, "the error does not say", words[t].said);
	if (w->status != 200 && words[t].status != 0 &&
	    w->status != words[t].status)
		wrong(c, "the status is not that of", word);
}

static void
check_answer(struct cell *c, const struct web *w)
{
	bool stream = c->stream && w->status == 200;
	bool error = ends_with_error(c, w);
	enum outcome want = wanted(c);
	char why[WHY];

	snprintf(c->came, sizeof(c->came), "%d%s", w->status,
	    w->status == 200 && error ? ", error" : "");
	if ((stream ? clients[c->pair->client].stream :
	    clients[c->pair->client].whole)(w->body.p, w->body.n, why,
	    sizeof(why)) != 0)
		wrong(c, "not the client's API", why);
	if (w->cut)
		wrong(c, "the body has no end", "");
	if (want == COMPLETE) {
		if (w->status != 200 || error)
			wrong(c, "not complete", "");
		else if (!c->stream && !has(&w->body, "H\u00e9llo"))
			wrong(c, "the text is not there", "");
		return;
	}
	if (!error)
		wrong(c, "a broken reply looks complete", "");
	if (want == LATE && c->stream && w->status != 200)
		wrong(c, "the stream was to begin", "");
	if ((want == EARLY || !c->stream) && w->status == 200)
		wrong(c, "was to have an error status", "");
	check_error(c, w);
}

/* The next request works, on the same connection if that is still there. */
static void
ask_again(struct cell *c, struct plug *p)
{
	struct web w = { 0 };

	if (p->gone || ask(p, c, "nothing", &w) != 0) {
		web_free(&w);
		plug_close(p);
		bytes_free(&p->in);
		if (plug_connect(p, "127.0.0.1", c->port) != 0 ||
		    ask(p, c, "nothing", &w) != 0)
			wrong(c, "nobody answers the next request", "");
	}
	/* Where the network is the fault, the next one fails as well. */
	if (w.status != 200 && c->row->network == NULL)
		wrong(c, "the next request fails", "");
	web_free(&w);
}

static void
run_cell(struct cell *c)
{
	struct plug p;
	struct web w = { 0 };
	char text[64];
	long long began = plug_now();

	put_word(text, sizeof(text), (size_t)(c->row - fault_rows), c->events);
	snprintf(text + strlen(text), sizeof(text) - strlen(text),
	    " cell %u;", c->number);
	if (plug_connect(&p, "127.0.0.1", c->port) != 0) {
		wrong(c, "nobody listens", "");
		return;
	}
	if (ask(&p, c, text, &w) == 0)
		check_answer(c, &w);
	else
		wrong(c, "no answer", "");
	c->ms = plug_now() - began;
	web_free(&w);
	ask_again(c, &p);
	plug_close(&p);
	bytes_free(&p.in);
}

static void *
asker(void *arg)
{
	struct matrix *m = arg;
	size_t i;

	while ((i = atomic_fetch_add(&m->next, 1)) < m->count)
		run_cell(&m->cells[i]);
	return NULL;
}

/* ---- the note: one JSON line for each cell */

static void
put_note(FILE *f, const struct cell *c)
{
	json_t *line = json_pack("{s:s, s:i, s:s, s:b, s:i, s:s, s:s, s:I, s:b}",
	    "fault", c->row->name, "events",
	    c->row->events == -1 ? c->events : 0, "pair", c->pair->name,
	    "stream", (int)c->stream, "cell", (int)c->number, "came", c->came,
	    "wrong", c->wrong, "ms", (json_int_t)c->ms, "left",
	    (int)c->row->left);

	json_dumpf(line, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(line);
}

static int
run(struct matrix *m)
{
	pthread_t threads[ASKERS];

	for (size_t i = 0; i < fault_row_count; i++) {
		const char *network = fault_rows[i].network;
		if (m->network == NULL ? network == NULL : network != NULL &&
		    strcmp(network, m->network) == 0)
			add_cells(m, &fault_rows[i]);
	}
	for (int i = 0; i < ASKERS; i++)
		if (pthread_create(&threads[i], NULL, asker, m) != 0)
			abort();
	for (int i = 0; i < ASKERS; i++)
		pthread_join(threads[i], NULL);
	FILE *f = fopen(m->note, "ae");
	if (f == NULL)
		return 1;
	for (size_t i = 0; i < m->count; i++)
		put_note(f, &m->cells[i]);
	return fclose(f) != 0;
}

/* ---- judging */

/* Lines of JSON as an array. */
static json_t *
read_lines(const char *path)
{
	json_t *all = json_array(), *one;
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while (getline(&line, &room, f) > 0)
		if ((one = json_loads(line, JSON_ALLOW_NUL, NULL)) != NULL)
			json_array_append_new(all, one);
	free(line);
	fclose(f);
	return all;
}

/* The end of the upstream connection that a cell's last request came by. */
static const json_t *
end_of(const json_t *journal, int cell)
{
	const json_t *end = NULL;
	char word[32];
	json_t *line;
	json_int_t n = -1;
	size_t i;

	snprintf(word, sizeof(word), " cell %d;", cell);
	json_array_foreach(journal, i, line) {
		if (jx_is(line, "event", "request")) {
			char *body = json_dumps(json_object_get(line, "body"),
			    JSON_ENCODE_ANY);
			if (body != NULL && strstr(body, word) != NULL)
				n = json_integer_value(
				    json_object_get(line, "n"));
			free(body);
		} else if (jx_is(line, "event", "closed") && n >= 0 &&
		    json_integer_value(json_object_get(line, "n")) == n) {
			end = line;
		}
	}
	return end;
}

/*
 * A peer that stalls is left by co2 while its reply is unfinished, and not
 * long after the client had its answer.
 */
static const char *
judge_left(const json_t *cell, const json_t *journal)
{
	const json_t *end = end_of(journal,
	    (int)json_integer_value(json_object_get(cell, "cell")));
	json_int_t ms = json_integer_value(json_object_get(cell, "ms"));

	if (!json_is_true(json_object_get(cell, "left")))
		return "";
	if (end == NULL)
		return "the upstream connection is still open";
	if (!jx_is(end, "by", "peer"))
		return "co2 did not hang up";
	if (json_integer_value(json_object_get(end, "after_ms")) > ms + 5000)
		return "co2 hung up late";
	return "";
}

static void
put_name(const json_t *cell)
{
	json_int_t events = json_integer_value(json_object_get(cell, "events"));

	printf("%s", jx_word(cell, "fault"));
	if (events > 0)
		printf(" (%d)", (int)events);
}

static int
judge(struct matrix *m)
{
	json_t *note = read_lines(m->note), *cell;
	json_t *journal = m->journal != NULL ? read_lines(m->journal) :
	    json_array();
	size_t i;

	json_array_foreach(note, i, cell) {
		const char *why = jx_word(cell, "wrong");
		if (why[0] == '\0' && m->journal != NULL)
			why = judge_left(cell, journal);
		printf("%s ", why[0] == '\0' ? "ok" : "not ok");
		put_name(cell);
		printf(", %s, %s", jx_word(cell, "pair"),
		    json_is_true(json_object_get(cell, "stream")) ?
		    "streamed" : "whole");
		if (why[0] != '\0')
			printf(": %s (came %s after %d ms)", why,
			    jx_word(cell, "came"), (int)json_integer_value(
			    json_object_get(cell, "ms")));
		putchar('\n');
	}
	json_decref(note);
	json_decref(journal);
	return 0;
}

/* ---- the table */

static bool
same_row(const json_t *a, const json_t *b)
{
	return jx_is(a, "fault", jx_word(b, "fault")) &&
	    json_equal(json_object_get(a, "events"),
	    json_object_get(b, "events"));
}

/* The cells of one row, whichever are there, in the order of the pairs. */
static void
put_row(const json_t *note, const json_t *first)
{
	json_t *cell;
	size_t i;

	printf("| ");
	put_name(first);
	for (int p = 0; p < PAIRS; p++)
		for (int stream = 1; stream >= 0; stream--) {
			printf(" |");
			json_array_foreach(note, i, cell)
				if (same_row(cell, first) && jx_is(cell,
				    "pair", pairs[p].name) && stream ==
				    json_is_true(json_object_get(cell,
				    "stream")))
					printf(" %s; %d", jx_word(cell,
					    "came"), (int)json_integer_value(
					    json_object_get(cell, "ms")));
		}
	printf(" |\n");
}

static int
table(struct matrix *m)
{
	json_t *note = read_lines(m->note), *cell, *before;
	size_t i, k;

	printf("| The upstream ... (after event n)");
	for (int p = 0; p < PAIRS; p++)
		printf(" | %s, streamed | whole", pairs[p].name);
	printf(" |\n|---");
	for (int p = 0; p < PAIRS * 2; p++)
		printf("|---");
	printf("|\n");
	json_array_foreach(note, i, cell) {
		json_array_foreach(note, k, before)
			if (k == i || same_row(before, cell))
				break;
		if (k == i)
			put_row(note, cell);
	}
	printf("\nStatus, and whether an error ended the stream; "
	       "milliseconds until the client had all of it.\n");
	json_decref(note);
	return 0;
}

/* ---- the script */

static int
script(void)
{
	json_t *rules = json_array();
	char word[64];

	for (size_t i = 0; i < fault_row_count; i++) {
		if (fault_rows[i].network != NULL)
			continue;
		for (int api = 0; api < UP_APIS; api++)
			for (int v = 0;
			     v < variants(&fault_rows[i],
			    (enum fault_api)api);
			     v++) {
				int events = events_of(&fault_rows[i], v);
				put_word(word, sizeof(word), i, events);
				json_array_append_new(rules, fault_rule(
				    &fault_rows[i], (enum fault_api)api,
				    events, word));
			}
	}
	json_dumpf(rules, stdout, JSON_INDENT(1));
	json_decref(rules);
	return 0;
}

static const struct option options[] = {
	{ "o2c", required_argument, NULL, 'm' },
	{ "responses", required_argument, NULL, 'r' },
	{ "chat", required_argument, NULL, 'c' },
	{ "network", required_argument, NULL, 'n' },
	{ "note", required_argument, NULL, 'o' },
	{ "journal", required_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static void
take_option(struct matrix *m, int c)
{
	if (c == 'm')
		m->ports[UP_MESSAGES] = atoi(optarg);
	else if (c == 'r')
		m->ports[UP_RESPONSES] = atoi(optarg);
	else if (c == 'c')
		m->ports[UP_CHAT] = atoi(optarg);
	else if (c == 'n')
		m->network = optarg;
	else if (c == 'o')
		m->note = optarg;
	else
		m->journal = optarg;
}

int
faults_command(int argc, char **argv)
{
	static struct matrix m;
	const char *what = argc > 1 ? argv[1] : "";
	int c;

	if (strcmp(what, "script") == 0)
		return script();
	while ((c = getopt_long(argc - 1, argv + 1, "", options, NULL)) != -1) {
		if (c == '?')
			return 2;
		take_option(&m, c);
	}
	if (m.note == NULL)
		return 2;
	if (strcmp(what, "run") == 0)
		return run(&m);
	if (strcmp(what, "judge") == 0)
		return judge(&m);
	return strcmp(what, "table") == 0 ? table(&m) : 2;
}
