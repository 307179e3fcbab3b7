/*
 * One API from a client's side: how history grows, what a request looks
 * like, what a reply says.  History is a JSON array in the API's own form
 * (messages or input items).
 */
#ifndef TESTS_CONVERSE_API_H
#define TESTS_CONVERSE_API_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct converse_opts {
	const char	*model;		/* NULL: the API's default below */
	bool		 stream;
	bool		 forget;	/* reasoning is not sent back */
	bool		 image;		/* results come with an image */
};

struct converse_api {
	const char	*name;
	const char	*path;
	const char	*model;
	bool		 claude;	/* Claude's headers */

	/* a new body for this history */
	json_t	*(*request)(const struct converse_opts *o, json_t *history);
	void	 (*add_user)(json_t *history, const char *text);
	void	 (*add_reply)(const struct converse_opts *o, json_t *history,
		     const json_t *reply);
	void	 (*add_results)(const struct converse_opts *o,
		     json_t *history, const json_t *calls, const char *text);

	/* the reply of a stream, or -1 with the reason; see grammar.h */
	int	 (*read)(const char *bytes, size_t n, json_t **reply,
		     char *why, size_t nwhy);
	int	 (*whole)(const char *bytes, size_t n, char *why, size_t nwhy);

	/* new: [{"id","name","arguments"}] */
	json_t	*(*calls)(const json_t *reply);
	/* new: all visible text */
	json_t	*(*text)(const json_t *reply);
};

extern const struct converse_api converse_messages;
extern const struct converse_api converse_responses;
extern const struct converse_api converse_chat;

/* The schema of every tool of the conversation. */
json_t	*converse_schema(void);

/* The names of the tools, NULL at the end. */
extern const char *const converse_tools[];

/* A small PNG in base64. */
extern const char converse_png[];

#endif
