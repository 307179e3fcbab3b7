#include "gateway/reload.h"

#include <stdio.h>

#include "gateway/log.h"

static void
log_problems(struct span lines)
{
	char text[512];

	while (lines.n > 0) {
		struct span one = span_cut(&lines, '\n');

		snprintf(text, sizeof(text), "%.*s", SPAN_ARG(one));
		if (one.n > 0)
			log_line(LOG_ERROR, "the configuration is not valid",
			    "problem", text, NULL);
	}
	log_line(LOG_ERROR, "Kept the configuration as it was", NULL);
}

static struct conf *
load(const struct conf_args *args)
{
	struct buf problems;
	struct conf *conf;

	buf_init(&problems, 0);
	conf = conf_load(args, NULL, &problems);
	if (conf == NULL)
		log_problems(buf_span(&problems));
	buf_free(&problems);
	return conf;
}

/* Note a key that waits for the next start. */
static bool
differs(bool differs, const char *key)
{
	if (differs)
		log_line(LOG_WARN, "a change waits for the next start", "key",
		    key, NULL);
	return differs;
}

struct conf *
reload_conf(const struct conf *old, const struct conf_args *args)
{
	struct conf_args as_before = *args;
	struct conf *conf = load(args);
	bool fixed;

	if (conf == NULL)
		return NULL;
	if (differs(conf->max_header > old->max_header,
		"server.maxHeaderBytes"))
		conf->max_header = old->max_header;
	fixed = differs(conf->mode != old->mode, "server.mode");
	fixed |= differs(strcmp(conf->host, old->host) != 0, "server.host");
	fixed |= differs(conf->port != old->port, "server.port");
	if (!fixed)
		return conf;
	/* Once more, since the checks depend on them. */
	conf_free(conf);
	as_before.mode = conf_mode_name(old->mode);
	as_before.host = old->host;
	as_before.port = old->port;
	return load(&as_before);
}
