/*
 * Validators as strict as the real APIs: what the upstream refuses, these
 * refuse, with the status and in the kind of words the real one uses, so
 * that a wrong request fails a test instead of passing unnoticed.  The rules
 * are those of the protocol files; nothing here looks at co2's code.
 *
 *	struct strict_opts o = { .beta = "thinking-binding-..." };
 *	char why[512];
 *	int status = strict_messages(body, &o, why, sizeof(why));
 *
 * 0 means accepted.  Models whose name starts with "no-such" are unknown
 * (404); every other name exists.
 */
#ifndef TESTS_STRICT_H
#define TESTS_STRICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct issued;

struct strict_opts {
	const char	*beta;	/* value of anthropic-beta, or NULL */
	bool	 compat;	/* OpenAI APIs: any compatible server */
	bool	 count;		/* the token counting endpoint's body */
	bool	 demand;	/* reasoning must come back with its calls */
	struct issued *issued;	/* if set, every seal must be of these */
	unsigned *seals;	/* if set, counts the seals that came back */
};

struct refusal {
	int	 status;
	char	 message[1024];
	char	 type[48];	/* error.type, "" for the usual one */
	char	 param[256];	/* OpenAI's error.param, or "" */
	char	 code[64];	/* OpenAI's error.code, or "" */
};

enum strict_api { STRICT_MESSAGES, STRICT_RESPONSES, STRICT_CHAT };

/* All return 0 or the HTTP status. */
int	strict_check(enum strict_api api, const json_t *body,
	    const struct strict_opts *o, struct refusal *why);
int	strict_messages(const json_t *body, const struct strict_opts *o,
	    char *why, size_t n);
int	strict_responses(const json_t *body, const struct strict_opts *o,
	    char *why, size_t n);
int	strict_chat(const json_t *body, const struct strict_opts *o,
	    char *why, size_t n);

#endif
