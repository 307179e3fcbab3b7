/*
 * How much to think and what to show of it.  OpenAI has one field for it,
 * clients of other vendors have theirs, and "reasoning_effort" wins:
 *
 *	"reasoning_effort":"high"
 *	"thinking":{"type":"enabled","budget_tokens":4096}	Anthropic
 *	"reasoning":{"max_tokens":4096,"exclude":true}		OpenRouter
 *	"chat_template_kwargs":{"enable_thinking":false}	vLLM
 */
#include "dialect/chat_read.h"

#include <limits.h>

/* Later decisions replace earlier ones as a whole. */
static void
decide(struct request *req, enum effort effort, enum thinking thinking,
    long budget)
{
	req->effort = effort;
	req->thinking = thinking;
	req->budget = budget;
}

static int
read_effort(const struct place *at, const char *key)
{
	if (jget(at->node, key) == NULL)
		return 0;
	decide(at->req, EFFORT_UNSET, THINKING_UNSET, 0);
	return openai_read_effort(at, key);
}

static int
read_budget(const struct place *at, const char *key)
{
	long tokens = 0;

	if (openai_whole(at, key, 1, LONG_MAX, &tokens) < 0)
		return -1;
	if (tokens > 0)
		decide(at->req, EFFORT_UNSET, THINKING_BUDGET, tokens);
	return 0;
}

static int
read_template(const struct place *root)
{
	struct place options;
	enum tri on;

	if (openai_object(root, "chat_template_kwargs", &options) < 0 ||
	    openai_flag(&options, "enable_thinking", &on) < 0)
		return -1;
	if (on == NO)
		decide(root->req, EFFORT_NONE, THINKING_UNSET, 0);
	return 0;
}

static int
read_reasoning(const struct place *root)
{
	struct request *req = root->req;
	struct place at;
	enum tri on, exclude;

	if (openai_object(root, "reasoning", &at) < 0 ||
	    openai_flag(&at, "enabled", &on) < 0 ||
	    openai_flag(&at, "exclude", &exclude) < 0)
		return -1;
	if (on == YES)
		decide(req, EFFORT_UNSET, THINKING_ADAPTIVE, 0);
	if (read_budget(&at, "max_tokens") < 0 ||
	    read_effort(&at, "effort") < 0)
		return -1;
	if (on == NO)
		decide(req, EFFORT_NONE, THINKING_UNSET, 0);
	if (exclude == YES)
		req->show = SHOW_NOTHING;
	return 0;
}

/* "enabled" without a budget, as some vendors have it, is "adaptive". */
static int
read_thinking(const struct place *root)
{
	static const struct openai_word types[] = {
		{ "adaptive",	THINKING_ADAPTIVE },
		{ "enabled",	THINKING_BUDGET },
		{ "disabled",	THINKING_OFF },
		{ NULL,		0 },
	};
	static const struct openai_word displays[] = {
		{ "summarized",	SHOW_TEXT },
		{ "omitted",	SHOW_SEAL },
		{ NULL,		0 },
	};
	struct request *req = root->req;
	struct place at;
	int type = -1, display = (int)req->show;

	if (openai_object(root, "thinking", &at) < 0)
		return -1;
	if (at.node == NULL)
		return 0;
	if (openai_word(&at, "type", types, &type) < 0 ||
	    openai_word(&at, "display", displays, &display) < 0)
		return -1;
	if (type < 0)
		return openai_missing(&at, "type");
	req->show = (enum show)display;
	if (type == THINKING_OFF)
		decide(req, EFFORT_NONE, THINKING_UNSET, 0);
	else
		decide(req, EFFORT_UNSET, THINKING_ADAPTIVE, 0);
	return type == THINKING_BUDGET ? read_budget(&at, "budget_tokens") : 0;
}

int
chat_read_effort(const struct place *root)
{
	struct request *req = root->req;
	enum tri include;

	req->show = SHOW_TEXT;
	if (openai_flag(root, "include_reasoning", &include) < 0 ||
	    read_template(root) < 0 || read_thinking(root) < 0)
		return -1;
	if (include == NO)
		req->show = SHOW_NOTHING;
	if (read_reasoning(root) < 0)
		return -1;
	return read_effort(root, "reasoning_effort");
}
