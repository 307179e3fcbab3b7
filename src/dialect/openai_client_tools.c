/*
 * Tools of the OpenAI APIs, as a client offers them, and its choice among
 * them.
 */
#include "dialect/openai_client.h"

struct span
openai_space(struct span space)
{
	return space.n == 0 || span_is(space, "functions") ? SPAN_NONE : space;
}

/* What functions and freeform tools have in common. *tool: NULL if left out. */
static int
add_named(const struct place *at, enum tool_kind kind, struct span space,
    json_t *node, bool extra, struct tool **tool)
{
	struct request *req = at->req;
	struct tool_key key = { kind, openai_space(space), SPAN_NONE };
	struct span description;

	*tool = NULL;
	if (openai_need_text(at, "name", &key.name) < 0 ||
	    openai_text(at, "description", &description) < 0)
		return -1;
	if (key.name.n == 0) {
		struct place name = openai_key(at, "name");

		return openai_bad_value(&name, "Invalid '%.*s': empty string. "
		    "Expected a string with minimum length 1.",
		    SPAN_ARG(name.path));
	}
	if (extra && tool_by_key(req, key) != NULL)
		return 0;
	*tool = tool_add(req, kind, key.space, key.name);
	(*tool)->path = at->path;
	(*tool)->description = description;
	(*tool)->node = node;
	(*tool)->mark = openai_mark(req, node);
	return 0;
}

int
openai_add_function(const struct place *at, struct span space, json_t *node,
    bool extra, struct tool **added)
{
	struct place parameters;
	struct tool *tool;
	enum tri strict;

	if (openai_object(at, "parameters", &parameters) < 0 ||
	    openai_flag(at, "strict", &strict) < 0 ||
	    add_named(at, TOOL_FUNCTION, space, node, extra, &tool) < 0)
		return -1;
	if (tool != NULL) {
		tool->schema = parameters.node;
		tool->strict = strict;
	}
	if (added != NULL)
		*added = tool;
	return 0;
}

/*
 * {"type":"grammar","syntax":"lark","definition":"..."}; Chat has the last
 * two inside "grammar".
 */
static int
read_grammar(const struct place *at, struct span *syntax,
    struct span *definition)
{
	static const struct openai_word kinds[] = {
		{ "text",	0 },
		{ "grammar",	1 },
		{ NULL,		0 },
	};
	struct place format, grammar;
	int kind = 0;

	*syntax = *definition = SPAN_NONE;
	if (openai_object(at, "format", &format) < 0 ||
	    openai_word(&format, "type", kinds, &kind) < 0)
		return -1;
	if (kind == 0)
		return 0;
	if (openai_object(&format, "grammar", &grammar) < 0)
		return -1;
	if (grammar.node == NULL)
		grammar = format;
	if (openai_need_text(&grammar, "syntax", syntax) < 0 ||
	    openai_need_text(&grammar, "definition", definition) < 0)
		return -1;
	return 0;
}

int
openai_add_freeform(const struct place *at, struct span space, json_t *node,
    bool extra, struct tool **added)
{
	struct span syntax, definition;
	struct tool *tool;

	if (read_grammar(at, &syntax, &definition) < 0 ||
	    add_named(at, TOOL_FREEFORM, space, node, extra, &tool) < 0)
		return -1;
	if (tool != NULL) {
		tool->syntax = syntax;
		tool->grammar = definition;
	}
	if (added != NULL)
		*added = tool;
	return 0;
}

struct tool *
openai_add_web_search(const struct place *at, json_t *node)
{
	struct tool *tool = tool_add(at->req, TOOL_SEARCH_WEB, SPAN_NONE,
	    SPAN("web_search"));

	tool->path = at->path;
	tool->node = node;
	tool->mark = openai_mark(at->req, node);
	return tool;
}

/* --- the choice ----------------------------------------------------- */

int
openai_read_choice_word(const struct place *at, bool *known)
{
	static const struct {
		const char *word;
		enum choice choice;
	} words[] = {
		{ "auto",	CHOICE_AUTO },
		{ "none",	CHOICE_NONE },
		{ "required",	CHOICE_ANY },
	};
	struct span word = jspan(at->node);

	*known = word.p != NULL;
	if (!*known)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i].word)) {
			at->req->choice = words[i].choice;
			return 0;
		}
	return openai_bad_value(at, "Invalid value: '%.*s'. Supported values "
	    "are: 'none', 'auto' and 'required'.",
	    SPAN_ARG(span_head(word, 64)));
}

int
openai_find_tool(const struct place *at, struct tool_key key,
    struct tool **found)
{
	struct tool *t = tool_by_key(at->req, key);

	if (t == NULL && key.space.p == NULL)
		t = tool_by_name(at->req, key.name);
	*found = t;
	if (t != NULL)
		return 0;
	return openai_bad_value(at,
	    "Tool choice '%.*s' not found in 'tools' parameter.",
	    SPAN_ARG(span_head(key.name, 256)));
}

int
openai_choose(const struct place *at, struct tool_key key)
{
	struct tool *tool;

	if (openai_find_tool(at, key, &tool) < 0)
		return -1;
	at->req->choice = CHOICE_TOOL;
	at->req->chosen = tool->key;
	return 0;
}

struct tool_key *
openai_allow_none(struct request *req, size_t room)
{
	struct tool_key *list = pool_array(req->pool, struct tool_key,
	    room + 1);

	req->allowed = list;
	return list;
}

void
openai_settle_choice(struct request *req)
{
	bool emptied = req->allowed != NULL && req->allowed[0].name.p == NULL;

	if (req->tools == NULL)
		req->allowed = NULL;
	if (req->tools == NULL || emptied)
		req->choice = CHOICE_UNSET;
}
