/* Generators: requests to /v1/responses. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "gen_openai.h"
#include "jx.h"
#include "model/seal.h"

/* Clients put ids on items as they like. */
static void
add_item(struct gen *g, json_t *item)
{
	if (gen_chance(g, 30))
		json_object_set_new(item, "id", json_sprintf("item_%zu",
		    json_array_size(g->list)));
	if (gen_chance(g, 20))
		json_object_set_new(item, "status", json_string("completed"));
	json_array_append_new(g->list, item);
}

static void
add_message(struct gen *g, const char *role, json_t *content)
{
	json_t *item = json_pack("{s:s,s:o}", "role", role, "content",
	    content);

	if (gen_chance(g, 60))
		json_object_set_new(item, "type", json_string("message"));
	gen_mark(g, item);
	add_item(g, item);
}

static json_t *
text_part(const char *type, json_t *text)
{
	return json_pack("{s:s,s:o}", "type", type, "text", text);
}

/* --- system and user ------------------------------------------------------ */

static void
add_system(struct gen *g)
{
	json_t *content = gen_text(g);

	if (gen_chance(g, 40))
		content = json_pack("[o,o]", text_part("input_text", content),
		    text_part("text", gen_text(g)));
	add_message(g, gen_chance(g, 50) ? "system" : "developer", content);
}

/* An earlier conversation, in our own envelope. */
static void
add_compaction(struct gen *g)
{
	struct buf b;

	buf_init(&b, 0);
	gen_arrives(g, gen_word(g));
	seal_put_c1(&b, SPAN("claude-opus-5-5"), span_of(g->word));
	add_item(g, json_pack("{s:s,s:s}", "type", "compaction",
	    "encrypted_content", buf_str(&b)));
	buf_free(&b);
}

static void
add_loose_output(struct gen *g)
{
	add_item(g, json_pack("{s:s,s:n,s:o,s:o}", "type",
	    "function_call_output", "call_id", "name", gen_text(g), "output",
	    gen_text(g)));
}

static void
add_user(struct gen *g)
{
	char path[64];

	if (gen_chance(g, 3)) {
		add_compaction(g);
	} else if (gen_chance(g, 3)) {
		add_loose_output(g);
	} else {
		snprintf(path, sizeof(path), "%s.content", gen_path(g));
		add_message(g, "user", gen_chance(g, 50) ? gen_text(g) :
		    gen_parts(g, path, false));
	}
}

/* --- assistant ---------------------------------------------------------------- */

static void
add_reasoning(struct gen *g)
{
	static const char *const foreign[] = {
		"gAAAAABmabc", "co2.r9.e30", "co2.r1.", "co2.r1.e30", "sig",
		NULL,
	};
	const char *word = gen_word(g);
	json_t *item = json_pack("{s:s,s:[{s:s,s:s}],s:n}", "type",
	    "reasoning", "summary", "type", "summary_text", "text",
	    "A summary that nobody reads.", "content");

	if (gen_chance(g, 85)) {
		gen_thought(g, word);
		json_object_set_new(item, "encrypted_content",
		    gen_chance(g, 50) ? gen_envelope(word, "EqQB-sig") :
		    gen_envelope("", word));
	} else if (gen_chance(g, 60)) {
		gen_thought_foreign(g);
		json_object_set_new(item, "encrypted_content",
		    json_string(dice_word(g->dice, foreign)));
	} else {
		gen_thought_unsealed(g);
		if (gen_chance(g, 50))
			json_object_set_new(item, "encrypted_content",
			    json_null());
	}
	add_item(g, item);
}

static void
add_words(struct gen *g)
{
	json_t *content, *part;

	switch (dice_below(g->dice, 4)) {
	case 0:
		content = gen_text(g);
		break;
	case 1:
		content = json_pack("[{s:s,s:o}]", "type", "refusal",
		    "refusal", gen_text(g));
		break;
	case 2:
		g->answered = true;
		add_message(g, "assistant", gen_blank(g));
		return;
	default:
		part = text_part("output_text", gen_text(g));
		json_object_set_new(part, "annotations", json_array());
		json_object_set_new(part, "logprobs", json_array());
		content = json_pack("[o,o]", part, text_part("output_text",
		    gen_text(g)));
	}
	gen_replied(g);
	add_message(g, "assistant", content);
}

/* Items of hosted tools; what answers them goes with them. */
static void
add_hosted(struct gen *g)
{
	static const char *const types[] = {
		"local_shell_call", "shell_call", "apply_patch_call",
		"mcp_call", "mcp_list_tools", "file_search_call",
		"code_interpreter_call", "image_generation_call",
		"computer_call", "hologram_call", NULL,
	};
	const char *type = dice_word(g->dice, types);
	char id[16];

	if (gen_chance(g, 30)) {	/* known to be of no use */
		add_item(g, json_pack("{s:s,s:{s:s,s:s}}", "type",
		    "web_search_call", "action", "type", "search", "query",
		    "rivers"));
		return;
	}
	gen_loses(g, "item_dropped", "%s", type);
	gen_vanishes(g, gen_word(g));
	snprintf(id, sizeof(id), "%s", g->word);
	add_item(g, json_pack("{s:s,s:s,s:o}", "type", type, "call_id", id,
	    "action", gen_text_lost(g)));
	if (!gen_chance(g, 50))
		return;
	gen_loses(g, "item_dropped", "function_call_output");
	add_item(g, json_pack("{s:s,s:s,s:o}", "type", "function_call_output",
	    "call_id", id, "output", gen_text_lost(g)));
}

static json_t *
search_call(struct gen *g)
{
	return json_pack("{s:s,s:o,s:s,s:{s:s}}", "type", "tool_search_call",
	    "call_id", gen_id(g), "execution", "client", "arguments",
	    "query", "mail");
}

static json_t *
one_call(struct gen *g)
{
	json_t *tool, *id, *call, *text;
	bool custom;

	if (gen_chance(g, 4))
		return search_call(g);
	tool = gen_tool_called(g);
	id = gen_id(g);
	custom = jx_is(tool, "kind", "custom");
	gen_tool_done(tool, json_object_get(tool, "name"));
	text = custom ? gen_text(g) : gen_arguments(g);
	call = json_pack("{s:s,s:o,s:O,s:o}", "type", custom ?
	    "custom_tool_call" : "function_call", "call_id", id, "name",
	    json_object_get(tool, "name"), custom ? "input" : "arguments",
	    text);
	if (jx_has(tool, "space"))
		json_object_set(call, "namespace",
		    json_object_get(tool, "space"));
	json_decref(tool);
	return call;
}

static json_t *
add_answer(struct gen *g)
{
	json_t *calls = json_array(), *call;

	for (size_t n = dice_below(g->dice, 4); n > 0; n--) {
		if (gen_chance(g, 40))
			add_reasoning(g);
		else if (gen_chance(g, 90))
			add_words(g);
		else
			add_hosted(g);
	}
	if (gen_chance(g, 50))
		return calls;
	for (size_t n = 1 + dice_below(g->dice, 4); n > 0; n--) {
		if (gen_chance(g, 15))
			add_reasoning(g);
		call = one_call(g);
		json_array_append(calls, call);
		add_item(g, call);
		gen_replied(g);
	}
	return calls;
}

/* --- results --------------------------------------------------------------------- */

static json_t *plain_tool(struct gen *g);

static void
add_search_result(struct gen *g, const json_t *call)
{
	json_t *tools = json_array();

	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		json_array_append_new(tools, plain_tool(g));
	add_item(g, json_pack("{s:s,s:O,s:o}", "type", "tool_search_output",
	    "call_id", json_object_get(call, "call_id"), "tools", tools));
}

static json_t *
output(struct gen *g, bool again)
{
	char path[64];

	if (again)
		return gen_text_lost(g);
	snprintf(path, sizeof(path), "%s.output", gen_path(g));
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
	const char *type = jx_word(call, "type");
	json_t *item;

	if (strcmp(type, "tool_search_call") == 0) {
		if (again)	/* what it lists comes in any case */
			add_item(g, json_pack("{s:s,s:O,s:[]}", "type",
			    "tool_search_output", "call_id",
			    json_object_get(call, "call_id"), "tools"));
		else
			add_search_result(g, call);
		return;
	}
	item = json_pack("{s:o,s:O,s:o}", "type", json_sprintf("%s_output",
	    type), "call_id", json_object_get(call, "call_id"), "output",
	    output(g, again));
	add_item(g, item);
}

static const struct gen_shape shape = {
	add_system, add_user, add_answer, add_result,
};

/* --- tools ------------------------------------------------------------------------ */

static json_t *
plain_tool(struct gen *g)
{
	const char *kind = gen_chance(g, 20) ? "custom" : "function";
	json_t *record = gen_tool_record(g, kind), *tool;

	tool = strcmp(kind, "custom") == 0 ? gen_freeform(g, record) :
	    gen_function(g, record);
	json_object_set_new(tool, "type", json_string(kind));
	if (gen_chance(g, 10))
		json_object_set_new(tool, "defer_loading", json_true());
	gen_tool_done(record, tool);
	return tool;
}

/* The first member gets the description of the namespace as well. */
static json_t *
namespace(struct gen *g)
{
	json_t *space = gen_chance(g, 20) ? json_string("functions") :
	    json_sprintf("mcp%s%s", gen_word(g), gen_chance(g, 30) ? "__" :
	    "");
	json_t *about = json_string(gen_word(g)), *members = json_array();

	for (size_t n = 1 + dice_below(g->dice, 3); n > 0; n--) {
		json_t *tool = plain_tool(g), *record;

		record = json_array_get(g->tools,
		    json_array_size(g->tools) - 1);
		json_object_set(record, "space", space);
		if (json_array_size(members) == 0)
			gen_tool_done(record, about);
		gen_tool_done(record, space);
		json_array_append_new(members, tool);
	}
	return json_pack("{s:s,s:o,s:o,s:o}", "type", "namespace", "name",
	    space, "description", about, "tools", members);
}

static json_t *
hosted_tool(struct gen *g)
{
	static const char *const searches[] = {
		"web_search", "web_search_2025_08_26", "web_search_preview",
		"web_search_preview_2025_03_11", NULL,
	};
	static const char *const none[] = {
		"local_shell", "shell", "apply_patch", "file_search",
		"programmatic_tool_calling", "code_interpreter",
		"image_generation", "mcp", "computer",
		"computer_use_preview", "hologram", NULL,
	};
	const char *type;
	json_t *tool;

	if (gen_chance(g, 20) && !g->hosted) {
		type = dice_word(g->dice, searches);
		tool = json_pack("{s:s,s:s}", "type", type,
		    "search_context_size", "low");
		if (gen_chance(g, 20)) {
			json_object_set_new(tool, "external_web_access",
			    json_false());
			gen_loses(g, "web_search_offline", NULL);
			return tool;
		}
		if (gen_chance(g, 50))
			json_object_set_new(tool, "filters", json_pack(
			    "{s:[s]}", "allowed_domains", "example.net"));
		g->hosted = true;
		return tool;
	}
	type = dice_word(g->dice, none);
	gen_loses(g, "tool_dropped", "%s", type);
	return json_pack("{s:s,s:s}", "type", type, "name", "x");
}

static json_t *
search_tool(struct gen *g)
{
	json_t *tool = json_pack("{s:s,s:s}", "type", "tool_search",
	    "execution", gen_chance(g, 70) ? "client" : "server");

	if (jx_is(tool, "execution", "client"))
		g->hosted = true;
	else
		gen_loses(g, "tool_dropped", "tool_search");
	return tool;
}

static void
add_tools(struct gen *g)
{
	json_t *tools = json_array();
	bool searches = gen_chance(g, 10);

	for (size_t n = dice_below(g->dice, 6); n > 0; n--) {
		if (gen_chance(g, 15))
			json_array_append_new(tools, hosted_tool(g));
		else if (gen_chance(g, 15))
			json_array_append_new(tools, namespace(g));
		else
			json_array_append_new(tools, plain_tool(g));
	}
	if (searches)
		json_array_append_new(tools, search_tool(g));
	gen_set(g, "tools", tools);
	if (gen_chance(g, 50))
		gen_choice(g);
}

/* --- the rest ------------------------------------------------------------------------ */

static void
add_special_items(struct gen *g)
{
	static const char *const efforts[] = {
		"none", "low", "high", "xhigh", NULL };

	if (gen_chance(g, 5)) {
		json_t *tool = plain_tool(g);

		add_item(g, json_pack("{s:s,s:[o]}", "type",
		    "additional_tools", "tools", tool));
	}
	if (gen_chance(g, 5)) {
		g->effort = dice_word(g->dice, efforts);
		add_item(g, json_pack("{s:s,s:{s:s}}", "type",
		    "configuration_update", "reasoning", "effort",
		    g->effort));
	}
}

/* One user message may come as a string. */
static void
set_input(struct gen *g)
{
	json_t *first = json_array_get(g->list, 0);
	json_t *content = json_object_get(first, "content");

	if (json_array_size(g->list) == 1 && jx_is(first, "role", "user") &&
	    json_is_string(content) && gen_chance(g, 60))
		gen_set(g, "input", json_incref(content));
	else
		gen_set(g, "input", json_incref(g->list));
}

void
gen_responses(struct gen *g)
{
	gen_model(g);
	gen_settings(g);
	if (gen_chance(g, 40))
		gen_set(g, "instructions", gen_text(g));
	if (gen_chance(g, 65))
		add_tools(g);
	if (gen_chance(g, 25))
		gen_format(g, "format");
	add_special_items(g);
	gen_talk(g, &shape);
	set_input(g);
	gen_settle(g);
}
