/*
 * Bodies with very many of one thing.
 */
#include "shapes.h"

#define CHAT(more) \
	"{'model':'claude-opus-4-6','messages':[{'role':'user','content':'Hi'}]," more \
	"}"
#define TALK(more) "{'model':'claude-opus-4-6','messages':[" more "]}"
#define RESP(more) "{'model':'claude-opus-4-6','input':'Hi'," more "}"
#define ITEMS(more) "{'model':'claude-opus-4-6','input':[" more "]}"
#define CLAUDE(more) \
	"{'model':'claude-x','max_tokens':9,'messages':[{'role':'user'," \
	"'content':'Hi'}]," more "}"
#define TURNS(more) "{'model':'claude-x','max_tokens':9,'messages':[" more "]}"

#define FUNCTION(name, more) \
	"{'type':'function','function':{'name':'" name "'" more "}}"
#define FLAT(name) "{'type':'function','name':'" name "'}"
#define TOOL(name) "{'name':'" name "','input_schema':{'type':'object'}}"
#define IMAGE(source) "{'type':'image','source':" source "}"

const struct request_shape request_shapes[] = {
	/* Chat */
	{ "chat: messages", API_CHAT,
	    TALK("<{'role':'user','content':'a'},"
		 "{'role':'assistant','content':'b'}>,"
		 "{'role':'user','content':'c'}") },
	{ "chat: messages of one role", API_CHAT,
	    TALK("<{'role':'user','content':'a@'}>") },
	{ "chat: system messages", API_CHAT,
	    TALK("{'role':'user','content':'a'},"
		 "<{'role':'developer','content':'a@'}>") },
	{ "chat: names of users", API_CHAT,
	    TALK("<{'role':'user','name':'n@','content':'a'}>") },
	{ "chat: parts", API_CHAT,
	    TALK("{'role':'user','content':[<{'type':'text',"
		 "'text':'a@'}>]}") },
	{ "chat: parts that are dropped", API_CHAT,
	    TALK("{'role':'user','content':[{'type':'text','text':'a'},"
		 "<{'type':'image_url','image_url':{'url':'ftp://@'}}>]}") },
	{ "chat: details", API_CHAT,
	    TALK("{'role':'user','content':[<{'type':'image_url',"
		 "'image_url':{'url':'https://a.example/@',"
		 "'detail':'low'}}>]}") },
	{ "chat: parts of an answer", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'content':[<{'type':'text','text':'a@'}>]},"
		 "{'role':'user','content':'a'}") },
	{ "chat: calls", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c@','type':'function','function':"
		 "{'name':'t@','arguments':'{}'}}>]},<{'role':'tool',"
		 "'tool_call_id':'c@','content':'r'}>") },
	{ "chat: calls, one after the other", API_CHAT,
	    TALK("{'role':'user','content':'a'},<{'role':'assistant',"
		 "'tool_calls':[{'id':'c@','type':'function','function':"
		 "{'name':'t@','arguments':'{}'}}]},{'role':'tool',"
		 "'tool_call_id':'c@','content':'r'}>") },
	{ "chat: calls without results", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c@','type':'function','function':"
		 "{'name':'t','arguments':'{}'}}>]}") },
	{ "chat: calls of one id", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c','type':'function','function':"
		 "{'name':'t','arguments':'{}'}}>]},<{'role':'tool',"
		 "'tool_call_id':'c','content':'r'}>") },
	{ "chat: ids and names that need another", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c.@','type':'function','function':"
		 "{'name':'t.@','arguments':'{}'}}>]},<{'role':'tool',"
		 "'tool_call_id':'c.@','content':'r'}>") },
	{ "chat: bad arguments", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c@','type':'function','function':"
		 "{'name':'t','arguments':'{@'}}>]},<{'role':'tool',"
		 "'tool_call_id':'c@','content':'r'}>") },
	{ "chat: results without a call", API_CHAT,
	    TALK("{'role':'user','content':'a'},<{'role':'tool',"
		 "'tool_call_id':'c@','content':'r'}>") },
	{ "chat: function calls", API_CHAT,
	    TALK("{'role':'user','content':'a'},<{'role':'assistant',"
		 "'content':null,'function_call':{'name':'t@','arguments':"
		 "'{}'}},{'role':'function','name':'t@','content':'r'}>") },
	{ "chat: custom calls", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'tool_calls':[<{'id':'c@','type':'custom','custom':"
		 "{'name':'t@','input':'x'}}>]},<{'role':'tool',"
		 "'tool_call_id':'c@','content':'r'}>") },
	{ "chat: thoughts", API_CHAT,
	    TALK("<{'role':'user','content':'a'},{'role':'assistant',"
		 "'content':'b','reasoning_content':'r@'}>,"
		 "{'role':'user','content':'c'}") },
	{ "chat: reasoning details", API_CHAT,
	    TALK("{'role':'user','content':'a'},{'role':'assistant',"
		 "'content':'b','reasoning_details':[<{'type':"
		 "'reasoning.text','text':'r@','signature':'s@'}>]},"
		 "{'role':'user','content':'c'}") },
	{ "chat: tools", API_CHAT, CHAT("'tools':[<" FUNCTION("t@", "") ">]") },
	{ "chat: tools of one name", API_CHAT,
	    CHAT("'tools':[<" FUNCTION("t", "") ">]") },
	{ "chat: tools that need another name", API_CHAT,
	    CHAT("'tools':[<" FUNCTION("t.@", "") ">]") },
	{ "chat: strict tools", API_CHAT,
	    CHAT("'tools':[<" FUNCTION("t@", ",'strict':true,'parameters':"
		"{'type':'object','properties':{},'additionalProperties':false}") ">]") },
	{ "chat: unknown tools", API_CHAT,
	    CHAT("'tools':[<{'type':'x@'}>]") },
	{ "chat: functions", API_CHAT,
	    CHAT("'functions':[<{'name':'t@'}>]") },
	{ "chat: allowed tools", API_CHAT,
	    CHAT("'tools':[<" FUNCTION("t@", "") ">],'tool_choice':"
		    "{'type':'allowed_tools','allowed_tools':{'mode':'auto',"
		    "'tools':[<" FUNCTION("t@", "") ">]}}") },
	{ "chat: allowed tools, one of many", API_CHAT,
	    CHAT("'tools':[<" FUNCTION("t@", "") ">],'tool_choice':"
		    "{'type':'allowed_tools','allowed_tools':{'mode':'auto',"
		    "'tools':[<" FUNCTION("t1", "") ">]}}") },
	{ "chat: properties of a schema", API_CHAT,
	    CHAT("'tools':[" FUNCTION("t", ",'strict':true,'parameters':"
		"{'type':'object','properties':{<'p@':{'type':'string'}>},"
		"'required':[<'p@'>],'additionalProperties':false}") "]") },
	{ "chat: optional properties", API_CHAT,
	    CHAT("'tools':[" FUNCTION("t", ",'strict':true,'parameters':"
		"{'type':'object','properties':{<'p@':{'type':'string'}>},"
		"'additionalProperties':false}") "]") },
	{ "chat: words of a schema", API_CHAT,
	    CHAT("'tools':[" FUNCTION("t", ",'strict':true,'parameters':"
		"{'type':'object','properties':{'p':{'enum':[<'e@'>]}},"
		"'required':['p'],'additionalProperties':false}") "]") },
	{ "chat: definitions of a schema", API_CHAT,
	    CHAT("'response_format':{'type':'json_schema','json_schema':"
		"{'name':'s','strict':true,'schema':{'type':'object',"
		"'properties':{<'p@':{'$ref':'#/$defs/d'}>},'required':[<'p@'>],"
		"'additionalProperties':false,'$defs':{'d':{'type':'string'},"
		"<'d@':{'$ref':'#/$defs/d'}>}}}}") },
	{ "chat: alternatives of a schema", API_CHAT,
	    CHAT("'tools':[" FUNCTION("t", ",'parameters':{'oneOf':["
		"<{'type':'object','properties':{'p@':{'type':'string'}}}>]}") "]") },
	{ "chat: alternatives of one property", API_CHAT,
	    CHAT("'tools':[" FUNCTION("t", ",'parameters':{'oneOf':["
		"<{'type':'object','properties':{'p':{'const':@}},'required':"
		"['p','q@']}>]}") "]") },
	{ "chat: stop sequences", API_CHAT, CHAT("'stop':[<'s@'>]") },
	{ "chat: biases", API_CHAT, CHAT("'logit_bias':{<'@':1>}") },
	{ "chat: metadata", API_CHAT, CHAT("'metadata':{<'k@':'v'>}") },
	{ "chat: unknown fields", API_CHAT, CHAT("<'zz@':1>") },

	/* Responses */
	{ "responses: messages", API_RESPONSES,
	    ITEMS("<{'role':'user','content':'a@'}>") },
	{ "responses: parts", API_RESPONSES,
	    ITEMS("{'role':'user','content':[<{'type':'input_text',"
		  "'text':'a@'}>]}") },
	{ "responses: parts that are dropped", API_RESPONSES,
	    ITEMS("{'role':'user','content':[{'type':'input_text','text':"
		  "'a'},<{'type':'input_image','file_id':'f@'}>]}") },
	{ "responses: system messages", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},"
		  "<{'role':'developer','content':'a@'}>") },
	{ "responses: calls", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'function_call',"
		  "'call_id':'c@','name':'t@','arguments':'{}'}>,"
		  "<{'type':'function_call_output','call_id':'c@',"
		  "'output':'r'}>") },
	{ "responses: calls, one after the other", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'function_call',"
		  "'call_id':'c@','name':'t@','arguments':'{}'},"
		  "{'type':'function_call_output','call_id':'c@',"
		  "'output':'r'}>") },
	{ "responses: calls without results", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'function_call',"
		  "'call_id':'c@','name':'t','arguments':'{}'}>") },
	{ "responses: calls of one id", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'function_call',"
		  "'call_id':'c','name':'t','arguments':'{}'}>,"
		  "<{'type':'function_call_output','call_id':'c',"
		  "'output':'r'}>") },
	{ "responses: results without a call", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},"
		  "<{'type':'function_call_output','call_id':'c@',"
		  "'output':'r'}>") },
	{ "responses: foreign reasoning", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'reasoning',"
		  "'id':'rs_@','summary':[],'encrypted_content':'x@'}>") },
	{ "responses: summaries", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},{'type':'reasoning',"
		  "'id':'rs_1','summary':[<{'type':'summary_text',"
		  "'text':'s@'}>]},{'role':'user','content':'b'}") },
	{ "responses: unknown items", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'x@'}>") },
	{ "responses: items that are dropped", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},"
		  "<{'type':'item_reference','id':'i@'}>") },
	{ "responses: searches", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':'web_search_call',"
		  "'id':'w@','status':'completed','action':{'type':'search',"
		  "'query':'q'}}>") },
	{ "responses: answers with citations", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},{'type':'message','id':"
		  "'m','role':'assistant','content':[{'type':'output_text',"
		  "'text':'abc','annotations':[<{'type':'url_citation',"
		  "'url':'https://a.example/@','title':'t','start_index':0,"
		  "'end_index':1}>]}]},{'role':'user','content':'a'}") },
	{ "responses: extra tools", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':"
		  "'additional_tools','tools':[" FLAT("t@") "]}>") },
	{ "responses: searches for tools", API_RESPONSES,
	    ITEMS("{'role':'user','content':'a'},<{'type':"
		  "'tool_search_call','call_id':'c@','execution':'client',"
		  "'arguments':{'query':'q'}},{'type':'tool_search_output',"
		  "'call_id':'c@','execution':'client','tools':[" FLAT("t@") "]}>") },
	{ "responses: tools", API_RESPONSES,
	    RESP("'tools':[<" FLAT("t@") ">]") },
	{ "responses: tools of one name", API_RESPONSES,
	    RESP("'tools':[<" FLAT("t") ">]") },
	{ "responses: namespaces", API_RESPONSES,
	    RESP("'tools':[<{'type':'namespace','name':'n@','tools':[" FLAT("t") "]}>]") },
	{ "responses: tools of a namespace", API_RESPONSES,
	    RESP("'tools':[{'type':'namespace','name':'n','tools':[<" FLAT("t.@") ">]}]") },
	{ "responses: web searches", API_RESPONSES,
	    RESP("'tools':[<" FLAT("t@") ">,<{'type':'web_search'}>]") },
	{ "responses: unknown tools", API_RESPONSES,
	    RESP("'tools':[<{'type':'x@'}>]") },
	{ "responses: allowed tools", API_RESPONSES,
	    RESP("'tools':[<" FLAT("t@") ">],'tool_choice':{'type':"
		      "'allowed_tools','mode':'auto','tools':[<" FLAT("t@") ">]}") },
	{ "responses: allowed tools without their namespace", API_RESPONSES,
	    RESP("'tools':[{'type':'namespace','name':'n','tools':[<" FLAT("t@") ">]}],'tool_choice':{'type':"
		      "'allowed_tools','mode':'auto','tools':[<" FLAT("t@") ">]}") },
	{ "responses: domains", API_RESPONSES,
	    RESP("'tools':[{'type':'web_search','filters':"
		 "{'allowed_domains':[<'d@.example'>]}}]") },
	{ "responses: includes", API_RESPONSES, RESP("'include':[<'x@'>]") },
	{ "responses: unknown fields", API_RESPONSES, RESP("<'zz@':1>") },

	/* Messages */
	{ "messages: turns", API_MESSAGES,
	    TURNS("<{'role':'user','content':'a'},"
		  "{'role':'assistant','content':'b'}>,"
		  "{'role':'user','content':'c'}") },
	{ "messages: turns of one role", API_MESSAGES,
	    TURNS("<{'role':'user','content':'a@'}>") },
	{ "messages: system turns", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},"
		  "<{'role':'system','content':'a@'}>") },
	{ "messages: blocks", API_MESSAGES,
	    TURNS("{'role':'user','content':[<{'type':'text',"
		  "'text':'a@'}>]}") },
	{ "messages: blocks that are dropped", API_MESSAGES,
	    TURNS("{'role':'user','content':[{'type':'text','text':'a'},<" IMAGE("{'type':'file','file_id':'f@'}") ">]}") },
	{ "messages: images", API_MESSAGES,
	    TURNS("{'role':'user','content':[<" IMAGE("{'type':'url','url':'https://a.example/@'}") ">]}") },
	{ "messages: unknown blocks", API_MESSAGES,
	    TURNS("{'role':'user','content':[{'type':'text','text':'a'},"
		  "<{'type':'x@'}>]}") },
	{ "messages: marks", API_MESSAGES,
	    TURNS("{'role':'user','content':[<{'type':'text','text':'a',"
		  "'cache_control':{'type':'ephemeral'}}>]}") },
	{ "messages: calls", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[<{'type':'tool_use','id':'c@','name':'t@',"
		  "'input':{}}>]},{'role':'user','content':[<{'type':"
		  "'tool_result','tool_use_id':'c@','content':'r'}>]}") },
	{ "messages: calls, one after the other", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},<{'role':'assistant',"
		  "'content':[{'type':'tool_use','id':'c@','name':'t@',"
		  "'input':{}}]},{'role':'user','content':[{'type':"
		  "'tool_result','tool_use_id':'c@','content':'r'}]}>") },
	{ "messages: calls without results", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[<{'type':'tool_use','id':'c@','name':'t',"
		  "'input':{}}>]},{'role':'user','content':'b'}") },
	{ "messages: calls of one id", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[<{'type':'tool_use','id':'c','name':'t',"
		  "'input':{}}>]},{'role':'user','content':[<{'type':"
		  "'tool_result','tool_use_id':'c','content':'r'}>]}") },
	{ "messages: results without a call", API_MESSAGES,
	    TURNS("{'role':'user','content':[<{'type':'tool_result',"
		  "'tool_use_id':'c@','content':'r'}>]}") },
	{ "messages: parts of a result", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[{'type':'tool_use','id':'c','name':'t',"
		  "'input':{}}]},{'role':'user','content':[{'type':"
		  "'tool_result','tool_use_id':'c','content':[<{'type':"
		  "'text','text':'r@'}>]}]}") },
	{ "messages: ids and names that need another", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[<{'type':'tool_use','id':'c.@','name':'t.@',"
		  "'input':{}}>]},{'role':'user','content':[<{'type':"
		  "'tool_result','tool_use_id':'c.@','content':'r'}>]}") },
	{ "messages: thoughts", API_MESSAGES,
	    TURNS("<{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[{'type':'thinking','thinking':'t@',"
		  "'signature':'s@'},{'type':'text','text':'b'}]}>,"
		  "{'role':'user','content':'c'}") },
	{ "messages: hosted searches", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[<{'type':'server_tool_use','id':'srvtoolu_@',"
		  "'name':'web_search','input':{'query':'q'}},{'type':"
		  "'web_search_tool_result','tool_use_id':'srvtoolu_@',"
		  "'content':[]}>]},{'role':'user','content':'b'}") },
	{ "messages: results of a search", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'assistant',"
		  "'content':[{'type':'server_tool_use','id':'srvtoolu_1',"
		  "'name':'web_search','input':{'query':'q'}},{'type':"
		  "'web_search_tool_result','tool_use_id':'srvtoolu_1',"
		  "'content':[<{'type':'web_search_result','url':"
		  "'https://a.example/@','title':'t','encrypted_content':"
		  "'e'}>]}]},{'role':'user','content':'b'}") },
	{ "messages: tools", API_MESSAGES,
	    CLAUDE("'tools':[<" TOOL("t@") ">]") },
	{ "messages: tools that need another name", API_MESSAGES,
	    CLAUDE("'tools':[<" TOOL("t.@") ">]") },
	{ "messages: unknown tools", API_MESSAGES,
	    CLAUDE("'tools':[<{'type':'web_search_2025@','name':'x@'}>]") },
	{ "messages: deferred tools", API_MESSAGES,
	    CLAUDE("'tools':[<{'name':'t@','input_schema':{'type':'object'},"
		   "'defer_loading':true}>]") },
	{ "messages: tools added", API_MESSAGES,
	    "{'model':'claude-x','max_tokens':9,'tools':[<" TOOL("t@") ">],'messages':[{'role':'user','content':'a'},{'role':'system',"
		      "'content':[<{'type':'tool_removal','tool':{'type':"
		      "'tool_reference','name':'t@'}}>,<{'type':'tool_addition',"
		      "'tool':{'type':'tool_reference','name':'t@'}}>]}]}" },
	{ "messages: tools defined later", API_MESSAGES,
	    TURNS("{'role':'user','content':'a'},{'role':'system',"
		  "'content':[<{'type':'tool_addition','tool':{'type':"
		  "'tool_definition','definition':" TOOL("t@") "}}>]}") },
	{ "messages: tools found", API_MESSAGES,
	    "{'model':'claude-x','max_tokens':9,'tools':[<{'name':'t@',"
	    "'input_schema':{'type':'object'},'defer_loading':true}>," TOOL("Find") "],'messages':[{'role':'user','content':'a'},"
			"{'role':'assistant','content':[{'type':'tool_use','id':'c',"
			"'name':'Find','input':{}}]},{'role':'user','content':[{'type':"
			"'tool_result','tool_use_id':'c','content':[<{'type':"
			"'tool_reference','tool_name':'t@'}>]}]}]}" },
	{ "messages: examples", API_MESSAGES,
	    CLAUDE("'tools':[{'name':'t','input_schema':{'type':'object'},"
		   "'input_examples':[<{'a':@}>]}]") },
	{ "messages: properties of a schema", API_MESSAGES,
	    CLAUDE("'tools':[{'name':'t','strict':true,'input_schema':"
		   "{'type':'object','properties':{<'p@':{'type':'string'}>},"
		   "'required':[<'p@'>],'additionalProperties':false}}]") },
	{ "messages: optional properties", API_MESSAGES,
	    CLAUDE("'tools':[{'name':'t','strict':true,'input_schema':"
		   "{'type':'object','properties':{<'p@':{'type':'string'}>},"
		   "'additionalProperties':false}}]") },
	{ "messages: alternatives of a schema", API_MESSAGES,
	    CLAUDE("'tools':[{'name':'t','input_schema':{'oneOf':[<{'type':"
		   "'object','properties':{'p@':{'type':'string'}}}>]}}]") },
	{ "messages: alternatives of one property", API_MESSAGES,
	    CLAUDE("'tools':[{'name':'t','input_schema':{'oneOf':[<{'type':"
		"'object','properties':{'p':{'const':@}},'required':['p','q@']}>"
		"]}}]") },
	{ "messages: definitions of a schema", API_MESSAGES,
	    CLAUDE("'output_config':{'format':{'type':'json_schema',"
		   "'schema':{'type':'object','properties':{<'p@':{'$ref':"
		   "'#/$defs/d'}>},'required':[<'p@'>],'additionalProperties':"
		   "false,'$defs':{'d':{'type':'string'},<'d@':{'$ref':"
		   "'#/$defs/d'}>}}}}") },
	{ "messages: system blocks", API_MESSAGES,
	    CLAUDE("'system':[<{'type':'text','text':'a@'}>]") },
	{ "messages: servers", API_MESSAGES,
	    CLAUDE("'mcp_servers':[<{'type':'url','name':'n@','url':"
		   "'https://a.example/'}>]") },
	{ "messages: stop sequences", API_MESSAGES,
	    CLAUDE("'stop_sequences':[<'s@'>]") },
	{ "messages: edits", API_MESSAGES,
	    CLAUDE("'context_management':{'edits':[<{'type':'x@'}>]}") },
	{ "messages: unknown fields", API_MESSAGES, CLAUDE("<'zz@':1>") },
	{ NULL, 0, NULL },
};

/* --- replies ---------------------------------------------------------- */

#define EVENT(name, more) \
	"event: " name "\ndata: {'type':'" name "'" more "}\n\n"
#define BLOCK(index, block, delta) \
	EVENT("content_block_start", \
	    ",'index':" index ",'content_block':" block) \
	EVENT("content_block_delta", ",'index':" index ",'delta':" delta) \
	EVENT("content_block_stop", ",'index':" index)
#define MESSAGE(more) \
	EVENT("message_start", \
	    ",'message':{'id':'msg_1','type':'message'," \
	    "'role':'assistant','model':'m','content':[],'stop_reason':null," \
	    "'usage':{'input_tokens':1,'output_tokens':1}}") \
	more EVENT("message_delta", \
	    ",'delta':{'stop_reason':'end_turn'}," \
	    "'usage':{'output_tokens':1}") EVENT("message_stop", "")
#define OPENED(block, more) \
	EVENT("content_block_start", ",'index':0,'content_block':" block) \
	more EVENT("content_block_stop", ",'index':0")
#define DELTA(delta) EVENT("content_block_delta", ",'index':0,'delta':" delta)

#define CHUNK(delta) \
	"data: {'id':'c','object':'chat.completion.chunk','choices':[{" \
	"'index':0,'delta':" delta ",'finish_reason':null}]}\n\n"
#define CHUNKS(more) \
	more "data: {'id':'c','choices':[{'index':0,'delta':{}," \
	     "'finish_reason':'stop'}]}\n\ndata: [DONE]\n\n"
#define CALL(index, more) "{'index':" index "," more "}"

#define RESPONSE(more) \
	EVENT("response.created", \
	    ",'response':{'id':'resp_1','model':'m'," \
	    "'status':'in_progress','output':[]}") \
	more EVENT("response.completed", \
	    ",'response':{'id':'resp_1','model':" \
	    "'m','status':'completed','output':[],'usage':{'input_tokens':1," \
	    "'output_tokens':1}}")
#define ADDED(index, item) \
	EVENT("response.output_item.added", \
	    ",'output_index':" index ",'item':" item)
#define DONE(index, item) \
	EVENT("response.output_item.done", \
	    ",'output_index':" index ",'item':" item)
#define FCALL(args) \
	"{'type':'function_call','id':'fc_@','call_id':'c@','name':'t'," \
	"'arguments':'" args "'}"

const struct reply_shape reply_shapes[] = {
	{ "claude: deltas of a text", API_MESSAGES, true,
	    MESSAGE(OPENED("{'type':'text','text':''}",
	    "<" DELTA("{'type':'text_delta','text':'a@ '}") ">")) },
	{ "claude: blocks", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'text','text':''}",
	    "{'type':'text_delta','text':'a'}") ">") },
	{ "claude: calls", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'tool_use','id':'c@','name':'t',"
		"'input':{}}", "{'type':'input_json_delta','partial_json':'{}'}") ">") },
	{ "claude: pieces of arguments", API_MESSAGES, true,
	    MESSAGE(OPENED("{'type':'tool_use','id':'c','name':'t','input':"
			   "{}}", DELTA("{'type':'input_json_delta','partial_json':"
		    "'{\\'a\\':[0'}") "<" DELTA("{'type':'input_json_delta',"
						"'partial_json':',@'}") ">" DELTA("{'type':'input_json_delta',"
										  "'partial_json':']}'}"))) },
	{ "claude: thoughts", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'thinking','thinking':'',"
		"'signature':''}", "{'type':'thinking_delta','thinking':'a'}") ">") },
	{ "claude: pieces of a signature", API_MESSAGES, true,
	    MESSAGE(OPENED("{'type':'thinking','thinking':'','signature':''}",
	    "<" DELTA("{'type':'signature_delta','signature':'s@'}") ">")) },
	{ "claude: citations", API_MESSAGES, true,
	    MESSAGE(OPENED("{'type':'text','text':''}",
	    "<" DELTA("{'type':'citations_delta','citation':{'type':"
		    "'web_search_result_location','url':'https://a.example/@',"
		    "'title':'t','cited_text':'c'}}") ">" DELTA("{'type':'text_delta','text':'a'}"))) },
	{ "claude: cited texts", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'text','text':'a'}",
	    "{'type':'citations_delta','citation':{'type':"
		"'web_search_result_location','url':'https://a.example/@',"
		"'title':'t','cited_text':'c'}}") ">") },
	{ "claude: links", API_MESSAGES, true,
	    MESSAGE(BLOCK("0", "{'type':'server_tool_use','id':'srvtoolu_1',"
		"'name':'web_search','input':{}}", "{'type':'input_json_delta',"
		"'partial_json':'{\\'query\\':\\'q\\'}'}")
		    EVENT("content_block_start", ",'index':1,'content_block':{'type':"
			"'web_search_tool_result','tool_use_id':'srvtoolu_1','content':"
			"[<{'type':'web_search_result','url':'https://a.example/@',"
			"'title':'t','encrypted_content':'e'}>]}")
			EVENT("content_block_stop", ",'index':1")) },
	{ "claude: searches", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'server_tool_use','id':"
		"'srvtoolu_@','name':'web_search','input':{'query':'q'}}",
	    "{'type':'input_json_delta','partial_json':''}") ">") },
	{ "claude: blocks that never end", API_MESSAGES, true,
	    MESSAGE("<" EVENT("content_block_start", ",'index':@,"
		"'content_block':{'type':'tool_use','id':'c@','name':'t',"
		"'input':{}}") ">") },
	{ "claude: pings", API_MESSAGES, true,
	    MESSAGE("<" EVENT("ping", "") ">") },
	{ "claude: unknown events", API_MESSAGES, true,
	    MESSAGE("<" EVENT("x@", "") ">") },
	{ "claude: unknown blocks", API_MESSAGES, true,
	    MESSAGE("<" BLOCK("@", "{'type':'x@'}", "{'type':'x@'}") ">") },
	{ "claude: a long piece", API_MESSAGES, true,
	    MESSAGE(OPENED("{'type':'text','text':''}",
	    DELTA("{'type':'text_delta','text':'<a@>'}"))) },
	{ "claude: lines of one event", API_MESSAGES, true,
	    MESSAGE("<data: @\n>\n") },
	{ "claude: comments", API_MESSAGES, true, MESSAGE("<: @\n>") },
	{ "claude: a whole reply", API_MESSAGES, false,
	    "{'id':'msg_1','type':'message','role':'assistant','model':'m',"
	    "'content':[<{'type':'text','text':'a@'},{'type':'tool_use','id':"
	    "'c@','name':'t','input':{}}>],'stop_reason':'tool_use','usage':"
	    "{'input_tokens':1,'output_tokens':1}}" },

	{ "chat: deltas of a text", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'content':'a@ '}") ">") },
	{ "chat: deltas of reasoning", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'reasoning_content':'a@ '}") ">") },
	{ "chat: reasoning and text by turns", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'reasoning_content':'a'}")
		    CHUNK("{'content':'b'}") ">") },
	{ "chat: reasoning details", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'reasoning_details':[{'type':"
		"'reasoning.text','text':'a','signature':'s@'}]}") ">") },
	{ "chat: tags of thinking", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'content':'\\u003cthink\\u003ea\\u003c'}")
		    CHUNK("{'content':'/think\\u003eb'}") ">") },
	{ "chat: calls", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'tool_calls':[" CALL("@", "'id':'c@',"
		"'function':{'name':'t','arguments':'{}'}") "]}") ">") },
	{ "chat: calls that interleave", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'tool_calls':[" CALL("@", "'id':'c@',"
		"'function':{'name':'t','arguments':'{'}") "]}") ">"
								 "<" CHUNK("{'tool_calls':[" CALL("@", "'function':{'arguments':'}'}") "]}") ">") },
	{ "chat: calls of one chunk", API_CHAT, true,
	    CHUNKS(CHUNK("{'tool_calls':[<" CALL("@", "'id':'c@',"
		"'function':{'name':'t','arguments':'{}'}") ">]}")) },
	{ "chat: calls without index", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'tool_calls':[{'id':'c@','function':{'name':"
			     "'t','arguments':'{}'}}]}") ">") },
	{ "chat: calls of one id", API_CHAT, true,
	    CHUNKS("<" CHUNK("{'tool_calls':[" CALL("@", "'id':'c',"
		"'function':{'name':'t','arguments':'{}'}") "]}") ">") },
	{ "chat: pieces of arguments", API_CHAT, true,
	    CHUNKS(CHUNK("{'tool_calls':[" CALL("0", "'id':'c',"
		"'function':{'name':'t','arguments':'{\\'a\\':[0'}") "]}") "<" CHUNK("{'tool_calls':[" CALL("0", "'function':{'arguments':"
		"',@'}") "]}") ">" CHUNK("{'tool_calls':[" CALL("0",
	    "'function':{'arguments':']}'}") "]}")) },
	{ "chat: annotations", API_CHAT, true,
	    CHUNKS(CHUNK("{'content':'a'}") "<" CHUNK("{'annotations':[{"
		"'type':'url_citation','url_citation':{'url':"
		"'https://a.example/@','title':'t','start_index':0,"
		"'end_index':1}}]}") ">") },
	{ "chat: chunks of usage", API_CHAT, true,
	    CHUNKS("<data: {'choices':[],'usage':{'prompt_tokens':1,"
		   "'completion_tokens':@}}\n\n>") },
	{ "chat: a whole reply", API_CHAT, false,
	    "{'id':'c','object':'chat.completion','model':'m','choices':[{"
	    "'index':0,'message':{'role':'assistant','content':'<a@>',"
	    "'tool_calls':[<{'id':'c@','type':'function','function':{'name':"
	    "'t','arguments':'{}'}}>]},'finish_reason':'tool_calls'}]}" },

	{ "responses: deltas of a text", API_RESPONSES, true,
	    RESPONSE(ADDED("0", "{'type':'message','id':'m','content':[]}") "<" EVENT("response.output_text.delta", ",'output_index':0,"
		    "'content_index':0,'item_id':'m','delta':'a@ '") ">" DONE("0", "{'type':'message','id':'m','content':[]}")) },
	{ "responses: messages", API_RESPONSES, true,
	    RESPONSE("<" ADDED("@", "{'type':'message','id':'m@','content':"
		"[]}") EVENT("response.output_text.delta", ",'output_index':@,"
		"'content_index':0,'item_id':'m@','delta':'a'") DONE("@", "{'type':'message','id':'m@','content':[{'type':"
		"'output_text','text':'a','annotations':[]}]}") ">") },
	{ "responses: parts of a message", API_RESPONSES, true,
	    RESPONSE(ADDED("0", "{'type':'message','id':'m','content':[]}") "<" EVENT("response.output_text.delta", ",'output_index':0,"
		    "'content_index':@,'item_id':'m','delta':'a'") ">") },
	{ "responses: calls", API_RESPONSES, true,
	    RESPONSE("<" ADDED("@", FCALL("")) DONE("@", FCALL("{}")) ">") },
	{ "responses: calls that interleave", API_RESPONSES, true,
	    RESPONSE("<" ADDED("@", FCALL("")) ">"
			 "<" EVENT("response.function_call_arguments.delta",
	    ",'output_index':@,'item_id':'fc_@','delta':'{}'") ">"
										"<" DONE("@", FCALL("{}")) ">") },
	{ "responses: pieces of arguments", API_RESPONSES, true,
	    RESPONSE(ADDED("0", "{'type':'function_call','id':'f','call_id':"
		"'c','name':'t','arguments':''}")
		    EVENT(
	    "response.function_call_arguments.delta", ",'output_index':0,"
			"'item_id':'f','delta':'{\\'a\\':[0'") "<" EVENT(
	    "response.function_call_arguments.delta", ",'output_index':0,"
			"'item_id':'f','delta':',@'") ">" EVENT(
	    "response.function_call_arguments.delta", ",'output_index':0,"
			"'item_id':'f','delta':']}'")) },
	{ "responses: items that are done at once", API_RESPONSES, true,
	    RESPONSE("<" DONE("@", FCALL("{}")) ">") },
	{ "responses: items of the last event", API_RESPONSES, true,
	    EVENT("response.completed", ",'response':{'id':'r','model':'m',"
		"'status':'completed','output':[<" FCALL("{}") ">]}") },
	{ "responses: reasoning", API_RESPONSES, true,
	    RESPONSE("<" DONE("@", "{'type':'reasoning','id':'rs_@',"
		"'summary':[{'type':'summary_text','text':'s'}],"
		"'encrypted_content':'e'}") ">") },
	{ "responses: parts of a summary", API_RESPONSES, true,
	    RESPONSE(ADDED("0", "{'type':'reasoning','id':'rs','summary':"
		"[]}") "<" EVENT("response.reasoning_summary_part.added",
	    ",'output_index':0,'summary_index':@,'item_id':'rs'")
		    EVENT("response.reasoning_summary_text.delta", ",'output_index':"
			"0,'summary_index':@,'item_id':'rs','delta':'a'") ">") },
	{ "responses: annotations", API_RESPONSES, true,
	    RESPONSE(ADDED("0", "{'type':'message','id':'m','content':[]}") EVENT("response.output_text.delta", ",'output_index':0,"
		"'content_index':0,'item_id':'m','delta':'a'") "<" EVENT("response.output_text.annotation.added",
	    ",'output_index':0,'content_index':0,'annotation_index':@,"
		"'annotation':{'type':'url_citation','url':"
		"'https://a.example/@','title':'t','start_index':0,"
		"'end_index':1}") ">") },
	{ "responses: searches", API_RESPONSES, true,
	    RESPONSE("<" DONE("@", "{'type':'web_search_call','id':'ws_@',"
		"'status':'completed','action':{'type':'search','query':'q'}}") ">") },
	{ "responses: unknown items", API_RESPONSES, true,
	    RESPONSE("<" ADDED("@", "{'type':'x@','id':'x@'}") ">") },
	{ "responses: a whole reply", API_RESPONSES, false,
	    "{'id':'resp_1','object':'response','status':'completed','model':"
	    "'m','output':[<" FCALL("{}") ",{'type':'message','id':'m@',"
		      "'content':[{'type':'output_text','text':'a','annotations':[]}]"
		      "}>]}" },
	{ NULL, 0, false, NULL },
};

/* --- writing them out --------------------------------------------------- */

/* An item with its numbers. */
static void
put_item(struct buf *out, struct span item, size_t number)
{
	for (size_t i = 0; i < item.n; i++)
		if (item.p[i] == '\'')
			buf_putc(out, '"');
		else if (item.p[i] == '@')
			buf_printf(out, "%zu", number);
		else
			buf_putc(out, item.p[i]);
}

void
shape_put(struct buf *out, const char *text, size_t n)
{
	struct span rest = span_of(text);

	while (rest.p != NULL) {
		struct span item;

		put_item(out, span_cut(&rest, '<'), 0);
		if (rest.p == NULL)
			break;
		item = span_cut(&rest, '>');
		for (size_t i = 0; i < n; i++) {
			if (i > 0 && !span_ends(item, "\n"))
				buf_putc(out, ',');
			put_item(out, item, i);
		}
	}
}
