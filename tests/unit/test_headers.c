/* Headers on their way: rate limits, waiting times, durations and dates. */
#include "../lib/tap.h"
#include "gateway/headers.h"

/* 2026-11-25T10:00:00Z */
#define NOW 1795600800000LL

static struct headers
lines(const char *const *list)
{
	struct headers h;

	headers_init(&h, 0);
	for (; *list != NULL; list++)
		headers_add_line(&h, span_of(*list));
	return h;
}

#define LINES(...) lines((const char *const[]){ __VA_ARGS__, NULL })

static void
lists(void)
{
	struct headers h = LINES("Retry-After:  3 ", "nonsense", "X-A:b:c");
	const char *name;
	struct span value;
	size_t at = 0;
	int n = 0;

	is_str(headers_get(&h, "retry-after").p, "3",
	    "names are made lower case, values trimmed");
	is_str(headers_get(&h, "x-a").p, "b:c", "only the first colon counts");
	ok(headers_get(&h, "x-b").p == NULL, "what is not there is absent");
	headers_add(&h, "x-bad", SPAN("a\r\nb: \xc3\xa9"));
	is_str(headers_get(&h, "x-bad").p, "a??b: ??",
	    "a value cannot make a second header");
	headers_add(&h, "x-none", SPAN_NONE);
	while (headers_next(&h, &at, &name, &value))
		n++;
	is_int(n, 3, "the walk sees each of them");
	headers_free(&h);
}

static void
bounded(void)
{
	struct headers h;

	headers_init(&h, 16);
	headers_add(&h, "a", SPAN("1"));
	headers_add(&h, "b", SPAN("0123456789abcdef"));
	is_str(headers_get(&h, "a").p, "1", "what fitted stays");
	ok(headers_get(&h, "b").p == NULL, "what does not fit is left out");
	ok(h.text.full, "and it is known");
	headers_free(&h);
}

static void
durations(void)
{
	static const struct {
		const char *text;
		long long ms;
		const char *back;
	} rows[] = {
		{ "6m0s", 360000, "6m0s" },
		{ "1.5s", 1500, "1.5s" },
		{ "120ms", 120, "120ms" },
		{ "1h2m3s", 3723000, "1h2m3s" },
		{ "0s", 0, "0s" },
		{ "17", 17000, "17s" },
		{ "0.25", 250, "250ms" },
		{ "1d", 86400000, "24h0m0s" },
		{ "1.0001s", 1001, "1.001s" },
		{ "", -1, NULL },
		{ "soon", -1, NULL },
		{ "-1s", -1, NULL },
		{ "5x", -1, NULL },
		{ "1s2", -1, NULL },
		{ "9999999999999s", -1, NULL },
		{ "99999999999d", -1, NULL },
	};
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(duration_read(span_of(rows[i].text)), rows[i].ms,
		    "\"%s\" in milliseconds", rows[i].text);
		if (rows[i].back == NULL)
			continue;
		buf_reset(&out);
		duration_put(&out, rows[i].ms);
		is_str(buf_str(&out), rows[i].back, "and back");
	}
	buf_free(&out);
}

static void
dates(void)
{
	static const struct {
		const char *text;
		long long ms;
	} rows[] = {
		{ "2026-11-25T10:00:00Z", NOW },
		{ "2026-11-25T12:00:00+02:00", NOW },
		{ "2026-11-25T10:00:00.250Z", NOW + 250 },
		{ "2026-11-25t10:00:00z", NOW },
		{ "2026-11-25", -1 },
		{ "2026-11-25T10:00:00", -1 },
		{ "2026-11-25T10:00:00+0200", -1 },
		{ "yesterday", -1 },
	};
	struct buf out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(rfc3339_read(span_of(rows[i].text)), rows[i].ms,
		    "the time %s", rows[i].text);
	buf_init(&out, 0);
	rfc3339_put(&out, NOW - 10);
	is_str(buf_str(&out), "2026-11-25T10:00:00Z", "rounded up");
	buf_free(&out);
}

static void
claude_limits(void)
{
	struct headers in = LINES("anthropic-ratelimit-requests-limit: 50",
	    "anthropic-ratelimit-requests-remaining: 49",
	    "anthropic-ratelimit-requests-reset: 2026-11-25T10:06:00Z",
	    "anthropic-ratelimit-input-tokens-limit: 1000",
	    "anthropic-ratelimit-input-tokens-reset: 2026-11-25T09:00:00Z",
	    "anthropic-ratelimit-unified-status: allowed");
	struct headers out;

	headers_init(&out, 0);
	headers_limits(&out, &in, MODE_O2C, NOW);
	is_str(headers_get(&out, "x-ratelimit-limit-requests").p, "50",
	    "a limit in OpenAI's words");
	is_str(headers_get(&out, "x-ratelimit-reset-requests").p, "6m0s",
	    "a time becomes a duration");
	is_str(headers_get(&out, "x-ratelimit-limit-tokens").p, "1000",
	    "input tokens stand in for tokens");
	is_str(headers_get(&out, "x-ratelimit-reset-tokens").p, "0s",
	    "a time in the past is no wait");
	is_str(headers_get(&out, "anthropic-ratelimit-unified-status").p,
	    "allowed", "Claude's own names are passed too");
	headers_free(&in);
	headers_free(&out);
}

static void
openai_limits(void)
{
	struct headers in = LINES("x-ratelimit-limit-requests: 60",
	    "x-ratelimit-remaining-requests: 0",
	    "x-ratelimit-reset-requests: 1.5s",
	    "x-ratelimit-remaining-tokens: lots",
	    "x-ratelimit-reset-tokens: 6m0s");
	struct headers out;

	headers_init(&out, 0);
	headers_limits(&out, &in, MODE_C2O, NOW);
	is_str(headers_get(&out, "anthropic-ratelimit-requests-limit").p,
	    "60", "a limit in Claude's words");
	is_str(headers_get(&out, "anthropic-ratelimit-requests-reset").p,
	    "2026-11-25T10:00:02Z", "a duration becomes a time");
	ok(headers_get(&out, "anthropic-ratelimit-tokens-remaining").p ==
	    NULL, "what cannot be read is left out");
	is_int(headers_retry_after(&in, 429, NOW), 2,
	    "429: wait for the limit of which nothing remains");
	is_int(headers_retry_after(&in, 500, NOW), -1, "else not");
	headers_free(&in);
	headers_free(&out);
}

static void
waits(void)
{
	static const struct {
		const char *line;
		long s;
	} rows[] = {
		{ "retry-after: 7", 7 },
		{ "retry-after: 0.4", 1 },
		{ "retry-after-ms: 1200", 2 },
		{ "retry-after: Wed, 25 Nov 2026 10:00:30 GMT", 30 },
		{ "retry-after: Wed, 25 Nov 2026 09:00:00 GMT", 0 },
		{ "retry-after: later", -1 },
		{ "x-other: 1", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct headers h = LINES(rows[i].line);

		is_int(headers_retry_after(&h, 503, NOW), rows[i].s, "%s",
		    rows[i].line);
		headers_free(&h);
	}
}

static void
should_retry(void)
{
	struct headers yes = LINES("X-Should-Retry: true");
	struct headers no = LINES("X-Should-Retry: false");
	struct headers silent = LINES("a: b");

	is_int(headers_should_retry(&yes), 1, "x-should-retry: true");
	is_int(headers_should_retry(&no), 0, "x-should-retry: false");
	is_int(headers_should_retry(&silent), -1, "nothing said");
	headers_free(&yes);
	headers_free(&no);
	headers_free(&silent);
}

int
main(void)
{
	lists();
	bounded();
	durations();
	dates();
	claude_limits();
	openai_limits();
	waits();
	should_retry();
	return done_testing();
}
