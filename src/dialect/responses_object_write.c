/*
 * The response object and its items as JSON (o2c-responses section 4).  Every
 * key is always there, from response.created on; what the client asked is
 * echoed from its body.
 */
#include "dialect/responses_answer.h"

#include <stdio.h>

#include "base/codec.h"
#include "dialect/parts.h"
#include "wire/jget.h"

/* --- failures ------------------------------------------------------- */

/* Codes of section S.10 as the events have them: one word each, never null. */
static const struct {
	const char *code, *word;
} failures[] = {
	{ "upstream_error",		"server_error" },
	{ "upstream_timeout",		"server_error" },
	{ "upstream_stream_truncated",	"server_error" },
	{ "upstream_unreachable",	"server_error" },
};

const char *
responses_failure(const struct fault *why)
{
	const char *code = openai_error_code(why);

	if (code == NULL)
		return "invalid_prompt";
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (strcmp(failures[i].code, code) == 0)
			return failures[i].word;
	return code;
}

/* --- items ---------------------------------------------------------- */

void
responses_put_cite(struct jw *w, const char *key, const struct part *part,
    const struct cite *cite)
{
	jw_obj(w, key);
	jw_str(w, "type", SPAN("url_citation"));
	jw_str(w, "url", cite->url.p != NULL ? cite->url : SPAN(""));
	jw_str(w, "title", cite->title.p != NULL ? cite->title : SPAN(""));
	jw_int(w, "start_index", 0);
	jw_int(w, "end_index", (long long)utf8_count(part->text));
	jw_end(w);
}

void
responses_put_part(struct jw *w, const char *key, const struct part *part)
{
	struct span text = part->text.p != NULL ? part->text : SPAN("");

	jw_obj(w, key);
	if (part->refusal) {
		jw_str(w, "type", SPAN("refusal"));
		jw_str(w, "refusal", text);
		jw_end(w);
		return;
	}
	jw_str(w, "type", SPAN("output_text"));
	jw_str(w, "text", text);
	jw_arr(w, "annotations");
	for (const struct cite *c = part->cites; c != NULL; c = c->next)
		responses_put_cite(w, NULL, part, c);
	jw_end(w);
	jw_arr(w, "logprobs");
	jw_end(w);
	jw_end(w);
}

static void
put_status(struct jw *w, enum status status)
{
	static const char *const words[] = {
		[IN_PROGRESS] = "in_progress",
		[COMPLETED] = "completed",
		[INCOMPLETE] = "incomplete",
		[FAILED] = "failed",
	};

	jw_str(w, "status", span_of(words[status]));
}

static void
put_message(struct jw *w, const struct item *item)
{
	put_status(w, item->status);
	jw_str(w, "role", SPAN("assistant"));
	jw_arr(w, "content");
	for (const struct part *p = item->parts; p != NULL; p = p->next)
		responses_put_part(w, NULL, p);
	jw_end(w);
}

static void
put_reasoning(struct jw *w, const struct item *item)
{
	jw_arr(w, "summary");
	if (item->text.n > 0) {
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("summary_text"));
		jw_str(w, "text", item->text);
		jw_end(w);
	}
	jw_end(w);
	if (item->envelope.p != NULL)
		jw_str(w, "encrypted_content", item->envelope);
	put_status(w, item->status);
}

/* A function's arguments or a freeform tool's input: text both. */
static void
put_call(struct jw *w, const struct item *item, const char *key)
{
	jw_str(w, "call_id", item->call_id);
	jw_str(w, "name", item->tool.name);
	jw_str(w, key, item->text.p != NULL ? item->text : SPAN(""));
	put_status(w, item->status);
	if (item->tool.space.n > 0)
		jw_str(w, "namespace", item->tool.space);
}

static void
put_tool_search(struct jw *w, const struct item *item)
{
	jw_str(w, "call_id", item->call_id);
	jw_str(w, "execution", SPAN("client"));
	jw_json(w, "arguments", item->arguments);
	put_status(w, item->status);
}

static void
put_sources(struct jw *w, const struct link *links)
{
	for (; links != NULL; links = links->next) {
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("url"));
		jw_str(w, "url", links->url);
		jw_end(w);
	}
}

/* What was searched for is known when it is over, or else never will be. */
static void
put_web_search(struct jw *w, const struct answer *a, const struct item *item)
{
	struct span query = item->query.p != NULL ? item->query : SPAN("");

	put_status(w, item->status);
	if (item->query.p == NULL && item->status == IN_PROGRESS)
		return;
	jw_obj(w, "action");
	jw_str(w, "type", SPAN("search"));
	jw_str(w, "query", query);
	jw_arr(w, "queries");
	jw_str(w, NULL, query);
	jw_end(w);
	if (a->w->req->sources) {
		jw_arr(w, "sources");
		put_sources(w, item->links);
		jw_end(w);
	}
	jw_end(w);
}

void
responses_put_item(struct jw *w, const char *key, const struct answer *a,
    const struct item *item)
{
	static const char *const types[] = {
		[ITEM_MESSAGE] = "message",
		[ITEM_REASONING] = "reasoning",
		[ITEM_FUNCTION] = "function_call",
		[ITEM_CUSTOM] = "custom_tool_call",
		[ITEM_TOOL_SEARCH] = "tool_search_call",
		[ITEM_WEB_SEARCH] = "web_search_call",
		[ITEM_COMPACTION] = "compaction",
	};

	jw_obj(w, key);
	jw_str(w, "id", item->id);
	jw_str(w, "type", span_of(types[item->kind]));
	switch (item->kind) {
	case ITEM_MESSAGE:
		put_message(w, item);
		break;
	case ITEM_REASONING:
		put_reasoning(w, item);
		break;
	case ITEM_FUNCTION:
		put_call(w, item, "arguments");
		break;
	case ITEM_CUSTOM:
		put_call(w, item, "input");
		break;
	case ITEM_TOOL_SEARCH:
		put_tool_search(w, item);
		break;
	case ITEM_WEB_SEARCH:
		put_web_search(w, a, item);
		break;
	case ITEM_COMPACTION:
		jw_str(w, "encrypted_content", item->envelope);
		break;
	}
	jw_end(w);
}

/* --- echoes --------------------------------------------------------- */

/* The client's own value when it is of that type, else ours. */
static void
put_echo(struct jw *w, const json_t *body, const char *key, json_type type,
    const char *otherwise)
{
	json_t *v = jget(body, key);

	if (v != NULL && json_typeof(v) == type)
		jw_json(w, key, v);
	else
		jw_raw(w, key, span_of(otherwise));
}

/* true and false are types of their own in jansson. */
static void
put_echo_flag(struct jw *w, const json_t *body, const char *key)
{
	jw_bool(w, key, jget_bool(body, key, true));
}

static void
put_reasoning_echo(struct jw *w, const json_t *body)
{
	json_t *asked = jget_object(body, "reasoning");
	struct span summary = jget_span(asked, "summary");

	if (summary.p == NULL)
		summary = jget_span(asked, "generate_summary");
	jw_obj(w, "reasoning");
	jw_str(w, "effort", jget_span(asked, "effort"));
	jw_str(w, "summary", summary);
	jw_end(w);
}

static void
put_text_echo(struct jw *w, const json_t *body)
{
	json_t *asked = jget_object(body, "text");

	jw_obj(w, "text");
	put_echo(w, asked, "format", JSON_OBJECT, "{\"type\":\"text\"}");
	put_echo(w, asked, "verbosity", JSON_STRING, "\"medium\"");
	jw_end(w);
}

static void
put_choice_echo(struct jw *w, const json_t *body)
{
	json_t *v = jget(body, "tool_choice");

	if (v != NULL)
		jw_json(w, "tool_choice", v);
	else
		jw_str(w, "tool_choice", SPAN("auto"));
}

/* The keys of the client's that the fixed ones do not cover. */
static void
put_other_keys(struct jw *w, const json_t *tool)
{
	static const char *const fixed[] = {
		"type", "name", "description", "parameters", "strict",
	};
	const char *key;
	json_t *value;
	struct buf safe;

	buf_init(&safe, 0);
	json_object_foreach((json_t *)tool, key, value) {
		size_t i = 0, n = sizeof(fixed) / sizeof(fixed[0]);

		while (i < n && strcmp(fixed[i], key) != 0)
			i++;
		if (i < n)
			continue;
		buf_reset(&safe);
		json_escape(&safe, span_of(key));
		jw_json(w, buf_str(&safe), value);
	}
	buf_free(&safe);
}

/*
 * A strict client schema wants all of these keys, in whatever state. Strict
 * is only what was sent strict: the writer of the request may have given up.
 */
static void
put_function(struct jw *w, const json_t *tool, const struct tool *sent)
{
	json_t *strict = jget(tool, "strict");

	jw_obj(w, NULL);
	jw_str(w, "type", SPAN("function"));
	jw_str(w, "name", jget_span(tool, "name"));
	jw_str(w, "description", jget_span(tool, "description"));
	jw_json(w, "parameters", jget(tool, "parameters"));
	if (strict == NULL)
		jw_null(w, "strict");
	else
		jw_bool(w, "strict", json_is_true(strict) && sent != NULL &&
		    sent->strict == YES);
	put_other_keys(w, tool);
	jw_end(w);
}

static void
put_tools(struct jw *w, const struct request *req)
{
	const struct tool *next = req->tools;
	json_t *tool;
	size_t i;

	jw_arr(w, "tools");
	json_array_foreach(jget_array(req->body, "tools"), i, tool) {
		const struct tool *sent = next;

		if (!jget_is(tool, "type", "function")) {
			jw_json(w, NULL, tool);
			continue;
		}
		/* Both lists have the same order. */
		while (sent != NULL && sent->node != tool)
			sent = sent->next;
		if (sent != NULL)
			next = sent->next;
		put_function(w, tool, sent);
	}
	jw_end(w);
}

/* What was sent, which may be clamped, else what was asked, else 1. */
static void
put_sampling(struct jw *w, const char *key, double value)
{
	jw_real(w, key, value >= 0 ? value : 1);
}

/* --- the response --------------------------------------------------- */

static long
known(long n)
{
	return n > 0 ? n : 0;
}

static void
put_usage(struct jw *w, const struct usage *u)
{
	jw_obj(w, "usage");
	jw_int(w, "input_tokens", known(u->input));
	jw_obj(w, "input_tokens_details");
	jw_int(w, "cached_tokens", known(u->cached));
	jw_int(w, "cache_write_tokens", known(u->written));
	jw_end(w);
	jw_int(w, "output_tokens", known(u->output));
	jw_obj(w, "output_tokens_details");
	jw_int(w, "reasoning_tokens", known(u->reasoning));
	jw_end(w);
	jw_int(w, "total_tokens",
	    (long long)known(u->input) + known(u->output));
	jw_end(w);
}

static void
put_ending(struct jw *w, const struct answer *a)
{
	const struct request *req = a->w->req;
	long long completed = req->completed != 0 ? req->completed :
	    req->created;

	if (a->status == COMPLETED)
		jw_int(w, "completed_at", completed);
	else
		jw_null(w, "completed_at");
	put_status(w, a->status);
	jw_bool(w, "background", false);
	if (a->status == FAILED) {
		jw_obj(w, "error");
		jw_str(w, "code", span_of(responses_failure(a->failure)));
		jw_str(w, "message", span_of(a->failure->message));
		jw_end(w);
	} else
		jw_null(w, "error");
	if (a->reason != NULL) {
		jw_obj(w, "incomplete_details");
		jw_str(w, "reason", span_of(a->reason));
		jw_end(w);
	} else
		jw_null(w, "incomplete_details");
}

static void
put_output(struct jw *w, const struct answer *a)
{
	jw_arr(w, "output");
	for (const struct item *i = a->items; a->ended && i != NULL;
	     i = i->next)
		if (i->announced)
			responses_put_item(w, NULL, a, i);
	jw_end(w);
}

/* What follows the output, up to "tools". */
static void
put_settings(struct jw *w, const struct answer *a)
{
	const struct request *req = a->w->req;
	const json_t *body = req->body;
	bool priority = span_is(a->usage.tier, "priority");

	put_echo_flag(w, body, "parallel_tool_calls");
	put_echo(w, body, "previous_response_id", JSON_STRING, "null");
	put_reasoning_echo(w, body);
	jw_str(w, "service_tier", priority ? SPAN("priority") :
	    SPAN("default"));
	put_echo_flag(w, body, "store");
	put_sampling(w, "temperature", req->temperature);
	put_sampling(w, "top_p", req->top_p);
	jw_int(w, "presence_penalty", 0);
	jw_int(w, "frequency_penalty", 0);
	jw_int(w, "top_logprobs", 0);
	put_text_echo(w, body);
	put_choice_echo(w, body);
	put_tools(w, req);
}

void
responses_put_object(struct jw *w, const char *key, const struct answer *a)
{
	const struct request *req = a->w->req;
	const json_t *body = req->body;
	/* Only a failure may leave it out. */
	bool counted = a->status != FAILED || a->usage.input >= 0 ||
	    a->usage.output >= 0;

	jw_obj(w, key);
	jw_str(w, "id", a->id);
	jw_str(w, "object", SPAN("response"));
	jw_int(w, "created_at", req->created);
	put_ending(w, a);
	put_echo(w, body, "instructions", JSON_STRING, "null");
	put_echo(w, body, "max_output_tokens", JSON_INTEGER, "null");
	put_echo(w, body, "max_tool_calls", JSON_INTEGER, "null");
	jw_str(w, "model", req->model);
	put_output(w, a);
	put_settings(w, a);
	put_echo(w, body, "truncation", JSON_STRING, "\"disabled\"");
	if (a->ended && counted)
		put_usage(w, &a->usage);
	else
		jw_null(w, "usage");
	put_echo(w, body, "user", JSON_STRING, "null");
	put_echo(w, body, "safety_identifier", JSON_STRING, "null");
	put_echo(w, body, "prompt_cache_key", JSON_STRING, "null");
	put_echo(w, body, "metadata", JSON_OBJECT, "{}");
	jw_end(w);
}

/* --- compaction ----------------------------------------------------- */

/* So much of what users said outlives a compaction, the newest first. */
enum { KEPT_BYTES = 20 * 1024 };

/* A text of the user's own, as against results and summaries. */
static bool
users_own(const struct turn *t, const struct block *b)
{
	return t->role == ROLE_USER && b->kind == BLOCK_TEXT &&
	    b->node != NULL;
}

static size_t
said_in(const struct turn *t)
{
	size_t n = 0;

	for (const struct block *b = t->blocks; b != NULL; b = b->next)
		if (users_own(t, b))
			n += b->text.n;
	return n;
}

/* The end of a text from byte `from` on, without half a character. */
static struct span
tail_of(struct span text, size_t from)
{
	while (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	return span_from(text, from);
}

/* One user message, less the first `*skip` bytes of what was said. */
static void
put_said(struct jw *w, const struct answer *a, const struct turn *t,
    size_t *skip, long long *index)
{
	size_t n = said_in(t);

	if (n <= *skip) {
		*skip -= n;
		return;
	}
	jw_obj(w, NULL);
	jw_str(w, "id", pool_printf(a->w->pool, "msg_%.*s_%lld",
	    SPAN_ARG(a->suffix), (*index)++));
	jw_str(w, "type", SPAN("message"));
	jw_str(w, "status", SPAN("completed"));
	jw_str(w, "role", SPAN("user"));
	jw_arr(w, "content");
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		size_t cut = *skip < b->text.n ? *skip : b->text.n;

		if (!users_own(t, b))
			continue;
		*skip -= cut;
		if (cut == b->text.n)
			continue;
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("input_text"));
		jw_str(w, "text", tail_of(b->text, cut));
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

void
responses_put_compaction(struct jw *w, const struct answer *a)
{
	const struct request *req = a->w->req;
	size_t said = 0, skip;
	long long index = 0;

	for (const struct turn *t = req->turns; t != NULL; t = t->next)
		said += said_in(t);
	skip = said > KEPT_BYTES ? said - KEPT_BYTES : 0;
	jw_obj(w, NULL);
	jw_str(w, "id", a->id);
	jw_str(w, "object", SPAN("response.compaction"));
	jw_int(w, "created_at", req->created);
	jw_arr(w, "output");
	for (const struct turn *t = req->turns; t != NULL; t = t->next)
		put_said(w, a, t, &skip, &index);
	for (struct item *i = a->items; i != NULL; i = i->next) {
		struct item numbered = *i;

		if (i->kind != ITEM_COMPACTION)
			continue;
		numbered.id = pool_printf(a->w->pool, "cmp_%.*s_%lld",
		    SPAN_ARG(a->suffix), index++);
		responses_put_item(w, NULL, a, &numbered);
	}
	jw_end(w);
	put_usage(w, &a->usage);
	jw_end(w);
}
