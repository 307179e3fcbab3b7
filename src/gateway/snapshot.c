#include "gateway/snapshot.h"

#include "dialect/dialect.h"
#include "wire/jw.h"

double
snapshot_speed(const struct live_row *row)
{
	long ms = row->total_ms, tenths;

	if (row->stream && row->first_ms > 0)
		ms -= row->first_ms;
	if (ms <= 0 || row->output <= 0)
		return -1;
	tenths = row->output * 10000 / ms;
	return (double)tenths / 10;
}

long
snapshot_total(const struct live_view *v, const struct live_row *row)
{
	long ms = (long)(v->now - row->began);

	return row->total_ms >= 0 ? row->total_ms : ms > 0 ? ms : 0;
}

/* A number, or null when it is not known. */
static void
put_known(struct jw *w, const char *key, long n)
{
	if (n < 0)
		jw_null(w, key);
	else
		jw_int(w, key, n);
}

static void
put_count(struct jw *w, const char *key, unsigned long long n)
{
	jw_int(w, key, (long long)n);
}

static void
put_row(struct jw *w, const struct live_view *v, const struct live_row *row)
{
	double speed = snapshot_speed(row);

	jw_obj(w, NULL);
	jw_str(w, "id", span_of(row->id));
	jw_int(w, "time", row->began);
	jw_str(w, "client", span_of(row->client));
	jw_str(w, "from", span_of(dialect_of(row->from)->name));
	jw_str(w, "to", span_of(dialect_of(row->to)->name));
	jw_str(w, "model", span_of(row->asked));
	jw_str(w, "upstream_model", span_of(row->model));
	jw_bool(w, "stream", row->stream);
	put_known(w, "status", row->status > 0 ? row->status : -1);
	put_known(w, "first_byte_ms", row->first_ms);
	jw_int(w, "total_ms", snapshot_total(v, row));
	if (speed < 0)
		jw_null(w, "tokens_per_second");
	else
		jw_real(w, "tokens_per_second", speed);
	put_known(w, "input_tokens", row->input);
	put_known(w, "cached_tokens", row->cached);
	put_known(w, "output_tokens", row->output);
	put_count(w, "bytes", row->bytes);
	put_count(w, "losses", row->lost);
	jw_arr(w, "loss_codes");
	for (size_t i = 0; i < LIVE_CODES && row->codes[i] != NULL; i++)
		jw_str(w, NULL, span_of(row->codes[i]));
	jw_end(w);
	jw_end(w);
}

static void
put_rows(struct jw *w, const char *key, const struct live_view *v,
    const struct live_row *rows, size_t n)
{
	jw_arr(w, key);
	for (size_t i = 0; i < n; i++)
		put_row(w, v, &rows[i]);
	jw_end(w);
}

static const struct {
	const char *name;
	enum live_count what;
} counts[] = {
	{ "local_requests", LIVE_LOCAL },
	{ "upstream_calls", LIVE_CALLS },
	{ "retries", LIVE_RETRIES },
	{ "repairs", LIVE_REPAIRS },
	{ "cancels", LIVE_CANCELS },
	{ "pings", LIVE_PINGS },
	{ "connections", LIVE_CONNECTED },
	{ "connections_reused", LIVE_REUSED },
};

static void
put_tokens(struct jw *w, const struct live_tokens *t)
{
	put_count(w, "input_tokens", t->input);
	put_count(w, "cached_tokens", t->cached);
	put_count(w, "output_tokens", t->output);
}

static void
put_totals(struct jw *w, const struct live_view *v)
{
	jw_obj(w, "totals");
	put_count(w, "requests", v->requests);
	put_count(w, "failed", v->failed);
	put_tokens(w, &v->tokens);
	put_count(w, "bytes", v->bytes);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		put_count(w, counts[i].name, v->counts[counts[i].what]);
	jw_end(w);
	jw_obj(w, "losses");
	for (size_t i = 0; loss_code(i) != NULL; i++)
		if (v->losses[i] > 0)
			put_count(w, loss_code(i), v->losses[i]);
	jw_end(w);
}

static void
put_minute(struct jw *w, const struct live_minute *m)
{
	jw_obj(w, NULL);
	jw_int(w, "time", m->minute * 60 * 1000);
	put_count(w, "requests", m->requests);
	put_count(w, "failed", m->failed);
	put_count(w, "answered", m->answered);
	put_known(w, "first_byte_ms", m->answered == 0 ? -1 :
	    (long)(m->first_sum_ms / m->answered));
	put_known(w, "first_byte_max_ms", m->answered == 0 ? -1 :
	    (long)m->first_max_ms);
	put_tokens(w, &m->tokens);
	jw_end(w);
}

void
snapshot_put(struct buf *out, const struct live_view *v, enum mode mode)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "version", SPAN(CO2_VERSION));
	jw_str(&w, "mode", span_of(conf_mode_name(mode)));
	jw_int(&w, "started", v->started);
	jw_int(&w, "now", v->now);
	jw_int(&w, "running_requests", v->running_count);
	jw_int(&w, "running_streams", v->running_streams);
	put_totals(&w, v);
	put_rows(&w, "running", v, v->running, v->running_rows);
	put_rows(&w, "recent", v, v->recent, v->recent_rows);
	jw_arr(&w, "minutes");
	for (size_t i = 0; i < LIVE_MINUTES; i++)
		put_minute(&w, &v->minutes[i]);
	jw_end(&w);
	jw_end(&w);
}
