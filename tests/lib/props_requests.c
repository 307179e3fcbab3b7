/* The property of all generated requests. */
#include "props_requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"
#include "jx.h"
#include "middle.h"
#include "props.h"
#include "strict.h"

enum { CONFIGS = 8 };

struct requests {
	enum api	 from, to;
	void		(*gen)(struct gen *g);
	struct middle	 middle[CONFIGS];
	size_t		 count;
};

/* One request on its way. */
struct job {
	struct prop	*p;
	struct requests	*all;
	struct middle	*middle;
	struct gen	 gen;
	char		*text;
	bool		 taught;	/* a refusal taught the gateway */
	enum task	 task;
};

/* What the upstream says to the body: 0, or its status. */
static int
ask(struct job *j, const struct bridge *b, struct refusal *why)
{
	static const enum strict_api apis[API_COUNT] = {
		[API_MESSAGES] = STRICT_MESSAGES,
		[API_CHAT] = STRICT_CHAT,
		[API_RESPONSES] = STRICT_RESPONSES,
	};
	char beta[256];
	struct strict_opts opts = { .beta = beta,
	    .compat = !j->gen.official, .count = j->task == TASK_COUNT };
	json_t *body = json_loadb(b->body.p, b->body.n, JSON_ALLOW_NUL, NULL);
	int rc;

	memset(why, 0, sizeof(*why));
	snprintf(beta, sizeof(beta), "%.*s", SPAN_ARG(b->to.beta));
	rc = strict_check(apis[j->all->to], body, &opts, why);
	json_decref(body);
	return rc;
}

/* Changes the body as the exchange does when it is refused. */
static bool
repaired(struct job *j, struct bridge *b, int status,
    const struct refusal *why)
{
	json_t *error = json_pack("{s:{s:s,s:s,s:s,s:s}}", "error", "message",
	    why->message, "type", "invalid_request_error", "param",
	    why->param, "code", why->code);
	char *text = json_dumps(error, 0);
	bool again = bridge_refused(b, status, span_of(text), SPAN_NONE, -1);

	j->taught = j->taught || again;
	free(text);
	json_decref(error);
	return again;
}

static bool
taken(struct job *j, struct bridge *b)
{
	struct refusal why;
	int status;

	while ((status = ask(j, b, &why)) != 0)
		if (j->all->from != API_MESSAGES ||
		    !repaired(j, b, status, &why))
			return prop_fail(j->p, span_of(j->text),
			    "the upstream refuses: %s\n#   %s", why.message,
			    buf_str(&b->body));
	return true;
}

static bool
same_again(struct job *j, const struct bridge *first)
{
	struct bridge b;
	bool same;

	middle_open(j->middle, &b, j->all->from, span_of(j->text), j->task);
	same = span_eq(buf_span(&b.body), buf_span(&first->body));
	bridge_close(&b);
	return same || prop_fail(j->p, span_of(j->text), "not the same twice");
}

static bool
not_as_promised(struct job *j, const struct bridge *b, const char *why)
{
	struct buf warnings;

	buf_init(&warnings, 0);
	bridge_put_warnings(b, &warnings);
	prop_fail(j->p, span_of(j->text), "%s\n#   %s\n#   %s", why,
	    buf_str(&warnings), buf_str(&b->body));
	buf_free(&warnings);
	return false;
}

static bool
accepted(struct job *j, struct bridge *b, int rc)
{
	const char *why;

	if (rc != 0)
		return prop_fail(j->p, span_of(j->text), "refused: %s (%s)",
		    b->why.message, b->why.param);
	if (!same_again(j, b) || !taken(j, b))
		return false;
	/* The count and the summary leave out what they do not need. */
	why = j->task != TASK_ANSWER ? NULL :
	    gen_verdict(&j->gen, buf_span(&b->body), b->req->losses);
	return why == NULL || not_as_promised(j, b, why);
}

static bool
refused(struct job *j, struct bridge *b, int rc)
{
	struct span param = span_of(b->why.param);
	json_t *error;
	bool right;

	if (rc != -1)
		return prop_fail(j->p, span_of(j->text), "not refused (%s)",
		    j->gen.param);
	if (!span_starts(param, j->gen.param) || (j->gen.code != NULL &&
	    strcmp(b->why.code, j->gen.code) != 0))
		return prop_fail(j->p, span_of(j->text), "refused for %s "
		    "(%s: %s), not %s (%s)", b->why.param, b->why.code,
		    b->why.message, j->gen.param, j->gen.code);
	bridge_put_error(b);
	error = json_loadb(b->out.p, b->out.n, 0, NULL);
	right = jx_str(json_object_get(error, "error"), "message") != NULL;
	json_decref(error);
	return right || prop_fail(j->p, span_of(j->text), "no error body");
}

/* Mostly requests for an answer. */
static enum task
some_task(const struct requests *all, struct dice *d)
{
	if (all->from != API_RESPONSES || !dice_chance(d, 6))
		return TASK_ANSWER;
	return dice_chance(d, 50) ? TASK_COUNT : TASK_COMPACT;
}

static bool
one(struct prop *p, struct dice *d)
{
	struct requests *all = p->arg;
	struct job j = { .p = p, .all = all };
	size_t config = dice_below(d, all->count);
	struct bridge b;
	bool good;
	int rc;

	gen_init(&j.gen, d);
	j.gen.preset = config > 0;
	if (all->from == API_MESSAGES) {
		j.gen.chat = all->to == API_CHAT;
		j.gen.official = config == 0;
	}
	j.middle = &all->middle[config];
	all->gen(&j.gen);
	if (dice_chance(d, 10))
		(all->from == API_MESSAGES ? gen_messages_spoil :
		    gen_spoil)(&j.gen);
	else
		j.task = some_task(all, d);
	j.text = json_dumps(j.gen.body, JSON_COMPACT |
	    JSON_REAL_PRECISION(15));
	rc = middle_open(j.middle, &b, all->from, span_of(j.text), j.task);
	good = j.gen.param[0] != '\0' ? refused(&j, &b, rc) :
	    accepted(&j, &b, rc);
	bridge_close(&b);
	/* The next iteration is to run alike alone. */
	if (j.taught)
		middle_restart(j.middle);
	gen_free(&j.gen);
	free(j.text);
	return good;
}

void
props_requests(enum api from, enum api to, void (*gen)(struct gen *g),
    const char *const *configs, unsigned long times)
{
	struct requests all = { .from = from, .to = to, .gen = gen };

	log_setup(LOG_ERROR, false);
	for (; configs[all.count] != NULL; all.count++)
		middle_init(&all.middle[all.count], configs[all.count]);
	prop_run("generated requests are translated, or refused for the "
		 "right reason", times, one, &all);
	while (all.count > 0)
		middle_free(&all.middle[--all.count]);
}
