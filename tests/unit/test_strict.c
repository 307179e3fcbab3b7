/*
 * The strict validators: they accept every upstream request of the protocol
 * files' worked examples (tests/lib/samples/strict), and refuse what the
 * real APIs refuse, in words that can be recognised.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/issued.h"
#include "../lib/jx.h"
#include "../lib/strict.h"
#include "../lib/tap.h"

static const char samples[] = "tests/lib/samples/strict";

typedef int strict_fn(const json_t *, const struct strict_opts *, char *,
    size_t);

static strict_fn *
strict_of(const char *api)
{
	if (strcmp(api, "messages") == 0)
		return strict_messages;
	return strcmp(api, "chat") == 0 ? strict_chat : strict_responses;
}

static void
test_sample(const char *name, const json_t *sample)
{
	struct strict_opts o = {
		.beta = jx_str(sample, "beta"),
		.compat = jx_is(sample, "profile", "compat"),
		.count = json_is_true(json_object_get(sample, "count")),
	};
	char why[1024] = "";
	int rc = strict_of(jx_word(sample, "api"))(
	    json_object_get(sample, "body"), &o, why, sizeof(why));

	if (!is_int(rc, 0, "%s is accepted", name))
		diag("%s", why);
}

static void
test_samples(void)
{
	struct dirent **names;
	char path[512];
	int n = scandir(samples, &names, NULL, alphasort);

	ok(n > 30, "there are samples");
	for (int i = 0; i < n; i++) {
		json_t *sample = NULL;

		snprintf(path, sizeof(path), "%s/%s", samples,
		    names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			sample = json_load_file(path, 0, NULL);
		if (sample != NULL)
			test_sample(names[i]->d_name, sample);
		json_decref(sample);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* JSON in single quotes. */
static json_t *
parse(const char *text)
{
	struct bytes b = { 0 };
	json_error_t err;

	bytes_puts(&b, text);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == '\'')
			b.p[i] = '"';
	json_t *v = json_loads(b.p, JSON_DECODE_ANY, &err);
	if (v == NULL)
		diag("%s in %s", err.text, b.p);
	bytes_free(&b);
	return v;
}

/* A row: fields laid over a base body, and part of the reason wanted. */
struct row {
	const char *patch;
	const char *why; /* NULL: accepted */
};

/* Lays the patch over the base ("key":null removes) and judges it. */
static void
run_rows(const char *base, strict_fn *strict, const struct strict_opts *o,
    const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *body = parse(base), *patch = parse(rows[i].patch), *v;
		const char *key, *want = rows[i].why;
		char why[1024] = "";

		json_object_foreach(patch, key, v)
			if (json_is_null(v))
				json_object_del(body, key);
			else
				json_object_set(body, key, v);
		int rc = strict(body, o, why, sizeof(why));
		bool right = want == NULL ? rc == 0 :
		    rc >= 400 && strstr(why, want) != NULL;
		if (!ok(right, "%s: %s",
			want == NULL ? "accepted" : "refused", rows[i].patch))
			diag("%d %s", rc, why);
		json_decref(body);
		json_decref(patch);
	}
}

#define ROWS(rows) rows, sizeof(rows) / sizeof((rows)[0])

/* --- Claude ------------------------------------------------------------- */

#define USER "{'role':'user','content':'Hi'}"
#define CALL(id) "{'type':'tool_use','id':'" id "','name':'f','input':{}}"
#define RESULT(id) "{'type':'tool_result','tool_use_id':'" id "'}"
#define SAYS(role, blocks) "{'role':'" role "','content':[" blocks "]}"
#define MESSAGES(list) "{'messages':[" list "]}"
#define TEXT(text) "{'type':'text','text':'" text "'}"
#define THINK "{'type':'thinking','thinking':'t','signature':'s'}"
#define TOOLS "'tools':[{'name':'f','input_schema':{'type':'object'}}]"
#define SCHEMA(schema) \
	"{'output_config':{'format':{'type':'json_schema','schema':" schema \
	"}}}"
#define MARKED "{'type':'text','text':'x','cache_control':{'type':'ephemeral'"
#define IMAGE(type, data) \
	MESSAGES(SAYS("user", \
	    "{'type':'image','source':{'type':'base64'," \
	    "'media_type':'" type "','data':'" data "'}}"))

static const char claude_base[] =
    "{'model':'claude-opus-5-5','max_tokens':100,'messages':[" USER "]}";

static const struct row claude_rows[] = {
	{ "{}", NULL },
	{ "{'frob':1}", "frob: Extra inputs are not permitted" },
	{ "{'max_tokens':null}", "max_tokens: Field required" },
	{ "{'max_tokens':0}", "max_tokens" },
	{ "{'max_tokens':128001}", "maximum allowed number of output tokens" },
	{ "{'model':'no-such-model'}", "model: no-such-model" },
	{ MESSAGES(""), "at least one message" },
	{ MESSAGES("{'role':'assistant','content':'x'}"), "first message" },
	{ MESSAGES(USER "," USER), NULL },
	{ MESSAGES(USER ",{'role':'assistant','content':'x'}"), "prefill" },
	{ MESSAGES(SAYS("user", "")), "non-empty content" },
	{ MESSAGES(SAYS("user", TEXT(""))), "must be non-empty" },
	{ MESSAGES(SAYS("user", TEXT(" \\n"))), "non-whitespace" },
	{ MESSAGES("{'role':'user','content':' '}"), "non-whitespace" },
	{ MESSAGES("{'role':'user','content':'x','name':'n'}"),
	    "messages.0.name: Extra inputs" },
	{ MESSAGES("{'role':'tool','content':'x'}"), "messages.0.role" },
	{ MESSAGES(SAYS("user", "{'type':'video'}")), "Input tag 'video'" },
	{ MESSAGES(SAYS("user", THINK)), "`assistant` messages" },
	{ MESSAGES(SAYS("user", CALL("a"))), "`assistant` messages" },
	{ MESSAGES(USER
	      "," SAYS("assistant", CALL("a")) "," SAYS("user",
	      RESULT("a"))), NULL },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a")) "," USER),
	    "without `tool_result` blocks immediately after: a" },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a") "," CALL("b")) "," SAYS("user", RESULT("a"))), "immediately after: b" },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a")) "," SAYS("user",
	      TEXT("x") "," RESULT("a"))), "immediately after: a" },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a")) "," SAYS("user", RESULT("a") "," RESULT("a"))), "unexpected" },
	{ MESSAGES(SAYS("user", RESULT("a"))),
	    "messages.0.content.0: unexpected `tool_use_id`" },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a") "," CALL("a")) "," SAYS("user", RESULT("a"))), "ids must be unique" },
	{ MESSAGES(USER "," SAYS("assistant", CALL("a.b")) "," SAYS("user",
	      RESULT("a.b"))), "should match pattern" },
	{ MESSAGES(USER "," SAYS("assistant", "{'type':'tool_use','id':'a',"
	      "'name':'f','input':'x'}") "," SAYS("user", RESULT("a"))),
	    "tool_use.input: Input should be a valid dictionary" },
	{ MESSAGES(USER "," SAYS("assistant", THINK) "," USER),
	    "cannot be `thinking`" },
	{ MESSAGES(USER "," SAYS("assistant", THINK "," TEXT("x")) "," USER),
	    NULL },
	{ MESSAGES(USER "," SAYS("assistant", "{'type':'thinking',"
	      "'thinking':'t'}," TEXT("x")) "," USER),
	    "signature: Field required" },
	{ MESSAGES(USER "," SAYS("assistant", "{'type':'thinking','thinking':"
	      "'t','signature':''}," TEXT("x")) "," USER),
	    "Invalid `signature`" },
	{ MESSAGES(USER ",{'role':'system','content':'x'}"), NULL },
	{ MESSAGES(USER ",{'role':'system','content':'x'}," USER),
	    "followed by an assistant" },
	{ MESSAGES(USER ",{'role':'system','content':'x'}"
			",{'role':'system','content':'y'}"), "role 'system'" },
	{ MESSAGES(SAYS("user", MARKED "}}," MARKED "}}," MARKED "}}," MARKED "}}," MARKED "}}")), "maximum of 4 blocks" },
	{ MESSAGES(SAYS("user", MARKED "}}," MARKED ",'ttl':'1h'}}")),
	    "must not come after" },
	{ MESSAGES(SAYS("user", MARKED ",'ttl':'1h'}}," MARKED "}}")), NULL },
	{ MESSAGES(SAYS("user", MARKED ",'ttl':'30m'}}")), "ttl" },
	{ IMAGE("image/png", "QUFBQQ=="), NULL },
	{ IMAGE("image/bmp", "QUFBQQ=="), "media_type" },
	{ IMAGE("image/png", "QUF"), "invalid base64" },
	{ IMAGE("image/jpeg", "iVBORw0KGgoA"), "appears to be a image/png" },
	{ MESSAGES(SAYS("user", "{'type':'image','source':{'type':'url',"
	      "'url':'ftp://x'}}")), "URLs" },
	{ MESSAGES(SAYS("user", "{'type':'document','source':{'type':"
	      "'base64','media_type':'text/html','data':'QUFB'}}")),
	    "application/pdf" },
	{ "{'stop_sequences':['\\n']}", "stop_sequences" },
	{ "{'system':[{'type':'text','text':''}]}", "must be non-empty" },
	{ "{'temperature':0.5}", "deprecated for this model" },
	{ "{'metadata':{'user':'x'}}", "metadata.user" },
	{ "{'service_tier':'flex'}", "service_tier" },
	{ "{'thinking':{'type':'adaptive'}}", NULL },
	{ "{'thinking':{'type':'enabled','budget_tokens':2000}}",
	    "\"thinking.type.enabled\" is not supported" },
	{ "{'thinking':{'type':'disabled'}}", "thinking.type.disabled" },
	{ "{'thinking':{'type':'adaptive','block_binding':"
	  "{'prefix_mismatch_behavior':'drop_block'}}}",
	    "block_binding: Extra inputs are not permitted" },
	{ "{'output_config':{'effort':'minimal'}}", "effort" },
	{ "{" TOOLS ",'tool_choice':{'type':'any'}}",
	    "type \"tool\" and \"any\" are not supported" },
	{ "{'tool_choice':{'type':'auto'}}", "while providing tools" },
	{ "{" TOOLS ",'tool_choice':{'type':'tool','name':'g'}}",
	    "Tool 'g' not found" },
	{ "{'tools':[{'name':'f.g','input_schema':{'type':'object'}}]}",
	    "tools.0.custom.name: String should match pattern" },
	{ "{'tools':[{'name':'f','input_schema':{}}]}",
	    "input_schema.type: Field required" },
	{ "{'tools':[{'name':'f','input_schema':{'type':'object','anyOf':[]}"
	  "}]}", "oneOf, allOf, or anyOf at the top level" },
	{ "{'tools':[{'name':'f','input_schema':{'type':'object'}},{'name':"
	  "'f','input_schema':{'type':'object'}}]}", "unique" },
	{ "{'tools':[{'type':'teleport_20260101','name':'x'}]}",
	    "Input tag 'teleport_20260101'" },
	{ "{'tools':[{'type':'web_search_20250305','name':'web_search',"
	  "'user_location':{'type':'exact'}}]}", "user_location.type" },
	{ "{'tools':[{'name':'f','strict':true,'input_schema':{'type':"
	  "'object','properties':{}}}]}", "additionalProperties" },
	{ SCHEMA("{'type':'object'}"), "additionalProperties" },
	{ SCHEMA("{'type':'object','additionalProperties':false,'properties':"
		 "{'a':{'type':'integer','minimum':1}}}"), "'minimum'" },
	{ SCHEMA("{'type':'array','items':{'type':'string'},'minItems':2}"),
	    "minItems" },
	{ SCHEMA("{'type':'string','format':'color'}"), "format" },
	{ SCHEMA("{'type':'string','pattern':'a(?=b)'}"), "pattern" },
	{ SCHEMA("{'oneOf':[{'type':'string'}]}"), "'oneOf'" },
	{ SCHEMA("{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{'type':'null'},"
		 "{'$ref':'#/$defs/a'}]}}}"), "Circular" },
	{ SCHEMA("{'enum':[{'a':1}]}"), "Enum" },
};

/* What other rows of the model table say. */
static const struct row claude_model_rows[] = {
	{ "{'model':'claude-sonnet-4-6','temperature':0.5}", NULL },
	{ "{'model':'claude-sonnet-4-6','temperature':1.5}", "range: 0..1" },
	{ "{'model':'claude-sonnet-4-6','temperature':0.5,'top_p':0.5}",
	    "cannot both be specified" },
	{ "{'model':'claude-sonnet-4-6','temperature':0.5,'thinking':"
	  "{'type':'adaptive'}}", "may only be set to 1" },
	{ "{'model':'claude-opus-4-6','output_config':{'effort':'xhigh'}}",
	    "effort level 'xhigh'" },
	{ "{'model':'claude-opus-4.6','output_config':{'effort':'max'}}",
	    NULL },
	{ "{'model':'claude-haiku-4-5','output_config':{'effort':'low'}}",
	    "does not support the effort parameter" },
	{ "{'model':'claude-haiku-4-5','thinking':{'type':'adaptive'}}",
	    "adaptive thinking is not supported" },
	{ "{'model':'claude-haiku-4-5','max_tokens':4000,'thinking':"
	  "{'type':'enabled','budget_tokens':1000}}", "1024" },
	{ "{'model':'claude-haiku-4-5','max_tokens':2000,'thinking':"
	  "{'type':'enabled','budget_tokens':2000}}",
	    "greater than `thinking.budget_tokens`" },
	{ "{'model':'claude-haiku-4-5','max_tokens':4000,'thinking':{'type':"
	  "'enabled','budget_tokens':2000}," TOOLS ",'tool_choice':{'type':"
	  "'any'}}", "forces tool use" },
	{ "{'model':'claude-haiku-4-5','max_tokens':64001}", "maximum" },
	{ "{'model':'claude-haiku-4-5','messages':[" USER ",{'role':"
	  "'assistant','content':'x'}]}", NULL },
	{ "{'model':'claude-haiku-4-5','max_tokens':4000,'thinking':{'type':"
	  "'enabled','budget_tokens':2000}," TOOLS ",'messages':[" USER
	  "," SAYS("assistant", CALL("a")) "," SAYS("user", RESULT("a")) "]}",
	    "Expected `thinking` or `redacted_thinking`" },
	{ "{'model':'claude-opus-4-7','messages':[" USER ",{'role':'system',"
	  "'content':'x'}]}", "role 'system' is not supported" },
	{ "{'model':'claude-opus-5','thinking':{'type':'disabled'}}", NULL },
	{ "{'model':'claude-opus-5','thinking':{'type':'disabled'},"
	  "'output_config':{'effort':'max'}}", "thinking.type.disabled" },
	{ "{'model':'claude-sonnet-5-5','thinking':{'type':'between_tools',"
	  "'display':'omitted'}}", "display: Extra inputs" },
};

static const struct row beta_rows[] = {
	{ "{}", "Unexpected value(s) `nonsense`" },
};

static const struct row count_rows[] = {
	{ "{'max_tokens':null}", NULL },
	{ "{}", "max_tokens: Extra inputs" },
	{ "{'max_tokens':null,'stream':true}", "stream: Extra inputs" },
};

/* --- OpenAI -------------------------------------------------------------- */

#define INPUT(list) "{'input':[" list "]}"
#define FCALL(id) \
	"{'type':'function_call','call_id':'" id "','name':'f'," \
	"'arguments':'{}'}"
#define FOUT(id) \
	"{'type':'function_call_output','call_id':'" id "','output':'x'}"
#define REASON \
	"{'type':'reasoning','id':'rs_1','summary':[]," \
	"'encrypted_content':'e'}"
#define FTOOL(rest) "'tools':[{'type':'function','name':'f'" rest "}]"
#define LONG64 \
	"0123456789012345678901234567890123456789012345678901234567890123"

static const char responses_base[] = "{'model':'gpt-5.6','input':'Hi'}";

static const struct row responses_rows[] = {
	{ "{}", NULL },
	{ "{'frob':1}", "Unknown parameter: 'frob'." },
	{ "{'input':null}", "Missing required parameter: 'input'." },
	{ "{'input':[]}", "empty array" },
	{ "{'max_output_tokens':5}", "Expected a value >= 16" },
	{ "{'store':'no'}", "expected a boolean, but got a string" },
	{ "{'include':['thoughts']}", "param: include[0]" },
	{ "{'model':'gpt-4o','include':['reasoning.encrypted_content']}",
	    "Encrypted content is not supported" },
	{ "{'reasoning':{'effort':'low'},'temperature':0.5}",
	    "'temperature' is not supported with this model" },
	{ "{'reasoning':{'effort':'none'},'temperature':0.5}", NULL },
	{ "{'model':'gpt-5.1','reasoning':{'effort':'xhigh'}}",
	    "Supported values are: 'none', 'low', 'medium', and 'high'" },
	{ "{'model':'gpt-4o','reasoning':{'effort':'low'}}",
	    "'reasoning.effort' is not supported with this model" },
	{ "{'prompt_cache_key':'" LONG64 "'}", NULL },
	{ "{'prompt_cache_key':'" LONG64 "x'}", "length 64" },
	{ "{'safety_identifier':'" LONG64 "x'}", "length 64" },
	{ "{'metadata':{'k':1}}", "metadata" },
	{ "{'model':'no-such'}", "does not exist" },
	{ INPUT("{'role':'user','content':[{'type':'text','text':'x'}]}"),
	    "Supported values are: 'input_text'" },
	{ INPUT("{'role':'assistant','content':[{'type':'input_text','text':"
		"'x'}]}"), "'output_text', and 'refusal'" },
	{ INPUT("{'role':'tool','content':'x'}"), "input[0].role" },
	{ INPUT("{'role':'user','content':'x','phase':'commentary'}"),
	    "input[0].phase" },
	{ INPUT("{'role':'assistant','content':'x','phase':'commentary'},"
		"{'role':'user','content':'y'}"), NULL },
	{ INPUT("{'role':'user','content':[{'type':'input_image','image_url':"
		"'data:image/png;base64,QUFBQQ=='}]}"), NULL },
	{ INPUT("{'role':'user','content':[{'type':'input_image','image_url':"
		"'data:image/tiff;base64,QUFBQQ=='}]}"), "image MIME type" },
	{ INPUT("{'role':'user','content':[{'type':'input_file','file_data':"
		"'data:application/pdf;base64,QUFB'}]}"), "filename" },
	{ INPUT(FCALL("a") "," FOUT("a")), NULL },
	{ INPUT(FCALL("a")), "No tool output found for function call a." },
	{ INPUT(FOUT("a")), "No tool call found for function call output" },
	{ INPUT(FOUT("a") "," FCALL("a")), "No tool call found" },
	{ INPUT(FCALL(LONG64 "x") "," FOUT("a")), "string too long" },
	{ INPUT("{'type':'function_call','call_id':'a','name':'f.g',"
		"'arguments':''}," FOUT("a")), "pattern" },
	{ INPUT("{'type':'function_call','call_id':'a','name':'f','id':'x',"
		"'arguments':''}," FOUT("a")), "begins with 'fc'" },
	{ INPUT("{'type':'function_call_output','call_id':'a','output':"
		"{'x':1}}"), "expected a string" },
	{ INPUT(REASON "," FCALL("a") "," FOUT("a")), NULL },
	{ INPUT(REASON "," REASON ",{'role':'assistant','content':'x'},"
		       "{'role':'user','content':'y'}"), NULL },
	{ INPUT(REASON ",{'role':'user','content':'x'}"),
	    "without its required following item" },
	{ INPUT("{'type':'reasoning','summary':[],'encrypted_content':'e'}"),
	    "'input[0].id'" },
	{ INPUT("{'type':'reasoning','id':'rs_1','encrypted_content':'e'}"),
	    "'input[0].summary'" },
	{ INPUT("{'type':'reasoning','id':'rs_1','summary':[]}," FCALL("a") "," FOUT("a")), "not found" },
	{ "{" FTOOL("") "}", NULL },
	{ "{'tools':[{'type':'function','name':'f.g'}]}", "pattern" },
	{ "{" FTOOL(",'parameters':{'type':'object','properties':{}}") "}",
	    NULL },
	{ "{" FTOOL(",'parameters':{'properties':{}}") "}", "type: \"None\"" },
	{ "{" FTOOL(",'parameters':{'type':'object','properties':{},'anyOf':"
		    "[]}") "}", "at the top level" },
	{ "{" FTOOL(",'parameters':{'type':'object','properties':{'a':{'type':"
		    "'array'}}}") "}", "array schema missing items" },
	{ "{" FTOOL(",'strict':true,'parameters':{'type':'object',"
	      "'properties':{'a':{'type':'string'}},'required':['a']}") "}", "'additionalProperties' is required" },
	{ "{" FTOOL(",'strict':true,'parameters':{'type':'object',"
		    "'properties':{'a':{'type':'string'}},'required':[],"
		    "'additionalProperties':false}") "}", "Missing 'a'" },
	{ "{" FTOOL(",'strict':true,'parameters':{'type':'object',"
		    "'properties':{'a':{'type':'string','minLength':1}},"
		    "'required':['a'],'additionalProperties':false}") "}",
	    "'minLength' is not permitted" },
	{ "{'tool_choice':'auto'}", "only allowed when 'tools'" },
	{ "{'parallel_tool_calls':true}", "only allowed when 'tools'" },
	{ "{" FTOOL("") ",'parallel_tool_calls':true}", NULL },
	{ "{" FTOOL("") ",'tool_choice':{'type':'function','name':'g'}}",
	    "not found in 'tools'" },
	{ "{'tools':[{'type':'web_search'}],'reasoning':{'effort':'minimal'}}",
	    "cannot be used with reasoning.effort 'minimal'" },
	{ "{'text':{'format':{'type':'json_schema','name':'o','strict':true,"
	  "'schema':{'type':'object','properties':{}}}}}", "response_format" },
	{ "{'text':{'format':{'type':'json_object'}}}", "the word 'json'" },
	{ "{'previous_response_id':'resp_1'}", "not found" },
	{ "{'stream_options':{}}", "only allowed when 'stream'" },
};

static const struct row responses_compat_rows[] = {
	{ "{'prompt_cache_key':'x'}", NULL },
	{ "{'service_tier':'default'}", "Unknown parameter" },
	{ "{'safety_identifier':'x'}", "Unknown parameter" },
};

#define CHAT(list) "{'messages':[" list "]}"
#define TCALL(id) \
	"{'id':'" id "','type':'function','function':{'name':'f'," \
	"'arguments':'{}'}}"
#define ASKS(calls) \
	"{'role':'assistant','content':null,'tool_calls':[" calls "]}"
#define TELLS(id) "{'role':'tool','tool_call_id':'" id "','content':'x'}"
#define CTOOL "'tools':[{'type':'function','function':{'name':'f'}}]"

static const char chat_base[] = "{'model':'gpt-5.6','messages':[" USER "]}";

static const struct row chat_rows[] = {
	{ "{}", NULL },
	{ "{'frob':1}", "Unknown parameter: 'frob'." },
	{ "{'messages':[]}", "empty array" },
	{ "{'max_tokens':5}", "Use 'max_completion_tokens' instead" },
	{ "{'max_completion_tokens':5}", NULL },
	{ "{'model':'gpt-4o','max_tokens':5}", NULL },
	{ "{'store':false,'service_tier':'priority'}", NULL },
	{ "{'reasoning_effort':'low'," CTOOL "}",
	    "set reasoning_effort to 'none'" },
	{ "{'reasoning_effort':'none'," CTOOL "}", NULL },
	{ "{'stop':'x'}", "'stop' is not supported" },
	{ CHAT("{'role':'user','content':[]}"), "empty array" },
	{ CHAT("{'role':'robot','content':'x'}"), "messages[0].role" },
	{ CHAT(USER ",{'role':'assistant','content':null}"),
	    "expected a string, got null" },
	{ CHAT(USER "," ASKS("")), "empty array" },
	{ CHAT(USER "," ASKS(TCALL("a")) "," TELLS("a")), NULL },
	{ CHAT(USER "," ASKS(TCALL("a")) "," USER),
	    "did not have response messages: a" },
	{ CHAT(USER "," ASKS(TCALL("a"))),
	    "did not have response messages: a" },
	{ CHAT(USER "," TELLS("a")), "must be a response to" },
	{ CHAT(USER "," ASKS(TCALL("a") "," TCALL("b")) "," TELLS("b") "," TELLS("a")), NULL },
	{ CHAT("{'role':'user','content':[{'type':'image_url','image_url':"
	       "{'url':'file:///x'}}]}"), "image MIME type" },
	{ "{'tools':[]}", "empty array" },
	{ "{" CTOOL ",'tool_choice':{'type':'function','function':{'name':"
	  "'g'}}}", "not found in 'tools'" },
	{ "{'parallel_tool_calls':true}", "only allowed when 'tools'" },
	{ "{'stream_options':{'include_usage':true}}", "'stream' is enabled" },
	{ "{'response_format':{'type':'json_schema'}}", "json_schema" },
};

static const struct row chat_compat_rows[] = {
	{ "{'max_tokens':5}", NULL },
	{ "{'store':false}", "'store'" },
	{ "{'service_tier':'default'}", "'service_tier'" },
	{ "{'prompt_cache_key':'x'}", "'prompt_cache_key'" },
	{ "{'max_completion_tokens':5}", "'max_completion_tokens'" },
	{ CHAT(USER ",{'role':'system','content':'x'}"),
	    "must be at the beginning" },
	{ CHAT("{'role':'developer','content':'x'}," USER), "role" },
	{ CHAT(USER "," USER), "alternate" },
	{ CHAT(USER "," ASKS(TCALL("a") "," TCALL("b")) "," TELLS("b") "," TELLS("a")), "in their order" },
	{ CHAT(USER "," ASKS(TCALL("a")) ",{'role':'tool','tool_call_id':'a','content':[]}"),
	    "expected a string" },
};

static const struct row demand_rows[] = {
	{ CHAT(USER "," ASKS(TCALL("a")) "," TELLS("a")),
	    "must be passed back" },
	{ CHAT(USER ",{'role':'assistant','content':null,"
		    "'reasoning_content':'r','tool_calls':[" TCALL("a") "]}," TELLS("a")), NULL },
};

/* --- seals ----------------------------------------------------------------- */

#define SEALED(text, seal) \
	MESSAGES(USER "," SAYS("assistant", \
	    "{'type':'thinking','thinking':'" text "','signature':'" seal \
	    "'}," CALL("c1")) "," SAYS("user", RESULT("c1")))
#define ENCRYPTED(id, seal) \
	INPUT("{'type':'reasoning','id':'" id "','summary':[]," \
	      "'encrypted_content':'" seal "'}," FCALL("c2") "," FOUT("c2"))

static const struct row seal_rows[] = {
	{ SEALED("deep", "seal-1"), NULL },
	{ SEALED("deep", "seal-x"), "Invalid `signature`" },
	{ SEALED("shallow", "seal-1"), "Invalid `signature`" },
	{ MESSAGES(USER
	      "," SAYS("assistant", CALL("c1")) "," SAYS("user",
	      RESULT("c1"))), "cannot be modified" },
};

static const struct row encrypted_rows[] = {
	{ ENCRYPTED("rs_2", "seal-2"), NULL },
	{ ENCRYPTED("rs_3", "seal-2"), "could not be verified" },
	{ ENCRYPTED("rs_2", "seal-x"), "could not be verified" },
	{ INPUT(FCALL("c2") "," FOUT("c2")), "required 'reasoning' item" },
};

static void
test_seals(void)
{
	struct issued issued;
	unsigned seals = 0;
	struct strict_opts o = { .issued = &issued, .demand = true,
		.seals = &seals };

	issued_init(&issued);
	issued_seal(&issued, "seal-1", "deep", NULL);
	issued_call(&issued, "c1", "seal-1");
	issued_seal(&issued, "seal-2", NULL, "rs_2");
	issued_call(&issued, "c2", "seal-2");
	run_rows(claude_base, strict_messages, &o, ROWS(seal_rows));
	run_rows(responses_base, strict_responses, &o, ROWS(encrypted_rows));
	is_int(seals, 2, "the seals that came back are counted");
	issued_free(&issued);
}

int
main(void)
{
	const struct strict_opts plain = { 0 };
	const struct strict_opts compat = { .compat = true };
	const struct strict_opts count = { .count = true };
	const struct strict_opts beta = { .beta = "nonsense" };
	const struct strict_opts demand = { .compat = true, .demand = true };

	test_samples();
	run_rows(claude_base, strict_messages, &plain, ROWS(claude_rows));
	run_rows(claude_base, strict_messages, &plain,
	    ROWS(claude_model_rows));
	run_rows(claude_base, strict_messages, &beta, ROWS(beta_rows));
	run_rows(claude_base, strict_messages, &count, ROWS(count_rows));
	run_rows(responses_base, strict_responses, &plain,
	    ROWS(responses_rows));
	run_rows(responses_base, strict_responses, &compat,
	    ROWS(responses_compat_rows));
	run_rows(chat_base, strict_chat, &plain, ROWS(chat_rows));
	run_rows(chat_base, strict_chat, &compat, ROWS(chat_compat_rows));
	run_rows(chat_base, strict_chat, &demand, ROWS(demand_rows));
	test_seals();
	return done_testing();
}
