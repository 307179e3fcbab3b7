/*
 * Claude: the order of messages, and calls with their results.  Neighbours
 * of one role count as one message, as the API merges them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issued.h"
#include "jx.h"
#include "strict_claude.h"
#include "strict_model.h"

struct turns {
	struct walk	*s;
	json_t		*ids;		/* every tool_use id so far */
	json_t		*open;		/* ids that still need a result */
	size_t		 open_at;	/* the message they are in */
	const char	*before;	/* role of the message before */
	bool		 past_results;	/* other content came already */
	json_t		*seals;		/* seals in this assistant turn */
};

static int
check_content(struct walk *s, const json_t *content, const char *role)
{
	json_t *block;
	size_t i;
	int rc;

	if (json_is_string(content)) {
		const char *text = json_string_value(content);
		if (text[0] == '\0')
			return refuse_as(s, 400, NULL, NULL, "messages: text "
			    "content blocks must be non-empty (%s)", s->path);
		if (jx_is_blank(text))
			return refuse_as(s, 400, NULL, NULL, "messages: text "
			    "content blocks must contain non-whitespace text "
			    "(%s)", s->path);
		return 0;
	}
	if (json_array_size(content) == 0)
		return refuse(s, "all messages must have non-empty content "
		    "except for the optional final assistant message");
	size_t mark = walk_key(s, "content");
	json_array_foreach(content, i, block) {
		size_t inner = walk_index(s, i);
		rc = claude_block(s, block, role);
		walk_back(s, inner);
		if (rc != 0)
			return rc;
	}
	walk_back(s, mark);
	return 0;
}

static int
refuse_open(struct turns *t)
{
	const char *id;
	char list[512] = "";
	json_t *v;

	json_object_foreach(t->open, id, v) {
		if (list[0] != '\0')
			strncat(list, ", ", sizeof(list) - strlen(list) - 1);
		strncat(list, id, sizeof(list) - strlen(list) - 1);
	}
	return refuse_as(t->s, 400, NULL, NULL, "messages.%zu: `tool_use` ids "
	    "were found without `tool_result` blocks immediately after: %s. "
	    "Each `tool_use` block must have a corresponding `tool_result` "
	    "block in the next message.", t->open_at, list);
}

/* The reasoning that was issued with a call must stand before it. */
static int
check_owed(struct turns *t, const char *id)
{
	char *seal;
	int rc = 0;

	if (!t->s->o->demand || t->s->o->issued == NULL ||
	    (seal = issued_reason(t->s->o->issued, id)) == NULL)
		return 0;
	if (json_object_get(t->seals, seal) == NULL)
		rc = refuse(t->s, "`thinking` blocks in the latest assistant "
		    "message cannot be modified: the one before tool_use %s "
		    "is missing", id);
	free(seal);
	return rc;
}

static int
add_tool_use(struct turns *t, const json_t *block, size_t message)
{
	const char *id = jx_word(block, "id");

	if (json_object_get(t->ids, id) != NULL)
		return refuse_as(t->s, 400, NULL, NULL,
		    "messages: `tool_use` ids must be unique");
	json_object_set_new(t->ids, id, json_true());
	json_object_set_new(t->open, id, json_true());
	t->open_at = message;
	return check_owed(t, id);
}

static int
take_result(struct turns *t, const json_t *block)
{
	const char *id = jx_word(block, "tool_use_id");

	if (json_object_get(t->open, id) == NULL)
		return refuse(t->s, "unexpected `tool_use_id` found in "
		    "`tool_result` blocks: %s. Each `tool_result` block must "
		    "have a corresponding `tool_use` block in the previous "
		    "message.", id);
	if (t->past_results)	/* text first hides the results */
		return refuse_open(t);
	json_object_del(t->open, id);
	return 0;
}

static int
user_turn(struct turns *t, const json_t *content)
{
	json_t *block;
	size_t i;
	int rc = 0;

	if (json_is_string(content))
		t->past_results = true;
	json_array_foreach(content, i, block) {
		size_t mark = walk_key(t->s, "content");
		walk_index(t->s, i);
		if (jx_is(block, "type", "tool_result"))
			rc = take_result(t, block);
		else
			t->past_results = true;
		walk_back(t->s, mark);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
assistant_turn(struct turns *t, const json_t *content, size_t message)
{
	json_t *block;
	size_t i;
	int rc;

	if (strcmp(t->before, "assistant") != 0)
		json_object_clear(t->seals);
	json_array_foreach(content, i, block) {
		const char *seal = jx_is(block, "type", "thinking") ?
		    jx_str(block, "signature") : jx_str(block, "data");
		if (seal != NULL)
			json_object_set_new(t->seals, seal, json_true());
		if (jx_is(block, "type", "tool_use") &&
		    (rc = add_tool_use(t, block, message)) != 0)
			return rc;
	}
	return 0;
}

static bool
ends_in_thinking(const json_t *content)
{
	const json_t *last = jx_at(content, json_array_size(content) - 1);

	return jx_is(last, "type", "thinking") ||
	    jx_is(last, "type", "redacted_thinking");
}

static int
check_message_shape(struct walk *s, const json_t *m)
{
	static const struct field fields[] = {
		{ "role", T_STR | T_MUST },
		{ "content", T_STR | T_ARR | T_MUST }, { NULL, 0 },
	};
	static const char *const roles[] = {
		"user", "assistant", "system", NULL };
	int rc;

	if ((rc = check_shape(s, m, fields)) != 0)
		return rc;
	return check_word_at(s, m, "role", roles);
}

/* A system message: after a user message, and last or before an answer. */
static int
check_system(struct turns *t, const char *after)
{
	if (!t->s->model->system_role)
		return refuse(t->s, "role 'system' is not supported on this "
		    "model");
	if (strcmp(t->before, "user") != 0)
		return refuse(t->s, "role 'system' must follow a user "
		    "message");
	if (after != NULL && strcmp(after, "assistant") != 0)
		return refuse(t->s, "role 'system' must be the last message "
		    "or be followed by an assistant message");
	return 0;
}

static int
take_message(struct turns *t, const json_t *messages, size_t i)
{
	const json_t *m = jx_at(messages, i);
	const json_t *content = json_object_get(m, "content");
	const char *role = jx_word(m, "role");
	const char *after = jx_str(jx_at(messages, i + 1), "role");
	bool turns = strcmp(role, t->before) != 0;
	int rc = 0;

	if (strcmp(role, "system") == 0)
		rc = check_system(t, after);
	else if (strcmp(role, "user") == 0) {
		t->past_results &= !turns;
		rc = user_turn(t, content);
	} else {
		if (turns && json_object_size(t->open) > 0)
			return refuse_open(t);
		rc = assistant_turn(t, content, i);
		if (rc == 0 && ends_in_thinking(content) &&
		    (after == NULL || strcmp(after, "assistant") != 0))
			rc = refuse(t->s, "The final block in an assistant "
			    "message cannot be `thinking`.");
	}
	if (rc == 0 && strcmp(role, "user") == 0 &&
	    (after == NULL || strcmp(after, "user") != 0) &&
	    json_object_size(t->open) > 0)
		return refuse_open(t);
	t->before = role;
	return rc;
}

/* With a thinking budget, the last tool loop must begin with thinking. */
static int
check_budget_start(struct walk *s, const json_t *messages)
{
	const json_t *thinking = json_object_get(s->body, "thinking");
	const json_t *last = NULL, *content;
	bool calls = false;
	json_t *v;
	size_t i, at = 0;

	json_array_foreach(messages, i, v)
		if (jx_is(v, "role", "assistant")) {
			last = v;
			at = i;
		}
	content = json_object_get(last, "content");
	json_array_foreach(content, i, v)
		calls |= jx_is(v, "type", "tool_use");
	const char *first = jx_word(jx_at(content, 0), "type");
	if (!jx_is(thinking, "type", "enabled") || !calls ||
	    strstr(first, "thinking") != NULL)
		return 0;
	return refuse_as(s, 400, NULL, NULL, "messages.%zu.content.0.type: "
	    "Expected `thinking` or `redacted_thinking`, but found `%s`. When "
	    "`thinking` is enabled, a final `assistant` message must start "
	    "with a thinking block (preceeding the lastmost set of `tool_use` "
	    "and `tool_result` blocks).", at, first);
}

static int
check_ends(struct walk *s, const json_t *messages)
{
	size_t n = json_array_size(messages);

	if (!jx_is(jx_at(messages, 0), "role", "user"))
		return refuse_as(s, 400, NULL, NULL, "messages: first message "
		    "must use the \"user\" role");
	if (jx_is(jx_at(messages, n - 1), "role", "assistant") &&
	    !s->model->prefill && s->model->prefix[0] != '\0')
		return refuse_as(s, 400, NULL, NULL, "This model does not "
		    "support assistant message prefill. The conversation must "
		    "end with a user message.");
	return check_budget_start(s, messages);
}

static int
check_shapes(struct walk *s, const json_t *messages)
{
	json_t *m;
	size_t i;
	int rc;

	json_array_foreach(messages, i, m) {
		size_t mark = walk_index(s, i);
		if ((rc = check_message_shape(s, m)) != 0 ||
		    (rc = check_content(s, json_object_get(m, "content"),
		    jx_word(m, "role"))) != 0)
			return rc;
		walk_back(s, mark);
	}
	return 0;
}

int
claude_turns(struct walk *s, const json_t *messages)
{
	struct turns t = { .s = s, .before = "" };
	int rc;

	if (json_array_size(messages) == 0)
		return refuse(s, "at least one message is required");
	if ((rc = check_shapes(s, messages)) != 0)
		return rc;
	t.ids = json_object();
	t.open = json_object();
	t.seals = json_object();
	for (size_t i = 0; rc == 0 && i < json_array_size(messages); i++) {
		size_t mark = walk_index(s, i);
		rc = take_message(&t, messages, i);
		walk_back(s, mark);
	}
	if (rc == 0 && json_object_size(t.open) > 0)
		rc = refuse_open(&t);
	json_decref(t.ids);
	json_decref(t.open);
	json_decref(t.seals);
	return rc != 0 ? rc : check_ends(s, messages);
}
