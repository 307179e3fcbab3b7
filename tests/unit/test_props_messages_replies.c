/* Whatever Chat Completions sends, a Claude client gets a right reply. */
#include "fuzz_openai.h"
#include "middle.h"
#include "props_replies.h"
#include "tap.h"

enum { TIMES = 30000 };

#define CONFIG(url, api) \
	"{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":" \
	"{\"apiKey\":\"sk-invented\",\"baseUrl\":\"" url "\"}},\"routing\":" \
	"{\"openAIUpstreamApi\":\"" api "\"},\"modelMap\":{\"claude-x\":" \
	"\"gpt-5.6\"}}"

#define TOOLS \
	",\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{\"type\":" \
	"\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}," \
	"{\"name\":\"Read\",\"input_schema\":{\"type\":\"object\"}}]"
#define START \
	"{\"model\":\"claude-x\",\"max_tokens\":9000,\"messages\":" \
	"[{\"role\":\"user\",\"content\":\"Hi\"}]"
#define STREAM ",\"stream\":true"
static const char *const requests[] = {
	START "}",
	START STREAM "}",
	START STREAM TOOLS "}",
	START TOOLS "}",
	START STREAM TOOLS ",\"tool_choice\":{\"type\":\"auto\","
			   "\"disable_parallel_tool_use\":true}}",
	START STREAM TOOLS ",\"thinking\":{\"type\":\"adaptive\","
			   "\"display\":\"summarized\"}}",
	START TOOLS ",\"thinking\":{\"type\":\"adaptive\",\"display\":"
		    "\"omitted\"}}",
	START STREAM ",\"stop_sequences\":[\"So\",\"END\"]}",
	START TOOLS ",\"stop_sequences\":[\"Hello\",\"END\"]}",
	NULL,
};

int
main(void)
{
	struct props_replies chat = {
		.name = "Claude clients get right replies from Chat",
		.from = API_MESSAGES,
		.config = CONFIG("https://llm.example.net/v1",
		    "chat-completions"),
		.requests = requests,
		.stream = fuzz_chat_stream,
		.whole = fuzz_chat_whole,
	};

	props_replies(&chat, TIMES);
	return done_testing();
}
