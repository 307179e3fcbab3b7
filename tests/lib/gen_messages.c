/*
 * Generators: requests to /v1/messages, onto OpenAI.  g->chat is whether the
 * upstream has chat completions, g->official whether it is OpenAI's own.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "gen.h"
#include "jx.h"
#include "model/seal.h"

/* --- places ------------------------------------------------------------- */

/* "messages.N.content.M" of the block that comes next. */
static const char *
next_path(const struct gen *g, const json_t *content)
{
	static char path[64];

	snprintf(path, sizeof(path), "messages.%zu.content.%zu",
	    json_array_size(g->list), json_array_size(content));
	return path;
}

static void
loses_next(struct gen *g, const json_t *content)
{
	gen_loses(g, "block_dropped", "%s", next_path(g, content));
}

static void
put_text(struct gen *g, json_t *content)
{
	json_t *block = json_pack("{s:s,s:o}", "type", "text", "text",
	    gen_text(g));

	if (gen_chance(g, 20))
		json_object_set_new(block, "cache_control",
		    json_pack("{s:s}", "type", "ephemeral"));
	if (gen_chance(g, 5))
		json_object_set_new(block, "citations", json_null());
	json_array_append_new(content, block);
}

static void
put_blank(struct gen *g, json_t *content)
{
	json_array_append_new(content, json_pack("{s:s,s:o}", "type", "text",
	    "text", gen_blank(g)));
}

static void
put_message(struct gen *g, const char *role, json_t *content)
{
	json_array_append_new(g->list, json_pack("{s:s,s:o}", "role", role,
	    "content", content));
}

/* --- media --------------------------------------------------------------- */

static json_t *
good_image(struct gen *g)
{
	static const char *const types[] = { "image/jpeg", "image/png",
	    "image/gif", "image/webp", NULL };
	const char *word = gen_word(g);

	gen_arrives(g, word);
	switch (dice_below(g->dice, 3)) {
	case 0:
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("https://img.example.net/%s.png?a=1", word));
	case 1:
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("data:image/png;base64,iVBORw0KGgo%sAA",
		    word));
	default:
		return json_pack("{s:s,s:s,s:o}", "type", "base64",
		    "media_type", dice_word(g->dice, types), "data",
		    json_sprintf("QUFB%sA", word));
	}
}

static json_t *
bad_image(struct gen *g)
{
	static const char *const sources[] = {
		"{\"type\":\"file\",\"file_id\":\"file_011\"}",
		"{\"type\":\"url\",\"url\":\"ftp://example.net/a.png\"}",
		"{\"type\":\"url\",\"url\":\"file:///etc/passwd\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/tiff\","
		"\"data\":\"QUFB\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/png\","
		"\"data\":\"!QUFB\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/png\","
		"\"data\":\"QUF\"}",
		NULL,
	};

	return json_loads(dice_word(g->dice, sources), 0, NULL);
}

/* An image in a message (top) or a result; bad ones are missed. */
static void
put_image(struct gen *g, json_t *content, bool top)
{
	bool good = gen_chance(g, 75);

	if (!good && top)
		loses_next(g, content);
	else if (!good)
		gen_loses(g, "block_dropped", NULL);
	json_array_append_new(content, json_pack("{s:s,s:o}", "type",
	    "image", "source", good ? good_image(g) : bad_image(g)));
}

/* Texts and images in place of a document's text. */
static json_t *
document_blocks(struct gen *g)
{
	json_t *list = json_array();

	put_text(g, list);
	if (gen_chance(g, 40))
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "image", "source", good_image(g)));
	if (gen_chance(g, 40))
		put_text(g, list);
	return list;
}

static json_t *
document_source(struct gen *g, bool *kept)
{
	const char *word = gen_word(g);

	*kept = true;
	switch (dice_below(g->dice, 5)) {
	case 0:
		*kept = !g->chat || g->official;
		if (*kept)
			gen_arrives(g, word);
		return json_pack("{s:s,s:s,s:o}", "type", "base64",
		    "media_type", "application/pdf", "data",
		    json_sprintf("JVBERi0xLjcK%sA", word));
	case 1:
		*kept = !g->chat;
		if (*kept)
			gen_arrives(g, word);
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("https://files.example.net/%s.pdf", word));
	case 2:
		*kept = false;
		return json_pack("{s:s,s:s}", "type", "file", "file_id",
		    "file_012");
	case 3:
		return json_pack("{s:s,s:o}", "type", "content", "content",
		    gen_chance(g, 30) ? gen_text(g) : document_blocks(g));
	default:
		gen_arrives(g, word);
		return json_pack("{s:s,s:s,s:o}", "type", "text",
		    "media_type", "text/plain", "data",
		    gen_text_about(g, word));
	}
}

static void
put_document(struct gen *g, json_t *content)
{
	bool kept;
	json_t *source = document_source(g, &kept);
	json_t *block = json_pack("{s:s,s:o}", "type", "document", "source",
	    source);

	if (gen_chance(g, 40))
		json_object_set_new(block, "title",
		    gen_text_about(g, gen_word(g)));
	if (gen_chance(g, 30))
		json_object_set_new(block, "context",
		    gen_text_about(g, gen_word(g)));
	if (gen_chance(g, 20)) {
		json_object_set_new(block, "citations", json_pack("{s:b}",
		    "enabled", 1));
		gen_loses(g, "field_dropped", NULL);
	}
	if (!kept)
		gen_loses(g, "block_dropped", NULL);
	json_array_append_new(content, block);
}

static void
put_search_result(struct gen *g, json_t *content)
{
	json_t *list = json_array();

	put_text(g, list);
	if (gen_chance(g, 30))
		put_text(g, list);
	json_array_append_new(content, json_pack("{s:s,s:o,s:s,s:o}", "type",
	    "search_result", "title", gen_text(g), "source",
	    "https://example.net/\"q\"", "content", list));
}

/* --- user ---------------------------------------------------------------- */

/* What no upstream has: a word in it must not be sent. */
static void
put_unknown(struct gen *g, json_t *content)
{
	static const char *const types[] = { "container_upload",
	    "connector_text", "later_block", NULL };

	loses_next(g, content);
	json_array_append_new(content, json_pack("{s:s,s:o}", "type",
	    dice_word(g->dice, types), "text", gen_text_lost(g)));
}

static void
put_user_block(struct gen *g, json_t *content)
{
	switch (dice_below(g->dice, 9)) {
	case 0:
		put_image(g, content, true);
		break;
	case 1:
		put_document(g, content);
		break;
	case 2:
		put_search_result(g, content);
		break;
	case 3:
		put_blank(g, content);
		break;
	case 4:
		put_unknown(g, content);
		break;
	case 5:
		json_array_append_new(content, json_pack("{s:s,s:o}", "type",
		    "compaction", "content", gen_chance(g, 70) ?
		    gen_text(g) : json_null()));
		break;
	default:
		put_text(g, content);
	}
}

/* Blocks around a text, so that something is always left. */
static void
put_user_blocks(struct gen *g, json_t *content)
{
	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		put_user_block(g, content);
	put_text(g, content);
	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		put_user_block(g, content);
}

static void
put_user(struct gen *g)
{
	json_t *content;

	if (gen_chance(g, 40)) {
		put_message(g, "user", gen_text(g));
		return;
	}
	content = json_array();
	put_user_blocks(g, content);
	put_message(g, "user", content);
}

/* --- system messages ------------------------------------------------------ */

static const char *const efforts[] = {
	"none", "minimal", "low", "medium", "high", "xhigh", "max", NULL,
};

/* A change of the tools; the first tool is always there. */
static json_t *
tool_change(struct gen *g)
{
	size_t n = json_array_size(g->tools);
	json_t *record = json_array_get(g->tools, 1 + dice_below(g->dice,
	    n > 1 ? n - 1 : 0));
	bool adding = gen_chance(g, 60);

	if (record == NULL || jx_has(record, "fixed"))
		return json_pack("{s:s}", "type", "fallback");
	json_object_set_new(record, "offered", json_boolean(adding));
	json_object_set_new(record, "changed", json_true());
	return json_pack("{s:s,s:{s:s,s:O}}", "type", adding ?
	    "tool_addition" : "tool_removal", "tool", "type",
	    "tool_reference", "name", json_object_get(record, "name"));
}

/* Between groups; `last` is whether no user message follows. */
static void
put_system(struct gen *g, bool last)
{
	bool over = gen_chance(g, 25);
	json_t *content, *message;

	content = over && !last ? gen_text_lost(g) : gen_text(g);
	if (gen_chance(g, 50)) {
		content = json_pack("[{s:s,s:o}]", "type", "text", "text",
		    content);
		if (gen_chance(g, 50))
			json_array_append_new(content, tool_change(g));
	}
	message = json_pack("{s:s,s:o}", "role", "system", "content",
	    content);
	if (over)
		json_object_set_new(message, "clear_at",
		    json_string("next_user_message"));
	if (gen_chance(g, 20))
		json_object_set_new(message, "output_config",
		    json_pack("{s:s}", "effort", dice_word(g->dice,
		    efforts)));
	json_array_append_new(g->list, message);
}

/* --- thinking --------------------------------------------------------------- */

static const char *
origin(const struct gen *g, bool ours)
{
	if (!ours)
		return "https://elsewhere.example.org";
	return g->official ? "https://api.openai.com" :
	    "https://llm.example.net";
}

/* A signature that co2 made, here or for another upstream. */
static json_t *
sealed(struct gen *g, bool ours)
{
	char data[32], id[32];
	/* OpenAI's own chat gives no reasoning: it was its Responses. */
	bool chat = g->chat && !g->official;
	struct seal seal = { .kind = chat ? SEAL_CHAT : SEAL_RESPONSES };
	struct buf b;
	json_t *v;

	if (chat) {
		seal.field = SPAN("reasoning_content");
	} else {
		snprintf(data, sizeof(data), "gAAAA%sAA", gen_word(g));
		snprintf(id, sizeof(id), "rs_%s", g->word);
		if (ours && !g->chat)
			gen_arrives(g, g->word);
		else
			gen_vanishes(g, g->word);
		seal.data = span_of(data);
		seal.id = span_of(id);
	}
	buf_init(&b, 0);
	seal_put_t1(&b, span_of(origin(g, ours)), &seal);
	v = json_string(buf_str(&b));
	buf_free(&b);
	return v;
}

/* In front of what follows in this message. */
static void
put_thinking(struct gen *g, json_t *content)
{
	switch (dice_below(g->dice, 5)) {
	case 0:
		gen_loses(g, "thinking_foreign", NULL);
		json_array_append_new(content, json_pack("{s:s,s:o,s:s}",
		    "type", "thinking", "thinking", gen_text_lost(g),
		    "signature", gen_chance(g, 80) ? "EqQBCkYI+/==" : ""));
		break;
	case 1:
		gen_loses(g, "thinking_foreign", NULL);
		json_array_append_new(content, json_pack("{s:s,s:o}",
		    "type", "redacted_thinking", "data", gen_text_lost(g)));
		break;
	case 2:
		json_array_append_new(content, json_pack("{s:s,s:o,s:o}",
		    "type", "thinking", "thinking", gen_text_lost(g),
		    "signature", sealed(g, false)));
		break;
	default:
		json_array_append_new(content, json_pack("{s:s,s:o,s:o}",
		    "type", "thinking", "thinking", gen_chance(g, 50) ?
		    json_string("") : gen_text_about(g, gen_word(g)),
		    "signature", sealed(g, true)));
	}
}

/* --- assistant ---------------------------------------------------------------- */

/* A hosted step: its words vanish, and it may load tools. */
static void
put_step(struct gen *g, json_t *content)
{
	static const char *const results[] = { "web_search_tool_result",
	    "web_fetch_tool_result", "code_execution_tool_result",
	    "bash_code_execution_tool_result", "mcp_tool_result",
	    "advisor_tool_result", NULL };

	gen_loses(g, "block_dropped", NULL);
	json_array_append_new(content, json_pack("{s:s,s:s,s:s,s:{s:o}}",
	    "type", "server_tool_use", "id", "srvtoolu_01", "name",
	    "web_search", "input", "query", gen_text_lost(g)));
	json_array_append_new(content, json_pack("{s:s,s:s,s:[]}", "type",
	    dice_word(g->dice, results), "tool_use_id", "srvtoolu_01",
	    "content"));
}

/* A name of a tool that is or was, or of one nobody knows. */
static json_t *
some_name(struct gen *g)
{
	size_t n = json_array_size(g->tools);
	json_t *record = json_array_get(g->tools, dice_below(g->dice, n));

	if (record == NULL || gen_chance(g, 15))
		return gen_name(g);
	return json_incref(json_object_get(record, "name"));
}

/* The same text is a word of the client's or, encoded, one of co2's. */
static json_t *
call_id(struct gen *g)
{
	if (gen_chance(g, 85))
		return gen_id(g);
	if (gen_chance(g, 50))
		return json_sprintf("c2id_QUFB%sA_9f3a61c2", gen_word(g));
	return json_sprintf("%s_an_id_that_is_much_longer_than_any_upstream_"
			    "ever_takes_for_one_of_its_calls", gen_word(g));
}

static json_t *
call_input(struct gen *g)
{
	switch (dice_below(g->dice, 5)) {
	case 0:
		return json_object();
	case 1:
		return json_pack("{s:o}", "__invalid_json", gen_text(g));
	default:
		return json_pack("{s:o,s:[i,n,{s:f}]}", "path", gen_text(g),
		    "deep", 12345678, "real", 1.5);
	}
}

static void
put_call(struct gen *g, json_t *content, json_t *ids)
{
	json_t *id = call_id(g), *block;

	block = json_pack("{s:s,s:O,s:o,s:o}", "type", "tool_use", "id", id,
	    "name", some_name(g), "input", call_input(g));
	if (gen_chance(g, 30))
		json_object_set_new(block, "caller", json_pack("{s:s}",
		    "type", "direct"));
	json_array_append_new(content, block);
	json_array_append_new(ids, id);
}

/* An answer; its calls' ids. */
static json_t *
put_answer(struct gen *g)
{
	json_t *content = json_array(), *ids = json_array();
	size_t calls = gen_chance(g, 50) ? 1 + dice_below(g->dice, 4) : 0;

	if (calls == 0 && gen_chance(g, 30)) {
		json_decref(content);
		put_message(g, "assistant", gen_text(g));
		return ids;
	}
	for (size_t n = gen_chance(g, 40) ? dice_between(g->dice, 1, 2) : 0;
	     n > 0; n--)
		put_thinking(g, content);
	if (gen_chance(g, 15))
		put_blank(g, content);
	if (gen_chance(g, 10))
		put_step(g, content);
	if (gen_chance(g, 5))
		put_unknown(g, content);
	if (calls == 0 || gen_chance(g, 60))
		put_text(g, content);
	for (; calls > 0; calls--)
		put_call(g, content, ids);
	if (json_array_size(ids) > 0 && gen_chance(g, 5))
		put_text(g, content);
	put_message(g, "assistant", content);
	return ids;
}

/* --- results --------------------------------------------------------------------- */

/* Loads a tool, if it is one that waits. */
static void
put_reference(struct gen *g, json_t *content)
{
	size_t n = json_array_size(g->tools);
	json_t *record = json_array_get(g->tools, dice_below(g->dice, n));

	if (record != NULL && !jx_has(record, "changed") &&
	    jx_has(record, "waits"))
		json_object_set_new(record, "offered", json_true());
	json_array_append_new(content, json_pack("{s:s,s:o}", "type",
	    "tool_reference", "tool_name", record == NULL ? gen_name(g) :
	    json_incref(json_object_get(record, "name"))));
}

static void
put_inner(struct gen *g, json_t *list)
{
	switch (dice_below(g->dice, 7)) {
	case 0:
		put_image(g, list, false);
		break;
	case 1:
		put_document(g, list);
		break;
	case 2:
		put_search_result(g, list);
		break;
	case 3:
		put_reference(g, list);
		break;
	case 4:
		gen_loses(g, "block_dropped", NULL);
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "later_block", "text", gen_text_lost(g)));
		break;
	case 5:
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "browser_state", "url", gen_text(g)));
		break;
	default:
		put_text(g, list);
	}
}

static json_t *
result_content(struct gen *g)
{
	json_t *list;

	switch (dice_below(g->dice, 5)) {
	case 0:
		return gen_blank(g);
	case 1:
	case 2:
		return gen_text(g);
	default:
		list = json_array();
		for (size_t n = dice_below(g->dice, 4); n > 0; n--)
			put_inner(g, list);
		return list;
	}
}

static void
put_result(struct gen *g, json_t *content, json_t *id)
{
	json_t *block = json_pack("{s:s,s:O}", "type", "tool_result",
	    "tool_use_id", id);

	if (gen_chance(g, 90))
		json_object_set_new(block, "content", result_content(g));
	if (gen_chance(g, 25))
		json_object_set_new(block, "is_error",
		    json_boolean(gen_chance(g, 60)));
	json_array_append_new(content, block);
}

/* All results in any order, in one user message or two in a row. */
static void
put_results(struct gen *g, json_t *ids)
{
	json_t *content = json_array();

	while (json_array_size(ids) > 0) {
		size_t i = dice_below(g->dice, json_array_size(ids));

		put_result(g, content, json_array_get(ids, i));
		json_array_remove(ids, i);
		if (json_array_size(ids) > 0 && gen_chance(g, 5)) {
			put_message(g, "user", content);
			content = json_array();
		}
	}
	if (gen_chance(g, 30))
		put_user_blocks(g, content);
	put_message(g, "user", content);
}

static void
put_history(struct gen *g)
{
	if (gen_chance(g, 10))
		put_system(g, false);
	put_user(g);
	for (size_t n = dice_below(g->dice, 5); n > 0; n--) {
		json_t *ids = put_answer(g);

		if (json_array_size(ids) > 0)
			put_results(g, ids);
		else
			put_user(g);
		json_decref(ids);
		if (gen_chance(g, 15))
			put_system(g, n == 1);
		if (gen_chance(g, 10) && n > 1)
			put_user(g);
	}
}

/* --- tools -------------------------------------------------------------------------- */

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

static void
put_tools(struct gen *g)
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

static void
put_choice(struct gen *g)
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

static void
settle_tools(struct gen *g)
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
		    json_string(dice_word(g->dice, efforts)));
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
		put_text(g, list);
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
		put_tools(g);
	gen_set(g, "messages", json_incref(g->list));
	put_history(g);
	if (gen_chance(g, 40))
		put_choice(g);
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
	settle_tools(g);
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
