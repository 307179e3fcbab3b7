/* Generators: what makes a valid OpenAI request one that must be refused. */
#include <stdio.h>
#include <string.h>

#include "gen_openai.h"

enum { CHAT = 1, RESPONSES = 2, BOTH = 3 };

/* A top-level field is set, or removed where json is NULL. */
static const struct {
	int		 apis;
	const char	*key, *json, *code;
	const char	*param;		/* NULL: the key */
} fields[] = {
	{ BOTH, "moderation", "{\"model\":\"x\"}", "unsupported_parameter",
	    NULL },
	{ BOTH, "top_logprobs", "3", "unsupported_parameter", NULL },
	{ BOTH, "frobnicate", "true", "unknown_parameter", NULL },
	{ BOTH, "temperatur", "1", "unknown_parameter", NULL },
	{ BOTH, "model", "\"\"", "missing_required_parameter", NULL },
	{ BOTH, "model", NULL, "missing_required_parameter", NULL },
	{ BOTH, "model", "7", "invalid_type", NULL },
	{ BOTH, "temperature", "\"hot\"", "invalid_type", NULL },
	{ BOTH, "temperature", "3", "invalid_value", NULL },
	{ BOTH, "top_p", "-1", "invalid_value", NULL },
	{ BOTH, "stream", "\"yes\"", "invalid_type", NULL },
	{ BOTH, "tools", "{\"a\":1}", "invalid_type", NULL },
	{ BOTH, "tools", "[1]", "invalid_type", "tools[0]" },
	{ BOTH, "service_tier", "\"warp\"", "invalid_value", NULL },
	{ BOTH, "parallel_tool_calls", "1", "invalid_type", NULL },
	{ CHAT, "n", "2", "unsupported_value", NULL },
	{ CHAT, "logprobs", "true", "unsupported_parameter", NULL },
	{ CHAT, "stop", "\"\"", "invalid_value", NULL },
	{ CHAT, "stop", "[\"a\",\"\"]", "invalid_value", NULL },
	{ CHAT, "max_completion_tokens", "0", "invalid_value", NULL },
	{ CHAT, "reasoning_effort", "\"turbo\"", "invalid_value", NULL },
	{ CHAT, "messages", "[]", "missing_required_parameter", NULL },
	{ CHAT, "messages", NULL, "missing_required_parameter", NULL },
	{ CHAT, "messages", "\"hi\"", "invalid_type", NULL },
	{ CHAT, "response_format", "{\"type\":\"xml\"}", "invalid_value",
	    "response_format.type" },
	{ CHAT, "response_format", "{\"type\":\"json_schema\",\"json_schema\":"
	    "{\"name\":\"a\",\"strict\":true,\"schema\":{\"type\":\"object\","
	    "\"additionalProperties\":true}}}", "invalid_value",
	    "response_format.json_schema.schema" },
	{ RESPONSES, "max_output_tokens", "0", "invalid_value", NULL },
	{ RESPONSES, "reasoning", "{\"effort\":\"turbo\"}", "invalid_value",
	    "reasoning.effort" },
	{ RESPONSES, "background", "true", "unsupported_parameter", NULL },
	{ RESPONSES, "conversation", "\"conv_1\"", "unsupported_parameter",
	    NULL },
	{ RESPONSES, "prompt", "{\"id\":\"p\"}", "unsupported_parameter",
	    NULL },
	{ RESPONSES, "access_programs", "{}", "unsupported_parameter", NULL },
	{ RESPONSES, "previous_response_id", "\"resp_none\"",
	    "previous_response_not_found", NULL },
	{ RESPONSES, "input", "[]", "missing_required_parameter", NULL },
	{ RESPONSES, "input", NULL, "missing_required_parameter", NULL },
	{ RESPONSES, "input", "7", "invalid_type", NULL },
	{ RESPONSES, "input", "[7]", "invalid_type", "input[0]" },
	{ RESPONSES, "include", "[\"message.output_text.logprobs\"]", NULL,
	    NULL },
	{ RESPONSES, "tool_choice", "{\"type\":\"mcp\"}", "unsupported_value",
	    NULL },
	{ RESPONSES, "text", "{\"format\":{\"type\":\"xml\"}}",
	    "invalid_value", "text.format.type" },
	{ RESPONSES, "text", "{\"format\":{\"type\":\"json_schema\",\"name\":"
	    "\"a\",\"strict\":true,\"schema\":{\"type\":\"object\","
	    "\"patternProperties\":{}}}}", "invalid_value",
	    "text.format.schema" },
};

/* An element is appended to the messages or items. */
static const struct {
	int		 apis;
	const char	*json, *code;
	const char	*param;		/* below the element; NULL: the list */
} elements[] = {
	{ CHAT, "{\"role\":\"user\",\"content\":[{\"type\":\"hologram\"}]}",
	    "invalid_value", ".content[0]" },
	{ CHAT, "{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\","
	    "\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}]}",
	    NULL, ".content" },
	{ CHAT, "{\"role\":\"wizard\",\"content\":\"x\"}", "invalid_value",
	    ".role" },
	{ CHAT, "{\"content\":\"x\"}", "missing_required_parameter",
	    ".role" },
	{ CHAT, "{\"role\":\"user\",\"content\":7}", "invalid_type",
	    ".content" },
	{ CHAT, "7", "invalid_type", "" },
	{ CHAT, "{\"role\":\"tool\",\"tool_call_id\":\"none\",\"content\":"
	    "\"x\"}", "invalid_value", NULL },
	{ CHAT, "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":"
	    "[{\"id\":\"a1\",\"type\":\"function\",\"function\":{\"name\":"
	    "\"f\",\"arguments\":\"{}\"}}]}", "invalid_value", NULL },
	{ RESPONSES, "{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"input_image\",\"file_id\":\"file-1\"}]}", NULL, ".content" },
	{ RESPONSES, "{\"role\":\"wizard\",\"content\":\"x\"}",
	    "invalid_value", ".role" },
	{ RESPONSES, "7", "invalid_type", "" },
	{ RESPONSES, "{\"type\":\"function_call_output\",\"call_id\":"
	    "\"none\",\"output\":\"x\"}", "invalid_value", NULL },
	{ RESPONSES, "{\"type\":\"function_call\",\"call_id\":\"a1\","
	    "\"name\":\"f\",\"arguments\":\"{}\"}", "invalid_value", NULL },
	{ RESPONSES, "{\"type\":\"compaction\",\"encrypted_content\":"
	    "\"gAAAA\"}", "invalid_encrypted_content", ".encrypted_content" },
	{ RESPONSES, "{\"type\":\"item_reference\",\"id\":\"msg_none\"}",
	    "invalid_value", ".id" },
	{ RESPONSES, "{\"type\":7}", "invalid_type", ".type" },
};

enum {
	FIELDS = sizeof(fields) / sizeof(fields[0]),
	ELEMENTS = sizeof(elements) / sizeof(elements[0]),
};

static json_t *
value(const char *json)
{
	return json_loads(json, JSON_DECODE_ANY, NULL);
}

static void
spoil_field(struct gen *g, size_t i)
{
	/* Only what is asked for shall be wrong. */
	json_object_del(g->body, "functions");
	json_object_del(g->body, "function_call");
	gen_set(g, "model", json_string("claude-opus-5-5"));
	if (fields[i].json == NULL)
		json_object_del(g->body, fields[i].key);
	else
		gen_set(g, fields[i].key, value(fields[i].json));
	snprintf(g->param, sizeof(g->param), "%s", fields[i].param != NULL ?
	    fields[i].param : fields[i].key);
	g->code = fields[i].code;
}

static void
spoil_list(struct gen *g, size_t i)
{
	const char *list = g->chat ? "messages" : "input";

	if (elements[i].param == NULL)
		snprintf(g->param, sizeof(g->param), "%s", list);
	else
		snprintf(g->param, sizeof(g->param), "%s%s", gen_path(g),
		    elements[i].param);
	g->code = elements[i].code;
	json_array_append_new(g->list, value(elements[i].json));
	gen_set(g, list, json_incref(g->list));
}

void
gen_spoil(struct gen *g)
{
	int api = g->chat ? CHAT : RESPONSES;

	for (;;) {
		size_t i = dice_below(g->dice, FIELDS + ELEMENTS);

		if (i < FIELDS && (fields[i].apis & api)) {
			spoil_field(g, i);
			return;
		}
		if (i >= FIELDS && (elements[i - FIELDS].apis & api)) {
			spoil_list(g, i - FIELDS);
			return;
		}
	}
}
