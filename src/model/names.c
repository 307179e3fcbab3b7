#include <stdio.h>

#include "base/codec.h"
#include "base/random.h"
#include "model/names.h"

/* What both vendors take as a tool's name without a second look. */
#define NAME_MAX_BYTES 64
/* OpenAI's limit for call ids. */
#define ID_MAX_BYTES 64

/* [A-Za-z0-9_-], the alphabet that names and ids share. */
static bool
plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
all_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!plain(s.p[i]))
			return false;
	return s.n > 0;
}

/* A copy of the first n bytes of s with every other byte as '_'. */
static struct span
plain_stem(struct pool *pool, struct span s, size_t n)
{
	struct span head = span_head(s, n);
	char *p = pool_alloc(pool, head.n + 1);

	for (size_t i = 0; i < head.n; i++)
		p[i] = plain(head.p[i]) ? head.p[i] : '_';
	return (struct span){ p, head.n };
}

/*
 * The kind does not tell keys apart, since a history may call a freeform tool
 * as if it were a function; only the hosted search is a world of its own.
 */
bool
tool_key_eq(struct tool_key a, struct tool_key b)
{
	return (a.kind == TOOL_SEARCH_WEB) == (b.kind == TOOL_SEARCH_WEB) &&
	    span_eq(a.space, b.space) && span_eq(a.name, b.name);
}

/* The length of the namespace keeps "a", "bc" and "ab", "c" apart. */
struct span
tool_key_text(struct pool *pool, struct tool_key key)
{
	struct span head = pool_printf(pool, "%c%lld ",
	    key.kind == TOOL_SEARCH_WEB ? 'w' : 'f',
	    key.space.p != NULL ? (long long)key.space.n : -1);

	return pool_join(pool, head, key.space, key.name);
}

const struct tool_key *
names_find(const struct names *names, struct span alias)
{
	const struct name *n = words_get(&names->by_alias, alias);

	return n != NULL ? &n->key : NULL;
}

void
names_reserve(struct names *names, struct pool *pool, struct tool_key key,
    struct span alias)
{
	struct name *n = pool_new(pool, struct name);

	n->key = key;
	n->alias = alias;
	n->next = names->first;
	names->first = n;
	words_put(&names->by_alias, pool, alias, n);
	words_put(&names->by_key, pool, tool_key_text(pool, key), n);
}

/* "functions" is OpenAI's own default: its members have no prefix. */
static struct span
flat_name(struct pool *pool, struct tool_key key)
{
	if (key.space.n == 0 || span_is(key.space, "functions"))
		return key.name;
	return pool_join(pool, key.space,
	    span_ends(key.space, "__") ? SPAN("") : SPAN("__"), key.name);
}

/* stem_max bytes of the name, '_', and that many digits of the key's hash. */
static struct span
hashed_name(struct pool *pool, struct tool_key key, struct span flat,
    size_t stem_max, size_t digits)
{
	struct span full = key.name;

	if (key.space.n > 0 && !span_is(key.space, "functions"))
		full = pool_join(pool, key.space, SPAN("\x1f"), key.name);
	return pool_join(pool, plain_stem(pool, flat, stem_max), SPAN("_"),
	    sha256_hex(pool, full, digits));
}

struct span
names_alias(struct names *names, struct pool *pool, struct tool_key key)
{
	struct span text = tool_key_text(pool, key), flat, alias;
	const struct name *known = words_get(&names->by_key, text);

	if (known != NULL)
		return known->alias;
	flat = flat_name(pool, key);
	alias = flat;
	if (!all_plain(flat) || flat.n > NAME_MAX_BYTES ||
	    names_find(names, alias) != NULL)
		alias = hashed_name(pool, key, flat, 55, 8);
	if (names_find(names, alias) != NULL)
		alias = hashed_name(pool, key, flat, 47, 16);
	names_reserve(names, pool, key, alias);
	return alias;
}

struct span
call_id_to_claude(struct pool *pool, struct span id)
{
	if (all_plain(id))
		return id;
	return pool_join(pool, plain_stem(pool, id, id.n), SPAN("_"),
	    sha256_hex(pool, id, 8));
}

/*
 * Ids that Claude's pattern does not allow, or that a server has given before,
 * are wrapped so that they can be taken out again:
 *
 *	functions.Read:0  ->  c2id_ZnVuY3Rpb25zLlJlYWQ6MA_9f3a61c2
 */
#define WRAP_HEAD "c2id_"
#define WRAP_TAIL 9	/* '_' and eight random digits */

struct span
call_id_from_openai(struct pool *pool, struct span id,
    bool (*used)(const void *arg, struct span id), const void *arg)
{
	struct buf b;
	struct span wrapped;

	if (id.n == 0)
		return random_base62(pool, "call_", 24);
	if (all_plain(id) && id.n <= ID_MAX_BYTES &&
	    (used == NULL || !used(arg, id)))
		return pool_span(pool, id);
	buf_init(&b, 0);
	buf_puts(&b, WRAP_HEAD);
	base64url_put(&b, id);
	wrapped = pool_join(pool, buf_span(&b), SPAN("_"),
	    random_hex(pool, "", 8));
	buf_free(&b);
	return wrapped;
}

/* Would wrapping it give this text? Base64 has other spellings as well. */
static bool
wraps_to(struct span inner, struct span text)
{
	struct buf b;
	bool same;

	buf_init(&b, 0);
	base64url_put(&b, inner);
	same = span_eq(buf_span(&b), text);
	buf_free(&b);
	return same;
}

/* The id inside a wrapped one; -1 when it is not wrapped. */
static int
unwrap(struct pool *pool, struct span id, struct span *inner)
{
	struct span text;

	if (!span_starts(id, WRAP_HEAD) ||
	    id.n <= sizeof(WRAP_HEAD) - 1 + WRAP_TAIL ||
	    id.p[id.n - WRAP_TAIL] != '_')
		return -1;
	text = span_head(id, id.n - WRAP_TAIL);
	text = span_from(text, sizeof(WRAP_HEAD) - 1);
	if (base64url_read(pool, text, inner) != 0 || inner->n == 0 ||
	    !utf8_valid(*inner) || !wraps_to(*inner, text))
		return -1;
	for (size_t i = 0; i < inner->n; i++)
		if ((unsigned char)inner->p[i] < 0x20 || inner->p[i] == 0x7f)
			return -1;
	return 0;
}

struct span
call_id_to_openai(struct pool *pool, struct span id)
{
	struct span inner;

	if (unwrap(pool, id, &inner) == 0)
		id = inner;
	if (id.n <= ID_MAX_BYTES)
		return id;
	return pool_join(pool, span_head(id, 47), SPAN("_"),
	    sha256_hex(pool, id, 16));
}
