/*
 * What a refusal of Claude's teaches (o2c section S.1, "Learning").
 *
 * Models and accounts differ in ways that no table keeps up with, but the
 * texts of the refusals are stable.  The request is changed and sent once
 * more before the client has seen anything; what was learned of the model is
 * kept, what concerns one history is not.
 */
#include "dialect/claude_profile.h"
#include "dialect/parts.h"

/* A lesson that is a bit, by all the words that must stand in the message. */
static const struct lesson {
	const char *what;
	uint64_t bit;
	const char *words[2];
} lessons[] = {
	{ "forced_tool_choice", LESSON_FORCED, {
	    "tool_choice: type \"tool\" and \"any\" are not supported" } },
	{ "thinking_with_forced_tool", LESSON_FORCED_UNTHINKING, {
	    "Thinking may not be enabled when tool_choice forces tool use" } },
	{ "sampling", LESSON_SAMPLING, {
	    "temperature", "is deprecated for this model" } },
	{ "sampling", LESSON_SAMPLING, {
	    "top_p", "is deprecated for this model" } },
	{ "sampling", LESSON_SAMPLING, {
	    "top_k", "is deprecated for this model" } },
	{ "sampling", LESSON_SAMPLING, {
	    "temperature", "cannot both be specified" } },
	{ "sampling", LESSON_SAMPLING, {
	    "top_p", "cannot both be specified" } },
	{ "system_role", LESSON_SYSTEM_ROLE, {
	    "role 'system' is not supported" } },
	/*
	 * The last message is a user's, or one of role system behind it: only
	 * the latter can be taken for a prefill.
	 */
	{ "system_role", LESSON_SYSTEM_ROLE, {
	    "does not support assistant message prefill" } },
	{ "block_binding", LESSON_BINDING, {
	    "block_binding: Extra inputs are not permitted" } },
	{ "block_binding", LESSON_BINDING, {
	    "Unexpected value(s)", "thinking-binding-controls" } },
	{ "interleaved_thinking", LESSON_INTERLEAVED, {
	    "Unexpected value(s)", "interleaved-thinking" } },
	/* Beta values that are not named: whichever was sent. */
	{ "beta", LESSON_BINDING | LESSON_INTERLEAVED, {
	    "Unexpected value(s)", "anthropic-beta" } },
	/* "send as asked, then learn" of names that nobody knows */
	{ "effort", LESSON_EFFORT, {
	    "does not support the effort parameter" } },
	{ "effort", LESSON_EFFORT, {
	    "output_config.effort", "not supported" } },
	{ "effort", LESSON_EFFORT, {
	    "output_config.effort: Extra inputs are not permitted" } },
};

/* Thinking types, as refusals name them. */
static const struct type_text {
	unsigned type;
	const char *text;
} refused[] = {
	{ TYPE_ENABLED, "\"thinking.type.enabled\" is not supported" },
	{ TYPE_ADAPTIVE, "adaptive thinking is not supported" },
	{ TYPE_ADAPTIVE, "\"thinking.type.adaptive\" is not supported" },
	{ TYPE_DISABLED, "\"thinking.type.disabled\" is not supported" },
};

static const unsigned all_types[] = {
	TYPE_ADAPTIVE, TYPE_ENABLED, TYPE_DISABLED, TYPE_BETWEEN,
};

/* The history's thinking does not verify. */
static const char *const thinking_texts[] = {
	"Invalid `signature` in `thinking` block",
	"thinking blocks in the latest assistant message cannot be modified",
	"Expected `thinking` or `redacted_thinking`",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
says(struct span message, const char *words)
{
	return words == NULL || span_find_like(message, words) >= 0;
}

/* Note the bits; false when all of them were known and did not help. */
static bool
learn(struct target *to, uint64_t bits)
{
	uint64_t before = to->learned->refused;

	to->learned->refused |= bits;
	return to->learned->refused != before;
}

static bool
learn_bit(struct target *to, struct span message, const char **what)
{
	for (size_t i = 0; i < COUNT(lessons); i++) {
		const struct lesson *l = &lessons[i];

		if (!says(message, l->words[0]) || !says(message, l->words[1]))
			continue;
		*what = l->what;
		return learn(to, l->bit);
	}
	return false;
}

/*
 * The type that a message offers instead of the refused one:
 *
 *	"thinking.type.enabled" is not supported for this model. Use
 *	"thinking.type.adaptive" and "output_config.effort" ...
 */
static uint64_t
offered_types(struct span message, unsigned not )
{
	uint64_t bits = 0;

	for (size_t i = 0; i < COUNT(all_types); i++)
		if (all_types[i] != not &&
		    says(message, claude_type_word(all_types[i])))
			bits |= LESSON_TAKES * (uint64_t)all_types[i];
	return bits;
}

static bool
learn_type(struct target *to, struct span message, const char **what)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		unsigned type = refused[i].type;

		if (!says(message, refused[i].text))
			continue;
		*what = "thinking_type";
		/* What was offered before and is refused now is not taken. */
		to->learned->refused &= ~(LESSON_TAKES * (uint64_t)type);
		return learn(to, LESSON_NOT * (uint64_t)type |
		    (offered_types(message, type) &
		    ~(to->learned->refused / LESSON_NOT * LESSON_TAKES)));
	}
	return false;
}

static bool
drop_history(struct request *req, struct span message, const char **what)
{
	for (size_t i = 0; i < COUNT(thinking_texts); i++) {
		if (!says(message, thinking_texts[i]))
			continue;
		if (req->no_thoughts)
			return false;
		req->no_thoughts = true;
		request_lost(req, "thinking_history_dropped", NULL);
		*what = "thinking_history";
		return true;
	}
	return false;
}

bool
messages_repair(struct request *req, struct target *to,
    const struct fault *why, const char **what)
{
	struct span message = span_of(why->message);

	if (why->status != 400)
		return false;
	return drop_history(req, message, what) ||
	    learn_type(to, message, what) || learn_bit(to, message, what);
}
