#include "gateway/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "gateway/clock.h"

enum {
	MODELS_MAX = 64,	/* that get a line of their own */
	SERIES_MAX = 1024,
	SERIES_NAMED = 896,	/* the rest is for "other" */
	PAIRS_MAX = 4,
	WATCHERS_MAX = 16,
	MINUTE_MS = 60 * 1000,
};

const int live_bounds[LIVE_TIMES] = { 10, 25, 50, 100, 250, 500, 1000, 2500,
	5000, 10000, 30000, 60000, 120000, 300000, 600000 };

struct live {
	pthread_mutex_t lock;
	long long started;
	struct live_row running;	/* head of the ring; it is no request */
	unsigned running_count, running_streams;
	struct live_row recent[LIVE_RECENT];
	unsigned long long ended;	/* the next one's place, by modulo */

	unsigned long long failed, bytes;
	struct live_tokens tokens;
	char names[MODELS_MAX][sizeof(((struct live_row *)0)->model)];
	size_t name_count;
	struct live_series series[SERIES_MAX];
	struct live_model models[(MODELS_MAX + 1) * PAIRS_MAX];
	struct live_pair pairs[PAIRS_MAX];
	size_t series_count, model_count, pair_count;
	unsigned long long *losses;
	size_t loss_count;
	struct live_minute minutes[LIVE_MINUTES];

	atomic_ullong counts[LIVE_COUNTS];
	atomic_int watchers;
	atomic_ullong changes;
	atomic_uint runs;		/* running_count, without the lock */
};

static const char other[] = "other";

struct live *
live_new(void)
{
	struct live *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	l->started = clock_wall_ms();
	l->running.next = l->running.prev = &l->running;
	while (loss_code(l->loss_count) != NULL)
		l->loss_count++;
	l->losses = xcalloc(l->loss_count, sizeof(*l->losses));
	return l;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l->losses);
	free(l);
}

/* --- counting ------------------------------------------------------- */

void
live_count(struct live *l, enum live_count what)
{
	atomic_fetch_add_explicit(&l->counts[what], 1, memory_order_relaxed);
}

bool
live_watch(struct live *l)
{
	if (atomic_fetch_add(&l->watchers, 1) < WATCHERS_MAX)
		return true;
	live_unwatch(l);
	return false;
}

void
live_unwatch(struct live *l)
{
	atomic_fetch_sub(&l->watchers, 1);
}

static void
note_change(struct live *l)
{
	atomic_store(&l->runs, l->running_count);
	atomic_fetch_add(&l->changes, 1);
}

unsigned long long
live_changes(struct live *l)
{
	return atomic_load(&l->changes) + 1;
}

bool
live_running(struct live *l)
{
	return atomic_load(&l->runs) > 0;
}

/*
 * Names are the client's to choose, lines in the metrics are not: one of its
 * own gets a model that an upstream has answered for.
 */
static const char *
name_of(struct live *l, const char *model, bool real)
{
	for (size_t i = 0; i < l->name_count; i++)
		if (strcmp(l->names[i], model) == 0)
			return l->names[i];
	if (!real || l->name_count == MODELS_MAX)
		return other;
	fault_copy(l->names[l->name_count], sizeof(l->names[0]),
	    span_of(model));
	return l->names[l->name_count++];
}

static struct live_pair *
pair_of(struct live *l, const struct live_row *row)
{
	struct live_pair *p = l->pairs;

	for (; p < l->pairs + l->pair_count; p++)
		if (p->from == row->from && p->to == row->to)
			return p;
	l->pair_count++;
	p->from = row->from;
	p->to = row->to;
	return p;
}

/* `model` is what name_of() gave, so its address says which one it is. */
static void
count_request(struct live *l, const struct live_row *row, const char *model)
{
	struct live_series *s = l->series;

	for (; s < l->series + l->series_count; s++)
		if (s->model == model && s->status == row->status &&
		    s->from == row->from && s->to == row->to) {
			s->requests++;
			return;
		}
	if (l->series_count >= SERIES_NAMED && model != other) {
		count_request(l, row, other);
		return;
	}
	if (l->series_count == SERIES_MAX)
		return;
	l->series_count++;
	*s = (struct live_series){ row->from, row->to, model, row->status, 1 };
}

static void
add_tokens(struct live_tokens *t, const struct live_row *row)
{
	t->input += row->input > 0 ? (unsigned long)row->input : 0;
	t->cached += row->cached > 0 ? (unsigned long)row->cached : 0;
	t->output += row->output > 0 ? (unsigned long)row->output : 0;
}

static void
count_tokens(struct live *l, const struct live_row *row, const char *model)
{
	struct live_model *m = l->models;

	add_tokens(&l->tokens, row);
	for (; m < l->models + l->model_count; m++)
		if (m->model == model && m->from == row->from &&
		    m->to == row->to)
			break;
	if (m == l->models + l->model_count)
		l->model_count++;
	m->from = row->from;
	m->to = row->to;
	m->model = model;
	add_tokens(&m->tokens, row);
}

static void
count_time(struct live_times *t, long ms)
{
	size_t i = 0;

	while (i < LIVE_TIMES && ms > live_bounds[i])
		i++;
	t->counts[i]++;
	t->sum_ms += (unsigned long)ms;
}

/* A minute's place in the ring, emptied when its last use is an hour ago. */
static struct live_minute *
minute_of(struct live *l, long long now)
{
	long long minute = now / MINUTE_MS;
	struct live_minute *m = &l->minutes[minute % LIVE_MINUTES];

	if (m->minute != minute)
		*m = (struct live_minute){ .minute = minute };
	return m;
}

static bool
has_failed(const struct live_row *row)
{
	return row->status >= 400 && row->status != LIVE_LEFT;
}

static void
count_minute(struct live *l, const struct live_row *row)
{
	struct live_minute *m = minute_of(l, clock_wall_ms());
	unsigned long first = row->first_ms > 0 ?
	    (unsigned long)row->first_ms : 0;

	m->requests++;
	m->failed += has_failed(row);
	add_tokens(&m->tokens, row);
	if (row->first_ms < 0 || row->status >= 400)
		return;
	m->answered++;
	m->first_sum_ms += first;
	if (m->first_max_ms < first)
		m->first_max_ms = first;
}

static size_t
loss_index(const struct live *l, const char *code)
{
	size_t i = 0;

	while (i < l->loss_count && strcmp(loss_code(i), code) != 0)
		i++;
	return i;
}

static void
count_losses(struct live *l, struct live_row *row, const struct loss *loss)
{
	for (; loss != NULL; loss = loss->next) {
		size_t i = loss_index(l, loss->code), seen = 0;

		row->lost++;
		if (i == l->loss_count)
			continue;
		l->losses[i]++;
		while (seen < LIVE_CODES && row->codes[seen] != NULL &&
		    row->codes[seen] != loss_code(i))
			seen++;
		if (seen < LIVE_CODES)
			row->codes[seen] = loss_code(i);
	}
}

/* --- one request ---------------------------------------------------- */

void
live_begin(struct live *l, struct live_row *row)
{
	row->status = 0;
	row->first_ms = row->total_ms = -1;
	row->input = row->cached = row->output = -1;
	pthread_mutex_lock(&l->lock);
	row->linked = true;
	row->next = &l->running;
	row->prev = l->running.prev;
	row->prev->next = row->next->prev = row;
	l->running_count++;
	l->running_streams += row->stream;
	note_change(l);
	pthread_mutex_unlock(&l->lock);
}

void
live_answer(struct live *l, struct live_row *row, int status, long ms)
{
	if (!row->linked)
		return;
	pthread_mutex_lock(&l->lock);
	row->status = status;
	row->first_ms = ms;
	note_change(l);
	pthread_mutex_unlock(&l->lock);
}

/* With the lock held. */
static void
unlink_row(struct live *l, struct live_row *row)
{
	row->prev->next = row->next;
	row->next->prev = row->prev;
	row->linked = false;
	l->running_count--;
	l->running_streams -= row->stream;
}

static void
count_row(struct live *l, const struct live_row *row, bool answered)
{
	const char *name = name_of(l, row->model, answered);
	struct live_pair *pair = pair_of(l, row);

	l->failed += has_failed(row);
	l->bytes += row->bytes;
	count_request(l, row, name);
	count_tokens(l, row, name);
	count_time(&pair->total, row->total_ms);
	if (row->first_ms >= 0)
		count_time(&pair->first, row->first_ms);
	count_minute(l, row);
}

void
live_end(struct live *l, struct live_row *row, const struct live_end *end)
{
	if (!row->linked)
		return;
	pthread_mutex_lock(&l->lock);
	unlink_row(l, row);
	row->status = end->status;
	row->first_ms = end->first_ms;
	row->total_ms = end->total_ms;
	row->bytes = end->bytes;
	row->input = end->usage->input;
	row->cached = end->usage->cached;
	row->output = end->usage->output;
	count_losses(l, row, end->losses);
	count_row(l, row, end->answered);
	l->recent[l->ended++ % LIVE_RECENT] = *row;
	note_change(l);
	pthread_mutex_unlock(&l->lock);
}

void
live_client(char *field, size_t n, struct span user_agent)
{
	size_t i = 0;

	for (; i < user_agent.n && i + 1 < n; i++) {
		char c = user_agent.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"<>&'\\(),;", c) != NULL)
			break;
		field[i] = c;
	}
	field[i] = '\0';
}

/* --- looking at it -------------------------------------------------- */

/* Room for all there may be: nothing is allocated with the lock held. */
static struct live_view *
new_view(const struct live *l, struct pool *pool)
{
	struct live_view *v = pool_new(pool, struct live_view);

	v->running = pool_array(pool, struct live_row, LIVE_RUNNING);
	v->recent = pool_array(pool, struct live_row, LIVE_RECENT);
	v->series = pool_alloc(pool, sizeof(l->series));
	v->models = pool_alloc(pool, sizeof(l->models));
	v->pairs = pool_alloc(pool, sizeof(l->pairs));
	v->losses = pool_array(pool, unsigned long long, l->loss_count);
	return v;
}

/* With the lock held, as those below. */
static void
copy_rows(const struct live *l, struct live_view *v)
{
	size_t n = l->ended < LIVE_RECENT ? (size_t)l->ended : LIVE_RECENT;

	for (const struct live_row *r = l->running.next;
	     r != &l->running && v->running_rows < LIVE_RUNNING; r = r->next)
		v->running[v->running_rows++] = *r;
	for (size_t i = 1; i <= n; i++)
		v->recent[v->recent_rows++] =
		    l->recent[(l->ended - i) % LIVE_RECENT];
}

/* The names stay where they are until live_free(). */
static void
copy_totals(const struct live *l, struct live_view *v)
{
	v->requests = l->ended;
	v->failed = l->failed;
	v->bytes = l->bytes;
	v->tokens = l->tokens;
	v->running_count = l->running_count;
	v->running_streams = l->running_streams;
	v->series_count = l->series_count;
	memcpy(v->series, l->series, l->series_count * sizeof(*l->series));
	v->model_count = l->model_count;
	memcpy(v->models, l->models, l->model_count * sizeof(*l->models));
	v->pair_count = l->pair_count;
	memcpy(v->pairs, l->pairs, l->pair_count * sizeof(*l->pairs));
	memcpy(v->losses, l->losses, l->loss_count * sizeof(*l->losses));
}

static void
copy_minutes(const struct live *l, struct live_view *v)
{
	long long minute = v->now / MINUTE_MS - LIVE_MINUTES + 1;

	for (size_t i = 0; i < LIVE_MINUTES; i++, minute++) {
		const struct live_minute *m =
		    &l->minutes[minute % LIVE_MINUTES];

		if (m->minute == minute)
			v->minutes[i] = *m;
		v->minutes[i].minute = minute;
	}
}

struct live_view *
live_view(struct live *l, struct pool *pool)
{
	struct live_view *v = new_view(l, pool);

	v->started = l->started;
	v->now = clock_wall_ms();
	pthread_mutex_lock(&l->lock);
	copy_rows(l, v);
	copy_totals(l, v);
	copy_minutes(l, v);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < LIVE_COUNTS; i++)
		v->counts[i] = atomic_load_explicit(&l->counts[i],
		    memory_order_relaxed);
	return v;
}
