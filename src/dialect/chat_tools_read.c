/*
 * Tools of a Chat Completions request and the choice among them (o2c-chat
 * section 1, S.5), the legacy functions included.
 */
#include "dialect/chat_read.h"

/* The two kinds of tools, each inside an object named after it. */
static const struct openai_word kinds[] = {
	{ "function",	TOOL_FUNCTION },
	{ "custom",	TOOL_FREEFORM },
	{ NULL,		0 },
};

/*
 * {"type":"function","function":{...}} or {"type":"custom","custom":{...}}:
 * the kind, and the object inside.
 */
static int
read_wrapped(const struct place *at, enum tool_kind *kind,
    struct place *inner)
{
	int n = -1;
	const char *key;

	if (openai_need_object(at) < 0 ||
	    openai_word(at, "type", kinds, &n) < 0)
		return -1;
	if (n < 0)
		return openai_missing(at, "type");
	*kind = (enum tool_kind)n;
	key = *kind == TOOL_FUNCTION ? "function" : "custom";
	if (openai_object(at, key, inner) < 0)
		return -1;
	return inner->node != NULL ? 0 : openai_missing(at, key);
}

static int
read_tool(const struct place *at)
{
	enum tool_kind kind = TOOL_FUNCTION;
	struct place inner;

	if (read_wrapped(at, &kind, &inner) < 0)
		return -1;
	if (kind == TOOL_FUNCTION)
		return openai_add_function(&inner, SPAN_NONE, at->node, false,
		    NULL);
	return openai_add_freeform(&inner, SPAN_NONE, at->node, false, NULL);
}

int
chat_read_tools(const struct place *root)
{
	struct place list;

	if (openai_array(root, "tools", &list) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list.node); i++) {
		struct place tool = openai_nth(&list, i);

		if (read_tool(&tool) < 0)
			return -1;
	}
	return 0;
}

int
chat_read_functions(const struct place *root)
{
	struct place list;

	if (openai_array(root, "functions", &list) < 0)
		return -1;
	if (json_array_size(list.node) == 0)
		return 0;
	if (json_array_size(jget(root->node, "tools")) > 0)
		return openai_bad_value(&list,
		    "'functions' and 'tools' cannot be used together.");
	for (size_t i = 0; i < json_array_size(list.node); i++) {
		struct place function = openai_nth(&list, i);

		if (openai_need_object(&function) < 0 ||
		    openai_add_function(&function, SPAN_NONE, function.node,
		    false, NULL) < 0)
			return -1;
	}
	root->req->legacy = true;
	return 0;
}

/*
 * {"user_location":{"type":"approximate","approximate":{"city":"Oslo"}}};
 * how much context to use is upstream's own matter.
 */
int
chat_read_web_search(const struct place *root)
{
	static const char *const keys[] = {
		"city", "country", "region", "timezone",
	};
	struct place options, location, approximate;
	struct span text;

	if (openai_object(root, "web_search_options", &options) < 0 ||
	    openai_object(&options, "user_location", &location) < 0 ||
	    openai_object(&location, "approximate", &approximate) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (openai_text(&approximate, keys[i], &text) < 0)
			return -1;
	if (options.node != NULL)
		openai_add_web_search(&options, options.node)->location =
		    approximate.node;
	return 0;
}

/* --- the choice ----------------------------------------------------- */

/* {"type":"function","function":{"name":"f"}}, or the same of a custom one. */
static int
read_key(const struct place *at, struct tool_key *key)
{
	struct place inner;

	key->space = SPAN_NONE;
	if (read_wrapped(at, &key->kind, &inner) < 0)
		return -1;
	return openai_need_text(&inner, "name", &key->name);
}

static int
read_allowed_list(const struct place *list)
{
	size_t count = json_array_size(list->node);
	struct tool_key *allowed = openai_allow_none(list->req, count);

	for (size_t i = 0; i < count; i++) {
		struct place at = openai_nth(list, i);
		struct tool_key key;
		struct tool *tool;

		if (read_key(&at, &key) < 0 ||
		    openai_find_tool(&at, key, &tool) < 0)
			return -1;
		allowed[i] = tool->key;
	}
	return 0;
}

/* {"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[...]}} */
static int
read_allowed(const struct place *at)
{
	static const struct openai_word modes[] = {
		{ "auto",	CHOICE_AUTO },
		{ "required",	CHOICE_ANY },
		{ NULL,		0 },
	};
	struct place inner, list;
	int mode = -1;

	if (openai_object(at, "allowed_tools", &inner) < 0)
		return -1;
	if (inner.node == NULL)
		return openai_missing(at, "allowed_tools");
	if (openai_word(&inner, "mode", modes, &mode) < 0 ||
	    openai_array(&inner, "tools", &list) < 0)
		return -1;
	if (mode < 0)
		return openai_missing(&inner, "mode");
	if (list.node == NULL)
		return openai_missing(&inner, "tools");
	at->req->choice = (enum choice)mode;
	return read_allowed_list(&list);
}

static int
read_tool_choice(const struct place *at)
{
	struct tool_key key;
	bool word;

	if (openai_read_choice_word(at, &word) < 0 || word)
		return at->why->kind == FAULT_NONE ? 0 : -1;
	if (!json_is_object(at->node))
		return openai_bad_type(at, "a string or an object");
	if (jget_is(at->node, "type", "allowed_tools"))
		return read_allowed(at);
	if (read_key(at, &key) < 0)
		return -1;
	return openai_choose(at, key);
}

/* "none", "auto" or {"name":"f"}. */
static int
read_function_call(const struct place *root)
{
	static const struct openai_word words[] = {
		{ "none",	CHOICE_NONE },
		{ "auto",	CHOICE_AUTO },
		{ NULL,		0 },
	};
	struct place at = openai_key(root, "function_call");
	struct tool_key key = { .kind = TOOL_FUNCTION };
	int choice = CHOICE_UNSET;

	if (json_is_object(at.node)) {
		if (openai_need_text(&at, "name", &key.name) < 0)
			return -1;
		return openai_choose(&at, key);
	}
	if (!json_is_string(at.node))
		return openai_bad_type(&at, "a string or an object");
	if (openai_word(root, "function_call", words, &choice) < 0)
		return -1;
	root->req->choice = (enum choice)choice;
	return 0;
}

/* Without tools nothing is chosen, and nothing looked into. */
int
chat_read_choice(const struct place *root)
{
	struct request *req = root->req;
	struct place choice = openai_key(root, "tool_choice");
	bool legacy = choice.node == NULL &&
	    jget(root->node, "function_call") != NULL;

	if (req->tools == NULL)
		return 0;
	if (choice.node != NULL && read_tool_choice(&choice) < 0)
		return -1;
	if (legacy && read_function_call(root) < 0)
		return -1;
	/* A legacy reply has room for one call. */
	if (req->legacy || legacy)
		req->parallel = NO;
	openai_settle_choice(req);
	return 0;
}
