/*
 * Reading a Claude request: which tools are offered, how calls and results
 * are paired, what is refused in which words.
 */
#include <stdio.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "dialect/dialect.h"
#include "wire/jget.h"

/* Room for a param, a colon and a message. */
#define FAULT_TEXT 2560

static struct pool *pool;

/* --- requests in short ---------------------------------------------- */

/* What a message in short stands for; '#' is the rest of its word. */
static const struct {
	char letter;
	const char *message;
} shorts[] = {
	{ 'u', "{'role':'user','content':'Go'}" },
	{ 'e', "{'role':'assistant','content':''}" },
	{ 's', "{'role':'system','content':[]}" },
	{ 'c', "{'role':'assistant','content':[{'type':'tool_use','id':'#',"
	    "'name':'A','input':{}}]}" },
	{ 'r', "{'role':'user','content':[{'type':'tool_result',"
	    "'tool_use_id':'#','content':'ok'}]}" },
	/* Call and result at once: a tool of that name was found. */
	{ 'f', "{'role':'assistant','content':[{'type':'tool_use',"
	    "'id':'find#','name':'Find','input':{}}]},{'role':'user',"
	    "'content':[{'type':'tool_result','tool_use_id':'find#',"
	    "'content':[{'type':'tool_reference','tool_name':'#'}]}]}" },
	{ '+', "{'role':'system','content':[{'type':'tool_addition',"
	    "'tool':{'type':'tool_reference','name':'#'}}]}" },
	{ '-', "{'role':'system','content':[{'type':'tool_removal',"
	    "'tool':{'type':'tool_reference','name':'#'}}]}" },
	{ '=', "{'role':'system','content':[{'type':'tool_addition',"
	    "'tool':{'type':'tool_definition','definition':{'name':'#',"
	    "'input_schema':{}}}}]}" },
};

/* "u c1 r1" as messages; a word that is JSON stands for itself. */
static void
put_messages(struct buf *out, struct span words)
{
	bool some = false;

	while (words.p != NULL) {
		struct span word = span_cut(&words, ' ');
		const char *p = word.p;

		if (some)
			buf_putc(out, ',');
		some = true;
		for (size_t i = 0; i < sizeof(shorts) / sizeof(*shorts); i++)
			if (*word.p == shorts[i].letter)
				p = shorts[i].message;
		if (p == word.p)
			buf_put(out, word);
		else
			for (; *p != '\0'; p++)
				buf_put(out, *p == '#' ? span_from(word, 1) :
				    (struct span){ p, 1 });
	}
}

/* A text with its "'" as '"': JSON is easier to read that way. */
static json_t *
parse(struct span text)
{
	struct json_trouble trouble;
	char *copy = pool_str(pool, text), *p = copy;

	while ((p = strchr(p, '\'')) != NULL)
		*p = '"';
	return jread(pool, span_of(copy), 0, NULL, &trouble);
}

/*
 * Read a request with these fields and messages; *fault is "param: message",
 * "" without.
 */
static struct request *
read_request(const char *fields, const char *messages, char *fault)
{
	struct request *req = request_new(pool, API_MESSAGES);
	struct fault why;
	struct buf body;

	buf_init(&body, 0);
	buf_printf(&body, "{'model':'m','max_tokens':9,%s'messages':[",
	    fields);
	put_messages(&body, span_of(messages));
	buf_puts(&body, "]}");
	fault_clear(&why);
	req->body = parse(buf_span(&body));
	if (!ok(json_is_object(req->body), "the body is an object"))
		diag("%s", buf_str(&body));
	buf_free(&body);
	fault[0] = '\0';
	if (messages_dialect.read_request(req, &why) < 0)
		snprintf(fault, FAULT_TEXT, "%s: %s", why.param, why.message);
	return req;
}

/* --- tools ---------------------------------------------------------- */

#define TOOL(name) "{'name':'" name "','input_schema':{}}"
#define LATER(name) "{'name':'" name "','input_schema':{},'defer_loading':true}"
#define FINDER "{'type':'tool_search_tool_regex_20251119'}"
#define BOXED(name) "{'name':'" name "','input_schema':{},'allowed_callers':[]}"
#define TOOLS(list) "'tools':[" list "],"

static const struct {
	const char *name, *fields, *messages;
	const char *tools, *fault;
} offers[] = {
	{ "in their order",
	    TOOLS(TOOL("A") "," TOOL("B")), "u", "A B", "" },
	{ "deferred ones wait",
	    TOOLS(LATER("A") "," TOOL("B")), "u", "B", "" },
	{ "loaded ones go last, in the order of loading",
	    TOOLS(LATER("A") "," LATER("C") "," TOOL("B")),
	    "u fC fA", "B C A", "" },
	{ "a reference to nothing loads nothing",
	    TOOLS(TOOL("A")), "u fGone", "A", "" },
	{ "a tool search loads all in place",
	    TOOLS(LATER("A") "," FINDER "," TOOL("B")), "u", "A B", "" },
	{ "added and removed",
	    TOOLS(TOOL("A") "," LATER("B")), "u +B -A", "B", "" },
	{ "removed and added again",
	    TOOLS(TOOL("A") "," TOOL("B")), "u -A u +A", "A B", "" },
	{ "removed, then found",
	    TOOLS(LATER("A") "," TOOL("B")), "u -A fA", "B", "" },
	{ "defined anew in the conversation",
	    TOOLS(TOOL("A") "," TOOL("B")), "u =A", "B A", "" },
	{ "an unknown name is refused",
	    TOOLS(TOOL("A")), "u +X", "",
	    "messages.1.content.0.tool: Tool 'X' not found in provided "
	    "tools" },
	{ "a server tool beside others is dropped",
	    TOOLS("{'type':'web_fetch_20250910','name':'f'}," TOOL("A")),
	    "u", "A", "" },
	{ "a server tool alone is refused",
	    TOOLS("{'type':'web_fetch_20250910','name':'f'}"), "u", "",
	    "tools.0: web_fetch_20250910 is not available on this upstream" },
	{ "an unknown type is refused",
	    TOOLS(TOOL("A") ",{'type':'x_1'}"), "u", "",
	    "tools.1: Input tag 'x_1' found using 'type' does not match any "
	    "of the expected tags" },
	{ "a tool for sandboxed code is dropped",
	    TOOLS(BOXED("A") "," TOOL("B")), "u", "B", "" },
	{ "the same name twice is refused",
	    TOOLS(TOOL("A") "," TOOL("A")), "u", "",
	    "tools: Tool names must be unique." },
	{ "a built-in one has its own name",
	    TOOLS("{'type':'bash_20250124'}"), "u", "bash", "" },
	{ "the chosen one is loaded",
	    "'tool_choice':{'type':'tool','name':'A'}," TOOLS(LATER("A")),
	    "u", "A", "" },
	{ "a choice without tools is refused",
	    "'tool_choice':{'type':'any'},", "u", "",
	    "tool_choice: may only be specified while providing usable "
	    "tools" },
	{ "no choice without tools is none",
	    "'tool_choice':{'type':'auto'},", "u", "", "" },
};

static void
test_tools(void)
{
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		char fault[FAULT_TEXT];
		struct request *req = read_request(offers[i].fields,
		    offers[i].messages, fault);
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

/* --- faults --------------------------------------------------------- */

#define MISSING \
	"`tool_use` ids were found without `tool_result` blocks " \
	"immediately after: "
#define UNEXPECTED "unexpected `tool_use_id` found in `tool_result` blocks: "

static const struct {
	const char *name, *fields, *messages, *fault;
} faults[] = {
	{ "answered", "", "u c1 r1", "" },
	{ "not answered", "", "u c1", "messages.1: " MISSING "1" },
	{ "answered too late", "", "u c1 u e c2 r1",
	    "messages.1: " MISSING "1" },
	{ "two of one run", "", "u c1 c2 r2 r1", "" },
	{ "one of two", "", "u c1 c2 r2", "messages.1: " MISSING "1" },
	{ "an empty message between results", "", "u c1 c2 r2 e r1", "" },
	{ "a result without call", "", "u r9",
	    "messages.1.content.0: " UNEXPECTED "9" },
	{ "a result of an older call", "", "u c1 r1 c2 r1",
	    "messages.4.content.0: " UNEXPECTED "1" },
	{ "two results for a call", "", "u c1 r1 r1",
	    "messages.3.content.0: each `tool_use` must have a single "
	    "result. Found multiple `tool_result` blocks with id: 1" },
	{ "the same id twice", "", "u c1 r1 c1 r1",
	    "messages: `tool_use` ids must be unique" },
	{ "a system message between", "", "u c1 s r1",
	    "messages.2: `system` messages are not permitted between "
	    "`tool_use` blocks and their `tool_result` blocks" },
	{ "thinking by the user", "",
	    "{'role':'user','content':[{'type':'thinking'}]}",
	    "messages.0.content.0: thinking blocks are not permitted in user "
	    "messages" },
	{ "nothing left", "",
	    "{'role':'user','content':[{'type':'image','source':{}},"
	    "{'type':'new'}]}",
	    "messages.0: no supported content left after dropping image, "
	    "new" },
	{ "nothing left of several", "",
	    "{'role':'user','content':[{'type':'new'},{'type':'image',"
	    "'source':{}},{'type':'image','source':{}},{'type':'new'}]}",
	    "messages.0: no supported content left after dropping new, "
	    "image" },
	{ "nothing at all", "", "{'role':'user','content':[]}",
	    "messages: at least one message with content is required" },
	{ "a thread", "'thread':{},", "r1",
	    "thread: message threads are not available on this upstream; "
	    "send the full conversation without it" },
	{ "a role of nobody", "", "{'role':'tool'}",
	    "messages.0.role: must be user, assistant or system" },
	{ "content of no kind", "", "{'role':'user','content':7}",
	    "messages.0.content: must be a string or a list of blocks" },
	{ "a small budget",
	    "'thinking':{'type':'enabled','budget_tokens':1000},", "u",
	    "thinking.budget_tokens: must be a whole number of at least "
	    "1024" },
	{ "a blank stop sequence", "'stop_sequences':['a',' '],", "u",
	    "stop_sequences.1: each stop sequence must contain "
	    "non-whitespace" },
};

static void
test_faults(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char fault[FAULT_TEXT];

		read_request(faults[i].fields, faults[i].messages, fault);
		is_str(fault, faults[i].fault, "%s", faults[i].name);
	}
}

/* --- settings ------------------------------------------------------- */

static const struct {
	const char *name, *fields;
	enum effort effort;
	enum show show;
} efforts[] = {
	{ "nothing said", "", EFFORT_UNSET, SHOW_NOTHING },
	{ "tools", TOOLS(TOOL("A")), EFFORT_UNSET, SHOW_SEAL },
	{ "adaptive", "'thinking':{'type':'adaptive'},", EFFORT_UNSET,
	    SHOW_TEXT },
	{ "a budget, omitted",
	    "'thinking':{'type':'enabled','budget_tokens':2048,"
	    "'display':'omitted'},",
	    EFFORT_MEDIUM, SHOW_SEAL },
	{ "effort above budget",
	    "'thinking':{'type':'enabled','budget_tokens':2048},"
	    "'output_config':{'effort':'max'},",
	    EFFORT_MAX, SHOW_TEXT },
	{ "off above effort",
	    "'thinking':{'type':'disabled'},'output_config':{'effort':'max'},",
	    EFFORT_NONE, SHOW_NOTHING },
};

static void
test_efforts(void)
{
	char fault[FAULT_TEXT];
	struct request *req;

	for (size_t i = 0; i < sizeof(efforts) / sizeof(efforts[0]); i++) {
		req = read_request(efforts[i].fields, "u", fault);
		is_str(fault, "", "%s", efforts[i].name);
		is_int(req->effort, efforts[i].effort, "its effort");
		is_int(req->show, efforts[i].show, "what is shown");
	}
	req = read_request("'output_config':{'effort':'low'},",
	    "u {'role':'system','output_config':{'effort':'high'}}", fault);
	is_int(req->effort, EFFORT_HIGH, "the conversation's effort wins");
	ok(req->turns->next == NULL, "its message has no turn");
}

static void
test_identity(void)
{
	static const struct {
		const char *user_id, *session, *user;
	} ids[] = {
		{ "{\\'device_id\\':\\'d0\\',\\'account_uuid\\':\\'\\',"
		  "\\'session_id\\':\\'s0\\'}",
		    "s0", "d0" },
		{ "user_a_account_b_session_c", "c",
		    "user_a_account_b_session_c" },
		{ "me", "me", "me" },
	};
	char fault[FAULT_TEXT];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct span fields = pool_printf(pool,
		    "'metadata':{'user_id':'%s'},", ids[i].user_id);
		struct request *req = read_request(fields.p, "u", fault);

		is_str(pool_str(pool, req->session), ids[i].session,
		    "the session in %s", ids[i].user_id);
		is_str(pool_str(pool, req->user), ids[i].user, "the user");
	}
}

/* --- blocks --------------------------------------------------------- */

static void
test_blocks(void)
{
	const char *system =
	    "'system':'x-anthropic-billing-header: a;\\nBe brief.',";
	const char *messages =
	    "u {'role':'assistant','content':["
	    "{'type':'compaction','content':'Once'},"
	    "{'type':'tool_use','id':'1','name':'A',"
	    "'input':{'__invalid_json':'{a'}}]} "
	    "{'role':'user','content':[{'type':'tool_result',"
	    "'tool_use_id':'1','is_error':true,"
	    "'content':[{'type':'video'}]}]}";
	char fault[FAULT_TEXT];
	struct request *req = read_request(system, messages, fault);
	const struct turn *t = req->turns->next;

	if (!is_str(fault, "", "a request of many blocks"))
		return;
	is_str(pool_str(pool, req->system->text), "Be brief.",
	    "the attribution is gone");
	is_int(t->role, ROLE_USER, "a summary is the user's");
	is_str(pool_str(pool, t->blocks->text),
	    "<conversation_summary>\nOnce\n</conversation_summary>",
	    "and marked as one");
	t = t->next;
	is_str(pool_str(pool, t->blocks->arguments), "{a",
	    "broken arguments return");
	t = t->next;
	ok(t->blocks->is_error, "a failed call");
	is_str(pool_str(pool, t->blocks->content->text), "[video omitted]",
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
