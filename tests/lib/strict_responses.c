/* POST /v1/responses and /v1/responses/input_tokens: the top level. */
#include <string.h>

#include "jx.h"
#include "strict_model.h"
#include "strict_openai.h"

enum { OUTPUT_MIN = 16, OUTPUT_MAX = 128000 };

static const struct field create_fields[] = {
	{ "model", T_STR }, { "input", T_STR | T_ARR | T_MUST },
	{ "instructions", T_STR | T_NULL }, { "stream", T_BOOL | T_NULL },
	{ "stream_options", T_OBJ | T_NULL }, { "tools", T_ARR },
	{ "tool_choice", T_STR | T_OBJ },
	{ "parallel_tool_calls", T_BOOL | T_NULL },
	{ "text", T_OBJ }, { "reasoning", T_OBJ | T_NULL },
	{ "max_output_tokens", T_INT | T_NULL },
	{ "max_tool_calls", T_INT | T_NULL },
	{ "temperature", T_NUM | T_NULL }, { "top_p", T_NUM | T_NULL },
	{ "top_logprobs", T_INT | T_NULL }, { "service_tier", T_STR | T_NULL },
	{ "store", T_BOOL | T_NULL }, { "include", T_ARR | T_NULL },
	{ "prompt_cache_key", T_STR | T_NULL },
	{ "prompt_cache_retention", T_STR | T_NULL },
	{ "prompt_cache_options", T_OBJ },
	{ "safety_identifier", T_STR | T_NULL }, { "user", T_STR },
	{ "metadata", T_OBJ | T_NULL }, { "truncation", T_STR | T_NULL },
	{ "previous_response_id", T_STR | T_NULL },
	{ "conversation", T_STR | T_OBJ | T_NULL },
	{ "background", T_BOOL | T_NULL }, { "prompt", T_OBJ | T_NULL },
	{ "context_management", T_ARR | T_NULL },
	{ "moderation", T_OBJ | T_NULL }, { "access_programs", T_OBJ },
	{ "image", T_OBJ }, { NULL, 0 },
};

static const struct field count_fields[] = {
	{ "model", T_STR }, { "input", T_STR | T_ARR | T_NULL },
	{ "instructions", T_STR | T_NULL }, { "tools", T_ARR | T_NULL },
	{ "tool_choice", T_STR | T_OBJ | T_NULL },
	{ "parallel_tool_calls", T_BOOL | T_NULL },
	{ "text", T_OBJ | T_NULL }, { "reasoning", T_OBJ | T_NULL },
	{ "previous_response_id", T_STR | T_NULL },
	{ "conversation", T_STR | T_OBJ | T_NULL },
	{ "truncation", T_STR }, { NULL, 0 },
};

/* --- tools ------------------------------------------------------------------ */

static int
check_function(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR | T_MUST },
		{ "description", T_STR | T_NULL },
		{ "parameters", T_OBJ | T_NULL },
		{ "strict", T_BOOL | T_NULL }, { "defer_loading", T_BOOL },
		{ "allowed_callers", T_ARR | T_NULL },
		{ "output_schema", T_OBJ | T_NULL }, { NULL, 0 },
	};
	int rc = check_shape(s, tool, fields);

	return rc != 0 ? rc : openai_function(s, tool);
}

static int
check_location(struct walk *s, const json_t *where)
{
	static const struct field fields[] = {
		{ "type", T_STR }, { "city", T_STR | T_NULL },
		{ "country", T_STR | T_NULL }, { "region", T_STR | T_NULL },
		{ "timezone", T_STR | T_NULL }, { NULL, 0 },
	};
	static const char *const types[] = { "approximate", NULL };
	int rc = check_shape(s, where, fields);

	return rc != 0 ? rc : check_word_at(s, where, "type", types);
}

static int
check_filters(struct walk *s, const json_t *filters)
{
	static const struct field fields[] = {
		{ "allowed_domains", T_ARR | T_NULL }, { NULL, 0 },
	};

	return check_shape(s, filters, fields);
}

static int
check_web_search(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "filters", T_OBJ | T_NULL },
		{ "search_context_size", T_STR },
		{ "user_location", T_OBJ | T_NULL }, { NULL, 0 },
	};
	const json_t *reasoning = json_object_get(s->body, "reasoning");
	int rc;

	if ((rc = check_shape(s, tool, fields)) != 0 ||
	    (rc = check_at(s, tool, "filters", check_filters)) != 0 ||
	    (rc = check_at(s, tool, "user_location", check_location)) != 0)
		return rc;
	if (jx_is(reasoning, "effort", "minimal"))
		return refuse_as(s, 400, NULL, "tools", "The following tools "
		    "cannot be used with reasoning.effort 'minimal': "
		    "web_search.");
	return 0;
}

static int
check_custom_tool(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR | T_MUST },
		{ "description", T_STR }, { "format", T_OBJ },
		{ "defer_loading", T_BOOL }, { NULL, 0 },
	};
	int rc = check_shape(s, tool, fields);

	return rc != 0 ? rc : openai_name(s, tool);
}

static int
check_tool(struct walk *s, const json_t *tool)
{
	const char *type = jx_word(tool, "type");

	if (strcmp(type, "function") == 0)
		return check_function(s, tool);
	if (strncmp(type, "web_search", 10) == 0)
		return check_web_search(s, tool);
	if (strcmp(type, "custom") == 0)
		return check_custom_tool(s, tool);
	walk_key(s, "type");
	return refuse_value(s, "Invalid value: '%s'. Supported values are: "
	    "'function', 'custom' and 'web_search'.", type);
}

static int
check_tools(struct walk *s, const json_t *tools)
{
	json_t *tool, *names = json_object();
	size_t i;
	int rc = check_each(s, tools, check_tool);

	json_array_foreach(tools, i, tool) {
		const char *name = jx_str(tool, "name");
		if (name == NULL)
			continue;
		if (rc == 0 && json_object_get(names, name) != NULL)
			rc = refuse_value(s, "Invalid value for 'tools': "
			    "duplicate function name '%s'.", name);
		json_object_set_new(names, name, json_true());
	}
	json_decref(names);
	return rc;
}

/* Whether the tools hold one of this type and (if not NULL) this name. */
static bool
has_tool(const struct walk *s, const char *type, const char *name)
{
	json_t *tool;
	size_t i;

	json_array_foreach(json_object_get(s->body, "tools"), i, tool)
		if (jx_is(tool, "type", type) &&
		    (name == NULL || jx_is(tool, "name", name)))
			return true;
	return false;
}

static int
check_named(struct walk *s, const json_t *choice)
{
	const char *type = jx_word(choice, "type");
	const char *name = jx_str(choice, "name");

	if (!has_tool(s, type, name))
		return refuse_value(s, "Tool choice '%s' not found in 'tools' "
		    "parameter.", name != NULL ? name : type);
	return 0;
}

static int
check_allowed(struct walk *s, const json_t *choice)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "mode", T_STR | T_MUST },
		{ "tools", T_ARR | T_MUST }, { NULL, 0 },
	};
	static const char *const modes[] = { "auto", "required", NULL };
	int rc;

	if ((rc = check_shape(s, choice, fields)) != 0 ||
	    (rc = check_word_at(s, choice, "mode", modes)) != 0)
		return rc;
	size_t mark = walk_key(s, "tools");
	rc = check_each(s, json_object_get(choice, "tools"), check_named);
	walk_back(s, mark);
	return rc;
}

static int
check_tool_choice(struct walk *s, const json_t *choice)
{
	static const char *const words[] = {
		"none", "auto", "required", NULL };
	static const struct field named[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR }, { NULL, 0 },
	};
	const char *type = jx_word(choice, "type");
	int rc;

	if (json_is_string(choice))
		return check_word(s, json_string_value(choice), words);
	if (strcmp(type, "allowed_tools") == 0)
		return check_allowed(s, choice);
	if ((rc = check_shape(s, choice, named)) != 0)
		return rc;
	if (strcmp(type, "function") == 0 && jx_str(choice, "name") == NULL)
		return refuse_as(s, 400, "missing_required_parameter",
		    "tool_choice.name",
		    "Missing required parameter: 'tool_choice.name'.");
	return check_named(s, choice);
}

/* --- other fields ----------------------------------------------------------- */

static int
check_reasoning(struct walk *s, const json_t *reasoning)
{
	static const struct field fields[] = {
		{ "effort", T_STR | T_NULL }, { "summary", T_STR | T_NULL },
		{ "generate_summary", T_STR | T_NULL },
		{ "context", T_STR | T_NULL }, { "mode", T_STR },
		{ NULL, 0 },
	};
	static const char *const summaries[] = {
		"auto", "concise", "detailed", NULL };
	const char *effort = jx_str(reasoning, "effort");
	int rc;

	if ((rc = check_shape(s, reasoning, fields)) != 0 ||
	    (rc = check_word_at(s, reasoning, "summary", summaries)) != 0)
		return rc;
	if (effort == NULL)
		return 0;
	size_t mark = walk_key(s, "effort");
	rc = openai_effort(s, effort);
	walk_back(s, mark);
	return rc;
}

static int
check_include(struct walk *s, const json_t *word)
{
	static const char *const words[] = { "file_search_call.results",
		"web_search_call.results", "web_search_call.action.sources",
		"message.input_image.image_url",
		"computer_call_output.output.image_url",
		"code_interpreter_call.outputs", "reasoning.encrypted_content",
		"message.output_text.logprobs", NULL };
	const char *text = json_is_string(word) ? json_string_value(word) :
	    "";
	int rc;

	if ((rc = check_word(s, text, words)) != 0)
		return rc;
	if (strcmp(text, "reasoning.encrypted_content") == 0 &&
	    !s->o->compat && !strict_reasoning_model(s->model_id))
		return refuse_as(s, 400, NULL, "include", "Encrypted content "
		    "is not supported with this model.");
	return 0;
}

static int
check_includes(struct walk *s, const json_t *include)
{
	return check_each(s, include, check_include);
}

static int
check_format(struct walk *s, const json_t *format)
{
	static const struct field schema[] = {
		{ "type", T_STR | T_MUST }, { "name", T_STR | T_MUST },
		{ "schema", T_OBJ | T_MUST }, { "strict", T_BOOL | T_NULL },
		{ "description", T_STR }, { NULL, 0 },
	};
	static const struct field bare[] = {
		{ "type", T_STR | T_MUST }, { NULL, 0 },
	};
	static const char *const types[] = {
		"text", "json_schema", "json_object", NULL };
	bool json_mode = jx_is(format, "type", "json_object");
	bool is_schema = jx_is(format, "type", "json_schema");
	int rc;

	if ((rc = check_word_at(s, format, "type", types)) != 0 ||
	    (rc = check_shape(s, format, is_schema ? schema : bare)) != 0)
		return rc;
	if (json_mode && !openai_says_json(json_object_get(s->body, "input")))
		return refuse_as(s, 400, NULL, "input", "Response input "
		    "messages must contain the word 'json' in some form to "
		    "use 'text.format' of type 'json_object'.");
	return is_schema ? openai_json_schema(s, format) : 0;
}

static int
check_text(struct walk *s, const json_t *text)
{
	static const struct field fields[] = {
		{ "format", T_OBJ }, { "verbosity", T_STR | T_NULL },
		{ NULL, 0 },
	};
	static const char *const words[] = { "low", "medium", "high", NULL };
	int rc;

	if ((rc = check_shape(s, text, fields)) != 0 ||
	    (rc = check_word_at(s, text, "verbosity", words)) != 0)
		return rc;
	return check_at(s, text, "format", check_format);
}

/* Fields whose point is state or work at the origin; the fake has none. */
static int
check_state(struct walk *s, const json_t *body)
{
	if (jx_has(body, "previous_response_id"))
		return refuse_as(s, 400, "previous_response_not_found",
		    "previous_response_id", "Previous response with id '%s' "
		    "not found.", jx_word(body, "previous_response_id"));
	if (jx_has(body, "stream_options") &&
	    !json_is_true(json_object_get(body, "stream")))
		return refuse_as(s, 400, NULL, "stream_options", "The "
		    "'stream_options' parameter is only allowed when 'stream' "
		    "is enabled.");
	return 0;
}

/* What compatible servers do not know. */
static int
check_compat(struct walk *s, const json_t *body)
{
	static const char *const unknown[] = { "service_tier",
		"safety_identifier", "prompt_cache_options",
		"prompt_cache_retention", "moderation", "access_programs",
		"image", NULL };

	for (const char *const *k = unknown; s->o->compat && *k != NULL; k++)
		if (json_object_get(body, *k) != NULL)
			return refuse_as(s, 400, "unknown_parameter", *k,
			    "Unknown parameter: '%s'.", *k);
	return 0;
}

static int
check_words(struct walk *s, const json_t *body)
{
	static const char *const tiers[] = { "auto", "default", "flex",
		"scale", "priority", "fast", "ultrafast", NULL };
	static const char *const truncations[] = { "auto", "disabled", NULL };
	int rc;

	if ((rc = check_word_at(s, body, "service_tier", tiers)) != 0 ||
	    (rc = check_word_at(s, body, "truncation", truncations)) != 0 ||
	    (rc = check_range_at(s, body, "max_output_tokens", OUTPUT_MIN,
	    OUTPUT_MAX)) != 0)
		return rc;
	return check_range_at(s, body, "max_tool_calls", 1, 1e6);
}

static int
check_top(struct walk *s, const json_t *body)
{
	const json_t *reasoning = json_object_get(body, "reasoning");
	int rc;

	if ((rc = check_shape(s, body, s->o->count ? count_fields :
	    create_fields)) != 0 ||
	    (rc = openai_model(s, body)) != 0 ||
	    (rc = check_compat(s, body)) != 0 ||
	    (rc = check_words(s, body)) != 0 ||
	    (rc = openai_ids(s, body)) != 0 ||
	    (rc = check_at(s, body, "metadata", openai_metadata)) != 0 ||
	    (rc = openai_sampling(s, body, jx_str(reasoning, "effort"))) != 0)
		return rc;
	return check_state(s, body);
}

int
strict_responses_body(const json_t *body, const struct strict_opts *o,
    struct refusal *why)
{
	struct walk s = { .o = o, .why = why, .body = body, .openai = true };
	int rc;

	if ((rc = check_top(&s, body)) != 0 ||
	    (rc = check_at(&s, body, "reasoning", check_reasoning)) != 0 ||
	    (rc = check_at(&s, body, "include", check_includes)) != 0 ||
	    (rc = check_at(&s, body, "text", check_text)) != 0 ||
	    (rc = check_at(&s, body, "tools", check_tools)) != 0 ||
	    (rc = openai_tool_fields(&s, body)) != 0 ||
	    (rc = check_at(&s, body, "tool_choice", check_tool_choice)) != 0)
		return rc;
	return check_at(&s, body, "input", openai_input);
}
