/* Generators of Claude requests: the tools. */
#include <stdio.h>

#include "gen_messages.h"
#include "jx.h"

static json_t *
examples(struct gen *g)
{
	return json_pack("[{s:o},{s:i}]", "path", json_string(gen_word(g)),
	    "n", 1);
}

/* A tool of the client's own, and what is known of it. */
static json_t *
custom_tool(struct gen *g, bool first)
{
	char word[16];
	json_t *tool, *record;
	bool strict = gen_chance(g, 30), waits = !first && gen_chance(g, 30);

	snprintf(word, sizeof(word), "%s", gen_word(g));
	tool = json_pack("{s:o,s:o,s:o}", "name", gen_name(g), "description",
	    gen_text_about(g, word), "input_schema", gen_schema(g,
	    strict && gen_chance(g, 70) ? SCHEMA_STRICT :
	    (enum gen_schema)dice_below(g->dice, 4)));
	record = json_pack("{s:O,s:s,s:b}", "name", json_object_get(tool,
	    "name"), "word", word, "offered", !waits);
	if (waits) {
		json_object_set_new(tool, "defer_loading", json_true());
		json_object_set_new(record, "waits", json_true());
	}
	if (strict || gen_chance(g, 20))
		json_object_set_new(tool, "strict", json_boolean(strict));
	if (gen_chance(g, 15))
		json_object_set_new(tool, "input_examples", examples(g));
	if (gen_chance(g, 15))
		json_object_set_new(tool, "type", gen_chance(g, 50) ?
		    json_string("custom") : json_null());
	if (!first && gen_chance(g, 5)) {
		json_object_set_new(tool, "allowed_callers",
		    json_pack("[s]", "code_execution_20250825"));
		gen_loses(g, "tool_dropped", "tools.%zu",
		    json_array_size(json_object_get(g->body, "tools")));
		json_decref(record);
		gen_vanishes(g, word);
		return tool;
	}
	json_array_append_new(g->tools, record);
	return tool;
}

/* Types with names of their own, each once; `chat`: what chat loses. */
static const struct {
	const char *json;
	bool	 responses, chat, finder;
} typed[] = {
	{ "{\"type\":\"bash_20250124\",\"name\":\"bash\"}", true, true,
	    false },
	{ "{\"type\":\"text_editor_20250124\",\"name\":"
	  "\"str_replace_editor\"}", true, true, false },
	{ "{\"type\":\"text_editor_20250728\",\"name\":"
	  "\"str_replace_based_edit_tool\",\"max_characters\":1000}", true,
	    true, false },
	{ "{\"type\":\"memory_20250818\",\"name\":\"memory\"}", true, true,
	    false },
	{ "{\"type\":\"web_search_20250305\",\"name\":\"web_search\","
	  "\"max_uses\":3,\"allowed_domains\":[\"example.net\"],"
	  "\"user_location\":{\"type\":\"approximate\",\"city\":\"Oslo\"}}",
	    true, false, false },
	{ "{\"type\":\"web_fetch_20250910\",\"name\":\"web_fetch\"}", false,
	    false, false },
	{ "{\"type\":\"code_execution_20250825\",\"name\":"
	  "\"code_execution\"}", false, false, false },
	{ "{\"type\":\"computer_20250124\",\"name\":\"computer\","
	  "\"display_width_px\":800,\"display_height_px\":600}", false,
	    false, false },
	{ "{\"type\":\"advisor_20260301\",\"name\":\"advisor\","
	  "\"model\":\"claude-opus-5-5\"}", false, false, false },
	{ "{\"type\":\"mcp_toolset\",\"mcp_server_name\":\"docs\"}", false,
	    false, false },
	{ "{\"type\":\"tool_search_tool_regex_20251119\",\"name\":"
	  "\"tool_search_tool_regex\"}", false, false, true },
	{ "{\"type\":\"computer_toolset_20260801\",\"name\":\"cts\"}", false,
	    false, false },
};

static void
put_typed_tools(struct gen *g, json_t *tools)
{
	size_t n = sizeof(typed) / sizeof(typed[0]);

	for (size_t i = 0; i < n; i++) {
		if (!gen_chance(g, 7))
			continue;
		if (g->chat ? !typed[i].chat : !typed[i].responses)
			gen_loses(g, "tool_dropped", "tools.%zu",
			    json_array_size(tools));
		if (typed[i].finder)
			g->hosted = true;
		json_array_append_new(tools, json_loads(typed[i].json, 0,
		    NULL));
	}
}

void
gen_put_tools(struct gen *g)
{
	json_t *tools = json_array();

	gen_set(g, "tools", tools);
	if (gen_chance(g, 10))
		return;
	for (size_t n = dice_between(g->dice, 1, 5), i = 0; i < n; i++)
		json_array_append_new(tools, custom_tool(g, i == 0));
	if (gen_chance(g, 50))
		put_typed_tools(g, tools);
	/* A change before a search has loaded all says nothing of itself. */
	if (g->hosted)
		for (size_t i = 0; i < json_array_size(g->tools); i++)
			json_object_set_new(json_array_get(g->tools, i),
			    "offered", json_true());
}

void
gen_put_choice(struct gen *g)
{
	static const char *const words[] = { "auto", "none", "any", NULL };
	size_t n = json_array_size(g->tools);
	json_t *record = json_array_get(g->tools, dice_below(g->dice, n));
	json_t *choice;

	if (record == NULL)
		choice = json_pack("{s:s}", "type", gen_chance(g, 50) ?
		    "auto" : "none");
	else if (gen_chance(g, 50) || jx_has(record, "changed"))
		choice = json_pack("{s:s}", "type",
		    dice_word(g->dice, words));
	else {
		choice = json_pack("{s:s,s:O}", "type", "tool", "name",
		    json_object_get(record, "name"));
		json_object_set_new(record, "offered", json_true());
	}
	if (gen_chance(g, 30))
		json_object_set_new(choice, "disable_parallel_tool_use",
		    json_boolean(gen_chance(g, 60)));
	gen_set(g, "tool_choice", choice);
}

void
gen_settle_tools(struct gen *g)
{
	json_t *record;
	size_t i;

	json_array_foreach(g->tools, i, record) {
		const char *word = jx_word(record, "word");

		if (json_is_true(json_object_get(record, "offered")))
			gen_arrives(g, word);
		else
			gen_vanishes(g, word);
	}
}
