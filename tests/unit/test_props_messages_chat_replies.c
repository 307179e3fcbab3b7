/* Whatever Chat Completions sends, a Claude client gets a right reply. */
#include "fuzz_openai.h"
#include "props_openai.h"
#include "props_replies.h"
#include "tap.h"

enum { TIMES = 200000 };

int
main(void)
{
	struct props_replies r = {
		.name = "Claude clients get right replies from Chat",
		.from = API_MESSAGES,
		.config = PROPS_OPENAI("https://llm.example.net/v1", "chat-completions"),
		.requests = props_openai_requests,
		.stream = fuzz_chat_stream,
		.whole = fuzz_chat_whole,
	};

	props_replies(&r, TIMES);
	return done_testing();
}
