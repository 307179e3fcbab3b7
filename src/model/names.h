/*
 * Names of tools and ids of calls, both ways.
 *
 * An upstream's alphabet and length limits are narrower than a client's, so
 * names travel under an alias where they must.  The alias is a pure function
 * of the name: the same in every request, for tools, tool choice and history
 * alike; prompt caches depend on it.
 */
#ifndef CO2_NAMES_H
#define CO2_NAMES_H

#include "base/words.h"

enum tool_kind {
	TOOL_FUNCTION,
	TOOL_FREEFORM,		/* OpenAI's "custom": one text, no JSON */
	TOOL_SEARCH,		/* the client searches its own tools */
	TOOL_SEARCH_WEB,	/* hosted web search */
	TOOL_HOSTED,		/* another hosted tool, type in `name` */
};

/* What a client calls a tool. */
struct tool_key {
	enum tool_kind kind;
	struct span space;	/* namespace; absent if none */
	struct span name;
};

struct name {
	struct name *next;
	struct tool_key key;
	struct span alias;
};

struct names {
	struct name *first;	/* newest first */
	struct words by_alias, by_key;	/* of struct name */
};

bool tool_key_eq(struct tool_key a, struct tool_key b);
/* One text for a key; equal keys have equal ones. */
struct span tool_key_text(struct pool *pool, struct tool_key key);

/*
 * The upstream's name for a tool. A name of [A-Za-z0-9_-]{1,64} is its own
 * alias; of others every other byte becomes '_', cut to 55 bytes, followed by
 * '_' and 8 hex digits of SHA-256 of the full key (the name, or namespace,
 * 0x1F and name). When another key has that alias already: 16 digits and 47
 * bytes (o2c section S.5, c2o-common section 4.6). Namespaced tools are
 * called <namespace>__<name>; "functions" is the default namespace.
 * The key is entered, so that the way back finds it.
 */
struct span names_alias(struct names *names, struct pool *pool,
    struct tool_key key);
/* Keep an alias for a key, as "web_search" for the hosted tool. */
void names_reserve(struct names *names, struct pool *pool,
    struct tool_key key, struct span alias);
/* The key behind an alias; NULL when the upstream made the name up. */
const struct tool_key *names_find(const struct names *names, struct span alias);

/*
 * Call ids towards Claude: [A-Za-z0-9_-]+ unchanged, else each other byte as
 * '_' plus '_' and 8 hex digits of SHA-256(id) (o2c section S.3.9).
 */
struct span call_id_to_claude(struct pool *pool, struct span id);
/*
 * Call ids between a Claude client and an OpenAI upstream (c2o-common 4.7):
 * what a client is given for an upstream's id, and what the upstream is given
 * for a client's. `used` says whether an id stands in this conversation.
 */
struct span call_id_from_openai(struct pool *pool, struct span id,
    bool (*used)(const void *arg, struct span id), const void *arg);
struct span call_id_to_openai(struct pool *pool, struct span id);

#endif
