/*
 * The bounded memory: what stays, what goes first.
 */
#include <stdio.h>
#include <time.h>

#include "base/pool.h"
#include "model/memory.h"
#include "../lib/tap.h"

static struct pool *pool;

static const char *
get(struct memory *m, const char *key)
{
	return pool_str(pool, memory_get(m, pool, span_of(key)));
}

static void
put(struct memory *m, const char *key, const char *value)
{
	memory_put(m, span_of(key), span_of(value));
}

static void
keeps_and_replaces(void)
{
	struct memory *m = memory_new(1000, 60);

	is_str(get(m, "a"), NULL, "nothing there yet");
	put(m, "a", "one");
	is_str(get(m, "a"), "one", "a value comes back");
	put(m, "a", "two");
	is_str(get(m, "a"), "two", "a later value replaces it");
	put(m, "", "");
	is_str(get(m, ""), "", "empty keys and values are values");
	ok(memory_drop(m, SPAN("a")), "dropped");
	ok(!memory_drop(m, SPAN("a")), "only once");
	is_str(get(m, "a"), NULL, "and gone");
	memory_free(m);
	memory_free(NULL);
}

static void
forgets_the_least_used(void)
{
	struct memory *m = memory_new(10, 60);

	put(m, "a", "1234");
	put(m, "b", "1234");
	get(m, "a");
	put(m, "c", "1234");
	is_str(get(m, "a"), "1234", "what was used stays");
	is_str(get(m, "b"), NULL, "what was not goes");
	put(m, "a", "12345678901");
	is_str(get(m, "a"), NULL, "what never fits is not kept, nor the old");
	is_str(get(m, "c"), "1234", "and drives out nothing else");
	memory_free(m);
}

static void
forgets_the_old(void)
{
	struct timespec wait = { 0, 20000000 };
	struct memory *m = memory_new(100, 0);

	put(m, "a", "1");
	nanosleep(&wait, NULL);
	is_str(get(m, "a"), NULL, "an old value is gone");
	memory_free(m);
}

static void
holds_many(void)
{
	struct memory *m = memory_new(1 << 20, 60);
	char key[16];
	int found = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		put(m, key, key);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		found += span_is(memory_get(m, pool, span_of(key)), key);
	}
	is_int(found, 1000, "all of many are found");
	memory_free(m);
}

int
main(void)
{
	pool = pool_open();
	keeps_and_replaces();
	forgets_the_least_used();
	forgets_the_old();
	holds_many();
	pool_close(pool);
	return done_testing();
}
