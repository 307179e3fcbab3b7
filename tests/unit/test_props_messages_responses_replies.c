/* Whatever Responses sends, a Claude client gets a right reply. */
#include "fuzz_openai.h"
#include "props_openai.h"
#include "props_replies.h"
#include "tap.h"

enum { TIMES = 200000 };

int
main(void)
{
	struct props_replies r = {
		.name = "Claude clients get right replies from Responses",
		.from = API_MESSAGES,
		.config = PROPS_OPENAI("https://api.openai.com/v1", "responses"),
		.requests = props_openai_requests,
		.stream = fuzz_responses_stream,
		.whole = fuzz_responses_whole,
	};

	props_replies(&r, TIMES);
	return done_testing();
}
