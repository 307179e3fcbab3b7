#include "model/flow_block.h"

/*
 * A Claude client is shown reasoning as it asked; for the others the writers
 * decide, since their envelopes need the text as it is.
 */
static enum show
shown(const struct flow *f, const struct lane *l)
{
	if (l->block != BLOCK_THINKING || f->req->from != API_MESSAGES ||
	    f->req->show == SHOW_UNSET)
		return SHOW_TEXT;
	return f->req->show;
}

/* Text and reasoning open with their first content: no empty blocks. */
static bool
opens_late(const struct flow *f, const struct lane *l)
{
	return l->block == BLOCK_TEXT || l->block == BLOCK_REFUSAL ||
	    (l->block == BLOCK_THINKING && f->req->from == API_MESSAGES);
}

static void
open_now(struct flow *f, const struct lane *l, const struct event *from)
{
	struct event ev = { .kind = EVENT_OPEN, .lane = l->number,
	    .block = l->block, .index = f->index };
	const struct tool_key *key;

	if (f->opened)
		return;
	f->opened = true;
	f->index++;
	f->sealed = false;
	if (from != NULL) {
		ev.id = from->id;
		ev.name = from->name;
	}
	if (l->block == BLOCK_CALL) {
		key = names_find(&f->req->names, ev.name);
		ev.tool = key != NULL ? *key :
		    (struct tool_key){ TOOL_FUNCTION, SPAN_NONE, ev.name };
		f->calls++;
	}
	flow_emit(f, &ev);
}

/* One event of the open block on its way out. */
static void
emit_in_block(struct flow *f, const struct event *from)
{
	struct event ev = *from;

	ev.index = f->index - 1;
	flow_emit(f, &ev);
}

/*
 * A citation rests on text: one that comes before it waits, and one that
 * never gets any is dropped with its empty block.
 */
static void
cite(struct flow *f, const struct lane *l, const struct event *from)
{
	struct event ev = *from;
	struct cite *c;

	if (f->opened) {
		ev.block = l->block;
		emit_in_block(f, &ev);
		return;
	}
	c = cite_copy(f->pool, from->cite);
	if (f->cites == NULL)
		f->cites_end = &f->cites;
	*f->cites_end = c;
	f->cites_end = &c->next;
}

static void
emit_text(struct flow *f, struct lane *l, struct span text)
{
	struct event ev = { .kind = EVENT_DELTA, .lane = l->number,
	    .block = l->block, .text = text };
	struct event late = { .kind = EVENT_CITE, .lane = l->number };
	struct cite *waiting = f->cites;

	if (text.n == 0)
		return;
	open_now(f, l, NULL);
	f->told = f->told || (l->block == BLOCK_TEXT && !span_blank(text));
	f->cites = NULL;
	for (; waiting != NULL; waiting = waiting->next) {
		late.cite = waiting;
		cite(f, l, &late);
	}
	emit_in_block(f, &ev);
}

/* Usage of a reply that is cut short is estimated from what was seen. */
bool
block_keeps_text(const struct flow *f)
{
	return f->req->from == API_MESSAGES || f->stops.count > 0;
}

/* A stop sequence was found: the reply ends here, whatever comes. */
static void
stop_at_match(struct flow *f, struct lane *l)
{
	struct event close = { .kind = EVENT_CLOSE, .lane = l->number,
	    .block = l->block };

	if (f->opened)
		emit_in_block(f, &close);
	f->opened = false;
	f->lanes = NULL;
	f->lane_count = 0;
	l->closed = true;
	for (struct lane *w = l->next; w != NULL; w = w->next)
		pool_close(w->pool);
	f->stop = (struct event){ .kind = EVENT_STOP, .stop = STOP_SEQUENCE,
	    .stop_sequence = f->stops.words[f->stops.hit] };
	f->stopping = true;
	buf_put(&f->seen, f->stop.stop_sequence);
	if (!f->counted)
		f->usage.output = -1;
	flow_finish(f);
}

/* Visible text, past the stop sequences. True when the reply ended. */
static bool
text_delta(struct flow *f, struct lane *l, struct span text)
{
	bool hit;

	if (f->stops.count == 0) {
		if (block_keeps_text(f))
			buf_put(&f->seen, text);
		emit_text(f, l, text);
		return false;
	}
	buf_reset(&f->visible);
	hit = stops_feed(&f->stops, &f->visible, text);
	buf_put(&f->seen, buf_span(&f->visible));
	emit_text(f, l, buf_span(&f->visible));
	if (hit)
		stop_at_match(f, l);
	return hit;
}

/* The text block ends: what was kept back for a match goes out. */
static bool
text_end(struct flow *f, struct lane *l)
{
	bool hit;

	if (f->stops.count == 0)
		return false;
	buf_reset(&f->visible);
	hit = stops_flush(&f->stops, &f->visible);
	buf_put(&f->seen, buf_span(&f->visible));
	emit_text(f, l, buf_span(&f->visible));
	if (hit)
		stop_at_match(f, l);
	return hit;
}

static void
thinking_delta(struct flow *f, struct lane *l, struct span text)
{
	if (block_keeps_text(f))
		buf_put(&f->seen, text);
	if (shown(f, l) == SHOW_TEXT)
		emit_text(f, l, text);
	else if (shown(f, l) == SHOW_SEAL)
		buf_put(&f->hidden, text);
}

/* The seal of hidden reasoning carries the text if a replay needs it. */
static struct seal
hidden_seal(const struct flow *f, const struct seal *seal)
{
	struct seal s = *seal;

	if ((s.kind == SEAL_CHAT || s.raw) && f->req->tools != NULL)
		s.text = buf_span(&f->hidden);
	return s;
}

static void
seal_event(struct flow *f, struct lane *l, const struct event *from)
{
	struct event ev = *from;
	struct seal seal;
	enum show show = shown(f, l);

	if (f->sealed && f->opened)
		return;
	if (show == SHOW_NOTHING ||
	    (!f->opened && seal_is_empty(from->seal)))
		return;
	if (show == SHOW_SEAL) {
		seal = hidden_seal(f, from->seal);
		ev.seal = &seal;
	}
	open_now(f, l, NULL);
	ev.block = l->block;
	emit_in_block(f, &ev);
	f->sealed = true;
}

/* Every thinking block of a Claude client carries a signature. */
static void
seal_missing(struct flow *f, struct lane *l)
{
	static const struct seal none = { .kind = SEAL_NONE };
	struct event ev = { .kind = EVENT_SEAL, .lane = l->number,
	    .seal = &none };

	if (l->block == BLOCK_THINKING && f->opened && !f->sealed &&
	    f->req->from == API_MESSAGES)
		seal_event(f, l, &ev);
}

/*
 * A Claude client was sent arguments piece by piece that turn out to be no
 * JSON object. It takes a call whose block ends for one to run, some with no
 * arguments at all. True when the reply ends here, inside the block.
 */
static bool
spoilt(struct flow *f, const struct lane *l, enum input input)
{
	struct fault why;

	if (l->block != BLOCK_CALL || !f->opened || !f->req->stream ||
	    f->req->from != API_MESSAGES || input == INPUT_RIGHT)
		return false;
	f->cut = true;
	if (input == INPUT_CUT)
		return false;
	fault_clear(&why);
	fault_set(&why, FAULT_BAD_GATEWAY, "", "upstream sent arguments of "
	    "a tool call that are no JSON object");
	flow_break_off(f, &why);
	return true;
}

/* The open lane's block ends; the next lane's turn. */
static void
close_event(struct flow *f, struct lane *l, enum input input)
{
	struct event ev = { .kind = EVENT_CLOSE, .lane = l->number,
	    .block = l->block, .input = input };

	if ((l->block == BLOCK_TEXT && text_end(f, l)) ||
	    spoilt(f, l, input))
		return;
	seal_missing(f, l);
	if (f->opened)
		emit_in_block(f, &ev);
	f->opened = false;
	buf_reset(&f->hidden);
	f->lanes = l->next;
	f->lane_count--;
}

void
block_event(struct flow *f, struct lane *l, const struct event *ev)
{
	struct event at = *ev;

	if (l->dropped && ev->kind != EVENT_CLOSE)
		return;
	switch (ev->kind) {
	case EVENT_OPEN:
		f->opened = false;
		f->cites = NULL;
		if (!opens_late(f, l))
			open_now(f, l, ev);
		break;
	case EVENT_DELTA:
		if (l->block == BLOCK_TEXT)
			text_delta(f, l, ev->text);
		else if (l->block == BLOCK_THINKING)
			thinking_delta(f, l, ev->text);
		else {
			if (block_keeps_text(f))
				buf_put(&f->seen, ev->text);
			emit_text(f, l, ev->text);
		}
		break;
	case EVENT_CITE:
		cite(f, l, ev);
		break;
	case EVENT_LINKS:
		open_now(f, l, NULL);
		at.block = l->block;
		emit_in_block(f, &at);
		break;
	case EVENT_SEAL:
		seal_event(f, l, ev);
		break;
	case EVENT_CLOSE:
		close_event(f, l, ev->input);
		break;
	default:
		break;
	}
}
