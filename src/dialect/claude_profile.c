/*
 * Claude's models, by name.
 */
#include "dialect/claude_profile.h"

#include <ctype.h>

#define LEVEL(e) (1u << (e))
#define LEVELS_3 (LEVEL(EFFORT_LOW) | LEVEL(EFFORT_MEDIUM) | LEVEL(EFFORT_HIGH))
#define LEVELS_4 (LEVELS_3 | LEVEL(EFFORT_MAX))
#define LEVELS_5 (LEVELS_4 | LEVEL(EFFORT_XHIGH))

#define ADAPTIVE	TYPE_ADAPTIVE
#define OR_BETWEEN	(TYPE_ADAPTIVE | TYPE_BETWEEN)
#define OR_DISABLED	(TYPE_ADAPTIVE | TYPE_DISABLED)
#define OR_ENABLED	(TYPE_ADAPTIVE | TYPE_ENABLED)
#define ALL_THREE	(TYPE_ADAPTIVE | TYPE_DISABLED | TYPE_ENABLED)
#define BUDGET		(TYPE_ENABLED | TYPE_DISABLED)

/*
 * The table of S.1: id, max output, thinking types, when omitted, sampling,
 * forced choice, role system, effort levels, schemas, block binding,
 * interleaved, cache minimum.
 */
static const struct claude_profile rows[] = {
	{ "claude-fable-5-1", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-fable-5-2", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-mythos-5-1", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-mythos-5-2", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-opus-5-5", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-sonnet-5-5", 128000, OR_BETWEEN, OMITTED_ON, false,
	    FORCED_NO, true, LEVELS_5, true, true, true, 512 },
	{ "claude-haiku-5-5", 128000, OR_DISABLED, OMITTED_ON, false,
	    FORCED_YES, true, LEVELS_5, true, true, true, 512 },
	{ "claude-opus-5", 128000, OR_DISABLED, OMITTED_ON, false,
	    FORCED_YES, true, LEVELS_5, true, true, true, 512 },
	{ "claude-fable-5", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_YES, true, LEVELS_5, true, false, true, 512 },
	{ "claude-mythos-5", 128000, ADAPTIVE, OMITTED_ON, false,
	    FORCED_YES, true, LEVELS_5, true, false, true, 512 },
	{ "claude-mythos-preview", 128000, OR_ENABLED, OMITTED_ON, false,
	    FORCED_YES, false, LEVELS_5, true, false, true, 2048 },
	{ "claude-sonnet-5", 128000, OR_DISABLED, OMITTED_ON, false,
	    FORCED_YES, false, LEVELS_5, true, false, true, 1024 },
	{ "claude-opus-4-8", 128000, OR_DISABLED, OMITTED_OFF, false,
	    FORCED_YES, true, LEVELS_5, true, false, true, 1024 },
	{ "claude-opus-4-7", 128000, OR_DISABLED, OMITTED_OFF, false,
	    FORCED_YES, false, LEVELS_5, true, false, true, 2048 },
	{ "claude-opus-4-6", 128000, ALL_THREE, OMITTED_OFF, true,
	    FORCED_YES, false, LEVELS_4, true, false, true, 4096 },
	{ "claude-sonnet-4-6", 128000, ALL_THREE, OMITTED_OFF, true,
	    FORCED_YES, false, LEVELS_4, true, false, true, 1024 },
	{ "claude-opus-4-5", 64000, BUDGET, OMITTED_OFF, true,
	    FORCED_UNTHINKING, false, LEVELS_3, true, false, true, 4096 },
	{ "claude-sonnet-4-5", 64000, BUDGET, OMITTED_OFF, true,
	    FORCED_UNTHINKING, false, 0, true, false, true, 1024 },
	{ "claude-haiku-4-5", 64000, BUDGET, OMITTED_OFF, true,
	    FORCED_UNTHINKING, false, 0, true, false, true, 4096 },
	{ "", 64000, 0, OMITTED_UNKNOWN, false,
	    FORCED_YES, false, LEVELS_5, false, false, true, 4096 },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct type {
	unsigned type;
	const char *word;
} types[] = {
	{ TYPE_ADAPTIVE, "adaptive" },
	{ TYPE_ENABLED, "enabled" },
	{ TYPE_DISABLED, "disabled" },
	{ TYPE_BETWEEN, "between_tools" },
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

const char *
claude_type_word(unsigned type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].word;
	return NULL;
}

const char *
claude_profile_id(size_t i)
{
	return i < ROWS - 1 ? rows[i].id : NULL;
}

struct span
claude_hyphenated(struct pool *pool, struct span id)
{
	char *p = pool_str(pool, id);

	for (size_t i = 1; i + 1 < id.n; i++)
		if (p[i] == '.' && isdigit((unsigned char)p[i - 1]) &&
		    isdigit((unsigned char)p[i + 1]))
			p[i] = '-';
	return (struct span){ p, id.n };
}

/* "-20251101" at the end? */
static bool
ends_in_date(struct span id)
{
	const size_t digits = 8;

	if (id.n <= digits || id.p[id.n - digits - 1] != '-')
		return false;
	for (size_t i = id.n - digits; i < id.n; i++)
		if (!isdigit((unsigned char)id.p[i]))
			return false;
	return true;
}

/*
 * The name that the table has for a model: without what platforms put around
 * it.
 *
 *	us.anthropic.claude-opus-4-5@20251101	claude-opus-4-5
 *	anthropic/claude-sonnet-4.6		claude-sonnet-4-6
 */
static struct span
bare_name(struct pool *pool, struct span id)
{
	static const char *const heads[] = {
		"us.", "eu.", "global.", "anthropic/", "anthropic.",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (span_starts(id, heads[i]))
			id = span_from(id, strlen(heads[i]));
	id = span_cut(&id, '@');
	if (ends_in_date(id))
		id = span_head(id, id.n - strlen("-20251101"));
	return claude_hyphenated(pool, id);
}

/* Does the name go on from the row's id with another part? */
static bool
continues(struct span name, const char *id)
{
	size_t n = strlen(id);

	return span_starts(name, id) &&
	    (n == 0 || name.n == n || !isalnum((unsigned char)name.p[n]));
}

static const struct claude_profile *
find_row(struct span name)
{
	const struct claude_profile *best = &rows[ROWS - 1];

	for (size_t i = 0; i < ROWS; i++)
		if (continues(name, rows[i].id) &&
		    strlen(rows[i].id) > strlen(best->id))
			best = &rows[i];
	return best;
}

static void
lay_type(struct claude_profile *p, unsigned type, enum tri said)
{
	if (said == YES)
		p->types |= type;
	else if (said == NO)
		p->types &= ~type;
}

/* The list of models knows better than a row that is only similar. */
static void
lay_facts(struct claude_profile *p, const struct model_facts *facts)
{
	if (!facts->known)
		return;
	if (facts->max_output > 0)
		p->max_output = facts->max_output;
	if (facts->efforts != 0)
		p->efforts = facts->efforts;
	if (facts->schemas != UNSET)
		p->schemas = facts->schemas == YES;
	lay_type(p, TYPE_ADAPTIVE, facts->adaptive);
	lay_type(p, TYPE_DISABLED, facts->off);
	lay_type(p, TYPE_BETWEEN, facts->between);
	/* A model nobody knows is not given a budget on hearsay. */
	if (p->id[0] != '\0')
		lay_type(p, TYPE_ENABLED, facts->budget);
}

static void
lay_lessons(struct claude_profile *p, uint64_t learned)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (learned & LESSON_NOT * (uint64_t)types[i].type)
			p->types &= ~types[i].type;
		if (learned & LESSON_TAKES * (uint64_t)types[i].type)
			p->types |= types[i].type;
	}
	if (learned & LESSON_FORCED)
		p->forced = FORCED_NO;
	else if (learned & LESSON_FORCED_UNTHINKING)
		p->forced = FORCED_UNTHINKING;
	if (learned & LESSON_SAMPLING)
		p->sampling = false;
	if (learned & LESSON_SYSTEM_ROLE)
		p->system_role = false;
	if (learned & LESSON_BINDING)
		p->binding = false;
	if (learned & LESSON_INTERLEAVED)
		p->interleaved = false;
	if (learned & LESSON_EFFORT)
		p->efforts = 0;
}

struct claude_profile
claude_profile_of(struct pool *pool, struct target *to)
{
	struct span name = bare_name(pool, to->model);
	const struct claude_profile *row = find_row(name);
	struct claude_profile p = *row;

	if (row->id[0] == '\0' || !span_is(name, row->id)) {
		if (!to->facts.known && to->ask != NULL)
			to->ask(to->ask_arg, to->model, &to->facts);
		lay_facts(&p, &to->facts);
	}
	lay_lessons(&p, to->learned->refused);
	return p;
}

unsigned
claude_off_switch(const struct claude_profile *p)
{
	if (p->omitted == OMITTED_OFF)
		return 0;
	if (p->types & TYPE_DISABLED)
		return TYPE_DISABLED;
	return p->types & TYPE_BETWEEN;
}

bool
claude_can_be_off(const struct claude_profile *p)
{
	return p->omitted != OMITTED_ON || claude_off_switch(p) != 0;
}
