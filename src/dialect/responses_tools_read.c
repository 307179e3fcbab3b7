/*
 * Tools of a Responses request and the choice among them (o2c-responses 1.2
 * and 1.3).
 */
#include "dialect/responses_read.h"

/* --- tools ---------------------------------------------------------- */

/* One tool of a list, and where it came from. */
struct offer {
	struct reading *r;
	struct place at;
	struct extra_tools *extra;	/* NULL: the request's own tools */
};

static void
note_loaded(const struct offer *offer, enum tool_kind kind,
    struct span space)
{
	struct extra_tools *x = offer->extra;
	struct loaded *l;

	if (x == NULL)
		return;
	l = pool_new(offer->r->req->pool, struct loaded);
	l->key = (struct tool_key){ kind, openai_space(space),
	    jget_span(offer->at.node, "name") };
	*x->loaded_end = l;
	x->loaded_end = &l->next;
}

static int
add_function(const struct offer *offer, struct span space,
    struct tool **added)
{
	if (openai_add_function(&offer->at, space, offer->at.node,
	    offer->extra != NULL, added) < 0)
		return -1;
	note_loaded(offer, TOOL_FUNCTION, space);
	return 0;
}

static int
add_freeform(const struct offer *offer, struct span space,
    struct tool **added)
{
	if (openai_add_freeform(&offer->at, space, offer->at.node,
	    offer->extra != NULL, added) < 0)
		return -1;
	note_loaded(offer, TOOL_FREEFORM, space);
	return 0;
}

static int
read_function(const struct offer *offer)
{
	return add_function(offer, SPAN_NONE, NULL);
}

static int
read_freeform(const struct offer *offer)
{
	return add_freeform(offer, SPAN_NONE, NULL);
}

static int
drop_tool(const struct offer *offer)
{
	struct span type = jget_span(offer->at.node, "type");

	request_lost(offer->r->req, "tool_dropped", "%.*s", SPAN_ARG(type));
	return 0;
}

static int
read_member(const struct offer *offer, struct span space,
    struct tool **added)
{
	struct span type;

	*added = NULL;
	if (openai_need_object(&offer->at) < 0 ||
	    openai_need_text(&offer->at, "type", &type) < 0)
		return -1;
	if (span_is(type, "function"))
		return add_function(offer, space, added);
	if (span_is(type, "custom"))
		return add_freeform(offer, space, added);
	return drop_tool(offer);
}

/* The first member tells what the namespace is about. */
static void
describe(struct pool *pool, struct tool *tool, struct span about)
{
	if (about.n == 0)
		return;
	tool->description = tool->description.n == 0 ? about :
	    pool_join(pool, about, SPAN("\n\n"), tool->description);
}

static int
read_namespace(const struct offer *offer)
{
	struct pool *pool = offer->r->req->pool;
	struct place members;
	struct span space, about;
	struct tool *tool;

	if (openai_need_text(&offer->at, "name", &space) < 0 ||
	    openai_text(&offer->at, "description", &about) < 0 ||
	    openai_array(&offer->at, "tools", &members) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(members.node); i++) {
		struct offer member = *offer;

		member.at = openai_nth(&members, i);
		if (read_member(&member, space, &tool) < 0)
			return -1;
		if (i == 0 && tool != NULL)
			describe(pool, tool, about);
	}
	return 0;
}

/* A search without access to the web is not to be had: it is always live. */
static int
read_web_search(const struct offer *offer)
{
	struct request *req = offer->r->req;
	struct place filters, domains, location;
	enum tri live;
	struct tool *tool;

	if (openai_object(&offer->at, "filters", &filters) < 0 ||
	    openai_array(&filters, "allowed_domains", &domains) < 0 ||
	    openai_object(&offer->at, "user_location", &location) < 0 ||
	    openai_flag(&offer->at, "external_web_access", &live) < 0)
		return -1;
	if (live == NO) {
		request_lost(req, "web_search_offline", NULL);
		return 0;
	}
	for (size_t i = 0; i < json_array_size(domains.node); i++) {
		struct place domain = openai_nth(&domains, i);

		if (!json_is_string(domain.node))
			return openai_bad_type(&domain, "a string");
	}
	if (request_has_tool(req, TOOL_SEARCH_WEB))
		return 0;
	tool = openai_add_web_search(&offer->at, offer->at.node);
	if (json_array_size(domains.node) > 0)
		tool->domains = domains.node;
	tool->location = location.node;
	return 0;
}

/* The client searches among its own tools, and wants to be asked. */
static int
read_tool_search(const struct offer *offer)
{
	static const char usual[] = "{\"type\":\"object\",\"properties\":"
	    "{\"query\":{\"type\":\"string\"}},\"required\":[\"query\"]}";
	struct request *req = offer->r->req;
	struct tool_key key = { TOOL_SEARCH, SPAN_NONE, SPAN("tool_search") };
	struct json_trouble trouble;
	struct place parameters;
	struct span description;
	struct tool *tool;

	if (!jget_is(offer->at.node, "execution", "client"))
		return drop_tool(offer);
	if (openai_object(&offer->at, "parameters", &parameters) < 0 ||
	    openai_text(&offer->at, "description", &description) < 0)
		return -1;
	if (tool_by_key(req, key) != NULL)
		return 0;
	tool = tool_add(req, key.kind, key.space, key.name);
	tool->path = offer->at.path;
	tool->node = offer->at.node;
	tool->mark = openai_mark(req, tool->node);
	tool->description = description;
	tool->schema = parameters.node != NULL ? parameters.node :
	    jread(req->pool, span_of(usual), 0, NULL, &trouble);
	return 0;
}

/* Every other type is dropped with a warning. */
static const struct {
	const char *type;
	int (*read)(const struct offer *offer);
	bool web;		/* a name of the web search */
} tools[] = {
	{ "function",				read_function, false },
	{ "custom",				read_freeform, false },
	{ "namespace",				read_namespace, false },
	{ "tool_search",			read_tool_search, false },
	{ "web_search",				read_web_search, true },
	{ "web_search_2025_08_26",		read_web_search, true },
	{ "web_search_preview",			read_web_search, true },
	{ "web_search_preview_2025_03_11",	read_web_search, true },
};

enum { TOOL_TYPES = sizeof(tools) / sizeof(tools[0]) };

static int
read_tool(const struct offer *offer)
{
	struct span type;

	if (openai_need_object(&offer->at) < 0 ||
	    openai_need_text(&offer->at, "type", &type) < 0)
		return -1;
	for (size_t i = 0; i < TOOL_TYPES; i++)
		if (span_is(type, tools[i].type))
			return tools[i].read(offer);
	return drop_tool(offer);
}

static int
read_list(struct reading *r, const struct place *list,
    struct extra_tools *extra)
{
	for (size_t i = 0; i < json_array_size(list->node); i++) {
		struct offer offer = { r, openai_nth(list, i), extra };

		if (read_tool(&offer) < 0)
			return -1;
	}
	return 0;
}

int
responses_read_tools(struct reading *r)
{
	struct place list;

	if (openai_array(&r->root, "tools", &list) < 0)
		return -1;
	return read_list(r, &list, NULL);
}

/*
 * What a search found is told to the model by the names it can call. They are
 * given out here in the order of the tools, as the writer would.
 */
static void
list_loaded(struct request *req, struct extra_tools *x)
{
	struct buf text;

	buf_init(&text, 0);
	for (struct loaded *l = x->loaded; l != NULL; l = l->next) {
		if (text.n > 0)
			buf_putc(&text, '\n');
		buf_put(&text, names_alias(&req->names, req->pool, l->key));
	}
	x->listing->text = pool_span(req->pool, buf_span(&text));
	buf_free(&text);
}

static void
name_tools(struct request *req)
{
	for (struct tool *t = req->tools; t != NULL; t = t->next)
		if (t->key.kind == TOOL_SEARCH_WEB)
			names_reserve(&req->names, req->pool, t->key,
			    t->key.name);
	for (struct tool *t = req->tools; t != NULL; t = t->next)
		names_alias(&req->names, req->pool, t->key);
}

int
responses_read_extra_tools(struct reading *r)
{
	bool named = false;

	for (struct extra_tools *x = r->extras; x != NULL; x = x->next)
		if (read_list(r, &x->tools, x) < 0)
			return -1;
	for (struct extra_tools *x = r->extras; x != NULL; x = x->next) {
		if (x->listing == NULL)
			continue;
		if (!named)
			name_tools(r->req);
		named = true;
		list_loaded(r->req, x);
	}
	return 0;
}

/* --- tool_choice ---------------------------------------------------- */

/* Hosted tools that cannot be forced, since they are not there. */
static const char *const unforced[] = {
	"apply_patch", "code_interpreter", "computer", "computer_use",
	"computer_use_preview", "file_search", "image_generation",
	"local_shell", "mcp", "programmatic_tool_calling", "shell",
};

static bool
is_unforced(struct span type)
{
	for (size_t i = 0; i < sizeof(unforced) / sizeof(unforced[0]); i++)
		if (span_is(type, unforced[i]))
			return true;
	return span_starts(type, "computer");
}

static bool
is_web_search(struct span type)
{
	for (size_t i = 0; i < TOOL_TYPES; i++)
		if (tools[i].web && span_is(type, tools[i].type))
			return true;
	return false;
}

/*
 * {"type":"function","name":N,"namespace":S} and its likes as a key. *known
 * is false for a type that is none of these.
 */
static int
read_key(const struct place *at, struct tool_key *key, bool *known)
{
	struct span type, space;

	*known = true;
	if (openai_need_object(at) < 0 ||
	    openai_need_text(at, "type", &type) < 0)
		return -1;
	if (is_web_search(type)) {
		*key = (struct tool_key){ TOOL_SEARCH_WEB, SPAN_NONE,
		    SPAN("web_search") };
		return 0;
	}
	if (span_is(type, "tool_search")) {
		*key = (struct tool_key){ TOOL_SEARCH, SPAN_NONE,
		    SPAN("tool_search") };
		return 0;
	}
	*known = span_is(type, "function") || span_is(type, "custom");
	if (!*known)
		return 0;
	key->kind = span_is(type, "custom") ? TOOL_FREEFORM : TOOL_FUNCTION;
	if (openai_need_text(at, "name", &key->name) < 0 ||
	    openai_text(at, "namespace", &space) < 0)
		return -1;
	key->space = openai_space(space);
	return 0;
}

/* Entries of tools that were dropped are left out; unknown names are not. */
static int
read_allowed_list(struct reading *r, const struct place *list)
{
	size_t count = json_array_size(list->node), n = 0;
	struct tool_key *allowed = openai_allow_none(r->req, count);

	for (size_t i = 0; i < count; i++) {
		struct place at = openai_nth(list, i);
		struct tool_key key;
		struct tool *tool;
		bool known;

		if (read_key(&at, &key, &known) < 0)
			return -1;
		if (!known || ((key.kind == TOOL_SEARCH_WEB ||
		    key.kind == TOOL_SEARCH) &&
		    tool_by_key(r->req, key) == NULL))
			continue;
		if (openai_find_tool(&at, key, &tool) < 0)
			return -1;
		allowed[n++] = tool->key;
	}
	return 0;
}

static int
read_allowed(struct reading *r, const struct place *at)
{
	static const struct openai_word modes[] = {
		{ "auto",	CHOICE_AUTO },
		{ "required",	CHOICE_ANY },
		{ NULL,		0 },
	};
	struct place list;
	int mode = -1;

	if (openai_word(at, "mode", modes, &mode) < 0 ||
	    openai_array(at, "tools", &list) < 0)
		return -1;
	if (mode < 0)
		return openai_missing(at, "mode");
	if (list.node == NULL)
		return openai_missing(at, "tools");
	r->req->choice = (enum choice)mode;
	return read_allowed_list(r, &list);
}

static int
read_choice_object(struct reading *r, const struct place *at)
{
	struct place type_at = openai_key(at, "type");
	struct span type, reason;
	struct tool_key key;
	bool known;

	if (openai_need_text(at, "type", &type) < 0)
		return -1;
	if (is_unforced(type)) {
		reason = pool_printf(r->req->pool, "The tool type '%.*s' "
		    "cannot be forced: the upstream does not have it.",
		    SPAN_ARG(type));
		return openai_unsupported(at, "unsupported_value", reason.p);
	}
	if (span_is(type, "allowed_tools"))
		return read_allowed(r, at);
	if (read_key(at, &key, &known) < 0)
		return -1;
	if (!known)
		return openai_bad_value(&type_at, "Invalid value: '%.*s'.",
		    SPAN_ARG(span_head(type, 64)));
	return openai_choose(at, key);
}

int
responses_read_choice(struct reading *r)
{
	struct place at = openai_key(&r->root, "tool_choice");
	bool word;

	if (at.node == NULL)
		return 0;
	if (openai_read_choice_word(&at, &word) < 0)
		return -1;
	if (!word && !json_is_object(at.node))
		return openai_bad_type(&at, "a string or an object");
	/* With no tools there is nothing to look a name up in. */
	if (!word && (r->req->tools != NULL ||
	    is_unforced(jget_span(at.node, "type"))) &&
	    read_choice_object(r, &at) < 0)
		return -1;
	openai_settle_choice(r->req);
	return 0;
}
