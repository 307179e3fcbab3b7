/*
 * Reading a Claude request: which tools are offered, how calls and results
 * are paired, what is refused in which words.
 */
#include <stdio.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "dialect/dialect.h"
#include "wire/jget.h"

#define HEAD "{\"model\":\"m\",\"max_tokens\":9,"
#define USER "{\"role\":\"user\",\"content\":\"Go\"}"
#define CALL(id) "{\"role\":\"assistant\",\"content\":[{\"type\":" \
	"\"tool_use\",\"id\":\"" id "\",\"name\":\"A\",\"input\":{}}]}"
#define RESULT(id) "{\"role\":\"user\",\"content\":[{\"type\":" \
	"\"tool_result\",\"tool_use_id\":\"" id "\",\"content\":\"ok\"}]}"
#define FOUND(id, tool) "{\"role\":\"user\",\"content\":[{\"type\":" \
	"\"tool_result\",\"tool_use_id\":\"" id "\",\"content\":[{\"type\":" \
	"\"tool_reference\",\"tool_name\":\"" tool "\"}]}]}"
#define SYSTEM(blocks) "{\"role\":\"system\",\"content\":[" blocks "]}"
#define CHANGE(what, tool) "{\"type\":\"tool_" what "\",\"tool\":{" \
	"\"type\":\"tool_reference\",\"name\":\"" tool "\"}}"
#define TOOL(name, more) "{\"name\":\"" name "\",\"input_schema\":{}" more "}"
#define LATER ",\"defer_loading\":true"
#define MESSAGES(list) HEAD "\"messages\":[" list "]}"
#define WITH(tools, list) HEAD "\"tools\":[" tools "],\"messages\":[" list "]}"

/* Room for a param, a colon and a message. */
#define FAULT_TEXT 2560

static struct pool *pool;

/* Read the body; the fault as "param: message", "" without. */
static struct request *
read_body(const char *body, char *fault, size_t n)
{
	struct request *req = request_new(pool, API_MESSAGES);
	struct json_trouble trouble;
	struct fault why;

	fault_clear(&why);
	req->body = jread(pool, span_of(body), 0, NULL, &trouble);
	if (!ok(json_is_object(req->body), "the body is an object"))
		diag("%s", body);
	fault[0] = '\0';
	if (messages_dialect.read_request(req, &why) < 0)
		snprintf(fault, n, "%s: %s", why.param, why.message);
	return req;
}

static const struct {
	const char *name, *body, *tools, *fault;
} offers[] = {
	{ "in their order", WITH(TOOL("A", "") "," TOOL("B", ""), USER),
	    "A B", "" },
	{ "deferred ones wait", WITH(TOOL("A", LATER) "," TOOL("B", ""),
	    USER), "B", "" },
	{ "loaded ones go last", WITH(TOOL("A", LATER) "," TOOL("C", LATER)
	    "," TOOL("B", ""), USER "," CALL("1") "," FOUND("1", "C") ","
	    CALL("2") "," FOUND("2", "A")), "B C A", "" },
	{ "a reference to nothing", WITH(TOOL("A", ""), USER "," CALL("1") ","
	    FOUND("1", "Gone")), "A", "" },
	{ "a tool search loads all in place", WITH(TOOL("A", LATER) ","
	    "{\"type\":\"tool_search_tool_regex_20251119\",\"name\":\"s\"},"
	    TOOL("B", ""), USER), "A B", "" },
	{ "added and removed", WITH(TOOL("A", "") "," TOOL("B", LATER), USER
	    "," SYSTEM(CHANGE("addition", "B") "," CHANGE("removal", "A"))),
	    "B", "" },
	{ "removed and added again", WITH(TOOL("A", "") "," TOOL("B", ""),
	    USER "," SYSTEM(CHANGE("removal", "A")) "," USER ","
	    SYSTEM(CHANGE("addition", "A"))), "A B", "" },
	{ "defined in the conversation", WITH(TOOL("A", "") "," TOOL("B", ""),
	    USER "," SYSTEM("{\"type\":\"tool_addition\",\"tool\":{\"type\":"
	    "\"tool_definition\",\"definition\":" TOOL("A", "") "}}")),
	    "B A", "" },
	{ "an unknown name", WITH(TOOL("A", ""), USER ","
	    SYSTEM(CHANGE("addition", "X"))), "",
	    "messages.1.content.0.tool: Tool 'X' not found in provided tools"
	},
	{ "a server tool beside others", WITH("{\"type\":"
	    "\"web_fetch_20250910\",\"name\":\"web_fetch\"}," TOOL("A", ""),
	    USER), "A", "" },
	{ "a server tool alone", WITH("{\"type\":\"web_fetch_20250910\","
	    "\"name\":\"web_fetch\"}", USER), "",
	    "tools.0: web_fetch_20250910 is not available on this upstream" },
	{ "an unknown type", WITH(TOOL("A", "") ",{\"type\":\"x_1\"}", USER),
	    "", "tools.1: Input tag 'x_1' found using 'type' does not match "
	    "any of the expected tags" },
	{ "only for sandboxed code", WITH(TOOL("A", ",\"allowed_callers\":["
	    "\"code_execution_20250825\"]") "," TOOL("B", ""), USER), "B",
	    "" },
	{ "the same name twice", WITH(TOOL("A", "") "," TOOL("A", ""), USER),
	    "", "tools: Tool names must be unique." },
	{ "a built-in one", WITH("{\"type\":\"bash_20250124\",\"name\":"
	    "\"bash\"}", USER), "bash", "" },
	{ "the chosen one is loaded", HEAD "\"tool_choice\":{\"type\":"
	    "\"tool\",\"name\":\"A\"},\"tools\":[" TOOL("A", LATER) "],"
	    "\"messages\":[" USER "]}", "A", "" },
	{ "a choice without tools", HEAD "\"tool_choice\":{\"type\":\"any\"},"
	    "\"messages\":[" USER "]}", "", "tool_choice: may only be "
	    "specified while providing usable tools" },
	{ "a choice of nothing without tools", HEAD "\"tool_choice\":{"
	    "\"type\":\"auto\"},\"messages\":[" USER "]}", "", "" },
};

static void
test_tools(void)
{
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		char fault[FAULT_TEXT];
		struct request *req = read_body(offers[i].body, fault,
		    sizeof(fault));
		struct buf names;

		buf_init(&names, 0);
		if (fault[0] != '\0')
			req->tools = NULL;
		for (const struct tool *t = req->tools; t; t = t->next) {
			if (names.n > 0)
				buf_putc(&names, ' ');
			buf_put(&names, t->key.name);
		}
		is_str(buf_str(&names), offers[i].tools, "tools: %s",
		    offers[i].name);
		is_str(fault, offers[i].fault, "its fault");
		buf_free(&names);
	}
}

#define MISSING "`tool_use` ids were found without `tool_result` blocks " \
	"immediately after: "
#define UNEXPECTED "unexpected `tool_use_id` found in `tool_result` blocks: "
#define EMPTY "{\"role\":\"assistant\",\"content\":\"\"}"

static const struct {
	const char *name, *body, *fault;
} pairs[] = {
	{ "answered", MESSAGES(USER "," CALL("1") "," RESULT("1")), "" },
	{ "not answered", MESSAGES(USER "," CALL("1")),
	    "messages.1: " MISSING "1" },
	{ "answered too late", MESSAGES(USER "," CALL("1") "," USER ","
	    EMPTY "," CALL("2") "," RESULT("1")),
	    "messages.1: " MISSING "1" },
	{ "two of one run", MESSAGES(USER "," CALL("1") "," CALL("2") ","
	    RESULT("2") "," RESULT("1")), "" },
	{ "an empty message between results", MESSAGES(USER "," CALL("1") ","
	    CALL("2") "," RESULT("2") "," EMPTY "," RESULT("1")), "" },
	{ "a result without call", MESSAGES(USER "," RESULT("9")),
	    "messages.1.content.0: " UNEXPECTED "9" },
	{ "a result of an older call", MESSAGES(USER "," CALL("1") ","
	    RESULT("1") "," CALL("2") "," RESULT("1")),
	    "messages.4.content.0: " UNEXPECTED "1" },
	{ "two results for a call", MESSAGES(USER "," CALL("1") ","
	    RESULT("1") "," RESULT("1")), "messages.3.content.0: each "
	    "`tool_use` must have a single result. Found multiple "
	    "`tool_result` blocks with id: 1" },
	{ "the same id twice", MESSAGES(USER "," CALL("1") "," RESULT("1") ","
	    CALL("1") "," RESULT("1")),
	    "messages: `tool_use` ids must be unique" },
	{ "a system message between", MESSAGES(USER "," CALL("1") ","
	    SYSTEM("") "," RESULT("1")), "messages.2: `system` messages are "
	    "not permitted between `tool_use` blocks and their `tool_result` "
	    "blocks" },
	{ "a call by the user", MESSAGES("{\"role\":\"user\",\"content\":[{"
	    "\"type\":\"thinking\",\"thinking\":\"x\"}]}"),
	    "messages.0.content.0: thinking blocks are not permitted in user "
	    "messages" },
	{ "nothing left", MESSAGES("{\"role\":\"user\",\"content\":[{"
	    "\"type\":\"image\",\"source\":{\"type\":\"file\"}},{\"type\":"
	    "\"new\"}]}"), "messages.0: no supported content left after "
	    "dropping image, new" },
	{ "nothing at all", MESSAGES("{\"role\":\"user\",\"content\":[]}"),
	    "messages: at least one message with content is required" },
	{ "a thread", HEAD "\"messages\":[],\"thread\":{}}", "thread: message "
	    "threads are not available on this upstream; send the full "
	    "conversation without it" },
	{ "a role of nobody", MESSAGES("{\"role\":\"tool\"}"),
	    "messages.0.role: must be user, assistant or system" },
	{ "content of no kind", MESSAGES("{\"role\":\"user\",\"content\":7}"),
	    "messages.0.content: must be a string or a list of blocks" },
	{ "a small budget", HEAD "\"messages\":[" USER "],\"thinking\":{"
	    "\"type\":\"enabled\",\"budget_tokens\":1000}}",
	    "thinking.budget_tokens: must be a whole number of at least 1024"
	},
	{ "a blank stop", HEAD "\"messages\":[" USER "],\"stop_sequences\":["
	    "\"a\",\" \"]}", "stop_sequences.1: each stop sequence must "
	    "contain non-whitespace" },
};

static void
test_faults(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char fault[FAULT_TEXT];

		read_body(pairs[i].body, fault, sizeof(fault));
		is_str(fault, pairs[i].fault, "%s", pairs[i].name);
	}
}

static const struct {
	const char *name, *fields;
	enum effort effort;
	enum show show;
} efforts[] = {
	{ "nothing said", "", EFFORT_UNSET, SHOW_NOTHING },
	{ "tools", "\"tools\":[" TOOL("A", "") "],", EFFORT_UNSET,
	    SHOW_SEAL },
	{ "adaptive", "\"thinking\":{\"type\":\"adaptive\"},", EFFORT_UNSET,
	    SHOW_TEXT },
	{ "a budget", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":"
	    "2048,\"display\":\"omitted\"},", EFFORT_MEDIUM, SHOW_SEAL },
	{ "effort above budget", "\"thinking\":{\"type\":\"enabled\","
	    "\"budget_tokens\":2048},\"output_config\":{\"effort\":\"max\"},",
	    EFFORT_MAX, SHOW_TEXT },
	{ "off above effort", "\"thinking\":{\"type\":\"disabled\"},"
	    "\"output_config\":{\"effort\":\"max\"},", EFFORT_NONE,
	    SHOW_NOTHING },
};

static void
test_efforts(void)
{
	char fault[FAULT_TEXT];
	struct request *req;

	for (size_t i = 0; i < sizeof(efforts) / sizeof(efforts[0]); i++) {
		struct span body = pool_printf(pool,
		    HEAD "%s\"messages\":[" USER "]}", efforts[i].fields);

		req = read_body(body.p, fault, sizeof(fault));
		is_str(fault, "", "%s", efforts[i].name);
		is_int(req->effort, efforts[i].effort, "its effort");
		is_int(req->show, efforts[i].show, "what is shown");
	}
	req = read_body(HEAD "\"output_config\":{\"effort\":\"low\"},"
	    "\"messages\":[" USER ",{\"role\":\"system\",\"output_config\":{"
	    "\"effort\":\"high\"}}]}", fault, sizeof(fault));
	is_int(req->effort, EFFORT_HIGH, "the conversation's effort wins");
	ok(req->turns->next == NULL, "its message has no turn");
}

static void
test_identity(void)
{
	static const struct {
		const char *user_id, *session, *user;
	} ids[] = {
		{ "{\\\"device_id\\\":\\\"d0\\\",\\\"account_uuid\\\":"
		    "\\\"\\\",\\\"session_id\\\":\\\"s0\\\"}", "s0", "d0" },
		{ "user_a_account_b_session_c", "c",
		    "user_a_account_b_session_c" },
		{ "me", "me", "me" },
	};
	char fault[FAULT_TEXT];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct span body = pool_printf(pool, HEAD "\"metadata\":{"
		    "\"user_id\":\"%s\"},\"messages\":[" USER "]}",
		    ids[i].user_id);
		struct request *req = read_body(body.p, fault, sizeof(fault));

		is_str(pool_str(pool, req->session), ids[i].session,
		    "the session in %s", ids[i].user_id);
		is_str(pool_str(pool, req->user), ids[i].user, "the user");
	}
}

static void
test_blocks(void)
{
	char fault[FAULT_TEXT];
	struct request *req;
	const struct block *b;

	req = read_body(HEAD "\"system\":\"x-anthropic-billing-header: a;\\n"
	    "Be brief.\",\"messages\":[" USER ",{\"role\":\"assistant\","
	    "\"content\":[{\"type\":\"compaction\",\"content\":\"Once\"},"
	    "{\"type\":\"tool_use\",\"id\":\"1\",\"name\":\"A\",\"input\":{"
	    "\"__invalid_json\":\"{a\"}}]},{\"role\":\"user\",\"content\":[{"
	    "\"type\":\"tool_result\",\"tool_use_id\":\"1\",\"is_error\":true,"
	    "\"content\":[{\"type\":\"video\"}]}]}]}", fault, sizeof(fault));
	if (!is_str(fault, "", "a request of many blocks"))
		return;
	is_str(pool_str(pool, req->system->text), "Be brief.",
	    "the attribution is gone");
	b = req->turns->next->blocks;
	is_int(req->turns->next->role, ROLE_USER, "a summary is the user's");
	is_str(pool_str(pool, b->text), "<conversation_summary>\nOnce\n"
	    "</conversation_summary>", "and marked as one");
	b = req->turns->next->next->blocks;
	is_str(pool_str(pool, b->arguments), "{a", "broken arguments return");
	b = req->turns->next->next->next->blocks;
	ok(b->is_error, "a failed call");
	is_str(pool_str(pool, b->content->text), "[video omitted]",
	    "words for what is dropped");
}

int
main(void)
{
	pool = pool_open();
	test_tools();
	test_faults();
	test_efforts();
	test_identity();
	test_blocks();
	pool_close(pool);
	return done_testing();
}
