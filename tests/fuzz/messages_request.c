/* A Claude client's request. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_request(API_MESSAGES, (struct span){ (const char *)data, n });
	return 0;
}
