/*
 * The items of a Responses reply: how they open, and what is left to say when
 * they are over.
 */
#include "dialect/responses_answer.h"

#include "dialect/openai_client.h"
#include "wire/jget.h"

/* --- items open ----------------------------------------------------- */

static void
name_item(struct answer *a, struct item *item, enum item_kind kind)
{
	static const char *const prefixes[] = {
		[ITEM_MESSAGE] = "msg",
		[ITEM_REASONING] = "rs",
		[ITEM_FUNCTION] = "fc",
		[ITEM_CUSTOM] = "ctc",
		[ITEM_TOOL_SEARCH] = "tsc",
		[ITEM_WEB_SEARCH] = "ws",
		[ITEM_COMPACTION] = "cmp",
	};

	item->kind = kind;
	item->id = pool_printf(a->w->pool, "%s_%.*s_%zu", prefixes[kind],
	    SPAN_ARG(a->suffix), item->index);
}

struct item *
responses_add_item(struct answer *a, enum item_kind kind)
{
	struct item *item = pool_new(a->w->pool, struct item);

	item->index = a->count++;
	item->status = IN_PROGRESS;
	name_item(a, item, kind);
	*a->end = item;
	a->end = &item->next;
	a->newest = item;
	a->part = NULL;
	a->seal = (struct seal){ .kind = SEAL_NONE };
	a->talking = false;
	return item;
}

void
responses_announce(struct answer *a, struct item *item)
{
	responses_tell_item(a, "response.output_item.added", item);
}

void
responses_open_part(struct answer *a, bool refusal)
{
	struct part *part = pool_new(a->w->pool, struct part);
	struct item *item;

	if (a->newest == NULL)
		responses_announce(a, responses_add_item(a, ITEM_MESSAGE));
	item = a->newest;
	if (item->parts == NULL)
		item->parts = part;
	else
		item->last_part->next = part;
	item->last_part = part;
	part->index = item->part_count++;
	part->refusal = refusal;
	a->part = part;
	responses_tell_part(a, "response.content_part.added", item, part);
}

void
responses_open_call(struct answer *a, const struct event *ev)
{
	enum item_kind kind = ev->tool.kind == TOOL_FREEFORM ? ITEM_CUSTOM :
	    ev->tool.kind == TOOL_SEARCH ? ITEM_TOOL_SEARCH : ITEM_FUNCTION;
	struct item *item = responses_add_item(a, kind);
	struct pool *pool = a->w->pool;

	a->called = true;
	item->call_id = pool_span(pool, ev->id);
	item->tool.kind = ev->tool.kind;
	item->tool.space = pool_span(pool, ev->tool.space);
	item->tool.name = pool_span(pool, ev->tool.name);
	/* The client sees a searching call only when it is whole. */
	if (kind != ITEM_TOOL_SEARCH)
		responses_announce(a, item);
}

void
responses_open_search(struct answer *a)
{
	struct item *item = responses_add_item(a, ITEM_WEB_SEARCH);

	responses_announce(a, item);
	responses_tell_of(a, "response.web_search_call.in_progress", item,
	    NULL, SPAN_NONE);
	responses_tell_of(a, "response.web_search_call.searching", item,
	    NULL, SPAN_NONE);
}

/* --- items close: what rule H held ---------------------------------- */

void
responses_finish_part(struct answer *a)
{
	struct part *part = a->part;

	if (part == NULL)
		return;
	responses_tell_text(a, a->newest, part, part->text, true);
	responses_tell_part(a, "response.content_part.done", a->newest, part);
	a->part = NULL;
}

static void
finish_reasoning(struct answer *a, struct item *item)
{
	item->status = COMPLETED;
	if (!a->talking)
		return;
	responses_tell_of(a, "response.reasoning_summary_text.done", item,
	    "text", item->text);
	responses_tell_summary_part(a, "response.reasoning_summary_part.done",
	    item, item->text);
}

/* A call without a word of arguments has none, unless it was cut. */
static void
finish_function(struct answer *a, struct item *item)
{
	if (item->text.n == 0 && item->status == COMPLETED) {
		item->text = SPAN("{}");
		responses_tell_of(a, "response.function_call_arguments.delta",
		    item, "delta", item->text);
	}
	responses_tell_of(a, "response.function_call_arguments.done", item,
	    "arguments", item->text);
}

static void
finish_custom(struct answer *a, struct item *item)
{
	item->text = openai_freeform_input(a->w->pool, item->text);
	if (item->text.n > 0)
		responses_tell_of(a, "response.custom_tool_call_input.delta",
		    item, "delta", item->text);
	responses_tell_of(a, "response.custom_tool_call_input.done", item,
	    "input", item->text);
}

/* Arguments that are no object make it a function's call, told in one go. */
static void
finish_tool_search(struct answer *a, struct item *item)
{
	enum status status = item->status;
	struct json_trouble trouble;
	struct span text = item->text;

	if (text.n == 0 && status == COMPLETED)
		text = SPAN("{}");
	item->arguments = jread(a->w->pool, text, 0, NULL, &trouble);
	item->status = IN_PROGRESS;
	if (json_is_object(item->arguments)) {
		responses_announce(a, item);
		item->status = status;
		return;
	}
	name_item(a, item, ITEM_FUNCTION);
	item->text = SPAN_NONE;
	responses_announce(a, item);
	item->status = status;
	item->text = text;
	if (text.n > 0)
		responses_tell_of(a, "response.function_call_arguments.delta",
		    item, "delta", text);
	finish_function(a, item);
}

/* All that is left to say about the newest item. */
void
responses_finish_item(struct answer *a, enum status status)
{
	struct item *item = a->newest;

	if (item == NULL)
		return;
	responses_finish_part(a);
	item->status = status;
	switch (item->kind) {
	case ITEM_REASONING:
		finish_reasoning(a, item);
		break;
	case ITEM_FUNCTION:
		finish_function(a, item);
		break;
	case ITEM_CUSTOM:
		finish_custom(a, item);
		break;
	case ITEM_TOOL_SEARCH:
		finish_tool_search(a, item);
		break;
	case ITEM_WEB_SEARCH:
		item->status = item->failed ? FAILED : COMPLETED;
		responses_tell_of(a, "response.web_search_call.completed",
		    item, NULL, SPAN_NONE);
		break;
	case ITEM_MESSAGE:
	case ITEM_COMPACTION:
		break;
	}
	responses_tell_item(a, "response.output_item.done", item);
	a->newest = NULL;
}
