/* Generators: requests to /v1/chat/completions. */
#include <stdio.h>
#include <string.h>

#include "gen_openai.h"
#include "jx.h"

/* --- system and user ------------------------------------------------------ */

static void
add_message(struct gen *g, json_t *message)
{
	gen_mark(g, message);
	json_array_append_new(g->list, message);
}

static json_t *
texts(struct gen *g)
{
	json_t *list = json_array();

	for (size_t n = 1 + dice_below(g->dice, 2); n > 0; n--)
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "text", "text", gen_text(g)));
	return list;
}

static void
add_system(struct gen *g)
{
	add_message(g, json_pack("{s:s,s:o}", "role", gen_chance(g, 50) ?
	    "system" : "developer", "content", gen_chance(g, 70) ?
	    gen_text(g) : texts(g)));
}

static void
add_user(struct gen *g)
{
	json_t *content, *message;
	char path[64];

	snprintf(path, sizeof(path), "%s.content", gen_path(g));
	content = gen_chance(g, 50) ? gen_text(g) : gen_parts(g, path, false);
	message = json_pack("{s:s,s:o}", "role", "user", "content", content);
	if (gen_chance(g, 4)) {
		json_object_set_new(message, "name", json_string("kari"));
		gen_loses(g, "name_dropped", NULL);
	}
	add_message(g, message);
}

/* --- reasoning -------------------------------------------------------------- */

/* One entry of reasoning_details whose seal holds. */
static json_t *
good_detail(struct gen *g)
{
	const char *word = gen_word(g);
	json_t *entry, *envelope;

	switch (dice_below(g->dice, 3)) {
	case 0:
		gen_thought(g, word);
		entry = json_pack("{s:s,s:s,s:s}", "type", "reasoning.text",
		    "text", word, "signature", "EqQB-sig");
		break;
	case 1:
		gen_thought(g, word);
		envelope = gen_envelope("", word);
		entry = json_pack("{s:s,s:o}", "type", "reasoning.encrypted",
		    "data", envelope);
		break;
	default:
		gen_thought(g, word);
		entry = json_pack("{s:s,s:s}", "type", "reasoning.encrypted",
		    "data", word);
	}
	json_object_set_new(entry, "format",
	    json_string("anthropic-claude-v1"));
	return entry;
}

static json_t *
bad_detail(struct gen *g)
{
	static const char *const entries[] = {
		"{\"type\":\"reasoning.text\",\"text\":\"x\","
		"\"format\":\"anthropic-claude-v1\"}",
		"{\"type\":\"reasoning.encrypted\",\"data\":\"gAAAA\","
		"\"format\":\"openai-responses-v1\"}",
		"{\"type\":\"reasoning.encrypted\",\"data\":\"co2.r1.AAAA\","
		"\"format\":\"anthropic-claude-v1\"}",
		"{\"type\":\"reasoning.encrypted\",\"data\":\"co2.r9.AAAA\","
		"\"format\":\"anthropic-claude-v1\"}",
		NULL,
	};

	gen_thought_foreign(g);
	return json_loads(dice_word(g->dice, entries), 0, NULL);
}

static json_t *
details(struct gen *g)
{
	json_t *list = json_array();

	for (size_t n = 1 + dice_below(g->dice, 3); n > 0; n--)
		json_array_append_new(list, gen_chance(g, 90) ?
		    good_detail(g) : bad_detail(g));
	return list;
}

/* LiteLLM's way. */
static json_t *
thinking_blocks(struct gen *g)
{
	json_t *one, *two;

	gen_thought(g, gen_word(g));
	one = json_pack("{s:s,s:s,s:s}", "type", "thinking", "thinking",
	    g->word, "signature", "EqQB-sig");
	gen_thought(g, gen_word(g));
	two = json_pack("{s:s,s:s}", "type", "redacted_thinking", "data",
	    g->word);
	return json_pack("[o,o]", one, two);
}

static void
add_reasoning(struct gen *g, json_t *message)
{
	if (gen_chance(g, 40))
		json_object_set_new(message, "reasoning_content",
		    gen_text_lost(g));
	switch (dice_below(g->dice, 6)) {
	case 0:
	case 1:
		json_object_set_new(message, "reasoning_details", details(g));
		break;
	case 2:
		json_object_set_new(message, "thinking_blocks",
		    thinking_blocks(g));
		break;
	case 3:
		json_object_set_new(message, "reasoning", gen_text_lost(g));
		break;
	default:
		break;
	}
}

/* --- assistant ---------------------------------------------------------------- */

static json_t *
answer_parts(struct gen *g)
{
	json_t *list = texts(g);

	if (gen_chance(g, 20))
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "refusal", "refusal", gen_text(g)));
	if (gen_chance(g, 20))
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "text", "text", gen_blank(g)));
	return list;
}

static void
add_content(struct gen *g, json_t *message, bool calls)
{
	json_t *content = NULL;

	switch (dice_below(g->dice, calls ? 5 : 3)) {
	case 0:
	case 1:
		content = gen_text(g);
		gen_replied(g);
		break;
	case 2:
		content = answer_parts(g);
		gen_replied(g);
		break;
	case 3:
		content = json_null();
		break;
	default:
		content = gen_blank(g);
	}
	json_object_set_new(message, "content", content);
	if (gen_chance(g, 5)) {
		json_object_set_new(message, "refusal", gen_text(g));
		gen_replied(g);
	} else if (gen_chance(g, 20)) {
		json_object_set_new(message, "refusal", json_null());
	}
	if (gen_chance(g, 3)) {
		json_object_set_new(message, "audio", json_pack("{s:s}",
		    "id", "audio_1"));
		gen_loses(g, "audio_dropped", NULL);
	}
	if (gen_chance(g, 10))
		json_object_set_new(message, "annotations", json_array());
}

static json_t *
one_call(struct gen *g)
{
	json_t *tool = gen_tool_called(g), *id = gen_id(g), *inner;
	bool custom = jx_is(tool, "kind", "custom");

	/* The name arrives whether or not there is such a tool. */
	gen_tool_done(tool, json_object_get(tool, "name"));
	inner = json_pack("{s:O,s:o}", "name", json_object_get(tool, "name"),
	    custom ? "input" : "arguments", custom ? gen_text(g) :
	    gen_arguments(g));
	json_decref(tool);
	return json_pack("{s:o,s:s,s:o}", "id", id, "type", custom ?
	    "custom" : "function", custom ? "custom" : "function", inner);
}

static json_t *
add_answer(struct gen *g)
{
	bool legacy = json_object_get(g->body, "functions") != NULL;
	size_t n = gen_chance(g, 50) ? 1 + dice_below(g->dice, 4) : 0;
	json_t *message = json_pack("{s:s}", "role", "assistant");
	json_t *calls = json_array(), *call;

	if (gen_chance(g, 40))
		add_reasoning(g, message);
	add_content(g, message, n > 0);
	if (n > 0)
		gen_replied(g);
	if (n > 0 && legacy) {
		call = one_call(g);
		json_object_set(message, "function_call",
		    json_object_get(call, "function"));
		json_array_append_new(calls, call);
	} else if (n > 0) {
		for (; n > 0; n--)
			json_array_append_new(calls, one_call(g));
		json_object_set_new(message, "tool_calls",
		    json_deep_copy(calls));
	}
	add_message(g, message);
	return calls;
}

static json_t *
result_content(struct gen *g, bool again)
{
	char path[64];

	if (again)
		return gen_text_lost(g);
	snprintf(path, sizeof(path), "%s.content", gen_path(g));
	switch (dice_below(g->dice, 6)) {
	case 0:
		return json_string("");
	case 1:
		return gen_parts(g, path, true);
	default:
		return gen_text(g);
	}
}

static void
add_result(struct gen *g, const json_t *call, bool again)
{
	bool legacy = json_object_get(g->body, "functions") != NULL;
	json_t *content = result_content(g, again);

	if (legacy)
		add_message(g, json_pack("{s:s,s:O,s:o}", "role", "function",
		    "name", json_object_get(json_object_get(call, "function"),
		    "name"), "content", content));
	else
		add_message(g, json_pack("{s:s,s:O,s:o}", "role", "tool",
		    "tool_call_id", json_object_get(call, "id"), "content",
		    content));
}

static const struct gen_shape shape = {
	add_system, add_user, add_answer, add_result,
};

/* --- tools ------------------------------------------------------------------------ */

static json_t *
one_tool(struct gen *g)
{
	const char *kind = gen_chance(g, 20) ? "custom" : "function";
	json_t *record = gen_tool_record(g, kind), *inner, *tool;

	inner = strcmp(kind, "custom") == 0 ? gen_freeform(g, record) :
	    gen_function(g, record);
	tool = json_pack("{s:s,s:o}", "type", kind, kind, inner);
	gen_tool_done(record, tool);
	gen_mark(g, tool);
	return tool;
}

static void
add_tools(struct gen *g)
{
	json_t *tools = json_array();

	for (size_t n = dice_below(g->dice, 6); n > 0; n--)
		json_array_append_new(tools, one_tool(g));
	gen_set(g, "tools", tools);
	if (gen_chance(g, 50))
		gen_choice(g);
}

/* The way of 2023. */
static void
add_functions(struct gen *g)
{
	json_t *list = json_array(), *record;

	for (size_t n = 1 + dice_below(g->dice, 3); n > 0; n--) {
		json_t *tool;

		record = gen_tool_record(g, "function");
		tool = gen_function(g, record);
		gen_tool_done(record, tool);
		json_array_append_new(list, tool);
	}
	gen_set(g, "functions", list);
	if (gen_chance(g, 30)) {
		record = json_array_get(g->tools, 0);
		g->forced = true;
		gen_set(g, "function_call", json_pack("{s:O}", "name",
		    json_object_get(record, "name")));
	} else if (gen_chance(g, 50)) {
		gen_set(g, "function_call", json_string(gen_chance(g, 50) ?
		    "auto" : "none"));
	}
}

static void
add_search(struct gen *g)
{
	g->hosted = true;
	gen_set(g, "web_search_options", gen_chance(g, 50) ? json_object() :
	    json_pack("{s:s,s:{s:s,s:{s:s,s:s}}}", "search_context_size",
	    "low", "user_location", "type", "approximate", "approximate",
	    "city", "Oslo", "country", "NO"));
}

void
gen_chat(struct gen *g)
{
	g->chat = true;
	gen_model(g);
	gen_settings(g);
	if (gen_chance(g, 8))
		add_functions(g);
	else if (gen_chance(g, 65))
		add_tools(g);
	if (gen_chance(g, 6))
		add_search(g);
	if (gen_chance(g, 25))
		gen_format(g, "response_format");
	gen_talk(g, &shape);
	gen_set(g, "messages", json_incref(g->list));
	gen_settle(g);
}
