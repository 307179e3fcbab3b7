/* What a Responses upstream sends, to a Claude client. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_reply(API_RESPONSES, (struct span){ (const char *)data, n });
	return 0;
}
