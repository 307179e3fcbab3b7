#include "dialect/chat_thoughts.h"

#include "base/codec.h"
#include "dialect/openai_client.h"
#include "model/memory.h"
#include "wire/jget.h"
#include "wire/jw.h"

static const struct block *
first_call(const struct block *blocks)
{
	while (blocks != NULL && blocks->kind != BLOCK_CALL)
		blocks = blocks->next;
	return blocks;
}

static struct span
key_of(const struct request *req, struct pool *pool, struct span call_id)
{
	enum { DIGITS = 64 };

	return sha256_hex(pool, pool_join(pool, req->client, SPAN("\x1f"),
	    call_id), DIGITS);
}

/* --- keeping -------------------------------------------------------- */

/* Thinking to keep, and all of it such as Claude takes back? */
static bool
worth_keeping(const struct block *blocks)
{
	bool thinks = false;

	for (const struct block *b = blocks; b != NULL; b = b->next) {
		if (b->kind != BLOCK_THINKING)
			continue;
		if ((b->seal.kind != SEAL_SIGNATURE &&
		    b->seal.kind != SEAL_REDACTED) || seal_is_empty(&b->seal))
			return false;
		thinks = true;
	}
	return thinks;
}

static struct span
or_empty(struct span s)
{
	return s.p != NULL ? s : SPAN("");
}

static void
put_thinking(struct jw *w, const struct block *b)
{
	if (b->seal.kind == SEAL_REDACTED) {
		jw_str(w, "type", SPAN("redacted_thinking"));
		jw_str(w, "data", b->seal.data);
	} else {
		jw_str(w, "type", SPAN("thinking"));
		jw_str(w, "thinking", or_empty(b->text));
		jw_str(w, "signature", b->seal.data);
	}
}

static void
put_call(struct jw *w, const struct block *b)
{
	jw_str(w, "type", SPAN("tool_use"));
	jw_str(w, "id", b->id);
	jw_str(w, "name", b->tool.name);
	jw_str(w, "input", or_empty(b->arguments));
}

static void
put_block(struct jw *w, const struct block *b)
{
	if (b->kind != BLOCK_THINKING && b->kind != BLOCK_TEXT &&
	    b->kind != BLOCK_CALL)
		return;
	jw_obj(w, NULL);
	if (b->kind == BLOCK_THINKING) {
		put_thinking(w, b);
	} else if (b->kind == BLOCK_CALL) {
		put_call(w, b);
	} else {
		jw_str(w, "type", SPAN("text"));
		jw_str(w, "text", or_empty(b->text));
	}
	jw_end(w);
}

void
chat_remember(const struct request *req, struct pool *pool, struct span text,
    const struct block *blocks)
{
	const struct block *call = first_call(blocks);
	struct buf value;
	struct jw w;

	/* A legacy call goes out without its id and is never found again. */
	if (req->thoughts == NULL || req->legacy || call == NULL ||
	    !worth_keeping(blocks))
		return;
	buf_init(&value, 0);
	jw_init(&w, &value);
	jw_obj(&w, NULL);
	jw_str(&w, "text", or_empty(text));
	jw_arr(&w, "blocks");
	for (const struct block *b = blocks; b != NULL; b = b->next)
		put_block(&w, b);
	jw_end(&w);
	jw_end(&w);
	memory_put(req->thoughts, key_of(req, pool, call->id),
	    buf_span(&value));
	buf_free(&value);
}

/* --- finding -------------------------------------------------------- */

/* Arguments as a tree; nothing at all is an empty object. NULL: no JSON. */
static json_t *
tree_of(struct pool *pool, struct span arguments)
{
	struct json_trouble why;

	return jread(pool, span_blank(arguments) ? SPAN("{}") : arguments, 0,
	    NULL, &why);
}

static bool
same_input(struct pool *pool, const struct block *call, struct span stored)
{
	if (call->tool.kind == TOOL_FREEFORM)
		return span_eq(call->arguments,
		    openai_freeform_input(pool, stored));
	return span_eq(call->arguments, stored) ||
	    json_equal(tree_of(pool, call->arguments), tree_of(pool, stored));
}

static bool
same_call(struct pool *pool, const struct block *call, const json_t *stored)
{
	return span_eq(call->id, jget_span(stored, "id")) &&
	    span_eq(call->tool.name, jget_span(stored, "name")) &&
	    same_input(pool, call, jget_span(stored, "input"));
}

/* The same calls in the same order, none missing on either side? */
static bool
same_calls(struct pool *pool, const struct block *blocks,
    const json_t *stored)
{
	const struct block *call = first_call(blocks);
	size_t i;
	json_t *o;

	json_array_foreach(stored, i, o) {
		if (!jget_is(o, "type", "tool_use"))
			continue;
		if (call == NULL || !same_call(pool, call, o))
			return false;
		call = first_call(call->next);
	}
	return call == NULL;
}

static bool
same_text(const struct block *blocks, struct span stored)
{
	for (const struct block *b = blocks; b != NULL; b = b->next) {
		if (b->kind != BLOCK_TEXT)
			continue;
		if (!span_eq(or_empty(b->text), span_head(stored, b->text.n)))
			return false;
		stored = span_from(stored, b->text.n);
	}
	return stored.n == 0;
}

/* What a block of the memory is; its text and seal, if it has them. */
static struct block *
add_stored(struct pool *pool, const json_t *o, struct block **list)
{
	bool redacted = jget_is(o, "type", "redacted_thinking");
	struct block *b;

	if (jget_is(o, "type", "text")) {
		b = block_add(pool, list, BLOCK_TEXT);
		b->text = jget_span(o, "text");
		return b;
	}
	b = block_add(pool, list, BLOCK_THINKING);
	b->text = redacted ? SPAN("") : jget_span(o, "thinking");
	b->seal.kind = redacted ? SEAL_REDACTED : SEAL_SIGNATURE;
	b->seal.data = jget_span(o, redacted ? "data" : "signature");
	return b;
}

/* The client's call, with the input as Claude wrote it. */
static struct block *
add_call(struct pool *pool, const struct block *call, const json_t *o,
    struct block **list)
{
	struct block *b = block_add(pool, list, BLOCK_CALL);
	json_t *input = tree_of(pool, jget_span(o, "input"));

	*b = *call;
	b->next = NULL;
	if (json_is_object(input)) {
		b->input = input;
		b->arguments = SPAN_NONE;
	}
	return b;
}

/* The client's cache mark on its text goes to the last of these. */
static void
carry_mark(const struct block *from, struct block *to)
{
	bool mark = false;
	struct block *last = NULL;

	for (; from != NULL; from = from->next)
		mark = mark || (from->kind == BLOCK_TEXT && from->mark);
	for (; to != NULL; to = to->next)
		if (to->kind == BLOCK_TEXT)
			last = to;
	if (last != NULL)
		last->mark = mark;
}

bool
chat_recall(struct request *req, struct turn *turn)
{
	const struct block *call = first_call(turn->blocks);
	struct block *list = NULL, **end = &list;
	json_t *value, *blocks, *o;
	struct json_trouble why;
	size_t i;

	if (req->thoughts == NULL || call == NULL)
		return false;
	value = jread(req->pool, memory_get(req->thoughts, req->pool,
	    key_of(req, req->pool, call->id)), 0, NULL, &why);
	blocks = jget_array(value, "blocks");
	if (blocks == NULL ||
	    !same_text(turn->blocks, jget_span(value, "text")) ||
	    !same_calls(req->pool, turn->blocks, blocks))
		return false;
	json_array_foreach(blocks, i, o) {
		if (jget_is(o, "type", "tool_use")) {
			add_call(req->pool, call, o, end);
			call = first_call(call->next);
		} else
			add_stored(req->pool, o, end)->path = turn->path;
		end = &(*end)->next;
	}
	carry_mark(turn->blocks, list);
	turn->blocks = list;
	return true;
}
