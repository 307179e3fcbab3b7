/*
 * A conversation as Claude wants it (o2c section S.3): user and assistant
 * take turns, results come first and answer the calls before them, system
 * texts stand on top or behind a user message.
 *
 *	client			Claude
 *	system  A		system	 [A]
 *	user    B		user	 [B]
 *	assist. C, call 1	assist.	 [C, tool_use 1]
 *	user    D		user	 [tool_result 1, D]
 *	tool    1		system	 "E"
 *	system  E
 *
 * All of it depends on the history alone: the next request begins with the
 * same bytes, and finds upstream's cache and the thinking still valid.
 */
#include "dialect/claude_body.h"
#include "wire/jget.h"

void
piece_append(struct pieces *list, struct piece *p)
{
	p->next = NULL;
	if (list->last == NULL)
		list->first = p;
	else
		list->last->next = p;
	list->last = p;
	list->count++;
}

static struct piece *
piece_of(struct pool *pool, const struct block *block)
{
	struct piece *p = pool_new(pool, struct piece);

	p->block = block;
	p->mark = block->mark;
	return p;
}

struct piece *
piece_text(struct pool *pool, struct span text)
{
	struct block *list = NULL, *b = block_add(pool, &list, BLOCK_TEXT);

	b->text = text;
	return piece_of(pool, b);
}

/* The road through the turns. */
struct walk {
	struct claude_body *b;
	struct fault *why;
	struct message *before;	/* the last but one */
	bool answered;		/* an assistant turn was seen, even an empty one */
	size_t added;		/* pieces of this turn */
};

static struct request *
req_of(const struct walk *w)
{
	return w->b->req;
}

/* --- messages ------------------------------------------------------- */

static void
drop_thinking(struct message *m)
{
	struct piece *p = m->others.first, *next;

	m->others = (struct pieces){ NULL, NULL, 0 };
	for (; p != NULL; p = next) {
		next = p->next;
		if (p->block->kind != BLOCK_THINKING)
			piece_append(&m->others, p);
	}
}

static bool
has_thinking(const struct message *m)
{
	for (const struct piece *p = m->others.first; p; p = p->next)
		if (p->block->kind == BLOCK_THINKING)
			return true;
	return false;
}

/* A cut leaves reasoning with nothing after it, which is refused. */
static void
drop_unfinished(struct request *req, struct message *m)
{
	struct piece *p = m->others.first, *next;
	size_t keep = 0, n = 0;

	for (const struct piece *q = p; q != NULL; q = q->next) {
		n++;
		if (q->block->kind != BLOCK_THINKING)
			keep = n;
	}
	if (keep == n)
		return;
	request_lost(req, "thinking_unfinished", NULL);
	m->others = (struct pieces){ NULL, NULL, 0 };
	for (; keep > 0; keep--, p = next) {
		next = p->next;
		piece_append(&m->others, p);
	}
}

/*
 * An assistant message is complete.  Upstream refuses thinking of which a
 * part is missing, so it is all of it or none.
 */
static void
finish_assistant(struct request *req, struct message *m)
{
	if (req->no_thoughts) {
		drop_thinking(m);
	} else if (m->foreign || (m->unsealed && has_thinking(m))) {
		request_lost(req, "reasoning_foreign", NULL);
		drop_thinking(m);
	}
	drop_unfinished(req, m);
}

static void
append_message(struct walk *w, bool assistant)
{
	struct claude_body *b = w->b;
	struct message *m = pool_new(b->pool, struct message);

	m->assistant = assistant;
	w->before = b->last;
	if (b->last == NULL)
		b->messages = m;
	else
		b->last->next = m;
	b->last = m;
}

/* The last message, an assistant's, is over; it may turn out empty. */
static void
end_assistant(struct walk *w)
{
	struct claude_body *b = w->b;

	finish_assistant(b->req, b->last);
	if (b->last->others.first != NULL)
		return;
	b->last = w->before;
	if (b->last == NULL)
		b->messages = NULL;
	else
		b->last->next = NULL;
}

/* The message that content of this role goes to. */
static struct message *
message_for(struct walk *w, bool assistant)
{
	struct claude_body *b = w->b;

	if (b->last != NULL && b->last->assistant && !assistant)
		end_assistant(w);
	if (b->last == NULL || b->last->assistant != assistant)
		append_message(w, assistant);
	return b->last;
}

static void
add_to(struct walk *w, bool assistant, struct piece *p)
{
	struct message *m = message_for(w, assistant);

	piece_append(p->block->kind == BLOCK_RESULT ? &m->results : &m->others,
	    p);
	w->added++;
}

static void
add_notes(struct walk *w, struct span text)
{
	struct message *m = message_for(w, false);

	m->notes = m->notes.p == NULL ? text :
	    pool_join(w->b->pool, m->notes, SPAN("\n\n"), text);
}

/* --- blocks --------------------------------------------------------- */

/* What only another API has; the reader may have said so already. */
static void
lose_block(struct request *req, const struct block *block)
{
	if (block->kind == BLOCK_OPAQUE && !block->stray)
		request_lost(req, "item_dropped", "%.*s",
		    SPAN_ARG(block->type));
	else if (block->kind == BLOCK_MEDIA)
		request_lost(req, "media_dropped", "%.*s",
		    SPAN_ARG(block->path));
}

static bool
is_text(const struct block *block)
{
	return block->kind == BLOCK_TEXT || block->kind == BLOCK_REFUSAL;
}

/* A tool's output: texts that say something, and media. */
static struct piece *
result_content(struct pool *pool, const struct block *result)
{
	struct pieces list = { NULL, NULL, 0 };

	for (const struct block *c = result->content; c; c = c->next) {
		bool said = is_text(c) && (result->whole ? c->text.n > 0 :
		    !span_blank(c->text));

		if (said || c->kind == BLOCK_MEDIA)
			piece_append(&list, piece_of(pool, c));
	}
	return list.first;
}

static void add_user_block(struct walk *w, const struct block *block);

/* An output that answers no call by id is told as text. */
static void
add_loose_result(struct walk *w, const struct block *result)
{
	struct pool *pool = w->b->pool;
	struct span name = result->tool.name;

	add_to(w, false, piece_text(pool, name.n == 0 ? SPAN("Output:") :
	    pool_printf(pool, "Output of %.*s:", SPAN_ARG(name))));
	for (const struct block *c = result->content; c; c = c->next)
		add_user_block(w, c);
}

static void
add_result(struct walk *w, const struct block *result)
{
	struct piece *p;

	if (result->id.p == NULL) {
		add_loose_result(w, result);
		return;
	}
	p = piece_of(w->b->pool, result);
	p->id = call_id_to_claude(w->b->pool, result->id);
	p->content = result_content(w->b->pool, result);
	add_to(w, false, p);
}

static void
add_user_block(struct walk *w, const struct block *block)
{
	if (block->kind == BLOCK_RESULT)
		add_result(w, block);
	else if (block->kind == BLOCK_MEDIA ||
	    (is_text(block) && !span_blank(block->text)))
		add_to(w, false, piece_of(w->b->pool, block));
	else
		lose_block(req_of(w), block);
}

/*
 * Arguments are an object, or are made one:
 *
 *	{"a":1}		{"a":1}
 *	(nothing)	{}
 *	[1]		{"_value":[1]}
 *	{"a":		{"_raw":"{\"a\":"}
 */
static void
read_arguments(struct walk *w, struct piece *p)
{
	const struct block *call = p->block;
	struct json_trouble why;

	if (call->arguments.p == NULL) {
		p->input = call->input;
	} else if (call->tool.kind == TOOL_FREEFORM) {
		p->key = "input";
		return;
	} else if (!span_blank(call->arguments)) {
		p->input = jread(w->b->pool, call->arguments, 0, NULL, &why);
		if (p->input == NULL) {
			p->key = "_raw";
			request_lost(req_of(w), "bad_arguments_wrapped",
			    NULL);
		}
	}
	if (p->input != NULL && !json_is_object(p->input))
		p->key = "_value";
}

static void
add_call(struct walk *w, const struct block *call)
{
	struct piece *p = piece_of(w->b->pool, call);

	p->id = call_id_to_claude(w->b->pool, call->id);
	p->name = names_alias(&req_of(w)->names, w->b->pool, call->tool);
	read_arguments(w, p);
	add_to(w, true, p);
}

static void
add_thinking(struct walk *w, const struct block *block)
{
	const struct seal *seal = &block->seal;

	bool claude = seal->kind == SEAL_SIGNATURE ||
	    seal->kind == SEAL_REDACTED;

	if (claude && !seal_is_empty(seal))
		add_to(w, true, piece_of(w->b->pool, block));
	else if (claude || seal->kind == SEAL_NONE)
		message_for(w, true)->unsealed = true;
	else
		message_for(w, true)->foreign = true;
}

static void
add_assistant_block(struct walk *w, const struct block *block)
{
	if (block->kind == BLOCK_CALL)
		add_call(w, block);
	else if (block->kind == BLOCK_THINKING)
		add_thinking(w, block);
	else if (is_text(block) && !span_blank(block->text))
		add_to(w, true, piece_of(w->b->pool, block));
	else
		lose_block(req_of(w), block);
}

/* --- turns ---------------------------------------------------------- */

/* The texts of a system message, one behind the other. */
static struct span
joined_text(struct walk *w, const struct block *blocks, bool *mark)
{
	struct span text = SPAN("");
	struct buf all;

	buf_init(&all, 0);
	for (const struct block *c = blocks; c != NULL; c = c->next) {
		*mark = *mark || c->mark;
		if (!is_text(c))
			lose_block(req_of(w), c);
		else if (blocks->next == NULL)
			text = c->text;
		else
			buf_put(&all, c->text);
	}
	if (all.n > 0)
		text = pool_span(w->b->pool, buf_span(&all));
	buf_free(&all);
	return text;
}

static void
add_system_text(struct walk *w, struct span text, bool mark)
{
	struct piece *p;

	if (span_blank(text))
		return;
	w->added++;
	if (w->answered) {
		add_notes(w, text);
		return;
	}
	p = piece_text(w->b->pool, text);
	p->mark = mark;
	piece_append(&w->b->system, p);
}

static int
add_turn(struct walk *w, const struct turn *t)
{
	bool mark = false;
	struct span text;

	w->added = 0;
	if (t->role == ROLE_ASSISTANT)
		w->answered = true;
	if (t->role == ROLE_SYSTEM) {
		text = joined_text(w, t->blocks, &mark);
		add_system_text(w, text, mark);
	} else {
		for (const struct block *c = t->blocks; c; c = c->next)
			if (t->role == ROLE_ASSISTANT)
				add_assistant_block(w, c);
			else
				add_user_block(w, c);
	}
	if (w->added > 0 || t->dropped.p == NULL)
		return 0;
	return fault_code(w->why, FAULT_REQUEST, "invalid_value",
	    pool_printf(w->b->pool, "%.*s.content", SPAN_ARG(t->path)).p,
	    "no supported content left after dropping %.*s",
	    SPAN_ARG(t->dropped));
}

/* --- the ends ------------------------------------------------------- */

/* A user message with one text in front of all others. */
static void
prepend_continue(struct claude_body *b)
{
	struct message *m = pool_new(b->pool, struct message);

	piece_append(&m->others, piece_text(b->pool, SPAN("Continue.")));
	m->next = b->messages;
	b->messages = m;
}

/* The list begins and ends with the user. */
static void
close_ends(struct walk *w)
{
	struct claude_body *b = w->b;

	if (b->last != NULL && b->last->assistant)
		end_assistant(w);
	if (b->last == NULL) {
		add_to(w, false, piece_text(b->pool, SPAN("Continue.")));
		return;
	}
	if (b->messages->assistant)
		prepend_continue(b);
	if (b->last->assistant) {
		add_to(w, false, piece_text(b->pool, SPAN("Continue.")));
		request_lost(b->req, "trailing_assistant", NULL);
	}
}

/*
 * System texts in the midst of the conversation: a message of their own where
 * the model has that role and a user message before it, else inline.
 */
static void
place_notes(struct claude_body *b)
{
	for (struct message *m = b->messages; m != NULL; m = m->next) {
		if (m->notes.p == NULL || (b->profile.system_role &&
		    (m->results.first != NULL || m->others.first != NULL)))
			continue;
		piece_append(&m->others, piece_text(b->pool,
		    pool_join(b->pool, SPAN("<system_message>\n"), m->notes,
		    SPAN("\n</system_message>"))));
		m->notes = SPAN_NONE;
		request_lost(b->req, "system_inlined", NULL);
	}
}

int
claude_body_turns(struct claude_body *b, struct fault *why)
{
	struct walk w = { .b = b, .why = why };

	for (const struct block *c = b->req->system; c != NULL; c = c->next)
		if (is_text(c))
			add_system_text(&w, c->text, c->mark);
	for (const struct turn *t = b->req->turns; t != NULL; t = t->next)
		if (add_turn(&w, t) != 0)
			return -1;
	close_ends(&w);
	if (claude_body_pairs(b, why) != 0)
		return -1;
	if (b->order.p != NULL)
		add_notes(&w, b->order);
	place_notes(b);
	return 0;
}
