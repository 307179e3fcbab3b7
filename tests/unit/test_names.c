#include "../lib/tap.h"
#include "base/random.h"
#include "model/names.h"

static struct pool *pool;

static const char *
alias(struct names *names, const char *space, const char *name)
{
	struct tool_key key = { TOOL_FUNCTION, span_of(space), span_of(name) };

	return pool_str(pool, names_alias(names, pool, key));
}

static void
aliases(void)
{
	struct names names = { NULL };
	const char *first;

	is_str(alias(&names, NULL, "get_weather"), "get_weather",
	    "a plain name is its own alias");
	is_str(alias(&names, NULL, "files.read"), "files_read_601e4eb6",
	    "c2o-common 4.6, the dotted name");
	is_str(alias(&names, NULL,
		   "mcp__warehouse_inventory_service_"
		   "production__list_shipments_by_destination_region"),
	    "mcp__warehouse_inventory_service_production__list_shipm_"
	    "3510db0c",
	    "c2o-common 4.6, the long name");
	is_str(alias(&names, "mcp__docs.server", "find"),
	    "mcp__docs_server__find_260136a1", "R6, the namespaced tool");
	is_str(alias(&names, "functions", "plain"), "plain",
	    "functions is the default namespace");
	is_str(alias(&names, "a__", "b"), "a__b", "no doubled separator");
	first = alias(&names, NULL, "a__b");
	ok(strcmp(first, "a__b") != 0 && span_starts(span_of(first), "a__b_"),
	    "a second key with one alias is hashed: %s", first);
	is_str(alias(&names, NULL, "a__b"), first, "and stays so");
}

static void
back(void)
{
	struct names names = { NULL };
	const struct tool_key *key;
	const char *a = alias(&names, "s.p", "n");

	key = names_find(&names, span_of(a));
	ok(key != NULL && span_is(key->space, "s.p") && span_is(key->name, "n"),
	    "an alias leads back to its key");
	ok(names_find(&names, SPAN("made_up")) == NULL,
	    "an invented name leads nowhere");
}

static void
web_search_is_taken(void)
{
	struct names names = { NULL };
	struct tool_key hosted = { TOOL_SEARCH_WEB, SPAN_NONE,
		SPAN("web_search") };

	names_reserve(&names, pool, hosted, SPAN("web_search"));
	ok(strcmp(alias(&names, NULL, "web_search"), "web_search") != 0,
	    "a function web_search beside the hosted one is hashed");
}

static bool
seen(const void *arg, struct span id)
{
	return span_is(id, arg);
}

static const char *
given(const char *id, const char *used)
{
	return pool_str(pool,
	    call_id_from_openai(pool, span_of(id), seen, used));
}

static const char *
returned(const char *id)
{
	return pool_str(pool, call_id_to_openai(pool, span_of(id)));
}

static void
call_ids(void)
{
	const char *wrapped;

	random_fixed();
	is_str(given("call_1", "x"), "call_1", "a plain id stays");
	wrapped = given("functions.get_weather:2", "x");
	is_str(wrapped, "c2id_ZnVuY3Rpb25zLmdldF93ZWF0aGVyOjI_00000001",
	    "c2o-chat E2");
	is_str(returned(wrapped), "functions.get_weather:2", "and back");
	is_str(returned(given("call_1", "call_1")), "call_1",
	    "a used id is wrapped, and comes back");
	is_str(given("", "x"), "call_000000000000000000000003",
	    "no id: one is made");
	is_str(returned("c2id_bm9uZQ"), "c2id_bm9uZQ",
	    "what is no envelope stays as it is");
	is_str(returned("c2id_Zg_00000001"), "f", "an envelope is opened");
	is_str(returned("c2id_Zh_00000001"), "c2id_Zh_00000001",
	    "another spelling of the same base64 is none");
	is_int((long long)strlen(
		   returned("123456789012345678901234567890123"
			    "45678901234567890123456789012345678901234567890")),
	    64, "a long id is cut to 64");
	is_str(pool_str(pool, call_id_to_claude(pool, SPAN("a.b"))),
	    pool_str(pool, call_id_to_claude(pool, SPAN("a.b"))),
	    "Claude ids are a pure function");
}

int
main(void)
{
	pool = pool_open();
	aliases();
	back();
	web_search_is_taken();
	call_ids();
	pool_close(pool);
	return done_testing();
}
