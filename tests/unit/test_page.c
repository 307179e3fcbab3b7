/* GET /: what an Accept header asks for, and the snapshot as JSON. */
#include <jansson.h>

#include "../lib/tap.h"
#include "gateway/page.h"
#include "gateway/snapshot.h"

static void
kinds(void)
{
	static const struct {
		const char *accept;
		enum page_kind kind;
	} rows[] = {
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,"
		  "*/*;q=0.8", PAGE_HTML },
		{ "TEXT/HTML; charset=utf-8", PAGE_HTML },
		{ "text/event-stream", PAGE_EVENTS },
		{ "application/json", PAGE_JSON },
		{ "application/json, text/html;q=0.5", PAGE_JSON },
		{ "application/json;q=0.4 , text/html ; q=0.5", PAGE_HTML },
		{ "text/html;q=0, application/json;q=0.1", PAGE_JSON },
		{ "text/html;q=x", PAGE_WORDS },
		{ "text/html;q=", PAGE_WORDS },
		{ "*/*", PAGE_WORDS },
		{ "text/plain, text/html;q=0.9", PAGE_WORDS },
		{ "image/png", PAGE_WORDS },
		{ "", PAGE_WORDS },
		{ ",;,", PAGE_WORDS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(page_kind(span_of(rows[i].accept)), rows[i].kind,
		    "accept: %s", rows[i].accept);
	is_int(page_kind(SPAN_NONE), PAGE_WORDS, "no header");
}

static long long
number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

static void
ended(struct live *l)
{
	struct live_row row = { .from = API_MESSAGES, .to = API_CHAT,
		.stream = true, .client = "a-client/1", .asked = "\"<&>\\",
		.model = "m" };
	struct usage use;
	struct live_end end = { .status = 200, .first_ms = 500,
		.total_ms = 1500, .bytes = 7, .usage = &use };

	usage_clear(&use);
	use.output = 30;
	live_begin(l, &row);
	live_end(l, &row, &end);
}

static void
snapshot(struct pool *pool)
{
	struct live *l = live_new();
	struct live_row running = { .from = API_MESSAGES, .to = API_CHAT };
	struct buf text;
	const json_t *row;
	json_t *o;

	buf_init(&text, 0);
	ended(l);
	live_begin(l, &running);
	snapshot_put(&text, live_view(l, pool), MODE_C2O);
	o = json_loads(buf_str(&text), 0, NULL);
	ok(o != NULL, "it is JSON");
	is_int(number(o, "running_requests"), 1, "one runs");
	is_int((long long)json_array_size(json_object_get(o, "minutes")), 60,
	    "an hour");
	row = json_array_get(json_object_get(o, "recent"), 0);
	is_str(json_string_value(json_object_get(row, "model")), "\"<&>\\",
	    "a name as it came");
	is_int(number(row, "output_tokens"), 30, "tokens");
	ok(json_is_null(json_object_get(row, "input_tokens")),
	    "what nobody said is null");
	is_int((long long)json_number_value(json_object_get(row,
	    "tokens_per_second")), 30, "30 tokens in the second after the first");
	row = json_array_get(json_object_get(o, "running"), 0);
	ok(json_is_null(json_object_get(row, "status")), "no status yet");
	live_end(l, &running, &(struct live_end){ .usage =
	    &(struct usage){ .input = -1 } });
	json_decref(o);
	buf_free(&text);
	live_free(l);
}

int
main(void)
{
	struct pool *pool = pool_open();

	kinds();
	snapshot(pool);
	pool_close(pool);
	return done_testing();
}
