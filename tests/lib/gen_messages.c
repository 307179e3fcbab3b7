/*
 * Generators: requests to /v1/messages, onto OpenAI.  g->chat is whether the
 * upstream has chat completions, g->official whether it is OpenAI's own.
 */
#include <stdio.h>
#include <string.h>

#include "gen_messages.h"

const char *const gen_claude_efforts[] = {
	"none", "minimal", "low", "medium", "high", "xhigh", "max", NULL,
};

/* --- settings ----------------------------------------------------------------- */

/* `lost` is a field that is reported: NULL none. */
static const struct {
	const char *key, *json, *lost;
} settings[] = {
	{ "stream", "true", NULL },
	{ "stream", "false", NULL },
	{ "temperature", "0", NULL },
	{ "temperature", "0.7", NULL },
	{ "temperature", "1", NULL },
	{ "top_p", "0.9", NULL },
	{ "top_p", "1", NULL },
	{ "top_k", "40", "top_k" },
	{ "stop_sequences", "[]", NULL },
	{ "stop_sequences", "[\"END\",\"\\n\\nHuman:\",\"\xc3\xa9\"]", NULL },
	{ "stop_sequences", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", NULL },
	{ "metadata", "{}", NULL },
	{ "metadata", "{\"user_id\":\"user_zq_account__session_1\"}", NULL },
	{ "metadata", "{\"user_id\":\"{\\\"device_id\\\":\\\"d\\\","
	    "\\\"account_uuid\\\":\\\"\\\",\\\"session_id\\\":\\\"s\\\"}\"}",
	    NULL },
	{ "metadata", "{\"user_id\":\"\xf0\x9f\x99\x82\",\"other\":1}",
	    NULL },
	{ "service_tier", "\"auto\"", NULL },
	{ "service_tier", "\"standard_only\"", NULL },
	{ "speed", "\"standard\"", NULL },
	{ "container", "\"container_01\"", "container" },
	{ "container", "{\"id\":\"container_01\"}", "container" },
	{ "mcp_servers", "[]", NULL },
	{ "inference_geo", "\"global\"", NULL },
	{ "inference_geo", "null", NULL },
	{ "billing_policy", "{\"bill_to\":\"self\"}", NULL },
	{ "fallbacks", "[{\"model\":\"claude-x\"}]", NULL },
	{ "fallback_credit_token", "\"abc\"", NULL },
	{ "diagnostics", "{\"a\":1}", NULL },
	{ "cache_control", "{\"type\":\"ephemeral\"}", NULL },
	{ "context_management", "{\"edits\":[]}", NULL },	/* skipped */
	{ "compaction", "{\"enabled\":true}", NULL },	/* skipped */
	{ "thinking", "{\"type\":\"adaptive\"}", NULL },
	{ "thinking", "{\"type\":\"adaptive\",\"display\":\"omitted\"}",
	    NULL },
	{ "thinking", "{\"type\":\"enabled\",\"budget_tokens\":1024}", NULL },
	{ "thinking", "{\"type\":\"enabled\",\"budget_tokens\":9000,"
	    "\"display\":\"summarized\"}", NULL },
	{ "thinking", "{\"type\":\"enabled\",\"budget_tokens\":64000,"
	    "\"display\":\"updates\"}", NULL },
	{ "thinking", "{\"type\":\"disabled\"}", NULL },
	{ "thinking", "{\"type\":\"between_tools\"}", NULL },
	{ "seed", "7", "seed" },
	{ "min_p", "0.1", "min_p" },
	{ "provider", "{}", "provider" },
	{ "safeguards", "{}", "safeguards" },
};

static void
put_setting(struct gen *g)
{
	size_t i = dice_below(g->dice, sizeof(settings) / sizeof(settings[0]));

	if (json_object_get(g->body, settings[i].key) != NULL)
		return;
	gen_set(g, settings[i].key, json_loads(settings[i].json,
	    JSON_DECODE_ANY, NULL));
	if (settings[i].lost != NULL)
		gen_loses(g, "field_dropped", "%s", settings[i].lost);
}

static void
put_output(struct gen *g)
{
	json_t *config = json_object(), *format;

	if (gen_chance(g, 70))
		json_object_set_new(config, "effort",
		    json_string(dice_word(g->dice, gen_claude_efforts)));
	if (gen_chance(g, 40)) {
		format = json_pack("{s:s,s:o}", "type", "json_schema",
		    "schema", gen_schema(g,
		    (enum gen_schema)dice_below(g->dice, 3)));
		if (gen_chance(g, 20))
			gen_set(g, "output_format", json_deep_copy(format));
		json_object_set_new(config, "format", format);
	}
	if (gen_chance(g, 20))
		json_object_set_new(config, "task_budget", json_pack(
		    "{s:s,s:i}", "type", "tokens", "total", 20000));
	gen_set(g, "output_config", config);
}

/* The prompt; a line of Claude Code's about itself is left out. */
static void
put_prompt(struct gen *g)
{
	json_t *list;

	if (gen_chance(g, 40)) {
		gen_set(g, "system", gen_text(g));
		return;
	}
	list = json_array();
	if (gen_chance(g, 20))
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "text", "text", json_sprintf("x-anthropic-billing-header:"
				     " cc_version=%s;", gen_word(g))));
	if (json_array_size(list) > 0)
		gen_vanishes(g, g->word);
	if (gen_chance(g, 10))
		json_array_append_new(list, json_pack("{s:s,s:s}", "type",
		    "text", "text", ""));
	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		gen_put_text(g, list);
	gen_set(g, "system", list);
}

void
gen_messages(struct gen *g)
{
	static const char *const models[] = { "claude-opus-5-5",
	    "claude-sonnet-4-5", "gpt-5.6", "some-model", NULL };
	static const long limits[] = { 1, 15, 16, 4096, 32000, 128000 };

	gen_set(g, "model", json_string(dice_word(g->dice, models)));
	gen_set(g, "max_tokens", json_integer(limits[dice_below(g->dice,
	    sizeof(limits) / sizeof(limits[0]))]));
	if (gen_chance(g, 60))
		put_prompt(g);
	if (gen_chance(g, 65))
		gen_put_tools(g);
	gen_set(g, "messages", json_incref(g->list));
	gen_put_history(g);
	if (gen_chance(g, 40))
		gen_put_choice(g);
	for (size_t n = dice_below(g->dice, 7); n > 0; n--)
		put_setting(g);
	if (gen_chance(g, 40))
		put_output(g);
	if (gen_chance(g, 5)) {
		gen_set(g, "speed", json_string("fast"));
		if (!g->official)
			gen_loses(g, "field_dropped", "speed");
	}
	/* Strictness and roots that no strict mode has. */
	gen_may_lose(g, "field_changed");
	gen_may_lose(g, "field_dropped");
	gen_settle_tools(g);
}

/* --- what must be refused ------------------------------------------------------- */

static const struct {
	const char *key, *json, *code, *param;	/* NULL: the key */
} spoilers[] = {
	{ "thread", "{\"id\":\"th_1\"}", "thread_unsupported_request", NULL },
	{ "mcp_servers", "[{\"name\":\"x\"}]", "unsupported_parameter",
	    NULL },
	{ "inference_geo", "\"us\"", "unsupported_parameter", NULL },
	{ "billing_policy", "{\"bill_to\":\"user_profile\"}",
	    "unsupported_parameter", NULL },
	{ "container", "{\"skills\":[{\"type\":\"custom\"}]}",
	    "unsupported_parameter", NULL },
	{ "container", "7", "", NULL },
	{ "max_tokens", "null", "", NULL },
	{ "max_tokens", "-1", "", NULL },
	{ "max_tokens", "1.5", "", NULL },
	{ "model", "\"\"", "", NULL },
	{ "stream", "\"yes\"", "", NULL },
	{ "temperature", "1.2", "", NULL },
	{ "temperature", "\"hot\"", "", NULL },
	{ "top_p", "-0.1", "", NULL },
	{ "stop_sequences", "[\"a\",\" \"]", "", "stop_sequences.1" },
	{ "stop_sequences", "[7]", "", "stop_sequences.0" },
	{ "service_tier", "\"flex\"", "", NULL },
	{ "speed", "\"ludicrous\"", "", NULL },
	{ "thinking", "{\"type\":\"enabled\",\"budget_tokens\":1000}", "",
	    "thinking.budget_tokens" },
	{ "thinking", "{\"type\":\"often\"}", "", "thinking.type" },
	{ "thinking", "{\"type\":\"adaptive\",\"display\":\"all\"}", "",
	    "thinking.display" },
	{ "output_config", "{\"effort\":\"ultra\"}", "",
	    "output_config.effort" },
	{ "output_config", "{\"format\":{\"type\":\"text\"}}", "",
	    "output_config.format.type" },
	{ "metadata", "{\"user_id\":7}", "", "metadata.user_id" },
	{ "system", "[{\"type\":\"image\"}]", "", "system.0.type" },
	{ "messages", "[]", "", NULL },
	{ "messages", "null", "", NULL },
	{ "messages", "[{\"role\":\"user\",\"content\":\"\"}]", "", NULL },
	{ "messages", "[{\"role\":\"tool\",\"content\":\"x\"}]", "",
	    "messages.0.role" },
	{ "messages", "[{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"thinking\",\"thinking\":\"x\",\"signature\":\"s\"}]}]", "",
	    "messages.0.content.0" },
	{ "messages", "[{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"later_block\"}]}]", "", "messages.0" },
	{ "messages", "[{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"tool_result\",\"tool_use_id\":\"none\"}]}]", "",
	    "messages.0.content.0" },
	{ "messages", "[{\"role\":\"user\",\"content\":\"x\"},{\"role\":"
	    "\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"a\","
	    "\"name\":\"b\",\"input\":{}}]}]", "", "messages.1" },
	{ "messages", "[{\"role\":\"user\",\"content\":\"x\"},{\"role\":"
	    "\"system\",\"content\":\"x\",\"output_config\":{\"format\":{}}}]",
	    "", "messages.1.output_config.format" },
	{ "messages", "[{\"role\":\"system\",\"content\":[{\"type\":"
	    "\"tool_addition\",\"tool\":{\"type\":\"tool_reference\","
	    "\"name\":\"nobody\"}}]}]", "tool_reference_unresolved",
	    "messages.0.content.0.tool" },
	{ "tools", "[{\"name\":\"a\"}]", "", "tools.0.input_schema" },
	{ "tools", "[{\"type\":\"later_20990101\",\"name\":\"a\"}]", "",
	    "tools.0" },
	{ "tools", "[{\"name\":\"a\",\"input_schema\":{}},{\"name\":\"a\","
	    "\"input_schema\":{}}]", "", "tools" },
};

void
gen_messages_spoil(struct gen *g)
{
	size_t i = dice_below(g->dice, sizeof(spoilers) / sizeof(spoilers[0]));
	const char *param = spoilers[i].param != NULL ? spoilers[i].param :
	    spoilers[i].key;

	gen_set(g, spoilers[i].key, json_loads(spoilers[i].json,
	    JSON_DECODE_ANY, NULL));
	/* A choice among other tools is another fault. */
	json_object_del(g->body, "tool_choice");
	if (strcmp(spoilers[i].key, "output_config") == 0)
		json_object_del(g->body, "output_format");
	snprintf(g->param, sizeof(g->param), "%s", param);
	g->code = spoilers[i].code;
}
