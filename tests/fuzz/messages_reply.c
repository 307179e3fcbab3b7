/* What Claude sends, to a chat and a Responses client. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_reply(API_MESSAGES, (struct span){ (const char *)data, n });
	return 0;
}
