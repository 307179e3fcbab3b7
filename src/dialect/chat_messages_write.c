/*
 * Chat messages from turns.  Three things differ from Claude's: results are
 * messages of their own, in the order of the calls; media cannot stand in
 * them and follow in a user message; and only the first message may be a
 * system message, since many chat templates refuse another.
 */
#include "dialect/chat_messages_write.h"

#include "dialect/openai_text.h"

struct writing {
	struct jw *w;
	struct request *req;
	/* The parts of the user message that is not written yet. */
	struct block *pending, *last_pending;
	/* The blocks of the assistant turn right before, for its calls. */
	struct block *calls;
};

/* --- user messages -------------------------------------------------- */

static struct block *
add(struct writing *o, enum block_kind kind)
{
	o->last_pending = block_add(o->req->pool, o->pending == NULL ?
	    &o->pending : &o->last_pending->next, kind);
	return o->last_pending;
}

static void
add_text(struct writing *o, struct span text)
{
	add(o, BLOCK_TEXT)->text = text;
}

static void
add_media(struct writing *o, const struct media *m)
{
	add(o, BLOCK_MEDIA)->media = *m;
}

static void
put_media_part(struct writing *o, const struct media *m)
{
	struct jw *w = o->w;

	if (m->kind == MEDIA_IMAGE) {
		jw_str(w, "type", SPAN("image_url"));
		jw_obj(w, "image_url");
		openai_put_url(w, "url", m);
		jw_end(w);
	} else {
		jw_str(w, "type", SPAN("file"));
		jw_obj(w, "file");
		jw_str(w, "filename", openai_file_name(o->req->pool, m));
		openai_put_url(w, "file_data", m);
		jw_end(w);
	}
}

static void
put_parts(struct writing *o)
{
	for (const struct block *b = o->pending; b != NULL; b = b->next) {
		jw_obj(o->w, NULL);
		if (b->kind == BLOCK_TEXT) {
			jw_str(o->w, "type", SPAN("text"));
			jw_str(o->w, "text", b->text);
		} else {
			put_media_part(o, &b->media);
		}
		jw_end(o->w);
	}
}

/* Only text is a string: some servers take nothing else. */
static void
flush_user(struct writing *o)
{
	struct block all = { .content = o->pending };

	if (o->pending == NULL)
		return;
	jw_obj(o->w, NULL);
	jw_str(o->w, "role", SPAN("user"));
	if (openai_has_media(&all)) {
		jw_arr(o->w, "content");
		put_parts(o);
		jw_end(o->w);
	} else {
		openai_put_joined(o->w, "content", o->pending, "\n");
	}
	jw_end(o->w);
	o->pending = NULL;
}

/* --- results -------------------------------------------------------- */

static void
put_tool_message(struct writing *o, const struct block *result,
    struct openai_marks *marks)
{
	jw_obj(o->w, NULL);
	jw_str(o->w, "role", SPAN("tool"));
	jw_str(o->w, "tool_call_id",
	    call_id_to_openai(o->req->pool, result->id));
	openai_put_result(o->w, "content", result, marks);
	jw_end(o->w);
}

/* The media of a result, behind words that say whose they are. */
static void
add_result_media(struct writing *o, const struct block *result,
    const struct block *call)
{
	struct pool *pool = o->req->pool;
	struct span id = call_id_to_openai(pool, result->id);
	struct span name = call == NULL ? SPAN("unknown") :
	    names_alias(&o->req->names, pool, call->tool);

	if (!openai_has_media(result))
		return;
	add_text(o, pool_printf(pool, "Media returned by tool call %.*s "
		"(%.*s):", SPAN_ARG(id), SPAN_ARG(name)));
	for (const struct block *b = result->content; b; b = b->next)
		if (b->kind == BLOCK_MEDIA)
			add_media(o, &b->media);
}

/* The blocks of a kind by their ids; of several with one id the first. */
static struct words
by_id(struct pool *pool, struct block *list, enum block_kind kind)
{
	struct words words = { 0 };

	for (; list != NULL; list = list->next)
		if (list->kind == kind && words_get(&words, list->id) == NULL)
			words_put(&words, pool, list->id, list);
	return words;
}

/* The next result in the order of the calls; those without a call are last. */
struct order {
	const struct words *results, *calls;
	const struct block *call, *rest;
};

static const struct block *
next_result(struct order *o)
{
	const struct block *r;

	while (o->call != NULL) {
		const struct block *call = o->call;

		o->call = call->next;
		r = call->kind != BLOCK_CALL ? NULL :
		    words_get(o->results, call->id);
		if (r != NULL)
			return r;
	}
	while (o->rest != NULL) {
		r = o->rest;
		o->rest = r->next;
		if (r->kind == BLOCK_RESULT &&
		    words_get(o->calls, r->id) == NULL)
			return r;
	}
	return NULL;
}

static void
put_user_turn(struct writing *o, const struct turn *t)
{
	struct pool *pool = o->req->pool;
	const struct words results = by_id(pool, t->blocks, BLOCK_RESULT);
	const struct words calls = by_id(pool, o->calls, BLOCK_CALL);
	const struct order start = { &results, &calls, o->calls, t->blocks };
	struct openai_marks marks = { 0 };
	struct order order = start;
	const struct block *r;

	while ((r = next_result(&order)) != NULL) {
		flush_user(o);
		put_tool_message(o, r, &marks);
	}
	order = start;
	while ((r = next_result(&order)) != NULL)
		add_result_media(o, r, words_get(&calls, r->id));
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		if (b->kind == BLOCK_TEXT)
			add_text(o, b->text);
		else if (b->kind == BLOCK_MEDIA)
			add_media(o, &b->media);
	}
	o->calls = NULL;
}

/* --- assistant messages --------------------------------------------- */

static void
put_calls(struct writing *o, const struct block *list)
{
	struct jw *w = o->w;

	jw_arr(w, "tool_calls");
	for (; list != NULL; list = list->next) {
		if (list->kind != BLOCK_CALL)
			continue;
		jw_obj(w, NULL);
		jw_str(w, "id", call_id_to_openai(o->req->pool, list->id));
		jw_str(w, "type", SPAN("function"));
		jw_obj(w, "function");
		jw_str(w, "name", names_alias(&o->req->names, o->req->pool,
		    list->tool));
		openai_put_arguments(w, "arguments", list);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

/* The texts of all reasoning that stood in a field, under the last name. */
static void
put_reasoning_text(struct writing *o, const struct block *list)
{
	const struct block *last = NULL;
	struct buf text;

	buf_init(&text, 0);
	for (; list != NULL; list = list->next) {
		if (list->kind != BLOCK_THINKING || list->seal.details != NULL)
			continue;
		if (last != NULL)
			buf_puts(&text, "\n\n");
		buf_put(&text, list->text);
		last = list;
	}
	if (last != NULL)
		jw_str(o->w, pool_str(o->req->pool, last->seal.field),
		    buf_span(&text));
	buf_free(&text);
}

static void
put_reasoning_details(struct writing *o, const struct block *list)
{
	bool some = false;

	for (; list != NULL; list = list->next) {
		const json_t *d = list->seal.details;

		if (list->kind != BLOCK_THINKING || d == NULL)
			continue;
		if (!some)
			jw_arr(o->w, "reasoning_details");
		some = true;
		for (size_t i = 0; i < json_array_size(d); i++)
			jw_json(o->w, NULL, json_array_get(d, i));
	}
	if (some)
		jw_end(o->w);
}

static bool
has_calls(const struct block *list)
{
	for (; list != NULL; list = list->next)
		if (list->kind == BLOCK_CALL)
			return true;
	return false;
}

static void
put_assistant_turn(struct writing *o, const struct turn *t)
{
	bool calls = has_calls(t->blocks);

	flush_user(o);
	jw_obj(o->w, NULL);
	jw_str(o->w, "role", SPAN("assistant"));
	if (calls && !openai_has_text(t->blocks))
		jw_null(o->w, "content");
	else
		openai_put_joined(o->w, "content", t->blocks, "");
	if (calls)
		put_calls(o, t->blocks);
	put_reasoning_text(o, t->blocks);
	put_reasoning_details(o, t->blocks);
	jw_end(o->w);
	o->calls = t->blocks;
}

/* --- all of them ---------------------------------------------------- */

static void
put_system(struct writing *o)
{
	if (!openai_has_text(o->req->system))
		return;
	jw_obj(o->w, NULL);
	jw_str(o->w, "role", SPAN("system"));
	openai_put_joined(o->w, "content", o->req->system, "\n\n");
	jw_end(o->w);
}

/* A later system message becomes a reminder in the user's. */
static void
add_reminder(struct writing *o, const struct turn *t)
{
	struct buf text;

	if (!openai_has_text(t->blocks))
		return;
	buf_init(&text, 0);
	buf_puts(&text, "<system-reminder>");
	for (const struct block *b = t->blocks; b != NULL; b = b->next) {
		if (b->kind != BLOCK_TEXT)
			continue;
		buf_putc(&text, '\n');
		buf_put(&text, b->text);
	}
	buf_puts(&text, "\n</system-reminder>");
	add_text(o, pool_span(o->req->pool, buf_span(&text)));
	buf_free(&text);
}

void
chat_put_messages(struct jw *w, struct request *req)
{
	struct writing o = { .w = w, .req = req };

	jw_arr(w, "messages");
	put_system(&o);
	for (const struct turn *t = req->turns; t != NULL; t = t->next) {
		if (t->role == ROLE_USER)
			put_user_turn(&o, t);
		else if (t->role == ROLE_ASSISTANT)
			put_assistant_turn(&o, t);
		else
			add_reminder(&o, t);
	}
	flush_user(&o);
	jw_end(w);
}
