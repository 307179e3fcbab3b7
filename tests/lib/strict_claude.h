/* The parts of the Claude validator, for each other. */
#ifndef TESTS_STRICT_CLAUDE_H
#define TESTS_STRICT_CLAUDE_H

#include "strict_walk.h"

/* strict_blocks.c: one content block of a message of this role. */
int	claude_block(struct walk *s, const json_t *block, const char *role);
int	claude_text_block(struct walk *s, const json_t *block);
int	claude_mark(struct walk *s, const json_t *object);

/* strict_turns.c: roles, order, calls and results of all messages. */
int	claude_turns(struct walk *s, const json_t *messages);

/* strict_config.c: thinking, effort, sampling, tool_choice, format. */
int	claude_config(struct walk *s, const json_t *body);

/* strict_tools.c */
int	claude_tools(struct walk *s, const json_t *tools);
int	claude_tool_choice(struct walk *s, const json_t *choice);

/* Whether thinking is on by the request's own words. */
bool	claude_thinks(const json_t *body);

/* Whether the anthropic-beta header names this feature. */
bool	claude_has_beta(const struct walk *s, const char *feature);

#endif
