/* Generators of Claude requests: the history. */
#include <stdio.h>

#include "base/buf.h"
#include "gen_messages.h"
#include "jx.h"
#include "model/seal.h"

/* --- user ---------------------------------------------------------------- */

static void
put_message(struct gen *g, const char *role, json_t *content)
{
	json_array_append_new(g->list, json_pack("{s:s,s:o}", "role", role,
	    "content", content));
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
	gen_put_user_blocks(g, content);
	put_message(g, "user", content);
}

/* --- system messages ------------------------------------------------------ */

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
		    gen_claude_efforts)));
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
		gen_put_blank(g, content);
	if (gen_chance(g, 10))
		put_step(g, content);
	if (gen_chance(g, 5))
		gen_put_unknown(g, content);
	if (calls == 0 || gen_chance(g, 60))
		gen_put_text(g, content);
	for (; calls > 0; calls--)
		put_call(g, content, ids);
	if (json_array_size(ids) > 0 && gen_chance(g, 5))
		gen_put_text(g, content);
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
		gen_put_image(g, list, false);
		break;
	case 1:
		gen_put_document(g, list);
		break;
	case 2:
		gen_put_search_result(g, list);
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
		gen_put_text(g, list);
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
		gen_put_user_blocks(g, content);
	put_message(g, "user", content);
}

void
gen_put_history(struct gen *g)
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
