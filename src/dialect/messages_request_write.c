/*
 * A request for Claude, written (o2c sections S.2 to S.8).  What it says is
 * decided in the claude_*.c files; here stand the order of the steps and the
 * bytes.
 */
#include "base/codec.h"
#include "dialect/claude_marks.h"
#include "dialect/claude_schema.h"
#include "dialect/parts.h"
#include "wire/jget.h"
#include "wire/jw.h"

#define BINDING_BETA "thinking-binding-controls-2026-08-01"
#define INTERLEAVED_BETA "interleaved-thinking-2025-05-14"

/* --- blocks --------------------------------------------------------- */

static void
put_mark(struct jw *w, const struct claude_body *b, bool mark)
{
	if (!mark)
		return;
	jw_obj(w, "cache_control");
	jw_str(w, "type", SPAN("ephemeral"));
	if (b->req->long_cache)
		jw_str(w, "ttl", SPAN("1h"));
	jw_end(w);
}

static void
put_source(struct jw *w, const struct media *m)
{
	jw_obj(w, "source");
	switch (m->source) {
	case SOURCE_URL:
		jw_str(w, "type", SPAN("url"));
		jw_str(w, "url", m->data);
		break;
	case SOURCE_BASE64:
		jw_str(w, "type", SPAN("base64"));
		jw_str(w, "media_type", m->type);
		jw_str(w, "data", m->data);
		break;
	case SOURCE_TEXT:
		jw_str(w, "type", SPAN("text"));
		jw_str(w, "media_type", SPAN("text/plain"));
		jw_str(w, "data", m->data);
		break;
	}
	jw_end(w);
}

static void
put_media(struct jw *w, const struct media *m)
{
	if (m->kind == MEDIA_IMAGE) {
		jw_str(w, "type", SPAN("image"));
		put_source(w, m);
		return;
	}
	jw_str(w, "type", SPAN("document"));
	put_source(w, m);
	if (m->title.n > 0)
		jw_str(w, "title", m->title);
	if (m->context.n > 0)
		jw_str(w, "context", m->context);
}

static void
put_thinking(struct jw *w, const struct block *block)
{
	const struct seal *seal = &block->seal;
	struct span text = seal->text.p != NULL ? seal->text : block->text;

	if (seal->kind == SEAL_REDACTED) {
		jw_str(w, "type", SPAN("redacted_thinking"));
		jw_str(w, "data", seal->data);
		return;
	}
	jw_str(w, "type", SPAN("thinking"));
	jw_str(w, "thinking", text.p != NULL ? text : SPAN(""));
	jw_str(w, "signature", seal->data);
}

static void
put_input(struct jw *w, const struct piece *p)
{
	if (p->key == NULL && p->input != NULL) {
		jw_json(w, "input", p->input);
		return;
	}
	jw_obj(w, "input");
	if (p->key != NULL && p->input != NULL)
		jw_json(w, p->key, p->input);
	else if (p->key != NULL)
		jw_str(w, p->key, p->block->arguments);
	jw_end(w);
}

static void
put_call(struct jw *w, const struct piece *p)
{
	jw_str(w, "type", SPAN("tool_use"));
	jw_str(w, "id", p->id);
	jw_str(w, "name", p->name);
	put_input(w, p);
}

static void put_piece(struct jw *w, const struct claude_body *b,
    const struct piece *p);

static void
put_result(struct jw *w, const struct claude_body *b, const struct piece *p)
{
	jw_str(w, "type", SPAN("tool_result"));
	jw_str(w, "tool_use_id", p->id);
	if (p->content == NULL)
		return;
	if (p->block->whole) {
		jw_str(w, "content", p->content->block->text);
		return;
	}
	jw_arr(w, "content");
	for (const struct piece *c = p->content; c != NULL; c = c->next)
		put_piece(w, b, c);
	jw_end(w);
}

static void
put_piece(struct jw *w, const struct claude_body *b, const struct piece *p)
{
	jw_obj(w, NULL);
	switch (p->block->kind) {
	case BLOCK_MEDIA:
		put_media(w, &p->block->media);
		break;
	case BLOCK_THINKING:
		put_thinking(w, p->block);
		break;
	case BLOCK_CALL:
		put_call(w, p);
		break;
	case BLOCK_RESULT:
		put_result(w, b, p);
		break;
	default:
		jw_str(w, "type", SPAN("text"));
		jw_str(w, "text", p->block->text);
		break;
	}
	put_mark(w, b, p->mark);
	jw_end(w);
}

static void
put_pieces(struct jw *w, const struct claude_body *b, const struct pieces *list)
{
	for (const struct piece *p = list->first; p != NULL; p = p->next)
		put_piece(w, b, p);
}

/* --- system, tools, messages ---------------------------------------- */

static void
put_system(struct jw *w, const struct claude_body *b)
{
	if (b->system.first == NULL)
		return;
	jw_arr(w, "system");
	put_pieces(w, b, &b->system);
	jw_end(w);
}

/* {"type":"approximate","city":"Oslo","country":"NO"} */
static void
put_location(struct jw *w, const json_t *location)
{
	static const char *const keys[] = {
		"city", "region", "country", "timezone",
	};

	if (!json_is_object(location))
		return;
	jw_obj(w, "user_location");
	jw_str(w, "type", SPAN("approximate"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (jget_span(location, keys[i]).p != NULL)
			jw_str(w, keys[i], jget_span(location, keys[i]));
	jw_end(w);
}

static void
put_web_search(struct jw *w, const struct claude_body *b,
    const struct claude_tool *t)
{
	long uses = t->tool->max_uses >= 0 ? t->tool->max_uses :
	    b->req->max_calls;

	jw_str(w, "type", SPAN("web_search_20250305"));
	jw_str(w, "name", t->name);
	put_location(w, t->tool->location);
	if (json_array_size(t->tool->domains) > 0)
		jw_json(w, "allowed_domains", t->tool->domains);
	if (json_array_size(t->tool->blocked) > 0)
		jw_json(w, "blocked_domains", t->tool->blocked);
	if (uses >= 0)
		jw_int(w, "max_uses", uses);
}

static void
put_tools(struct jw *w, const struct claude_body *b)
{
	if (b->tools == NULL)
		return;
	jw_arr(w, "tools");
	for (const struct claude_tool *t = b->tools; t != NULL; t = t->next) {
		jw_obj(w, NULL);
		if (t->schema == NULL) {
			put_web_search(w, b, t);
		} else {
			jw_str(w, "name", t->name);
			if (t->description.n > 0)
				jw_str(w, "description", t->description);
			jw_json(w, "input_schema", t->schema);
			if (t->strict)
				jw_bool(w, "strict", true);
		}
		put_mark(w, b, t->mark);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_messages(struct jw *w, const struct claude_body *b)
{
	jw_arr(w, "messages");
	for (const struct message *m = b->messages; m != NULL; m = m->next) {
		jw_obj(w, NULL);
		jw_str(w, "role", m->assistant ? SPAN("assistant") :
		    SPAN("user"));
		jw_arr(w, "content");
		put_pieces(w, b, &m->results);
		put_pieces(w, b, &m->others);
		jw_end(w);
		jw_end(w);
		if (m->notes.p == NULL)
			continue;
		jw_obj(w, NULL);
		jw_str(w, "role", SPAN("system"));
		jw_str(w, "content", m->notes);
		jw_end(w);
	}
	jw_end(w);
}

/* --- settings ------------------------------------------------------- */

static void
put_choice(struct jw *w, const struct claude_body *b)
{
	if (b->choice == NULL)
		return;
	jw_obj(w, "tool_choice");
	jw_str(w, "type", span_of(b->choice));
	if (b->choice_name.p != NULL)
		jw_str(w, "name", b->choice_name);
	if (b->single)
		jw_bool(w, "disable_parallel_tool_use", true);
	jw_end(w);
}

/* Does the client want to see the reasoning? */
static bool
is_shown(const struct request *req)
{
	if (req->show == SHOW_UNSET)
		return req->from == API_CHAT;
	return req->show == SHOW_TEXT;
}

/* Only Claude's own service knows what to do with edited histories. */
static bool
binds(const struct claude_body *b)
{
	return b->thinking == TYPE_ADAPTIVE && b->profile.binding &&
	    b->to->official;
}

static void
put_thinking_setting(struct jw *w, const struct claude_body *b)
{
	if (b->thinking == 0)
		return;
	jw_obj(w, "thinking");
	jw_str(w, "type", span_of(claude_type_word(b->thinking)));
	if (b->thinking == TYPE_ENABLED)
		jw_int(w, "budget_tokens", b->budget);
	if (b->thinking == TYPE_ADAPTIVE)
		jw_str(w, "display", is_shown(b->req) ? SPAN("summarized") :
		    SPAN("omitted"));
	if (binds(b)) {
		jw_obj(w, "block_binding");
		jw_str(w, "prefix_mismatch_behavior", SPAN("drop_block"));
		jw_end(w);
	}
	jw_end(w);
}

static void
put_output_config(struct jw *w, const struct claude_body *b)
{
	if (b->effort == EFFORT_UNSET && b->schema == NULL)
		return;
	jw_obj(w, "output_config");
	if (b->effort != EFFORT_UNSET)
		jw_str(w, "effort", span_of(effort_word(b->effort)));
	if (b->schema != NULL) {
		jw_obj(w, "format");
		jw_str(w, "type", SPAN("json_schema"));
		jw_json(w, "schema", b->schema);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_sampling(struct jw *w, const struct claude_body *b)
{
	if (b->temperature >= 0)
		jw_real(w, "temperature", b->temperature);
	if (b->top_p >= 0)
		jw_real(w, "top_p", b->top_p);
	if (b->top_k >= 0)
		jw_int(w, "top_k", b->top_k);
}

/*
 * Claude refuses stop sequences of white space alone; these are matched in
 * the reply instead. Once parted, a repaired request finds them parted.
 */
static void
part_stops(struct request *req)
{
	struct span *here, *there;
	size_t kept = 0, sent = 0;

	if (req->sent_stops != NULL || req->stop_count == 0)
		return;
	here = pool_array(req->pool, struct span, req->stop_count);
	there = pool_array(req->pool, struct span, req->stop_count);
	for (size_t i = 0; i < req->stop_count; i++) {
		if (span_blank(req->stops[i]))
			here[kept++] = req->stops[i];
		else
			there[sent++] = req->stops[i];
	}
	req->stops = here;
	req->stop_count = kept;
	req->sent_stops = there;
	req->sent_stop_count = sent;
}

static void
put_stops(struct jw *w, struct request *req)
{
	part_stops(req);
	if (req->sent_stop_count == 0)
		return;
	jw_arr(w, "stop_sequences");
	for (size_t i = 0; i < req->sent_stop_count; i++)
		jw_str(w, NULL, req->sent_stops[i]);
	jw_end(w);
}

/* What OpenAI's clients send may be an address: Claude gets a digest. */
static void
put_user(struct jw *w, const struct request *req)
{
	const size_t digits = 40;

	if (req->user.n == 0)
		return;
	jw_obj(w, "metadata");
	jw_str(w, "user_id", pool_join(req->pool, SPAN("co2-"),
	    sha256_hex(req->pool, req->user, digits), SPAN("")));
	jw_end(w);
}

static void
put_tier(struct jw *w, const struct request *req)
{
	if (req->tier == TIER_STANDARD || req->tier == TIER_FLEX)
		jw_str(w, "service_tier", SPAN("standard_only"));
}

/* --- the whole ------------------------------------------------------ */

static int
refuse_schema(const struct request *req, const char *what, struct fault *why)
{
	return fault_code(why, FAULT_REQUEST, "invalid_value",
	    req->from == API_CHAT ? "response_format.json_schema.schema" :
	    "text.format.schema", "This schema cannot be enforced by the "
	    "upstream: %s. Without \"strict\" it is passed on as an "
	    "instruction.", what);
}

/* The form of the answer: a rule where the model has it, else in words. */
static int
decide_format(struct claude_body *b, struct fault *why)
{
	struct request *req = b->req;
	const char *what = NULL;

	if (req->format == FORMAT_TEXT)
		return 0;
	if (req->format == FORMAT_JSON || req->schema == NULL) {
		b->instruction = SPAN("Answer with one JSON object only, no "
				      "code fence.");
		request_lost(req, "json_object_emulated", NULL);
		return 0;
	}
	if (b->profile.schemas)
		b->schema = claude_strict_schema(b->pool, req->schema,
		    req->schema_description, &what);
	if (b->schema != NULL)
		return 0;
	if (what != NULL && req->schema_strict == YES)
		return refuse_schema(req, what, why);
	b->instruction = pool_join(b->pool, SPAN("Answer with one JSON value "
		 "only, no code fence, matching this JSON schema:\n"),
	    json_text(b->pool, claude_described_schema(b->pool, req->schema,
		req->schema_description)), SPAN(""));
	request_lost(req, "schema_as_instruction", NULL);
	return 0;
}

/* All decisions, in the order of the keys that they are written under. */
static int
decide(struct claude_body *b, struct fault *why)
{
	b->profile = claude_profile_of(b->pool, b->to);
	claude_body_max_tokens(b);
	if (decide_format(b, why) != 0)
		return -1;
	claude_body_tools(b);
	claude_body_choice(b);
	if (claude_body_turns(b, why) != 0)
		return -1;
	if (b->instruction.p != NULL)
		piece_append(&b->system, piece_text(b->pool, b->instruction));
	if (b->order.p != NULL)
		request_lost(b->req, "tool_choice_degraded", NULL);
	claude_body_thinking(b);
	claude_body_sampling(b);
	claude_body_marks(b);
	return 0;
}

/* The features that are still asked for by a header. */
static struct span
betas(const struct claude_body *b)
{
	if (binds(b))
		return SPAN(BINDING_BETA);
	if (b->use_interleaved)
		return SPAN(INTERLEAVED_BETA);
	return SPAN_NONE;
}

/* Claude's own ids have no dot: claude-opus-4.8 is claude-opus-4-8. */
static struct span
model_name(const struct claude_body *b)
{
	if (b->to->official && span_starts(b->to->model, "claude-"))
		return claude_hyphenated(b->pool, b->to->model);
	return b->to->model;
}

int
messages_write_request(struct buf *out, struct request *req,
    struct target *to, struct fault *why)
{
	struct claude_body body = { .req = req, .to = to, .pool = req->pool };
	bool counting = req->task == TASK_COUNT;
	struct jw w;

	if (decide(&body, why) != 0)
		return -1;
	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "model", model_name(&body));
	if (!counting) {
		jw_int(&w, "max_tokens", body.max_tokens);
		jw_bool(&w, "stream", true);
	}
	put_system(&w, &body);
	put_tools(&w, &body);
	put_messages(&w, &body);
	put_choice(&w, &body);
	put_thinking_setting(&w, &body);
	put_output_config(&w, &body);
	if (!counting) {
		put_sampling(&w, &body);
		put_stops(&w, req);
		put_user(&w, req);
		put_tier(&w, req);
	}
	jw_end(&w);
	to->beta = betas(&body);
	return 0;
}
