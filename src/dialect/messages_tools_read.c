/*
 * The tools of a Claude request (c2o-common section 4).  Tools are declared
 * in "tools" and in system messages, wait until they are loaded, are removed
 * again: all of that comes down to one list, the one at the end of the
 * conversation.
 */
#include <stdlib.h>

#include "dialect/messages_read.h"

enum offer_state {
	OFFER_WAITS,		/* deferred, not yet loaded */
	OFFER_MADE,
	OFFER_WITHDRAWN,	/* by a tool_removal */
	OFFER_IMPOSSIBLE,	/* no OpenAI upstream has it */
};

/* A tool and its place in the list that is sent. */
struct offer {
	struct offer *next;
	enum offer_state state;
	size_t order;
	struct tool *tool;	/* NULL: OFFER_IMPOSSIBLE */
	struct span type, path;
};

/* --- what types of tools there are ---------------------------------- */

enum treatment {
	CUSTOM,
	BUILT_IN,	/* a function with a schema of our own */
	WEB_SEARCH,
	TOOL_FINDER,	/* searches on Claude's servers */
	SERVER_TOOL,	/* nobody else has it */
};

#define EDITOR_FIELDS \
	"\"file_text\":{\"type\":\"string\"}," \
	"\"old_str\":{\"type\":\"string\"}," \
	"\"new_str\":{\"type\":\"string\"}," \
	"\"insert_line\":{\"type\":\"integer\"}," \
	"\"insert_text\":{\"type\":\"string\"},"
#define VIEW_RANGE \
	"\"view_range\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"
#define COMMANDS(words) \
	"{\"type\":\"object\",\"properties\":{" \
	"\"command\":{\"type\":\"string\",\"enum\":[" words "]},"
#define EDITOR(words) \
	COMMANDS("\"view\",\"create\",\"str_replace\",\"insert\"" words) \
	"\"path\":{\"type\":\"string\"," \
	"\"description\":\"Absolute path\"}," EDITOR_FIELDS VIEW_RANGE \
	"},\"required\":[\"command\",\"path\"]}"

#define EDITOR_DESCRIPTION \
	"View, create and edit text files on the client's computer; the " \
	"client runs it."

/* The functions behind types that Claude knows by heart (section 4.5). */
static const struct built_in {
	const char *name, *description, *schema;
} bash = {
	"bash", "Run a command in a persistent shell on the client's "
	"computer; the client runs it.",
	"{\"type\":\"object\",\"properties\":{"
	"\"command\":{\"type\":\"string\","
	"\"description\":\"Shell command to run\"},"
	"\"restart\":{\"type\":\"boolean\",\"description\":"
	"\"Restart the shell instead of running a command\"}}}",
}, editor_with_undo = {
	"str_replace_editor", EDITOR_DESCRIPTION, EDITOR(",\"undo_edit\""),
}, editor = {
	"str_replace_based_edit_tool", EDITOR_DESCRIPTION, EDITOR(""),
}, memory = {
	"memory", "Keep notes in files that outlive the conversation; the "
	"client runs it.",
	COMMANDS("\"view\",\"create\",\"str_replace\",\"insert\",\"delete\","
	"\"rename\"")
	"\"path\":{\"type\":\"string\"}," EDITOR_FIELDS
	"\"old_path\":{\"type\":\"string\"},"
	"\"new_path\":{\"type\":\"string\"}," VIEW_RANGE
	"},\"required\":[\"command\"]}",
};

/* A type that ends with '*' stands for all that begin so. */
static const struct kind {
	const char *type;
	enum treatment treatment;
	const struct built_in *built_in;
} kinds[] = {
	{ "custom",			CUSTOM,		NULL },
	{ "bash_20241022",		BUILT_IN,	&bash },
	{ "bash_20250124",		BUILT_IN,	&bash },
	{ "text_editor_20241022",	BUILT_IN,	&editor_with_undo },
	{ "text_editor_20250124",	BUILT_IN,	&editor_with_undo },
	{ "text_editor_20250429",	BUILT_IN,	&editor },
	{ "text_editor_20250728",	BUILT_IN,	&editor },
	{ "memory_20250818",		BUILT_IN,	&memory },
	{ "web_search_20250305",	WEB_SEARCH,	NULL },
	{ "web_search_20260209",	WEB_SEARCH,	NULL },
	{ "web_search_20260318",	WEB_SEARCH,	NULL },
	{ "tool_search_tool_regex*",	TOOL_FINDER,	NULL },
	{ "tool_search_tool_bm25*",	TOOL_FINDER,	NULL },
	{ "web_fetch_*",		SERVER_TOOL,	NULL },
	{ "code_execution_*",		SERVER_TOOL,	NULL },
	{ "advisor_20260301",		SERVER_TOOL,	NULL },
	{ "mcp_toolset",		SERVER_TOOL,	NULL },
	{ "computer_20241022",		SERVER_TOOL,	NULL },
	{ "computer_20250124",		SERVER_TOOL,	NULL },
	{ "computer_20251124",		SERVER_TOOL,	NULL },
	{ "computer_toolset_20260801",	SERVER_TOOL,	NULL },
	{ "browser_toolset_20260801",	SERVER_TOOL,	NULL },
};

static bool
matches(struct span type, struct span pattern)
{
	if (!span_ends(pattern, "*"))
		return span_eq(type, pattern);
	pattern.n--;
	return span_eq(span_head(type, pattern.n), pattern);
}

static const struct kind *
kind_of(struct span type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (matches(type, span_of(kinds[i].type)))
			return &kinds[i];
	return NULL;
}

/* --- offers --------------------------------------------------------- */

static struct offer *
offer_by_name(const struct reading *r, struct span name)
{
	return words_get(&r->offers_by_name, name);
}

/* Behind all that the list has already, in its beginning as it was sent. */
static void
make(struct reading *r, struct offer *o)
{
	if (o->order == 0)
		o->order = ++r->loaded;
	o->state = OFFER_MADE;
}

static struct offer *
offer_add(struct reading *r, struct span path, struct span type,
    struct span name, struct tool *tool)
{
	struct offer *o = pool_new(r->req->pool, struct offer);

	o->path = path;
	o->type = type;
	o->tool = tool;
	o->state = tool != NULL ? OFFER_WAITS : OFFER_IMPOSSIBLE;
	*r->offers_end = o;
	r->offers_end = &o->next;
	r->offer_count++;
	if (name.n > 0)
		words_put(&r->offers_by_name, r->req->pool, name, o);
	return o;
}

static int
not_available(struct reading *r, const struct offer *o)
{
	return messages_unsupported(r, o->path,
	    "%.*s is not available on this upstream", SPAN_ARG(o->type));
}

static void
tool_lost(struct reading *r, struct span path)
{
	request_lost(r->req, "tool_dropped", "%.*s", SPAN_ARG(path));
}

/* --- one declaration ------------------------------------------------ */

static int
read_built_in(struct reading *r, const struct built_in *b, struct tool *t)
{
	struct json_trouble trouble;

	t->description = span_of(b->description);
	t->schema = jread(r->req->pool, span_of(b->schema), 0, NULL, &trouble);
	return 0;
}

static int
read_custom(struct reading *r, json_t *node, struct tool *t)
{
	bool strict = false;

	if (messages_need_text(r, t->path, node, "name", &t->key.name) ||
	    messages_get_text(r, t->path, node, "description",
	    &t->description) ||
	    messages_get_flag(r, t->path, node, "strict", &strict) ||
	    messages_get_object(r, t->path, node, "input_schema",
	    &t->schema) ||
	    messages_get_array(r, t->path, node, "input_examples",
	    &t->examples))
		return -1;
	if (t->schema == NULL)
		return messages_bad(r, messages_path(r, t->path,
		    "input_schema"), "Field required");
	if (jget(node, "strict") != NULL)
		t->strict = strict ? YES : NO;
	return 0;
}

static int
read_web_search(struct reading *r, json_t *node, struct tool *t)
{
	json_t *uses = jget(node, "max_uses");

	t->key.kind = TOOL_SEARCH_WEB;
	if (messages_get_array(r, t->path, node, "allowed_domains",
	    &t->domains) ||
	    messages_get_array(r, t->path, node, "blocked_domains",
	    &t->blocked) ||
	    messages_get_object(r, t->path, node, "user_location",
	    &t->location))
		return -1;
	if (uses == NULL)
		return 0;
	if (!jis_whole(uses) || jget_long(node, "max_uses", 0) < 1)
		return messages_bad(r, messages_path(r, t->path, "max_uses"),
		    "must be a whole number of at least 1");
	t->max_uses = jget_long(node, "max_uses", -1);
	return 0;
}

/* Is the model itself allowed to call it, or only sandboxed code? */
static bool
called_directly(const json_t *node)
{
	const json_t *callers = jget_array(node, "allowed_callers");
	const json_t *one;
	size_t i;

	json_array_foreach(callers, i, one)
		if (span_is(jspan(one), "direct"))
			return true;
	return callers == NULL;
}

/* What the client calls it; types with a name of their own may do without. */
static struct span
name_of(const json_t *node, const struct kind *kind)
{
	struct span name = jget_span(node, "name");

	if (name.n > 0)
		return name;
	if (kind->treatment == WEB_SEARCH)
		return SPAN("web_search");
	return kind->built_in != NULL ? span_of(kind->built_in->name) : name;
}

static struct tool *
new_tool(struct reading *r, json_t *node, struct span path, struct span name)
{
	struct tool *t = pool_new(r->req->pool, struct tool);

	t->path = path;
	t->node = node;
	t->key.kind = TOOL_FUNCTION;
	t->key.name = name;
	t->strict = UNSET;
	t->max_uses = -1;
	return t;
}

static int
read_fields(struct reading *r, const struct kind *kind, json_t *node,
    struct tool *t)
{
	switch (kind->treatment) {
	case BUILT_IN:
		return read_built_in(r, kind->built_in, t);
	case WEB_SEARCH:
		return read_web_search(r, node, t);
	default:
		return read_custom(r, node, t);
	}
}

/*
 * Read a tool as "tools" and tool_definition have it; the latter replaces one
 * of the same name. *added is NULL when nothing is to be offered.
 */
static int
read_tool(struct reading *r, json_t *node, struct span path, bool replaces,
    struct offer **added)
{
	struct span type = SPAN("custom"), name;
	const struct kind *kind;
	struct tool *t;

	*added = NULL;
	if (!json_is_object(node))
		return messages_bad(r, path, "must be an object");
	if (messages_get_text(r, path, node, "type", &type))
		return -1;
	kind = kind_of(type);
	if (kind == NULL)
		return messages_bad(r, path, "Input tag '%.*s' found using "
		    "'type' does not match any of the expected tags",
		    SPAN_ARG(type));
	if (kind->treatment == TOOL_FINDER) {
		r->load_all = true;
		tool_lost(r, path);
		return 0;
	}
	name = name_of(node, kind);
	if (!replaces && offer_by_name(r, name) != NULL)
		return messages_bad(r, SPAN("tools"),
		    "Tool names must be unique.");
	if (kind->treatment == SERVER_TOOL) {
		offer_add(r, path, type, name, NULL);
		return 0;
	}
	t = new_tool(r, node, path, name);
	if (read_fields(r, kind, node, t))
		return -1;
	if (called_directly(node))
		*added = offer_add(r, path, type, name, t);
	else
		tool_lost(r, path);
	return 0;
}

/* --- the list ------------------------------------------------------- */

/* What is left of the list when the impossible is taken out (4.2)? */
static int
check_impossible(struct reading *r)
{
	const struct offer *first = NULL;
	bool usable = false;

	for (const struct offer *o = r->offers; o != NULL; o = o->next) {
		if (o->state != OFFER_IMPOSSIBLE)
			usable = true;
		else if (first == NULL)
			first = o;
	}
	if (first != NULL && !usable)
		return not_available(r, first);
	for (const struct offer *o = r->offers; o != NULL; o = o->next)
		if (o->state == OFFER_IMPOSSIBLE)
			tool_lost(r, o->path);
	return 0;
}

static int
read_list(struct reading *r, const json_t *tools)
{
	json_t *node;
	size_t i;

	json_array_foreach(tools, i, node) {
		struct span path = messages_nth(r, SPAN("tools"), i);
		struct offer *o;

		if (read_tool(r, node, path, false, &o))
			return -1;
		if (o != NULL && !jget_bool(node, "defer_loading", false))
			make(r, o);
	}
	return 0;
}

/*
 * With a tool search all are loaded up front: the list is as it was sent, so
 * it is numbered anew.
 */
static void
load_all(struct reading *r)
{
	r->loaded = 0;
	for (struct offer *o = r->offers; o != NULL; o = o->next) {
		o->order = 0;
		if (o->state != OFFER_IMPOSSIBLE)
			make(r, o);
	}
}

int
messages_read_tools(struct reading *r)
{
	json_t *tools = NULL;

	r->offers_end = &r->offers;
	if (messages_get_array(r, SPAN(""), r->req->body, "tools",
	    &tools) || read_list(r, tools))
		return -1;
	if (r->load_all)
		load_all(r);
	return 0;
}

void
messages_load_tool(struct reading *r, struct span name)
{
	struct offer *o = offer_by_name(r, name);

	if (o != NULL && o->state == OFFER_WAITS)
		make(r, o);
}

/* --- changes in the conversation ------------------------------------ */

/*
 * A tool by value, in place of one with its name:
 *
 *	{"type":"tool_definition","definition":{"name":"Read",...}}
 */
static int
define_tool(struct reading *r, const json_t *tool, struct span path)
{
	json_t *definition = jget(tool, "definition");
	struct offer *old = offer_by_name(r, jget_span(definition, "name"));
	struct offer *o;

	if (read_tool(r, definition, messages_path(r, path, "definition"),
	    true, &o))
		return -1;
	if (o == NULL)
		return 0;
	if (old != NULL && old->state != OFFER_IMPOSSIBLE)
		old->state = OFFER_WITHDRAWN;
	make(r, o);
	return 0;
}

int
messages_change_tools(struct reading *r, const json_t *block,
    struct span path)
{
	bool adding = jget_is(block, "type", "tool_addition");
	json_t *tool = jget_object(block, "tool");
	struct span type = jget_span(tool, "type");
	struct span name = jget_span(tool, "name");
	struct offer *o;

	path = messages_path(r, path, "tool");
	if (tool == NULL)
		return messages_bad(r, path, "must be an object");
	if (adding && span_is(type, "tool_definition"))
		return define_tool(r, tool, path);
	if (!span_is(type, "tool_reference"))
		return messages_unsupported(r, path,
		    "%.*s is not available on this upstream", SPAN_ARG(type));
	if (name.p == NULL)
		name = jget_span(tool, "tool_name");
	o = offer_by_name(r, name);
	if (o == NULL)
		return fault_code(r->why, FAULT_REQUEST,
		    "tool_reference_unresolved", path.p,
		    "Tool '%.*s' not found in provided tools", SPAN_ARG(name));
	if (o->state == OFFER_IMPOSSIBLE)
		return 0;
	if (adding)
		make(r, o);
	else
		o->state = OFFER_WITHDRAWN;
	return 0;
}

/* --- the outcome ---------------------------------------------------- */

static int
by_order(const void *a, const void *b)
{
	const struct offer *left = *(const struct offer *const *)a;
	const struct offer *right = *(const struct offer *const *)b;

	return left->order < right->order ? -1 : left->order > right->order;
}

/* The offers that stand at the end, in their order, as req->tools. */
static void
list_tools(struct reading *r)
{
	struct offer **made = pool_array(r->req->pool, struct offer *,
	    r->offer_count + 1);
	size_t n = 0;

	for (struct offer *o = r->offers; o != NULL; o = o->next)
		if (o->state == OFFER_MADE)
			made[n++] = o;
	qsort(made, n, sizeof(made[0]), by_order);
	for (size_t i = 0; i < n; i++)
		tool_append(r->req, made[i]->tool);
}

/* The choice of one tool by name; a deferred one is loaded by it. */
static int
read_chosen(struct reading *r, const json_t *choice)
{
	struct span name = SPAN_NONE;
	struct offer *o;

	if (messages_need_text(r, SPAN("tool_choice"), choice, "name",
	    &name))
		return -1;
	o = offer_by_name(r, name);
	if (o != NULL && o->state == OFFER_IMPOSSIBLE)
		return not_available(r, o);
	messages_load_tool(r, name);
	if (o == NULL || o->state != OFFER_MADE)
		return messages_bad(r, SPAN("tool_choice.name"),
		    "Tool '%.*s' not found in provided tools", SPAN_ARG(name));
	r->req->chosen = o->tool->key;
	return 0;
}

static const struct {
	const char *word;
	enum choice choice;
} choices[] = {
	{ "auto",	CHOICE_AUTO },
	{ "any",	CHOICE_ANY },
	{ "tool",	CHOICE_TOOL },
	{ "none",	CHOICE_NONE },
};

static int
read_choice(struct reading *r)
{
	struct request *req = r->req;
	json_t *choice = NULL;
	struct span type = SPAN_NONE;
	bool single = false;

	if (messages_get_object(r, SPAN(""), req->body, "tool_choice",
	    &choice))
		return -1;
	if (choice == NULL)
		return 0;
	if (messages_need_text(r, SPAN("tool_choice"), choice, "type",
	    &type) ||
	    messages_get_flag(r, SPAN("tool_choice"), choice,
	    "disable_parallel_tool_use", &single))
		return -1;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (span_is(type, choices[i].word))
			req->choice = choices[i].choice;
	if (req->choice == CHOICE_UNSET)
		return messages_bad(r, SPAN("tool_choice.type"),
		    "must be auto, any, tool or none");
	if (single)
		req->parallel = NO;
	return req->choice == CHOICE_TOOL ? read_chosen(r, choice) : 0;
}

int
messages_settle_tools(struct reading *r)
{
	struct request *req = r->req;

	if (read_choice(r) || check_impossible(r))
		return -1;
	list_tools(r);
	if (req->tools != NULL)
		return 0;
	if (req->choice == CHOICE_ANY)
		return messages_bad(r, SPAN("tool_choice"),
		    "may only be specified while providing usable tools");
	req->choice = CHOICE_UNSET;
	return 0;
}
