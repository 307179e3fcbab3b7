/*
 * A Responses request: its top-level fields (o2c-responses 1.1), read in the
 * order in which they stand in the body, so that warnings come in that order
 * too.  What depends on other fields waits until all are read.
 */
#include "dialect/parts.h"
#include "dialect/responses_read.h"

#include <limits.h>

const struct field responses_fields[] = {
	{ "access_programs",		false },
	{ "background",			false },
	{ "client_metadata",		false },
	{ "context_management",		false },
	{ "conversation",		false },
	{ "image",			false },
	{ "include",			false },
	{ "input",			false },
	{ "instructions",		false },
	{ "max_output_tokens",		false },
	{ "max_tool_calls",		false },
	{ "metadata",			false },
	{ "model",			false },
	{ "moderation",			false },
	{ "parallel_tool_calls",	false },
	{ "previous_response_id",	false },
	{ "prompt",			false },
	{ "prompt_cache_key",		false },
	{ "prompt_cache_options",	false },
	{ "prompt_cache_retention",	false },
	{ "reasoning",			false },
	{ "safety_identifier",		false },
	{ "service_tier",		false },
	{ "store",			false },
	{ "stream",			false },
	{ "stream_options",		false },
	{ "temperature",		false },
	{ "text",			false },
	{ "tool_choice",		false },
	{ "tools",			false },
	{ "top_logprobs",		false },
	{ "top_p",			false },
	{ "truncation",			false },
	{ "user",			false },
	{ NULL,				false },
};

/* --- one field each ------------------------------------------------- */

static int
read_model(struct reading *r)
{
	return openai_read_model(&r->root);
}

static int
read_input(struct reading *r)
{
	struct place input = openai_key(&r->root, "input");
	struct turn *turn;

	if (json_is_array(input.node))
		return responses_read_items(r, &input);
	if (!json_is_string(input.node))
		return openai_bad_type(&input, "a string or an array of items");
	if (json_string_length(input.node) == 0)
		return 0;
	turn = turn_add(r->req, ROLE_USER);
	turn->path = input.path;
	turn->plain = true;
	/* The node marks text that a user wrote; compaction repeats it. */
	openai_add_text(&input, jspan(input.node), &turn->blocks)->node =
	    input.node;
	r->open = NULL;
	return 0;
}

static int
read_instructions(struct reading *r)
{
	struct place at = openai_key(&r->root, "instructions");
	struct span text;

	if (openai_text(&r->root, "instructions", &text) < 0)
		return -1;
	if (text.n > 0)
		openai_add_text(&at, text, &r->req->system);
	return 0;
}

static int
read_conversation(struct reading *r)
{
	struct place at = openai_key(&r->root, "conversation");

	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'conversation'. Conversations are not "
	    "kept by this gateway; send the history as 'input' or use "
	    "'previous_response_id'.");
}

static int
read_prompt(struct reading *r)
{
	struct place at = openai_key(&r->root, "prompt");

	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'prompt'. Prompt templates are not known "
	    "to this gateway; send their text as 'instructions' and 'input'.");
}

static int
read_moderation(struct reading *r)
{
	struct place at = openai_key(&r->root, "moderation");

	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'moderation'. The upstream has no such "
	    "check, and skipping it silently would be wrong.");
}

static int
read_access_programs(struct reading *r)
{
	struct place at = openai_key(&r->root, "access_programs");

	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'access_programs'. The upstream has no "
	    "such programs.");
}

static int
read_background(struct reading *r)
{
	struct place at = openai_key(&r->root, "background");
	enum tri on;

	if (openai_flag(&r->root, "background", &on) < 0)
		return -1;
	if (on != YES)
		return 0;
	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'background'. Nothing runs here after the "
	    "connection ends.");
}

static int
read_store(struct reading *r)
{
	enum tri on;

	return openai_flag(&r->root, "store", &on);
}

static int
read_top_logprobs(struct reading *r)
{
	struct place at = openai_key(&r->root, "top_logprobs");
	long n = 0;

	if (openai_whole(&r->root, "top_logprobs", 0, LONG_MAX, &n) < 0)
		return -1;
	if (n == 0)
		return 0;
	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'top_logprobs'. The upstream gives no log "
	    "probabilities.");
}

enum include { INCLUDE_NOTHING, INCLUDE_SOURCES, INCLUDE_LOGPROBS };

static const struct openai_word includes[] = {
	{ "reasoning.encrypted_content",		INCLUDE_NOTHING },
	{ "web_search_call.action.sources",		INCLUDE_SOURCES },
	{ "web_search_call.results",			INCLUDE_NOTHING },
	{ "file_search_call.results",			INCLUDE_NOTHING },
	{ "code_interpreter_call.outputs",		INCLUDE_NOTHING },
	{ "computer_call_output.output.image_url",	INCLUDE_NOTHING },
	{ "message.input_image.image_url",		INCLUDE_NOTHING },
	{ "message.output_text.logprobs",		INCLUDE_LOGPROBS },
	{ NULL,						0 },
};

static int
read_include_word(struct reading *r, const struct place *at)
{
	struct span word = jspan(at->node);
	size_t i = 0;

	if (word.p == NULL)
		return openai_bad_type(at, "a string");
	while (includes[i].word != NULL && !span_is(word, includes[i].word))
		i++;
	if (includes[i].word == NULL)
		return openai_bad_value(at, "Invalid value: '%.*s'.",
		    SPAN_ARG(span_head(word, 64)));
	if (includes[i].value == INCLUDE_SOURCES)
		r->req->sources = true;
	if (includes[i].value == INCLUDE_LOGPROBS)
		return fault_code(r->why, FAULT_REQUEST, "unsupported_value",
		    pool_str(r->req->pool, at->path),
		    "'message.output_text.logprobs' is not supported: the "
		    "upstream gives no log probabilities.");
	return 0;
}

static int
read_include(struct reading *r)
{
	struct place list;

	if (openai_array(&r->root, "include", &list) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list.node); i++) {
		struct place word = openai_nth(&list, i);

		if (read_include_word(r, &word) < 0)
			return -1;
	}
	return 0;
}

/* A summary in whatever length was asked for; there is one style only. */
static int
read_reasoning(struct reading *r)
{
	static const struct openai_word styles[] = {
		{ "auto",	1 },
		{ "concise",	1 },
		{ "detailed",	1 },
		{ NULL,		0 },
	};
	static const struct openai_word modes[] = {
		{ "standard",	0 },
		{ "pro",	1 },
		{ NULL,		0 },
	};
	struct place at;
	int shown = 0, pro = 0;

	if (openai_object(&r->root, "reasoning", &at) < 0 ||
	    openai_read_effort(&at, "effort") < 0 ||
	    openai_word(&at, "generate_summary", styles, &shown) < 0 ||
	    openai_word(&at, "summary", styles, &shown) < 0 ||
	    openai_word(&at, "mode", modes, &pro) < 0)
		return -1;
	if (shown)
		r->req->show = SHOW_TEXT;
	if (pro)
		request_lost(r->req, "reasoning_mode_dropped", NULL);
	return 0;
}

static int
read_text(struct reading *r)
{
	struct place at;

	if (openai_object(&r->root, "text", &at) < 0)
		return -1;
	return openai_read_format(&at, "format");
}

static int
read_parallel(struct reading *r)
{
	return openai_read_parallel(&r->root);
}

static int
read_max_output_tokens(struct reading *r)
{
	return openai_read_max_tokens(&r->root, "max_output_tokens");
}

static int
read_max_tool_calls(struct reading *r)
{
	return openai_whole(&r->root, "max_tool_calls", 1, LONG_MAX,
	    &r->req->max_calls);
}

static int
read_temperature(struct reading *r)
{
	return openai_read_temperature(&r->root);
}

static int
read_top_p(struct reading *r)
{
	return openai_read_top_p(&r->root);
}

static int
read_truncation(struct reading *r)
{
	static const struct openai_word ways[] = {
		{ "auto",	1 },
		{ "disabled",	0 },
		{ NULL,		0 },
	};
	int drops = 0;

	if (openai_word(&r->root, "truncation", ways, &drops) < 0)
		return -1;
	if (drops)
		request_lost(r->req, "truncation_unavailable", NULL);
	return 0;
}

static int
read_context_management(struct reading *r)
{
	json_t *v = jget(r->root.node, "context_management");

	if (!json_is_array(v) || json_array_size(v) > 0)
		request_lost(r->req, "context_management_dropped", NULL);
	return 0;
}

static int
read_stream(struct reading *r)
{
	return openai_read_stream(&r->root);
}

static int
read_user(struct reading *r)
{
	return openai_read_user(&r->root);
}

static int
read_retention(struct reading *r)
{
	return openai_read_cache_retention(&r->root);
}

static int
read_cache_options(struct reading *r)
{
	return openai_read_cache_options(&r->root);
}

static int
read_tier(struct reading *r)
{
	return openai_read_tier(&r->root);
}

/* Known fields that are not here cannot change the result: ignored. */
static const struct {
	const char *name;
	int (*read)(struct reading *r);
} readers[] = {
	{ "access_programs",		read_access_programs },
	{ "background",			read_background },
	{ "context_management",		read_context_management },
	{ "conversation",		read_conversation },
	{ "include",			read_include },
	{ "input",			read_input },
	{ "instructions",		read_instructions },
	{ "max_output_tokens",		read_max_output_tokens },
	{ "max_tool_calls",		read_max_tool_calls },
	{ "model",			read_model },
	{ "moderation",			read_moderation },
	{ "parallel_tool_calls",	read_parallel },
	{ "prompt",			read_prompt },
	{ "prompt_cache_options",	read_cache_options },
	{ "prompt_cache_retention",	read_retention },
	{ "reasoning",			read_reasoning },
	{ "safety_identifier",		read_user },
	{ "service_tier",		read_tier },
	{ "store",			read_store },
	{ "stream",			read_stream },
	{ "temperature",		read_temperature },
	{ "text",			read_text },
	{ "tools",			responses_read_tools },
	{ "top_logprobs",		read_top_logprobs },
	{ "top_p",			read_top_p },
	{ "truncation",			read_truncation },
	{ "user",			read_user },
};

static int
read_field(struct reading *r, const char *key)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (strcmp(readers[i].name, key) == 0)
			return readers[i].read(r);
	return 0;
}

/* --- what spans fields ---------------------------------------------- */

/* The items of earlier requests and their answers, oldest first. */
static int
replay_chain(struct reading *r)
{
	for (struct stored *s = r->chain; s != NULL; s = s->next) {
		struct place input = { r->req, r->why, s->input,
		    pool_printf(r->req->pool, "%.*s.input", SPAN_ARG(s->id)) };
		struct place output = { r->req, r->why,
		    jget_array(s->response, "output"),
		    pool_printf(r->req->pool, "%.*s.output",
		    SPAN_ARG(s->id)) };

		if (responses_read_items(r, &input) < 0 ||
		    responses_read_items(r, &output) < 0)
			return -1;
	}
	return 0;
}

static int
read_previous(struct reading *r)
{
	struct request *req = r->req;
	struct span id;

	if (openai_text(&r->root, "previous_response_id", &id) < 0)
		return -1;
	if (id.p == NULL || jget(r->root.node, "conversation") != NULL)
		return 0;
	r->chain = stored_chain(req->answers, req->pool, req->client, id);
	if (r->chain == NULL)
		return fault_code(r->why, FAULT_REQUEST,
		    "previous_response_not_found", "previous_response_id",
		    "Previous response with id '%.*s' not found.",
		    SPAN_ARG(id));
	return replay_chain(r);
}

/* Without a model of its own a request goes on with the last one's. */
static int
settle_model(struct reading *r, bool compacts)
{
	const struct stored *last = r->chain;

	if (r->req->model.n > 0)
		return 0;
	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last != NULL && !compacts)
		r->req->model = jget_span(last->response, "model");
	return r->req->model.n > 0 ? 0 : openai_missing(&r->root, "model");
}

static int
need_input(struct reading *r)
{
	json_t *input = jget(r->root.node, "input");
	bool empty = json_is_string(input) ? json_string_length(input) == 0 :
	    json_array_size(input) == 0;

	if (!empty || r->chain != NULL)
		return 0;
	return openai_missing(&r->root, "input");
}

static int
apply_updates(struct reading *r)
{
	for (struct update *u = r->updates; u != NULL; u = u->next) {
		struct place reasoning, text;

		if (openai_object(&u->item, "reasoning", &reasoning) < 0 ||
		    openai_object(&u->item, "text", &text) < 0 ||
		    openai_read_effort(&reasoning, "effort") < 0 ||
		    openai_read_format(&text, "format") < 0)
			return -1;
	}
	return 0;
}

static const char summary_prompt[] =
    "Write a hand-over summary of this conversation for whoever continues it: "
    "state, decisions, open work, file names, exact values. Answer with the "
    "summary only.";

/*
 * The history stands; the last word of it asks for a summary (section 8).
 * The answer is text whatever the client's own answers look like.
 */
static void
ask_for_summary(struct request *req)
{
	struct turn *turn = turn_add(req, ROLE_USER);

	turn->path = SPAN("input");
	block_add(req->pool, &turn->blocks, BLOCK_TEXT)->text =
	    span_of(summary_prompt);
	req->choice = req->tools != NULL ? CHOICE_NONE : CHOICE_UNSET;
	req->allowed = NULL;
	req->parallel = UNSET;
	req->format = FORMAT_TEXT;
	req->effort = EFFORT_UNSET;
	req->show = SHOW_SEAL;
}

static int
settle(struct reading *r, bool compacts)
{
	struct request *req = r->req;

	if (settle_model(r, compacts) < 0 || need_input(r) < 0 ||
	    responses_read_extra_tools(r) < 0 ||
	    responses_read_choice(r) < 0 || apply_updates(r) < 0)
		return -1;
	for (struct tool *t = req->tools; t != NULL; t = t->next)
		if (t->key.kind == TOOL_SEARCH_WEB)
			t->max_uses = req->max_calls;
	if (req->task == TASK_COMPACT)
		ask_for_summary(req);
	return 0;
}

static void
free_set(void *set)
{
	json_decref(set);
}

int
responses_read_request(struct request *req, struct fault *why)
{
	struct reading r = { .req = req, .why = why,
	    .root = openai_root(req, why), .dropped_calls = json_object() };
	bool compacts = req->task == TASK_COMPACT;
	const char *key;
	json_t *value;

	r.extras_end = &r.extras;
	r.updates_end = &r.updates;
	pool_defer(req->pool, free_set, r.dropped_calls);
	req->show = SHOW_SEAL;
	if (read_previous(&r) < 0)
		return -1;
	json_object_foreach(req->body, key, value)
		if (!json_is_null(value) && read_field(&r, key) < 0)
			return -1;
	if (compacts)
		req->stream = false;
	return settle(&r, compacts);
}
