/*
 * How much Claude may think, and the settings that depend on it (o2c S.4).
 */
#include "dialect/claude_body.h"

/* Below this Claude takes no budget. */
#define LEAST_BUDGET 1024
/* What an answer gets where the client names no limit. */
#define USUAL_TOKENS 64000L
#define USUAL_TOKENS_SMALL 32000L

static const struct {
	enum effort effort;
	long tokens;
} budgets[] = {
	{ EFFORT_MINIMAL, 1024 },
	{ EFFORT_LOW, 2048 },
	{ EFFORT_MEDIUM, 8192 },
	{ EFFORT_HIGH, 16384 },
	{ EFFORT_XHIGH, 32000 },
	{ EFFORT_MAX, 48000 },
};

static long
budget_of(enum effort e)
{
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++)
		if (budgets[i].effort == e)
			return budgets[i].tokens;
	return 0;
}

/* The effort that the request is to be answered with. */
static enum effort
asked_effort(const struct request *req, const struct target *to)
{
	if (req->effort != EFFORT_UNSET)
		return req->effort;
	switch (req->thinking) {
	case THINKING_OFF:
	case THINKING_BETWEEN:
		return EFFORT_NONE;
	case THINKING_BUDGET:
		return effort_by_budget(req->budget);
	case THINKING_UNSET:
	case THINKING_ADAPTIVE:
		break;
	}
	return to->effort;
}

void
claude_body_max_tokens(struct claude_body *b)
{
	long most = b->profile.max_output;
	long usual = most >= 2 * USUAL_TOKENS ? USUAL_TOKENS :
	    USUAL_TOKENS_SMALL;

	b->asked = asked_effort(b->req, b->to);
	b->max_tokens = b->req->max_tokens;
	if (b->max_tokens < 0)
		b->max_tokens = b->asked >= EFFORT_XHIGH || usual > most ?
		    most : usual;
	if (b->max_tokens > most) {
		b->max_tokens = most;
		request_lost(b->req, "max_tokens_clamped", NULL);
	}
}

/* The nearest level that the model has, rather below than above. */
static enum effort
level_of(unsigned efforts, enum effort e)
{
	if (e == EFFORT_UNSET || e == EFFORT_NONE)
		return EFFORT_UNSET;
	if (e == EFFORT_MINIMAL)
		e = EFFORT_LOW;
	for (int down = (int)e; down >= EFFORT_LOW; down--)
		if (efforts & 1u << down)
			return (enum effort)down;
	for (int up = (int)e + 1; up <= EFFORT_MAX; up++)
		if (efforts & 1u << up)
			return (enum effort)up;
	return EFFORT_UNSET;
}

static void
think_adaptively(struct claude_body *b, enum effort e)
{
	if (b->profile.omitted == OMITTED_OFF && e == EFFORT_UNSET &&
	    b->req->thinking != THINKING_ADAPTIVE)
		return;
	b->thinking = TYPE_ADAPTIVE;
	b->effort = level_of(b->profile.efforts, e);
}

/* Effort "none". */
static void
do_not_think(struct claude_body *b)
{
	if (claude_can_be_off(&b->profile)) {
		b->thinking = claude_off_switch(&b->profile);
		return;
	}
	request_lost(b->req, "effort_none_unavailable", NULL);
	if (b->profile.types & TYPE_ADAPTIVE)
		think_adaptively(b, EFFORT_LOW);
	else
		b->effort = level_of(b->profile.efforts, EFFORT_LOW);
}

static bool
is_thinking(const struct piece *p)
{
	return p != NULL && p->block->kind == BLOCK_THINKING;
}

/*
 * With a budget the assistant message that tools were called in must begin
 * with its thinking.
 */
static bool
lacks_thinking(const struct claude_body *b)
{
	const struct message *last = NULL;

	for (const struct message *m = b->messages; m != NULL; m = m->next)
		if (m->assistant)
			last = m;
	if (last == NULL || is_thinking(last->others.first))
		return false;
	for (const struct piece *p = last->others.first; p; p = p->next)
		if (p->block->kind == BLOCK_CALL)
			return true;
	return false;
}

static bool
is_forced(const struct claude_body *b)
{
	return b->choice != NULL && (strcmp(b->choice, "any") == 0 ||
	    strcmp(b->choice, "tool") == 0);
}

static void
think_on_budget(struct claude_body *b)
{
	long tokens = budget_of(b->asked), most = b->max_tokens - LEAST_BUDGET;

	if (b->req->effort == EFFORT_UNSET &&
	    b->req->thinking == THINKING_BUDGET)
		tokens = b->req->budget;
	if (tokens <= 0 || b->req->no_thoughts)
		return;
	if (most <= LEAST_BUDGET) {
		request_lost(b->req, "budget_too_small", NULL);
		return;
	}
	if (lacks_thinking(b)) {
		request_lost(b->req, "thinking_dropped", NULL);
		return;
	}
	if (tokens < LEAST_BUDGET)
		tokens = LEAST_BUDGET;
	b->budget = tokens < most ? tokens : most;
	b->thinking = TYPE_ENABLED;
	b->use_interleaved = b->tools != NULL && b->profile.interleaved;
}

/* Forced tool use and thinking exclude each other: the client's wish wins. */
static void
drop_thinking(struct claude_body *b)
{
	request_lost(b->req, "thinking_dropped", NULL);
	b->thinking = claude_off_switch(&b->profile);
	b->use_interleaved = false;
	if (b->effort > EFFORT_HIGH)
		b->effort = EFFORT_HIGH;
}

void
claude_body_thinking(struct claude_body *b)
{
	if (b->asked == EFFORT_NONE)
		do_not_think(b);
	else if (b->profile.types & TYPE_ADAPTIVE)
		think_adaptively(b, b->asked);
	else if (b->profile.types & TYPE_ENABLED)
		think_on_budget(b);
	else
		b->effort = level_of(b->profile.efforts, b->asked);
	if (b->profile.forced == FORCED_UNTHINKING && is_forced(b) &&
	    (b->thinking & (TYPE_ADAPTIVE | TYPE_ENABLED)))
		drop_thinking(b);
}

/* --- sampling ------------------------------------------------------- */

static void
lose_unless_one(struct request *req, double value)
{
	if (value >= 0 && value != 1)
		request_lost(req, "sampling_dropped", NULL);
}

/* While it thinks, only a high top_p is taken. */
static void
sample_thinking(struct claude_body *b)
{
	const double least = 0.95;

	lose_unless_one(b->req, b->req->temperature);
	if (b->req->top_p >= least && b->req->top_p <= 1)
		b->top_p = b->req->top_p;
	else
		lose_unless_one(b->req, b->req->top_p);
	if (b->req->top_k >= 0)
		request_lost(b->req, "sampling_dropped", NULL);
}

/* OpenAI's temperature goes up to 2; the pair with top_p is refused. */
static void
sample_freely(struct claude_body *b)
{
	struct request *req = b->req;

	if (req->temperature > 1) {
		/* The reply reports what was used. */
		req->temperature = 1;
		request_lost(req, "temperature_clamped", NULL);
	}
	b->temperature = req->temperature;
	if (req->temperature < 0)
		b->top_p = req->top_p;
	else if (req->top_p >= 0)
		request_lost(req, "top_p_dropped", NULL);
	b->top_k = req->top_k;
}

void
claude_body_sampling(struct claude_body *b)
{
	b->temperature = b->top_p = -1;
	b->top_k = -1;
	if (!b->profile.sampling) {
		lose_unless_one(b->req, b->req->temperature);
		lose_unless_one(b->req, b->req->top_p);
		if (b->req->top_k >= 0)
			request_lost(b->req, "sampling_dropped", NULL);
	} else if (b->thinking & ~(unsigned)TYPE_DISABLED) {
		sample_thinking(b);
	} else {
		sample_freely(b);
	}
}
