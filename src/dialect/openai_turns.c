#include "dialect/openai_turns.h"

#include "model/media.h"

/* One walk through the turns. */
struct walk {
	struct request *req;
	const struct target *to;
	const struct openai_taste *taste;
	size_t foreign;		/* thinking that others signed */
	struct span dropped;	/* types of the turn at hand, ", " between */
	bool dropped_some;	/* by us, not by the reader */
};

static bool
takes_media(const struct openai_taste *taste, const struct media *m)
{
	if (m->kind == MEDIA_IMAGE)
		return true;
	return m->source == SOURCE_URL ? taste->file_url : taste->file;
}

/* The block's type as the client wrote it. */
static struct span
type_of(const struct block *b)
{
	if (b->kind != BLOCK_MEDIA)
		return b->type.n > 0 ? b->type : SPAN("unknown");
	return b->media.kind == MEDIA_IMAGE ? SPAN("image") : SPAN("document");
}

/* Enough types to tell what was lost; a hostile list stays short. */
enum { DROPPED_MAX = 200 };

/* Say that a block is dropped, and remember its type. */
static void
drop(struct walk *w, const struct block *b)
{
	struct span type = type_of(b);

	w->dropped_some = true;
	request_lost(w->req, "block_dropped", "%.*s", SPAN_ARG(b->path));
	if (w->dropped.n == 0)
		w->dropped = type;
	else if (w->dropped.n < DROPPED_MAX && span_find(w->dropped, type) < 0)
		w->dropped = pool_join(w->req->pool, w->dropped, SPAN(", "),
		    type);
}

static void
become_text(struct block *b, struct span text)
{
	b->kind = BLOCK_TEXT;
	b->text = text;
}

/*
 * What stands inside a result is replaced by words where it cannot be sent:
 * an empty result would mislead the model.
 */
static void
clean_inside_result(struct walk *w, struct block *b)
{
	struct pool *pool = w->req->pool;

	if (b->kind == BLOCK_TEXT)
		return;
	if (b->kind == BLOCK_MEDIA && b->media.kind == MEDIA_TEXT) {
		become_text(b, media_inline(pool, &b->media));
	} else if (b->kind == BLOCK_MEDIA && takes_media(w->taste, &b->media)) {
		return;
	} else {
		request_lost(w->req, "block_dropped", "%.*s",
		    SPAN_ARG(b->path));
		become_text(b, pool_join(pool, SPAN("["), type_of(b),
		    SPAN(" omitted]")));
	}
}

/*
 * The fields that servers keep reasoning in. A name that a client made up
 * must not become a key of ours.
 */
static bool
is_reasoning_field(struct span name)
{
	return span_is(name, "reasoning_content") ||
	    span_is(name, "reasoning");
}

/* Can the reasoning be given back? Its signature is opened on first sight. */
static bool
keeps_thinking(struct walk *w, struct block *b)
{
	struct seal *s = &b->seal;

	if (s->kind != SEAL_RESPONSES && s->kind != SEAL_CHAT)
		*s = seal_read_t1(w->req->pool, s->data, w->to->origin,
		    w->taste->seal);
	if (s->kind == SEAL_FOREIGN)
		w->foreign++;
	if (s->kind != w->taste->seal || !w->taste->thinking ||
	    w->req->attempt.unsealed)
		return false;
	if (b->text.n == 0)
		b->text = s->text;
	if (s->kind == SEAL_CHAT)
		return s->details != NULL ||
		    (is_reasoning_field(s->field) && b->text.n > 0);
	return s->data.n > 0 || (s->raw && b->text.n > 0);
}

/* Make a block of a turn sendable; false when it goes. */
static bool
clean(struct walk *w, struct block *b)
{
	switch (b->kind) {
	case BLOCK_TEXT:
		return b->text.n > 0;
	case BLOCK_CALL:
		return true;
	case BLOCK_RESULT:
		for (struct block *in = b->content; in != NULL; in = in->next)
			clean_inside_result(w, in);
		return true;
	case BLOCK_THINKING:
		return keeps_thinking(w, b);
	case BLOCK_MEDIA:
		if (b->media.kind == MEDIA_TEXT) {
			become_text(b, media_inline(w->req->pool, &b->media));
			return true;
		}
		if (takes_media(w->taste, &b->media))
			return true;
		break;
	default:
		break;
	}
	drop(w, b);
	return false;
}

static int
clean_turn(struct walk *w, struct turn *t, struct fault *why)
{
	struct block **at = &t->blocks;

	w->dropped = t->dropped;
	w->dropped_some = false;
	while (*at != NULL) {
		if (clean(w, *at))
			at = &(*at)->next;
		else
			*at = (*at)->next;
	}
	if (t->blocks != NULL || !w->dropped_some)
		return 0;
	return fault_set(why, FAULT_REQUEST, pool_str(w->req->pool, t->path),
	    "no supported content left after dropping %.*s",
	    SPAN_ARG(w->dropped));
}

/* Where the next block of a list goes. */
static struct block **
end_of(struct block **list)
{
	while (*list != NULL)
		list = &(*list)->next;
	return list;
}

void
openai_merge_turns(struct request *req)
{
	struct turn **at = &req->turns, *last = NULL;
	struct block **end = NULL;	/* of the last one's blocks */

	while (*at != NULL) {
		struct turn *t = *at;

		if (t->blocks == NULL) {
			*at = t->next;
		} else if (last != NULL && last->role == t->role &&
		    t->role != ROLE_SYSTEM) {
			*end = t->blocks;
			end = end_of(end);
			*at = t->next;
		} else {
			last = t;
			end = end_of(&t->blocks);
			at = &t->next;
		}
	}
	req->last_turn = last;
}

int
openai_prepare_turns(struct request *req, const struct target *to,
    const struct openai_taste *taste, struct fault *why)
{
	struct walk w = { .req = req, .to = to, .taste = taste };

	for (struct turn *t = req->turns; t != NULL; t = t->next)
		if (clean_turn(&w, t, why) != 0)
			return -1;
	if (w.foreign > 0)
		request_lost(req, "thinking_foreign", "%zu", w.foreign);
	openai_merge_turns(req);
	if (req->turns == NULL)
		return fault_set(why, FAULT_REQUEST, "messages",
		    "no message with content is left");
	return 0;
}
