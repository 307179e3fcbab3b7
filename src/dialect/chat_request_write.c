/*
 * The body of POST /v1/chat/completions for a Claude client's request
 * (c2o-chat section 1).  The order of the fields is fixed, so that equal
 * requests give equal bytes.
 */
#include "dialect/chat_messages_write.h"
#include "dialect/openai_schema.h"
#include "dialect/openai_tools.h"
#include "dialect/openai_turns.h"
#include "dialect/openai_upstream.h"
#include "dialect/parts.h"
#include "wire/jw.h"

/* --- tools ---------------------------------------------------------- */

static void
put_tool(struct jw *w, struct request *req, const struct tool *t)
{
	struct span path = pool_join(req->pool, t->path, SPAN(".input_schema"),
	    SPAN_NONE);

	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("function"));
	jw_obj(w, "function");
	jw_str(w, "name", names_alias(&req->names, req->pool, t->key));
	openai_put_description(w, t);
	openai_put_schema(w, "parameters", req, t->schema, path);
	if (openai_tool_is_strict(req, t))
		jw_bool(w, "strict", true);
	jw_end(w);
	jw_end(w);
}

static void
put_choice(struct jw *w, struct request *req)
{
	struct span word = openai_choice_word(req);

	if (word.p != NULL) {
		jw_str(w, "tool_choice", word);
	} else if (req->choice == CHOICE_TOOL) {
		jw_obj(w, "tool_choice");
		jw_str(w, "type", SPAN("function"));
		jw_obj(w, "function");
		jw_str(w, "name", names_alias(&req->names, req->pool,
		    req->chosen));
		jw_end(w);
		jw_end(w);
	}
}

static void
put_tools(struct jw *w, struct request *req, const struct target *to)
{
	jw_arr(w, "tools");
	for (const struct tool *t = req->tools; t != NULL; t = t->next)
		if (openai_offers(t, false))
			put_tool(w, req, t);
	jw_end(w);
	put_choice(w, req);
	if (to->parallel != UNSET)
		jw_bool(w, "parallel_tool_calls", to->parallel == YES);
}

/* --- settings ------------------------------------------------------- */

/* Compatible servers make a grammar of any schema, so all is strict there. */
static void
put_format(struct jw *w, struct request *req, const struct target *to)
{
	bool strict = true;

	if (req->format != FORMAT_SCHEMA)
		return;
	jw_obj(w, "response_format");
	jw_str(w, "type", SPAN("json_schema"));
	jw_obj(w, "json_schema");
	jw_str(w, "name", SPAN("output"));
	if (to->official) {
		strict = openai_format_is_strict(req);
		openai_put_schema(w, "schema", req, req->schema,
		    pool_join(req->pool, openai_format_path(req),
		    SPAN(".schema"), SPAN_NONE));
	} else {
		openai_put_any_schema(w, "schema", req->pool, req->schema);
	}
	jw_bool(w, "strict", strict);
	jw_end(w);
	jw_end(w);
}

/* max_tokens is the name that every server knows, but OpenAI's own models. */
static const char *
limit_name(const struct target *to)
{
	bool newer = to->official != openai_refused(to, OPENAI_LIMIT);

	return newer ? "max_completion_tokens" : "max_tokens";
}

static void
put_settings(struct jw *w, struct request *req, const struct target *to,
    const struct openai_settings *s)
{
	if (s->limit >= 0)
		jw_int(w, limit_name(to), s->limit);
	if (s->temperature >= 0)
		jw_real(w, "temperature", s->temperature);
	if (s->top_p >= 0)
		jw_real(w, "top_p", s->top_p);
	if (s->effort != EFFORT_UNSET)
		jw_str(w, "reasoning_effort",
		    span_of(effort_word(s->effort)));
	if (s->tier.p != NULL)
		jw_str(w, "service_tier", s->tier);
	if (to->official && openai_may_send(req, to, OPENAI_STORE))
		jw_bool(w, "store", false);
	if (s->cache_key.p != NULL)
		jw_str(w, "prompt_cache_key", s->cache_key);
	if (s->safety.p != NULL)
		jw_str(w, "safety_identifier", s->safety);
	jw_bool(w, "stream", req->stream);
	if (req->stream && openai_may_send(req, to, OPENAI_STREAM_OPTIONS)) {
		jw_obj(w, "stream_options");
		jw_bool(w, "include_usage", true);
		jw_end(w);
	}
}

/* --- the body ------------------------------------------------------- */

/* llama.cpp and others go on with the last message, OpenAI does not. */
static void
warn_of_prefill(struct request *req)
{
	if (req->last_turn->role == ROLE_ASSISTANT)
		request_lost(req, "field_changed", "%.*s",
		    SPAN_ARG(req->last_turn->path));
}

int
chat_write_request(struct buf *out, struct request *req, struct target *to,
    struct fault *why)
{
	const struct openai_taste taste = {
		.seal = SEAL_CHAT, .file = to->official,
		/* Plain chats ignore it or refuse it (c2o-chat 1.6). */
		.thinking = request_has_tool(req, TOOL_FUNCTION),
	};
	struct openai_settings set;
	size_t tools;
	struct jw w;

	if (openai_prepare_turns(req, to, &taste, why) != 0 ||
	    openai_vet_tools(req, false, &tools, why) != 0)
		return -1;
	warn_of_prefill(req);
	set = openai_settings(req, to, API_CHAT, tools > 0, false);
	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "model", to->model);
	chat_put_messages(&w, req);
	if (tools > 0)
		put_tools(&w, req, to);
	put_format(&w, req, to);
	put_settings(&w, req, to, &set);
	jw_end(&w);
	return 0;
}
