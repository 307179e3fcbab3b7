/*
 * The conversation, in no API's words.
 *
 * A request is ordered turns of ordered blocks beside its settings; a reply
 * is a stream of events (flow.h), folded into blocks again where a whole
 * answer is wanted.  The shape is ours, the contents are spans and jansson
 * nodes borrowed from the parsed body; everything made on the way lives in
 * the request's pool and dies with it.
 *
 * Readers (dialect/X_request_read.c) fill it, writers look at it.  A field
 * that no other API has is kept here only if some writer can use it.
 */
#ifndef CO2_MODEL_H
#define CO2_MODEL_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "model/fault.h"
#include "model/names.h"
#include "model/seal.h"

/* The three APIs. */
enum api { API_MESSAGES, API_CHAT, API_RESPONSES, API_COUNT };

/* A setting that may be left unsaid. */
enum tri { UNSET = -1, NO = 0, YES = 1 };

/* --- blocks --------------------------------------------------------- */

enum block_kind {
	BLOCK_TEXT,
	BLOCK_MEDIA,		/* image or document */
	BLOCK_THINKING,		/* reasoning, with or without a seal */
	BLOCK_CALL,		/* the model calls a tool */
	BLOCK_RESULT,		/* what the tool gave */
	BLOCK_REFUSAL,		/* the model declines, in words */
	BLOCK_SEARCH,		/* a hosted web search: query and links */
	BLOCK_OPAQUE,		/* only its own API has it */
};

enum media_kind { MEDIA_IMAGE, MEDIA_PDF, MEDIA_TEXT };
enum media_source { SOURCE_URL, SOURCE_BASE64, SOURCE_TEXT };

struct media {
	enum media_kind kind;
	enum media_source source;
	struct span type;	/* media type, for SOURCE_BASE64 */
	struct span data;	/* the URL, the base64 text, or the text */
	struct span title;	/* file name or title; absent if none */
	struct span context;	/* Claude documents have one */
};

/* A place in a text that rests on a source. */
struct cite {
	struct cite *next;
	struct span url, title, text;	/* text: what is cited, if known */
	long start, end;	/* code points in its block; -1 unknown */
};

/* One link that a hosted web search found. */
struct link {
	struct link *next;
	struct span url, title;
};

struct block {
	struct block *next;
	enum block_kind kind;
	/*
	 * Where it stood in the client's body, in the client's own style:
	 * "messages.0.content.1" on /v1/messages, "messages[0].content[1]"
	 * and "input[0].content[1]" on the OpenAI endpoints.
	 */
	struct span path;
	bool mark;		/* the client put a cache mark on it */
	bool stray;		/* OPAQUE: not worth a warning */

	struct span text;	/* TEXT, THINKING, REFUSAL */
	struct cite *cites;	/* TEXT */
	struct media media;	/* MEDIA */
	struct seal seal;	/* THINKING */

	/* CALL, RESULT and SEARCH: the call's id as the client knows it. */
	struct span id;
	/*
	 * CALL; on a RESULT without id the tool's name, if said; on a TEXT
	 * the tool whose name it ends with, as the client knows it.
	 */
	struct tool_key tool;
	/* CALL: the arguments, either as a tree or as text (absent: tree). */
	json_t *input;
	struct span arguments;

	bool is_error;		/* RESULT */
	/*
	 * RESULT: its blocks. A plain string is one TEXT block and `whole` is
	 * set, so that a writer can give a string back.
	 */
	struct block *content;
	bool whole;

	struct span query;	/* SEARCH */
	struct link *links;
	struct span failure;	/* SEARCH: an error word, absent if it went well */

	struct span type;	/* OPAQUE: its type's name */
	json_t *node;		/* OPAQUE, and what a reader wants to keep */
};

/* --- turns ---------------------------------------------------------- */

enum role { ROLE_USER, ROLE_ASSISTANT, ROLE_SYSTEM };

/*
 * One message as the client sent it; nothing is merged yet. On the Responses
 * API neighbouring items of one message's kind form a turn each.
 */
struct turn {
	struct turn *next;
	enum role role;
	struct span path;	/* "messages.3", "messages[3]", "input[3]" */
	size_t index;		/* its number in the client's list */
	struct block *blocks;
	bool plain;		/* the content was a string */
	/*
	 * It had content, and what is left was dropped on the way: a message
	 * that ends up empty is then refused instead of left out. The types
	 * that were dropped, comma-separated.
	 */
	struct span dropped;
};

/* --- tools ---------------------------------------------------------- */

struct tool {
	struct tool *next;
	struct tool_key key;	/* kind, namespace, name */
	struct span path;	/* "tools.0", "tools[0]" */
	struct span description;
	json_t *schema;		/* NULL: none given */
	enum tri strict;
	struct span syntax, grammar;	/* freeform tools */
	json_t *examples;	/* an array, or NULL */
	bool mark;		/* a cache mark of the client's */
	bool deferred;		/* not shown to the model until it is loaded */
	json_t *node;		/* the tool as the client sent it */
	/* TOOL_SEARCH_WEB */
	json_t *domains, *blocked;	/* arrays of strings, or NULL */
	json_t *location;	/* {city, country, region, timezone}, or NULL */
	long max_uses;		/* -1: no limit */
};

enum choice { CHOICE_UNSET, CHOICE_AUTO, CHOICE_NONE, CHOICE_ANY, CHOICE_TOOL };

/* --- settings ------------------------------------------------------- */

enum effort {
	EFFORT_UNSET,		/* nobody named one */
	EFFORT_NONE, EFFORT_MINIMAL, EFFORT_LOW, EFFORT_MEDIUM, EFFORT_HIGH,
	EFFORT_XHIGH, EFFORT_MAX,
};

enum thinking {
	THINKING_UNSET,
	THINKING_ADAPTIVE,	/* the model decides how much */
	THINKING_BUDGET,	/* at most that many tokens */
	THINKING_OFF,
	THINKING_BETWEEN,	/* Claude's between_tools */
};

/* What the client wants to see of the reasoning text. */
enum show {
	SHOW_UNSET,		/* it did not say */
	SHOW_TEXT,		/* in summary or whole */
	SHOW_SEAL,		/* only what it takes to send it back */
	SHOW_NOTHING,
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SCHEMA };

enum tier { TIER_UNSET, TIER_AUTO, TIER_STANDARD, TIER_FLEX, TIER_PRIORITY };

/* What to do with a request beside answering it (Responses API). */
enum task { TASK_ANSWER, TASK_COUNT, TASK_COMPACT };

/* One thing that was changed or dropped, and said so. */
struct loss {
	struct loss *next;
	const char *code;	/* one of those in model.c */
	struct span detail;	/* a path or word; absent if none */
};

struct request {
	struct pool *pool;
	enum api from;		/* the client's API */
	json_t *body;		/* the client's body, after the gate */
	enum task task;

	struct span model;	/* as the client named it */
	bool stream;
	bool usage_chunk;	/* chat: stream_options.include_usage */
	bool legacy;		/* chat: functions instead of tools */
	bool sources;		/* responses: sources of searches wanted */
	bool compact_item;	/* responses: TASK_COMPACT came with the input */

	/*
	 * Texts that stand apart from the turns: Claude's "system" blocks,
	 * the Responses API's "instructions".
	 */
	struct block *system;
	struct turn *turns, *last_turn;	/* grown by turn_add() */

	struct tool *tools, *last_tool;	/* grown by tool_add() */
	struct words tools_by_key, tools_by_name;
	unsigned tool_kinds;	/* bits by enum tool_kind */
	enum choice choice;
	struct tool_key chosen;	/* CHOICE_TOOL */
	/*
	 * The choice is limited to these (allowed_tools), else NULL. A list
	 * of keys, ended by one whose name is absent.
	 */
	const struct tool_key *allowed;
	enum tri parallel;	/* may the reply hold several calls */
	long max_calls;		/* hosted calls; -1 */

	long max_tokens;	/* -1: not said */
	double temperature, top_p;	/* negative: not said */
	long top_k;		/* -1 */
	/*
	 * Stop sequences that are matched here; a writer moves those that its
	 * upstream matches itself to sent_stops (NULL: not parted yet).
	 */
	const struct span *stops;
	size_t stop_count;
	const struct span *sent_stops;
	size_t sent_stop_count;

	enum effort effort;
	enum thinking thinking;
	long budget;		/* THINKING_BUDGET */
	enum show show;
	bool no_thoughts;	/* a repair: the history's reasoning stays out */

	enum format format;
	json_t *schema;		/* FORMAT_SCHEMA */
	struct span schema_name, schema_description;
	enum tri schema_strict;

	enum tier tier;
	bool fast;		/* Claude's speed "fast" */

	/* Who is asking; hashed before it goes anywhere. */
	struct span user;	/* safety_identifier, user, account */
	struct span session;	/* for the cache key */
	struct span agent;

	bool explicit_cache;	/* marks of the client's only */
	bool long_cache;	/* a lifetime over five minutes was asked for */

	/* From headers, set by the gateway before the body is read. */
	bool codex;		/* the client is Codex */
	struct span client;	/* digest of the client's key; scope of memories */
	struct span session_header, agent_header;

	/*
	 * From a request writer to its dialect's repair(): which optional
	 * fields were written (the dialect's bits), with which effort and
	 * token limit (0: none), and that sealed reasoning was refused, which
	 * the next writing leaves out.
	 */
	struct {
		uint64_t sent;
		enum effort effort;
		long limit;
		bool unsealed;
	} attempt;

	/* Set by the gateway. */
	struct span request_id;	/* as the reply's native header has it */
	long long created;	/* seconds since 1970 of the upstream call */
	long long completed;	/* and of the answer's end; 0: as created */

	struct memory *answers;	/* stored responses; NULL: none are kept */
	struct memory *thoughts;	/* reasoning of chat turns; NULL: none */

	struct names names;	/* tool names and call ids, both ways */
	/* In the order they were reported. */
	struct loss *losses, *last_loss;
	struct words losses_by_text;
};

/* A request with everything unset, living in pool. */
struct request *request_new(struct pool *pool, enum api from);

/* Append to the lists; the block (turn, tool) is the one that was added. */
struct block *block_add(struct pool *pool, struct block **list,
    enum block_kind kind);
struct turn *turn_add(struct request *req, enum role role);
struct tool *tool_add(struct request *req, enum tool_kind kind,
    struct span space, struct span name);
/* A tool that was made elsewhere, and has its key. */
void tool_append(struct request *req, struct tool *t);
/* The first tool with this key, or NULL. */
struct tool *tool_by_key(const struct request *req, struct tool_key key);
/* The first function or freeform tool of that name in any namespace. */
struct tool *tool_by_name(const struct request *req, struct span name);
/* Is there at least one tool of that kind? */
bool request_has_tool(const struct request *req, enum tool_kind kind);

/*
 * Report that something of the request was changed or dropped. The code is
 * one of those in model.c; the detail is printf-like, NULL for none. Said twice,
 * it is kept once.
 */
void request_lost(struct request *req, const char *code,
    const char *detail, ...) __attribute__((format(printf, 3, 4)));
/*
 * The rank of a warning code: content lost (at warn on every request), else a
 * hint (at warn once per client, then at debug).
 */
bool loss_is_content(const char *code);
/* The codes one by one, from 0; NULL behind the last. */
const char *loss_code(size_t i);
/* "code=detail, code, ..." in at most 1024 bytes of ASCII; "" if none. */
void losses_put(struct buf *out, const struct loss *losses);

/* Effort words, both ways; EFFORT_UNSET for an unknown word. "ultra" is max. */
enum effort effort_by_word(struct span word);
const char *effort_word(enum effort e);
/* Design section 5: a thinking budget in tokens as an effort. */
enum effort effort_by_budget(long tokens);

/* --- replies -------------------------------------------------------- */

enum stop {
	STOP_UNSET,
	STOP_END,		/* the model was done */
	STOP_LENGTH,		/* the token limit */
	STOP_CONTEXT,		/* the model's context is full */
	STOP_SEQUENCE,		/* a stop sequence */
	STOP_CALL,		/* it wants tools called */
	STOP_REFUSAL,		/* declined, or a content filter */
	STOP_PAUSE,		/* a hosted tool needs another turn */
	STOP_OTHER,		/* a word nobody knows; warned about */
};

/*
 * Tokens. -1 is "not said". `input` counts everything, cached or not, as the
 * OpenAI APIs do; Claude's "input_tokens" is input - cached - written.
 */
struct usage {
	long input, cached, written;
	long written_long;	/* of `written`, with the longer lifetime */
	long output, reasoning;
	long searches;
	struct span tier;	/* static text: "standard", "priority", "batch" */
};

/* All fields -1, no tier. */
void usage_clear(struct usage *u);
/* Later values win where they are said. */
void usage_merge(struct usage *into, const struct usage *later);

/* A whole answer: events folded into blocks. */
struct reply {
	struct pool *pool;
	struct span id;		/* the upstream's id */
	struct span model;	/* what the upstream says it ran */
	struct block *blocks;
	struct usage usage;
	enum stop stop;
	struct span stop_sequence;
	/* STOP_REFUSAL: the upstream's words; absent if it gave none. */
	struct span refusal, category;

	struct block *last;
	struct block *open;	/* the one that events add to, or NULL */
	struct cite **cites_end;	/* of the open one */
	struct buf text;	/* its text so far */
};

/* --- the upstream, as far as a dialect may know it ------------------ */

/*
 * Facts learned from refusals, for one upstream and model, until restart.
 * The words are the dialects' own; the keeper is in the gateway.
 */
struct learned {
	uint64_t refused;	/* bits: the dialect's enum of repairs */
	long token_limit;	/* the model's maximum, 0: not learned */
	char effort_refused[8];	/* bit per enum effort: known to be refused */
};

/* What an upstream's list of models says of one. */
struct model_facts {
	bool known;
	long context, max_output;	/* 0: not said */
	/* bits by enum effort; 0: not said */
	unsigned efforts;
	enum tri adaptive, budget, off, between, schemas;
};

struct target {
	struct span model;	/* the upstream's name for the model */
	struct span origin;	/* "https://api.openai.com": scope of seals */
	/*
	 * The vendor's own service (host, or providers.openai.profile), as
	 * against a compatible server.
	 */
	bool official;
	enum effort effort;	/* the configured default; EFFORT_UNSET: none */
	enum tri parallel;	/* routing.openAIParallelToolCalls */
	bool caching;		/* routing.claudePromptCaching */
	/*
	 * What the upstream says of the model; asked for by the dialect, and
	 * only if its own table does not know the model. ask may be NULL.
	 */
	struct model_facts facts;
	void (*ask)(void *arg, struct span model, struct model_facts *facts);
	void *ask_arg;
	struct learned *learned;	/* never NULL; changed by repairs */
	/* Set by write_request: what must go into the anthropic-beta header. */
	struct span beta;
};

#endif
