/* Claude: tools and tool_choice. */
#include <string.h>

#include "jx.h"
#include "strict_claude.h"
#include "strict_model.h"
#include "strict_schema.h"

enum { TOOL_NAME_MAX = 128 };

static int
check_input_schema(struct walk *s, const json_t *schema)
{
	static const char *const not_at_root[] = {
		"oneOf", "allOf", "anyOf", NULL };

	if (!jx_is(schema, "type", "object")) {
		size_t mark = walk_key(s, "type");
		int rc = refuse(s, json_object_get(schema, "type") == NULL ?
		    "Field required" : "Input should be 'object'");
		walk_back(s, mark);
		return rc;
	}
	for (const char *const *w = not_at_root; *w != NULL; w++)
		if (json_object_get(schema, *w) != NULL)
			return refuse(s, "input_schema does not support "
			    "oneOf, allOf, or anyOf at the top level");
	return 0;
}

static int
check_custom(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_NULL }, { "name", T_STR | T_MUST },
		{ "description", T_STR }, { "input_schema", T_OBJ | T_MUST },
		{ "strict", T_BOOL }, { "cache_control", T_OBJ | T_NULL },
		{ "defer_loading", T_BOOL }, { "allowed_callers", T_ARR },
		{ "eager_input_streaming", T_BOOL | T_NULL },
		{ "input_examples", T_ARR }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, tool, fields)) != 0)
		return rc;
	if (!jx_is_name(jx_word(tool, "name"), TOOL_NAME_MAX)) {
		walk_key(s, "name");
		return refuse(s, "String should match pattern "
		    "'^[a-zA-Z0-9_-]{1,128}$'");
	}
	if ((rc = check_at(s, tool, "input_schema", check_input_schema)) != 0)
		return rc;
	if (json_is_true(json_object_get(tool, "strict"))) {
		size_t mark = walk_key(s, "input_schema");
		rc = schema_claude(s, json_object_get(tool, "input_schema"));
		walk_back(s, mark);
		if (rc != 0)
			return rc;
	}
	return claude_mark(s, tool);
}

static int
check_location(struct walk *s, const json_t *where)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "city", T_STR | T_NULL },
		{ "country", T_STR | T_NULL }, { "region", T_STR | T_NULL },
		{ "timezone", T_STR | T_NULL }, { NULL, 0 },
	};
	static const char *const types[] = { "approximate", NULL };
	int rc;

	if ((rc = check_shape(s, where, fields)) != 0)
		return rc;
	return check_word_at(s, where, "type", types);
}

static int
check_web_search(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR | T_MUST },
		{ "max_uses", T_INT | T_NULL },
		{ "allowed_domains", T_ARR | T_NULL },
		{ "blocked_domains", T_ARR | T_NULL },
		{ "user_location", T_OBJ | T_NULL }, { "strict", T_BOOL },
		{ "cache_control", T_OBJ | T_NULL },
		{ "defer_loading", T_BOOL }, { "allowed_callers", T_ARR },
		{ NULL, 0 },
	};
	static const char *const names[] = { "web_search", NULL };
	int rc;

	if ((rc = check_shape(s, tool, fields)) != 0 ||
	    (rc = check_word_at(s, tool, "name", names)) != 0 ||
	    (rc = check_at(s, tool, "user_location", check_location)) != 0)
		return rc;
	if (jx_has(tool, "max_uses") &&
	    json_integer_value(json_object_get(tool, "max_uses")) < 1)
		return refuse(s, "max_uses: Input should be greater than 0");
	if (jx_has(tool, "allowed_domains") && jx_has(tool, "blocked_domains"))
		return refuse(s, "Only one of `allowed_domains` and "
		    "`blocked_domains` may be specified.");
	return claude_mark(s, tool);
}

/* The types of tools that have no schema of the client's. */
static const char *const typed[] = {
	"bash_20241022", "bash_20250124", "text_editor_20241022",
	"text_editor_20250124", "text_editor_20250429",
	"text_editor_20250728", "memory_20250818", "web_fetch_20250910",
	"web_fetch_20260209", "web_fetch_20260309", "web_fetch_20260318",
	"code_execution_20250522", "code_execution_20250825",
	"code_execution_20260120", "tool_search_tool_regex_20251119",
	"tool_search_tool_bm25_20251119", NULL,
};

static int
check_tool(struct walk *s, const json_t *tool)
{
	const char *type = jx_str(tool, "type");
	size_t mark;
	int rc;

	if (type != NULL && strncmp(type, "web_search_20", 13) == 0) {
		mark = walk_key(s, type);
		rc = check_web_search(s, tool);
	} else if (type == NULL || strcmp(type, "custom") == 0) {
		mark = walk_key(s, "custom");
		rc = check_custom(s, tool);
	} else if (jx_among(type, typed)) {
		return claude_mark(s, tool);
	} else {
		return refuse(s, "Input tag '%s' found using 'type' does not "
		    "match any of the expected tags", type);
	}
	walk_back(s, mark);
	return rc;
}

int
claude_tools(struct walk *s, const json_t *tools)
{
	json_t *tool, *names = json_object();
	size_t i;
	int rc = check_each(s, tools, check_tool);

	json_array_foreach(tools, i, tool) {
		const char *name = jx_word(tool, "name");
		if (rc == 0 && json_object_get(names, name) != NULL)
			rc = refuse(s, "Tool names must be unique.");
		json_object_set_new(names, name, json_true());
	}
	json_decref(names);
	return rc;
}

static bool
has_tool(const struct walk *s, const char *name)
{
	json_t *tool;
	size_t i;

	json_array_foreach(json_object_get(s->body, "tools"), i, tool)
		if (jx_is(tool, "name", name))
			return true;
	return false;
}

/* Forcing a call, on models and with thinking that do not allow it. */
static int
check_forced(struct walk *s)
{
	bool thinks = claude_thinks(s->body);

	if (s->model->forced == FORCED_NO)
		return refuse_as(s, 400, NULL, NULL, "tool_choice: type "
		    "\"tool\" and \"any\" are not supported for this model.");
	if (s->model->forced == FORCED_NO_THINKING && thinks)
		return refuse_as(s, 400, NULL, NULL, "Thinking may not be "
		    "enabled when tool_choice forces tool use.");
	return 0;
}

int
claude_tool_choice(struct walk *s, const json_t *choice)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR },
		{ "disable_parallel_tool_use", T_BOOL }, { NULL, 0 },
	};
	static const char *const types[] = {
		"auto", "any", "tool", "none", NULL };
	bool named = jx_is(choice, "type", "tool");
	int rc;

	if ((rc = check_shape(s, choice, fields)) != 0 ||
	    (rc = check_word_at(s, choice, "type", types)) != 0)
		return rc;
	if (json_array_size(json_object_get(s->body, "tools")) == 0)
		return refuse(s, "tool_choice may only be specified while "
		    "providing tools");
	if (named != (jx_str(choice, "name") != NULL))
		return refuse(s, named ? "name: Field required" :
		    "name: Extra inputs are not permitted");
	if (jx_is(choice, "type", "none") && json_object_get(choice,
	    "disable_parallel_tool_use") != NULL)
		return refuse(s, "disable_parallel_tool_use: Extra inputs are "
		    "not permitted");
	if (named && !has_tool(s, jx_word(choice, "name")))
		return refuse(s, "Tool '%s' not found in provided tools",
		    jx_word(choice, "name"));
	if (named || jx_is(choice, "type", "any"))
		return check_forced(s);
	return 0;
}
