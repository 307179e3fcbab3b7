/*
 * Tools of a Claude request towards an OpenAI upstream (c2o-common 4).
 */
#ifndef CO2_OPENAI_TOOLS_H
#define CO2_OPENAI_TOOLS_H

#include "model/model.h"
#include "wire/jw.h"

/* Can the tool be offered? `search`: the upstream has a hosted web search. */
bool openai_offers(const struct tool *t, bool search);

/*
 * Look through all of them before anything is written: those that cannot be
 * offered are reported, or refused when nothing else is left or the choice
 * forces them (4.2). *count is how many are offered. Names get their aliases,
 * the tools' before those of the history, and texts that name a tool say its
 * alias.
 */
int openai_vet_tools(struct request *req, bool search, size_t *count,
    struct fault *why);

/* "description", with the examples of its input; nothing if it has none. */
void openai_put_description(struct jw *w, const struct tool *t);
/* Is strict mode asked for, and does the schema fit? Reported if not. */
bool openai_tool_is_strict(struct request *req, const struct tool *t);
/* The same for the schema of the answer. */
bool openai_format_is_strict(struct request *req);
/* Where the client wrote that schema. */
struct span openai_format_path(const struct request *req);

/* "auto", "required", "none"; absent for a choice of one tool, or none. */
struct span openai_choice_word(const struct request *req);

#endif
