/*
 * The smaller answers of Claude's API: models and counts (c2o-common 12).
 */
#include <time.h>

#include "dialect/messages_write.h"

/* Claude Code lists only what begins so, or used to. */
#define FAMILY "claude"

/* 1970-01-01T00:00:00Z */
static void
put_time(struct jw *w, const char *key, long long seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;
	char text[32] = "1970-01-01T00:00:00Z";

	if (gmtime_r(&at, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jw_str(w, key, span_of(text));
}

/* "qwen-local" as "claude-qwen-local". */
static void
put_id(struct jw *w, const char *key, const struct model_entry *m)
{
	jw_text_begin(w, key);
	if (!span_starts(m->id, FAMILY))
		jw_text(w, SPAN(FAMILY "-"));
	jw_text(w, m->id);
	jw_text_end(w);
}

static void
put_limit(struct jw *w, const char *key, long limit)
{
	if (limit > 0)
		jw_int(w, key, limit);
	else
		jw_null(w, key);
}

static void
put_model(struct jw *w, const struct model_entry *m)
{
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("model"));
	put_id(w, "id", m);
	jw_str(w, "display_name", m->shown.p != NULL ? m->shown : m->id);
	jw_str(w, "description", SPAN("Served by an OpenAI upstream"));
	put_time(w, "created_at", m->created);
	jw_str(w, "lifecycle", SPAN("active"));
	jw_null(w, "line");
	put_limit(w, "max_input_tokens", m->facts.context);
	put_limit(w, "max_tokens", m->facts.max_output);
	jw_null(w, "capabilities");
	jw_null(w, "deprecated_at");
	jw_str(w, "retires_at", m->retires);
	jw_end(w);
}

void
messages_write_model(struct buf *out, const struct model_entry *one)
{
	struct jw w;

	jw_init(&w, out);
	put_model(&w, one);
}

void
messages_write_models(struct buf *out, const struct model_entry *list,
    size_t count)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_arr(&w, "data");
	for (size_t i = 0; i < count; i++)
		put_model(&w, &list[i]);
	jw_end(&w);
	jw_bool(&w, "has_more", false);
	if (count > 0) {
		put_id(&w, "first_id", &list[0]);
		put_id(&w, "last_id", &list[count - 1]);
	} else {
		jw_null(&w, "first_id");
		jw_null(&w, "last_id");
	}
	jw_end(&w);
}

void
messages_write_count(struct buf *out, long tokens)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_int(&w, "input_tokens", tokens);
	jw_end(&w);
}
