/*
 * Generators of requests that know what must become of them.
 *
 * What a generator puts in carries words ("zq00017") by which it is found
 * again: those that must arrive stand in the upstream's body, those that must
 * not do not, and what is dropped or changed must be reported.  So nothing
 * gets lost in silence.
 *
 *	struct gen g;
 *
 *	gen_init(&g, dice);
 *	gen_chat(&g);
 *	... json_dumps(g.body) through the gateway ...
 *	why = gen_verdict(&g, sent, losses);
 *	gen_free(&g);
 */
#ifndef TESTS_GEN_H
#define TESTS_GEN_H

#include <jansson.h>

#include "base/span.h"
#include "dice.h"
#include "model/model.h"
#include "strict_model.h"

struct gen {
	struct dice	*dice;
	json_t		*body;		/* the request */
	json_t		*list;		/* its messages, its input items */
	json_t		*ends;		/* its length before answers that stay */
	json_t		*tools;		/* of struct gen_tool's kind, below */
	unsigned	 serial;
	char		 word[16];	/* the newest */

	/* What must become of it; all are sets, but may, a text. */
	json_t		*arrive;	/* words */
	json_t		*gone;		/* words */
	json_t		*lost;		/* "code" or "code=detail" */
	json_t		*may;		/* codes that may come too */
	/* It must be refused for this field ("": must not), with this code. */
	char		 param[64];
	const char	*code;		/* NULL: any */

	/* Towards Claude. */
	const struct strict_model *model;
	bool		 official;	/* the vendor's own host */
	bool		 preset;	/* an effort is configured */
	const char	*effort;	/* the request names this, or NULL */
	bool		 unsure;	/* or has it in some other words */
	bool		 forced;	/* a tool choice that forces */
	bool		 limited;	/* only tools marked "kept" go along */
	bool		 hosted;	/* there are tools without a record */

	/* Of the history that is being made: gen_talk.c. */
	bool		 chat;		/* else Responses */
	bool		 answered;	/* an assistant has spoken */
	bool		 said;		/* this group has content of the user's */
	bool		 noted;		/* and of the system's */
	bool		 replied;	/* the assistant's group has content */
	bool		 foreign;	/* reasoning nobody can verify is in it */
	bool		 unsealed;	/* or reasoning without a seal */
	json_t		*thoughts;	/* words of its reasoning */
	json_t		*loose;		/* those with nothing behind them */
};

void	gen_init(struct gen *g, struct dice *dice);
void	gen_free(struct gen *g);

/* A new word, of which nothing is expected yet; valid until the next one. */
const char *gen_word(struct gen *g);
void	gen_arrives(struct gen *g, const char *word);
void	gen_vanishes(struct gen *g, const char *word);

/* A loss that must be reported; detail is printf-like, NULL for none. */
void	gen_loses(struct gen *g, const char *code, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));
void	gen_may_lose(struct gen *g, const char *code);

bool	gen_chance(struct gen *g, unsigned percent);
void	gen_set(struct gen *g, const char *key, json_t *value);

/*
 * Texts: with a word that arrives, with one of which nothing is expected,
 * with one that vanishes; or one that is empty or blank.
 */
json_t	*gen_text(struct gen *g);
json_t	*gen_text_about(struct gen *g, const char *word);
json_t	*gen_text_lost(struct gen *g);
json_t	*gen_blank(struct gen *g);

/* A name that starts with a new word; some are odd or long. */
json_t	*gen_name(struct gen *g);
/* An id of a call; some are odd. */
json_t	*gen_id(struct gen *g);

/* Arguments of a call as text; some are no object or no JSON. */
json_t	*gen_arguments(struct gen *g);

/*
 * An image as a URL; *good is whether Claude can take it. The word in it
 * arrives if so.
 */
json_t	*gen_image(struct gen *g, bool *good);
/* A file: {"file_data", "filename", "file_url", "file_id"}. */
json_t	*gen_file(struct gen *g, bool *good);

/*
 * JSON schemas of an object; nothing is expected of the words in them. LOOSE ones cannot be made strict for Claude;
 * UNION has anyOf at its root.
 */
enum gen_schema { SCHEMA_STRICT, SCHEMA_FREE, SCHEMA_LOOSE, SCHEMA_UNION };
json_t	*gen_schema(struct gen *g, enum gen_schema kind);

/* What is wrong with what was sent, or NULL; losses as the request has them. */
const char *gen_verdict(const struct gen *g, struct span sent,
	    const struct loss *losses);

/* --- OpenAI requests to Claude -------------------------------------- */

/* A valid request of either API. */
void	gen_chat(struct gen *g);
void	gen_responses(struct gen *g);
/* Makes it one that must be refused, and says so in g. */
void	gen_spoil(struct gen *g);

/* --- Claude requests to OpenAI: g->chat and g->official say to whom --- */

void	gen_messages(struct gen *g);
void	gen_messages_spoil(struct gen *g);

#endif
