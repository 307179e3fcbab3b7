/*
 * Judges of what a client receives: streams and whole replies of the three
 * APIs, by the rules that the protocol files promise and client SDKs rely
 * on.
 *
 *	char why[256];
 *	if (grammar_chat_stream(bytes, n, why, sizeof(why)) != 0)
 *		...			"event 7: second finish_reason"
 *
 * 0: right, -1: not, with the reason.  A stream or a reply that is a right
 * error counts as right.
 */
#ifndef TESTS_GRAMMAR_H
#define TESTS_GRAMMAR_H

#include <jansson.h>
#include <stddef.h>

int	grammar_messages_stream(const char *bytes, size_t n, char *why,
	    size_t nwhy);
int	grammar_messages_whole(const char *bytes, size_t n, char *why,
	    size_t nwhy);
int	grammar_responses_stream(const char *bytes, size_t n, char *why,
	    size_t nwhy);
int	grammar_responses_whole(const char *bytes, size_t n, char *why,
	    size_t nwhy);
int	grammar_chat_stream(const char *bytes, size_t n, char *why,
	    size_t nwhy);
int	grammar_chat_whole(const char *bytes, size_t n, char *why,
	    size_t nwhy);

/*
 * The same for streams, and the whole reply that the stream amounts to:
 * *reply is a message, a response object or a chat completion; NULL if the
 * stream ended with an error.
 */
int	grammar_messages_read(const char *bytes, size_t n, json_t **reply,
	    char *why, size_t nwhy);
int	grammar_responses_read(const char *bytes, size_t n, json_t **reply,
	    char *why, size_t nwhy);

/* usage: whether the usage chunk was asked for; -1: by the look of it. */
int	grammar_chat_read(const char *bytes, size_t n, int usage,
	    json_t **reply, char *why, size_t nwhy);

#endif
