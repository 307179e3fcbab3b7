#include "gateway/models.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "dialect/claude_profile.h"
#include "gateway/answer.h"
#include "gateway/clock.h"

enum {
	FRESH_MS = 10 * 60 * 1000,
	FAILED_MS = 30 * 1000,	/* before an upstream is asked again */
	FETCH_MS = 5000,
	LIST_MAX = 4 << 20,
};

/* The upstream's list as it came, read anew by whoever needs it. */
struct models {
	pthread_mutex_t lock;
	struct buf text;
	long long fetched, failed;	/* by clock_ms(); 0: never */
};

struct models *
models_new(void)
{
	struct models *m = xcalloc(1, sizeof(*m));

	pthread_mutex_init(&m->lock, NULL);
	buf_init(&m->text, LIST_MAX);
	return m;
}

void
models_free(struct models *m)
{
	if (m == NULL)
		return;
	buf_free(&m->text);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* --- the upstream's list -------------------------------------------- */

/* A copy of the text; false when it has to be asked for. */
static bool
copy_text(struct models *m, struct pool *pool, struct span *text)
{
	long long now = clock_ms();
	bool fresh;

	pthread_mutex_lock(&m->lock);
	fresh = m->fetched > 0 && now - m->fetched < FRESH_MS;
	if (fresh)
		*text = pool_span(pool, buf_span(&m->text));
	else if (m->failed > 0 && now - m->failed < FAILED_MS)
		fresh = true;	/* nothing, and no asking either */
	pthread_mutex_unlock(&m->lock);
	return fresh;
}

static void
keep_text(struct models *m, struct span text)
{
	pthread_mutex_lock(&m->lock);
	if (text.p == NULL) {
		m->failed = clock_ms();
	} else {
		buf_reset(&m->text);
		buf_put(&m->text, text);
		m->fetched = clock_ms();
	}
	pthread_mutex_unlock(&m->lock);
}

/* Ask for it on the exchange's thread; its client may leave meanwhile. */
static struct span
fetch_text(struct exchange *ex, const char *path)
{
	struct span text = SPAN_NONE;
	struct buf body;

	buf_init(&body, LIST_MAX);
	if (exchange_fetch(ex, path, FETCH_MS, &body) == 0)
		text = pool_span(ex->pool, buf_span(&body));
	buf_free(&body);
	if (!ex->gone)
		keep_text(ex->setup->models, text);
	return text;
}

/* NULL when it cannot be had. */
static struct model_entry *
upstream_list(struct exchange *ex, size_t *count)
{
	const struct dialect *d = dialect_of(conf_upstream_api(ex->conf));
	struct span text = SPAN_NONE;

	*count = 0;
	if (d->read_models == NULL)
		return NULL;
	if (!copy_text(ex->setup->models, ex->pool, &text))
		text = fetch_text(ex, d->models_path);
	return text.p == NULL ? NULL : d->read_models(ex->pool, text, count);
}

void
models_ask(void *exchange, struct span model, struct model_facts *facts)
{
	size_t count;
	struct model_entry *list = upstream_list(exchange, &count);

	for (size_t i = 0; i < count; i++)
		if (span_eq(list[i].id, model)) {
			*facts = list[i].facts;
			return;
		}
}

/* --- what clients are shown ----------------------------------------- */

struct list {
	struct model_entry *entries;
	size_t count;
};

static struct model_entry *
find(const struct list *l, struct span id)
{
	for (size_t i = 0; i < l->count; i++)
		if (span_eq(l->entries[i].id, id))
			return &l->entries[i];
	return NULL;
}

/* Once; the first one stays. */
static void
add(struct list *l, const struct model_entry *entry)
{
	if (find(l, entry->id) == NULL)
		l->entries[l->count++] = *entry;
}

static bool
is_pattern(const char *name)
{
	return strchr(name, '*') != NULL;
}

static bool
retired(const struct model_entry *entry)
{
	long long at = entry->retires.p == NULL ? -1 :
	    rfc3339_read(entry->retires);

	return at >= 0 && at < clock_wall_ms();
}

static const struct model_entry *
by_id(const struct model_entry *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(list[i].id, id))
			return &list[i];
	return NULL;
}

static size_t
compiled_count(void)
{
	size_t n = 0;

	while (claude_profile_id(n) != NULL)
		n++;
	return n;
}

/*
 * o2c: the configured names, then what the upstream has; without an answer
 * of it what the tables know.
 */
static struct list
list_for_openai(struct exchange *ex)
{
	const struct conf *conf = ex->conf;
	size_t count, compiled = compiled_count();
	struct model_entry *theirs = upstream_list(ex, &count);
	struct list l = { pool_array(ex->pool, struct model_entry,
	    conf->model_count + count + compiled), 0 };

	for (size_t i = 0; i < conf->model_count; i++) {
		const struct conf_model *m = &conf->models[i];
		const struct model_entry *same = by_id(theirs, count,
		    m->upstream);
		struct model_entry entry = { .id = span_of(m->name),
			.shown = span_of(m->upstream) };

		if (same != NULL) {
			entry = *same;
			entry.id = span_of(m->name);
		}
		if (!is_pattern(m->name))
			add(&l, &entry);
	}
	for (size_t i = 0; i < count; i++)
		if (!retired(&theirs[i]))
			add(&l, &theirs[i]);
	for (size_t i = 0; theirs == NULL && i < compiled; i++)
		add(&l, &(struct model_entry){
		    .id = span_of(claude_profile_id(i)) });
	return l;
}

/* A name that Anthropic's own models have: the other half of the map. */
static bool
claude_family(const char *name)
{
	return span_starts(span_of(name), "claude-") ||
	    span_starts(span_of(name), "anthropic/");
}

/*
 * c2o: the configured names. Claude Code shows only ids that begin with
 * "claude", so the others are offered as claude-K, which conf_model() takes
 * for K.
 */
static struct list
list_for_claude(struct exchange *ex)
{
	const struct conf *conf = ex->conf;
	struct list l = { pool_array(ex->pool, struct model_entry,
	    conf->model_count), 0 };

	for (size_t i = 0; i < conf->model_count; i++) {
		const struct conf_model *m = &conf->models[i];
		struct model_entry entry = { .id = span_of(m->name),
			.shown = span_of(m->upstream) };

		if (is_pattern(m->name) || claude_family(m->upstream))
			continue;
		if (!span_starts(entry.id, "claude"))
			entry.id = pool_join(ex->pool, SPAN("claude-"),
			    entry.id, SPAN_NONE);
		add(&l, &entry);
	}
	return l;
}

static struct list
list_for(struct exchange *ex)
{
	return ex->conf->mode == MODE_O2C ? list_for_openai(ex) :
	    list_for_claude(ex);
}

void
models_answer_list(struct exchange *ex)
{
	struct list l = list_for(ex);

	if (ex->gone)
		return;
	ex->client->write_models(&ex->text, l.entries, l.count);
	answer_json(ex, 200, buf_span(&ex->text));
}

void
models_answer_one(struct exchange *ex)
{
	struct list l = list_for(ex);
	const struct model_entry *one = find(&l, ex->part);

	if (ex->gone)
		return;
	if (one != NULL) {
		ex->client->write_model(&ex->text, one);
		answer_json(ex, 200, buf_span(&ex->text));
		return;
	}
	if (ex->conf->mode == MODE_O2C)
		fault_code(&ex->why, FAULT_NOT_FOUND, "model_not_found",
		    "model", "The model '%.*s' does not exist",
		    SPAN_ARG(ex->part));
	else
		fault_set(&ex->why, FAULT_NOT_FOUND, "", "model: %.*s",
		    SPAN_ARG(ex->part));
	answer_fault(ex, &ex->why);
}
