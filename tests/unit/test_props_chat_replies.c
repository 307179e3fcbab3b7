/* Whatever Claude streams, a client of chat completions gets a right reply. */
#include "middle.h"
#include "props_claude.h"
#include "props_replies.h"
#include "tap.h"

enum { TIMES = 115000 };

#define TOOLS \
	"\"tools\":[{\"type\":\"function\",\"function\":{\"name\":" \
	"\"get_weather\"}},{\"type\":\"custom\",\"custom\":{\"name\":" \
	"\"apply_patch\"}}]"
#define HI "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
#define MODEL "{\"model\":\"claude-opus-5-5\","

static const char *const requests[] = {
	MODEL HI "}",
	MODEL HI ",\"stream\":true}",
	MODEL HI ",\"stream\":true," TOOLS "}",
	MODEL HI ",\"stream\":true," TOOLS ",\"parallel_tool_calls\":false,"
		 "\"stream_options\":{\"include_usage\":true}}",
	MODEL HI "," TOOLS ",\"stop\":[\"\\n\\n\",\" \"]}",
	MODEL HI ",\"stream\":true,\"stop\":[\"\\n\\n\"],"
		 "\"web_search_options\":{}}",
	MODEL HI ",\"functions\":[{\"name\":\"get_weather\"}]}",
	MODEL HI ",\"stream\":true,\"functions\":[{\"name\":"
		 "\"get_weather\"}]}",
	MODEL HI ",\"stream\":true,\"reasoning\":{\"exclude\":true}}",
	NULL,
};

int
main(void)
{
	struct props_replies r = {
		.name = "clients of chat get right replies",
		.from = API_CHAT,
		.config = middle_o2c,
		.requests = requests,
		.stream = props_claude_stream,
		.whole = props_claude_whole,
	};

	props_replies(&r, TIMES);
	return done_testing();
}
