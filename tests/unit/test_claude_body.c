/*
 * Conversations as Claude gets them: the order of messages (o2c section S.3),
 * cache marks (S.7).  Requests are written in shorthand, one word a turn:
 *
 *	u:text s:text a:text	a text of user, system, assistant
 *	c:id r:id		a call and its result
 *	t:text x:text		thinking that is signed, or somebody else's
 */
#include "../lib/tap.h"
#include "dialect/claude_marks.h"

static struct pool *pool;
static struct request *req;
static struct learned learned;
static struct target to;
static struct fault why;

static void
add(char kind, struct span text)
{
	static const struct {
		char kind;
		enum role role;
		enum block_kind block;
	} kinds[] = {
		{ 'u', ROLE_USER, BLOCK_TEXT },
		{ 's', ROLE_SYSTEM, BLOCK_TEXT },
		{ 'a', ROLE_ASSISTANT, BLOCK_TEXT },
		{ 'c', ROLE_ASSISTANT, BLOCK_CALL },
		{ 'r', ROLE_USER, BLOCK_RESULT },
		{ 't', ROLE_ASSISTANT, BLOCK_THINKING },
		{ 'x', ROLE_ASSISTANT, BLOCK_THINKING },
	};
	struct block *b;
	size_t i = 0;

	while (kinds[i].kind != kind)
		i++;
	b = block_add(pool, &turn_add(req, kinds[i].role)->blocks,
	    kinds[i].block);
	b->text = text;
	b->id = text;
	b->tool.name = SPAN("f");
	b->seal.kind = kind == 't' ? SEAL_SIGNATURE : SEAL_FOREIGN;
	b->seal.data = SPAN("sig");
}

static void
open_request(const char *turns)
{
	struct span rest = span_of(turns);

	req = request_new(pool, API_CHAT);
	to = (struct target){ .model = SPAN("claude-opus-5-5"),
	    .caching = true, .learned = &learned };
	fault_clear(&why);
	while (rest.n > 0) {
		struct span word = span_cut(&rest, ' ');

		add(word.p[0], span_from(word, 2));
	}
}

static void
put_pieces(struct buf *out, const struct pieces *list)
{
	for (const struct piece *p = list->first; p != NULL; p = p->next) {
		const struct block *b = p->block;
		bool id = b->kind == BLOCK_CALL || b->kind == BLOCK_RESULT;

		if (p != list->first)
			buf_putc(out, ' ');
		buf_putc(out, b->kind == BLOCK_CALL ? 'c' :
		    b->kind == BLOCK_RESULT ? 'r' :
		    b->kind == BLOCK_THINKING ? 't' : '"');
		buf_put(out, id ? b->id : b->text);
		if (p->mark)
			buf_putc(out, '*');
	}
}

/* System, then the messages: "S | u[r1 "x] s(note) a[t c2]". */
static const char *
run(bool marks)
{
	struct claude_body b = { .req = req, .to = &to, .pool = pool };
	struct span text;
	struct buf out;

	b.profile = claude_profile_of(pool, &to);
	claude_body_tools(&b);
	claude_body_choice(&b);
	if (claude_body_turns(&b, &why) != 0)
		return why.message;
	if (marks)
		claude_body_marks(&b);
	buf_init(&out, 0);
	put_pieces(&out, &b.system);
	buf_putc(&out, '|');
	for (const struct message *m = b.messages; m != NULL; m = m->next) {
		buf_puts(&out, m->assistant ? " a[" : " u[");
		put_pieces(&out, &m->results);
		if (m->results.first != NULL && m->others.first != NULL)
			buf_putc(&out, ' ');
		put_pieces(&out, &m->others);
		buf_putc(&out, ']');
		if (m->notes.p != NULL)
			buf_printf(&out, " s(%.*s)", SPAN_ARG(m->notes));
	}
	text = pool_span(pool, buf_span(&out));
	buf_free(&out);
	return text.p;
}

static const struct { const char *name, *turns, *want, *lost; } orders[] = {
	{ "system texts at the front", "s:A u:q s:B", "\"A \"B| u[\"q]", "" },
	{ "results first, system behind", "u:q c:1 u:d s:A r:1 s:B",
	    "| u[\"q] a[c1] u[r1 \"d] s(A\n\nB)", "" },
	{ "groups merge", "u:a u:b a:c a:d c:1 r:1",
	    "| u[\"a \"b] a[\"c \"d c1] u[r1]", "" },
	{ "system text alone is inlined", "u:a a:b s:N",
	    "| u[\"a] a[\"b] u[\"<system_message>\nN\n</system_message>]",
	    "system_inlined" },
	{ "empty texts vanish, neighbours merge", "u:a a: u:b",
	    "| u[\"a \"b]", "" },
	{ "thinking at the end", "u:a a:b t:c t:d u:e",
	    "| u[\"a] a[\"b] u[\"e]", "thinking_unfinished" },
	{ "a message of it alone", "u:a t:c u:e", "| u[\"a \"e]",
	    "thinking_unfinished" },
	{ "foreign thinking takes the rest along", "u:a t:b a:c x:d c:1 r:1 "
	    "t:e a:f u:g", "| u[\"a] a[\"c c1] u[r1] a[te \"f] u[\"g]",
	    "reasoning_foreign" },
	{ "assistant first", "s:A a:x u:y",
	    "\"A| u[\"Continue.] a[\"x] u[\"y]", "" },
	{ "assistant last", "u:x a:y", "| u[\"x] a[\"y] u[\"Continue.]",
	    "trailing_assistant" },
	{ "system alone", "s:A", "\"A| u[\"Continue.]", "" },
	{ "nothing at all", "", "| u[\"Continue.]", "" },
	{ "two results for a call", "u:q c:1 c:2 r:1 r:2 r:1",
	    "| u[\"q] a[c1 c2] u[r1 r2]", "duplicate_tool_result" },
	{ "a call without result", "u:q c:1 c:2 r:2 u:x",
	    "An assistant message with 'tool_calls' must be followed by tool "
	    "messages responding to each 'tool_call_id'. The following "
	    "tool_call_ids did not have response messages: 1", "" },
	{ "a result without call", "u:q c:1 r:1 r:3",
	    "messages with role 'tool' must be a response to a preceding "
	    "message with 'tool_calls'.", "" },
	{ "a result too late", "u:q c:1 r:1 a:x r:1",
	    "messages with role 'tool' must be a response to a preceding "
	    "message with 'tool_calls'.", "" },
};

static void
order(void)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct buf lost;

		open_request(orders[i].turns);
		is_str(run(false), orders[i].want, "%s", orders[i].name);
		buf_init(&lost, 0);
		losses_put(&lost, req->losses);
		is_str(buf_str(&lost), orders[i].lost, "%s: losses",
		    orders[i].name);
		buf_free(&lost);
	}
	open_request("u:x");
	turn_add(req, ROLE_USER)->dropped = SPAN("image");
	req->last_turn->path = SPAN("messages[1]");
	is_str(run(false), "no supported content left after dropping image",
	    "a message that lost all it had");
	is_str(why.param, "messages[1].content", "and where");

	open_request("u:a a:b s:N u:c");
	to.model = SPAN("claude-sonnet-5");
	is_str(run(false), "| u[\"a] a[\"b] u[\"c \"<system_message>\nN\n"
	    "</system_message>]", "a model without role system");
	open_request("u:a a:b s:N u:c");
	tool_add(req, TOOL_FUNCTION, SPAN_NONE, SPAN("f"));
	req->choice = CHOICE_ANY;
	is_str(run(false), "| u[\"a] a[\"b] u[\"c] s(N\n\nIn this turn you "
	    "must call at least one of the available tools; do not answer in "
	    "text only.)", "forced choice in words");
}

static const char *
calls(size_t count)
{
	struct buf turns;
	const char *text;

	buf_init(&turns, 0);
	buf_puts(&turns, "u:q t:x");
	for (size_t i = 0; i < count; i++)
		buf_printf(&turns, " c:%zu", i);
	for (size_t i = 0; i < count; i++)
		buf_printf(&turns, " r:%zu", i);
	text = pool_span(pool, buf_span(&turns)).p;
	buf_free(&turns);
	return text;
}

static void
marks(void)
{
	open_request("s:A u:q");
	is_str(run(true), "\"A| u[\"q]", "one short prompt has none");
	open_request("s:A u:q");
	req->turns->blocks->text = (struct span){
	    pool_alloc(pool, 2049), 2049 };
	memset((char *)req->turns->blocks->text.p, 'x', 2049);
	ok(span_ends(span_of(run(true)), "x*| u[\"q]"),
	    "a long system text has one");
	open_request("s:A u:q");
	tool_add(req, TOOL_FUNCTION, SPAN_NONE, SPAN("f"));
	is_str(run(true), "\"A*| u[\"q*]", "with tools: head and tail");
	open_request("s:A u:a a:b u:c a:d u:e u:f");
	is_str(run(true), "\"A| u[\"a] a[\"b] u[\"c*] a[\"d] u[\"e \"f*]",
	    "the tail of the last request, and of this");
	open_request("u:a a:b");
	to.caching = false;
	is_str(run(true), "| u[\"a] a[\"b] u[\"Continue.]", "switched off");

	/* Thinking, 7 calls, 7 results: 14 blocks between the tails. */
	open_request(calls(7));
	is_str(run(true), "| u[\"q*] a[tx c0 c1 c2 c3 c4 c5 c6] "
	    "u[r0 r1 r2 r3 r4 r5 r6*]", "up to 15 blocks between them");
	open_request(calls(8));
	is_str(run(true), "| u[\"q*] a[tx c0* c1 c2 c3 c4 c5 c6 c7] "
	    "u[r0 r1 r2 r3 r4 r5 r6 r7*]", "16: a mark 15 before the tail");

	open_request("s:A u:a a:b u:c a:d u:e");
	tool_add(req, TOOL_FUNCTION, SPAN_NONE, SPAN("f"));
	for (struct turn *t = req->turns; t != NULL; t = t->next)
		t->blocks->mark = true;
	is_str(run(true), "\"A| u[\"a] a[\"b*] u[\"c*] a[\"d*] u[\"e*]",
	    "of the client's marks the latest four");
	open_request("s:A u:a a:b u:c");
	req->turns->next->blocks->mark = true;
	req->explicit_cache = true;
	is_str(run(true), "\"A| u[\"a*] a[\"b] u[\"c]", "only the client's");
}

/* The next request begins with what this one was, up to its tail. */
static void
prefix(void)
{
	static const char *const turns[] = {
		"s:A u:a t:x a:b c:1 r:1 s:N",
		" u:c a:d s:M u:e",
		" a: u:f a:g u:h",
	};
	const char *all = "", *before = "", *now;

	for (size_t i = 0; i < 3; i++) {
		all = pool_join(pool, span_of(all), span_of(turns[i]),
		    SPAN(""))
			  .p;
		open_request(pool_str(pool, span_of(all)));
		now = run(false);
		ok(strncmp(before, now, strcspn(before, "]") + 1) == 0 ||
		    before[0] == '\0', "turn %zu goes on: %s", i, now);
		before = now;
	}
	is_str(before, "\"A| u[\"a] a[tx \"b c1] u[r1 \"c] s(N) a[\"d] "
	    "u[\"e \"f] s(M) a[\"g] u[\"h]", "the whole of it");
}

int
main(void)
{
	pool = pool_open();
	order();
	marks();
	prefix();
	pool_close(pool);
	return done_testing();
}
