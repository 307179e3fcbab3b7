#include "gateway/metrics.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/answer.h"

static const char *
api(enum api which)
{
	return dialect_of(which)->name;
}

/* The two lines in front of a metric's samples. */
static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: the client may have chosen it. */
static void
put_label(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_putc(out, '\\');
		if (*value == '\n')
			buf_puts(out, "\\n");
		else
			buf_putc(out, *value);
	}
}

/* --- numbers without labels ------------------------------------------ */

static const struct {
	enum live_count what;
	const char *name, *help;
} counts[] = {
	{ LIVE_LOCAL, "co2_local_requests_total",
	    "Requests answered or refused without a translation." },
	{ LIVE_CALLS, "co2_upstream_calls_total",
	    "Calls to the upstream that have ended." },
	{ LIVE_RETRIES, "co2_upstream_retries_total",
	    "Calls repeated because no answer had come." },
	{ LIVE_REPAIRS, "co2_upstream_repairs_total",
	    "Calls repeated with a request changed by what its refusal said." },
	{ LIVE_CANCELS, "co2_upstream_cancels_total",
	    "Calls given up before the end of their answer." },
	{ LIVE_CONNECTED, "co2_upstream_connections_total",
	    "Connections made to the upstream." },
	{ LIVE_REUSED, "co2_upstream_connections_reused_total",
	    "Calls on a connection that was open already." },
	{ LIVE_PINGS, "co2_pings_total",
	    "Pings sent to clients of silent streams." },
};

static void
put_counts(struct buf *out, const struct live_view *v)
{
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		head(out, counts[i].name, "counter", counts[i].help);
		buf_printf(out, "%s %llu\n", counts[i].name,
		    v->counts[counts[i].what]);
	}
	head(out, "co2_response_bytes_total", "counter",
	    "Bytes of translated answers handed to clients.");
	buf_printf(out, "co2_response_bytes_total %llu\n", v->bytes);
	head(out, "co2_running_requests", "gauge",
	    "Translated requests that have not ended.");
	buf_printf(out, "co2_running_requests %u\n", v->running_count);
	head(out, "co2_running_streams", "gauge",
	    "Those of them that are answered by a stream.");
	buf_printf(out, "co2_running_streams %u\n", v->running_streams);
}

/* --- by pair, model, status, code ------------------------------------ */

static void
put_pair(struct buf *out, const char *name, enum api from, enum api to)
{
	buf_printf(out, "%s{client=\"%s\",upstream=\"%s\"", name, api(from),
	    api(to));
}

static void
put_requests(struct buf *out, const struct live_view *v)
{
	head(out, "co2_requests_total", "counter", "Translated requests that "
	    "have ended; status 499: the client left.");
	for (size_t i = 0; i < v->series_count; i++) {
		const struct live_series *s = &v->series[i];

		put_pair(out, "co2_requests_total", s->from, s->to);
		buf_puts(out, ",model=\"");
		put_label(out, s->model);
		buf_printf(out, "\",status=\"%d\"} %llu\n", s->status,
		    s->requests);
	}
}

static const struct {
	const char *name, *help;
	size_t place;
} tokens[] = {
	{ "co2_input_tokens_total", "Tokens read, cached ones included.",
	    offsetof(struct live_tokens, input) },
	{ "co2_cached_input_tokens_total",
	    "Tokens read that the upstream had in its prompt cache.",
	    offsetof(struct live_tokens, cached) },
	{ "co2_output_tokens_total", "Tokens written.",
	    offsetof(struct live_tokens, output) },
};

static void
put_tokens(struct buf *out, const struct live_view *v)
{
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		head(out, tokens[i].name, "counter", tokens[i].help);
		for (size_t k = 0; k < v->model_count; k++) {
			const struct live_model *m = &v->models[k];
			const char *at = (const char *)&m->tokens;

			put_pair(out, tokens[i].name, m->from, m->to);
			buf_puts(out, ",model=\"");
			put_label(out, m->model);
			buf_printf(out, "\"} %llu\n",
			    *(const unsigned long long *)(const void *)(at +
			    tokens[i].place));
		}
	}
}

static void
put_losses(struct buf *out, const struct live_view *v)
{
	const char *code;

	head(out, "co2_losses_total", "counter", "What was changed or dropped "
	    "on the way, by warning code (see co2-mapping(7)).");
	for (size_t i = 0; (code = loss_code(i)) != NULL; i++)
		buf_printf(out, "co2_losses_total{code=\"%s\"} %llu\n", code,
		    v->losses[i]);
}

/* --- histograms ------------------------------------------------------ */

static void
put_times(struct buf *out, const char *name, const struct live_pair *p,
    const struct live_times *t)
{
	char part[64];
	unsigned long long sum = 0;

	snprintf(part, sizeof(part), "%s_bucket", name);
	for (size_t i = 0; i < LIVE_TIMES; i++) {
		sum += t->counts[i];
		put_pair(out, part, p->from, p->to);
		buf_printf(out, ",le=\"%g\"} %llu\n", live_bounds[i] / 1000.0,
		    sum);
	}
	sum += t->counts[LIVE_TIMES];
	put_pair(out, part, p->from, p->to);
	buf_printf(out, ",le=\"+Inf\"} %llu\n", sum);
	snprintf(part, sizeof(part), "%s_sum", name);
	put_pair(out, part, p->from, p->to);
	buf_printf(out, "} %llu.%03llu\n", t->sum_ms / 1000, t->sum_ms % 1000);
	snprintf(part, sizeof(part), "%s_count", name);
	put_pair(out, part, p->from, p->to);
	buf_printf(out, "} %llu\n", sum);
}

static void
put_histograms(struct buf *out, const struct live_view *v)
{
	static const char total[] = "co2_request_duration_seconds";
	static const char first[] = "co2_first_byte_seconds";

	head(out, total, "histogram",
	    "From a request's first byte to the end of its answer.");
	for (size_t i = 0; i < v->pair_count; i++)
		put_times(out, total, &v->pairs[i], &v->pairs[i].total);
	head(out, first, "histogram",
	    "From a request's first byte to the begin of its answer.");
	for (size_t i = 0; i < v->pair_count; i++)
		put_times(out, first, &v->pairs[i], &v->pairs[i].first);
}

/* --- the process ----------------------------------------------------- */

static long long
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d %lld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Under the names that every exporter has them. */
static void
put_process(struct buf *out, const struct live_view *v, enum mode mode)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	head(out, "process_cpu_seconds_total", "counter",
	    "User and system CPU time.");
	buf_printf(out, "process_cpu_seconds_total %.3f\n",
	    (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
	head(out, "process_resident_memory_bytes", "gauge",
	    "Resident memory.");
	buf_printf(out, "process_resident_memory_bytes %lld\n",
	    resident_bytes());
	head(out, "process_start_time_seconds", "gauge",
	    "When co2 began, in seconds since 1970.");
	buf_printf(out, "process_start_time_seconds %lld.%03lld\n",
	    v->started / 1000, v->started % 1000);
	head(out, "co2_build_info", "gauge", "What runs; always 1.");
	buf_printf(out, "co2_build_info{version=\"%s\",mode=\"%s\"} 1\n",
	    CO2_VERSION, conf_mode_name(mode));
}

void
metrics_put(struct buf *out, const struct live_view *v, enum mode mode)
{
	put_requests(out, v);
	put_histograms(out, v);
	put_tokens(out, v);
	put_losses(out, v);
	put_counts(out, v);
	put_process(out, v, mode);
}

void
metrics_answer(struct exchange *ex)
{
	metrics_put(&ex->text, live_view(ex->house->live, ex->pool),
	    ex->conf->mode);
	answer_text(ex, "text/plain; version=0.0.4; charset=utf-8",
	    buf_span(&ex->text));
}
