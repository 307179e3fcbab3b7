/*
 * The events of a streamed Responses reply (o2c-responses section 5):
 *
 *	event: response.output_text.delta
 *	data: {"type":"response.output_text.delta","sequence_number":11,...}
 */
#include "dialect/responses_answer.h"

#include <stdio.h>

#include "dialect/parts.h"
#include "wire/sse.h"

/* Open an event; false when nobody listens. */
static bool
begin(struct answer *a, struct jw *w, const char *type)
{
	if (a->quiet)
		return false;
	sse_put_head(a->w->out, type);
	jw_init(w, a->w->out);
	jw_obj(w, NULL);
	jw_str(w, "type", span_of(type));
	jw_int(w, "sequence_number", a->sequence++);
	return true;
}

static void
end(struct answer *a, struct jw *w)
{
	jw_end(w);
	sse_put_tail(a->w->out);
}

static void
put_place(struct jw *w, const struct item *item)
{
	jw_str(w, "item_id", item->id);
	jw_int(w, "output_index", (long long)item->index);
}

void
responses_tell_begin(struct answer *a)
{
	static const char *const types[] = {
		"response.created", "response.in_progress",
	};
	struct jw w;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!begin(a, &w, types[i]))
			return;
		responses_put_object(&w, "response", a);
		end(a, &w);
	}
}

void
responses_tell_object(struct answer *a, const char *type, struct span object)
{
	struct jw w;

	if (!begin(a, &w, type))
		return;
	jw_raw(&w, "response", object);
	end(a, &w);
}

void
responses_tell_item(struct answer *a, const char *type, struct item *item)
{
	struct jw w;

	item->announced = true;
	if (!begin(a, &w, type))
		return;
	jw_int(&w, "output_index", (long long)item->index);
	responses_put_item(&w, "item", a, item);
	end(a, &w);
}

void
responses_tell_part(struct answer *a, const char *type,
    const struct item *item, const struct part *part)
{
	struct jw w;

	if (!begin(a, &w, type))
		return;
	put_place(&w, item);
	jw_int(&w, "content_index", (long long)part->index);
	responses_put_part(&w, "part", part);
	end(a, &w);
}

/* What the events of a kind of text are called, and the key of its whole. */
static const struct {
	const char *delta, *done, *key;
} texts[2] = {
	{ "response.output_text.delta", "response.output_text.done", "text" },
	{ "response.refusal.delta", "response.refusal.done", "refusal" },
};

void
responses_tell_text(struct answer *a, const struct item *item,
    const struct part *part, struct span text, bool done)
{
	const char *type = done ? texts[part->refusal].done :
	    texts[part->refusal].delta;
	struct jw w;

	if (!begin(a, &w, type))
		return;
	put_place(&w, item);
	jw_int(&w, "content_index", (long long)part->index);
	jw_str(&w, done ? texts[part->refusal].key : "delta", text);
	if (!part->refusal) {
		jw_arr(&w, "logprobs");
		jw_end(&w);
	}
	end(a, &w);
}

void
responses_tell_cites(struct answer *a, const struct item *item,
    const struct part *part)
{
	long long i = 0;
	struct jw w;

	for (const struct cite *c = part->cites; c != NULL; c = c->next) {
		if (!begin(a, &w, "response.output_text.annotation.added"))
			return;
		put_place(&w, item);
		jw_int(&w, "content_index", (long long)part->index);
		jw_int(&w, "annotation_index", i++);
		responses_put_cite(&w, "annotation", part, c);
		end(a, &w);
	}
}

void
responses_tell_summary_part(struct answer *a, const char *type,
    const struct item *item, struct span text)
{
	struct jw w;

	if (!begin(a, &w, type))
		return;
	put_place(&w, item);
	jw_int(&w, "summary_index", 0);
	jw_obj(&w, "part");
	jw_str(&w, "type", SPAN("summary_text"));
	jw_str(&w, "text", text);
	jw_end(&w);
	end(a, &w);
}

void
responses_tell_of(struct answer *a, const char *type, const struct item *item,
    const char *key, struct span text)
{
	struct jw w;

	if (!begin(a, &w, type))
		return;
	put_place(&w, item);
	if (item->kind == ITEM_REASONING)
		jw_int(&w, "summary_index", 0);
	if (key != NULL)
		jw_str(&w, key, text);
	end(a, &w);
}

/* Flat keys for the SDK's type, nested ones for the Open Responses schema. */
void
responses_tell_error(struct answer *a, const struct fault *why)
{
	struct span code = span_of(responses_failure(why));
	struct jw w;

	if (!begin(a, &w, "error"))
		return;
	jw_str(&w, "code", code);
	jw_str(&w, "message", span_of(why->message));
	jw_null(&w, "param");
	jw_obj(&w, "error");
	jw_str(&w, "type", span_of(openai_error_type(why)));
	jw_str(&w, "code", code);
	jw_str(&w, "message", span_of(why->message));
	jw_null(&w, "param");
	jw_end(&w);
	end(a, &w);
}
