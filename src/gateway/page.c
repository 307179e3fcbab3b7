#include "gateway/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "gateway/answer.h"
#include "gateway/local.h"
#include "gateway/patience.h"
#include "gateway/snapshot.h"

enum {
	TURN_MS = 1000,		/* between two snapshots, at least */
	QUIET_TURNS = 15,	/* and at most, when nothing happens */
	NONCE_DIGITS = 32,
};

/* page.html, made into a text by the Makefile. */
extern const char page_html[];

/* --- numbers and texts ----------------------------------------------- */

static void
put_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		default:
			buf_putc(out, *text);
		}
	}
}

/* 9,999, 10.0k, 1.00M */
static void
put_count(struct buf *out, unsigned long long n)
{
	if (n < 1000)
		buf_printf(out, "%llu", n);
	else if (n < 10000)
		buf_printf(out, "%llu,%03llu", n / 1000, n % 1000);
	else if (n < 1000000)
		buf_printf(out, "%.1fk", (double)n / 1e3);
	else
		buf_printf(out, "%.2fM", (double)n / 1e6);
}

/* Nothing when it is not known. */
static void
put_known(struct buf *out, long n)
{
	if (n >= 0)
		put_count(out, (unsigned long)n);
}

static void
put_time(struct buf *out, long long ms)
{
	long long s = ms / 1000, m = s / 60, h = m / 60;

	if (ms < 0)
		return;
	if (ms < 1000)
		buf_printf(out, "%lld ms", ms);
	else if (s < 60)
		buf_printf(out, "%.1f s", (double)ms / 1e3);
	else if (m < 60)
		buf_printf(out, "%lld m %02lld s", m, s % 60);
	else if (h < 24)
		buf_printf(out, "%lld h %02lld m", h, m % 60);
	else
		buf_printf(out, "%lld d %lld h", h / 24, h % 24);
}

/* The time of day, as the machine has it. */
static void
put_clock(struct buf *out, long long ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char text[16];

	localtime_r(&s, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	buf_puts(out, text);
}

/* --- the table ------------------------------------------------------- */

static void
open_cell(struct buf *out, const char *kind, const char *title)
{
	buf_printf(out, "<td class=\"%s\"", kind);
	if (title != NULL && title[0] != '\0') {
		buf_puts(out, " title=\"");
		put_escaped(out, title);
		buf_puts(out, "\"");
	}
	buf_puts(out, ">");
}

static void
put_cell(struct buf *out, const char *kind, const char *title,
    const char *text)
{
	open_cell(out, kind, title);
	put_escaped(out, text);
	buf_puts(out, "</td>");
}

/* A number that a narrow screen shows with its name. */
static void
open_number(struct buf *out, const char *label)
{
	buf_printf(out, "<td class=\"n\" data-is=\"%s\">", label);
}

/* "asked → ran"; whole in its title, where a narrow cell cuts it. */
static void
put_model(struct buf *out, const struct live_row *row)
{
	const char *asked = row->asked[0] != '\0' ? row->asked : "–";
	bool other = row->model[0] != '\0' &&
	    strcmp(row->model, row->asked) != 0;
	char names[sizeof(row->asked) + sizeof(row->model) + 8];

	snprintf(names, sizeof(names), "%s%s%s", asked, other ? " → " : "",
	    other ? row->model : "");
	put_cell(out, "wide", names, names);
}

static void
put_status(struct buf *out, const struct live_row *row)
{
	const char *kind = row->status < 300 ? "good" :
	    row->status == 499 ? "" : "bad";

	open_cell(out, "status", NULL);
	if (row->total_ms < 0)
		buf_printf(out, "<span class=\"pill run\">%s</span></td>",
		    row->status == 0 ? "waits" : "runs");
	else if (row->status == 499)
		buf_puts(out, "<span class=\"pill\">left</span></td>");
	else
		buf_printf(out, "<span class=\"pill %s\">%d</span></td>", kind,
		    row->status);
}

static void
put_tokens(struct buf *out, const struct live_row *row)
{
	const struct {
		const char *label;
		long n;
	} cells[] = {
		{ "in", row->input },
		{ "cached", row->cached },
		{ "out", row->output },
	};
	double speed = snapshot_speed(row);

	open_number(out, "tok/s");
	if (speed >= 0)
		buf_printf(out, "%.0f", speed);
	buf_puts(out, "</td>");
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		open_number(out, cells[i].label);
		put_known(out, cells[i].n);
		buf_puts(out, "</td>");
	}
}

static void
put_losses(struct buf *out, const struct live_row *row)
{
	buf_puts(out, "<td class=\"lost\" title=\"");
	for (size_t i = 0; i < LIVE_CODES && row->codes[i] != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", row->codes[i]);
	buf_puts(out, "\">");
	if (row->lost > 0)
		buf_printf(out, "<span class=\"pill warn\">%u</span>",
		    row->lost);
	buf_puts(out, "</td>");
}

static void
put_row(struct buf *out, const struct live_view *v, const struct live_row *row)
{
	buf_printf(out, "<tr class=\"%s\">", row->total_ms < 0 ? "runs" : "");
	open_cell(out, "dim", row->id);
	put_clock(out, row->began);
	buf_puts(out, "</td>");
	put_cell(out, "name", row->client, row->client);
	buf_printf(out, "<td class=\"dim pair\">%s → %s</td>",
	    dialect_of(row->from)->name, dialect_of(row->to)->name);
	put_model(out, row);
	put_status(out, row);
	open_number(out, "first");
	put_time(out, row->first_ms);
	buf_puts(out, "</td>");
	open_number(out, "total");
	put_time(out, snapshot_total(v, row));
	buf_puts(out, "</td>");
	put_tokens(out, row);
	put_losses(out, row);
	buf_puts(out, "</tr>\n");
}

/* --- the places of page.html ----------------------------------------- */

struct filling {
	struct exchange *ex;
	const struct live_view *v;
	const char *nonce;
	/* Of the last hour. */
	unsigned long long answered, first_sum, first_max;
};

static void
put_nonce(struct buf *out, const struct filling *f)
{
	buf_puts(out, f->nonce);
}

static void
put_mode(struct buf *out, const struct filling *f)
{
	buf_puts(out, conf_mode_name(f->ex->conf->mode));
}

static void
put_version(struct buf *out, const struct filling *f)
{
	(void)f;
	buf_puts(out, CO2_VERSION);
}

static void
put_now(struct buf *out, const struct filling *f)
{
	put_clock(out, f->v->now);
}

static void
put_up(struct buf *out, const struct filling *f)
{
	put_time(out, f->v->now - f->v->started);
}

static void
put_first(struct buf *out, const struct filling *f)
{
	if (f->answered == 0)
		buf_puts(out, "–");
	else
		put_time(out, (long long)(f->first_sum / f->answered));
}

static void
put_slowest(struct buf *out, const struct filling *f)
{
	if (f->answered == 0)
		buf_puts(out, "–");
	else
		put_time(out, (long long)f->first_max);
}

static void
put_share(struct buf *out, const struct filling *f)
{
	const struct live_tokens *t = &f->v->tokens;

	if (t->input == 0)
		buf_puts(out, "–");
	else
		buf_printf(out, "%llu%%", 100 * t->cached / t->input);
}

static void
put_rows(struct buf *out, const struct filling *f)
{
	const struct live_view *v = f->v;

	for (size_t i = 0; i < v->running_rows; i++)
		put_row(out, v, &v->running[i]);
	for (size_t i = 0; i < v->recent_rows; i++)
		put_row(out, v, &v->recent[i]);
}

static void
put_rows_hide_empty(struct buf *out, const struct filling *f)
{
	if (f->v->running_rows + f->v->recent_rows > 0)
		buf_puts(out, " hidden");
}

#define NUMBER(name, member) \
	static void put_##name(struct buf *out, const struct filling *f) \
	{ \
		put_count(out, f->v->member); \
	}
NUMBER(running, running_count)
NUMBER(streams, running_streams)
NUMBER(requests, requests)
NUMBER(failed, failed)
NUMBER(input, tokens.input)
NUMBER(cached, tokens.cached)
NUMBER(output, tokens.output)
NUMBER(bytes, bytes)
#undef NUMBER

static const struct {
	const char *name;
	void (*put)(struct buf *out, const struct filling *f);
} places[] = {
	{ "nonce", put_nonce },
	{ "mode", put_mode },
	{ "version", put_version },
	{ "now", put_now },
	{ "up", put_up },
	{ "running", put_running },
	{ "streams", put_streams },
	{ "requests", put_requests },
	{ "failed", put_failed },
	{ "first", put_first },
	{ "slowest", put_slowest },
	{ "input", put_input },
	{ "cached", put_cached },
	{ "output", put_output },
	{ "bytes", put_bytes },
	{ "share", put_share },
	{ "rows", put_rows },
	{ "rows-hide-empty", put_rows_hide_empty },
};

static void
put_place(struct buf *out, struct span name, const struct filling *f)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (span_is(name, places[i].name))
			places[i].put(out, f);
}

static void
put_page(struct buf *out, const struct filling *f)
{
	struct span rest = span_of(page_html);
	ptrdiff_t at, end;

	while ((at = span_find(rest, SPAN("{{"))) >= 0 &&
	    (end = span_find(rest, SPAN("}}"))) > at) {
		buf_put(out, span_head(rest, (size_t)at));
		put_place(out, span_from(span_head(rest, (size_t)end),
		    (size_t)at + 2), f);
		rest = span_from(rest, (size_t)end + 2);
	}
	buf_put(out, rest);
}

/* Nothing from elsewhere, no script but our own, in nobody's frame. */
static void
add_page_headers(struct exchange *ex, const char *nonce)
{
	struct headers *h = &ex->headers;

	headers_add(h, "content-security-policy", pool_printf(ex->pool,
	    "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
		"img-src data:; connect-src 'self'; base-uri 'none'; "
		"form-action 'none'; frame-ancestors 'none'", nonce, nonce));
	headers_add(h, "x-frame-options", SPAN("DENY"));
	headers_add(h, "referrer-policy", SPAN("no-referrer"));
}

static void
answer_html(struct exchange *ex)
{
	struct filling f = { .ex = ex };

	f.v = live_view(ex->house->live, ex->pool);
	f.nonce = random_hex(ex->pool, "", NONCE_DIGITS).p;
	for (size_t i = 0; i < LIVE_MINUTES; i++) {
		const struct live_minute *m = &f.v->minutes[i];

		f.answered += m->answered;
		f.first_sum += m->first_sum_ms;
		if (f.first_max < m->first_max_ms)
			f.first_max = m->first_max_ms;
	}
	put_page(&ex->text, &f);
	add_page_headers(ex, f.nonce);
	answer_text(ex, "text/html; charset=utf-8", buf_span(&ex->text));
}

/* --- snapshots ------------------------------------------------------- */

/* In a pool of its own: a stream may last for days. */
static void
put_snapshot(struct exchange *ex)
{
	struct pool *pool = pool_open();

	snapshot_put(&ex->text, live_view(ex->house->live, pool),
	    ex->conf->mode);
	pool_close(pool);
}

static void
answer_snapshot(struct exchange *ex)
{
	put_snapshot(ex);
	answer_json(ex, 200, buf_span(&ex->text));
}

/* The next event, as soon as there is news. */
static bool
more(struct exchange *ex)
{
	unsigned long long seen = ex->seen;
	bool news = seen == 0;

	for (int turns = 0; !news && turns < QUIET_TURNS; turns++) {
		if (!patience_pause(ex, TURN_MS))
			return false;
		news = live_changes(ex->house->live) != seen ||
		    live_running(ex->house->live);
	}
	ex->seen = live_changes(ex->house->live);
	buf_puts(&ex->text, "event: snapshot\ndata: ");
	put_snapshot(ex);
	buf_puts(&ex->text, "\n\n");
	return true;
}

static void
leave(void *arg)
{
	live_unwatch(arg);
}

/*
 * Who looks on is not at work: co2 may end before the browser does, and the
 * places at work are for those who want an answer.
 */
static void
answer_events(struct exchange *ex)
{
	struct live *live = ex->house->live;

	if (!live_watch(live)) {
		answer_refuse(ex, FAULT_BUSY, "Too many are looking on");
		return;
	}
	pool_defer(ex->pool, leave, live);
	work_leave(ex->house->work);
	ex->at_work = false;
	ex->more = more;
	answer_stream(ex);
}

/* --- which of them --------------------------------------------------- */

/* The weight behind "q=", 1 without one; 0 for none that can be read. */
static double
weight(struct span parameters)
{
	struct span one;

	while (parameters.p != NULL) {
		one = span_trim(span_cut(&parameters, ';'));
		if (span_like(span_head(one, 2), "q="))
			return strtod(one.p + 2, NULL);
	}
	return 1;
}

static const struct {
	const char *type;
	enum page_kind kind;
	void (*answer)(struct exchange *ex);
} kinds[] = {
	{ "text/html", PAGE_HTML, answer_html },
	{ "text/event-stream", PAGE_EVENTS, answer_events },
	{ "application/json", PAGE_JSON, answer_snapshot },
	{ "text/plain", PAGE_WORDS, local_health },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

enum page_kind
page_kind(struct span accept)
{
	enum page_kind best = PAGE_WORDS;
	double most = 0;

	while (accept.p != NULL) {
		struct span one = span_cut(&accept, ',');
		struct span type = span_trim(span_cut(&one, ';'));
		double w = weight(one);

		for (size_t i = 0; i < KINDS; i++)
			if (span_like(type, kinds[i].type) && w > most) {
				best = kinds[i].kind;
				most = w;
			}
	}
	return best;
}

void
page_answer(struct exchange *ex)
{
	enum page_kind kind = page_kind(ex->accept);

	headers_add(&ex->headers, "vary", SPAN("accept"));
	headers_add(&ex->headers, "x-content-type-options", SPAN("nosniff"));
	if (kind != PAGE_EVENTS)
		headers_add(&ex->headers, "cache-control", SPAN("no-store"));
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			kinds[i].answer(ex);
}
