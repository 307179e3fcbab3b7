/*
 * Reasoning that a client sends back on an assistant message (o2c-chat
 * section 3).  It is in what co2 once gave it, or as LiteLLM has it:
 *
 *	"reasoning_details":[
 *	 {"type":"reasoning.text","text":T,"signature":S,
 *	  "format":"anthropic-claude-v1"},
 *	 {"type":"reasoning.encrypted","data":D,
 *	  "format":"anthropic-claude-v1"}]
 *	"thinking_blocks":[
 *	 {"type":"thinking","thinking":T,"signature":S},
 *	 {"type":"redacted_thinking","data":D}]
 *
 * where D is one of our envelopes or Claude's own data.  "reasoning" and
 * "reasoning_content" are unsigned and never looked at.
 */
#include "dialect/chat_read.h"

static void
add_thinking(const struct place *at, const struct seal *seal,
    struct block **list)
{
	struct block *b = block_add(at->req->pool, list, BLOCK_THINKING);

	b->path = at->path;
	b->text = seal->text.p != NULL ? seal->text : SPAN("");
	b->seal = *seal;
	b->seal.text = SPAN_NONE;
}

/* The blocks of an envelope; -1 when it is damaged or another's. */
static int
add_envelope(const struct place *at, struct span data, struct block **list)
{
	struct seal *seals;
	size_t count;

	if (seal_read_r1(at->req->pool, data, &seals, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		add_thinking(at, &seals[i], list);
		list = &(*list)->next;
	}
	return 0;
}

static bool
is_envelope(struct span s)
{
	return span_starts(s, "co2.");
}

/* Thinking with Claude's signature; -1 when it has none. */
static int
add_signed(const struct place *at, struct span text, struct span signature,
    struct block **list)
{
	struct seal seal = { .kind = SEAL_SIGNATURE, .data = signature,
	    .text = text };

	if (signature.n == 0 || is_envelope(signature))
		return -1;
	add_thinking(at, &seal, list);
	return 0;
}

/* An envelope, or what Claude itself calls redacted; -1 when neither. */
static int
add_data(const struct place *at, struct span data, bool claude,
    struct block **list)
{
	struct seal seal = { .kind = SEAL_REDACTED, .data = data };

	if (is_envelope(data))
		return add_envelope(at, data, list);
	if (data.n == 0 || !claude)
		return -1;
	add_thinking(at, &seal, list);
	return 0;
}

/* One of "reasoning_details"; -1 when Claude did not make it. */
static int
add_detail(const struct place *at, struct block **list)
{
	static const char claude[] = "anthropic-claude-v1";
	json_t *format = jget(at->node, "format");
	struct span signature = jget_span(at->node, "signature");

	if (format != NULL && !span_is(jspan(format), claude))
		return -1;
	if (signature.p != NULL)
		return add_signed(at, jget_span(at->node, "text"), signature,
		    list);
	return add_data(at, jget_span(at->node, "data"), format != NULL, list);
}

/* One of "thinking_blocks". */
static int
add_litellm(const struct place *at, struct block **list)
{
	if (jget_is(at->node, "type", "redacted_thinking"))
		return add_data(at, jget_span(at->node, "data"), true, list);
	return add_signed(at, jget_span(at->node, "thinking"),
	    jget_span(at->node, "signature"), list);
}

int
chat_read_sealed(const struct place *message, struct block **list)
{
	static const struct seal foreign = { .kind = SEAL_FOREIGN };
	int (*add)(const struct place *, struct block **) = add_detail;
	struct block **end = list;
	struct place entries;

	if (openai_array(message, "reasoning_details", &entries) < 0)
		return -1;
	if (json_array_size(entries.node) == 0) {
		add = add_litellm;
		if (openai_array(message, "thinking_blocks", &entries) < 0)
			return -1;
	}
	for (size_t i = 0; i < json_array_size(entries.node); i++) {
		struct place entry = openai_nth(&entries, i);

		if (openai_need_object(&entry) < 0)
			return -1;
		if (add(&entry, end) < 0) {
			*list = NULL;
			add_thinking(&entry, &foreign, list);
			return 0;
		}
		while (*end != NULL)
			end = &(*end)->next;
	}
	return 0;
}
