#include "command/top_view.h"

#include <stdio.h>
#include <time.h>

#include "base/codec.h"

enum { CELL_MAX = 256 };

/* --- values ---------------------------------------------------------- */

static long long
number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? (long long)json_number_value(v) : -1;
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

/* 9999, 10.0k, 1.00M; nothing when it is not known. */
static const char *
count(char *p, size_t n, long long value)
{
	if (value < 0)
		p[0] = '\0';
	else if (value < 10000)
		snprintf(p, n, "%lld", value);
	else if (value < 1000000)
		snprintf(p, n, "%.1fk", (double)value / 1e3);
	else
		snprintf(p, n, "%.2fM", (double)value / 1e6);
	return p;
}

static const char *
duration(char *p, size_t n, long long ms)
{
	long long s = ms / 1000, m = s / 60;

	if (ms < 0)
		p[0] = '\0';
	else if (ms < 1000)
		snprintf(p, n, "%lldms", ms);
	else if (s < 60)
		snprintf(p, n, "%.1fs", (double)ms / 1e3);
	else if (m < 60)
		snprintf(p, n, "%lldm%02llds", m, s % 60);
	else
		snprintf(p, n, "%lldh%02lldm", m / 60, m % 60);
	return p;
}

/* --- cells ----------------------------------------------------------- */

/*
 * Names are chosen by clients: what could steer the terminal becomes '?', in
 * ASCII and beyond (U+0080 to U+009F).
 */
static size_t
put_safe(struct buf *out, const char *s, size_t max)
{
	struct span rest = span_of(s);
	size_t n = 0, bytes;

	for (; rest.n > 0 && n < max; n++, rest = span_from(rest, bytes)) {
		uint32_t c = utf8_next(rest, &bytes);

		if (c < ' ' || (c >= 0x7f && c < 0xa0))
			buf_putc(out, '?');
		else
			buf_put(out, span_head(rest, bytes));
	}
	return n;
}

/* Filled up to `width`; negative: to the right. */
static void
put_cell(struct buf *out, const char *s, int width)
{
	size_t room = (size_t)(width < 0 ? -width : width);
	struct buf cell;
	size_t n;

	buf_init(&cell, 0);
	n = put_safe(&cell, s, room);
	if (width < 0)
		buf_printf(out, "%*s", (int)(room - n), "");
	buf_put(out, buf_span(&cell));
	if (width > 0)
		buf_printf(out, "%*s", (int)(room - n), "");
	buf_free(&cell);
}

/* --- a request's line ------------------------------------------------ */

static void
cell_time(char *p, size_t n, const json_t *row)
{
	time_t s = (time_t)(number(row, "time") / 1000);
	struct tm tm;

	localtime_r(&s, &tm);
	strftime(p, n, "%H:%M:%S", &tm);
}

static void
cell_client(char *p, size_t n, const json_t *row)
{
	snprintf(p, n, "%s", text(row, "client"));
}

static void
cell_pair(char *p, size_t n, const json_t *row)
{
	snprintf(p, n, "%s>%s", text(row, "from"), text(row, "to"));
}

static void
cell_model(char *p, size_t n, const json_t *row)
{
	const char *asked = text(row, "model"), *ran = text(row,
	    "upstream_model");

	if (*ran == '\0' || strcmp(asked, ran) == 0)
		snprintf(p, n, "%s", asked);
	else
		snprintf(p, n, "%s > %s", asked, ran);
}

static void
cell_status(char *p, size_t n, const json_t *row)
{
	long long status = number(row, "status");

	if (json_is_true(json_object_get(row, "runs")))
		snprintf(p, n, "%s", status < 0 ? "waits" : "runs");
	else if (status == 499)
		snprintf(p, n, "left");
	else
		snprintf(p, n, "%lld", status);
}

static void
cell_first(char *p, size_t n, const json_t *row)
{
	duration(p, n, number(row, "first_byte_ms"));
}

static void
cell_total(char *p, size_t n, const json_t *row)
{
	duration(p, n, number(row, "total_ms"));
}

static void
cell_speed(char *p, size_t n, const json_t *row)
{
	count(p, n, number(row, "tokens_per_second"));
}

static void
cell_input(char *p, size_t n, const json_t *row)
{
	count(p, n, number(row, "input_tokens"));
}

static void
cell_cached(char *p, size_t n, const json_t *row)
{
	count(p, n, number(row, "cached_tokens"));
}

static void
cell_output(char *p, size_t n, const json_t *row)
{
	count(p, n, number(row, "output_tokens"));
}

static void
cell_lost(char *p, size_t n, const json_t *row)
{
	const json_t *codes = json_object_get(row, "loss_codes");
	size_t at = 0;

	p[0] = '\0';
	for (size_t i = 0; i < json_array_size(codes) && at < n; i++)
		at += (size_t)snprintf(p + at, n - at, "%s%s",
		    i > 0 ? "," : "",
		    json_string_value(json_array_get(codes, i)));
}

static const struct {
	const char *title;
	int width;		/* negative: to the right */
	int from;		/* on screens of that width and above */
	void (*put)(char *p, size_t n, const json_t *row);
} columns[] = {
	{ "TIME", 8, 0, cell_time },
	{ "CLIENT", 18, 110, cell_client },
	{ "FROM>TO", 18, 150, cell_pair },
	{ "MODEL", 34, 0, cell_model },
	{ "STATUS", 6, 0, cell_status },
	{ "FIRST", -7, 0, cell_first },
	{ "TOTAL", -7, 90, cell_total },
	{ "TOK/S", -6, 90, cell_speed },
	{ "IN", -7, 0, cell_input },
	{ "CACHED", -7, 0, cell_cached },
	{ "OUT", -7, 100, cell_output },
	{ "WARNINGS", 24, 160, cell_lost },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static bool
shown(size_t i, const struct screen *screen)
{
	return screen->width == 0 || screen->width >= columns[i].from;
}

/* The titles without a row. */
static void
put_line(struct buf *out, const json_t *row, const struct screen *screen)
{
	char cell[CELL_MAX];
	size_t start = out->n;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!shown(i, screen))
			continue;
		if (row != NULL)
			columns[i].put(cell, sizeof(cell), row);
		if (out->n > start)
			buf_putc(out, ' ');
		put_cell(out, row != NULL ? cell : columns[i].title,
		    columns[i].width);
	}
	while (out->n > start && out->p[out->n - 1] == ' ')
		buf_cut(out, out->n - 1);
}

/* Bold titles; dim, green and red lines. */
static const char *
color(const json_t *row, bool runs)
{
	long long status = number(row, "status");

	if (row == NULL)
		return "\033[1m";
	if (runs)
		return "\033[32m";
	if (status == 499)
		return "\033[2m";
	return status >= 400 ? "\033[31m" : "";
}

static void
put_row(struct buf *out, json_t *row, bool runs, const struct screen *screen)
{
	if (row != NULL)
		json_object_set_new(row, "runs", json_boolean(runs));
	if (screen->colors)
		buf_puts(out, color(row, runs));
	put_line(out, row, screen);
	buf_puts(out, screen->colors ? "\033[0m\n" : "\n");
}

/* --- the whole ------------------------------------------------------- */

/* A line that may be cut at the screen's edge. */
static void
put_text(struct buf *out, const char *line, const struct screen *screen)
{
	put_safe(out, line, screen->width > 0 ? (size_t)screen->width :
	    SIZE_MAX);
	buf_putc(out, '\n');
}

static void
put_totals(struct buf *out, const json_t *s, const struct screen *screen)
{
	const json_t *t = json_object_get(s, "totals");
	long long in = number(t, "input_tokens");
	long long cached = number(t, "cached_tokens");
	char line[CELL_MAX], a[16], b[16], c[16], d[16];

	snprintf(line, sizeof(line), "co2 %s  %s  up %s",
	    text(s, "version"), text(s, "mode"), duration(a, sizeof(a),
	    number(s, "now") - number(s, "started")));
	put_text(out, line, screen);
	snprintf(line, sizeof(line), "running %lld (%lld streams)  "
	    "requests %s (%s failed)  retries %s  cancels %s",
	    number(s, "running_requests"), number(s, "running_streams"),
	    count(a, sizeof(a), number(t, "requests")),
	    count(b, sizeof(b), number(t, "failed")),
	    count(c, sizeof(c), number(t, "retries")),
	    count(d, sizeof(d), number(t, "cancels")));
	put_text(out, line, screen);
	snprintf(line, sizeof(line), "tokens in %s  cached %s (%lld%%)  out %s",
	    count(a, sizeof(a), in), count(b, sizeof(b), cached),
	    in > 0 ? 100 * cached / in : 0,
	    count(c, sizeof(c), number(t, "output_tokens")));
	put_text(out, line, screen);
}

static int
put_rows(struct buf *out, const json_t *rows, bool runs, int room,
    const struct screen *screen)
{
	size_t n = json_array_size(rows);

	for (size_t i = 0; i < n && room > 0; i++, room--)
		put_row(out, json_array_get(rows, i), runs, screen);
	return room;
}

void
top_view(struct buf *out, const json_t *s, const struct screen *screen)
{
	/* Three lines, an empty one and the titles are taken. */
	int room = screen->height > 0 ? screen->height - 5 : INT16_MAX;

	put_totals(out, s, screen);
	buf_putc(out, '\n');
	put_row(out, NULL, false, screen);
	room = put_rows(out, json_object_get(s, "running"), true, room,
	    screen);
	put_rows(out, json_object_get(s, "recent"), false, room, screen);
}
