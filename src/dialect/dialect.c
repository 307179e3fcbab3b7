#include "dialect/dialect.h"

const struct dialect *
dialect_of(enum api api)
{
	static const struct dialect *const table[API_COUNT] = {
		[API_MESSAGES] = &messages_dialect,
		[API_CHAT] = &chat_dialect,
		[API_RESPONSES] = &responses_dialect,
	};

	return table[api];
}
