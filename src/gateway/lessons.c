#include <pthread.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "gateway/lessons.h"

/* More than this is a client that makes names up. */
#define LESSONS_MAX 256
#define HINTS_MAX 4096

struct lesson {
	struct lesson *next;
	char *key;		/* origin, space, model */
	struct learned what;
};

struct hint {
	struct hint *next;
	char *key;		/* client, space, code */
};

struct lessons {
	pthread_mutex_t lock;
	struct lesson *first;
	struct hint *hints;
	size_t count, hint_count;
};

struct lessons *
lessons_new(void)
{
	struct lessons *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
lessons_free(struct lessons *l)
{
	if (l == NULL)
		return;
	for (struct lesson *at = l->first, *next; at != NULL; at = next) {
		next = at->next;
		free(at->key);
		free(at);
	}
	for (struct hint *at = l->hints, *next; at != NULL; at = next) {
		next = at->next;
		free(at->key);
		free(at);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static char *
key_of(struct span a, struct span b)
{
	char *key = xmalloc(a.n + b.n + 2);

	memcpy(key, a.p ? a.p : "", a.n);
	key[a.n] = ' ';
	memcpy(key + a.n + 1, b.p ? b.p : "", b.n);
	key[a.n + 1 + b.n] = '\0';
	return key;
}

static struct lesson *
find(const struct lessons *l, const char *key)
{
	for (struct lesson *at = l->first; at != NULL; at = at->next)
		if (strcmp(at->key, key) == 0)
			return at;
	return NULL;
}

struct learned
lessons_get(struct lessons *l, struct span origin, struct span model)
{
	struct learned what = { 0 };
	char *key = key_of(origin, model);
	const struct lesson *known;

	pthread_mutex_lock(&l->lock);
	known = find(l, key);
	if (known != NULL)
		what = known->what;
	pthread_mutex_unlock(&l->lock);
	free(key);
	return what;
}

void
lessons_put(struct lessons *l, struct span origin, struct span model,
    const struct learned *what)
{
	char *key = key_of(origin, model);
	struct lesson *at;

	pthread_mutex_lock(&l->lock);
	at = find(l, key);
	if (at == NULL && l->count < LESSONS_MAX) {
		at = xcalloc(1, sizeof(*at));
		at->key = xstrdup(key);
		at->next = l->first;
		l->first = at;
		l->count++;
	}
	if (at != NULL)
		at->what = *what;
	pthread_mutex_unlock(&l->lock);
	free(key);
}

static bool
hinted(const struct lessons *l, const char *key)
{
	for (const struct hint *at = l->hints; at != NULL; at = at->next)
		if (strcmp(at->key, key) == 0)
			return true;
	return false;
}

bool
lessons_first_hint(struct lessons *l, struct span client, const char *code)
{
	char *key = key_of(client, span_of(code));
	bool first;

	pthread_mutex_lock(&l->lock);
	first = !hinted(l, key);
	if (first && l->hint_count < HINTS_MAX) {
		struct hint *at = xcalloc(1, sizeof(*at));

		at->key = xstrdup(key);
		at->next = l->hints;
		l->hints = at;
		l->hint_count++;
	}
	pthread_mutex_unlock(&l->lock);
	free(key);
	return first;
}
