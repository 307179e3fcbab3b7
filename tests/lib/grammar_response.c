/* The response object and its items. */
#include "grammar_response.h"

#include <string.h>

#include "jx.h"

static const char *const all_keys[] = {
	"id", "object", "created_at", "completed_at", "status", "background",
	"error", "incomplete_details", "instructions", "max_output_tokens",
	"max_tool_calls", "model", "output", "parallel_tool_calls",
	"previous_response_id", "reasoning", "service_tier", "store",
	"temperature", "top_p", "presence_penalty", "frequency_penalty",
	"top_logprobs", "text", "tool_choice", "tools", "truncation", "usage",
	"user", "safety_identifier", "prompt_cache_key", "metadata", NULL,
};

static int
check_tools(struct judge *j, const json_t *tools)
{
	static const char *const keys[] = { "type", "name", "description",
		"parameters", "strict", NULL };
	json_t *tool;
	size_t i;

	if (!json_is_array(tools))
		return wrong(j, "tools are no list");
	json_array_foreach(tools, i, tool)
		if (jx_is(tool, "type", "function") &&
		    needs_keys(j, tool, "a function tool", keys) != 0)
			return -1;
	return 0;
}

static int
check_objects(struct judge *j, const json_t *r)
{
	static const char *const both[] = { "effort", "summary", NULL };
	static const char *const text[] = { "format", "verbosity", NULL };
	const json_t *reasoning = json_object_get(r, "reasoning");

	if (!json_is_null(reasoning) &&
	    needs_keys(j, reasoning, "reasoning", both) != 0)
		return -1;
	if (needs_keys(j, json_object_get(r, "text"), "text", text) != 0)
		return -1;
	if (jx_str(json_object_get(r, "text"), "verbosity") == NULL)
		return wrong(j, "text.verbosity is no word");
	if (!json_is_object(json_object_get(r, "metadata")))
		return wrong(j, "metadata is no object");
	return check_tools(j, json_object_get(r, "tools"));
}

static int
check_scalars(struct judge *j, const json_t *r)
{
	static const char *const words[] = { "id", "model", "status",
		"service_tier", "truncation", NULL };
	static const char *const numbers[] = { "temperature", "top_p",
		"presence_penalty", "frequency_penalty", NULL };
	static const char *const flags[] = { "background", "store",
		"parallel_tool_calls", NULL };

	for (const char *const *k = words; *k != NULL; k++)
		if (jx_is(r, *k, ""))
			return wrong(j, "response.%s is no word", *k);
	for (const char *const *k = numbers; *k != NULL; k++)
		if (!json_is_number(json_object_get(r, *k)))
			return wrong(j, "response.%s is no number", *k);
	for (const char *const *k = flags; *k != NULL; k++)
		if (!json_is_boolean(json_object_get(r, *k)))
			return wrong(j, "response.%s is no boolean", *k);
	if (!json_is_integer(json_object_get(r, "created_at")))
		return wrong(j, "created_at is no integer");
	return 0;
}

int
response_check(struct judge *j, const json_t *r)
{
	if (needs_keys(j, r, "response", all_keys) != 0 ||
	    check_scalars(j, r) != 0)
		return -1;
	if (!jx_is(r, "object", "response"))
		return wrong(j, "object is '%s'", jx_word(r, "object"));
	if (!json_is_array(json_object_get(r, "output")))
		return wrong(j, "output is no list");
	return check_objects(j, r);
}

static int
check_usage(struct judge *j, const json_t *usage)
{
	static const char *const counts[] = {
		"input_tokens", "output_tokens", "total_tokens", NULL };
	static const char *const in[] = {
		"cached_tokens", "cache_write_tokens", NULL };
	static const char *const out[] = { "reasoning_tokens", NULL };

	if (needs_counts(j, usage, "usage", counts) != 0 ||
	    needs_counts(j, json_object_get(usage, "input_tokens_details"),
	    "input_tokens_details", in) != 0)
		return -1;
	if (json_integer_value(json_object_get(usage, "input_tokens")) +
	    json_integer_value(json_object_get(usage, "output_tokens")) !=
	    json_integer_value(json_object_get(usage, "total_tokens")))
		return wrong(j, "total_tokens is not the sum");
	return needs_counts(j, json_object_get(usage, "output_tokens_details"),
	    "output_tokens_details", out);
}

int
response_check_final(struct judge *j, const json_t *r)
{
	bool completed = jx_is(r, "status", "completed");
	bool incomplete = jx_is(r, "status", "incomplete");
	bool failed = jx_is(r, "status", "failed");
	const json_t *error = json_object_get(r, "error");
	json_t *item;
	size_t i;

	if (response_check(j, r) != 0)
		return -1;
	if (!completed && !incomplete && !failed)
		return wrong(j, "final status is '%s'", jx_word(r, "status"));
	if (json_is_integer(json_object_get(r, "completed_at")) != completed)
		return wrong(j, "completed_at does not fit the status");
	if (jx_is(json_object_get(r, "incomplete_details"), "reason", "") ==
	    incomplete)
		return wrong(j, "incomplete_details do not fit the status");
	if (json_is_object(error) != failed)
		return wrong(j, "error does not fit the status");
	if (failed && (jx_is(error, "code", "") || jx_is(error, "message", "")))
		return wrong(j, "error without code or message");
	json_array_foreach(json_object_get(r, "output"), i, item)
		if (response_check_item(j, item) != 0)
			return -1;
	if (failed && !jx_has(r, "usage"))
		return 0;
	return check_usage(j, json_object_get(r, "usage"));
}

/* User messages, then one compaction item. */
int
response_check_compaction(struct judge *j, const json_t *r)
{
	static const char *const keys[] = {
		"id", "object", "created_at", "output", "usage", NULL };
	const json_t *output = json_object_get(r, "output");
	const json_t *last = jx_at(output, json_array_size(output) - 1);

	if (needs_keys(j, r, "compaction", keys) != 0)
		return -1;
	if (!jx_is(last, "type", "compaction") ||
	    jx_is(last, "encrypted_content", ""))
		return wrong(j, "the last item is no compaction");
	return check_usage(j, json_object_get(r, "usage"));
}

/* --- items -------------------------------------------------------------------- */

static const struct {
	const char	*type;
	const char	*keys[6];	/* beside id and type */
} items[] = {
	{ "message", { "role", "content", "status" } },
	{ "reasoning", { "summary" } },
	{ "function_call", { "call_id", "name", "arguments", "status" } },
	{ "custom_tool_call", { "call_id", "name", "input" } },
	{ "tool_search_call", { "call_id", "arguments", "execution" } },
	{ "web_search_call", { "status", "action" } },
	{ "compaction", { "encrypted_content" } },
};

static int
check_part(struct judge *j, const json_t *part)
{
	static const char *const text[] = {
		"text", "annotations", "logprobs", NULL };
	static const char *const refusal[] = { "refusal", NULL };

	if (jx_is(part, "type", "output_text"))
		return needs_keys(j, part, "an output_text", text);
	if (jx_is(part, "type", "refusal"))
		return needs_keys(j, part, "a refusal", refusal);
	return wrong(j, "a part of type '%s'", jx_word(part, "type"));
}

static int
check_message(struct judge *j, const json_t *item)
{
	const json_t *content = json_object_get(item, "content");
	json_t *part;
	size_t i;

	if (!jx_is(item, "role", "assistant"))
		return wrong(j, "the role of a message");
	if (json_array_size(content) == 0)
		return wrong(j, "a finished message without content");
	json_array_foreach(content, i, part)
		if (check_part(j, part) != 0)
			return -1;
	return 0;
}

int
response_check_item(struct judge *j, const json_t *item)
{
	const char *type = jx_word(item, "type");
	size_t n = sizeof(items) / sizeof(items[0]), i = 0;

	while (i < n && strcmp(items[i].type, type) != 0)
		i++;
	if (i == n)
		return wrong(j, "an item of type '%s'", type);
	if (jx_is(item, "id", ""))
		return wrong(j, "an item without id");
	for (const char *const *k = items[i].keys; *k != NULL; k++)
		if (json_object_get(item, *k) == NULL)
			return wrong(j, "a %s without \"%s\"", type, *k);
	if (jx_is(item, "status", "in_progress"))
		return wrong(j, "a finished item in progress");
	return strcmp(type, "message") == 0 ? check_message(j, item) : 0;
}
