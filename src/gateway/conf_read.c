#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "gateway/conf_lines.h"
#include "gateway/conf_read.h"
#include "gateway/near.h"
#include "wire/jget.h"

static const struct conf_word modes[] = {
	{ "openai-to-claude", MODE_O2C },
	{ "o2c", MODE_O2C },
	{ "claude-to-openai", MODE_C2O },
	{ "c2o", MODE_C2O },
	{ NULL, 0 },
};

static const struct conf_word log_levels[] = {
	{ "error", LOG_ERROR },
	{ "warn", LOG_WARN },
	{ "info", LOG_INFO },
	{ "debug", LOG_DEBUG },
	{ NULL, 0 },
};

static const struct conf_word log_formats[] = {
	{ "text", false },
	{ "json", true },
	{ NULL, 0 },
};

static const struct conf_word upstream_apis[] = {
	{ "responses", API_RESPONSES },
	{ "chat-completions", API_CHAT },
	{ NULL, 0 },
};

static const struct conf_word profiles[] = {
	{ "auto", UNSET },
	{ "openai", YES },
	{ "compat", NO },
	{ NULL, 0 },
};

static const struct conf_word efforts[] = {
	{ "none", EFFORT_NONE },
	{ "minimal", EFFORT_MINIMAL },
	{ "low", EFFORT_LOW },
	{ "medium", EFFORT_MEDIUM },
	{ "high", EFFORT_HIGH },
	{ "xhigh", EFFORT_XHIGH },
	{ "max", EFFORT_MAX },
	{ NULL, 0 },
};

#define AT(field) offsetof(struct conf, field)
#define HOUR_MS 3600000L

/* What both providers have. */
#define PROVIDER(section, field) \
	{ section, "apiKey", KEY_TEXT, AT(field.api_key), 0, 0, NULL }, \
	    { section, "baseUrl", KEY_TEXT, AT(field.base_url), 0, 0, NULL }, \
	    { section, "defaultHeaders", KEY_HEADERS, AT(field), 0, 0, NULL }, \
	    { section, "connectTimeoutMs", KEY_INT, AT(field.connect_ms), 0, \
		    HOUR_MS, NULL }, \
	    { section, "firstByteTimeoutMs", KEY_INT, AT(field.first_byte_ms), \
		    0, 24 * HOUR_MS, NULL }, \
	    { section, "idleTimeoutMs", KEY_INT, AT(field.idle_ms), 0, \
		    24 * HOUR_MS, NULL }, \
	    { section, "totalTimeoutMs", KEY_INT, AT(field.total_ms), 0, \
		    240 * HOUR_MS, NULL }, \
	    { section, "maxRetries", KEY_INT32, AT(field.max_retries), 0, 10, \
		    NULL }, \
	    { section, "maxEventBytes", KEY_SIZE, AT(field.max_event), 1024, \
		    1L << 30, NULL }, \
	    { section, "maxReplyBytes", KEY_SIZE, AT(field.max_reply), 1024, \
		    1L << 30, NULL }, \
	    { section, "caFile", KEY_TEXT, AT(field.ca_file), 0, 0, NULL }, \
	{ \
		section, "proxy", KEY_TEXT, AT(field.proxy), 0, 0, NULL \
	}

#define SKIP "routing.skipInboundFields"

const struct conf_key conf_keys[] = {
	{ "server", "host", KEY_TEXT, AT(host), 0, 0, NULL },
	{ "server", "port", KEY_INT32, AT(port), 1, 65535, NULL },
	{ "server", "mode", KEY_WORD, AT(mode), 0, 0, modes },
	{ "server", "logLevel", KEY_WORD, AT(log_level), 0, 0, log_levels },
	{ "server", "logFormat", KEY_WORD, AT(log_format), 0, 0, log_formats },
	{ "server", "apiKeys", KEY_LIST, AT(api_keys), 0, 0, NULL },
	{ "server", "allowedHosts", KEY_LIST, AT(allowed_hosts), 0, 0, NULL },
	{ "server", "maxBodyBytes", KEY_SIZE, AT(max_body), 1024, 1L << 30,
	    NULL },
	{ "server", "maxHeaderBytes", KEY_SIZE, AT(max_header), 1024, 1L << 20,
	    NULL },
	{ "server", "maxJsonDepth", KEY_SIZE, AT(max_depth), 1, 2000, NULL },
	{ "server", "maxJsonItems", KEY_SIZE, AT(max_items), 1, 100000000,
	    NULL },
	{ "server", "requestTimeoutSeconds", KEY_INT, AT(request_seconds), 1,
	    3600, NULL },
	{ "server", "maxConnections", KEY_INT32, AT(max_connections), 1, 100000,
	    NULL },
	{ "server", "pingSeconds", KEY_INT, AT(ping_seconds), 1, 3600, NULL },
	{ "server", "shutdownGraceSeconds", KEY_INT, AT(grace_seconds), 0, 3600,
	    NULL },
	PROVIDER("providers.openai", openai),
	{ "providers.openai", "profile", KEY_WORD, AT(openai.profile), 0, 0,
	    profiles },
	PROVIDER("providers.anthropic", anthropic),
	{ "providers.anthropic", "version", KEY_TEXT, AT(anthropic.version), 0,
	    0, NULL },
	{ "routing", "defaultOpenAIModel", KEY_TEXT, AT(default_openai_model),
	    0, 0, NULL },
	{ "routing", "defaultClaudeModel", KEY_TEXT, AT(default_claude_model),
	    0, 0, NULL },
	{ "routing", "openAIReasoningEffort", KEY_WORD, AT(openai_effort), 0, 0,
	    efforts },
	{ "routing", "claudeOutputEffort", KEY_WORD, AT(claude_effort), 0, 0,
	    efforts },
	{ "routing", "openAIUpstreamApi", KEY_WORD, AT(upstream_api), 0, 0,
	    upstream_apis },
	{ "routing", "openAIParallelToolCalls", KEY_TRI, AT(parallel), 0, 0,
	    NULL },
	{ SKIP, "claudeMessages", KEY_LIST, AT(skip[API_MESSAGES]), 0, 0,
	    NULL },
	{ SKIP, "openAIResponses", KEY_LIST, AT(skip[API_RESPONSES]), 0, 0,
	    NULL },
	{ SKIP, "openAIChatCompletions", KEY_LIST, AT(skip[API_CHAT]), 0, 0,
	    NULL },
	{ "routing", "unknownInboundFields", KEY_UNKNOWN, AT(unknown_fields), 0,
	    0, NULL },
	{ "routing", "claudePromptCaching", KEY_BOOL, AT(claude_caching), 0, 0,
	    NULL },
	{ "", "modelMap", KEY_MODELS, AT(models), 0, 0, NULL },
};
#define KEY_COUNT (sizeof(conf_keys) / sizeof(conf_keys[0]))
const size_t conf_key_count = KEY_COUNT;

/* --- complaints ----------------------------------------------------- */

void
conf_complain(struct conf_trouble *t, const char *path, const char *fmt, ...)
{
	int line =
	    path[0] != '\0' && t->text.p != NULL ? conf_line(t->text, path) : 0;
	va_list ap;

	if (t->file != NULL)
		buf_printf(t->lines, "%s:", t->file);
	if (line > 0)
		buf_printf(t->lines, "%d:", line);
	if (t->file != NULL)
		buf_putc(t->lines, ' ');
	if (path[0] != '\0')
		buf_printf(t->lines, "%s: ", path);
	va_start(ap, fmt);
	buf_vprintf(t->lines, fmt, ap);
	va_end(ap);
	buf_putc(t->lines, '\n');
}

/* " (one of a, b, c)" */
static struct span
choices(struct pool *pool, const struct conf_word *words)
{
	struct span list = SPAN_NONE;

	for (; words->word != NULL; words++)
		list = pool_join(pool, list, list.n > 0 ? SPAN(", ") : SPAN(""),
		    span_of(words->word));
	return list;
}

static int
word_value(const struct conf_word *words, struct span s)
{
	for (; words->word != NULL; words++)
		if (span_is(s, words->word))
			return words->value;
	return -2;
}

enum mode
conf_mode_by_name(struct span name)
{
	int mode = word_value(modes, name);

	return mode < 0 ? MODE_UNSET : (enum mode)mode;
}

int
conf_level_by_name(struct span name)
{
	int level = word_value(log_levels, name);

	return level < 0 ? -1 : level;
}

/* --- values --------------------------------------------------------- */

/* A text with something in it, as a C string of the configuration's. */
static const char *
text_value(struct conf *conf, const json_t *v, const char *path,
    struct conf_trouble *t)
{
	struct span s = jspan(v);

	if (s.n == 0 || memchr(s.p, '\0', s.n) != NULL) {
		conf_complain(t, path,
		    "must be a text that is not empty, "
		    "not %s",
		    s.p != NULL ? "this" : jtype(v));
		return NULL;
	}
	return pool_str(conf->pool, s);
}

static void
read_number(const struct conf_key *k, void *at, const json_t *v,
    const char *path, struct conf_trouble *t)
{
	long long n = json_integer_value(v);

	if (!json_is_integer(v) || n < k->min || n > k->max) {
		conf_complain(t, path,
		    "must be a whole number from %ld to "
		    "%ld",
		    k->min, k->max);
		return;
	}
	if (k->type == KEY_INT)
		*(long *)at = (long)n;
	else if (k->type == KEY_SIZE)
		*(size_t *)at = (size_t)n;
	else
		*(int *)at = (int)n;
}

static void
read_word(struct conf *conf, const struct conf_key *k, void *at,
    const json_t *v, const char *path, struct conf_trouble *t)
{
	int value = word_value(k->words, jspan(v));

	if (value == -2) {
		struct span list = choices(conf->pool, k->words);

		conf_complain(t, path, "must be one of %.*s", SPAN_ARG(list));
		return;
	}
	*(int *)at = value;
}

static void
read_bool(const struct conf_key *k, void *at, const json_t *v, const char *path,
    struct conf_trouble *t)
{
	if (!json_is_boolean(v)) {
		conf_complain(t, path, "must be true or false, not %s",
		    jtype(v));
		return;
	}
	if (k->type == KEY_TRI)
		*(enum tri *)at = json_is_true(v) ? YES : NO;
	else
		*(bool *)at = json_is_true(v);
}

static void
read_list(struct conf *conf, void *at, const json_t *v, const char *path,
    struct conf_trouble *t)
{
	const char **list;
	size_t n = json_array_size(v);

	if (!json_is_array(v)) {
		conf_complain(t, path, "must be a list of texts, not %s",
		    jtype(v));
		return;
	}
	list = pool_array(conf->pool, const char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		list[i] = text_value(conf, json_array_get(v, i), path, t);
		if (list[i] == NULL)
			return;
	}
	*(conf_list *)at = list;
}

/* Names that belong to co2 or to one connection (RFC 9110, section 7.6.1). */
static bool
forbidden_header(struct span name)
{
	static const char *const names[] = {
		"authorization",
		"x-api-key",
		"connection",
		"keep-alive",
		"proxy-authenticate",
		"proxy-authorization",
		"proxy-connection",
		"te",
		"trailer",
		"transfer-encoding",
		"upgrade",
		"host",
		"content-length",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_like(name, names[i]))
			return true;
	return false;
}

static bool
token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?={}", s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

static bool
clean(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\t')
			return false;
	return s.p != NULL;
}

static void
read_header(struct conf *conf, struct conf_header *h, const char *key,
    const json_t *v, const char *path, struct conf_trouble *t)
{
	struct span name = span_trim(span_of(key));
	char *lower;

	if (!token(name))
		conf_complain(t, path, "is no header name");
	else if (forbidden_header(name))
		conf_complain(t, path,
		    "authentication and connection "
		    "headers cannot be overridden");
	else if (!clean(jspan(v)))
		conf_complain(t, path,
		    "must be a text without control "
		    "characters");
	lower = pool_str(conf->pool, name);
	for (char *c = lower; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	h->name = lower;
	h->value = pool_str(conf->pool, jspan(v));
}

static void
read_headers(struct conf *conf, struct conf_provider *p, json_t *v,
    const char *path, struct conf_trouble *t)
{
	struct conf_header *list;
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!json_is_object(v)) {
		conf_complain(t, path,
		    "must be an object of header names "
		    "and texts, not %s",
		    jtype(v));
		return;
	}
	list =
	    pool_array(conf->pool, struct conf_header, json_object_size(v) + 1);
	json_object_foreach(v, key, value) {
		struct span at = pool_printf(conf->pool, "%s.%s", path, key);

		if (span_blank(span_of(key)))
			continue;
		read_header(conf, &list[n++], key, value, at.p, t);
	}
	p->headers = list;
	p->header_count = n;
}

static void
read_models(struct conf *conf, json_t *v, const char *path,
    struct conf_trouble *t)
{
	struct conf_model *list;
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!json_is_object(v)) {
		conf_complain(t, path,
		    "must be an object of model names, "
		    "not %s",
		    jtype(v));
		return;
	}
	list =
	    pool_array(conf->pool, struct conf_model, json_object_size(v) + 1);
	json_object_foreach(v, key, value) {
		struct span at = pool_printf(conf->pool, "%s.%s", path, key);

		if (key[0] == '\0') {
			conf_complain(t, path, "has an empty name");
			continue;
		}
		list[n].name = pool_str(conf->pool, span_of(key));
		list[n++].upstream = text_value(conf, value, at.p, t);
	}
	conf->models = list;
	conf->model_count = n;
}

/* One word for all three protocols. */
static void
read_unknown(struct conf *conf, const json_t *v, const char *path,
    struct conf_trouble *t)
{
	if (span_is(jspan(v), "reject"))
		conf->unknown_fields = 'r';
	else if (span_is(jspan(v), "drop"))
		conf->unknown_fields = 'd';
	else
		conf_complain(t, path, "must be \"reject\" or \"drop\"");
}

/* --- where values are from ------------------------------------------ */

const struct conf_key *
conf_key_by_path(const char *section, const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(conf_keys[i].section, section) == 0 &&
		    strcmp(conf_keys[i].name, name) == 0)
			return &conf_keys[i];
	return NULL;
}

/* It is in the file, in this line. */
static void
note_line(struct conf *conf, const struct conf_key *k, const char *path,
    const struct conf_trouble *t)
{
	conf->sources[k - conf_keys] = pool_printf(conf->pool, "%s:%d",
	    t->file, conf_line(t->text, path))
		.p;
}

void
conf_note(struct conf *conf, const char *section, const char *name,
    const char *source)
{
	conf->sources[conf_key_by_path(section, name) - conf_keys] = source;
}

void
conf_set(struct conf *conf, const char *section, const char *name,
    const char *value, const char *source)
{
	const struct conf_key *k = conf_key_by_path(section, name);

	if (value == NULL)
		return;
	*(const char **)((char *)conf + k->at) = value;
	conf_note(conf, section, name, source);
}

/* --- sections ------------------------------------------------------- */

static void
read_value(struct conf *conf, const struct conf_key *k, json_t *v,
    const char *path, struct conf_trouble *t)
{
	void *at = (char *)conf + k->at;
	const char *text;

	switch (k->type) {
	case KEY_TEXT:
		text = text_value(conf, v, path, t);
		if (text != NULL)
			*(const char **)at = text;
		break;
	case KEY_INT:
	case KEY_INT32:
	case KEY_SIZE:
		read_number(k, at, v, path, t);
		break;
	case KEY_WORD:
		read_word(conf, k, at, v, path, t);
		break;
	case KEY_BOOL:
	case KEY_TRI:
		read_bool(k, at, v, path, t);
		break;
	case KEY_LIST:
		read_list(conf, at, v, path, t);
		break;
	case KEY_HEADERS:
		read_headers(conf, at, v, path, t);
		break;
	case KEY_MODELS:
		read_models(conf, v, path, t);
		break;
	case KEY_UNKNOWN:
		read_unknown(conf, v, path, t);
		break;
	}
}

/* Is path a section, or does one lie below it? */
static bool
is_section(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < KEY_COUNT; i++) {
		const char *section = conf_keys[i].section;

		if (strncmp(section, path, n) == 0 &&
		    (section[n] == '\0' || section[n] == '.'))
			return true;
	}
	return false;
}

/* The name directly below `section` on the way to a key; absent if none. */
static struct span
child_of(const struct conf_key *k, const char *section)
{
	size_t n = strlen(section);
	struct span below = span_of(k->section);

	if (strcmp(k->section, section) == 0)
		return span_of(k->name);
	if (!span_starts(below, section))
		return SPAN_NONE;
	if (n > 0 && below.p[n] != '.')
		return SPAN_NONE;
	below = span_from(below, n > 0 ? n + 1 : 0);
	return span_cut(&below, '.');
}

static void
unknown_key(const char *section, const char *name, const char *path,
    struct conf_trouble *t)
{
	struct span best = SPAN_NONE;
	size_t distance = 6;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct span child = child_of(&conf_keys[i], section);
		size_t d = child.n == 0 ?
		    distance :
		    near_distance(span_of(name), child, distance);

		if (d < distance) {
			distance = d;
			best = child;
		}
	}
	if (best.n > 0)
		conf_complain(t, path, "unknown key (did you mean \"%.*s\"?)",
		    SPAN_ARG(best));
	else
		conf_complain(t, path, "unknown key");
}

static void
read_section(struct conf *conf, const char *section, json_t *o,
    struct conf_trouble *t)
{
	const char *name;
	json_t *v;

	if (!json_is_object(o)) {
		conf_complain(t, section, "must be an object, not %s",
		    jtype(o));
		return;
	}
	json_object_foreach(o, name, v) {
		const struct conf_key *k = conf_key_by_path(section, name);
		struct span path = pool_printf(conf->pool, "%s%s%s", section,
		    section[0] != '\0' ? "." : "", name);

		if (k != NULL) {
			note_line(conf, k, path.p, t);
			read_value(conf, k, v, path.p, t);
		} else if (is_section(path.p)) {
			read_section(conf, path.p, v, t);
		} else {
			unknown_key(section, name, path.p, t);
		}
	}
}

void
conf_read_file(struct conf *conf, json_t *root, struct conf_trouble *t)
{
	read_section(conf, "", root, t);
}
