/*
 * The items of a Responses request (o2c-responses section 2): messages, calls
 * and what they gave, reasoning.  A message is a turn of its own; of the other
 * items, neighbours of one role share a turn.
 */
#include "dialect/responses_read.h"

/* --- turns ---------------------------------------------------------- */

static struct turn *
new_turn(struct reading *r, enum role role, const struct place *item)
{
	struct turn *turn = turn_add(r->req, role);

	turn->path = item->path;
	turn->index = r->index;
	r->open = NULL;
	return turn;
}

/* A block at the end of the turn that items of that role share. */
static struct block *
item_block(struct reading *r, enum role role, const struct place *item,
    enum block_kind kind)
{
	struct block *b;

	if (r->open == NULL || r->open->role != role) {
		struct turn *turn = new_turn(r, role, item);

		r->open = turn;
		r->end = &turn->blocks;
	}
	b = block_add(r->req->pool, r->end, kind);
	b->path = item->path;
	b->mark = openai_mark(r->req, item->node);
	r->end = &b->next;
	return b;
}

/* --- messages ------------------------------------------------------- */

/* Where a content part stands: only users and results show pictures. */
enum where { IN_USER, IN_SYSTEM, IN_ASSISTANT, IN_RESULT };

enum part { PART_TEXT, PART_REFUSAL, PART_IMAGE, PART_FILE, PART_AUDIO };

static const struct {
	const char *type;
	enum part part;
} parts[] = {
	{ "input_text",		PART_TEXT },
	{ "output_text",	PART_TEXT },
	{ "text",		PART_TEXT },
	{ "refusal",		PART_REFUSAL },
	{ "input_image",	PART_IMAGE },
	{ "input_file",		PART_FILE },
	{ "input_audio",	PART_AUDIO },
	{ "input_video",	PART_AUDIO },
};

static int
add_words(const struct place *part, const char *key, struct block **list)
{
	struct span text;

	if (openai_need_text(part, key, &text) < 0)
		return -1;
	openai_add_text(part, text, list);
	return 0;
}

/* "image_url" is a string here; Chat's object with "url" is taken as well. */
static int
add_image(const struct place *part, struct block **list, struct span *dropped)
{
	struct place nested = openai_key(part, "image_url");

	if (json_is_object(nested.node))
		return openai_add_image(part, &nested, "url", list, dropped);
	return openai_add_image(part, part, "image_url", list, dropped);
}

static int
add_part(const struct place *part, enum part kind, enum where where,
    struct block **list, struct span *dropped)
{
	bool shows = where == IN_USER || where == IN_RESULT;

	switch (kind) {
	case PART_TEXT:
		return add_words(part, "text", list);
	case PART_REFUSAL:
		return add_words(part, "refusal", list);
	case PART_IMAGE:
		if (shows)
			return add_image(part, list, dropped);
		break;
	case PART_FILE:
		if (shows)
			return openai_add_file(part, part, list, dropped);
		break;
	case PART_AUDIO:
		break;
	}
	openai_drop_media(part, dropped);
	return 0;
}

static int
read_part(const struct place *part, enum where where, struct block **list,
    struct span *dropped)
{
	struct span type;

	if (openai_need_object(part) < 0 ||
	    openai_need_text(part, "type", &type) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (span_is(type, parts[i].type))
			return add_part(part, parts[i].part, where, list,
			    dropped);
	request_lost(part->req, "item_dropped", "%.*s", SPAN_ARG(type));
	openai_note_dropped(part->req->pool, dropped, type);
	return 0;
}

static int
read_parts(const struct place *content, enum where where,
    struct block **list, struct span *dropped)
{
	for (size_t i = 0; i < json_array_size(content->node); i++) {
		struct place part = openai_nth(content, i);

		if (read_part(&part, where, list, dropped) < 0)
			return -1;
		while (*list != NULL)
			list = &(*list)->next;
	}
	return 0;
}

/* A string or parts; *plain says which. */
static int
read_content(const struct place *item, const char *key, enum where where,
    struct block **list, struct span *dropped, bool *plain)
{
	struct place content = openai_key(item, key);

	*plain = json_is_string(content.node);
	if (*plain) {
		openai_add_text(&content, jspan(content.node), list);
		return 0;
	}
	if (content.node == NULL)
		return openai_missing(item, key);
	if (!json_is_array(content.node))
		return openai_bad_type(&content,
		    "a string or an array of objects");
	return read_parts(&content, where, list, dropped);
}

/* One text per system message, its parts joined as they are. */
static void
join_texts(struct pool *pool, struct turn *turn)
{
	struct block *first = turn->blocks;
	struct buf text;

	if (first == NULL || first->next == NULL)
		return;
	buf_init(&text, 0);
	for (struct block *b = first; b != NULL; b = b->next) {
		buf_put(&text, b->text);
		first->mark |= b->mark;
	}
	first->text = pool_span(pool, buf_span(&text));
	first->next = NULL;
	buf_free(&text);
}

/*
 * A mark on the message is one on its last block; the node marks what a user
 * wrote, for compaction to repeat.
 */
static void
finish_message(struct request *req, struct turn *turn, json_t *node)
{
	struct block *last = NULL;

	if (turn->role == ROLE_SYSTEM)
		join_texts(req->pool, turn);
	for (struct block *b = turn->blocks; b != NULL; b = b->next) {
		last = b;
		if (turn->role == ROLE_USER)
			b->node = node;
	}
	if (openai_mark(req, node) && last != NULL)
		last->mark = true;
}

static int
read_message(struct reading *r, const struct place *item)
{
	static const struct openai_word roles[] = {
		{ "user",	IN_USER },
		{ "assistant",	IN_ASSISTANT },
		{ "system",	IN_SYSTEM },
		{ "developer",	IN_SYSTEM },
		{ NULL,		0 },
	};
	static const enum role role_of[] = {
		[IN_USER] = ROLE_USER,
		[IN_ASSISTANT] = ROLE_ASSISTANT,
		[IN_SYSTEM] = ROLE_SYSTEM,
	};
	struct turn *turn;
	int where = -1;

	if (openai_word(item, "role", roles, &where) < 0)
		return -1;
	if (where < 0)
		return openai_missing(item, "role");
	turn = new_turn(r, role_of[where], item);
	if (read_content(item, "content", (enum where)where, &turn->blocks,
	    &turn->dropped, &turn->plain) < 0)
		return -1;
	finish_message(r->req, turn, item->node);
	return 0;
}

/* --- calls ---------------------------------------------------------- */

static int
read_call(struct reading *r, const struct place *item, enum tool_kind kind,
    const char *text_key)
{
	struct span id, space, name, text;
	struct block *b;

	if (openai_need_text(item, "call_id", &id) < 0 ||
	    openai_need_text(item, "name", &name) < 0 ||
	    openai_text(item, "namespace", &space) < 0 ||
	    openai_text(item, text_key, &text) < 0)
		return -1;
	b = item_block(r, ROLE_ASSISTANT, item, BLOCK_CALL);
	b->id = id;
	b->tool = (struct tool_key){ kind, openai_space(space), name };
	b->arguments = text.p != NULL ? text : SPAN("");
	return 0;
}

static int
read_function_call(struct reading *r, const struct place *item)
{
	return read_call(r, item, TOOL_FUNCTION, "arguments");
}

static int
read_custom_call(struct reading *r, const struct place *item)
{
	return read_call(r, item, TOOL_FREEFORM, "input");
}

static int drop_item(struct reading *r, const struct place *item);

/* A search on the server's side has no call_id: there is nothing to pair. */
static int
read_search_call(struct reading *r, const struct place *item)
{
	struct place arguments = openai_key(item, "arguments");
	struct span id;
	struct block *b;

	if (openai_text(item, "call_id", &id) < 0)
		return -1;
	if (id.p == NULL)
		return drop_item(r, item);
	if (arguments.node != NULL && !json_is_object(arguments.node) &&
	    !json_is_string(arguments.node))
		return openai_bad_type(&arguments, "an object");
	b = item_block(r, ROLE_ASSISTANT, item, BLOCK_CALL);
	b->id = id;
	b->tool = (struct tool_key){ TOOL_SEARCH, SPAN_NONE,
	    SPAN("tool_search") };
	if (json_is_object(arguments.node))
		b->input = arguments.node;
	else
		b->arguments = arguments.node != NULL ?
		    jspan(arguments.node) : SPAN("");
	return 0;
}

/* --- results -------------------------------------------------------- */

static bool
answers_dropped_call(const struct reading *r, struct span id)
{
	return id.p != NULL &&
	    json_object_getn(r->dropped_calls, id.p, id.n) != NULL;
}

/*
 * Codex reports some outputs without a call: they become words of the user's,
 *
 *	{"type":"function_call_output","call_id":null,"name":"N","output":...}
 */
static int
read_loose_output(struct reading *r, const struct place *item)
{
	struct span name, dropped = SPAN_NONE;
	struct block *head;
	bool plain;

	if (openai_text(item, "name", &name) < 0)
		return -1;
	head = item_block(r, ROLE_USER, item, BLOCK_TEXT);
	head->text = name.n > 0 ? pool_printf(r->req->pool, "Output of %.*s:",
	    SPAN_ARG(name)) : SPAN("Output:");
	if (read_content(item, "output", IN_RESULT, &head->next, &dropped,
	    &plain) < 0)
		return -1;
	while (*r->end != NULL)
		r->end = &(*r->end)->next;
	return 0;
}

static int
read_output(struct reading *r, const struct place *item)
{
	struct span id, dropped = SPAN_NONE;
	struct block *b;

	if (openai_text(item, "call_id", &id) < 0)
		return -1;
	if (id.p == NULL)
		return read_loose_output(r, item);
	if (answers_dropped_call(r, id))
		return drop_item(r, item);
	b = item_block(r, ROLE_USER, item, BLOCK_RESULT);
	b->id = id;
	return read_content(item, "output", IN_RESULT, &b->content, &dropped,
	    &b->whole);
}

static struct extra_tools *
add_extra_tools(struct reading *r, const struct place *tools)
{
	struct extra_tools *x = pool_new(r->req->pool, struct extra_tools);

	x->tools = *tools;
	x->loaded_end = &x->loaded;
	*r->extras_end = x;
	r->extras_end = &x->next;
	return x;
}

/* Its text, the names of what was found, is filled in when all are known. */
static int
read_search_output(struct reading *r, const struct place *item)
{
	struct place tools;
	struct block *b;
	struct span id;

	if (openai_text(item, "call_id", &id) < 0 ||
	    openai_array(item, "tools", &tools) < 0)
		return -1;
	if (id.p == NULL || answers_dropped_call(r, id))
		return drop_item(r, item);
	b = item_block(r, ROLE_USER, item, BLOCK_RESULT);
	b->id = id;
	b->whole = true;
	add_extra_tools(r, &tools)->listing = openai_add_text(item, SPAN(""),
	    &b->content);
	return 0;
}

static int
read_additional_tools(struct reading *r, const struct place *item)
{
	struct place tools;

	if (openai_array(item, "tools", &tools) < 0)
		return -1;
	add_extra_tools(r, &tools);
	return 0;
}

/* --- reasoning ------------------------------------------------------ */

/*
 * Only the envelope counts: clients trim and translate summaries. Without one
 * there is nothing to restore, and the seal of kind SEAL_NONE says so.
 */
static int
read_reasoning(struct reading *r, const struct place *item)
{
	struct span envelope;
	struct seal *seals;
	size_t count;
	struct block *b;

	if (openai_text(item, "encrypted_content", &envelope) < 0)
		return -1;
	if (envelope.p == NULL || seal_read_r1(r->req->pool, envelope, &seals,
	    &count) < 0) {
		b = item_block(r, ROLE_ASSISTANT, item, BLOCK_THINKING);
		b->text = SPAN("");
		b->seal.kind = envelope.p != NULL ? SEAL_FOREIGN : SEAL_NONE;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		b = item_block(r, ROLE_ASSISTANT, item, BLOCK_THINKING);
		b->text = seals[i].text.p != NULL ? seals[i].text : SPAN("");
		b->seal = seals[i];
	}
	return 0;
}

static int
read_compaction(struct reading *r, const struct place *item)
{
	struct place at = openai_key(item, "encrypted_content");
	struct span envelope, summary;

	if (openai_need_text(item, "encrypted_content", &envelope) < 0)
		return -1;
	if (seal_read_c1(r->req->pool, envelope, &summary) < 0)
		return fault_code(r->why, FAULT_REQUEST,
		    "invalid_encrypted_content",
		    pool_str(r->req->pool, at.path),
		    "The encrypted content of '%.*s' could not be verified: "
		    "it was not made here, or is damaged.",
		    SPAN_ARG(item->path));
	item_block(r, ROLE_USER, item, BLOCK_TEXT)->text = summary;
	return 0;
}

/* --- the rest ------------------------------------------------------- */

static int
read_trigger(struct reading *r, const struct place *item)
{
	(void)item;
	if (r->req->task == TASK_ANSWER) {
		r->req->task = TASK_COMPACT;
		r->req->compact_item = true;
	}
	return 0;
}

static int
read_update(struct reading *r, const struct place *item)
{
	struct update *u = pool_new(r->req->pool, struct update);

	u->item = *item;
	*r->updates_end = u;
	r->updates_end = &u->next;
	return 0;
}

/* Nothing that can be rebuilt, nothing that would be missed. */
static int
skip_item(struct reading *r, const struct place *item)
{
	(void)r;
	(void)item;
	return 0;
}

/* Also drops what answers the call later on. */
static int
drop_item(struct reading *r, const struct place *item)
{
	struct span type = jget_span(item->node, "type");
	struct span id = jget_span(item->node, "call_id");

	request_lost(r->req, "item_dropped", "%.*s", SPAN_ARG(type));
	if (id.p != NULL)
		json_object_setn_new(r->dropped_calls, id.p, id.n,
		    json_true());
	return 0;
}

static int read_reference(struct reading *r, const struct place *item);

/* Every other type is dropped with a warning. */
static const struct {
	const char *type;
	int (*read)(struct reading *r, const struct place *item);
} items[] = {
	{ "message",			read_message },
	{ "function_call",		read_function_call },
	{ "function_call_output",	read_output },
	{ "custom_tool_call",		read_custom_call },
	{ "custom_tool_call_output",	read_output },
	{ "tool_search_call",		read_search_call },
	{ "tool_search_output",		read_search_output },
	{ "reasoning",			read_reasoning },
	{ "compaction",			read_compaction },
	{ "compaction_trigger",		read_trigger },
	{ "configuration_update",	read_update },
	{ "additional_tools",		read_additional_tools },
	{ "item_reference",		read_reference },
	{ "web_search_call",		skip_item },
};

/* Messages and references may come without a type. */
static int
type_of_item(const struct place *item, struct span *type)
{
	if (openai_need_object(item) < 0 || openai_text(item, "type", type) < 0)
		return -1;
	if (type->p != NULL)
		return 0;
	if (jget(item->node, "role") != NULL)
		*type = SPAN("message");
	else if (jget(item->node, "id") != NULL)
		*type = SPAN("item_reference");
	else
		return openai_missing(item, "type");
	return 0;
}

static int
read_item(struct reading *r, const struct place *item)
{
	struct span type;

	if (type_of_item(item, &type) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		if (span_is(type, items[i].type))
			return items[i].read(r, item);
	return drop_item(r, item);
}

static json_t *
look_up(const struct reading *r, struct span id)
{
	json_t *item = stored_item(r->req->answers, r->req->pool,
	    r->req->client, r->chain, id);

	return jget_is(item, "type", "item_reference") ? NULL : item;
}

/*
 * The item itself takes the reference's place in the body, so that it is what
 * a later request finds there when this one is stored.
 */
static int
read_reference(struct reading *r, const struct place *item)
{
	struct place id_at = openai_key(item, "id"), found = *item;
	struct span id;

	if (openai_need_text(item, "id", &id) < 0)
		return -1;
	found.node = look_up(r, id);
	if (found.node == NULL)
		return openai_bad_value(&id_at,
		    "Item with id '%.*s' not found.", SPAN_ARG(id));
	json_array_set(r->list, r->at, found.node);
	return read_item(r, &found);
}

int
responses_read_items(struct reading *r, const struct place *list)
{
	for (size_t i = 0; i < json_array_size(list->node); i++) {
		struct place item = openai_nth(list, i);

		r->list = list->node;
		r->at = i;
		if (read_item(r, &item) < 0)
			return -1;
		r->index++;
	}
	return 0;
}
