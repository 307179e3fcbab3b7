/* Generated requests to /v1/responses, onto Claude. */
#include "middle.h"
#include "props_requests.h"
#include "tap.h"

enum { TIMES = 20000 };

int
main(void)
{
	static const char *const configs[] = { middle_o2c,
	    middle_o2c_other, NULL };

	props_requests(API_RESPONSES, API_MESSAGES, gen_responses, configs, TIMES);
	return done_testing();
}
