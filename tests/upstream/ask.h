/*
 * The default replies, in two steps: an API's reader says what is asked
 * (struct ask), answer_plan() decides what to say (struct answer), and the
 * API's writer makes a rule of it (script.h).
 *
 * A user text with "call get_weather" makes a reply with that call, if the
 * request has such a tool: with reasoning, text, and one call for every
 * mention; in the results of calls the same words make further calls, so
 * that a chain can be held.  Everything else is echoed:
 *
 *	You said: hello; results: 4 C, 7 C; images: 1
 *
 * A user text with "think" makes reasoning without calls.  A reply to a
 * request with a JSON schema is an example value of that schema.  Stop
 * sequences cut the text.
 */
#ifndef TESTS_ASK_H
#define TESTS_ASK_H

#include <jansson.h>
#include <stdbool.h>

#include "../lib/bytes.h"
#include "fake.h"

struct ask {
	const char	*model;
	bool		 stream;
	bool		 reasons;	/* the model thinks on this request */
	bool		 shown;		/* and its thinking may be seen */
	bool		 sealed;	/* seals are wanted */
	bool		 one_call;	/* parallel calls are off */
	bool		 no_calls;
	bool		 forced;	/* must call some tool ... */
	const char	*forced_name;	/* ... this one, or NULL for any */
	const json_t	*schema;	/* of the answer, or NULL */
	const json_t	*stops;		/* stop sequences, or NULL */
	struct bytes	 said;		/* the last user text */
	struct bytes	 results;	/* texts of the last results */
	unsigned	 nresults;
	int		 images;	/* since the last assistant message */
	json_t		*tools;		/* names */
	bool		 history;	/* there is an assistant message */
	size_t		 bytes;		/* of the request */
};

struct answer {
	unsigned	 number;	/* of this reply: makes its ids unique */
	bool		 reasons;	/* there is reasoning */
	bool		 shown;
	bool		 sealed;
	char		*thinking;
	char		*seal;
	char		*text;		/* "" when there is none */
	json_t		*calls;		/* [{"name","arguments"}] */
	const char	*stop;		/* the sequence that cut, or NULL */
	int		 input, cached, written;
	int		 output, thought;
};

void	ask_free(struct ask *a);

/* Adds a user's text; a new user message starts a new text. */
void	ask_text(struct ask *a, const char *text, bool fresh);
void	ask_result(struct ask *a, const char *text);

/* Forgets what came before: an assistant message was met. */
void	ask_turn(struct ask *a);

void	answer_plan(struct answer *w, const struct ask *a, struct fake *f);
void	answer_free(struct answer *w);

/*
 * The next piece of a text for a delta, cut between characters; *s moves
 * on.  NULL at its end.  The piece is a JSON string.
 */
json_t	*answer_piece(const char **s);

/* The default reply of each API: a rule, see script.h. */
json_t	*talk_messages(const json_t *body, size_t bytes, struct fake *f);
json_t	*talk_responses(const json_t *body, size_t bytes, struct fake *f);
json_t	*talk_chat(const json_t *body, size_t bytes, struct fake *f);

#endif
