#include "gateway/headers.h"

#include <ctype.h>
#include <curl/curl.h>
#include <time.h>

void
headers_init(struct headers *h, size_t max)
{
	buf_init(&h->text, max);
}

void
headers_free(struct headers *h)
{
	buf_free(&h->text);
}

/* Control characters would end the header, or be refused by the server. */
static char
harmless(char c)
{
	if (c >= ' ' && c <= '~')
		return c;
	return '?';
}

/* One whole entry or, when it does not fit, none. */
static void
put_entry(struct headers *h, struct span name, struct span value)
{
	size_t before = h->text.n;

	for (size_t i = 0; i < name.n; i++)
		buf_putc(&h->text, (char)tolower(harmless(name.p[i])));
	buf_putc(&h->text, '\0');
	for (size_t i = 0; i < value.n; i++)
		buf_putc(&h->text, harmless(value.p[i]));
	buf_putc(&h->text, '\0');
	if (h->text.full)
		buf_cut(&h->text, before);
}

void
headers_add(struct headers *h, const char *name, struct span value)
{
	if (value.p != NULL)
		put_entry(h, span_of(name), value);
}

void
headers_add_line(struct headers *h, struct span line)
{
	struct span name = span_cut(&line, ':');

	if (line.p != NULL)
		put_entry(h, span_trim(name), span_trim(line));
}

bool
headers_next(const struct headers *h, size_t *at, const char **name,
    struct span *value)
{
	if (*at >= h->text.n)
		return false;
	*name = h->text.p + *at;
	*at += strlen(*name) + 1;
	*value = span_of(h->text.p + *at);
	*at += value->n + 1;
	return true;
}

struct span
headers_get(const struct headers *h, const char *name)
{
	const char *one;
	struct span value;

	for (size_t at = 0; headers_next(h, &at, &one, &value);)
		if (strcmp(one, name) == 0)
			return value;
	return SPAN_NONE;
}

/* --- durations and times -------------------------------------------- */

static const struct {
	const char *word;
	long long ms;
} units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60000LL },
	{ "h", 60 * 60000LL },
	{ "d", 24 * 3600000LL },
};

enum { MAX_DIGITS = 12 };

/*
 * A number at the front of *s, in thousandths and rounded up, so that 1.5 is
 * 1500; -1 when there is none.
 */
static long long
eat_number(struct span *s)
{
	long long n = 0;
	size_t i = 0;
	int scale = 3;
	bool more = false;

	while (i < s->n && s->p[i] >= '0' && s->p[i] <= '9') {
		if (i >= MAX_DIGITS)
			return -1;
		n = n * 10 + (s->p[i++] - '0');
	}
	if (i == 0)
		return -1;
	if (i < s->n && s->p[i] == '.') {
		for (i++; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
			if (scale > 0) {
				n = n * 10 + (s->p[i] - '0');
				scale--;
			} else if (s->p[i] != '0') {
				more = true;
			}
		}
	}
	while (scale-- > 0)
		n *= 10;
	*s = span_from(*s, i);
	return n + more;
}

/* The unit at the front of *s in milliseconds; 0 when there is none. */
static long long
eat_unit(struct span *s)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i].word);

		if (!span_starts(*s, units[i].word))
			continue;
		*s = span_from(*s, n);
		return units[i].ms;
	}
	return 0;
}

long long
duration_read(struct span s)
{
	long long sum = 0;

	s = span_trim(s);
	if (s.n == 0)
		return -1;
	while (s.n > 0) {
		long long n = eat_number(&s);
		long long unit = s.n == 0 && sum == 0 ? 1000 : eat_unit(&s);

		if (n < 0 || unit == 0 || n > (1LL << 32))
			return -1;
		sum += (n * unit + 999) / 1000;
	}
	return sum;
}

void
duration_put(struct buf *out, long long ms)
{
	long long s = ms / 1000, rest = ms % 1000;

	if (s == 0 && rest > 0) {
		buf_printf(out, "%lldms", rest);
		return;
	}
	if (s >= 3600)
		buf_printf(out, "%lldh", s / 3600);
	if (s >= 60)
		buf_printf(out, "%lldm", s / 60 % 60);
	buf_printf(out, "%lld", s % 60);
	if (rest > 0) {
		buf_printf(out, ".%03lld", rest);
		while (out->p[out->n - 1] == '0')
			buf_cut(out, out->n - 1);
	}
	buf_putc(out, 's');
}

/* n digits of s at *at, as a number; -1 when they are none. */
static int
digits(struct span s, size_t *at, size_t n)
{
	int value = 0;

	if (*at + n > s.n)
		return -1;
	for (size_t i = 0; i < n; i++, ++*at) {
		if (s.p[*at] < '0' || s.p[*at] > '9')
			return -1;
		value = value * 10 + (s.p[*at] - '0');
	}
	return value;
}

/* Is there a c at *at? Then step over it. */
static bool
eat_char(struct span s, size_t *at, char c)
{
	if (*at >= s.n || (s.p[*at] | 32) != (c | 32))
		return false;
	++*at;
	return true;
}

/* A zone, "Z" or "+02:00", in minutes; -1 when it is none. */
static int
zone_read(struct span s, size_t at, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (eat_char(s, &at, 'z'))
		return at == s.n ? 0 : -1;
	if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-'))
		return -1;
	sign = s.p[at++] == '+' ? 1 : -1;
	h = digits(s, &at, 2);
	if (h < 0 || !eat_char(s, &at, ':') || (m = digits(s, &at, 2)) < 0 ||
	    at != s.n)
		return -1;
	*minutes = sign * (h * 60 + m);
	return 0;
}

long long
rfc3339_read(struct span s)
{
	struct tm tm = { 0 };
	size_t at = 0;
	long long ms = 0, scale = 100;
	int zone, digit;

	s = span_trim(s);
	if ((tm.tm_year = digits(s, &at, 4)) < 0 || !eat_char(s, &at, '-') ||
	    (tm.tm_mon = digits(s, &at, 2)) < 0 || !eat_char(s, &at, '-') ||
	    (tm.tm_mday = digits(s, &at, 2)) < 0 || !eat_char(s, &at, 't') ||
	    (tm.tm_hour = digits(s, &at, 2)) < 0 || !eat_char(s, &at, ':') ||
	    (tm.tm_min = digits(s, &at, 2)) < 0 || !eat_char(s, &at, ':') ||
	    (tm.tm_sec = digits(s, &at, 2)) < 0)
		return -1;
	if (eat_char(s, &at, '.'))
		for (; (digit = digits(s, &at, 1)) >= 0; scale /= 10)
			ms += digit * scale;
	if (zone_read(s, at, &zone) != 0)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return ((long long)timegm(&tm) - zone * 60LL) * 1000 + ms;
}

void
rfc3339_put(struct buf *out, long long ms)
{
	time_t s = (time_t)((ms + 999) / 1000);
	char text[sizeof("2026-11-25T10:00:00Z")];
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		buf_puts(out, text);
}

/* --- rate limits ---------------------------------------------------- */

/*
 * The parts of a limit.  Claude says "anthropic-ratelimit-requests-reset",
 * a time; OpenAI says "x-ratelimit-reset-requests", a duration.
 */
static const char *const limit_parts[] = { "limit", "remaining", "reset" };

/* OpenAI's word for what is counted, and Claude's words in turn. */
static const struct {
	const char *openai;
	const char *claude[2];
} limit_kinds[] = {
	{ "requests", { "requests" } },
	{ "tokens", { "tokens", "input-tokens" } },
};

enum { NAME_MAX_BYTES = 64 };

static void
claude_name(char name[NAME_MAX_BYTES], const char *kind, const char *part)
{
	snprintf(name, NAME_MAX_BYTES, "anthropic-ratelimit-%s-%s", kind, part);
}

static void
openai_name(char name[NAME_MAX_BYTES], const char *kind, const char *part)
{
	snprintf(name, NAME_MAX_BYTES, "x-ratelimit-%s-%s", part, kind);
}

static bool
is_reset(const char *part)
{
	return strcmp(part, "reset") == 0;
}

static bool
is_number(struct span s)
{
	long n;

	return span_long(s, &n) == 0;
}

/* A time as the duration until then, or a duration as the time then. */
static void
add_reset(struct headers *out, const char *name, struct span value,
    enum mode mode, long long now)
{
	struct buf text;
	long long ms;

	buf_init(&text, 0);
	if (mode == MODE_O2C && (ms = rfc3339_read(value)) >= 0)
		duration_put(&text, ms > now ? ms - now : 0);
	else if (mode == MODE_C2O && (ms = duration_read(value)) >= 0)
		rfc3339_put(&text, now + ms);
	if (text.n > 0)
		headers_add(out, name, buf_span(&text));
	buf_free(&text);
}

static void
add_part(struct headers *out, const char *name, const char *part,
    struct span value, enum mode mode, long long now)
{
	if (value.p == NULL)
		return;
	if (is_reset(part))
		add_reset(out, name, value, mode, now);
	else if (is_number(value))
		headers_add(out, name, value);
}

/* The first of Claude's words for kind k that the upstream uses. */
static const char *
claude_kind(const struct headers *upstream, size_t k)
{
	char name[NAME_MAX_BYTES];

	for (size_t i = 0; i < 2 && limit_kinds[k].claude[i] != NULL; i++) {
		claude_name(name, limit_kinds[k].claude[i], "limit");
		if (headers_get(upstream, name).p != NULL)
			return limit_kinds[k].claude[i];
	}
	return limit_kinds[k].claude[0];
}

void
headers_limits(struct headers *out, const struct headers *upstream,
    enum mode mode, long long now)
{
	char claude[NAME_MAX_BYTES], openai[NAME_MAX_BYTES];
	const char *name;
	struct span value;

	for (size_t k = 0; k < 2; k++) {
		const char *kind = mode == MODE_O2C ?
		    claude_kind(upstream, k) : limit_kinds[k].claude[0];

		for (size_t i = 0; i < 3; i++) {
			const char *part = limit_parts[i];

			claude_name(claude, kind, part);
			openai_name(openai, limit_kinds[k].openai, part);
			if (mode == MODE_O2C)
				add_part(out, openai, part,
				    headers_get(upstream, claude), mode, now);
			else
				add_part(out, claude, part,
				    headers_get(upstream, openai), mode, now);
		}
	}
	if (mode != MODE_O2C)
		return;
	for (size_t at = 0; headers_next(upstream, &at, &name, &value);)
		if (span_starts(span_of(name), "anthropic-ratelimit-") ||
		    span_starts(span_of(name), "anthropic-priority-"))
			headers_add(out, name, value);
}

/* --- when to come back ---------------------------------------------- */

static long
seconds_up(long long ms)
{
	return (long)((ms + 999) / 1000);
}

/* "retry-after" is whole seconds, a fraction, or an HTTP date. */
static long
read_retry_after(struct span value, long long now)
{
	char text[64];
	long long ms;
	time_t then;

	if (value.p == NULL || value.n >= sizeof(text))
		return -1;
	if ((ms = duration_read(value)) >= 0)
		return seconds_up(ms);
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	then = curl_getdate(text, NULL);
	if (then == -1)
		return -1;
	return then * 1000LL > now ? seconds_up(then * 1000LL - now) : 0;
}

/* The longest wait for a limit of which nothing remains (OpenAI's 429). */
static long
wait_for_limits(const struct headers *upstream)
{
	char name[NAME_MAX_BYTES];
	long long longest = -1, ms;

	for (size_t k = 0; k < 2; k++) {
		openai_name(name, limit_kinds[k].openai, "remaining");
		if (!span_is(headers_get(upstream, name), "0"))
			continue;
		openai_name(name, limit_kinds[k].openai, "reset");
		ms = duration_read(headers_get(upstream, name));
		if (ms > longest)
			longest = ms;
	}
	return longest < 0 ? -1 : seconds_up(longest);
}

long
headers_retry_after(const struct headers *upstream, int status, long long now)
{
	long s = read_retry_after(headers_get(upstream, "retry-after"), now);
	struct span ms;

	if (s >= 0)
		return s;
	ms = span_trim(headers_get(upstream, "retry-after-ms"));
	if (ms.n > 0) {
		long long n = eat_number(&ms);

		if (n >= 0 && ms.n == 0)
			return seconds_up((n + 999) / 1000);
	}
	return status == 429 ? wait_for_limits(upstream) : -1;
}

int
headers_should_retry(const struct headers *upstream)
{
	struct span value = headers_get(upstream, "x-should-retry");

	if (span_like(value, "true"))
		return 1;
	return span_like(value, "false") ? 0 : -1;
}
