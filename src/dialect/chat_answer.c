#include "dialect/chat_answer.h"

#include "base/codec.h"
#include "base/random.h"
#include "dialect/openai_client.h"

/* --- text ----------------------------------------------------------- */

const struct span chat_glue = { "\n\n", 2 };

bool
chat_join(struct chat_joint *j, enum block_kind kind)
{
	bool glue;

	if (kind != BLOCK_TEXT) {
		j->apart = j->apart || kind != BLOCK_THINKING;
		return false;
	}
	glue = j->some && j->apart && !j->white;
	j->apart = false;
	if (glue)
		chat_join_text(j, chat_glue);
	return glue;
}

void
chat_join_text(struct chat_joint *j, struct span text)
{
	if (text.n == 0)
		return;
	j->some = true;
	j->white = span_blank(span_from(text, text.n - 1));
	j->points += utf8_count(text);
}

struct span
chat_content(struct pool *pool, const struct block *blocks)
{
	struct chat_joint j = { .some = false };
	struct span text = SPAN_NONE;
	struct buf all;

	buf_init(&all, 0);
	for (; blocks != NULL; blocks = blocks->next) {
		if (chat_join(&j, blocks->kind))
			buf_put(&all, chat_glue);
		if (blocks->kind != BLOCK_TEXT)
			continue;
		buf_put(&all, blocks->text);
		chat_join_text(&j, blocks->text);
	}
	if (j.some)
		text = pool_span(pool, buf_span(&all));
	buf_free(&all);
	return text;
}

/* --- small fields --------------------------------------------------- */

struct span
chat_id(struct pool *pool, struct span upstream_id)
{
	static const char prefix[] = "chatcmpl-";
	enum { LENGTH = 24 };

	if (upstream_id.n == 0)
		return random_base62(pool, prefix, LENGTH);
	if (span_starts(upstream_id, "msg_"))
		upstream_id = span_from(upstream_id, strlen("msg_"));
	return pool_join(pool, SPAN("chatcmpl-"), upstream_id, SPAN(""));
}

static const struct {
	enum stop stop;
	const char *word;
} finishes[] = {
	{ STOP_END,		"stop" },
	{ STOP_SEQUENCE,	"stop" },
	{ STOP_LENGTH,		"length" },
	{ STOP_CONTEXT,		"length" },
	{ STOP_PAUSE,		"length" },
	{ STOP_CALL,		"tool_calls" },
	{ STOP_REFUSAL,		"content_filter" },
	{ STOP_OTHER,		"stop" },
	{ STOP_UNSET,		"stop" },
};

const char *
chat_finish(const struct request *req, enum stop stop)
{
	if (stop == STOP_CALL && req->legacy)
		return "function_call";
	for (size_t i = 0; i < sizeof(finishes) / sizeof(finishes[0]); i++)
		if (finishes[i].stop == stop)
			return finishes[i].word;
	return "stop";
}

void
chat_put_tier(struct jw *w, const struct usage *u)
{
	if (span_is(u->tier, "standard") || span_is(u->tier, "batch"))
		jw_str(w, "service_tier", SPAN("default"));
	else if (u->tier.n > 0)
		jw_str(w, "service_tier", u->tier);
}

static long
counted(long tokens)
{
	return tokens < 0 ? 0 : tokens;
}

void
chat_put_usage(struct jw *w, const struct usage *u)
{
	long long in = counted(u->input), out = counted(u->output);

	jw_obj(w, "usage");
	jw_int(w, "prompt_tokens", in);
	jw_int(w, "completion_tokens", out);
	jw_int(w, "total_tokens", in + out);
	jw_obj(w, "prompt_tokens_details");
	jw_int(w, "cached_tokens", counted(u->cached));
	jw_int(w, "cache_write_tokens", counted(u->written));
	jw_int(w, "audio_tokens", 0);
	jw_end(w);
	jw_obj(w, "completion_tokens_details");
	jw_int(w, "reasoning_tokens", counted(u->reasoning));
	jw_int(w, "audio_tokens", 0);
	jw_int(w, "accepted_prediction_tokens", 0);
	jw_int(w, "rejected_prediction_tokens", 0);
	jw_end(w);
	jw_end(w);
}

/* --- calls ---------------------------------------------------------- */

/* How each kind of call is spelled. */
static const struct spelling {
	const char *type, *arguments;
} function = { "function", "arguments" }, custom = { "custom", "input" };

static const struct spelling *
spelling_of(const struct tool_key *tool)
{
	return tool->kind == TOOL_FREEFORM ? &custom : &function;
}

void
chat_put_call(struct jw *w, long index, const struct tool_key *tool,
    struct span id, struct span arguments)
{
	const struct spelling *s = spelling_of(tool);

	jw_obj(w, NULL);
	if (index >= 0)
		jw_int(w, "index", index);
	jw_str(w, "id", id);
	jw_str(w, "type", span_of(s->type));
	jw_obj(w, s->type);
	jw_str(w, "name", tool->name);
	jw_str(w, s->arguments, arguments);
	jw_end(w);
	jw_end(w);
}

void
chat_put_call_piece(struct jw *w, long index, const struct tool_key *tool,
    struct span piece)
{
	const struct spelling *s = spelling_of(tool);

	jw_obj(w, NULL);
	jw_int(w, "index", index);
	jw_obj(w, s->type);
	jw_str(w, s->arguments, piece);
	jw_end(w);
	jw_end(w);
}

void
chat_put_legacy_call(struct jw *w, struct span name, struct span arguments)
{
	jw_obj(w, "function_call");
	if (name.p != NULL)
		jw_str(w, "name", name);
	jw_str(w, "arguments", arguments);
	jw_end(w);
}

struct span
chat_arguments(struct pool *pool, const struct block *call)
{
	if (call->tool.kind != TOOL_FREEFORM)
		return call->arguments.n > 0 ? call->arguments : SPAN("{}");
	if (call->arguments.n == 0)
		return SPAN("");
	return openai_freeform_input(pool, call->arguments);
}

/* --- citations ------------------------------------------------------ */

/* Only what is on the web has a place among a chat client's annotations. */
bool
chat_has_citations(const struct block *text)
{
	for (const struct cite *c = text->cites; c != NULL; c = c->next)
		if (c->url.n > 0)
			return true;
	return false;
}

void
chat_put_citations(struct jw *w, const struct block *text, size_t start,
    size_t end)
{
	for (const struct cite *c = text->cites; c != NULL; c = c->next) {
		if (c->url.n == 0)
			continue;
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("url_citation"));
		jw_obj(w, "url_citation");
		jw_str(w, "url", c->url);
		jw_str(w, "title", c->title.p != NULL ? c->title : SPAN(""));
		jw_int(w, "start_index", (long long)start);
		jw_int(w, "end_index", (long long)end);
		jw_end(w);
		jw_end(w);
	}
}

/* --- reasoning ------------------------------------------------------ */

/* Can the client send it back? Thinking that was cut has no signature. */
static bool
is_sealed(const struct block *b)
{
	return b->kind == BLOCK_THINKING && !seal_is_empty(&b->seal) &&
	    (b->seal.kind == SEAL_SIGNATURE || b->seal.kind == SEAL_REDACTED);
}

bool
chat_has_details(const struct block *blocks)
{
	while (blocks != NULL && !is_sealed(blocks))
		blocks = blocks->next;
	return blocks != NULL;
}

/* Clients filter out entries with an empty text: an envelope instead. */
static void
put_envelope(struct jw *w, const struct block *b, struct span model)
{
	struct buf data;

	buf_init(&data, 0);
	seal_put_r1(&data, model, b->text, &b->seal);
	jw_str(w, "type", SPAN("reasoning.encrypted"));
	jw_str(w, "data", buf_span(&data));
	buf_free(&data);
}

static void
put_detail(struct jw *w, const struct block *b, struct span model)
{
	if (b->seal.kind == SEAL_REDACTED) {
		jw_str(w, "type", SPAN("reasoning.encrypted"));
		jw_str(w, "data", b->seal.data);
	} else if (b->text.n == 0) {
		put_envelope(w, b, model);
	} else {
		jw_str(w, "type", SPAN("reasoning.text"));
		jw_str(w, "text", b->text);
		jw_str(w, "signature", b->seal.data);
	}
}

void
chat_put_details(struct jw *w, const struct block *blocks, struct span model)
{
	long index = 0;

	jw_arr(w, "reasoning_details");
	for (; blocks != NULL; blocks = blocks->next) {
		if (!is_sealed(blocks))
			continue;
		jw_obj(w, NULL);
		put_detail(w, blocks, model);
		jw_null(w, "id");
		jw_str(w, "format", SPAN("anthropic-claude-v1"));
		jw_int(w, "index", index++);
		jw_end(w);
	}
	jw_end(w);
}
