/*
 * Shorthands for readers: one event each, with what it needs and no more.
 */
#include "model/flow.h"

void
flow_begin(struct flow *f, struct span id, struct span model)
{
	struct event ev = { .kind = EVENT_BEGIN, .id = id, .model = model };

	usage_clear(&ev.usage);
	flow_push(f, &ev);
}

void
flow_open(struct flow *f, long lane, enum block_kind block)
{
	flow_push(f, &(struct event){ .kind = EVENT_OPEN, .lane = lane,
	    .block = block });
}

void
flow_open_call(struct flow *f, long lane, struct span id, struct span name)
{
	flow_push(f, &(struct event){ .kind = EVENT_OPEN, .lane = lane,
	    .block = BLOCK_CALL, .id = id, .name = name });
}

void
flow_delta(struct flow *f, long lane, struct span text)
{
	flow_push(f, &(struct event){ .kind = EVENT_DELTA, .lane = lane,
	    .text = text });
}

void
flow_seal(struct flow *f, long lane, const struct seal *seal)
{
	flow_push(f, &(struct event){ .kind = EVENT_SEAL, .lane = lane,
	    .seal = seal });
}

void
flow_close(struct flow *f, long lane)
{
	flow_push(f, &(struct event){ .kind = EVENT_CLOSE, .lane = lane });
}

void
flow_usage(struct flow *f, const struct usage *u)
{
	flow_push(f, &(struct event){ .kind = EVENT_USAGE, .usage = *u });
}

void
flow_stop(struct flow *f, enum stop stop)
{
	flow_push(f, &(struct event){ .kind = EVENT_STOP, .stop = stop });
}

void
flow_refusal(struct flow *f, struct span words, struct span category)
{
	flow_push(f, &(struct event){ .kind = EVENT_STOP,
	    .stop = STOP_REFUSAL, .refusal = words, .category = category });
}
