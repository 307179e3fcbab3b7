/*
 * A client of any API in a conversation, through the gateway.  It sends back
 * of the answers what clients of its kind do.
 *
 *	talk_init(&t, &middle, API_CHAT, KEEPS_ALL, settings);
 *	talk_user(&t, json_string("Hi"));
 *	if (talk_send(&t) == 0) {
 *		...	make an answer for t.sent
 *		talk_hear(&t, answer);
 *		...	t.calls: talk_result() for each
 *	}
 *	talk_free(&t);
 */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include <jansson.h>

#include "middle.h"
#include "stream.h"
#include "strict.h"

/* What a client sends back of an answer. */
enum keeps {
	KEEPS_ALL,	/* everything */
	KEEPS_KNOWN,	/* what the API's own types have */
	KEEPS_NOTHING,	/* no reasoning; Responses: the answer's id only */
};

struct talk {
	struct middle	*middle;
	enum api	 api;
	enum keeps	 keeps;
	json_t		*body;		/* settings and history */
	json_t		*calls;		/* of the last answer, as received */
	struct buf	 sent;		/* the body sent upstream last */
	char		 beta[256];	/* its anthropic-beta */
	char		 why[512];	/* what went wrong */
	/* Private. */
	struct bridge	 bridge;
	char		*text;
};

/* Takes the reference of the settings. */
void	talk_init(struct talk *t, struct middle *m, enum api api,
	    enum keeps keeps, json_t *settings);
void	talk_free(struct talk *t);

/* What the user says: a text or parts. Takes the reference. */
void	talk_user(struct talk *t, json_t *content);
/*
 * The result of a call; those of Claude's calls in a row share a message.
 * Takes the reference of the output.
 */
void	talk_result(struct talk *t, const json_t *call, json_t *output);

/* -1 when the request was refused. */
int	talk_send(struct talk *t);
/*
 * What the API's validator says to what was sent, after the changes that the
 * gateway makes to a body that is refused: -1 with t->why.
 */
int	talk_check(struct talk *t, enum strict_api api,
	    const struct strict_opts *opts);
/* The upstream's stream; -1 when the answer is no right one. */
int	talk_hear(struct talk *t, const struct stream *answer);

#endif
