/*
 * "co2 translate": the pure middle as a filter, without any network.  A
 * request goes the client's way, a reply the upstream's; what was lost on
 * the way is said on standard error.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command/command.h"
#include "command/config.h"
#include "gateway/bridge.h"
#include "gateway/log.h"
#include "wire/jget.h"
#include "wire/jw.h"

enum { FROM, TO, REPLY, STREAM, REQUEST, CONFIG };

static const struct option options[] = {
	[FROM] = { "--from", "API", "what comes in: messages, chat or "
	    "responses", true },
	[TO] = { "--to", "API", "what goes out", true },
	[REPLY] = { "--reply", NULL, "a reply comes in, whole or as a stream",
	    false },
	[STREAM] = { "--stream", NULL, "the client asked for a stream",
	    false },
	[REQUEST] = { "--request", "FILE", "what the client asked, which a "
	    "reply may need", false },
	[CONFIG] = CONFIG_OPTION,
	{ 0 },
};

struct filter {
	const struct given *given;
	enum api client, upstream;
	bool reply, stream;
	struct conf *conf;
	struct span in;		/* all of standard input */
	struct span request;	/* the client's */
};

/* --- input ---------------------------------------------------------- */

/* All of a file, with pool's life; absent when it fails. */
static struct span
read_all(struct pool *pool, FILE *f)
{
	struct span text = SPAN_NONE;
	char piece[65536];
	struct buf b;
	size_t n;

	buf_init(&b, 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, (struct span){ piece, n });
	if (!ferror(f))
		text = pool_span(pool, buf_span(&b));
	buf_free(&b);
	return text;
}

/* What a client may have asked, if the user does not say. */
static struct span
any_request(const struct filter *f)
{
	struct buf text;
	struct span body;
	struct jw w;

	buf_init(&text, 0);
	jw_init(&w, &text);
	jw_obj(&w, NULL);
	jw_str(&w, "model", SPAN("model"));
	if (f->client == API_MESSAGES)
		jw_int(&w, "max_tokens", 1024);
	jw_bool(&w, "stream", f->stream);
	if (f->client == API_CHAT && f->stream) {
		jw_obj(&w, "stream_options");
		jw_bool(&w, "include_usage", true);
		jw_end(&w);
	}
	if (f->client == API_RESPONSES) {
		jw_str(&w, "input", SPAN("?"));
	} else {
		jw_arr(&w, "messages");
		jw_obj(&w, NULL);
		jw_str(&w, "role", SPAN("user"));
		jw_str(&w, "content", SPAN("?"));
		jw_end(&w);
		jw_end(&w);
	}
	jw_end(&w);
	body = pool_span(f->conf->pool, buf_span(&text));
	buf_free(&text);
	return body;
}

static int
read_input(struct filter *f)
{
	const char *path = f->given->value[REQUEST];
	FILE *file;

	f->in = read_all(f->conf->pool, stdin);
	f->request = f->in;
	if (f->reply && path == NULL)
		f->request = any_request(f);
	if (f->reply && path != NULL) {
		file = fopen(path, "re");
		f->request = file == NULL ? SPAN_NONE :
		    read_all(f->conf->pool, file);
		if (file != NULL)
			fclose(file);
	}
	if (f->in.p != NULL && f->request.p != NULL)
		return 0;
	fprintf(stderr, "co2 translate: %s: cannot be read: %m\n",
	    f->in.p == NULL ? "standard input" : path);
	return -1;
}

/* --- output --------------------------------------------------------- */

static void
put_out(const struct buf *out)
{
	fwrite(buf_span(out).p, 1, out->n, stdout);
	if (isatty(STDOUT_FILENO))
		putchar('\n');
}

static void
tell_losses(const struct bridge *b)
{
	for (const struct loss *l = b->req->losses; l != NULL; l = l->next)
		fprintf(stderr, "lost: %s%s%.*s\n", l->code,
		    l->detail.n > 0 ? " at " : "", SPAN_ARG(l->detail));
}

static int
tell_fault(const struct fault *why)
{
	fprintf(stderr, "co2 translate: %s%s%s\n", why->param,
	    why->param[0] != '\0' ? ": " : "", why->message);
	return EXIT_TROUBLE;
}

/* --- translating ---------------------------------------------------- */

/* The reply as it reaches the client. */
static int
translate_reply(struct filter *f, struct bridge *b)
{
	bridge_begin(b, SPAN_NONE);
	bridge_feed(b, f->in);
	bridge_end(b, NULL);
	if (!bridge_failed(b)) {
		put_out(&b->out);
		return EXIT_FINE;
	}
	bridge_put_error(b);
	put_out(&b->out);
	return tell_fault(&b->why);
}

static int
translate(struct filter *f)
{
	struct bridge_hints hints = { .now = time(NULL) };
	struct commons commons;
	struct bridge b;
	int rc;

	commons_init(&commons);
	rc = bridge_open(&b, f->conf, &commons, f->client, f->request, &hints);
	if (rc < 0) {
		rc = tell_fault(&b.why);
	} else if (f->reply) {
		rc = translate_reply(f, &b);
	} else {
		put_out(&b.body);
		rc = EXIT_FINE;
	}
	tell_losses(&b);
	bridge_close(&b);
	commons_free(&commons);
	return rc;
}

/* Without a word about the model in the configuration it keeps its name. */
static void
keep_model(struct filter *f)
{
	struct json_trouble trouble;
	struct conf *conf = f->conf;
	json_t *root = jread(conf->pool, f->request, 0, NULL, &trouble);
	const char *model = pool_str(conf->pool, jget_span(root, "model"));

	if (conf->default_claude_model == NULL)
		conf->default_claude_model = model;
	if (conf->default_openai_model == NULL)
		conf->default_openai_model = model;
}

/* --- the command line ----------------------------------------------- */

/* 0, or the exit status of a wrong usage. */
static int
read_api(const struct given *given, int option, enum api *api)
{
	for (int i = 0; i < API_COUNT; i++)
		if (strcmp(given->value[option],
			dialect_of((enum api)i)->name) == 0) {
			*api = (enum api)i;
			return 0;
		}
	return command_misused(given->command, "no such API",
	    given->value[option]);
}

static int
read_pair(struct filter *f)
{
	enum api from = API_MESSAGES, to = API_MESSAGES;
	int rc = read_api(f->given, FROM, &from);

	if (rc == 0)
		rc = read_api(f->given, TO, &to);
	if (rc != 0)
		return rc;
	if ((from == API_MESSAGES) == (to == API_MESSAGES))
		return command_misused(f->given->command,
		    "one of --from and --to has to be messages", NULL);
	f->client = f->reply ? to : from;
	f->upstream = f->reply ? from : to;
	return 0;
}

static int
filter(const struct given *given)
{
	struct conf_args args = { .path = given->value[CONFIG], .port = -1,
		.offline = true };
	struct filter f = { .given = given,
		.reply = given->value[REPLY] != NULL,
		.stream = given->value[STREAM] != NULL };
	int rc;

	if (!f.reply && (f.stream || given->value[REQUEST] != NULL))
		return command_misused(given->command,
		    "--stream and --request are for a --reply", NULL);
	if (f.stream && given->value[REQUEST] != NULL)
		return command_misused(given->command,
		    "the --request says itself whether it wants a --stream",
		    NULL);
	rc = read_pair(&f);
	if (rc != 0)
		return rc;
	log_setup(LOG_ERROR, false);
	args.mode = f.client == API_MESSAGES ? "c2o" : "o2c";
	f.conf = config_load(&args, NULL);
	if (f.conf == NULL)
		return EXIT_TROUBLE;
	if (f.client == API_MESSAGES)
		f.conf->upstream_api = f.upstream;
	rc = EXIT_TROUBLE;
	if (read_input(&f) == 0) {
		keep_model(&f);
		rc = translate(&f);
	}
	conf_free(f.conf);
	return rc;
}

static const char about[] =
    "A request on standard input goes the client's way: what co2 would send\n"
    "upstream comes out.  A reply goes back.  Losses are told on standard "
    "error.\n" CONFIG_SEARCH;

const struct command command_translate = {
	.name = "translate",
	.summary = "translate a request or a reply, as a filter",
	.about = about,
	.options = options,
	.run = filter,
};
