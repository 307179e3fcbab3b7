/* The live data: bounds, order, sums. */
#include <stdio.h>

#include "../lib/tap.h"
#include "gateway/live.h"

static struct live_row
row(const char *model)
{
	struct live_row r = { .began = 1, .from = API_CHAT,
		.to = API_MESSAGES, .stream = true };

	snprintf(r.model, sizeof(r.model), "%s", model);
	return r;
}

/* One request from begin to end. */
static void
run(struct live *l, const char *model, int status, bool answered)
{
	struct live_row r = row(model);
	struct usage use;
	struct loss second = { NULL, "field_dropped", SPAN("b") };
	struct loss first = { &second, "field_dropped", SPAN("a") };
	struct live_end end = { .status = status, .first_ms = 20,
		.total_ms = 700000, .bytes = 10, .usage = &use,
		.losses = &first, .answered = answered };

	usage_clear(&use);
	use.input = 100;
	use.cached = 40;
	live_begin(l, &r);
	live_answer(l, &r, status, 20);
	live_end(l, &r, &end);
}

static unsigned long long
sum(const struct live_view *v)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < v->series_count; i++)
		n += v->series[i].requests;
	return n;
}

static void
one_request(struct pool *pool)
{
	struct live *l = live_new();
	struct live_row r = row("m"), none = row("m");
	struct usage use;
	struct live_end end = { .status = 200, .usage = &use };
	struct live_view *v;

	usage_clear(&use);
	live_begin(l, &r);
	v = live_view(l, pool);
	is_int(v->running_count, 1, "it runs");
	is_int(v->running_streams, 1, "as a stream");
	is_int((long long)v->running_rows, 1, "and has a row");
	is_int(v->running[0].status, 0, "without a status");
	live_answer(l, &r, 200, 5);
	live_answer(l, &none, 200, 5);
	live_end(l, &none, &end);
	v = live_view(l, pool);
	is_int(v->running[0].first_ms, 5, "its answer begins");
	is_int((long long)v->requests, 0, "what never began does not end");
	live_end(l, &r, &end);
	live_end(l, &r, &end);
	v = live_view(l, pool);
	is_int(v->running_count, 0, "it ends");
	is_int((long long)v->requests, 1, "once");
	live_free(l);
}

static void
sums(struct pool *pool)
{
	struct live *l = live_new();
	struct live_view *v;

	run(l, "m", 200, true);
	run(l, "m", 500, true);
	v = live_view(l, pool);
	is_int((long long)v->failed, 1, "one failed");
	is_int((long long)v->bytes, 20, "bytes");
	is_int((long long)v->tokens.input, 200, "tokens");
	is_int((long long)v->tokens.output, 0, "what is not said is nothing");
	is_int((long long)v->pairs[0].total.counts[LIVE_TIMES], 2,
	    "a long one is above all bounds");
	is_int((long long)v->pairs[0].first.counts[1], 2, "20 ms: up to 25");
	is_int(v->recent[0].status, 500, "the newest first");
	is_int(v->recent[0].lost, 2, "two losses");
	is_str(v->recent[0].codes[0], "field_dropped", "of one code");
	is_str(v->recent[0].codes[1], NULL, "named once");
	is_int((long long)v->minutes[LIVE_MINUTES - 1].requests +
	    (long long)v->minutes[LIVE_MINUTES - 2].requests, 2,
	    "both in the last minute, or the one before");
	live_free(l);
}

/* Whatever names and statuses come, there are only so many lines. */
static void
bounds(struct pool *pool)
{
	enum { NAMES = 300, EACH = 20 };
	struct live *l = live_new();
	struct live_view *v;
	char name[32];
	size_t named = 0;

	run(l, "made-up", 404, false);
	for (int i = 0; i < NAMES * EACH; i++) {
		snprintf(name, sizeof(name), "model-%d", i % NAMES);
		run(l, name, 200 + i / NAMES, true);
	}
	v = live_view(l, pool);
	is_int((long long)v->recent_rows, LIVE_RECENT, "rows are bounded");
	is_str(v->recent[LIVE_RECENT - 1].model, "model-200",
	    "the oldest is the hundredth");
	is_int((long long)v->model_count, 65, "models are, with one \"other\"");
	is_str(v->models[0].model, "other", "a name nobody answered for");
	ok(v->series_count <= 1024, "lines are");
	is_int((long long)sum(v), NAMES * EACH + 1, "and nothing is lost");
	for (size_t i = 0; i < v->series_count; i++)
		named += strcmp(v->series[i].model, "other") != 0;
	ok(named > 800, "most are named");
	live_free(l);
}

static void
watchers(void)
{
	struct live *l = live_new();
	int n = 0;

	while (n < 1000 && live_watch(l))
		n++;
	is_int(n, 16, "so many may look on");
	live_unwatch(l);
	ok(live_watch(l), "one leaves, one comes");
	ok(!live_watch(l), "and no more");
	live_free(l);
}

static void
clients(void)
{
	static const char *const rows[][2] = {
		{ "claude-cli/2.0.1 (external, cli)", "claude-cli/2.0.1" },
		{ "OpenAI/Python 1.2", "OpenAI/Python" },
		{ "<script>", "" },
		{ "a\tb", "a" },
		{ "\xc3\xa9t\xc3\xa9", "" },
		{ "", "" },
		{ "a-name-that-is-longer-than-any", "a-name-that-is-" },
	};
	char field[16] = "", wide[48] = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool cut = strlen(rows[i][1]) == sizeof(field) - 1;

		live_client(cut ? field : wide, cut ? sizeof(field) :
		    sizeof(wide), span_of(rows[i][0]));
		is_str(cut ? field : wide, rows[i][1], "client \"%s\"",
		    rows[i][1]);
	}
	live_client(wide, sizeof(wide), SPAN_NONE);
	is_str(wide, "", "no header");
}

int
main(void)
{
	struct pool *pool = pool_open();

	one_request(pool);
	sums(pool);
	bounds(pool);
	watchers();
	clients();
	pool_close(pool);
	return done_testing();
}
