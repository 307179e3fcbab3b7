/*
 * A context that is too small, said by many servers in many words.  Claude's
 * clients act on two of Claude's own: at the first they compact the
 * conversation, at the second they ask again for a shorter answer.
 *
 *	prompt is too long: 130512 tokens > 128000 maximum
 *	input length and `max_tokens` exceed context limit: 8960 + 32000 >
 *	    32768, decrease input length or `max_tokens` and try again
 */
#include <ctype.h>
#include <stdio.h>

#include "dialect/openai_error_read.h"
#include "wire/jget.h"

/* Tokens, -1 where they are not said. */
struct sizes {
	long prompt, more, completion, most;
};

/*
 * How servers say the numbers: %P the prompt (%Q more of it), %C the
 * completion, %M the maximum; '*' stands for anything.
 */
static const char *const patterns[] = {
	"context length is %M *(%P in the messages, %C in the completion",
	"context length is %M *(%P in the messages, %Q in *, and %C in the",
	"context length is %M *(%P of text input, %Q of tool input, %C in",
	"context length is %M *(%P of text input, %C in the output",
	"is too large: %C*context length is %M *request has %P input tokens",
	"context length is %M *request has %P input tokens",
	"context length is %M *resulted in %P tokens",
	"context length is %M *requested about %P tokens",
	"context length is %M *requested %P tokens",
	"passed %P input tokens and requested %C output *is only %M tokens",
	"request (%P tokens) exceeds the available context size (%M tokens",
	"contains %P tokens*model with %M maximum context length",
	"prompt is too long: %P, model maximum context length: %M",
	"prompt (length %P) is longer than the maximum model length of %M",
	"token count (%P) exceeds the maximum number of tokens allowed (%M)",
	"must be <= %M. given: %P `inputs` tokens and %C `max_new_tokens`",
};

/* What tells a context error without any numbers. */
static const char *const phrases[] = {
	"exceeds the context window",
	"maximum context length",
	"exceed the available context size",
	"exceeds the available context size",
	"exceeds the context length",
	"prompt is too long",
};

static bool
is_context_code(const char *code)
{
	return strcmp(code, "context_length_exceeded") == 0 ||
	    strcmp(code, "exceed_context_size_error") == 0;
}

/* A number at *s, which may have commas: 131,072. */
static bool
eat_number(struct span *s, long *n)
{
	size_t i = 0, digits = 0;
	long value = 0;

	for (; i < s->n && digits < 12; i++) {
		if (isdigit((unsigned char)s->p[i])) {
			value = value * 10 + (s->p[i] - '0');
			digits++;
		} else if (s->p[i] != ',' || i + 1 >= s->n ||
		    !isdigit((unsigned char)s->p[i + 1])) {
			break;
		}
	}
	*s = span_from(*s, i);
	*n = value;
	return digits > 0;
}

static long *
slot(struct sizes *z, char letter)
{
	switch (letter) {
	case 'P':
		return &z->prompt;
	case 'Q':
		return &z->more;
	case 'C':
		return &z->completion;
	default:
		return &z->most;
	}
}

/* Does the pattern up to its end or '*' stand at s? Then s is behind it. */
static bool
eat_piece(const char *pattern, struct span *s, struct sizes *z)
{
	struct span at = *s;

	for (; *pattern != '\0' && *pattern != '*'; pattern++) {
		if (*pattern == '%') {
			if (!eat_number(&at, slot(z, *++pattern)))
				return false;
		} else if (at.n > 0 && tolower((unsigned char)at.p[0]) ==
		    *pattern) {
			at = span_from(at, 1);
		} else {
			return false;
		}
	}
	*s = at;
	return true;
}

/* Piece after piece, each at the first place where it stands. */
static bool
matches(const char *pattern, struct span s, struct sizes *z)
{
	for (;;) {
		while (!eat_piece(pattern, &s, z)) {
			if (s.n == 0)
				return false;
			s = span_from(s, 1);
		}
		pattern = strchr(pattern, '*');
		if (pattern == NULL)
			return true;
		pattern++;
	}
}

static bool
read_sizes(struct span text, struct sizes *z)
{
	static const struct sizes unknown = { -1, -1, -1, -1 };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		*z = unknown;
		if (matches(patterns[i], text, z)) {
			if (z->more > 0)
				z->prompt += z->more;
			return true;
		}
	}
	*z = unknown;
	return false;
}

static bool
has_phrase(struct span text)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (span_find_like(text, phrases[i]) >= 0)
			return true;
	return false;
}

/* llama.cpp has the numbers in fields of their own. */
static void
read_fields(const json_t *error, struct sizes *z)
{
	if (z->prompt < 0)
		z->prompt = jget_long(error, "n_prompt_tokens", -1);
	if (z->most < 0)
		z->most = jget_long(error, "n_ctx", -1);
}

static void
rewrite(struct fault *why, const struct sizes *z)
{
	char said[sizeof(why->message)];
	size_t room = sizeof(why->message);

	if (z->prompt >= 0 && z->prompt <= z->most && z->completion >= 0) {
		snprintf(why->message, room, "input length and `max_tokens` "
		    "exceed context limit: %ld + %ld > %ld, decrease input "
		    "length or `max_tokens` and try again", z->prompt,
		    z->completion, z->most);
	} else if (z->most >= 0 && z->prompt > z->most) {
		snprintf(why->message, room, "prompt is too long: %ld tokens "
		    "> %ld maximum", z->prompt, z->most);
	} else if (!span_starts(span_of(why->message), "prompt is too long")) {
		fault_copy(said, room - strlen("prompt is too long: "),
		    span_of(why->message));
		snprintf(why->message, room, "prompt is too long: %.*s",
		    (int)(room - 24), said);
	}
	fault_copy(why->code, sizeof(why->code),
	    SPAN("context_length_exceeded"));
}

bool
openai_context_fault(struct fault *why, const json_t *error,
    struct span extra)
{
	struct span message = span_of(why->message);
	struct sizes z;

	extra = span_head(extra, sizeof(why->message));
	if (!read_sizes(message, &z) && !read_sizes(extra, &z) &&
	    !is_context_code(why->code) && !is_context_code(why->type) &&
	    !has_phrase(message) && !has_phrase(extra))
		return false;
	read_fields(error, &z);
	rewrite(why, &z);
	return true;
}
