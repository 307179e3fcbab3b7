/* The parts of the generators of OpenAI requests, for each other. */
#ifndef TESTS_GEN_OPENAI_H
#define TESTS_GEN_OPENAI_H

#include "gen.h"

/* --- gen_openai.c: settings and tools of both APIs -------------------- */

void	gen_model(struct gen *g);
void	gen_settings(struct gen *g);
/* The format of the answer; key is its field, in "text" on Responses. */
void	gen_format(struct gen *g, const char *key);
/*
 * Tools have records {"kind", "name", "space"?, "words", "lost"?}: what they
 * are called, which words and losses come if the tool is not filtered out.
 */
json_t	*gen_tool_record(struct gen *g, const char *kind);
/* The inner object of a tool. */
json_t	*gen_function(struct gen *g, json_t *record);
json_t	*gen_freeform(struct gen *g, json_t *record);
/* Every word in the tool arrives when the tool does. */
void	gen_tool_done(json_t *record, const json_t *tool);
/* The record of a tool to call, known or made up; a new reference. */
json_t	*gen_tool_called(struct gen *g);
void	gen_choice(struct gen *g);
/* The last step: what the settings together must give. */
void	gen_settle(struct gen *g);

/* --- gen_talk.c: a history, whatever its shape ------------------------- */

/*
 * How an API writes a history. answer() returns the calls it made, as it
 * likes: each is given to result(); `again` asks for a value that a second
 * one for the same call will replace.
 */
struct gen_shape {
	void	(*system)(struct gen *g);
	void	(*user)(struct gen *g);
	json_t	*(*answer)(struct gen *g);
	void	(*result)(struct gen *g, const json_t *call, bool again);
};

void	gen_talk(struct gen *g, const struct gen_shape *shape);

/* The next element's path: "messages[3]", "input[3]". */
const char *gen_path(const struct gen *g);

/*
 * Told by the shapes: content of the assistant was written that stays; this
 * reasoning came with a seal; with a foreign one; with none.
 */
void	gen_replied(struct gen *g);
void	gen_thought(struct gen *g, const char *word);
void	gen_thought_foreign(struct gen *g);
void	gen_thought_unsealed(struct gen *g);

/*
 * Parts of a user's message or a result at a path ("messages[3].content"):
 * texts, images, files. At least one text that arrives, unless it is one of
 * a result.
 */
json_t	*gen_parts(struct gen *g, const char *path, bool result);
/* Perhaps the client's mark for the prompt cache. */
void	gen_mark(struct gen *g, json_t *o);

/* The envelope in which a thinking block travels. */
json_t	*gen_envelope(const char *text, const char *signature);

#endif
