/*
 * Tools for Claude, and the choice among them.
 */
#include "dialect/claude_body.h"
#include "dialect/claude_schema.h"
#include "wire/jget.h"

/* What stands in for a schema where OpenAI has none. */
static const struct fixed {
	enum tool_kind kind;
	const char *schema;
} fixed[] = {
	{ TOOL_FREEFORM,
	    "{\"type\":\"object\",\"properties\":{\"input\":"
	    "{\"type\":\"string\",\"description\":\"Free-form tool input.\"}},"
	    "\"required\":[\"input\"],\"additionalProperties\":false}" },
	{ TOOL_SEARCH,
	    "{\"type\":\"object\",\"properties\":{\"query\":"
	    "{\"type\":\"string\"}},\"required\":[\"query\"]}" },
};

static const json_t *
given_schema(struct pool *pool, const struct tool *tool)
{
	struct json_trouble why;

	if (tool->schema != NULL)
		return tool->schema;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].kind == tool->key.kind)
			return jread(pool, span_of(fixed[i].schema), 0, NULL,
			    &why);
	return NULL;
}

/* Make the tool strict if its schema can be; false when it cannot. */
static bool
make_strict(struct claude_body *b, struct claude_tool *t)
{
	const char *why;
	json_t *schema;

	if (!b->profile.schemas)
		return false;
	schema = claude_strict_schema(b->pool, t->schema, SPAN_NONE, &why);
	if (schema == NULL)
		return false;
	t->schema = schema;
	t->strict = true;
	return true;
}

static void
set_schema(struct claude_body *b, struct claude_tool *t)
{
	struct tool *tool = t->tool;
	bool flattened;

	t->schema = claude_tool_schema(b->pool, given_schema(b->pool, tool),
	    &flattened);
	if (flattened)
		request_lost(b->req, "schema_root_flattened", NULL);
	if (tool->strict == YES && !make_strict(b, t)) {
		/* The client is told, in the warning and where it is echoed. */
		tool->strict = NO;
		request_lost(b->req, "strict_dropped", NULL);
	}
}

/* A grammar has no place of its own: it goes into the description. */
static struct span
description(struct pool *pool, const struct tool *tool)
{
	if (tool->grammar.p == NULL)
		return tool->description;
	return pool_printf(pool, "%.*s%sThe value of \"input\" must match "
	    "this %.*s grammar:\n%.*s", SPAN_ARG(tool->description),
	    tool->description.n > 0 ? "\n\n" : "", SPAN_ARG(tool->syntax),
	    SPAN_ARG(tool->grammar));
}

/* The keys of req->allowed as a table. */
static struct words
allowed_tools(const struct request *req)
{
	struct words allowed = { 0 };
	const struct tool_key *k = req->allowed;

	for (; k != NULL && k->name.p != NULL; k++)
		words_put(&allowed, req->pool, tool_key_text(req->pool, *k),
		    (void *)k);
	return allowed;
}

static bool
is_allowed(const struct request *req, const struct words *allowed,
    const struct tool *tool)
{
	return req->allowed == NULL || words_get(allowed,
	    tool_key_text(req->pool, tool->key)) != NULL;
}

static void
add_tool(struct claude_body *b, struct tool *tool, struct span name)
{
	struct claude_tool *t = pool_new(b->pool, struct claude_tool);

	t->tool = tool;
	t->name = name;
	t->mark = tool->mark;
	if (tool->key.kind != TOOL_SEARCH_WEB) {
		t->description = description(b->pool, tool);
		set_schema(b, t);
	}
	if (b->last_tool == NULL)
		b->tools = t;
	else
		b->last_tool->next = t;
	b->last_tool = t;
}

/*
 * The hosted search has its name from Claude; a function of that name takes
 * another.
 */
static void
reserve_web_search(struct request *req)
{
	const struct span name = SPAN("web_search");

	for (const struct tool *t = req->tools; t != NULL; t = t->next)
		if (t->key.kind == TOOL_SEARCH_WEB &&
		    names_find(&req->names, name) == NULL)
			names_reserve(&req->names, req->pool, t->key, name);
}

void
claude_body_tools(struct claude_body *b)
{
	struct request *req = b->req;
	const struct words allowed = allowed_tools(req);

	reserve_web_search(req);
	for (struct tool *t = req->tools; t != NULL; t = t->next) {
		struct span name;

		if (t->key.kind == TOOL_HOSTED) {
			request_lost(req, "tool_dropped", "%.*s",
			    SPAN_ARG(t->key.name));
			continue;
		}
		/* Named even when it is not sent: names must not change. */
		name = t->key.kind == TOOL_SEARCH_WEB ? SPAN("web_search") :
		    names_alias(&req->names, req->pool, t->key);
		if (is_allowed(req, &allowed, t))
			add_tool(b, t, name);
		else
			request_lost(req, "tools_filtered", NULL);
	}
}

/* --- the choice ----------------------------------------------------- */

static struct claude_tool *
chosen_tool(const struct claude_body *b)
{
	for (struct claude_tool *t = b->tools; t != NULL; t = t->next)
		if (tool_key_eq(t->tool->key, b->req->chosen))
			return t;
	return NULL;
}

/* Say in words what the model does not take as a rule. */
static void
degrade(struct claude_body *b, struct claude_tool *only)
{
	if (only == NULL) {
		b->order = SPAN("In this turn you must call at least one of "
			 "the available tools; do not answer in text only.");
	} else {
		b->order = pool_printf(b->pool, "In this turn you must call "
		    "the tool `%.*s`; do not answer in text only.",
		    SPAN_ARG(only->name));
		if (only->schema != NULL && !only->strict)
			make_strict(b, only);
	}
	b->choice = "auto";
	b->choice_name = SPAN_NONE;
}

void
claude_body_choice(struct claude_body *b)
{
	struct claude_tool *only = NULL;
	enum choice choice = b->req->choice;

	if (b->tools == NULL)
		return;
	if (choice == CHOICE_UNSET && b->req->parallel == NO)
		choice = CHOICE_AUTO;
	if (choice == CHOICE_TOOL && (only = chosen_tool(b)) == NULL)
		choice = CHOICE_AUTO;
	b->single = b->req->parallel == NO && choice != CHOICE_NONE;
	switch (choice) {
	case CHOICE_UNSET:
		break;
	case CHOICE_AUTO:
		b->choice = "auto";
		break;
	case CHOICE_NONE:
		b->choice = "none";
		break;
	case CHOICE_TOOL:
		b->choice = "tool";
		b->choice_name = only->name;
		break;
	case CHOICE_ANY:
		b->choice = "any";
		break;
	}
	if (b->profile.forced == FORCED_NO &&
	    (choice == CHOICE_ANY || choice == CHOICE_TOOL))
		degrade(b, only);
}
