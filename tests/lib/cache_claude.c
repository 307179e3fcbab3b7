/* Claude's prompt cache. */
#include "cache_claude.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jx.h"

enum { LOOKBACK = 20, BYTES_PER_TOKEN = 4, SHORT = 300, LONG = 3600 };

/* o2c section S.1, "cache min"; the longest name that fits counts. */
static const struct {
	const char	*prefix;
	long		 tokens;
} minimums[] = {
	{ "claude-fable-5", 512 }, { "claude-mythos-5", 512 },
	{ "claude-opus-5", 512 }, { "claude-sonnet-5-5", 512 },
	{ "claude-haiku-5-5", 512 }, { "claude-mythos-preview", 2048 },
	{ "claude-sonnet-5", 1024 }, { "claude-opus-4-8", 1024 },
	{ "claude-opus-4-7", 2048 }, { "claude-sonnet-4-6", 1024 },
	{ "claude-sonnet-4-5", 1024 }, { "", 4096 },
};

static long
minimum_of(const char *model)
{
	size_t best = 0;
	long tokens = 0;

	for (size_t i = 0; i < sizeof(minimums) / sizeof(minimums[0]); i++) {
		size_t n = strlen(minimums[i].prefix);

		if (strncmp(model, minimums[i].prefix, n) == 0 &&
		    (n > best || tokens == 0)) {
			best = n;
			tokens = minimums[i].tokens;
		}
	}
	return tokens;
}

/* --- the blocks of a request, in a row -------------------------------------- */

struct place {
	uint64_t	 hash;		/* of all up to here */
	size_t		 bytes;		/* likewise */
	long		 life;		/* of the mark on it; 0: none */
};

struct row {
	struct place	*list;
	size_t		 count, room;
	uint64_t	 hash;
	size_t		 bytes;
};

static void
mix(struct row *r, const char *text)
{
	for (; *text != '\0'; text++)
		r->hash = (r->hash ^ (unsigned char)*text) *
		    0x100000001b3u;
	r->hash = (r->hash ^ 0xff) * 0x100000001b3u;
}

static void
add_text(struct row *r, const char *text, long life)
{
	if (r->count == r->room) {
		r->room = r->room * 2 + 64;
		r->list = realloc(r->list, r->room * sizeof(r->list[0]));
		if (r->list == NULL)
			abort();
	}
	mix(r, text);
	r->bytes += strlen(text);
	r->list[r->count++] = (struct place){ r->hash, r->bytes, life };
}

static void
add_block(struct row *r, const json_t *block)
{
	const json_t *mark = json_object_get(block, "cache_control");
	json_t *bare = json_copy((json_t *)block);
	char *text;

	if (json_is_object(bare))
		json_object_del(bare, "cache_control");
	text = jx_text(bare);
	add_text(r, text, mark == NULL ? 0 : jx_is(mark, "ttl", "1h") ?
	    LONG : SHORT);
	free(text);
	json_decref(bare);
}

static void
add_blocks(struct row *r, const json_t *content)
{
	json_t *block;
	size_t i;

	if (json_is_string(content))
		add_block(r, content);
	json_array_foreach(content, i, block)
		add_block(r, block);
}

/* These change what the messages are read as. */
static void
mix_settings(struct row *r, const json_t *body)
{
	static const char *const keys[] = {
		"tool_choice", "thinking", "output_config", NULL };

	for (const char *const *key = keys; *key != NULL; key++) {
		char *text = jx_text(json_object_get(body, *key));

		mix(r, text != NULL ? text : "");
		free(text);
	}
}

static void
lay_out(struct row *r, const json_t *body)
{
	json_t *m;
	size_t i;

	memset(r, 0, sizeof(*r));
	r->hash = 0xcbf29ce484222325u;
	mix(r, jx_word(body, "model"));
	add_blocks(r, json_object_get(body, "tools"));
	add_blocks(r, json_object_get(body, "system"));
	mix_settings(r, body);
	json_array_foreach(json_object_get(body, "messages"), i, m) {
		mix(r, jx_word(m, "role"));
		add_blocks(r, json_object_get(m, "content"));
	}
}

/* --- entries ----------------------------------------------------------------- */

void
cache_claude_init(struct cache_claude *c)
{
	c->entries = json_object();
}

void
cache_claude_free(struct cache_claude *c)
{
	json_decref(c->entries);
}

static bool
is_kept(const struct cache_claude *c, const struct place *p, long now)
{
	char key[32];

	snprintf(key, sizeof(key), "%016llx", (unsigned long long)p->hash);
	return json_integer_value(json_object_get(c->entries, key)) > now;
}

static void
keep(struct cache_claude *c, const struct place *p, long until)
{
	char key[32];

	snprintf(key, sizeof(key), "%016llx", (unsigned long long)p->hash);
	json_object_set_new(c->entries, key, json_integer(until));
}

/* How many blocks a mark finds; 0: nothing. */
static size_t
found_from(const struct cache_claude *c, const struct row *r, size_t mark,
    long now)
{
	for (size_t n = mark + 1, seen = 0; n > 0 && seen <= LOOKBACK;
	     n--, seen++)
		if (is_kept(c, &r->list[n - 1], now))
			return n;
	return 0;
}

static long
tokens_of(const struct row *r, size_t blocks)
{
	return blocks == 0 ? 0 :
	    (long)(r->list[blocks - 1].bytes / BYTES_PER_TOKEN);
}

struct cache_use
cache_claude_take(struct cache_claude *c, const json_t *body, long now)
{
	long least = minimum_of(jx_word(body, "model"));
	struct cache_use use = { 0 };
	size_t found = 0, kept = 0;
	struct row r;

	lay_out(&r, body);
	for (size_t i = 0; i < r.count; i++) {
		size_t n;

		if (r.list[i].life == 0)
			continue;
		use.marks++;
		n = found_from(c, &r, i, now);
		if (n > found)
			found = n;
		if (tokens_of(&r, i + 1) >= least)
			kept = i + 1;
	}
	for (size_t i = 0; i < kept; i++)
		if (r.list[i].life != 0 && tokens_of(&r, i + 1) >= least)
			keep(c, &r.list[i], now + r.list[i].life);
	if (found > 0)
		keep(c, &r.list[found - 1], now + SHORT);
	use.blocks = r.count;
	use.read = tokens_of(&r, found);
	use.written = kept > found ? tokens_of(&r, kept) - use.read : 0;
	use.input = tokens_of(&r, r.count) - use.read - use.written;
	free(r.list);
	return use;
}
