#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "gateway/conf.h"
#include "gateway/conf_read.h"
#include "gateway/url.h"
#include "wire/jget.h"

/* A configuration file is small; this is a guard against a wrong path. */
#define FILE_MAX_BYTES (1 << 20)
#define KEY_MAX_BYTES 8192

static const struct conf defaults = {
	.host = "127.0.0.1",
	.port = 8000,
	.log_level = LOG_INFO,
	.max_body = 33554432,
	.max_header = 10240,
	.max_depth = 512,
	.max_items = 1000000,
	.max_connections = 1024,
	.request_seconds = 90,
	.ping_seconds = 15,
	.grace_seconds = 30,
	.openai = {
		.base_url = "https://api.openai.com/v1",
		.profile = UNSET,
		.connect_ms = 10000,
		.first_byte_ms = 590000,
		.idle_ms = 300000,
		.max_retries = 2,
		.max_event = 64 << 20,
		.max_reply = 128 << 20,
	},
	.anthropic = {
		.base_url = "https://api.anthropic.com",
		.version = "2023-06-01",
		.profile = UNSET,
		.connect_ms = 10000,
		.first_byte_ms = 590000,
		.idle_ms = 300000,
		.max_retries = 2,
		.max_event = 64 << 20,
		.max_reply = 128 << 20,
	},
	.upstream_api = API_RESPONSES,
	.parallel = UNSET,
	.claude_caching = true,
};

/* What differs between the two providers, for words and checks. */
struct provider_facts {
	const char *path;	/* in the file */
	const char *key_variables;	/* for the complaint */
};

static const struct provider_facts openai_facts = {
	"providers.openai",
	"OPENAI_API_KEY",
};
static const struct provider_facts anthropic_facts = {
	"providers.anthropic",
	"ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN",
};

/* What goes over the file; a later row goes over an earlier one. */
static const struct variable {
	const char *name;
	bool credential;	/* a file in $CREDENTIALS_DIRECTORY */
	const char *section, *key;
} variables[] = {
	{ "openai_api_key", true, "providers.openai", "apiKey" },
	{ "anthropic_api_key", true, "providers.anthropic", "apiKey" },
	{ "ANTHROPIC_AUTH_TOKEN", false, "providers.anthropic", "apiKey" },
	{ "ANTHROPIC_API_KEY", false, "providers.anthropic", "apiKey" },
	{ "ANTHROPIC_BASE_URL", false, "providers.anthropic", "baseUrl" },
	{ "ANTHROPIC_VERSION", false, "providers.anthropic", "version" },
	{ "OPENAI_API_KEY", false, "providers.openai", "apiKey" },
	{ "OPENAI_BASE_URL", false, "providers.openai", "baseUrl" },
};

/* --- reading -------------------------------------------------------- */

/* The whole of a file, at most max bytes; absent and errno when it fails. */
static struct span
read_file(struct pool *pool, const char *path, size_t max)
{
	FILE *f = fopen(path, "re");
	struct buf b;
	char piece[4096];
	size_t n;
	struct span text = SPAN_NONE;

	if (f == NULL)
		return SPAN_NONE;
	buf_init(&b, max);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, (struct span){ piece, n });
	if (!ferror(f) && !b.full)
		text = pool_span(pool, buf_span(&b));
	buf_free(&b);
	fclose(f);
	return text;
}

static void
load_file(struct conf *conf, const char *path, struct conf_trouble *t)
{
	struct json_trouble trouble;
	struct span text = read_file(conf->pool, path, FILE_MAX_BYTES);
	json_t *root;

	t->file = path;
	if (text.p == NULL) {
		conf_complain(t, "", "cannot be read: %m");
		return;
	}
	root = jread(conf->pool, text, 0, NULL, &trouble);
	if (root == NULL) {
		buf_printf(t->lines, "%s:%d: %s (column %d)\n", path,
		    trouble.line, trouble.text, trouble.column);
		return;
	}
	t->text = text;
	conf_read_file(conf, root, t);
}

static const char *
environment(const char *name)
{
	return getenv(name);
}

/* An environment variable; the empty text counts as unset. */
static const char *
variable(const char *(*env)(const char *), struct pool *pool, const char *name)
{
	const char *value = env(name);

	if (value == NULL || value[0] == '\0')
		return NULL;
	return pool_str(pool, span_of(value));
}

/* A key that systemd hands over as a file. */
static const char *
credential(struct conf *conf, const char *(*env)(const char *),
    const char *name)
{
	const char *dir = variable(env, conf->pool, "CREDENTIALS_DIRECTORY");
	struct span text;

	if (dir == NULL)
		return NULL;
	text = read_file(conf->pool,
	    pool_printf(conf->pool, "%s/%s", dir, name).p, KEY_MAX_BYTES);
	text = span_trim(text);
	return text.n > 0 ? pool_str(conf->pool, text) : NULL;
}

/* "a,b,c" as a list. */
static conf_list
split(struct pool *pool, const char *text)
{
	struct span rest = span_of(text);
	const char **list = pool_array(pool, const char *, rest.n / 2 + 2);
	size_t n = 0;

	while (rest.n > 0) {
		struct span one = span_trim(span_cut(&rest, ','));

		if (one.n > 0)
			list[n++] = pool_str(pool, one);
	}
	return list;
}

static void
load_environment(struct conf *conf, const char *(*env)(const char *),
    struct conf_trouble *t)
{
	struct pool *pool = conf->pool;
	const char *key = variable(env, pool, "ANTHROPIC_API_KEY");
	const char *token = variable(env, pool, "ANTHROPIC_AUTH_TOKEN");
	const char *keys = variable(env, pool, "CO2_API_KEYS");

	if (key != NULL && token != NULL && strcmp(key, token) != 0)
		conf_complain(t, "",
		    "ANTHROPIC_API_KEY and "
		    "ANTHROPIC_AUTH_TOKEN are both set and must match; unset "
		    "one of them");
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const struct variable *v = &variables[i];

		conf_set(conf, v->section, v->key,
		    v->credential ? credential(conf, env, v->name) :
				    variable(env, pool, v->name),
		    pool_printf(pool, "%s %s",
			v->credential ? "credential" : "variable",
			v->name)
			.p);
	}
	if (keys != NULL) {
		conf->api_keys = split(pool, keys);
		conf_note(conf, "server", "apiKeys", "variable CO2_API_KEYS");
	}
}

static void
load_arguments(struct conf *conf, const struct conf_args *args,
    struct conf_trouble *t)
{
	int level;

	if (args->mode != NULL) {
		conf->mode = conf_mode_by_name(span_of(args->mode));
		if (conf->mode == MODE_UNSET)
			conf_complain(t, "",
			    "--mode %s: must be "
			    "openai-to-claude (o2c) or claude-to-openai "
			    "(c2o)",
			    args->mode);
		conf_note(conf, "server", "mode", "option --mode");
	}
	if (args->log_level != NULL) {
		level = conf_level_by_name(span_of(args->log_level));
		if (level < 0)
			conf_complain(t, "",
			    "--log-level %s: must be error, "
			    "warn, info or debug",
			    args->log_level);
		else
			conf->log_level = (enum log_level)level;
		conf_note(conf, "server", "logLevel", "option --log-level");
	}
	conf_set(conf, "server", "host",
	    pool_str(conf->pool, span_of(args->host)), "option --host");
	if (args->port >= 0) {
		conf->port = args->port;
		conf_note(conf, "server", "port", "option --port");
	}
}

/* --- checks --------------------------------------------------------- */

static bool
placeholder(const char *key)
{
	return span_ends(span_of(key), "_PLACEHOLDER");
}

/* A header value: printable, one line. */
static bool
sendable(const char *key)
{
	for (; *key != '\0'; key++)
		if (*key <= ' ' || *key >= 0x7f)
			return false;
	return true;
}

static void
check_key(struct conf *conf, struct conf_provider *p,
    const struct provider_facts *facts, struct conf_trouble *t)
{
	const char *path = pool_printf(conf->pool, "%s.apiKey", facts->path).p;

	if (p->api_key != NULL && !sendable(p->api_key)) {
		conf_complain(t, path, "has characters that no key has");
		return;
	}
	if (p->api_key != NULL && !placeholder(p->api_key))
		return;
	if (host_is_loopback(span_of(p->host))) {
		p->api_key = NULL;
		return;
	}
	conf_complain(t, path, "%s; set it, or the environment variable %s",
	    p->api_key != NULL ? "is still the placeholder" : "is missing",
	    facts->key_variables);
}

/* Does the address of an upstream reach our own listener? */
static bool
own_listener(const struct conf *conf, const struct url *u)
{
	struct span host = span_of(u->host), ours = span_of(conf->host);
	bool any = span_is(ours, "0.0.0.0") || span_is(ours, "::");

	if (conf->port == 0 || u->port != conf->port)
		return false;
	return span_like(ours, u->host) ||
	    (host_is_loopback(host) && (any || host_is_loopback(ours)));
}

/* The hosts of c2o-common section 0 that are OpenAI's own service. */
static bool
openai_host(struct span host)
{
	return span_is(host, "api.openai.com") ||
	    span_ends(host, ".openai.azure.com") ||
	    span_ends(host, ".cognitiveservices.azure.com") ||
	    span_ends(host, ".services.ai.azure.com");
}

static void
check_provider(struct conf *conf, struct conf_provider *p,
    const struct provider_facts *facts, bool offline, struct conf_trouble *t)
{
	const char *path = pool_printf(conf->pool, "%s.baseUrl", facts->path).p;
	struct url u = { 0 };
	const char *why = NULL;

	if (url_parse(conf->pool, span_of(p->base_url), &u, &why) != 0) {
		conf_complain(t, path, "%s", why);
		return;
	}
	p->base_url = u.base;
	p->origin = u.origin;
	p->host = u.host;
	if (facts == &anthropic_facts)
		p->official = span_is(span_of(u.host), "api.anthropic.com");
	else
		p->official = p->profile == YES ||
		    (p->profile == UNSET && openai_host(span_of(u.host)));
	if (offline)
		return;
	if (own_listener(conf, &u))
		conf_complain(t, path,
		    "points at co2's own address "
		    "%s:%d; unset the variable that a client uses, or name "
		    "the real upstream",
		    conf->host, conf->port);
	if (p->ca_file != NULL && access(p->ca_file, R_OK) != 0)
		conf_complain(t,
		    pool_printf(conf->pool, "%s.caFile", facts->path).p,
		    "%s cannot be read: %m", p->ca_file);
	check_key(conf, p, facts, t);
}

static void
check_server(struct conf *conf, struct conf_trouble *t)
{
	bool open = conf->api_keys == NULL || conf->api_keys[0] == NULL;

	if (conf->mode == MODE_UNSET)
		conf_complain(t, "",
		    "server.mode is missing: set it, or "
		    "--mode, to openai-to-claude (o2c) or claude-to-openai "
		    "(c2o)");
	if (!host_is_loopback(span_of(conf->host)) && open)
		conf_complain(t, "server.host",
		    "%s is not a loopback "
		    "address: others could use your key; set server.apiKeys "
		    "as well",
		    conf->host);
	for (size_t i = 0; !open && conf->api_keys[i] != NULL; i++)
		if (placeholder(conf->api_keys[i]))
			conf_complain(t, "server.apiKeys",
			    "holds a "
			    "placeholder; choose a key of your own");
}

static void
check(struct conf *conf, bool offline, struct conf_trouble *t)
{
	check_server(conf, t);
	if (conf->mode == MODE_O2C)
		check_provider(conf, &conf->anthropic, &anthropic_facts,
		    offline, t);
	if (conf->mode == MODE_C2O)
		check_provider(conf, &conf->openai, &openai_facts, offline, t);
}

struct conf *
conf_load(const struct conf_args *args, const char *(*env)(const char *),
    struct buf *problems)
{
	struct pool *pool = pool_open();
	struct conf *conf = pool_new(pool, struct conf);
	struct conf_trouble t = { .lines = problems };
	size_t before = problems->n;

	if (env == NULL)
		env = environment;
	*conf = defaults;
	conf->pool = pool;
	conf->sources = pool_array(pool, const char *, conf_key_count);
	conf->path = pool_str(pool, span_of(args->path));
	if (conf->path == NULL)
		conf->path = variable(env, pool, "CO2_CONFIG");
	if (conf->path != NULL)
		load_file(conf, conf->path, &t);
	load_environment(conf, env, &t);
	load_arguments(conf, args, &t);
	if (problems->n == before || t.text.p != NULL)
		check(conf, args->offline, &t);
	if (problems->n > before) {
		conf_free(conf);
		return NULL;
	}
	return conf;
}

void
conf_free(struct conf *conf)
{
	if (conf != NULL)
		pool_close(conf->pool);
}

/* --- questions ------------------------------------------------------ */

const struct conf_provider *
conf_upstream(const struct conf *conf)
{
	return conf->mode == MODE_O2C ? &conf->anthropic : &conf->openai;
}

enum api
conf_upstream_api(const struct conf *conf)
{
	return conf->mode == MODE_O2C ? API_MESSAGES : conf->upstream_api;
}

const char *
conf_mode_name(enum mode mode)
{
	switch (mode) {
	case MODE_O2C:
		return "openai-to-claude";
	case MODE_C2O:
		return "claude-to-openai";
	default:
		return "unset";
	}
}
