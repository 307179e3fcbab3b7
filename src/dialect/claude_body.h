/*
 * A request to Claude, decided but not yet written.
 *
 *	struct request ──▶ struct claude_body ──▶ bytes
 *
 * What Claude wants is settled here in the order in which losses are to be
 * reported: tools, messages, tool choice, thinking, sampling, cache marks.
 * messages_request_write.c runs these steps and writes the result.  All of it
 * lives in the request's pool and borrows from the request.
 */
#ifndef CO2_CLAUDE_BODY_H
#define CO2_CLAUDE_BODY_H

#include "dialect/claude_profile.h"

/* One content block. */
struct piece {
	struct piece *next;
	const struct block *block;
	bool mark;		/* carries cache_control */
	struct span id, name;	/* CALL and RESULT, as Claude gets them */
	/*
	 * CALL: its arguments are the tree, or an object that has the tree or
	 * (where there is none) the block's text under `key`. RESULT: what is
	 * left of the content.
	 */
	const json_t *input;
	const char *key;
	struct piece *content;
};

struct pieces {
	struct piece *first, *last;
	size_t count;
};

struct message {
	struct message *next;
	bool assistant;
	struct pieces results, others;	/* results come first */
	/*
	 * User: what system messages in its midst said, sent as a message of
	 * role system behind it.
	 */
	struct span notes;
	/* Assistant: thinking that nobody can verify was in it. */
	bool foreign, unsealed;
};

struct claude_tool {
	struct claude_tool *next;
	struct tool *tool;
	struct span name, description;
	json_t *schema;		/* NULL: the hosted web search */
	bool strict, mark;
};

struct claude_body {
	struct request *req;
	struct target *to;
	struct pool *pool;
	struct claude_profile profile;
	enum effort asked;	/* by the client, else by the configuration */
	long max_tokens;

	struct pieces system;
	struct claude_tool *tools, *last_tool;
	struct message *messages, *last;

	const char *choice;	/* NULL: not sent */
	struct span choice_name;
	bool single;		/* disable_parallel_tool_use */
	/* Forced choice in words, where the model takes no other. */
	struct span order;

	unsigned thinking;	/* enum claude_type; 0: not sent */
	long budget;
	enum effort effort;	/* EFFORT_UNSET: not sent */
	bool use_interleaved;
	double temperature, top_p;	/* negative: not sent */
	long top_k;
	json_t *schema;		/* output_config.format; NULL: none */
	struct span instruction;	/* the same in words */
};

void piece_append(struct pieces *list, struct piece *p);
/* A text of ours, or of several of the client's. */
struct piece *piece_text(struct pool *pool, struct span text);

/* claude_tools.c: tools and tool_choice (S.5). */
void claude_body_tools(struct claude_body *b);
void claude_body_choice(struct claude_body *b);

/*
 * claude_turns.c: system and messages (S.3). -1 when calls and results do not
 * go together, or nothing is left of a message.
 */
int claude_body_turns(struct claude_body *b, struct fault *why);
/* claude_pairs.c: the check of calls and results, a step of claude_body_turns(). */
int claude_body_pairs(struct claude_body *b, struct fault *why);

/* claude_thinking.c: S.4 and max_tokens of S.2. */
void claude_body_max_tokens(struct claude_body *b);
void claude_body_thinking(struct claude_body *b);
void claude_body_sampling(struct claude_body *b);

#endif
