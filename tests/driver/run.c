#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "base/xalloc.h"
#include "run.h"
#include "wire/jget.h"

#define NOW 1795000000
#define FINISHED 1795000003

void
outcome_free(struct outcome *o)
{
	buf_free(&o->upstream);
	buf_free(&o->again);
	buf_free(&o->client);
	buf_free(&o->warnings);
}

static void
outcome_init(struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	buf_init(&o->upstream, 0);
	buf_init(&o->again, 0);
	buf_init(&o->client, 0);
	buf_init(&o->warnings, 0);
}

static const char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

/* Models of the examples that are served by a compatible server. */
static bool
compatible(const struct turn_case *t)
{
	return t->request.p != NULL &&
	    strstr(t->request.p, "\"claude-local\"") != NULL;
}

/* The configuration that the worked examples assume. */
static json_t *
base_config(const struct test_case *c, const struct turn_case *t)
{
	if (c->to == API_MESSAGES)
		return json_pack("{s:{s:s},s:{s:{s:s}},s:{}}", "server", "mode",
		    "o2c", "providers", "anthropic", "apiKey",
		    "sk-ant-invented", "routing");
	return json_pack("{s:{s:s},s:{s:{s:s,s:s}},s:{s:s},s:{s:s,s:s}}",
	    "server", "mode", "c2o", "providers", "openai", "apiKey",
	    "sk-invented", "baseUrl",
	    compatible(t) ? "https://llm.example.net/v1" :
			    "https://api.openai.com/v1",
	    "routing", "openAIUpstreamApi",
	    c->to == API_CHAT ? "chat-completions" : "responses", "modelMap",
	    "claude-x", "gpt-5.6", "claude-local", "local-model");
}

struct conf *
run_config(const char *text)
{
	char path[] = "/tmp/co2-case-XXXXXX";
	struct conf_args from = { .path = path, .port = -1 };
	struct conf *conf;
	struct buf problems;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	fputs(text, f);
	fclose(f);
	buf_init(&problems, 0);
	conf = conf_load(&from, no_environment, &problems);
	unlink(path);
	if (conf == NULL) {
		fprintf(stderr, "%s", buf_str(&problems));
		exit(2);
	}
	buf_free(&problems);
	return conf;
}

static struct conf *
make_config(const struct test_case *c, const struct turn_case *t)
{
	json_t *config = base_config(c, t);
	struct conf *conf;
	char *text;

	json_object_update_recursive(config,
	    json_object_get(t->facts, "config"));
	text = json_dumps(config, 0);
	conf = run_config(text);
	free(text);
	json_decref(config);
	return conf;
}

static long long
finished(void)
{
	return FINISHED;
}

static enum task
task_of(const struct turn_case *t)
{
	struct span path = jget_span(t->facts, "path");

	path = span_cut(&path, '?');
	if (span_ends(path, "/count_tokens") ||
	    span_ends(path, "/input_tokens"))
		return TASK_COUNT;
	return span_ends(path, "/compact") ? TASK_COMPACT : TASK_ANSWER;
}

static void
feed(struct bridge *b, struct span bytes, struct cut cut)
{
	size_t at = cut.at < bytes.n ? cut.at : bytes.n;

	if (cut.piece == 0) {
		bridge_feed(b, span_head(bytes, at));
		if (!cut.dies)
			bridge_feed(b, span_from(bytes, at));
		return;
	}
	for (; bytes.n > 0; bytes = span_from(bytes, cut.piece))
		bridge_feed(b, span_head(bytes, cut.piece));
}

static void
put_failure(struct bridge *b, struct outcome *o)
{
	o->status = b->client->error_status(&b->why);
	o->retry_after = b->why.retry_after;
	o->should_retry = b->client->should_retry(&b->why);
	bridge_put_error(b);
}

/* The upstream's own retry-after, as the exchange reads it from a header. */
static long
retry_after(const struct turn_case *t)
{
	json_t *headers = jget_object(t->facts, "upstreamHeaders");
	struct span s = jget_span(headers, "retry-after");
	struct span ms = jget_span(headers, "retry-after-ms");
	long n = -1;

	if (s.p != NULL && span_long(s, &n) == 0)
		return n;
	if (ms.p != NULL && span_long(ms, &n) == 0)
		return (n + 999) / 1000;
	return -1;
}

/* Should this reply end in a broken connection? */
static bool
breaks(const struct turn_case *t)
{
	return jget_bool(t->facts, "upstreamBreaks", false);
}

static void
take_reply(struct bridge *b, const struct turn_case *t, struct cut cut)
{
	struct fault why;

	bridge_begin(b,
	    t->reply_stream ? SPAN("text/event-stream") :
			      SPAN("application/json"));
	feed(b, (struct span){ t->reply.p, t->reply.n }, cut);
	if (!breaks(t) && !cut.dies) {
		bridge_end(b, NULL);
		return;
	}
	fault_clear(&why);
	fault_set(&why, FAULT_TRUNCATED, "",
	    "upstream ended the stream before the response was complete");
	bridge_end(b, &why);
}

static void
exchange(struct bridge *b, const struct turn_case *t, struct cut cut,
    struct outcome *o)
{
	long status = jget_long(t->facts, "upstreamStatus", 200);
	struct span body = { t->reply.p, t->reply.n };
	json_t *headers = jget_object(t->facts, "upstreamHeaders");
	struct span id = jget_span(headers, "request-id");

	buf_put(&o->upstream, buf_span(&b->body));
	if (t->reply.p == NULL)
		return;
	if (id.p == NULL)
		id = jget_span(headers, "x-request-id");
	if (b->req->task == TASK_COUNT) {
		if ((status >= 300 || bridge_count(b, body) != 0) &&
		    bridge_estimate(b) != 0)
			put_failure(b, o);
		return;
	}
	if (status >= 300) {
		if (bridge_refused(b, (int)status, body, id, retry_after(t)))
			buf_put(&o->again, buf_span(&b->body));
		else
			put_failure(b, o);
		return;
	}
	take_reply(b, t, cut);
	if (bridge_failed(b))
		put_failure(b, o);
}

static void
play_turn(const struct test_case *c, const struct turn_case *t,
    struct commons *commons, struct cut cut, struct outcome *o)
{
	struct conf *conf = make_config(c, t);
	json_t *hints = jget_object(t->facts, "client");
	struct bridge b;
	struct bridge_hints h = {
		.request_id = SPAN("req_test"),
		.codex = jget_bool(hints, "codex", false),
		.session = jget_span(hints, "session"),
		.agent = jget_span(hints, "agent"),
		.now = NOW,
		.clock = finished,
		.task = task_of(t),
	};

	outcome_init(o);
	o->status = 200;
	o->should_retry = -1;
	o->opened = bridge_open(&b, conf, commons, c->from,
	    (struct span){ t->request.p, t->request.n }, &h);
	if (c->from == API_MESSAGES)
		bridge_put_warnings(&b, &o->warnings);
	if (o->opened < 0)
		put_failure(&b, o);
	else if (o->opened == 0)
		exchange(&b, t, cut, o);
	if (c->from != API_MESSAGES)
		bridge_put_warnings(&b, &o->warnings);
	o->estimated = b.estimated;
	buf_put(&o->client, buf_span(&b.out));
	bridge_close(&b);
	conf_free(conf);
}

void
case_play(const struct test_case *c, size_t turns, struct cut cut,
    struct outcome *o)
{
	struct commons commons;
	struct cut whole = { 0, 0, false };

	random_fixed();
	commons_init(&commons);
	for (size_t i = 0; i < turns; i++) {
		if (i > 0)
			outcome_free(o);
		play_turn(c, &c->turns[i], &commons,
		    i + 1 == turns ? cut : whole, o);
	}
	commons_free(&commons);
}
