#include <stdlib.h>

#include "gateway/gate.h"
#include "gateway/near.h"
#include "wire/jget.h"

static int
parse(struct request *req, const struct conf *conf, struct span text,
    struct fault *why)
{
	const struct json_limits limits = { .depth = conf->max_depth,
		.items = conf->max_items };
	struct json_trouble trouble;
	size_t repaired = 0;

	if (span_blank(text))
		return fault_code(why, FAULT_REQUEST, "invalid_json", "",
		    "the request has no body; send a JSON object");
	req->body = jread_within(req->pool, text, limits, &repaired,
	    &trouble);
	if (req->body == NULL && trouble.line == 0)
		return fault_code(why, FAULT_REQUEST, "invalid_json", "",
		    "the body is not read: it is %s (server.maxJsonDepth, "
		    "server.maxJsonItems)", trouble.text);
	if (req->body == NULL)
		return fault_code(why, FAULT_REQUEST, "invalid_json", "",
		    "the body is no valid JSON: line %d, column %d: %s",
		    trouble.line, trouble.column, trouble.text);
	if (!json_is_object(req->body))
		return fault_code(why, FAULT_REQUEST, "invalid_json", "",
		    "the body must be a JSON object, not %s", jtype(req->body));
	if (repaired > 0)
		request_lost(req, "surrogate_repaired", "%zu", repaired);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Remove what the operator listed; the names that matched, sorted. */
static struct span
strip(struct request *req, conf_list names)
{
	const char **hits;
	size_t count = 0, n = 0;
	struct span list = SPAN_NONE;

	while (names != NULL && names[count] != NULL)
		count++;
	hits = pool_array(req->pool, const char *, count + 1);
	for (size_t i = 0; i < count; i++)
		if (json_object_del(req->body, names[i]) == 0)
			hits[n++] = names[i];
	qsort(hits, n, sizeof(*hits), by_name);
	for (size_t i = 0; i < n; i++)
		list = pool_join(req->pool, list, i > 0 ? SPAN(",") : SPAN(""),
		    span_of(hits[i]));
	return list;
}

/*
 * What clients of any API send along for the servers of other vendors
 * (design section 5, point 4).
 */
static const struct field vendors[] = {
	{ "enable_thinking",	true },
	{ "min_p",		true },
	{ "models",		true },
	{ "plugins",		true },
	{ "provider",		true },
	{ "repetition_penalty",	true },
	{ "route",		true },
	{ "top_a",		true },
	{ "transforms",		true },
	{ "usage",		true },
	{ NULL,			false },
};

static bool
is_name(const char *key, const char *name)
{
	return strcmp(key, name) == 0;
}

/* Is key probably a slip of name? */
static bool
is_slip(const char *key, const char *name)
{
	return near_slip(span_of(key), span_of(name));
}

/* The field of d, or of other vendors, that key is alike to, or NULL. */
static const struct field *
field_by(bool (*alike)(const char *key, const char *name),
    const struct dialect *d, const char *key)
{
	const struct field *tables[] = { d->fields, vendors };

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct field *f = tables[i]; f->name != NULL; f++)
			if (alike(key, f->name))
				return f;
	return NULL;
}

static bool
rejects_unknown(const struct dialect *d, const struct conf *conf)
{
	if (conf->unknown_fields != 0)
		return conf->unknown_fields == 'r';
	return d->api != API_MESSAGES;
}

/*
 * OpenAI's errors carry the field as param and a code; Claude's have neither
 * for this.
 */
static int
unknown(struct request *req, const struct dialect *d, const struct conf *conf,
    const char *key, struct fault *why)
{
	const struct field *f = field_by(is_slip, d, key);
	bool openai = d->api != API_MESSAGES;
	const char *code = openai ? "unknown_parameter" : "";
	const char *param = openai ? key : "";

	if (f != NULL)
		return fault_code(why, FAULT_REQUEST, code, param,
		    "Unrecognized key: \"%s\" (did you mean \"%s\"?)", key,
		    f->name);
	if (rejects_unknown(d, conf))
		return fault_code(why, FAULT_REQUEST, code, param,
		    "Unrecognized key: \"%s\". To have co2 drop it, add "
		    "\"%s\" to routing.skipInboundFields.%s.",
		    key, key, d->skip_list);
	request_lost(req, "field_dropped", "%s", key);
	return 0;
}

int
gate_body(struct request *req, const struct dialect *d, const struct conf *conf,
    struct span text, struct span *skipped, struct fault *why)
{
	const struct field *f;
	const char *key;
	json_t *value;

	if (parse(req, conf, text, why) != 0)
		return -1;
	*skipped = strip(req, conf->skip[d->api]);
	json_object_foreach(req->body, key, value) {
		f = field_by(is_name, d, key);
		if (f == NULL) {
			if (unknown(req, d, conf, key, why) != 0)
				return -1;
		} else if (f->dropped && !json_is_null(value))
			request_lost(req, "field_dropped", "%s", key);
	}
	return 0;
}
