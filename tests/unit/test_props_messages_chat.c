/* Generated requests to /v1/messages, onto chat completions. */
#include "middle.h"
#include "props_requests.h"
#include "tap.h"

enum { TIMES = 20000 };

int
main(void)
{
	static const char *const configs[] = { middle_chat,
	    middle_chat_other, NULL };

	props_requests(API_MESSAGES, API_CHAT, gen_messages, configs, TIMES);
	return done_testing();
}
