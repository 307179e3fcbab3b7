/*
 * The gateway without its network, for tests: a configuration, the memories
 * that requests share, and requests through the bridge.
 *
 *	struct middle m;
 *
 *	middle_init(&m, "{\"server\":{\"mode\":\"o2c\"},...}");
 *	if (middle_open(&m, &b, API_CHAT, body, TASK_ANSWER) == 0)
 *		...	b.body is sent, bridge_begin(), bridge_feed(), ...
 *	bridge_close(&b);
 *	middle_free(&m);
 */
#ifndef TESTS_MIDDLE_H
#define TESTS_MIDDLE_H

#include "gateway/bridge.h"

struct middle {
	struct conf	*conf;
	struct commons	 commons;
	struct span	 session, agent;	/* Claude Code's headers */
};

/* The configuration's text; the program ends when it is refused. */
void	middle_init(struct middle *m, const char *config);
/* Forget all that was said, as a restart does. */
void	middle_restart(struct middle *m);
void	middle_free(struct middle *m);

/* bridge_open() at a fixed time, with ids counted from 1 in each request. */
int	middle_open(struct middle *m, struct bridge *b, enum api api,
	    struct span body, enum task task);

/*
 * An upstream's whole answer: bytes in pieces of 1 to `most` bytes by the
 * dice, or at once (dice NULL), then the end of the transfer.
 */
struct dice;
void	middle_answer(struct bridge *b, struct span bytes, bool events,
	    struct dice *dice, size_t most);

/*
 * Usual configurations: OpenAI clients on Claude's own host; on another one,
 * with an effort and without automatic cache marks.
 */
extern const char middle_o2c[], middle_o2c_other[];
/* Claude clients on each OpenAI API, of OpenAI's own host and another. */
extern const char middle_responses[], middle_responses_other[],
    middle_chat[], middle_chat_other[];

#endif
