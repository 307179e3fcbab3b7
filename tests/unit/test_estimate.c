/*
 * The estimator of tokens: the numbers of the protocol files' examples, and
 * each price of the table once.
 */
#include "../lib/tap.h"
#include "model/estimate.h"
#include "wire/jget.h"

static const struct {
	const char *text;
	long thousandths;
	const char *name;
} texts[] = {
	{ "", 0, "nothing" },
	{ "one", 1000, "a word" },
	{ "overloaded", 1720, "a long word" },
	{ "Be brief.", 2700, "words and a stop" },
	{ "2026", 2000, "digits, three a token" },
	{ "a\n\n  b", 3200, "line breaks and indentation" },
	{ "a b", 2000, "a single space is free" },
	{ "====", 1400, "a long run of signs" },
	{ "cafe\xcc\x81", 1750, "a Latin accent" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", 1380, "Han" },
	{ "\xd0\xb4\xd0\xb0", 920, "another script" },
	{ "\xf0\x9f\x98\x80", 2000, "a picture" },
	{ "0123456789abcdef01234567", 13200, "a hash" },
	{ "0123456789abcdef0123456", 8000, "too short for a hash" },
	{ "/usr/lib/python/site/packages", 8860, "a path is no hash" },
};

static const struct {
	const char *body;
	long tokens;
	const char *name;
} bodies[] = {
	{ "{'messages':[{'role':'user','content':'Hello'}]}", 8,
	    "one word" },
	{ "{'system':'Be brief.','messages':[{'role':'user',"
	  "'content':'Hello world'}]}", 16, "system" },
	{ "{'system':[{'type':'text','text':'You are an assistant for "
	  "performing a web search tool use'}],'messages':[{'role':"
	  "'user','content':'Perform a web search for the query: "
	  "tallest lighthouse'}],'tools':[{'type':"
	  "'web_search_20250305','name':'web_search','max_uses':8,"
	  "'allowed_domains':['lights.example']}]}", 49,
	    "a server tool" },
	{ "{'tools':[{'name':'Read','description':'Read a file',"
	  "'input_schema':{'type':'object','properties':{'path':{"
	  "'type':'string'}},'required':['path'],"
	  "'additionalProperties':false},'strict':true}],'messages':["
	  "{'role':'user','content':'What is in /etc/motd?'}]}", 61,
	    "a tool" },
	{ "{'messages':[{'role':'user','content':[{'type':'image',"
	  "'source':{'type':'base64','media_type':'image/png',"
	  "'data':'iVBORw0KGgoAAAANSUhEUgAAAEEAAAAgCAYAAAA='}}]}]}",
	    10, "an image of 65 by 32 pixels: three tiles" },
	{ "{'messages':[{'role':'user','content':[{'type':'image',"
	  "'source':{'type':'url','url':'https://x.example/a'}}]}"
	  "]}", 1107, "an image of unknown size" },
	{ "{'messages':[{'role':'user','content':[{'type':"
	  "'document','source':{'type':'url','url':'https://x'}}"
	  "]}]}", 1807, "a PDF of unknown length" },
	{ "{'messages':[{'role':'assistant','content':[{'type':"
	  "'thinking','thinking':'one two','signature':'abcdef'},"
	  "{'type':'tool_use','id':'call_1','name':'Ls',"
	  "'input':{}}]}]}", 19, "signatures and ids cost nothing" },
	{ "[]", 3, "no body" },
	{ "{'messages':[[],7,{'content':{'a':1}}],'tools':7}", 15,
	    "a body of the wrong types" },
};

static struct pool *pool;

/* A text with its "'" as '"': JSON is easier to read that way. */
static json_t *
parse(const char *text)
{
	struct json_trouble trouble;
	char *copy = pool_str(pool, span_of(text)), *p = copy;

	while ((p = strchr(p, '\'')) != NULL)
		*p = '"';
	return jread(pool, span_of(copy), 0, NULL, &trouble);
}

int
main(void)
{
	pool = pool_open();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		is_int(estimate_text(span_of(texts[i].text)),
		    texts[i].thousandths, "%s", texts[i].name);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		is_int(estimate_messages(parse(bodies[i].body)),
		    bodies[i].tokens, "%s", bodies[i].name);
	is_int(tokens_of(1499), 1, "rounded down");
	is_int(tokens_of(1500), 2, "rounded up");
	pool_close(pool);
	return done_testing();
}
