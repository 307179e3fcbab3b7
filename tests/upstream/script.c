/* Rules from a file. */
#include "script.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/jx.h"

enum { MAX_RULES = 512 };

struct script {
	pthread_mutex_t	 lock;
	char		*path;
	struct stat	 read;	/* the file as it was then */
	json_t		*rules;
	unsigned	 hits[MAX_RULES];
};

/*
 * Two files that follow each other within a tick of the clock have the same
 * time and may have the same size, but one that was renamed over another is
 * another file.
 */
static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Reads the file if it is not the one that was read last. */
static int
refresh(struct script *s)
{
	json_error_t err;
	struct stat st;

	if (s->path == NULL)
		return 0;
	if (stat(s->path, &st) != 0) {
		perror(s->path);
		return -1;
	}
	if (s->rules != NULL && is_same(&st, &s->read))
		return 0;
	json_t *rules = json_load_file(s->path, JSON_ALLOW_NUL, &err);
	if (!json_is_array(rules) || json_array_size(rules) > MAX_RULES) {
		fprintf(stderr, "%s:%d: %s\n", s->path, err.line,
		    rules == NULL ? err.text : "not an array of rules");
		json_decref(rules);
		return -1;
	}
	json_decref(s->rules);
	s->rules = rules;
	s->read = st;
	memset(s->hits, 0, sizeof(s->hits));
	return 0;
}

struct script *
script_open(const char *path)
{
	struct script *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	pthread_mutex_init(&s->lock, NULL);
	s->path = path != NULL ? strdup(path) : NULL;
	if (refresh(s) != 0) {
		script_close(s);
		return NULL;
	}
	return s;
}

void
script_close(struct script *s)
{
	if (s == NULL)
		return;
	json_decref(s->rules);
	free(s->path);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static bool
body_has(const struct bytes *body, const json_t *text)
{
	const char *s = json_string_value(text);

	return s != NULL && body->n > 0 &&
	    memmem(body->p, body->n, s, strlen(s)) != NULL;
}

/* Whether the body contains each (all) or any of the texts wanted. */
static bool
body_matches(const struct bytes *body, const json_t *want, bool all)
{
	size_t i;
	json_t *v;

	if (!json_is_array(want))
		return body_has(body, want);
	json_array_foreach(want, i, v)
		if (body_has(body, v) != all)
			return !all;
	return all;
}

static bool
headers_match(const struct web *req, const json_t *want)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)want, name, v) {
		const char *have = web_header(req, name);
		if (json_is_null(v) ? have != NULL : have == NULL ||
		    strstr(have, json_string_value(v)) == NULL)
			return false;
	}
	return true;
}

static bool
when_fits(const json_t *when, const struct web *req, const json_t *body)
{
	const json_t *v;

	if ((v = json_object_get(when, "stream")) != NULL &&
	    json_is_true(v) != json_is_true(json_object_get(body, "stream")))
		return false;
	if ((v = json_object_get(when, "model")) != NULL &&
	    !jx_is(body, "model", json_string_value(v)))
		return false;
	if ((v = json_object_get(when, "contains")) != NULL &&
	    !body_matches(&req->body, v, true))
		return false;
	if ((v = json_object_get(when, "lacks")) != NULL &&
	    body_matches(&req->body, v, false))
		return false;
	return headers_match(req, json_object_get(when, "header"));
}

static bool
rule_fits(const json_t *rule, const struct web *req, const json_t *body)
{
	const char *path = jx_str(rule, "path");
	const char *method = jx_str(rule, "method");

	if (json_object_get(rule, "accept") != NULL)
		return false;
	if (path != NULL && strcmp(path, "*") != 0 &&
	    strcmp(path, req->path) != 0)
		return false;
	if (method != NULL && strcmp(method, req->method) != 0)
		return false;
	return when_fits(json_object_get(rule, "when"), req, body);
}

/* Whether this is one of the occasions a rule is meant for. */
static bool
is_due(const json_t *rule, unsigned hit)
{
	const json_t *when = json_object_get(rule, "when");
	const json_t *nth = json_object_get(when, "nth");
	const json_t *times = json_object_get(when, "times");

	if (nth != NULL)
		return json_integer_value(nth) == hit;
	return times == NULL || hit <= json_integer_value(times);
}

json_t *
script_for(struct script *s, const struct web *req, const json_t *body,
    int *index)
{
	json_t *rule, *found = NULL;
	size_t i;

	pthread_mutex_lock(&s->lock);
	refresh(s);
	json_array_foreach(s->rules, i, rule) {
		if (!rule_fits(rule, req, body))
			continue;
		if (!is_due(rule, ++s->hits[i]))
			continue;
		*index = (int)i;
		found = json_incref(rule);
		break;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

/*
 * The script may have been read anew meanwhile, so this may be the last use
 * of what others have read; jansson's own counting does not order the two.
 */
void
script_give_back(struct script *s, json_t *rule)
{
	pthread_mutex_lock(&s->lock);
	json_decref(rule);
	pthread_mutex_unlock(&s->lock);
}

const char *
script_accept(struct script *s, unsigned nth)
{
	static const char *const known[] = { "close", "stall", "reset" };
	const char *word = NULL;
	json_t *rule;
	size_t i;

	pthread_mutex_lock(&s->lock);
	refresh(s);
	json_array_foreach(s->rules, i, rule) {
		const json_t *want = json_object_get(rule, "nth");
		if (jx_str(rule, "accept") == NULL || (want != NULL &&
		    json_integer_value(want) != nth))
			continue;
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			if (jx_is(rule, "accept", known[k]))
				word = known[k];
		break;
	}
	pthread_mutex_unlock(&s->lock);
	return word;
}
