#include "gateway/patience.h"

#include <poll.h>

#include "gateway/clock.h"
#include "gateway/route.h"

enum {
	WAIT_MS = 30000,	/* the longest wait at a time */
	PIPED_MS = 300,		/* the same, while the socket is no help */
	USAGE_MS = 2000,	/* for usage behind the stop reason */
	COUNT_MS = 5000,	/* for a count that we can estimate */
};

/* --- the client and the end of co2 ---------------------------------- */

/*
 * The client's socket has become readable: it has left (one that closes its
 * writing half counts as gone, as with other servers), or it sends its next
 * request already, which would wake us for ever.
 */
static void
look_at_client(struct exchange *ex)
{
	struct pollfd p = { .fd = ex->client_fd, .events = POLLIN | POLLRDHUP };

	if (poll(&p, 1, 0) <= 0)
		return;
	if (p.revents & ~POLLIN) {
		ex->gone = true;
		return;
	}
	ex->piped = true;
	ex->watches[WATCH_CLIENT].fd = -1;
}

static void
heed(struct exchange *ex)
{
	if (ex->watches[WATCH_CLIENT].ready || ex->piped)
		look_at_client(ex);
	if (ex->watches[WATCH_STOP].ready)
		ex->cut = true;
}

bool
patience_pause(struct exchange *ex, long ms)
{
	struct pollfd fds[2] = {
		{ .fd = ex->client_fd, .events = POLLRDHUP },
		{ .fd = ex->watches[WATCH_STOP].fd, .events = POLLIN },
	};

	if (poll(fds, 2, (int)ms) > 0) {
		ex->gone = fds[WATCH_CLIENT].revents != 0;
		ex->cut = fds[WATCH_STOP].revents != 0;
	}
	return !ex->gone && !ex->cut;
}

void
patience_turn(struct exchange *ex, long ms)
{
	if (ms > (ex->piped ? PIPED_MS : WAIT_MS))
		ms = ex->piped ? PIPED_MS : WAIT_MS;
	call_turn(ex->call, ex->watches, 2, ms < 0 ? 0 : ms);
	heed(ex);
	if (call_received(ex->call) != ex->received) {
		ex->received = call_received(ex->call);
		ex->lively = clock_ms();
	}
}

/* --- limits --------------------------------------------------------- */

struct limit {
	long long since;	/* counted from this moment */
	long ms;		/* 0: there is no such limit */
	const char *what;
};

static long long
passes_at(const struct limit *l)
{
	return l->since + l->ms;
}

static bool
counts(const struct exchange *ex)
{
	return ex->route->task == TASK_COUNT;
}

/* The limit that will be passed first. */
static struct limit
first_limit(const struct exchange *ex)
{
	const struct conf_provider *p = conf_upstream(ex->conf);
	bool answers = call_status(ex->call) != 0;
	const struct limit limits[] = {
		{ ex->asked, answers ? 0 : p->first_byte_ms,
		    "no answer from the upstream" },
		{ ex->lively, answers ? p->idle_ms : 0,
		    "nothing more from the upstream" },
		{ ex->ran, p->total_ms, "no end of the upstream's answer" },
		/* Only Claude's clients get an estimate instead. */
		{ ex->asked, counts(ex) && ex->client->api == API_MESSAGES ?
		    COUNT_MS : 0, "no count from the upstream" },
	};
	struct limit first = { 0 };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i].ms > 0 && (first.ms == 0 ||
		    passes_at(&limits[i]) < passes_at(&first)))
			first = limits[i];
	return first;
}

/* When the client has to be told that it is not forgotten; 0: never. */
static long long
ping_at(const struct exchange *ex)
{
	long s = ex->conf->ping_seconds;

	return s > 0 && ex->begun && ex->bridge.req->stream ?
	    ex->told + s * 1000 : 0;
}

static long long
settled_at(const struct exchange *ex)
{
	return ex->settling > 0 ? ex->settling + USAGE_MS : 0;
}

long
patience_left(const struct exchange *ex)
{
	struct limit first = first_limit(ex);
	const long long moments[] = {
		first.ms > 0 ? passes_at(&first) : 0,
		ping_at(ex),
		settled_at(ex),
	};
	long long now = clock_ms(), left = WAIT_MS;

	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		if (moments[i] > 0 && moments[i] - now < left)
			left = moments[i] - now;
	return left > 0 ? (long)left : 0;
}

static bool
passed(long long moment)
{
	return moment > 0 && clock_ms() >= moment;
}

int
patience_over(const struct exchange *ex, struct fault *why)
{
	struct limit first = first_limit(ex);

	if (ex->cut) {
		why->retry_after = 1;
		return fault_set(why, FAULT_STOPPING, "",
		    "co2 is shutting down");
	}
	if (first.ms > 0 && passed(passes_at(&first)))
		return fault_set(why, FAULT_TIMEOUT, "", "%s within %ld ms",
		    first.what, first.ms);
	return 0;
}

bool
patience_ping(const struct exchange *ex)
{
	return passed(ping_at(ex));
}

bool
patience_settled(const struct exchange *ex)
{
	return passed(settled_at(ex));
}
