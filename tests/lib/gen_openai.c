/* Generators: what requests of both OpenAI APIs have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen_openai.h"
#include "jx.h"

static const char *
text_of(const json_t *v)
{
	return json_string_value(v);
}

/* --- model ---------------------------------------------------------------- */

/* A row's name as platforms write it. */
static json_t *
decorated(struct gen *g, const char *id)
{
	static const char *const forms[] = {
		"%s", "%s", "%s", "%s", "anthropic/%s", "%s-20260203", NULL,
	};
	const char *form = dice_word(g->dice, forms);
	size_t at = (size_t)(strstr(form, "%s") - form);
	json_t *name = json_sprintf("%.*s%s%s", (int)at, form, id,
	    form + at + 2);
	char *text, *dot;
	size_t n;

	if (!gen_chance(g, 10))
		return name;
	text = strdup(text_of(name));	/* "claude-opus-4.6" */
	n = strlen(text);
	dot = n > 2 && text[n - 2] == '-' ? &text[n - 2] : NULL;
	if (dot != NULL && dot[-1] >= '0' && dot[-1] <= '9')
		*dot = '.';
	json_decref(name);
	name = json_string(text);
	free(text);
	return name;
}

void
gen_model(struct gen *g)
{
	static const char *const unknown[] = {
		"claude-next-9", "claude-3-opus", "anthropic/claude-x", NULL,
	};
	unsigned rows = 0;
	json_t *name;

	while (strict_model_row(rows) != NULL)
		rows++;
	if (gen_chance(g, 8))
		name = json_string(dice_word(g->dice, unknown));
	else
		name = decorated(g, strict_model_row((unsigned)dice_below(
		    g->dice, rows))
			->prefix);
	g->model = strict_model_of(text_of(name));
	gen_set(g, "model", name);
}

static bool
is_known(const struct gen *g)
{
	return g->model->prefix[0] != '\0';
}

/* --- settings without influence on each other ------------------------------ */

enum { CHAT = 1, RESPONSES = 2, BOTH = 3 };

static const struct {
	const char	*key, *json, *lost;	/* lost: NULL, or the code */
	int		 apis;
} settings[] = {
	{ "stream", "true", NULL, BOTH },
	{ "stream", "false", NULL, BOTH },
	{ "user", "\"kari@example.org\"", NULL, BOTH },
	{ "user", "\"\"", NULL, BOTH },
	{ "safety_identifier", "\"hash-1\"", NULL, BOTH },
	{ "prompt_cache_key", "\"k\"", NULL, BOTH },
	{ "prompt_cache_retention", "\"24h\"", NULL, BOTH },
	{ "prompt_cache_retention", "\"in_memory\"", NULL, BOTH },
	{ "prompt_cache_options", "{\"mode\":\"explicit\"}", NULL, BOTH },
	{ "prompt_cache_options", "{\"mode\":\"implicit\",\"ttl\":\"12h\"}",
	    NULL, BOTH },
	{ "metadata", "{\"a\":\"b\"}", NULL, BOTH },
	{ "metadata", "{}", NULL, BOTH },
	{ "store", "false", NULL, BOTH },
	{ "store", "true", "store_ignored", CHAT },
	{ "store", "true", NULL, RESPONSES },
	{ "service_tier", "\"auto\"", NULL, BOTH },
	{ "service_tier", "\"default\"", NULL, BOTH },
	{ "service_tier", "\"scale\"", NULL, BOTH },
	{ "service_tier", "\"flex\"", "service_tier_approximated", BOTH },
	{ "service_tier", "\"fast\"", "service_tier_approximated", BOTH },
	{ "service_tier", "\"priority\"", "service_tier_approximated", BOTH },
	{ "service_tier", "\"ultrafast\"", "service_tier_approximated",
	    RESPONSES },
	{ "parallel_tool_calls", "true", NULL, BOTH },
	{ "parallel_tool_calls", "false", NULL, BOTH },
	{ "top_logprobs", "0", NULL, BOTH },
	{ "cache_control", "{\"type\":\"ephemeral\"}", NULL, CHAT },
	{ "n", "1", NULL, CHAT },
	{ "frequency_penalty", "0", NULL, CHAT },
	{ "frequency_penalty", "0.5", "penalty_dropped", CHAT },
	{ "presence_penalty", "-1.5", "penalty_dropped", CHAT },
	{ "logit_bias", "{}", NULL, CHAT },
	{ "logit_bias", "{\"50256\":-100}", "logit_bias_dropped", CHAT },
	{ "logprobs", "false", NULL, CHAT },
	{ "seed", "7", NULL, CHAT },
	{ "verbosity", "\"low\"", NULL, CHAT },
	{ "stop", "\"END\"", NULL, CHAT },
	{ "stop", "[\"\\n\",\"END\",\"  \"]", NULL, CHAT },
	{ "stop", "[]", NULL, CHAT },
	{ "stream_options", "{\"include_usage\":true}", NULL, CHAT },
	{ "stream_options", "{\"include_obfuscation\":false}", NULL, BOTH },
	{ "modalities", "[\"text\"]", NULL, CHAT },
	{ "modalities", "[\"text\",\"audio\"]", "modalities_dropped", CHAT },
	{ "audio", "{\"voice\":\"alloy\",\"format\":\"wav\"}",
	    "audio_dropped", CHAT },
	{ "prediction", "{\"type\":\"content\",\"content\":\"x\"}", NULL,
	    CHAT },
	{ "min_p", "0.1", "field_dropped=min_p", CHAT },
	{ "repetition_penalty", "1.1", "field_dropped=repetition_penalty",
	    CHAT },
	{ "top_a", "0", "field_dropped=top_a", CHAT },
	{ "enable_thinking", "true", "field_dropped=enable_thinking", CHAT },
	{ "provider", "{\"order\":[]}", "field_dropped=provider", CHAT },
	{ "transforms", "[]", "field_dropped=transforms", CHAT },
	{ "route", "\"fallback\"", "field_dropped=route", CHAT },
	{ "models", "[\"a\"]", "field_dropped=models", CHAT },
	{ "plugins", "[]", "field_dropped=plugins", CHAT },
	{ "usage", "{\"include\":true}", "field_dropped=usage", CHAT },
	{ "extra_body", "{}", "field_dropped=extra_body", CHAT },
	{ "include", "[\"reasoning.encrypted_content\"]", NULL, RESPONSES },
	{ "include", "[\"web_search_call.action.sources\","
	    "\"file_search_call.results\"]", NULL, RESPONSES },
	{ "truncation", "\"disabled\"", NULL, RESPONSES },
	{ "truncation", "\"auto\"", "truncation_unavailable", RESPONSES },
	{ "background", "false", NULL, RESPONSES },
	{ "max_tool_calls", "3", NULL, RESPONSES },
	{ "context_management", "[{\"type\":\"compaction\","
	    "\"compact_threshold\":1000}]", "context_management_dropped",
	    RESPONSES },
	{ "image", "{\"context_compression\":\"auto\"}", NULL, RESPONSES },
	{ "client_metadata", "{\"a\":[1]}", NULL, RESPONSES },
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static void
one_setting(struct gen *g)
{
	size_t i = dice_below(g->dice, SETTINGS);

	if (!(settings[i].apis & (g->chat ? CHAT : RESPONSES)) ||
	    json_object_get(g->body, settings[i].key) != NULL)
		return;
	gen_set(g, settings[i].key, json_loads(settings[i].json,
	    JSON_DECODE_ANY, NULL));
	if (settings[i].lost == NULL)
		return;
	if (strchr(settings[i].lost, '=') != NULL)
		gen_loses(g, "field_dropped", "%s", settings[i].key);
	else
		gen_loses(g, settings[i].lost, NULL);
}

/* --- limits, sampling, effort ----------------------------------------------- */

static void
limit(struct gen *g)
{
	static const long limits[] = {
		1, 100, 2000, 2049, 8000, 32000, 64000, 128000, 500000,
	};
	long n = limits[dice_below(g->dice,
	    sizeof(limits) / sizeof(limits[0]))];
	bool old = g->chat && gen_chance(g, 30);

	gen_set(g, !g->chat ? "max_output_tokens" : old ? "max_tokens" :
	    "max_completion_tokens", json_integer(n));
	if (n > g->model->max_out)
		gen_loses(g, "max_tokens_clamped", NULL);
}

static void
sampling(struct gen *g)
{
	static const double heats[] = { 0, 0.2, 0.7, 1, 1.4, 2 };
	static const double shares[] = { 0, 0.1, 0.9, 0.95, 1 };

	if (gen_chance(g, 60))
		gen_set(g, "temperature", json_real(heats[dice_below(g->dice,
		    sizeof(heats) / sizeof(heats[0]))]));
	if (gen_chance(g, 60))
		gen_set(g, "top_p", json_real(shares[dice_below(g->dice,
		    sizeof(shares) / sizeof(shares[0]))]));
	if (g->chat && gen_chance(g, 20))
		gen_set(g, "top_k", json_integer(40));
}

static const char *const efforts[] = {
	"none", "minimal", "low", "medium", "high", "xhigh", "max", NULL,
};

/* The extensions by which clients of chat ask for thinking. */
static void
vendor_effort(struct gen *g)
{
	static const struct { const char *key, *json; } ways[] = {
		{ "thinking", "{\"type\":\"adaptive\"}" },
		{ "thinking", "{\"type\":\"enabled\",\"budget_tokens\":9000}" },
		{ "thinking", "{\"type\":\"disabled\"}" },
		{ "reasoning", "{\"effort\":\"high\"}" },
		{ "reasoning", "{\"max_tokens\":3000,\"exclude\":true}" },
		{ "reasoning", "{\"enabled\":false}" },
		{ "include_reasoning", "false" },
		{ "chat_template_kwargs", "{\"enable_thinking\":false}" },
	};
	size_t i = dice_below(g->dice, sizeof(ways) / sizeof(ways[0]));

	gen_set(g, ways[i].key, json_loads(ways[i].json, JSON_DECODE_ANY,
	    NULL));
	g->unsure = true;
}

static void
chat_effort(struct gen *g)
{
	if (gen_chance(g, 25))
		vendor_effort(g);
	if (gen_chance(g, 80)) {
		g->effort = dice_word(g->dice, efforts);
		gen_set(g, "reasoning_effort", json_string(g->effort));
	}
}

static void
responses_effort(struct gen *g)
{
	static const char *const summaries[] = {
		"auto", "concise", "detailed", NULL };
	json_t *r = json_object();

	if (gen_chance(g, 70)) {
		g->effort = dice_word(g->dice, efforts);
		json_object_set_new(r, "effort", json_string(g->effort));
	}
	if (gen_chance(g, 50))
		json_object_set_new(r, gen_chance(g, 80) ? "summary" :
		    "generate_summary",
		    json_string(dice_word(g->dice, summaries)));
	if (gen_chance(g, 10))
		json_object_set_new(r, "context", json_string("all_turns"));
	if (gen_chance(g, 10)) {
		json_object_set_new(r, "mode", json_string("pro"));
		gen_loses(g, "reasoning_mode_dropped", NULL);
	}
	gen_set(g, "reasoning", r);
}

void
gen_settings(struct gen *g)
{
	for (size_t n = dice_below(g->dice, 8); n > 0; n--)
		one_setting(g);
	if (gen_chance(g, 40))
		limit(g);
	if (gen_chance(g, 40))
		sampling(g);
	if (gen_chance(g, 45)) {
		if (g->chat)
			chat_effort(g);
		else
			responses_effort(g);
	}
}

/* --- structured output ------------------------------------------------------- */

void
gen_format(struct gen *g, const char *key)
{
	json_t *format, *schema;
	bool loose = gen_chance(g, 30), strict = !loose && gen_chance(g, 50);

	switch (dice_below(g->dice, 4)) {
	case 0:
		format = json_pack("{s:s}", "type", "text");
		break;
	case 1:
		format = json_pack("{s:s}", "type", "json_object");
		gen_loses(g, "json_object_emulated", NULL);
		break;
	default:
		schema = json_pack("{s:s,s:o}", "name", "answer", "schema",
		    gen_schema(g, loose ? SCHEMA_LOOSE : SCHEMA_STRICT));
		if (strict || gen_chance(g, 20))
			json_object_set_new(schema, "strict",
			    json_boolean(strict));
		if (gen_chance(g, 30))
			json_object_set_new(schema, "description",
			    json_string("One answer."));
		if (loose || !is_known(g))
			gen_loses(g, "schema_as_instruction", NULL);
		format = json_pack("{s:s}", "type", "json_schema");
		if (g->chat)
			json_object_set(format, "json_schema", schema);
		else
			json_object_update(format, schema);
		json_decref(schema);
	}
	if (g->chat)
		gen_set(g, key, format);
	else
		gen_set(g, "text", json_pack("{s:o}", key, format));
}

/* --- tools --------------------------------------------------------------------- */

json_t *
gen_tool_record(struct gen *g, const char *kind)
{
	json_t *record = json_pack("{s:s,s:o,s:[]}", "kind", kind, "name",
	    gen_name(g), "words");

	json_array_append_new(g->tools, record);
	return record;
}

void
gen_tool_done(json_t *record, const json_t *tool)
{
	json_t *words = json_object_get(record, "words");
	char *text = jx_text(tool);

	for (const char *at = text; (at = strstr(at, "zq")) != NULL; at += 2)
		if (strspn(at + 2, "0123456789") >= 5)
			json_array_append_new(words, json_stringn(at, 7));
	free(text);
}

static void
describe(struct gen *g, json_t *tool)
{
	if (gen_chance(g, 70))
		json_object_set_new(tool, "description",
		    gen_text_about(g, gen_word(g)));
	else if (gen_chance(g, 20))
		json_object_set_new(tool, "description", json_string(""));
}

json_t *
gen_function(struct gen *g, json_t *record)
{
	json_t *tool = json_pack("{s:O}", "name",
	    json_object_get(record, "name"));
	bool strict = gen_chance(g, 30);
	enum gen_schema kind = strict ? (gen_chance(g, 25) ? SCHEMA_LOOSE :
	    SCHEMA_STRICT) : (enum gen_schema)dice_below(g->dice, 4);

	describe(g, tool);
	if (strict || gen_chance(g, 80))
		json_object_set_new(tool, "parameters", gen_schema(g, kind));
	else if (gen_chance(g, 50))
		json_object_set_new(tool, "parameters", json_null());
	if (kind == SCHEMA_UNION && json_object_get(tool, "parameters") !=
	    NULL && !json_is_null(json_object_get(tool, "parameters")))
		json_object_set_new(record, "lost",
		    json_string("schema_root_flattened"));
	if (strict || gen_chance(g, 20))
		json_object_set_new(tool, "strict", json_boolean(strict));
	if (strict && (kind == SCHEMA_LOOSE || !is_known(g)))
		json_object_set_new(record, "lost",
		    json_string("strict_dropped"));
	return tool;
}

json_t *
gen_freeform(struct gen *g, json_t *record)
{
	json_t *tool = json_pack("{s:O}", "name",
	    json_object_get(record, "name")), *format;

	describe(g, tool);
	if (gen_chance(g, 30))
		json_object_set_new(tool, "format",
		    json_pack("{s:s}", "type", "text"));
	if (!gen_chance(g, 40))
		return tool;
	format = json_pack("{s:s,s:o}", "syntax", gen_chance(g, 50) ? "lark" :
	    "regex", "definition", gen_text_about(g, gen_word(g)));
	if (g->chat)
		format = json_pack("{s:s,s:o}", "type", "grammar", "grammar",
		    format);
	else
		json_object_set_new(format, "type", json_string("grammar"));
	json_object_set_new(tool, "format", format);
	return tool;
}

json_t *
gen_tool_called(struct gen *g)
{
	size_t n = json_array_size(g->tools);
	json_t *record = json_array_get(g->tools, dice_below(g->dice, n));

	if (record == NULL || gen_chance(g, 15))
		return json_pack("{s:s,s:o}", "kind", "function", "name",
		    gen_name(g));
	return json_incref(record);
}

/* --- tool choice ------------------------------------------------------------------ */

/* {"type":"function","name":N}, in chat one level deeper. */
static json_t *
named(const struct gen *g, const json_t *record)
{
	const char *kind = jx_word(record, "kind");
	json_t *name = json_pack("{s:O}", "name",
	    json_object_get(record, "name"));

	if (jx_has(record, "space"))
		json_object_set(name, "namespace",
		    json_object_get(record, "space"));
	if (g->chat)
		return json_pack("{s:s,s:o}", "type", kind, kind, name);
	json_object_set_new(name, "type", json_string(kind));
	return name;
}

/* Only every second tool stays. */
static json_t *
allowed(struct gen *g, bool must)
{
	json_t *list = json_array(), *record, *v;
	size_t i, from = dice_below(g->dice, 2);

	json_array_foreach(g->tools, i, record) {
		if (i % 2 != from % json_array_size(g->tools))
			continue;
		json_array_append_new(list, named(g, record));
		json_object_set_new(record, "kept", json_true());
	}
	g->limited = true;
	gen_may_lose(g, "tools_filtered");
	v = json_pack("{s:s,s:o}", "mode", must ? "required" : "auto",
	    "tools", list);
	if (g->chat)
		return json_pack("{s:s,s:o}", "type", "allowed_tools",
		    "allowed_tools", v);
	json_object_set_new(v, "type", json_string("allowed_tools"));
	return v;
}

void
gen_choice(struct gen *g)
{
	size_t n = json_array_size(g->tools);
	json_t *choice;

	switch (dice_below(g->dice, n > 0 ? 6 : 3)) {
	case 0:
		choice = json_string("auto");
		break;
	case 1:
		choice = json_string("none");
		break;
	case 2:
		choice = json_string("required");
		g->forced = true;
		break;
	case 3:
	case 4:
		choice = named(g, json_array_get(g->tools,
		    dice_below(g->dice, n)));
		g->forced = true;
		break;
	default:
		g->forced = gen_chance(g, 50);
		choice = allowed(g, g->forced);
	}
	gen_set(g, "tool_choice", choice);
}

/* --- what it all must give ---------------------------------------------------------- */

static void
settle_tools(struct gen *g)
{
	json_t *record, *word;
	size_t i, j;

	json_array_foreach(g->tools, i, record) {
		const char *lost = jx_str(record, "lost");

		if (g->limited && !jx_has(record, "kept")) {
			gen_loses(g, "tools_filtered", NULL);
			if (lost != NULL)
				gen_may_lose(g, lost);
			continue;
		}
		if (lost != NULL)
			gen_loses(g, lost, NULL);
		json_array_foreach(json_object_get(record, "words"), j, word)
			gen_arrives(g, text_of(word));
	}
	if (json_array_size(g->tools) == 0 && !g->hosted)
		g->forced = false;
	if (g->forced && g->model->forced == FORCED_NO)
		gen_loses(g, "tool_choice_degraded", NULL);
	else if (g->forced && g->model->forced == FORCED_NO_THINKING)
		gen_may_lose(g, "thinking_dropped");
}

/* A value that changes something and cannot be sent. */
static bool
is_not_one(const struct gen *g, const char *key)
{
	const json_t *v = json_object_get(g->body, key);

	return v != NULL && json_number_value(v) != 1;
}

static void
settle_sampling(struct gen *g, bool may_think)
{
	bool heat = json_object_get(g->body, "temperature") != NULL;
	bool share = json_object_get(g->body, "top_p") != NULL;

	if (!g->model->sampling || !is_known(g)) {
		if (is_not_one(g, "temperature") || is_not_one(g, "top_p") ||
		    json_object_get(g->body, "top_k") != NULL)
			gen_loses(g, "sampling_dropped", NULL);
	} else if (may_think) {
		gen_may_lose(g, "sampling_dropped");
		gen_may_lose(g, "temperature_clamped");
		gen_may_lose(g, "top_p_dropped");
	} else {
		if (heat && share)
			gen_loses(g, "top_p_dropped", NULL);
		if (json_number_value(json_object_get(g->body,
		    "temperature")) >
		    1)
			gen_loses(g, "temperature_clamped", NULL);
	}
}

static bool
has_off_switch(const struct strict_model *m)
{
	return !m->default_on || (m->thinking & (TH_DISABLED | TH_BETWEEN));
}

void
gen_settle(struct gen *g)
{
	bool none = g->effort != NULL && strcmp(g->effort, "none") == 0;
	bool may_think = g->unsure || g->preset ||
	    (g->effort != NULL && !none);

	settle_tools(g);
	settle_sampling(g, may_think);
	if (none && !has_off_switch(g->model))
		gen_loses(g, "effort_none_unavailable", NULL);
	if (g->unsure)
		gen_may_lose(g, "effort_none_unavailable");
	if (may_think && !(g->model->thinking & TH_ADAPTIVE)) {
		gen_may_lose(g, "budget_too_small");
		gen_may_lose(g, "thinking_dropped");
	}
}
