/* Whatever Claude streams, a client of Responses gets a right reply. */
#include "middle.h"
#include "props_claude.h"
#include "props_replies.h"
#include "tap.h"

enum { TIMES = 85000 };

#define PLAIN \
	"\"tools\":[{\"type\":\"function\",\"name\":\"get_weather\"}," \
	"{\"type\":\"custom\",\"name\":\"apply_patch\"}]"
#define SPECIAL \
	"\"tools\":[{\"type\":\"namespace\",\"name\":\"mcp__mail\"," \
	"\"tools\":[{\"type\":\"function\",\"name\":\"send\"}]}," \
	"{\"type\":\"tool_search\",\"execution\":\"client\"}," \
	"{\"type\":\"web_search\"}]"
#define HI "\"input\":\"Hi\""
#define MODEL "{\"model\":\"claude-opus-5-5\","

static const char *const requests[] = {
	MODEL HI "}",
	MODEL HI ",\"stream\":true}",
	MODEL HI ",\"stream\":true,\"store\":false," PLAIN "}",
	MODEL HI ",\"stream\":true," SPECIAL ",\"parallel_tool_calls\":false,"
		 "\"include\":[\"web_search_call.action.sources\"]}",
	MODEL HI "," SPECIAL ",\"reasoning\":{\"summary\":\"auto\"}}",
	MODEL HI ",\"stream\":true,\"reasoning\":{\"effort\":\"low\","
		 "\"summary\":\"auto\"}}",
	MODEL "\"stream\":true,\"input\":[{\"role\":\"user\",\"content\":"
	      "\"Hi\"},{\"type\":\"compaction_trigger\"}]}",
	NULL,
};

int
main(void)
{
	struct props_replies r = {
		.name = "clients of Responses get right replies",
		.from = API_RESPONSES,
		.config = middle_o2c,
		.requests = requests,
		.stream = props_claude_stream,
		.whole = props_claude_whole,
	};

	props_replies(&r, TIMES);
	return done_testing();
}
