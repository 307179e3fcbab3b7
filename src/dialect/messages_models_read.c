/*
 * Claude's list of models, and its count of tokens, read.
 */
#include <stdio.h>
#include <time.h>

#include "dialect/claude_profile.h"
#include "dialect/parts.h"
#include "wire/jget.h"

long
messages_read_count(struct pool *pool, struct span body)
{
	struct json_trouble why;

	return jget_long(jread(pool, body, 0, NULL, &why), "input_tokens", -1);
}

/* "2026-02-05T00:00:00Z" in seconds since 1970; 0 when it is no such time. */
static long long
seconds_of(struct pool *pool, struct span text)
{
	const char *s = pool_str(pool, text);
	struct tm tm = { 0 };

	if (s == NULL || sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year,
	    &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (long long)timegm(&tm);
}

/* A capability is a boolean, or an object that has one. */
static enum tri
capability(const json_t *o, const char *key)
{
	const json_t *v = jget(o, key);

	if (json_is_object(v))
		v = jget(v, "supported");
	if (!json_is_boolean(v))
		return UNSET;
	return json_is_true(v) ? YES : NO;
}

static unsigned
efforts_of(const json_t *o)
{
	unsigned efforts = 0;

	for (int e = EFFORT_LOW; e <= EFFORT_MAX; e++)
		if (capability(o, effort_word((enum effort)e)) == YES)
			efforts |= 1u << e;
	return efforts;
}

static long
size_of(const json_t *o, const char *key)
{
	long n = jget_long(o, key, 0);

	return n > 0 ? n : 0;
}

static struct model_facts
facts_of(const json_t *model)
{
	const json_t *can = jget(model, "capabilities");
	const json_t *types = jget(jget(can, "thinking"), "types");
	struct model_facts f = { .known = true };

	f.context = size_of(model, "max_input_tokens");
	f.max_output = size_of(model, "max_tokens");
	f.efforts = efforts_of(jget(can, "effort"));
	f.adaptive = capability(types, claude_type_word(TYPE_ADAPTIVE));
	f.budget = capability(types, claude_type_word(TYPE_ENABLED));
	f.off = capability(types, claude_type_word(TYPE_DISABLED));
	f.between = capability(types, claude_type_word(TYPE_BETWEEN));
	f.schemas = capability(can, "structured_outputs");
	return f;
}

static void
read_model(struct pool *pool, const json_t *o, struct model_entry *m)
{
	m->id = jget_span(o, "id");
	m->shown = jget_span(o, "display_name");
	m->created = seconds_of(pool, jget_span(o, "created_at"));
	m->retires = jget_span(o, "retires_at");
	m->facts = facts_of(o);
}

struct model_entry *
messages_read_models(struct pool *pool, struct span body, size_t *count)
{
	struct json_trouble why;
	json_t *list = jget_array(jread(pool, body, 0, NULL, &why), "data");
	struct model_entry *models;
	json_t *v;
	size_t i;

	*count = 0;
	if (list == NULL)
		return NULL;
	models = pool_array(pool, struct model_entry,
	    json_array_size(list) + 1);
	json_array_foreach(list, i, v)
		if (jget_span(v, "id").n > 0)
			read_model(pool, v, &models[(*count)++]);
	return models;
}
