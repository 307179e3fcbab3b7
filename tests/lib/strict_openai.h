/* The parts of the OpenAI validators, for each other. */
#ifndef TESTS_STRICT_OPENAI_H
#define TESTS_STRICT_OPENAI_H

#include "strict_walk.h"

/* The whole bodies, called by strict_check(). */
int	strict_responses_body(const json_t *body, const struct strict_opts *o,
	    struct refusal *why);
int	strict_chat_body(const json_t *body, const struct strict_opts *o,
	    struct refusal *why);

/* strict_openai.c: what both endpoints have in common. */
int	openai_model(struct walk *s, const json_t *body);
int	openai_metadata(struct walk *s, const json_t *metadata);
int	openai_sampling(struct walk *s, const json_t *body,
	    const char *effort);
int	openai_effort(struct walk *s, const char *word);
int	openai_ids(struct walk *s, const json_t *body);
int	openai_tool_fields(struct walk *s, const json_t *body);

/* {"name","description","parameters","strict"} */
int	openai_function(struct walk *s, const json_t *function);

/* The name of a function, the name and schema of a json_schema format. */
int	openai_name(struct walk *s, const json_t *object);
int	openai_json_schema(struct walk *s, const json_t *format);

/* A data URL with a known type, or http(s). */
int	openai_image_url(struct walk *s, const char *url);

/* Whether the word "json" stands somewhere in a value's texts. */
bool	openai_says_json(const json_t *value);

/* strict_input.c: the item list of a Responses request. */
int	openai_input(struct walk *s, const json_t *input);

/* strict_chat_turns.c: the messages of a chat request. */
int	openai_messages(struct walk *s, const json_t *messages);

#endif
