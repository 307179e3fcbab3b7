/* Which profile a model has (o2c section S.1). */
#include "dialect/claude_profile.h"
#include "../lib/tap.h"

static struct pool *pool;
static struct learned learned;
static struct model_facts said;	/* what the list of models answers */
static int asked;

static void
ask(void *arg, struct span model, struct model_facts *facts)
{
	(void)arg;
	(void)model;
	asked++;
	*facts = said;
}

static struct claude_profile
profile(const char *model)
{
	struct target to = { .model = span_of(model), .learned = &learned,
	    .ask = ask };

	asked = 0;
	return claude_profile_of(pool, &to);
}

static void
names(void)
{
	static const struct { const char *model, *row; } cases[] = {
		{ "claude-opus-5-5", "claude-opus-5-5" },
		{ "claude-opus-5", "claude-opus-5" },
		{ "claude-opus-5-6", "claude-opus-5" },
		{ "claude-opus-50", "" },
		{ "anthropic/claude-sonnet-4.6", "claude-sonnet-4-6" },
		{ "us.anthropic.claude-opus-4-5@20251101",
		    "claude-opus-4-5" },
		{ "claude-haiku-4-5-20251001", "claude-haiku-4-5" },
		{ "claude-fable-5-2", "claude-fable-5-2" },
		{ "claude-fable-5-3", "claude-fable-5" },
		{ "local-model", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_str(profile(cases[i].model).id, cases[i].row, "%s",
		    cases[i].model);
}

static void
questions(void)
{
	struct claude_profile p;

	said = (struct model_facts){ .known = true, .max_output = 9000,
	    .efforts = 1u << EFFORT_LOW, .adaptive = YES, .budget = UNSET,
	    .off = YES, .between = UNSET, .schemas = YES };
	p = profile("claude-opus-5-5-20260901");
	is_int(asked, 0, "a model of the table is not asked about");
	is_int(p.max_output, 128000, "and stays as it is");

	p = profile("claude-opus-6");
	is_int(asked, 1, "another one is");
	is_int(p.max_output, 9000, "its limit comes from the list");
	is_int(p.types, TYPE_ADAPTIVE | TYPE_DISABLED, "its types too");
	is_int(claude_off_switch(&p), TYPE_DISABLED, "and the off switch");
	ok(p.schemas && !p.binding && !p.sampling, "the rest is the row's");

	said = (struct model_facts){ .known = false };
	p = profile("local");
	is_int(p.types, 0, "nothing is known: no thinking");
	ok(claude_can_be_off(&p), "which is off when left out");
}

static void
lessons(void)
{
	struct claude_profile p;

	learned.refused = LESSON_NOT * TYPE_ADAPTIVE |
	    LESSON_TAKES * TYPE_ENABLED | LESSON_FORCED | LESSON_EFFORT;
	p = profile("claude-opus-4-8");
	is_int(p.types, TYPE_ENABLED | TYPE_DISABLED, "types are learned");
	is_int(p.forced, FORCED_NO, "forced choice is");
	is_int(p.efforts, 0, "effort is");
	learned.refused = 0;
}

int
main(void)
{
	pool = pool_open();
	names();
	questions();
	lessons();
	pool_close(pool);
	return done_testing();
}
