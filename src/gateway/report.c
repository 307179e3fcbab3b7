#include "gateway/report.h"

#include "gateway/clock.h"
#include "gateway/log.h"

/* "chat-messages", for those that need a translation. */
static const char *
pair(const struct exchange *ex)
{
	struct span names;

	if (!ex->opened)
		return NULL;
	names = pool_printf(ex->pool, "%s-%s", ex->bridge.client->name,
	    ex->bridge.upstream->name);
	return names.p;
}

void
report_begin(struct exchange *ex)
{
	const struct bridge *b = &ex->bridge;
	struct live_row *row = &ex->row;

	row->began = clock_wall_ms() - (clock_ms() - ex->born);
	row->from = b->client->api;
	row->to = b->upstream->api;
	row->stream = b->req->stream;
	fault_copy(row->id, sizeof(row->id), ex->id);
	fault_copy(row->asked, sizeof(row->asked), b->req->model);
	fault_copy(row->model, sizeof(row->model), b->to.model);
	live_begin(ex->house->live, row);
}

void
report_answer(struct exchange *ex)
{
	live_answer(ex->house->live, &ex->row, ex->status,
	    (long)(ex->answered - ex->born));
}

void
report_call(struct exchange *ex)
{
	struct live *live = ex->house->live;

	if (ex->call == NULL)
		return;
	live_count(live, LIVE_CALLS);
	if (!call_over(ex->call))
		live_count(live, LIVE_CANCELS);
	if (!call_connected(ex->call))
		live_count(live, LIVE_REUSED);
	else if (call_status(ex->call) != 0)
		live_count(live, LIVE_CONNECTED);
}

/* Each code once, as "sampling_dropped,tool_dropped"; NULL without any. */
static const char *
codes(const struct exchange *ex)
{
	struct span list = SPAN_NONE;

	for (size_t i = 0; i < LIVE_CODES && ex->row.codes[i] != NULL; i++)
		list = pool_join(ex->pool, list, i > 0 ? SPAN(",") : SPAN(""),
		    span_of(ex->row.codes[i]));
	return list.p;
}

/* A number that leaves its pair out when it is not known. */
static const char *
known(long n)
{
	return n < 0 ? NULL : log_num(n);
}

static const char *
said(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
log_end(struct exchange *ex, enum log_level level, const struct live_end *end)
{
	struct bridge *b = &ex->bridge;

	log_line(level, "finished", "method", ex->method,
	    "path", pool_str(ex->pool, ex->path),
	    "client", said(ex->row.client), "pair", pair(ex),
	    "model", ex->opened ? pool_str(ex->pool, b->req->model) : NULL,
	    "upstream_model", ex->opened ? pool_str(ex->pool, b->to.model) :
	    NULL,
	    "status", log_num(end->status),
	    "bytes", log_num((long long)end->bytes),
	    "first_byte_ms", known(end->first_ms),
	    "total_ms", log_num(end->total_ms),
	    "input_tokens", known(end->usage->input),
	    "cached_tokens", known(end->usage->cached),
	    "output_tokens", known(end->usage->output),
	    "losses", ex->row.lost > 0 ? log_num(ex->row.lost) : NULL,
	    "loss_codes", codes(ex), NULL);
}

void
report_end(struct exchange *ex, bool sent)
{
	bool lost = !ex->complete && (ex->gone || !sent);
	bool told = ex->opened || ex->status >= 400 || lost;
	struct usage use;
	struct live_end end = {
		.status = lost ? LIVE_LEFT : ex->status,
		.first_ms = ex->answered > 0 ?
		    (long)(ex->answered - ex->born) : -1,
		.total_ms = (long)(clock_ms() - ex->born),
		.bytes = ex->bytes,
		.usage = &use,
		.losses = ex->opened ? ex->bridge.req->losses : NULL,
		.answered = ex->begun,
	};

	usage_clear(&use);
	if (ex->opened && ex->bridge.flow != NULL)
		use = *flow_totals(ex->bridge.flow);
	if (ex->opened)
		bridge_log_losses(&ex->bridge);
	else
		live_count(ex->house->live, LIVE_LOCAL);
	live_end(ex->house->live, &ex->row, &end);
	log_end(ex, told ? LOG_INFO : LOG_DEBUG, &end);
}
