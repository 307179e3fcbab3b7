#include "gateway/bridge.h"
#include "gateway/gate.h"
#include "gateway/lessons.h"
#include "gateway/log.h"
#include "model/estimate.h"
#include "model/memory.h"

/* What interleaved blocks may wait with. */
#define HELD_MAX ((size_t)64 << 20)

/* Bounds of the memories (o2c-responses 1.4, o2c-chat section 3). */
#define ANSWERS_MAX ((size_t)64 << 20)
#define THOUGHTS_MAX ((size_t)16 << 20)
#define MEMORY_SECONDS 3600

/* How often one request may be repaired and sent again. */
#define REPAIRS_MAX 2

void
commons_init(struct commons *c)
{
	c->answers = memory_new(ANSWERS_MAX, MEMORY_SECONDS);
	c->thoughts = memory_new(THOUGHTS_MAX, MEMORY_SECONDS);
	c->lessons = lessons_new();
	c->ask = NULL;
	c->ask_arg = NULL;
}

void
commons_free(struct commons *c)
{
	memory_free(c->answers);
	memory_free(c->thoughts);
	lessons_free(c->lessons);
}

/* --- the request ---------------------------------------------------- */

static void
take_hints(struct bridge *b, const struct bridge_hints *hints)
{
	struct request *req = b->req;

	req->request_id = hints->request_id;
	req->client = hints->client;
	req->codex = hints->codex;
	req->session_header = hints->session;
	req->agent_header = hints->agent;
	req->created = hints->now;
	b->clock = hints->clock;
	req->task = hints->task;
	if (req->from != API_MESSAGES) {
		req->answers = b->commons->answers;
		req->thoughts = b->commons->thoughts;
	}
}

static void
log_skipped(const struct bridge *b)
{
	if (b->skipped.n > 0)
		log_line(LOG_WARN, "Skipped configured inbound fields",
		    "protocol", b->client->skip_list, "fields",
		    pool_str(b->pool, b->skipped), NULL);
}

/* What the upstream's dialect may know of the upstream. */
static int
find_target(struct bridge *b)
{
	const struct conf *conf = b->conf;
	const struct conf_provider *provider = conf_upstream(conf);

	b->to.origin = span_of(provider->origin);
	b->to.official = provider->official;
	b->to.effort =
	    conf->mode == MODE_O2C ? conf->claude_effort : conf->openai_effort;
	b->to.parallel = conf->parallel;
	b->to.caching = conf->claude_caching;
	b->to.ask = b->commons->ask;
	b->to.ask_arg = b->commons->ask_arg;
	b->to.learned = &b->learned;
	if (conf_model(conf, b->pool, b->req->model, &b->to.model, &b->why) !=
	    0)
		return -1;
	b->learned =
	    lessons_get(b->commons->lessons, b->to.origin, b->to.model);
	return 0;
}

static int
write_request(struct bridge *b)
{
	buf_reset(&b->body);
	return b->upstream->write_request(&b->body, b->req, &b->to, &b->why);
}

static void sink(void *arg, const struct event *ev);

/* From here on a reply can come in. */
static void
open_reply(struct bridge *b)
{
	b->flow = flow_new(b->req, &b->to, HELD_MAX, sink, b);
	b->writer = (struct writer){ .req = b->req,
		.to = &b->to,
		.pool = b->pool,
		.out = &b->out };
	b->client->open_writer(&b->writer);
	b->reader = (struct reader){ .req = b->req,
		.to = &b->to,
		.flow = b->flow,
		.pool = b->pool };
	b->upstream->open_reader(&b->reader);
}

/*
 * max_tokens 0 warms a cache: the answer of a warmed cache needs no upstream
 * (c2o-common section 2).
 */
static int
answer_warm_up(struct bridge *b)
{
	struct usage none;

	usage_clear(&none);
	none.output = 0;
	open_reply(b);
	flow_begin(b->flow, SPAN_NONE, SPAN_NONE);
	flow_usage(b->flow, &none);
	flow_stop(b->flow, STOP_LENGTH);
	flow_end(b->flow);
	return 1;
}

/* Can the upstream count tokens? Only the vendors' own do. */
static bool
upstream_counts(const struct bridge *b)
{
	return b->upstream->count_path != NULL &&
	    (b->to.official || b->upstream->api == API_MESSAGES);
}

int
bridge_read(struct bridge *b, const struct conf *conf, struct commons *commons,
    enum api client, struct span body, const struct bridge_hints *hints)
{
	memset(b, 0, sizeof(*b));
	b->conf = conf;
	b->commons = commons;
	b->pool = pool_open();
	b->client = dialect_of(client);
	b->upstream = dialect_of(conf_upstream_api(conf));
	b->req = request_new(b->pool, client);
	buf_init(&b->body, 0);
	buf_reserve(&b->body, body.n);	/* about as much as it takes */
	buf_init(&b->out, 0);
	buf_init(&b->whole, conf_upstream(conf)->max_reply);
	sse_init(&b->sse, conf_upstream(conf)->max_event);
	fault_clear(&b->why);
	reply_init(&b->reply, b->pool);
	take_hints(b, hints);

	if (gate_body(b->req, b->client, conf, body, &b->skipped, &b->why) != 0)
		return -1;
	b->size = body.n;
	log_skipped(b);
	return 0;
}

int
bridge_write(struct bridge *b)
{
	struct request *req = b->req;

	/* It will be about as large as what came. */
	buf_reserve(&b->body, b->size + b->size / 8);
	if (b->client->read_request(req, &b->why) != 0 ||
	    find_target(b) != 0 || write_request(b) != 0)
		return -1;
	if (req->from == API_MESSAGES && req->max_tokens == 0 &&
	    req->task == TASK_ANSWER)
		return answer_warm_up(b);
	if (req->task == TASK_COUNT && !upstream_counts(b))
		return bridge_estimate(b) == 0 ? 1 : -1;
	return 0;
}

int
bridge_open(struct bridge *b, const struct conf *conf, struct commons *commons,
    enum api client, struct span body, const struct bridge_hints *hints)
{
	if (bridge_read(b, conf, commons, client, body, hints) != 0)
		return -1;
	return bridge_write(b);
}

void
bridge_close(struct bridge *b)
{
	reply_free(&b->reply);
	sse_free(&b->sse);
	buf_free(&b->whole);
	buf_free(&b->body);
	buf_free(&b->out);
	pool_close(b->pool);
	b->pool = NULL;
}

/* --- the reply ------------------------------------------------------ */

/* A shorter key is a stand-in such as "none", and a word of the language. */
enum { KEY_MIN_BYTES = 8 };

/*
 * Some servers repeat a key that they refuse, and the client is not to know
 * it.
 */
static void
hide_key(const struct bridge *b, struct fault *why)
{
	const char *key = conf_upstream(b->conf)->api_key;
	size_t n = key != NULL ? strlen(key) : 0;
	char *at = why->message;

	if (n < KEY_MIN_BYTES)
		return;
	for (; (at = strstr(at, key)) != NULL; at += n)
		memset(at, '*', n);
}

static void
pass_on(struct bridge *b, const struct event *ev)
{
	if (ev->kind == EVENT_STOP && b->clock != NULL)
		b->req->completed = b->clock();
	if (b->req->stream) {
		b->started = true;
		b->client->write_event(&b->writer, ev);
		return;
	}
	reply_fold(&b->reply, ev);
	if (ev->kind == EVENT_END)
		b->client->write_reply(&b->writer, &b->reply);
}

/*
 * Where the flow ends. A fault before anything was shown is left to the
 * caller, who answers with a proper status.
 */
static void
sink(void *arg, const struct event *ev)
{
	struct bridge *b = arg;

	struct event told = *ev;
	struct fault why;

	if (ev->kind != EVENT_FAULT) {
		pass_on(b, ev);
		return;
	}
	why = *ev->fault;
	hide_key(b, &why);
	told.fault = &why;
	b->why = why;
	if (b->req->stream && b->started)
		pass_on(b, &told);
}

void
bridge_begin(struct bridge *b, struct span content_type)
{
	open_reply(b);
	b->says_events = span_find_like(content_type, "event-stream") >= 0;
}

/* Does a text start like a line of an event stream, as far as it goes? */
static bool
looks_like_events(struct span text, bool *whole)
{
	static const char *const heads[] = {
		"data",
		"event",
		":",
		"id",
		"retry",
		"\xef\xbb\xbf",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t n = strlen(heads[i]);

		*whole = text.n >= n;
		if (memcmp(text.p, heads[i], *whole ? n : text.n) == 0)
			return true;
	}
	return false;
}

/*
 * Servers answer with one JSON body although a stream was asked for, with a
 * stream although none was, and with a page of HTML; the content type is a
 * hint, the first bytes decide.
 */
static void
find_shape(struct bridge *b)
{
	struct span text = span_trim(buf_span(&b->whole));
	bool whole;

	if (text.n == 0)
		return;
	if (text.p[0] == '{' || text.p[0] == '[' || text.p[0] == '<')
		b->shape = SHAPE_WHOLE;
	else if (b->says_events)
		b->shape = SHAPE_EVENTS;
	else if (!looks_like_events(text, &whole))
		b->shape = SHAPE_WHOLE;
	else if (whole)
		b->shape = SHAPE_EVENTS;
}

static bool
take_event(void *arg, struct span name, struct span data)
{
	struct bridge *b = arg;

	if (!span_blank(data))
		b->upstream->read_event(&b->reader, name, data);
	return !flow_done(b->flow);
}

static int
too_large(struct bridge *b, const char *what)
{
	struct fault why;

	fault_clear(&why);
	fault_set(&why, FAULT_BAD_GATEWAY, "",
	    "the upstream's %s is larger than co2 accepts", what);
	flow_fault(b->flow, &why);
	return -1;
}

static int
feed_events(struct bridge *b, struct span bytes)
{
	if (sse_feed(&b->sse, bytes, take_event, b) != 0 && !flow_done(b->flow))
		return too_large(b, "event");
	return 0;
}

int
bridge_feed(struct bridge *b, struct span bytes)
{
	if (flow_done(b->flow))
		return 0;
	if (b->shape == SHAPE_EVENTS)
		return feed_events(b, bytes);
	buf_put(&b->whole, bytes);
	if (b->whole.full)
		return too_large(b, "reply");
	if (b->shape == SHAPE_UNKNOWN)
		find_shape(b);
	if (b->shape != SHAPE_EVENTS)
		return 0;
	bytes = buf_span(&b->whole);
	if (feed_events(b, bytes) != 0)
		return -1;
	buf_free(&b->whole);
	return 0;
}

/* A body that was one text is read as a whole. */
static void
end_whole(struct bridge *b)
{
	struct fault why;

	fault_clear(&why);
	if (b->upstream->read_reply(&b->reader, buf_span(&b->whole), &why) != 0)
		flow_fault(b->flow, &why);
	buf_free(&b->whole);
}

void
bridge_end(struct bridge *b, const struct fault *why)
{
	if (flow_done(b->flow))
		return;
	/* An event that was cut within a line says nothing that is true. */
	if (b->shape == SHAPE_EVENTS && (why == NULL || b->sse.line.n == 0))
		sse_end(&b->sse, take_event, b);
	if (flow_done(b->flow))
		return;
	if (why != NULL)
		flow_fault(b->flow, why);
	else if (b->shape == SHAPE_EVENTS)
		b->upstream->read_end(&b->reader);
	else
		end_whole(b);
}

void
bridge_ping(struct bridge *b)
{
	if (!b->req->stream || flow_done(b->flow))
		return;
	/* Claude's clients want message_start before anything else. */
	if (!flow_begun(b->flow) && b->req->from == API_MESSAGES)
		flow_begin(b->flow, SPAN_NONE, SPAN_NONE);
	else
		b->client->write_ping(&b->writer);
	b->started = true;
}

bool
bridge_begun(const struct bridge *b)
{
	return b->started || (b->flow != NULL && flow_begun(b->flow));
}

bool
bridge_done(const struct bridge *b)
{
	return b->flow != NULL && flow_done(b->flow);
}

bool
bridge_failed(const struct bridge *b)
{
	return b->why.kind != FAULT_NONE && !b->started;
}

bool
bridge_settling(const struct bridge *b)
{
	return b->flow != NULL && flow_stopping(b->flow) && !flow_done(b->flow);
}

/* --- refusals ------------------------------------------------------- */

static void
log_repair(const struct bridge *b, const char *what)
{
	const char *model = pool_str(b->pool, b->to.model);

	log_line(LOG_WARN, "upstream refused the request; sent it again",
	    "changed", what, "model", model, NULL);
}

/* Change the request by what its refusal says. */
static bool
repair(struct bridge *b)
{
	struct fault why = b->why;
	const char *what = "request";
	struct learned before = b->learned;

	if (b->repairs == REPAIRS_MAX ||
	    (why.status != 400 && why.status != 404 && why.status != 422))
		return false;
	if (!b->upstream->repair(b->req, &b->to, &why, &what))
		return false;
	b->repairs++;
	fault_clear(&b->why);
	if (write_request(b) != 0)
		return false;
	if (memcmp(&before, &b->learned, sizeof(before)) != 0)
		lessons_put(b->commons->lessons, b->to.origin, b->to.model,
		    &b->learned);
	log_repair(b, what);
	return true;
}

/*
 * Claude's clients look for the name that they sent, and know nothing of the
 * one that it was mapped to (c2o-common 10.1).
 */
static void
name_model(struct bridge *b)
{
	struct span said = pool_span(b->pool, span_of(b->why.message));
	struct span text;

	if (b->req->from != API_MESSAGES ||
	    strcmp(b->why.code, "model_not_found") != 0)
		return;
	text = pool_printf(b->pool, "model: %.*s (%.*s)",
	    SPAN_ARG(b->req->model), SPAN_ARG(said));
	fault_copy(b->why.message, sizeof(b->why.message), text);
}

bool
bridge_refused(struct bridge *b, int status, struct span body,
    struct span request_id, long retry_after)
{
	fault_clear(&b->why);
	b->upstream->read_error(b->pool, body, status, &b->why);
	if (b->why.upstream_id[0] == '\0')
		fault_copy(b->why.upstream_id, sizeof(b->why.upstream_id),
		    request_id);
	if (b->why.retry_after < 0)
		b->why.retry_after = retry_after;
	hide_key(b, &b->why);
	name_model(b);
	return repair(b);
}

void
bridge_put_error(struct bridge *b)
{
	buf_reset(&b->out);
	b->client->write_error(&b->out, &b->why, b->req->request_id);
}

/* --- counting ------------------------------------------------------- */

int
bridge_count(struct bridge *b, struct span body)
{
	long tokens = b->upstream->read_count == NULL ?
	    -1 :
	    b->upstream->read_count(b->pool, body);

	if (tokens < 0)
		return fault_set(&b->why, FAULT_BAD_GATEWAY, "",
		    "the upstream gave no token count");
	b->client->write_count(&b->out, tokens);
	return 0;
}

int
bridge_estimate(struct bridge *b)
{
	if (b->req->from != API_MESSAGES)
		return fault_set(&b->why, FAULT_BAD_GATEWAY, "",
		    "the upstream cannot count tokens");
	fault_clear(&b->why);
	b->client->write_count(&b->out, estimate_messages(b->req->body));
	b->estimated = true;
	return 0;
}

/* --- losses --------------------------------------------------------- */

void
bridge_put_warnings(const struct bridge *b, struct buf *out)
{
	losses_put(out, b->req->losses);
}

static enum log_level
loss_level(const struct bridge *b, const struct loss *l)
{
	if (loss_is_content(l->code) ||
	    lessons_first_hint(b->commons->lessons, b->req->client, l->code))
		return LOG_WARN;
	return LOG_DEBUG;
}

void
bridge_log_losses(struct bridge *b)
{
	const struct loss *l =
	    b->logged == NULL ? b->req->losses : b->logged->next;

	for (; l != NULL; l = l->next) {
		const char *at = pool_str(b->pool, l->detail);

		log_line(loss_level(b, l), "changed or dropped on the way",
		    "code", l->code, "at", at, NULL);
		b->logged = l;
	}
}
