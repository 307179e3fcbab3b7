/*
 * The turns of a Claude request, made ready for an OpenAI upstream
 * (c2o-common sections 1, 5 and 8.3).
 */
#ifndef CO2_OPENAI_TURNS_H
#define CO2_OPENAI_TURNS_H

#include "model/model.h"

/* What an upstream can be given. */
struct openai_taste {
	enum seal_kind seal;	/* SEAL_RESPONSES or SEAL_CHAT */
	bool thinking;		/* reasoning is sent back at all */
	bool file, file_url;	/* PDFs as base64, as URL */
};

/*
 * Change req->turns, in place, so that a writer needs to know only text,
 * images, PDFs that the upstream takes, thinking that it can use, calls and
 * results, and no two neighbours have the same role (system turns excepted).
 * What is dropped on the way is reported; a turn that had content and has
 * none left is refused. Doing it again changes nothing, unless
 * attempt.unsealed was set meanwhile.
 */
int openai_prepare_turns(struct request *req, const struct target *to,
    const struct openai_taste *taste, struct fault *why);

/* Remove empty turns and merge neighbours of the same role. */
void openai_merge_turns(struct request *req);

#endif
