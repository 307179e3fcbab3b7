/*
 * A chunk of a chat stream that is a mere delta: texts, or a piece of a call's
 * arguments, and beside it nothing but what all chunks repeat.
 *
 *	{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,
 *	 "model":"m","service_tier":"default","choices":[{"index":0,
 *	 "delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}]}
 */
#ifndef CO2_CHAT_DELTA_READ_H
#define CO2_CHAT_DELTA_READ_H

#include "wire/scan.h"

/* All spans are borrowed from the text, or from `scan`. */
struct chat_delta {
	struct span id, model, tier;
	struct span text;
	struct span thought;
	const char *field;	/* where the thought stood */
	bool argues;		/* `arguments` are for the call `index` */
	long index;
	struct span arguments;
	struct scan scan;
};

/* False when the chunk is anything else, or may be. */
bool chat_delta_read(struct chat_delta *d, struct span data);

#endif
