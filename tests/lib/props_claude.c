/* Claude's answers for the property of all replies. */
#include "props_claude.h"

#include "claude.h"

enum { BLOCKS = 3 };	/* the most of an answer, with searches twice that */

static const char *const stops[] = {
	"end_turn", "end_turn", "tool_use", "max_tokens", "stop_sequence",
	"refusal", "pause_turn", "model_context_window_exceeded",
	"unheard_of", NULL,
};

/* Names that the requests have tools for, and one that nobody has. */
static const char *const names[] = {
	"get_weather", "apply_patch", "mcp__mail__send", "tool_search",
	"made_up", NULL,
};

static struct claude_answer
answer(struct dice *d, json_t *content)
{
	return (struct claude_answer){ .id = "msg_01", .content = content,
	    .stop = dice_word(d, stops), .input = 30, .cached = 7,
	    .written = 3 };
}

void
props_claude_stream(struct stream *s, struct dice *d)
{
	json_t *content = claude_content(d, BLOCKS, names);
	struct claude_answer a = answer(d, content);

	claude_stream(s, d, &a);
	json_decref(content);
}

json_t *
props_claude_whole(struct dice *d)
{
	json_t *content = claude_content(d, BLOCKS, names), *m;
	struct claude_answer a = answer(d, content);

	m = claude_message(&a);
	json_decref(content);
	return m;
}
