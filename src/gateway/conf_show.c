#include "gateway/conf_show.h"

#include <sys/stat.h>

#include "gateway/conf_read.h"
#include "wire/jw.h"

enum {
	SOURCE_COLUMN = 56,
	SHOWN = 4,		/* of a key, at its end ... */
	SHOWN_OF = 20,		/* ... if it is at least that long */
};

/* Enough of a secret to tell two of one's own apart. */
static void
put_masked(struct jw *w, const char *key, const char *secret)
{
	struct span s = span_of(secret);

	jw_text_begin(w, key);
	jw_text(w, SPAN("..."));
	if (s.n >= SHOWN_OF)
		jw_text(w, span_from(s, s.n - SHOWN));
	jw_text_end(w);
}

/* A proxy's URL may hold a name and a password. */
static void
put_proxy(struct jw *w, const char *url)
{
	struct span rest = span_of(url);
	const char *at = strrchr(url, '@');
	ptrdiff_t scheme = span_find(rest, SPAN("://"));

	jw_text_begin(w, NULL);
	if (at != NULL) {
		if (scheme >= 0)
			jw_text(w, span_head(rest, (size_t)scheme + 3));
		jw_text(w, SPAN("..."));
		rest = span_of(at);
	}
	jw_text(w, rest);
	jw_text_end(w);
}

static void
put_text(struct jw *w, const struct conf_key *k, const char *text)
{
	if (text == NULL)
		jw_null(w, NULL);
	else if (strcmp(k->name, "apiKey") == 0)
		put_masked(w, NULL, text);
	else if (strcmp(k->name, "proxy") == 0)
		put_proxy(w, text);
	else
		jw_str(w, NULL, span_of(text));
}

static void
put_word(struct jw *w, const struct conf_word *words, int value)
{
	for (; words->word != NULL; words++)
		if (words->value == value) {
			jw_str(w, NULL, span_of(words->word));
			return;
		}
	jw_null(w, NULL);
}

static void
put_list(struct jw *w, const struct conf_key *k, conf_list list)
{
	bool secret = strcmp(k->name, "apiKeys") == 0;

	jw_arr(w, NULL);
	for (; list != NULL && *list != NULL; list++) {
		if (secret)
			put_masked(w, NULL, *list);
		else
			jw_str(w, NULL, span_of(*list));
	}
	jw_end(w);
}

static void
put_headers(struct jw *w, const struct conf_provider *p)
{
	jw_obj(w, NULL);
	for (size_t i = 0; i < p->header_count; i++)
		put_masked(w, p->headers[i].name, p->headers[i].value);
	jw_end(w);
}

static void
put_models(struct jw *w, const struct conf *conf)
{
	jw_obj(w, NULL);
	for (size_t i = 0; i < conf->model_count; i++)
		jw_str(w, conf->models[i].name,
		    span_of(conf->models[i].upstream));
	jw_end(w);
}

static void
put_tri(struct jw *w, enum tri value)
{
	if (value == UNSET)
		jw_null(w, NULL);
	else
		jw_bool(w, NULL, value == YES);
}

static void
put_unknown(struct jw *w, char value)
{
	if (value == 0)
		jw_null(w, NULL);
	else
		jw_str(w, NULL, value == 'r' ? SPAN("reject") : SPAN("drop"));
}

static void
put_value(const struct conf *conf, const struct conf_key *k, struct buf *out)
{
	const void *at = (const char *)conf + k->at;
	struct jw w;

	jw_init(&w, out);
	switch (k->type) {
	case KEY_TEXT:
		put_text(&w, k, *(const char *const *)at);
		break;
	case KEY_INT:
		jw_int(&w, NULL, *(const long *)at);
		break;
	case KEY_INT32:
		jw_int(&w, NULL, *(const int *)at);
		break;
	case KEY_SIZE:
		jw_int(&w, NULL, (long long)*(const size_t *)at);
		break;
	case KEY_WORD:
		put_word(&w, k->words, *(const int *)at);
		break;
	case KEY_BOOL:
		jw_bool(&w, NULL, *(const bool *)at);
		break;
	case KEY_TRI:
		put_tri(&w, *(const enum tri *)at);
		break;
	case KEY_LIST:
		put_list(&w, k, *(const conf_list *)at);
		break;
	case KEY_HEADERS:
		put_headers(&w, at);
		break;
	case KEY_MODELS:
		put_models(&w, conf);
		break;
	case KEY_UNKNOWN:
		put_unknown(&w, *(const char *)at);
		break;
	}
}

static bool
unused(const struct conf *conf, const struct conf_key *k)
{
	return strcmp(k->section, conf->mode == MODE_O2C ?
	    "providers.openai" : "providers.anthropic") == 0;
}

const char *
conf_source(const struct conf *conf, const char *section, const char *name)
{
	const struct conf_key *k = conf_key_by_path(section, name);
	const char *source = conf->sources[k - conf_keys];

	return source != NULL ? source : "default";
}

static bool
is_from_file(const struct conf *conf, const char *section, const char *name)
{
	return span_starts(span_of(conf_source(conf, section, name)),
	    conf->path);
}

bool
conf_is_exposed(const struct conf *conf)
{
	const char *section = conf->mode == MODE_O2C ?
	    "providers.anthropic" : "providers.openai";
	bool upstream = conf_upstream(conf)->api_key != NULL;
	struct stat st;

	if (conf->path == NULL || stat(conf->path, &st) != 0 ||
	    (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return false;
	return (upstream && is_from_file(conf, section, "apiKey")) ||
	    (conf->api_keys != NULL && conf->api_keys[0] != NULL &&
	    is_from_file(conf, "server", "apiKeys"));
}

void
conf_show(const struct conf *conf, struct buf *out)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const struct conf_key *k = &conf_keys[i];
		size_t from = out->n;

		if (unused(conf, k))
			continue;
		buf_printf(out, "%s%s%s = ", k->section,
		    k->section[0] != '\0' ? "." : "", k->name);
		put_value(conf, k, out);
		do
			buf_putc(out, ' ');
		while (out->n - from < SOURCE_COLUMN);
		buf_printf(out, " %s\n",
		    conf_source(conf, k->section, k->name));
	}
}
