/*
 * The case driver: plays every case and compares.
 *
 *	build/cases			all of tests/cases and tests/captures
 *	build/cases DIR...		these cases
 *
 * A streamed reply is played once as a whole, then again one byte at a time
 * and cut in two at every offset; the client must get the same bytes.  Then
 * the upstream is lost at many offsets; the client's reply must end rightly.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/grammar.h"
#include "../lib/strict.h"
#include "../lib/tap.h"
#include "base/xalloc.h"
#include "captures.h"
#include "gateway/log.h"
#include "run.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* Not every offset is tried, but every kind of place. */
enum { LOSS_STEP = 7 };

/* --- comparing ------------------------------------------------------ */

/* Ids that are different in each run of the real thing. */
static void
mask(json_t *v)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_object(v)) {
		if (json_is_string(json_object_get(v, "request_id")))
			json_object_set_new(v, "request_id",
			    json_string("masked"));
		json_object_foreach(v, key, child)
			mask(child);
	}
	json_array_foreach(v, i, child)
		mask(child);
}

static json_t *
parse(const char *p, size_t n)
{
	json_t *v = json_loadb(p, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	mask(v);
	return v;
}

static char *
compact(const json_t *v)
{
	struct buf b;

	buf_init(&b, 0);
	json_put(&b, v);
	return buf_detach(&b, NULL);
}

/* Key order counts: prompt caches see bytes. */
static void
same_bytes(const struct buf *got, const struct text *want, const char *name)
{
	json_t *v = json_loadb(want->p, want->n,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	char *text =
	    v == NULL ? xstrdup("(expectation is no JSON)") : compact(v);

	is_str(buf_str(got), text, "%s", name);
	free(text);
	json_decref(v);
}

/* Key order does not count. */
static void
same_value(json_t *got, json_t *want, const char *name)
{
	char *a, *b;

	if (got != NULL && json_equal(got, want)) {
		ok(true, "%s", name);
		return;
	}
	a = got == NULL ? xstrdup("(no JSON)") : compact(got);
	b = compact(want);
	is_str(a, b, "%s", name);
	free(a);
	free(b);
}

/* A stream as a list of [name, data]. */
static bool
collect(void *arg, struct span name, struct span data)
{
	json_t *pair = json_array();
	json_t *value = parse(data.p, data.n);

	json_array_append_new(pair,
	    name.p == NULL ? json_null() : json_stringn(name.p, name.n));
	json_array_append_new(pair,
	    value != NULL ? value : json_stringn(data.p, data.n));
	json_array_append_new(arg, pair);
	return true;
}

static json_t *
events_of(const char *p, size_t n)
{
	json_t *list = json_array();
	struct sse s;

	sse_init(&s, 0);
	sse_feed(&s, (struct span){ p, n }, collect, list);
	sse_end(&s, collect, list);
	sse_free(&s);
	return list;
}

/* Event by event, so that a difference shows where it is. */
static void
same_stream(const struct buf *got, const struct text *want, const char *name)
{
	json_t *a = events_of(got->p, got->n);
	json_t *b = events_of(want->p, want->n);
	size_t n = json_array_size(a), m = json_array_size(b);

	for (size_t i = 0; i < n && i < m; i++)
		if (!json_equal(json_array_get(a, i), json_array_get(b, i))) {
			diag("event %zu differs", i);
			same_value(json_array_get(a, i), json_array_get(b, i),
			    name);
			goto out;
		}
	if (!is_int((long long)n, (long long)m, "%s: events", name))
		diag("got: %s", buf_str(got));
out:
	json_decref(a);
	json_decref(b);
}

/* --- one turn ------------------------------------------------------- */

static void
check_warnings(const struct turn_case *t, const struct outcome *o)
{
	json_t *want = jget_array(t->facts, "warnings");
	struct buf b;
	size_t i;
	json_t *w;

	if (want == NULL)
		return;
	buf_init(&b, 0);
	json_array_foreach(want, i, w) {
		if (i > 0)
			buf_puts(&b, ", ");
		buf_put(&b, jspan(w));
	}
	is_str(buf_str(&o->warnings), buf_str(&b), "%s: warnings", t->dir);
	buf_free(&b);
}

/* The headers that come out of the middle itself. */
static void
check_headers(const struct turn_case *t, const struct outcome *o)
{
	json_t *want = jget_object(t->facts, "headers");
	struct span after = jget_span(want, "retry-after");
	struct span again = jget_span(want, "x-should-retry");
	struct span count = jget_span(want, "x-co2-token-count");
	long n = -1;

	if (after.p != NULL && span_long(after, &n) == 0)
		is_int(o->retry_after, n, "%s: retry-after", t->dir);
	if (again.p != NULL)
		is_int(o->should_retry, span_is(again, "true"),
		    "%s: x-should-retry", t->dir);
	if (count.p != NULL)
		ok(o->estimated, "%s: the count is an estimate", t->dir);
}

static void
check_client(const struct turn_case *t, const struct outcome *o)
{
	json_t *got, *want;
	char name[512];

	snprintf(name, sizeof(name), "%s: client", t->dir);
	if (t->client_stream) {
		same_stream(&o->client, &t->client, name);
		return;
	}
	got = parse(o->client.p, o->client.n);
	want = parse(t->client.p, t->client.n);
	if (json_is_array(want) && json_is_object(got)) {
		/* "output only" */
		json_t *output = json_incref(json_object_get(got, "output"));

		json_decref(got);
		got = output;
	}
	same_value(got, want, name);
	json_decref(got);
	json_decref(want);
}

/* What a real API would say to the body; beta headers are not its matter. */
static void
check_strict(const struct test_case *c, const struct turn_case *t,
    const struct buf *body)
{
	static const enum strict_api apis[API_COUNT] = {
		[API_MESSAGES] = STRICT_MESSAGES,
		[API_CHAT] = STRICT_CHAT,
		[API_RESPONSES] = STRICT_RESPONSES,
	};
	struct strict_opts opts = {
		.beta = "thinking-binding-controls-2026-08-01,"
			"interleaved-thinking-2025-05-14",
		.compat = strstr(body->p, "\"local-model\"") != NULL,
	};
	struct refusal why = { 0 };
	json_t *v = json_loadb(body->p, body->n, JSON_ALLOW_NUL, NULL);
	struct span path = jget_span(t->facts, "path");

	opts.count = span_find(path, SPAN("_tokens")) >= 0;
	if (strict_check(apis[c->to], v, &opts, &why) != 0)
		diag("%s", why.message);
	is_int(why.status, 0, "%s: the upstream takes it", t->dir);
	json_decref(v);
}

/* Is what the client got a right stream of its API? */
static int
grammar(const struct test_case *c, const struct outcome *o, char *why,
    size_t n)
{
	if (c->from == API_MESSAGES)
		return grammar_messages_stream(o->client.p, o->client.n, why,
		    n);
	if (c->from == API_CHAT)
		return grammar_chat_stream(o->client.p, o->client.n, why, n);
	return grammar_responses_stream(o->client.p, o->client.n, why, n);
}

static void
check_grammar(const struct test_case *c, const struct turn_case *t,
    const struct outcome *o)
{
	char why[512] = "";
	int rc;

	if (!t->client_stream || t->client.p == NULL || o->status != 200)
		return;
	rc = grammar(c, o, why, sizeof(why));
	if (rc != 0)
		diag("%s", why);
	is_int(rc, 0, "%s: the client's grammar", t->dir);
}

static void
check_turn(const struct test_case *c, const struct turn_case *t,
    const struct outcome *o)
{
	if (!jget_bool(t->facts, "upstreamCalled", true))
		ok(o->opened != 0, "%s: the upstream is not called", t->dir);
	is_int(o->status, jget_long(t->facts, "status", 200), "%s: status",
	    t->dir);
	if (t->upstream.p != NULL) {
		char name[512];

		snprintf(name, sizeof(name), "%s: upstream", t->dir);
		same_bytes(&o->upstream, &t->upstream, name);
	}
	if (o->upstream.n > 0)
		check_strict(c, t, &o->upstream);
	if (t->again.p != NULL) {
		char name[512];

		snprintf(name, sizeof(name), "%s: sent again", t->dir);
		same_bytes(&o->again, &t->again, name);
	}
	if (t->client.p != NULL)
		check_client(t, o);
	check_grammar(c, t, o);
	check_warnings(t, o);
	check_headers(t, o);
}

/* --- cuts ----------------------------------------------------------- */

static void
check_cuts(const struct test_case *c, size_t turns, const struct buf *want)
{
	const struct turn_case *t = &c->turns[turns - 1];
	struct outcome o;
	size_t bad = 0, first = 0;

	for (size_t at = 0; at < t->reply.n; at++) {
		/* at 0 stands for one byte at a time */
		struct cut cut = { at == 0, at, false };

		case_play(c, turns, cut, &o);
		if (!span_eq(buf_span(&o.client), buf_span(want)) && bad++ == 0)
			first = at;
		outcome_free(&o);
	}
	if (bad > 0)
		diag("first at %zu", first);
	is_int((long long)bad, 0, "%s: cuts that change the reply", t->dir);
}

/* One right stream, one whole reply, or one error. */
static int
ended(const struct test_case *c, const struct outcome *o, char *why, size_t n)
{
	json_t *v;
	int rc;

	if (o->client.n > 0 && o->client.p[0] != '{')
		return grammar(c, o, why, n);
	v = parse(o->client.p, o->client.n);
	rc = json_is_object(v) && (o->status == 200) ==
	    !json_is_object(json_object_get(v, "error")) ? 0 : -1;
	if (rc != 0)
		snprintf(why, n, "status %d, %.200s", o->status,
		    o->client.n > 0 ? buf_str(&o->client) : "nothing");
	json_decref(v);
	return rc;
}

static void
check_losses(const struct test_case *c, size_t turns)
{
	const struct turn_case *t = &c->turns[turns - 1];
	struct outcome o;
	size_t bad = 0;

	for (size_t at = 0; at < t->reply.n; at += LOSS_STEP) {
		struct cut cut = { 0, at, true };
		char why[512] = "";

		case_play(c, turns, cut, &o);
		if (ended(c, &o, why, sizeof(why)) != 0 && bad++ == 0)
			diag("lost at %zu: %s", at, why);
		outcome_free(&o);
	}
	is_int((long long)bad, 0, "%s: losses that leave no right end",
	    t->dir);
}

static void
check_case(const char *dir)
{
	struct test_case *c = case_read(dir);
	struct outcome o;
	struct cut whole = { 0, 0, false };

	ok(c != NULL, "%s: is a case", dir);
	if (c == NULL)
		return;
	for (size_t i = 1; i <= c->count; i++) {
		case_play(c, i, whole, &o);
		check_turn(c, &c->turns[i - 1], &o);
		if (c->turns[i - 1].reply_stream &&
		    c->turns[i - 1].reply.p != NULL) {
			check_cuts(c, i, &o.client);
			check_losses(c, i);
		}
		outcome_free(&o);
	}
	case_free(c);
}

int
main(int argc, char **argv)
{
	glob_t found;

	log_setup(LOG_ERROR, false);
	for (int i = 1; i < argc; i++)
		check_case(argv[i]);
	if (argc == 1 &&
	    glob("tests/cases/*-*/*", GLOB_ONLYDIR, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			check_case(found.gl_pathv[i]);
		globfree(&found);
	}
	if (argc == 1)
		captures_check("tests/captures");
	return done_testing();
}
