/*
 * The body of POST /v1/responses for a Claude client's request
 * (c2o-responses section 1).  The order of the fields is fixed, so that equal
 * requests give equal bytes: prompt caches depend on it.
 */
#include "dialect/openai_schema.h"
#include "dialect/openai_text.h"
#include "dialect/openai_tools.h"
#include "dialect/openai_turns.h"
#include "dialect/openai_upstream.h"
#include "dialect/parts.h"
#include "wire/jw.h"

/* What one writing is about. */
struct body {
	struct jw w;
	struct request *req;
	const struct target *to;
	struct openai_settings set;
	bool tools, search;
};

/* --- content parts -------------------------------------------------- */

static void
put_text_part(struct jw *w, struct span text)
{
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("input_text"));
	jw_str(w, "text", text);
	jw_end(w);
}

static void
put_media_part(struct body *b, const struct media *m)
{
	struct jw *w = &b->w;

	jw_obj(w, NULL);
	if (m->kind == MEDIA_IMAGE) {
		jw_str(w, "type", SPAN("input_image"));
		openai_put_url(w, "image_url", m);
		jw_str(w, "detail", SPAN("auto"));
	} else if (m->source == SOURCE_URL) {
		jw_str(w, "type", SPAN("input_file"));
		openai_put_url(w, "file_url", m);
	} else {
		jw_str(w, "type", SPAN("input_file"));
		jw_str(w, "filename", openai_file_name(b->req->pool, m));
		openai_put_url(w, "file_data", m);
	}
	jw_end(w);
}

/* Texts and media of a list; other blocks stand elsewhere. */
static void
put_parts(struct body *b, const struct block *list)
{
	for (; list != NULL; list = list->next) {
		if (list->kind == BLOCK_TEXT && list->text.n > 0)
			put_text_part(&b->w, list->text);
		else if (list->kind == BLOCK_MEDIA)
			put_media_part(b, &list->media);
	}
}

/* --- items ---------------------------------------------------------- */

static void
open_message(struct jw *w, const char *role)
{
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("message"));
	jw_str(w, "role", span_of(role));
}

/* One text alone is a string: nothing else reads as well to every server. */
static void
put_user_message(struct body *b, const struct block *blocks)
{
	const struct block *first = NULL;
	size_t n = 0;

	for (const struct block *at = blocks; at != NULL; at = at->next) {
		if (at->kind != BLOCK_TEXT && at->kind != BLOCK_MEDIA)
			continue;
		if (n++ == 0)
			first = at;
	}
	if (n == 0)
		return;
	open_message(&b->w, "user");
	if (n == 1 && first->kind == BLOCK_TEXT) {
		jw_str(&b->w, "content", first->text);
	} else {
		jw_arr(&b->w, "content");
		put_parts(b, blocks);
		jw_end(&b->w);
	}
	jw_end(&b->w);
}

static void
put_output(struct body *b, const struct block *result)
{
	struct openai_marks marks = { 0 };
	struct jw *w = &b->w;

	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("function_call_output"));
	jw_str(w, "call_id", call_id_to_openai(b->req->pool, result->id));
	if (openai_has_media(result)) {
		jw_arr(w, "output");
		if (openai_needs_error_mark(result))
			put_text_part(w, SPAN("Error:"));
		put_parts(b, result->content);
		jw_end(w);
	} else {
		openai_put_result(w, "output", result, &marks);
	}
	jw_end(w);
}

/* Results come first: they belong to the calls right before them. */
static void
put_user_turn(struct body *b, const struct turn *t)
{
	for (const struct block *at = t->blocks; at != NULL; at = at->next)
		if (at->kind == BLOCK_RESULT)
			put_output(b, at);
	put_user_message(b, t->blocks);
}

static void
put_call(struct body *b, const struct block *call)
{
	struct jw *w = &b->w;

	/* No "id": an fc_ id makes the API look for its reasoning item. */
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("function_call"));
	jw_str(w, "call_id", call_id_to_openai(b->req->pool, call->id));
	jw_str(w, "name", names_alias(&b->req->names, b->req->pool,
	    call->tool));
	openai_put_arguments(w, "arguments", call);
	jw_end(w);
}

static void
put_reasoning(struct body *b, const struct block *thinking)
{
	const struct seal *s = &thinking->seal;
	struct jw *w = &b->w;

	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("reasoning"));
	if (s->id.n > 0)
		jw_str(w, "id", s->id);
	jw_arr(w, "summary");
	jw_end(w);
	if (s->raw && thinking->text.n > 0) {
		jw_arr(w, "content");
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("reasoning_text"));
		jw_str(w, "text", thinking->text);
		jw_end(w);
		jw_end(w);
	}
	if (s->data.n > 0)
		jw_str(w, "encrypted_content", s->data);
	jw_end(w);
}

/*
 * What a text is in its turn: words on the way to a call, the last words, or
 * neither.
 */
static const char *
phase_of(const struct block *behind)
{
	bool text = false;

	for (; behind != NULL; behind = behind->next) {
		if (behind->kind == BLOCK_CALL)
			return "commentary";
		text = text || behind->kind == BLOCK_TEXT;
	}
	return text ? NULL : "final_answer";
}

/*
 * Neighbouring texts as one message; where they end. As a string: servers
 * that validate by the published schema refuse output_text parts without
 * ids and annotations.
 */
static const struct block *
put_assistant_text(struct body *b, const struct block *at)
{
	const char *phase;

	open_message(&b->w, "assistant");
	jw_text_begin(&b->w, "content");
	for (; at != NULL && at->kind == BLOCK_TEXT; at = at->next)
		jw_text(&b->w, at->text);
	jw_text_end(&b->w);
	phase = phase_of(at);
	if (phase != NULL && b->to->official && openai_has_phases(b->to->model))
		jw_str(&b->w, "phase", span_of(phase));
	jw_end(&b->w);
	return at;
}

static void
put_assistant_turn(struct body *b, const struct turn *t)
{
	const struct block *at = t->blocks;

	while (at != NULL) {
		if (at->kind == BLOCK_TEXT) {
			at = put_assistant_text(b, at);
			continue;
		}
		if (at->kind == BLOCK_CALL)
			put_call(b, at);
		else if (at->kind == BLOCK_THINKING)
			put_reasoning(b, at);
		at = at->next;
	}
}

static void
put_system_turn(struct body *b, const struct turn *t)
{
	if (!openai_has_text(t->blocks))
		return;
	open_message(&b->w, "developer");
	openai_put_joined(&b->w, "content", t->blocks, "\n");
	jw_end(&b->w);
}

static void
put_input(struct body *b)
{
	jw_arr(&b->w, "input");
	for (const struct turn *t = b->req->turns; t != NULL; t = t->next) {
		if (t->role == ROLE_USER)
			put_user_turn(b, t);
		else if (t->role == ROLE_ASSISTANT)
			put_assistant_turn(b, t);
		else
			put_system_turn(b, t);
	}
	jw_end(&b->w);
}

/* --- tools ---------------------------------------------------------- */

static void
put_function(struct body *b, const struct tool *t)
{
	struct request *req = b->req;
	struct span path = pool_join(req->pool, t->path, SPAN(".input_schema"),
	    SPAN_NONE);

	jw_str(&b->w, "type", SPAN("function"));
	jw_str(&b->w, "name", names_alias(&req->names, req->pool, t->key));
	openai_put_description(&b->w, t);
	openai_put_schema(&b->w, "parameters", req, t->schema, path);
	/* Left out, the API switches it on wherever it can bend the schema. */
	jw_bool(&b->w, "strict", openai_tool_is_strict(req, t));
}

static void
put_search(struct body *b, const struct tool *t)
{
	static const char *const fields[] = {
		"city", "country", "region", "timezone",
	};
	struct jw *w = &b->w;

	jw_str(w, "type", SPAN("web_search"));
	if (json_array_size(t->domains) > 0) {
		jw_obj(w, "filters");
		jw_json(w, "allowed_domains", t->domains);
		jw_end(w);
	}
	if (json_is_object(t->location)) {
		jw_obj(w, "user_location");
		jw_str(w, "type", SPAN("approximate"));
		for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
			json_t *v = json_object_get(t->location, fields[i]);

			if (json_is_string(v))
				jw_json(w, fields[i], v);
		}
		jw_end(w);
	}
	if (json_array_size(t->blocked) > 0)
		request_lost(b->req, "field_dropped", "%.*s.blocked_domains",
		    SPAN_ARG(t->path));
}

static void
put_tools(struct body *b)
{
	jw_arr(&b->w, "tools");
	for (const struct tool *t = b->req->tools; t != NULL; t = t->next) {
		if (!openai_offers(t, true))
			continue;
		jw_obj(&b->w, NULL);
		if (t->key.kind == TOOL_SEARCH_WEB)
			put_search(b, t);
		else
			put_function(b, t);
		jw_end(&b->w);
	}
	jw_end(&b->w);
}

/* The hosted search has no name to be forced by. */
static void
put_search_choice(struct jw *w, size_t tools)
{
	if (tools == 1) {
		jw_str(w, "tool_choice", SPAN("required"));
		return;
	}
	jw_obj(w, "tool_choice");
	jw_str(w, "type", SPAN("allowed_tools"));
	jw_str(w, "mode", SPAN("required"));
	jw_arr(w, "tools");
	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("web_search"));
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

static void
put_choice(struct body *b, size_t tools)
{
	struct request *req = b->req;
	struct span word = openai_choice_word(req);
	struct jw *w = &b->w;

	if (word.p != NULL) {
		jw_str(w, "tool_choice", word);
	} else if (req->choice == CHOICE_TOOL &&
	    req->chosen.kind == TOOL_SEARCH_WEB) {
		put_search_choice(w, tools);
	} else if (req->choice == CHOICE_TOOL) {
		jw_obj(w, "tool_choice");
		jw_str(w, "type", SPAN("function"));
		jw_str(w, "name", names_alias(&req->names, req->pool,
		    req->chosen));
		jw_end(w);
	}
}

/* --- settings ------------------------------------------------------- */

static void
put_format(struct body *b)
{
	struct request *req = b->req;

	if (req->format != FORMAT_SCHEMA)
		return;
	jw_obj(&b->w, "text");
	jw_obj(&b->w, "format");
	jw_str(&b->w, "type", SPAN("json_schema"));
	jw_str(&b->w, "name", SPAN("output"));
	openai_put_schema(&b->w, "schema", req, req->schema,
	    pool_join(req->pool, openai_format_path(req), SPAN(".schema"),
	    SPAN_NONE));
	jw_bool(&b->w, "strict", openai_format_is_strict(req));
	jw_end(&b->w);
	jw_end(&b->w);
}

static void
put_reasoning_settings(struct body *b)
{
	const struct openai_settings *s = &b->set;

	if (s->effort == EFFORT_UNSET && !s->summary)
		return;
	jw_obj(&b->w, "reasoning");
	if (s->effort != EFFORT_UNSET)
		jw_str(&b->w, "effort", span_of(effort_word(s->effort)));
	if (s->summary)
		jw_str(&b->w, "summary", SPAN("auto"));
	jw_end(&b->w);
}

static void
put_include(struct body *b)
{
	bool sealed = openai_encrypts(b->to->model) &&
	    openai_may_send(b->req, b->to, OPENAI_INCLUDE);

	if (!sealed && !b->search)
		return;
	jw_arr(&b->w, "include");
	if (sealed)
		jw_str(&b->w, NULL, SPAN("reasoning.encrypted_content"));
	if (b->search)
		jw_str(&b->w, NULL, SPAN("web_search_call.action.sources"));
	jw_end(&b->w);
}

/* How many searches; it counts hosted calls only, of which there is one. */
static void
put_max_calls(struct body *b)
{
	for (const struct tool *t = b->req->tools; t != NULL; t = t->next)
		if (t->key.kind == TOOL_SEARCH_WEB && t->max_uses > 0) {
			jw_int(&b->w, "max_tool_calls", t->max_uses);
			return;
		}
}

/* All that a token count has no use for. */
static void
put_settings(struct body *b)
{
	const struct openai_settings *s = &b->set;
	struct jw *w = &b->w;

	if (s->limit >= 0)
		jw_int(w, "max_output_tokens", s->limit);
	put_max_calls(b);
	if (s->temperature >= 0)
		jw_real(w, "temperature", s->temperature);
	if (s->top_p >= 0)
		jw_real(w, "top_p", s->top_p);
	if (s->tier.p != NULL)
		jw_str(w, "service_tier", s->tier);
	if (openai_may_send(b->req, b->to, OPENAI_STORE))
		jw_bool(w, "store", false);
	put_include(b);
	if (s->cache_key.p != NULL)
		jw_str(w, "prompt_cache_key", s->cache_key);
	if (s->safety.p != NULL)
		jw_str(w, "safety_identifier", s->safety);
	jw_bool(w, "stream", b->req->stream);
}

/* --- the body ------------------------------------------------------- */

/*
 * A reasoning item without a message or call behind it in its turn makes the
 * API complain; it is left where a client cut the turn.
 */
static void
drop_trailing_reasoning(struct request *req)
{
	for (struct turn *t = req->turns; t != NULL; t = t->next) {
		struct block **end = &t->blocks;

		for (struct block **at = end; *at != NULL; at = &(*at)->next)
			if ((*at)->kind != BLOCK_THINKING)
				end = &(*at)->next;
		*end = NULL;
	}
	openai_merge_turns(req);
}

/* OpenAI would start a fresh message instead of going on with the last. */
static int
refuse_prefill(const struct request *req, struct fault *why)
{
	if (req->task == TASK_COUNT || req->last_turn == NULL ||
	    req->last_turn->role != ROLE_ASSISTANT)
		return 0;
	return fault_set(why, FAULT_REQUEST, "", "This model does not support "
	    "assistant message prefill. The conversation must end with a "
	    "user message.");
}

static void
put_body(struct body *b, size_t tools)
{
	struct jw *w = &b->w;

	jw_obj(w, NULL);
	jw_str(w, "model", b->to->model);
	if (openai_has_text(b->req->system))
		openai_put_joined(w, "instructions", b->req->system, "\n\n");
	put_input(b);
	if (b->tools) {
		put_tools(b);
		put_choice(b, tools);
		if (b->to->parallel != UNSET && b->req->task != TASK_COUNT)
			jw_bool(w, "parallel_tool_calls",
			    b->to->parallel == YES);
	}
	put_format(b);
	put_reasoning_settings(b);
	if (b->req->task != TASK_COUNT)
		put_settings(b);
	jw_end(w);
}

int
responses_write_request(struct buf *out, struct request *req,
    struct target *to, struct fault *why)
{
	static const struct openai_taste taste = {
		.seal = SEAL_RESPONSES, .thinking = true,
		.file = true, .file_url = true,
	};
	struct body b = { .req = req, .to = to };
	size_t tools;

	if (openai_prepare_turns(req, to, &taste, why) != 0)
		return -1;
	drop_trailing_reasoning(req);
	if (refuse_prefill(req, why) != 0 ||
	    openai_vet_tools(req, true, &tools, why) != 0)
		return -1;
	b.tools = tools > 0;
	b.search = request_has_tool(req, TOOL_SEARCH_WEB);
	b.set = openai_settings(req, to, API_RESPONSES, b.tools, b.search);
	jw_init(&b.w, out);
	put_body(&b, tools);
	return 0;
}
