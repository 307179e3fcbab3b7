/*
 * Learned limits (c2o-common 10.4): what a refusal says about the fields that
 * an upstream's model does not take.  What is noted here makes the next
 * writing differ, for this request and for later ones to the same model.
 */
#include <ctype.h>

#include "dialect/openai_upstream.h"
#include "dialect/parts.h"

/* A refused value of reasoning effort, or a refused field. */
struct refusal {
	struct request *req;
	struct target *to;
	const struct fault *why;
	struct span message;
};

static bool
says(const struct refusal *r, const char *words)
{
	return span_find_like(r->message, words) >= 0;
}

static bool
was_sent(const struct refusal *r, enum openai_field field)
{
	return (r->req->attempt.sent & (UINT64_C(1) << field)) != 0;
}

static bool
learn(const struct refusal *r, enum openai_field field)
{
	r->to->learned->refused |= UINT64_C(1) << field;
	return true;
}

/* --- which field ---------------------------------------------------- */

/* By parameter; "include" also stands for "include[0]" and "include.0". */
static const struct known {
	const char *name;
	enum openai_field field;
} known[] = {
	{ "reasoning_effort",		OPENAI_EFFORT },
	{ "reasoning.effort",		OPENAI_EFFORT },
	{ "reasoning.summary",		OPENAI_SUMMARY },
	{ "reasoning",			OPENAI_REASONING },
	{ "include",			OPENAI_INCLUDE },
	{ "temperature",		OPENAI_TEMPERATURE },
	{ "top_p",			OPENAI_TOP_P },
	{ "service_tier",		OPENAI_TIER },
	{ "prompt_cache_key",		OPENAI_CACHE_KEY },
	{ "safety_identifier",		OPENAI_SAFETY },
	{ "stream_options",		OPENAI_STREAM_OPTIONS },
	{ "store",			OPENAI_STORE },
	{ "max_completion_tokens",	OPENAI_LIMIT },
	{ "max_tokens",			OPENAI_LIMIT },
	{ "max_output_tokens",		OPENAI_LIMIT },
};

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const struct known *
by_param(struct span param)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		struct span rest;

		if (!span_starts(param, known[i].name))
			continue;
		rest = span_from(param, strlen(known[i].name));
		if (rest.n == 0 || !in_name(rest.p[0]))
			return &known[i];
	}
	return NULL;
}

/* Does the message name the field as a word of its own? */
static bool
mentions(struct span message, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 0; i + n <= message.n; i++) {
		if (memcmp(message.p + i, name, n) != 0)
			continue;
		if ((i == 0 || !in_name(message.p[i - 1])) &&
		    (i + n == message.n || !in_name(message.p[i + n])))
			return true;
	}
	return false;
}

/* Without a parameter: the first field that the message names. */
static const struct known *
by_message(const struct refusal *r)
{
	static const char *const marks[] = {
		"support", "unrecognized", "unknown", "unexpected",
		"not permitted", "not allowed", "invalid", "extra",
	};
	bool refuses = false;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		refuses = refuses || says(r, marks[i]);
	for (size_t i = 0; refuses && i < KNOWN_COUNT; i++)
		if (mentions(r->message, known[i].name) &&
		    (known[i].field == OPENAI_LIMIT ||
		    was_sent(r, known[i].field)))
			return &known[i];
	return NULL;
}

/* --- effort --------------------------------------------------------- */

/*
 * Which efforts does the message list as possible?
 *
 *	Unsupported value: 'max' is not supported with the 'gpt-5' model.
 *	Supported values are: 'minimal', 'low', 'medium', and 'high'.
 *
 * Bits by enum effort; 0 when it lists none.
 */
static unsigned
listed_efforts(const struct refusal *r)
{
	static const char *const leads[] = {
		"supported values", "valid values", "allowed values",
		"one of", "should be", "must be", "expected",
	};
	struct span s = r->message;
	unsigned listed = 0;

	ptrdiff_t at = -1;

	for (size_t i = 0; at < 0 && i < sizeof(leads) / sizeof(*leads); i++)
		at = span_find_like(s, leads[i]);
	if (at < 0)
		return 0;
	s = span_from(s, (size_t)at);
	for (size_t i = 0, n; i < s.n; i += n + 1) {
		enum effort e;

		for (n = 0; i + n < s.n && in_name(s.p[i + n]); n++)
			;
		e = effort_by_word(span_head(span_from(s, i), n));
		if (e != EFFORT_UNSET)
			listed |= 1u << e;
	}
	return listed & ~(1u << r->req->attempt.effort);
}

/* The field itself is unknown, not its value. */
static bool
refuses_field(const struct refusal *r)
{
	return strcmp(r->why->code, "unsupported_parameter") == 0 ||
	    strcmp(r->why->code, "unknown_parameter") == 0 ||
	    says(r, "unsupported parameter") || says(r, "unknown parameter") ||
	    says(r, "unrecognized") || says(r, "not permitted") ||
	    says(r, "unexpected");
}

static bool
repair_effort(const struct refusal *r)
{
	unsigned listed = listed_efforts(r);
	char *refused = r->to->learned->effort_refused;

	if (r->req->attempt.effort == EFFORT_UNSET)
		return false;
	if (listed == 0 && refuses_field(r))
		return learn(r, OPENAI_EFFORT);
	for (enum effort e = EFFORT_NONE; listed && e <= EFFORT_MAX; e++)
		if (!(listed & 1u << e))
			refused[e] = 1;
	refused[r->req->attempt.effort] = 1;
	return true;
}

/*
 * Function tools with reasoning_effort are not supported for gpt-5.6 in
 * /v1/chat/completions. Please use /v1/responses or set reasoning_effort to
 * 'none'.
 */
static bool
only_none_beside_tools(const struct refusal *r)
{
	return says(r, "reasoning_effort") && says(r, "tools") &&
	    (says(r, "'none'") || says(r, "/v1/responses"));
}

/* --- token limit ---------------------------------------------------- */

/* The number behind some words, or -1. */
static long
number_behind(const struct refusal *r, const char *words)
{
	ptrdiff_t at = span_find_like(r->message, words);
	struct span s;
	size_t n = 0;
	long value;

	if (at < 0)
		return -1;
	s = span_trim(span_from(r->message, (size_t)at + strlen(words)));
	while (n < s.n && isdigit((unsigned char)s.p[n]))
		n++;
	return span_long(span_head(s, n), &value) == 0 ? value : -1;
}

/*
 * max_tokens is too large: 64000. This model supports at most 16384
 * completion tokens, whereas you provided 64000.
 */
static long
largest_limit(const struct refusal *r)
{
	static const char *const leads[] = {
		"supports at most", "at most", "less than or equal to", "<=",
		"maximum value is", "maximum is", "maximum of",
	};

	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		long n = number_behind(r, leads[i]);

		if (n > 0)
			return n;
	}
	return -1;
}

static bool
repair_limit(const struct refusal *r, const char *name)
{
	long most = largest_limit(r);

	if (most > 0 && most < r->req->attempt.limit) {
		r->to->learned->token_limit = most;
		return true;
	}
	/* The other name, unless that was tried. */
	if (most > 0 || strcmp(name, "max_output_tokens") == 0 ||
	    openai_refused(r->to, OPENAI_LIMIT) ||
	    !(refuses_field(r) || says(r, "instead")))
		return false;
	return learn(r, OPENAI_LIMIT);
}

/* --- sealed reasoning ----------------------------------------------- */

/* Sent back to another account, or changed on the way. */
static bool
refuses_seals(const struct refusal *r)
{
	return strcmp(r->why->code, "invalid_encrypted_content") == 0 ||
	    says(r, "could not be verified") ||
	    (says(r, "item with id 'rs_") && says(r, "not found"));
}

/* For this request alone: the next one's may be good. */
static bool
repair_seals(const struct refusal *r)
{
	bool before = r->req->attempt.unsealed;

	r->req->attempt.unsealed = true;
	return !before;
}

/* --- all of them ---------------------------------------------------- */

/* Never tried again: these shall reach the client. */
static bool
is_final(const struct refusal *r)
{
	return strcmp(r->why->code, "context_length_exceeded") == 0 ||
	    says(r, "cannot be used") ||
	    strcmp(r->why->param, "parallel_tool_calls") == 0;
}

static bool
repair_field(const struct refusal *r, const struct known *n)
{
	switch (n->field) {
	case OPENAI_LIMIT:
		return repair_limit(r, n->name);
	case OPENAI_EFFORT:
		return was_sent(r, OPENAI_EFFORT) && repair_effort(r);
	default:
		return was_sent(r, n->field) && learn(r, n->field);
	}
}

bool
openai_repair(struct request *req, struct target *to,
    const struct fault *why, const char **what)
{
	struct refusal r = { req, to, why, span_of(why->message) };
	const struct known *n;

	if (is_final(&r))
		return false;
	if (refuses_seals(&r)) {
		*what = "encrypted_content";
		return repair_seals(&r);
	}
	if (only_none_beside_tools(&r) &&
	    !openai_refused(to, OPENAI_EFFORT_BESIDE_TOOLS)) {
		*what = "reasoning_effort";
		return learn(&r, OPENAI_EFFORT_BESIDE_TOOLS);
	}
	n = by_param(span_of(why->param));
	if (n == NULL && says(&r, "encrypted content is not supported"))
		n = by_param(SPAN("include"));
	if (n == NULL && (why->param[0] == '\0' || why->status == 422))
		n = by_message(&r);
	if (n == NULL)
		return false;
	*what = n->name;
	return repair_field(&r, n);
}
