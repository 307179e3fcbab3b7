/*
 * The faults of an upstream, what the fake one does for each, and what a
 * client is to get.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum fault_api { UP_MESSAGES, UP_RESPONSES, UP_CHAT, UP_APIS };

/* What has to come out. */
enum outcome {
	COMPLETE,	/* the whole reply */
	EARLY,		/* an error status, for a stream as well */
	LATE,		/* a stream: 200 and an error at its end */
	BY_EVENT,	/* LATE, or COMPLETE once the reply was said */
};

/* Which error. */
enum trouble {
	NO_TROUBLE,
	UNREACHABLE,
	TRUNCATED,
	TIMED_OUT,
	NO_ANSWER,	/* what came is none, or too large */
	ITS_OWN,	/* the upstream's own error, in its words */
};

struct fault_row {
	const char	*name;
	const char	*network;	/* needs a peer of its own: its name */
	enum outcome	 outcome;
	enum trouble	 trouble;
	bool		 left;		/* co2 has to hang up */
	int		 events;	/* sent before the fault; -1: see below */
	const char	*then;		/* the steps after these, JSON */
	const char	*rule;		/* or all of the rule's members, JSON */
};

/* -1: the row stands for one for each number of events from 1 on. */
extern const struct fault_row fault_rows[];
extern const size_t fault_row_count;

/* How many events a reply has, and after which of them it is complete. */
int	fault_events(enum fault_api api);
int	fault_done(enum fault_api api);
/* The path that an API is asked at. */
const char *fault_path(enum fault_api api);
/*
 * The fake upstream's rule for a row and a number of events, to be taken for
 * requests that contain the word.
 */
json_t	*fault_rule(const struct fault_row *row, enum fault_api api,
	    int events, const char *word);

#endif
