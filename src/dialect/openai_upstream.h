/*
 * What the writers of both OpenAI request bodies share (c2o-common): which
 * optional settings go upstream and with which values, and what refusals
 * taught about them.
 */
#ifndef CO2_OPENAI_UPSTREAM_H
#define CO2_OPENAI_UPSTREAM_H

#include "model/model.h"

/*
 * The optional fields that an upstream may refuse.  As bits they stand in
 * learned.refused (never send it again) and in attempt.sent (it was sent).
 */
enum openai_field {
	OPENAI_REASONING,	/* the whole object */
	OPENAI_EFFORT,
	OPENAI_SUMMARY,
	OPENAI_INCLUDE,		/* of encrypted reasoning */
	OPENAI_TEMPERATURE,
	OPENAI_TOP_P,
	OPENAI_TIER,
	OPENAI_CACHE_KEY,
	OPENAI_SAFETY,
	OPENAI_STORE,
	OPENAI_STREAM_OPTIONS,
	OPENAI_LIMIT,		/* refused: under this name, so the other */
	OPENAI_EFFORT_BESIDE_TOOLS,	/* chat: only "none" with tools */
};

/* Is the field wanted and not refused? Then it counts as sent. */
bool openai_may_send(struct request *req, const struct target *to,
    enum openai_field field);
bool openai_refused(const struct target *to, enum openai_field field);

/* What the models' names tell (c2o-common 3, c2o-responses 1.1 and 1.3). */
bool openai_has_phases(struct span model);
bool openai_encrypts(struct span model);

struct openai_settings {
	enum effort effort;		/* EFFORT_UNSET: left out */
	bool summary;			/* of reasoning, wanted */
	double temperature, top_p;	/* negative: left out */
	long limit;			/* of tokens; -1: left out */
	struct span tier, cache_key, safety;	/* absent: left out */
};

/*
 * All of them, with the losses reported. `tools` and `search` say whether any
 * tool, and whether a hosted web search, is sent along.
 */
struct openai_settings openai_settings(struct request *req,
    const struct target *to, enum api api, bool tools, bool search);

#endif
