#include <stdarg.h>
#include <stdio.h>

#include "model/model.h"

/* The header x-co2-warnings holds no more than this. */
#define WARNINGS_MAX 1024

struct request *
request_new(struct pool *pool, enum api from)
{
	struct request *req = pool_new(pool, struct request);

	req->pool = pool;
	req->from = from;
	req->parallel = UNSET;
	req->schema_strict = UNSET;
	req->max_calls = -1;
	req->max_tokens = -1;
	req->top_k = -1;
	req->temperature = -1;
	req->top_p = -1;
	return req;
}

struct block *
block_add(struct pool *pool, struct block **list, enum block_kind kind)
{
	struct block *b = pool_new(pool, struct block);

	b->kind = kind;
	while (*list != NULL)
		list = &(*list)->next;
	*list = b;
	return b;
}

struct turn *
turn_add(struct request *req, enum role role)
{
	struct turn *t = pool_new(req->pool, struct turn);

	t->role = role;
	if (req->last_turn == NULL)
		req->turns = t;
	else
		req->last_turn->next = t;
	req->last_turn = t;
	return t;
}

struct tool *
tool_add(struct request *req, enum tool_kind kind, struct span space,
    struct span name)
{
	struct tool *t = pool_new(req->pool, struct tool);

	t->key = (struct tool_key){ kind, space, name };
	t->strict = UNSET;
	t->max_uses = -1;
	tool_append(req, t);
	return t;
}

/* The first of several is the one that is found. */
static void
enter(struct request *req, struct words *words, struct span text,
    struct tool *t)
{
	if (words_get(words, text) == NULL)
		words_put(words, req->pool, text, t);
}

void
tool_append(struct request *req, struct tool *t)
{
	if (req->tools == NULL)
		req->tools = t;
	else
		req->last_tool->next = t;
	req->last_tool = t;
	req->tool_kinds |= 1U << t->key.kind;
	enter(req, &req->tools_by_key, tool_key_text(req->pool, t->key), t);
	if (t->key.kind == TOOL_FUNCTION || t->key.kind == TOOL_FREEFORM)
		enter(req, &req->tools_by_name, t->key.name, t);
}

struct tool *
tool_by_key(const struct request *req, struct tool_key key)
{
	return words_get(&req->tools_by_key, tool_key_text(req->pool, key));
}

struct tool *
tool_by_name(const struct request *req, struct span name)
{
	return words_get(&req->tools_by_name, name);
}

bool
request_has_tool(const struct request *req, enum tool_kind kind)
{
	return (req->tool_kinds & 1U << kind) != 0;
}

/* --- losses --------------------------------------------------------- */

/* Every code, and whether content is lost with it. */
static const struct {
	const char *code;
	bool content;
} loss_codes[] = {
	/* both modes */
	{ "field_dropped", true },
	{ "tool_dropped", true },
	/* o2c: section S and the rows of both files */
	{ "media_dropped", true },
	{ "item_dropped", true },
	{ "reasoning_foreign", true },
	{ "audio_dropped", false },
	{ "bad_arguments_wrapped", false },
	{ "budget_too_small", false },
	{ "context_management_dropped", false },
	{ "detail_dropped", false },
	{ "duplicate_tool_result", false },
	{ "effort_none_unavailable", false },
	{ "json_object_emulated", false },
	{ "logit_bias_dropped", false },
	{ "max_tokens_clamped", false },
	{ "modalities_dropped", false },
	{ "name_dropped", false },
	{ "pause_turn", false },
	{ "penalty_dropped", false },
	{ "reasoning_mode_dropped", false },
	{ "sampling_dropped", false },
	{ "schema_as_instruction", false },
	{ "schema_root_flattened", false },
	{ "service_tier_approximated", false },
	{ "stop_reason_unknown", false },
	{ "store_ignored", false },
	{ "strict_dropped", false },
	{ "system_inlined", false },
	{ "temperature_clamped", false },
	{ "thinking_dropped", false },
	{ "thinking_dropped_upstream", false },
	{ "thinking_history_dropped", false },
	{ "thinking_unfinished", false },
	{ "tool_choice_degraded", false },
	{ "tools_filtered", false },
	{ "top_p_dropped", false },
	{ "trailing_assistant", false },
	{ "truncation_unavailable", false },
	{ "web_search_error", false },
	{ "web_search_offline", false },
	/* c2o: c2o-common section 0 */
	{ "block_dropped", true },
	{ "thinking_foreign", true },
	{ "field_changed", false },
	/* noticed in a reply: these stand in the log alone */
	{ "arguments_invalid", true },
	{ "call_dropped", true },
	{ "citation_dropped", false },
	{ "item_skipped", true },
	{ "stop_reason_changed", false },
	{ "surrogate_repaired", false },
	{ "usage_estimated", false },
};

enum { LOSS_CODES = sizeof(loss_codes) / sizeof(loss_codes[0]) };

const char *
loss_code(size_t i)
{
	return i < LOSS_CODES ? loss_codes[i].code : NULL;
}

bool
loss_is_content(const char *code)
{
	for (size_t i = 0; i < LOSS_CODES; i++)
		if (strcmp(loss_codes[i].code, code) == 0)
			return loss_codes[i].content;
	return false;
}

void
request_lost(struct request *req, const char *code, const char *detail, ...)
{
	struct span text = SPAN_NONE, both;
	struct loss *loss;
	char line[512];
	va_list ap;

	if (detail != NULL) {
		va_start(ap, detail);
		vsnprintf(line, sizeof(line), detail, ap);
		va_end(ap);
		text = span_of(line);
	}
	both = pool_join(req->pool, span_of(code), SPAN("="), text);
	if (words_get(&req->losses_by_text, both) != NULL)
		return;
	loss = pool_new(req->pool, struct loss);
	loss->code = code;
	loss->detail = pool_span(req->pool, text);
	if (req->losses == NULL)
		req->losses = loss;
	else
		req->last_loss->next = loss;
	req->last_loss = loss;
	words_put(&req->losses_by_text, req->pool, both, loss);
}

/* A header holds visible ASCII, and ',' separates the entries. */
static void
put_detail(struct buf *out, struct span detail)
{
	for (size_t i = 0; i < detail.n; i++) {
		char c = detail.p[i];

		buf_putc(out, c > ' ' && c < 0x7f && c != ',' ? c : '_');
	}
}

void
losses_put(struct buf *out, const struct loss *losses)
{
	size_t start = out->n;

	for (const struct loss *l = losses; l != NULL; l = l->next) {
		size_t before = out->n;

		if (before > start)
			buf_puts(out, ", ");
		buf_puts(out, l->code);
		if (l->detail.n > 0) {
			buf_putc(out, '=');
			put_detail(out, l->detail);
		}
		if (out->n - start > WARNINGS_MAX) {
			buf_cut(out, before);
			return;
		}
	}
}

/* --- words ---------------------------------------------------------- */

static const struct {
	enum effort effort;
	const char *word;
} efforts[] = {
	{ EFFORT_NONE, "none" },
	{ EFFORT_MINIMAL, "minimal" },
	{ EFFORT_LOW, "low" },
	{ EFFORT_MEDIUM, "medium" },
	{ EFFORT_HIGH, "high" },
	{ EFFORT_XHIGH, "xhigh" },
	{ EFFORT_MAX, "max" },
	{ EFFORT_MAX, "ultra" },	/* Codex has this word for it */
};

enum effort
effort_by_word(struct span word)
{
	for (size_t i = 0; i < sizeof(efforts) / sizeof(efforts[0]); i++)
		if (span_is(word, efforts[i].word))
			return efforts[i].effort;
	return EFFORT_UNSET;
}

const char *
effort_word(enum effort e)
{
	for (size_t i = 0; i < sizeof(efforts) / sizeof(efforts[0]); i++)
		if (efforts[i].effort == e)
			return efforts[i].word;
	return NULL;
}

enum effort
effort_by_budget(long tokens)
{
	static const struct {
		long below;
		enum effort effort;
	} steps[] = {
		{ 2048, EFFORT_LOW },
		{ 8192, EFFORT_MEDIUM },
		{ 24576, EFFORT_HIGH },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (tokens < steps[i].below)
			return steps[i].effort;
	return EFFORT_XHIGH;
}

/* --- usage ---------------------------------------------------------- */

void
usage_clear(struct usage *u)
{
	*u = (struct usage){ .input = -1, .cached = -1, .written = -1,
	    .written_long = -1, .output = -1, .reasoning = -1,
	    .searches = -1 };
}

static void
take(long *into, long later)
{
	if (later >= 0)
		*into = later;
}

void
usage_merge(struct usage *into, const struct usage *later)
{
	take(&into->input, later->input);
	take(&into->cached, later->cached);
	take(&into->written, later->written);
	take(&into->written_long, later->written_long);
	take(&into->output, later->output);
	take(&into->reasoning, later->reasoning);
	take(&into->searches, later->searches);
	if (later->tier.p != NULL)
		into->tier = later->tier;
}
