/* POST /v1/chat/completions: the top level. */
#include <string.h>

#include "jx.h"
#include "strict_model.h"
#include "strict_openai.h"

static const struct field openai_fields[] = {
	{ "model", T_STR | T_MUST }, { "messages", T_ARR | T_MUST },
	{ "audio", T_OBJ | T_NULL }, { "frequency_penalty", T_NUM | T_NULL },
	{ "function_call", T_STR | T_OBJ }, { "functions", T_ARR },
	{ "logit_bias", T_OBJ | T_NULL }, { "logprobs", T_BOOL | T_NULL },
	{ "max_completion_tokens", T_INT | T_NULL },
	{ "max_tokens", T_INT | T_NULL }, { "metadata", T_OBJ | T_NULL },
	{ "modalities", T_ARR | T_NULL }, { "moderation", T_OBJ | T_NULL },
	{ "n", T_INT | T_NULL }, { "parallel_tool_calls", T_BOOL },
	{ "prediction", T_OBJ | T_NULL },
	{ "presence_penalty", T_NUM | T_NULL },
	{ "prompt_cache_key", T_STR | T_NULL },
	{ "prompt_cache_options", T_OBJ },
	{ "prompt_cache_retention", T_STR | T_NULL },
	{ "reasoning_effort", T_STR | T_NULL }, { "response_format", T_OBJ },
	{ "safety_identifier", T_STR | T_NULL }, { "seed", T_INT | T_NULL },
	{ "service_tier", T_STR | T_NULL },
	{ "stop", T_STR | T_ARR | T_NULL }, { "store", T_BOOL | T_NULL },
	{ "stream", T_BOOL | T_NULL }, { "stream_options", T_OBJ | T_NULL },
	{ "temperature", T_NUM | T_NULL }, { "tool_choice", T_STR | T_OBJ },
	{ "tools", T_ARR }, { "top_logprobs", T_INT | T_NULL },
	{ "top_p", T_NUM | T_NULL }, { "user", T_STR },
	{ "verbosity", T_STR | T_NULL }, { "web_search_options", T_OBJ },
	{ NULL, 0 },
};

/* What nearly every compatible server takes. */
static const struct field compat_fields[] = {
	{ "model", T_STR | T_MUST }, { "messages", T_ARR | T_MUST },
	{ "tools", T_ARR }, { "tool_choice", T_STR | T_OBJ },
	{ "parallel_tool_calls", T_BOOL }, { "response_format", T_OBJ },
	{ "max_tokens", T_INT }, { "temperature", T_NUM },
	{ "top_p", T_NUM }, { "reasoning_effort", T_STR },
	{ "stream", T_BOOL }, { "stream_options", T_OBJ }, { "n", T_INT },
	{ "stop", T_STR | T_ARR }, { "seed", T_INT },
	{ "frequency_penalty", T_NUM }, { "presence_penalty", T_NUM },
	{ "logprobs", T_BOOL }, { "top_logprobs", T_INT },
	{ "logit_bias", T_OBJ }, { "user", T_STR }, { NULL, 0 },
};

static int
check_function(struct walk *s, const json_t *function)
{
	static const struct field fields[] = {
		{ "name", T_STR | T_MUST }, { "description", T_STR | T_NULL },
		{ "parameters", T_OBJ }, { "strict", T_BOOL | T_NULL },
		{ NULL, 0 },
	};
	int rc = check_shape(s, function, fields);

	return rc != 0 ? rc : openai_function(s, function);
}

static int
check_tool(struct walk *s, const json_t *tool)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "function", T_OBJ | T_MUST },
		{ NULL, 0 },
	};
	static const struct field custom[] = {
		{ "type", T_STR | T_MUST }, { "custom", T_OBJ | T_MUST },
		{ NULL, 0 },
	};
	static const char *const types[] = { "function", "custom", NULL };
	int rc;

	if ((rc = check_word_at(s, tool, "type", types)) != 0)
		return rc;
	if (jx_is(tool, "type", "custom") && !s->o->compat)
		return check_shape(s, tool, custom);
	if ((rc = check_shape(s, tool, fields)) != 0)
		return rc;
	return check_at(s, tool, "function", check_function);
}

static bool
has_function(const struct walk *s, const char *name)
{
	json_t *tool;
	size_t i;

	json_array_foreach(json_object_get(s->body, "tools"), i, tool)
		if (jx_is(json_object_get(tool, "function"), "name", name))
			return true;
	return false;
}

static int
check_tools(struct walk *s, const json_t *tools)
{
	json_t *tool, *names = json_object();
	size_t i;
	int rc = check_each(s, tools, check_tool);

	json_array_foreach(tools, i, tool) {
		const char *name = jx_word(json_object_get(tool, "function"),
		    "name");
		if (rc == 0 && json_object_get(names, name) != NULL)
			rc = refuse_value(s, "Invalid value for 'tools': "
			    "duplicate function name '%s'.", name);
		json_object_set_new(names, name, json_true());
	}
	json_decref(names);
	if (rc == 0 && json_array_size(tools) == 0)
		return refuse_as(s, 400, "empty_array", "tools", "Invalid "
		    "'tools': empty array. Expected an array with minimum "
		    "length 1, but got an empty array instead.");
	return rc;
}

static int
check_tool_choice(struct walk *s, const json_t *choice)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "function", T_OBJ | T_MUST },
		{ NULL, 0 },
	};
	static const char *const words[] = {
		"none", "auto", "required", NULL };
	const char *name = jx_word(json_object_get(choice, "function"),
	    "name");
	int rc;

	if (json_is_string(choice))
		return check_word(s, json_string_value(choice), words);
	if (jx_is(choice, "type", "allowed_tools") && !s->o->compat)
		return 0;
	if ((rc = check_shape(s, choice, fields)) != 0)
		return rc;
	if (!has_function(s, name))
		return refuse_value(s, "Tool choice '%s' not found in 'tools' "
		    "parameter.", name);
	return 0;
}

static int
check_json_schema(struct walk *s, const json_t *schema)
{
	static const struct field fields[] = {
		{ "name", T_STR | T_MUST }, { "schema", T_OBJ },
		{ "strict", T_BOOL | T_NULL }, { "description", T_STR },
		{ NULL, 0 },
	};
	int rc = check_shape(s, schema, fields);

	return rc != 0 ? rc : openai_json_schema(s, schema);
}

static int
check_format(struct walk *s, const json_t *format)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "json_schema", T_OBJ },
		{ NULL, 0 },
	};
	static const char *const types[] = {
		"text", "json_object", "json_schema", NULL };
	bool is_schema = jx_is(format, "type", "json_schema");
	int rc;

	if ((rc = check_shape(s, format, fields)) != 0 ||
	    (rc = check_word_at(s, format, "type", types)) != 0)
		return rc;
	if (is_schema != (json_object_get(format, "json_schema") != NULL))
		return refuse_as(s, 400, "missing_required_parameter",
		    "response_format.json_schema", "Missing required "
		    "parameter: 'response_format.json_schema'.");
	if (jx_is(format, "type", "json_object") && !s->o->compat &&
	    !openai_says_json(json_object_get(s->body, "messages")))
		return refuse_as(s, 400, NULL, "messages", "'messages' must "
		    "contain the word 'json' in some form, to use "
		    "'response_format' of type 'json_object'.");
	return check_at(s, format, "json_schema", check_json_schema);
}

static int
check_stream_options(struct walk *s, const json_t *options)
{
	static const struct field fields[] = {
		{ "include_usage", T_BOOL }, { "include_obfuscation", T_BOOL },
		{ NULL, 0 },
	};

	if (!json_is_true(json_object_get(s->body, "stream")))
		return refuse_as(s, 400, NULL, "stream_options", "The "
		    "'stream_options' parameter is only allowed when 'stream' "
		    "is enabled.");
	return check_shape(s, options, fields);
}

/* The two names of the token limit. */
static int
check_limit(struct walk *s, const json_t *body)
{
	int rc;

	if (jx_has(body, "max_tokens") && !s->o->compat &&
	    strict_reasoning_model(s->model_id))
		return refuse_as(s, 400, "unsupported_parameter", "max_tokens",
		    "Unsupported parameter: 'max_tokens' is not supported with "
		    "this model. Use 'max_completion_tokens' instead.");
	if ((rc = check_range_at(s, body, "max_tokens", 1, 1e7)) != 0)
		return rc;
	return check_range_at(s, body, "max_completion_tokens", 1, 128000);
}

/* Current models do not reason beside function tools on this endpoint. */
static int
check_effort(struct walk *s, const json_t *body)
{
	const char *effort = jx_str(body, "reasoning_effort");
	int rc;

	if (effort == NULL)
		return 0;
	size_t mark = walk_key(s, "reasoning_effort");
	rc = openai_effort(s, effort);
	walk_back(s, mark);
	if (rc != 0 || s->o->compat || strcmp(effort, "none") == 0 ||
	    !strict_new_model(s->model_id) ||
	    json_array_size(json_object_get(body, "tools")) == 0)
		return rc;
	return refuse_as(s, 400, NULL, "reasoning_effort", "Function tools "
	    "with reasoning_effort are not supported for %s in "
	    "/v1/chat/completions. Please use /v1/responses or set "
	    "reasoning_effort to 'none'.", s->model_id);
}

static int
check_stop(struct walk *s, const json_t *body)
{
	const json_t *stop = json_object_get(body, "stop");

	if (!jx_has(body, "stop"))
		return 0;
	if (!s->o->compat && strict_reasoning_model(s->model_id))
		return refuse_as(s, 400, "unsupported_parameter", "stop",
		    "Unsupported parameter: 'stop' is not supported with this "
		    "model.");
	if (json_array_size(stop) > 4)
		return refuse_as(s, 400, "array_above_max_length", "stop",
		    "Invalid 'stop': array too long. Expected an array with "
		    "maximum length 4.");
	return 0;
}

static int
check_words(struct walk *s, const json_t *body)
{
	static const char *const tiers[] = { "auto", "default", "flex",
		"scale", "priority", "fast", NULL };
	static const char *const levels[] = { "low", "medium", "high", NULL };
	int rc;

	if ((rc = check_word_at(s, body, "service_tier", tiers)) != 0)
		return rc;
	return check_word_at(s, body, "verbosity", levels);
}

static int
check_top(struct walk *s, const json_t *body)
{
	int rc;

	if ((rc = check_shape(s, body, s->o->compat ? compat_fields :
	    openai_fields)) != 0 ||
	    (rc = openai_model(s, body)) != 0 ||
	    (rc = check_words(s, body)) != 0 ||
	    (rc = check_limit(s, body)) != 0 ||
	    (rc = openai_ids(s, body)) != 0 ||
	    (rc = check_at(s, body, "metadata", openai_metadata)) != 0 ||
	    (rc = openai_sampling(s, body,
	    jx_str(body, "reasoning_effort"))) != 0 ||
	    (rc = check_effort(s, body)) != 0)
		return rc;
	return check_stop(s, body);
}

int
strict_chat_body(const json_t *body, const struct strict_opts *o,
    struct refusal *why)
{
	struct walk s = { .o = o, .why = why, .body = body, .openai = true };
	int rc;

	if ((rc = check_top(&s, body)) != 0 ||
	    (rc = check_at(&s, body, "tools", check_tools)) != 0 ||
	    (rc = openai_tool_fields(&s, body)) != 0 ||
	    (rc = check_at(&s, body, "tool_choice", check_tool_choice)) != 0 ||
	    (rc = check_at(&s, body, "response_format", check_format)) != 0 ||
	    (rc = check_at(&s, body, "stream_options",
	    check_stream_options)) != 0)
		return rc;
	return check_at(&s, body, "messages", openai_messages);
}
