#include "gateway/exchange.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "gateway/answer.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "gateway/models.h"
#include "gateway/patience.h"
#include "gateway/report.h"
#include "gateway/route.h"

enum {
	LINGER_MS = 50,		/* for the end behind the last event */
	LINGER_BYTES = 4096,
	SLEEP_MS = 200,		/* before the first repeat; then doubled */
	SLEEP_MAX_MS = 2000,
	DESK_BYTES = 64 << 10,	/* a smaller body need not wait for a desk */
	REFUSAL_MAX = 256 << 10,	/* what is kept of an error's body */
};

/* --- birth and death ------------------------------------------------ */

/* The question goes over the network: nobody else shall wait for it. */
static void
ask_away(void *exchange, struct span model, struct model_facts *facts)
{
	struct exchange *ex = exchange;

	if (ex->at_desk)
		house_give_desk(ex->house);
	models_ask(ex, model, facts);
	if (ex->at_desk)
		house_take_desk(ex->house);
}

struct exchange *
exchange_new(struct house *house, int client_fd)
{
	struct exchange *ex = xcalloc(1, sizeof(*ex));

	ex->house = house;
	ex->setup = house_enter(house);
	ex->conf = ex->setup->conf;
	ex->pool = pool_open();
	ex->client_fd = client_fd;
	ex->watches[WATCH_CLIENT].fd = client_fd;
	ex->watches[WATCH_STOP].fd = work_cut_fd(house->work);
	ex->born = clock_ms();
	buf_init(&ex->upload, ex->conf->max_body);
	buf_init(&ex->text, 0);
	headers_init(&ex->headers, 0);
	fault_clear(&ex->why);
	/* The bridge's questions come back to the exchange that asks. */
	ex->commons = house->commons;
	ex->commons.ask = ask_away;
	ex->commons.ask_arg = ex;
	return ex;
}

static void linger(struct exchange *ex, long ms);
static void hang_up(struct exchange *ex);

void
exchange_free(struct exchange *ex, bool sent)
{
	if (ex == NULL)
		return;
	log_tag(ex->id.p);
	if (ex->call != NULL && ex->begun && ex->ended && !ex->gone)
		linger(ex, LINGER_MS);
	hang_up(ex);
	report_end(ex, sent);
	if (ex->opened)
		bridge_close(&ex->bridge);
	headers_free(&ex->headers);
	buf_free(&ex->text);
	buf_free(&ex->warnings);
	buf_free(&ex->upload);
	house_leave(ex->house, ex->setup);
	if (ex->at_work)
		work_leave(ex->house->work);
	log_tag(NULL);
	pool_close(ex->pool);
	free(ex);
}

/* Is a number of tokens all that is asked for? */
static bool
counts(const struct exchange *ex)
{
	return ex->route->task == TASK_COUNT;
}

/* --- the answer comes in -------------------------------------------- */

/* The upstream answers with success: from here on there is no repeat. */
static void
begin(struct exchange *ex)
{
	ex->begun = true;
	ex->told = clock_ms();
	/* What is lost in the reply stands in the log alone. */
	bridge_put_warnings(&ex->bridge, &ex->warnings);
	bridge_begin(&ex->bridge,
	    headers_get(call_headers(ex->call), "content-type"));
	if (call_sent(ex->call))
		buf_free(&ex->bridge.body);
}

/* Does its body go through the bridge (or is it kept for later)? */
static bool
converses(const struct exchange *ex)
{
	return ex->opened && call_status(ex->call) < 300 && !counts(ex);
}

/* A piece of the upstream's body. */
static bool
take(void *arg, struct span bytes)
{
	struct exchange *ex = arg;

	if (!converses(ex)) {
		buf_put(&ex->text, span_head(bytes,
		    REFUSAL_MAX - ex->text.n));
		return ex->text.n < REFUSAL_MAX;
	}
	if (!ex->begun)
		begin(ex);
	if (ex->lingering || bridge_done(&ex->bridge)) {
		ex->extra += bytes.n;
		return ex->extra <= LINGER_BYTES;
	}
	return bridge_feed(&ex->bridge, bytes) == 0;
}

/* Let the call go: cancelled, or with a warm connection left behind. */
static void
hang_up(struct exchange *ex)
{
	report_call(ex);
	call_close(ex->call);
	ex->call = NULL;
}

/*
 * The end of the upstream's body, a few bytes behind the last event, is all
 * that its connection needs to be used again.
 */
static void
linger(struct exchange *ex, long ms)
{
	long long until = clock_ms() + ms, now = until - ms;

	ex->lingering = true;
	while (!call_over(ex->call) && ex->extra <= LINGER_BYTES) {
		call_turn(ex->call, NULL, 0, (long)(until - now));
		if ((now = clock_ms()) >= until)
			break;
	}
}

/*
 * The reply is at its end.  The upstream's goes on where we cut it at a stop
 * sequence, and is paid for; elsewhere its end is awaited when the client has
 * all it wants (exchange_free).
 */
static void
release(struct exchange *ex)
{
	enum stop stop;

	if (ex->call == NULL)
		return;
	stop = ex->gone ? STOP_UNSET : flow_result(ex->bridge.flow);
	if (stop == STOP_SEQUENCE)
		linger(ex, 0);
	if (stop == STOP_SEQUENCE || stop == STOP_UNSET)
		hang_up(ex);
}

/* By the proper end of the upstream's body, or by the fault in ex->why. */
static void
end(struct exchange *ex)
{
	bool fine = ex->why.kind == FAULT_NONE;

	if (!ex->begun)
		begin(ex);
	bridge_end(&ex->bridge, fine ? NULL : &ex->why);
	ex->ended = true;
}

static void
ping(struct exchange *ex)
{
	bridge_ping(&ex->bridge);
	live_count(ex->house->live, LIVE_PINGS);
	ex->told = clock_ms();
}

/* Is there nothing more to wait for?  ex->why says so if that is a fault. */
static bool
is_over(struct exchange *ex)
{
	if (!call_over(ex->call))
		return patience_over(ex, &ex->why) != 0 ||
		    patience_settled(ex);
	call_result(ex->call, &ex->why);
	return true;
}

/* One step of a running answer; sets ex->ended at its end. */
static void
step(struct exchange *ex)
{
	/* All of it may have come along with the status. */
	if (!call_over(ex->call) && !bridge_done(&ex->bridge))
		patience_turn(ex, patience_left(ex));
	if (ex->gone || bridge_done(&ex->bridge))
		ex->ended = true;
	else if (is_over(ex))
		end(ex);
	else if (patience_ping(ex))
		ping(ex);
	if (ex->settling == 0 && bridge_settling(&ex->bridge))
		ex->settling = clock_ms();
}

/* --- asking --------------------------------------------------------- */

static void
ask(struct exchange *ex)
{
	struct bridge *b = &ex->bridge;
	bool count = b->req->task == TASK_COUNT;
	struct ask what = {
		.path = count ? b->upstream->count_path : b->upstream->path,
		.body = buf_span(&b->body),
		.stream = !count && b->upstream->streams(b->req),
		.beta = b->to.beta,
		.sink = take,
		.arg = ex,
	};

	buf_reset(&ex->text);
	ex->received = 0;
	ex->asked = ex->lively = clock_ms();
	ex->call = call_open(ex->setup->upstream, &what);
}

/*
 * Wait until the upstream's status is known. -1 and *why when there will be
 * none; also when the client is gone, *why is empty then.
 */
static int
await_status(struct exchange *ex, struct fault *why)
{
	while (call_status(ex->call) == 0) {
		if (call_over(ex->call))
			return call_result(ex->call, why) == 0 ?
			    fault_set(why, FAULT_BAD_GATEWAY, "",
			    "upstream sent no HTTP answer") : -1;
		patience_turn(ex, patience_left(ex));
		if (ex->gone || (call_status(ex->call) == 0 &&
		    !call_over(ex->call) && patience_over(ex, why) != 0))
			return -1;
	}
	return 0;
}

/* Sleep and count, if the call failed in a way that may pass. */
static bool
may_try_again(struct exchange *ex)
{
	long ms = SLEEP_MS << (ex->tries < 8 ? ex->tries : 8);

	if (ex->gone || !call_may_repeat(ex->call) ||
	    ex->tries >= conf_upstream(ex->conf)->max_retries)
		return false;
	ex->tries++;
	live_count(ex->house->live, LIVE_RETRIES);
	log_line(LOG_INFO, "no answer from the upstream; trying again",
	    "try", log_num(ex->tries + 1), NULL);
	return patience_pause(ex, ms < SLEEP_MAX_MS ? ms : SLEEP_MAX_MS);
}

/*
 * The body of a refusal or of a count: whatever comes before its end, at most
 * REFUSAL_MAX bytes.
 */
static void
await_end(struct exchange *ex)
{
	struct fault why;

	fault_clear(&why);
	while (!call_over(ex->call) && !ex->gone && patience_over(ex, &why) == 0)
		patience_turn(ex, patience_left(ex));
}

/* The upstream said no. True when it is to be asked again, differently. */
static bool
repaired(struct exchange *ex)
{
	const struct headers *from = call_headers(ex->call);
	struct bridge *b = &ex->bridge;
	int status = call_status(ex->call);
	struct span id = headers_get(from, "request-id");

	if (id.p == NULL)
		id = headers_get(from, "x-request-id");
	if (bridge_refused(b, status, buf_span(&ex->text), id,
	    headers_retry_after(from, status, clock_wall_ms())))
		return true;
	if (b->why.should_retry < 0)
		b->why.should_retry = headers_should_retry(from);
	return false;
}

/*
 * Ask until there is a status below 300: 0. Else -1 with the fault in the
 * bridge, or the client is gone.
 */
static int
ask_until_answered(struct exchange *ex)
{
	struct bridge *b = &ex->bridge;

	for (;;) {
		fault_clear(&b->why);
		ask(ex);
		if (await_status(ex, &b->why) != 0) {
			if (!may_try_again(ex))
				return -1;
		} else if (call_status(ex->call) < 300) {
			return 0;
		} else {
			await_end(ex);
			if (ex->gone || !repaired(ex))
				return -1;
			live_count(ex->house->live, LIVE_REPAIRS);
		}
		hang_up(ex);
	}
}

/* --- answering ------------------------------------------------------ */

/* What the bridge found, unless the client has left meanwhile. */
static void
refuse(struct exchange *ex)
{
	if (!ex->gone)
		answer_fault(ex, &ex->bridge.why);
}

static void
answer_whole(struct exchange *ex)
{
	answer_json(ex, 200, buf_span(&ex->bridge.out));
}

/* Count_tokens: the upstream's count, else our own. */
static void
answer_count(struct exchange *ex, bool asked)
{
	struct bridge *b = &ex->bridge;
	int status = ex->call == NULL ? 0 : call_status(ex->call);

	if (asked) {
		await_end(ex);
		if (!ex->gone && bridge_count(b, buf_span(&ex->text)) == 0) {
			answer_whole(ex);
			return;
		}
	}
	if (status == 404 || status == 405)
		ex->setup->cannot_count = true;
	if (!ex->gone && bridge_estimate(b) == 0)
		answer_whole(ex);
	else
		refuse(ex);
}

/* Wait for the first thing to say, or for all of it. */
static void
converse(struct exchange *ex)
{
	struct bridge *b = &ex->bridge;
	bool stream = b->req->stream;

	if (!ex->begun)
		begin(ex);
	while (!ex->ended && !bridge_failed(b) &&
	    !(stream && bridge_begun(b)))
		step(ex);
	if (ex->gone)
		return;
	if (bridge_failed(b)) {
		refuse(ex);
	} else if (stream) {
		answer_stream(ex);
	} else {
		answer_whole(ex);
		release(ex);
	}
}

/* The body is done with then: what is needed of it is in the tree. */
static int
open_bridge(struct exchange *ex)
{
	int rc;

	ex->hints.now = clock_wall_ms() / 1000;
	ex->hints.request_id = ex->native_id;
	ex->hints.task = ex->route->task;
	ex->opened = true;
	ex->at_desk = ex->upload.n >= DESK_BYTES;
	if (ex->at_desk)
		house_take_desk(ex->house);
	rc = bridge_read(&ex->bridge, ex->conf, &ex->commons, ex->route->api,
	    buf_span(&ex->upload), &ex->hints);
	buf_free(&ex->upload);
	if (rc == 0)
		rc = bridge_write(&ex->bridge);
	if (ex->at_desk)
		house_give_desk(ex->house);
	return rc;
}

/* There was nothing to ask the upstream for. */
static void
answer_locally(struct exchange *ex)
{
	ex->ended = true;
	if (ex->bridge.req->stream && !counts(ex))
		answer_stream(ex);
	else
		answer_whole(ex);
}

void
exchange_translate(struct exchange *ex)
{
	int opened = open_bridge(ex);
	bool answered;

	report_begin(ex);
	bridge_log_losses(&ex->bridge);
	switch (opened) {
	case -1:
		refuse(ex);
		return;
	case 1:
		answer_locally(ex);
		return;
	}
	answered = !(counts(ex) && ex->setup->cannot_count) &&
	    ask_until_answered(ex) == 0;
	if (counts(ex))
		answer_count(ex, answered);
	else if (answered)
		converse(ex);
	else
		refuse(ex);
}

void
exchange_run(struct exchange *ex)
{
	log_tag(ex->id.p);
	ex->ran = clock_ms();
	ex->route->answer(ex);
	log_tag(NULL);
}

/* --- handing it out ------------------------------------------------- */

/*
 * How much of out to hand over: whole events, so that no client sees one in
 * two pieces, unless one alone is larger than what fits.
 */
static size_t
whole_events(struct span out, size_t max)
{
	if (out.n <= max)
		return out.n;
	for (size_t n = max; n >= 2; n--)
		if (out.p[n - 1] == '\n' && out.p[n - 2] == '\n')
			return n;
	return max;
}

/* Everything is out; the rest of the call happens without the client. */
static ssize_t
finish(struct exchange *ex)
{
	ex->complete = !ex->gone;
	if (!ex->gone && flow_result(ex->bridge.flow) == STOP_UNSET)
		answer_log_break(&ex->bridge.why);
	release(ex);
	return -1;
}

static ssize_t
hand_out(struct exchange *ex, struct buf *out, char *p, size_t max)
{
	size_t n = whole_events(buf_span(out), max);

	memcpy(p, out->p, n);
	buf_eat(out, n);
	ex->told = clock_ms();
	ex->bytes += n;
	return (ssize_t)n;
}

/* A stream that is no reply, and that its client may leave at any time. */
static ssize_t
read_more(struct exchange *ex, char *p, size_t max)
{
	if (ex->text.n == 0 && !ex->more(ex)) {
		ex->complete = true;
		return -1;
	}
	return hand_out(ex, &ex->text, p, max);
}

ssize_t
exchange_read(struct exchange *ex, char *p, size_t max)
{
	struct buf *out = &ex->bridge.out;

	log_tag(ex->id.p);
	if (ex->more != NULL)
		return read_more(ex, p, max);
	while (out->n == 0 && !ex->ended)
		step(ex);
	if (out->n == 0 || ex->gone)
		return finish(ex);
	return hand_out(ex, out, p, max);
}

/* --- other things of the upstream's --------------------------------- */

static bool
keep(void *arg, struct span bytes)
{
	struct buf *body = arg;

	buf_put(body, bytes);
	return !body->full;
}

int
exchange_fetch(struct exchange *ex, const char *path, long limit_ms,
    struct buf *body)
{
	struct ask what = { .path = path, .sink = keep, .arg = body };
	long long until = clock_ms() + limit_ms, now;
	struct fault why;
	bool fine;

	ex->call = call_open(ex->setup->upstream, &what);
	while (!call_over(ex->call) && !ex->gone && !ex->cut &&
	    (now = clock_ms()) < until)
		patience_turn(ex, (long)(until - now));
	fault_clear(&why);
	fine = call_over(ex->call) && call_status(ex->call) == 200 &&
	    call_result(ex->call, &why) == 0;
	hang_up(ex);
	return fine ? 0 : -1;
}
