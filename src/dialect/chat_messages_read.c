/*
 * The messages of a Chat Completions request (o2c-chat section 2).  Each
 * becomes a turn; what Claude wants of their order is its writer's matter.
 */
#include "dialect/chat_read.h"
#include "dialect/chat_thoughts.h"

/* A call made with "function_call": it has no id, so it is given one. */
struct legacy_call {
	struct legacy_call *older;
	struct block *call;
	bool answered;
};

struct history {
	struct legacy_call *newest;
	size_t count;
};

static struct turn *
add_turn(const struct place *message, size_t index, enum role role)
{
	struct turn *turn = turn_add(message->req, role);

	turn->path = message->path;
	turn->index = index;
	return turn;
}

/* A mark on the whole message stands behind its last block. */
static void
mark_last(const struct place *message, struct block *blocks)
{
	struct block *last = NULL;

	for (struct block *b = blocks; b != NULL; b = b->next)
		if (b->kind != BLOCK_THINKING)
			last = b;
	if (openai_mark(message->req, message->node) && last != NULL)
		last->mark = true;
}

/* --- content parts -------------------------------------------------- */

static int
read_text(const struct place *part, struct block **list, struct span *dropped)
{
	struct span text;

	(void)dropped;
	if (openai_need_text(part, "text", &text) < 0)
		return -1;
	openai_add_text(part, text, list);
	return 0;
}

static int
read_refusal(const struct place *part, struct block **list,
    struct span *dropped)
{
	struct span text;

	(void)dropped;
	if (openai_need_text(part, "refusal", &text) < 0)
		return -1;
	openai_add_text(part, text, list);
	return 0;
}

/* {"type":"image_url","image_url":{"url":"...","detail":"auto"}} */
static int
read_image(const struct place *part, struct block **list,
    struct span *dropped)
{
	struct place image;

	if (openai_object(part, "image_url", &image) < 0)
		return -1;
	if (image.node == NULL)
		return openai_missing(part, "image_url");
	return openai_add_image(part, &image, "url", list, dropped);
}

/* {"type":"file","file":{"filename":"a.pdf","file_data":"data:..."}} */
static int
read_file(const struct place *part, struct block **list, struct span *dropped)
{
	struct place file;

	if (openai_object(part, "file", &file) < 0)
		return -1;
	if (file.node == NULL)
		return openai_missing(part, "file");
	return openai_add_file(part, &file, list, dropped);
}

static int
drop_part(const struct place *part, struct block **list, struct span *dropped)
{
	(void)list;
	openai_drop_media(part, dropped);
	return 0;
}

/* Who may say what; the others' media are dropped. */
enum speaker {
	SYSTEM = 1 << 0,
	USER = 1 << 1,
	ASSISTANT = 1 << 2,
	TOOL = 1 << 3,
	ANYONE = SYSTEM | USER | ASSISTANT | TOOL,
};

static const struct {
	const char *type;
	unsigned by;
	int (*read)(const struct place *part, struct block **list,
	    struct span *dropped);
} parts[] = {
	{ "text",	ANYONE,			read_text },
	{ "refusal",	ASSISTANT,		read_refusal },
	{ "image_url",	USER | TOOL,		read_image },
	{ "image_url",	SYSTEM | ASSISTANT,	drop_part },
	{ "file",	USER | TOOL,		read_file },
	{ "file",	SYSTEM | ASSISTANT,	drop_part },
	{ "input_audio", ANYONE,		drop_part },
};

static int
read_part(const struct place *part, enum speaker speaker,
    struct block **list, struct span *dropped)
{
	struct span type;

	if (openai_need_object(part) < 0 ||
	    openai_need_text(part, "type", &type) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (span_is(type, parts[i].type) &&
		    (parts[i].by & (unsigned)speaker))
			return parts[i].read(part, list, dropped);
	return openai_bad_value(part, "Invalid value: '%.*s' is no type of "
	    "content part that is supported here.",
	    SPAN_ARG(span_head(type, 64)));
}

/* "content": a string, a list of parts, or nothing. */
static int
read_content(const struct place *message, enum speaker speaker,
    struct block **list, struct span *dropped, bool *plain)
{
	struct place content = openai_key(message, "content");

	*plain = json_is_string(content.node);
	if (*plain && json_string_length(content.node) > 0)
		openai_add_text(&content, jspan(content.node), list);
	if (*plain || content.node == NULL)
		return 0;
	if (!json_is_array(content.node))
		return openai_bad_type(&content,
		    "a string or an array of parts");
	for (size_t i = 0; i < json_array_size(content.node); i++) {
		struct place part = openai_nth(&content, i);

		if (read_part(&part, speaker, list, dropped) < 0)
			return -1;
		while (*list != NULL)
			list = &(*list)->next;
	}
	return 0;
}

/* --- system, user --------------------------------------------------- */

/* Who spoke, by name, cannot be told. */
static int
read_name(const struct place *message)
{
	struct span name;

	if (openai_text(message, "name", &name) < 0)
		return -1;
	if (name.n > 0)
		request_lost(message->req, "name_dropped", NULL);
	return 0;
}

static int
read_said(const struct place *message, struct turn *turn,
    enum speaker speaker)
{
	if (jget(message->node, "content") == NULL)
		return openai_missing(message, "content");
	if (read_content(message, speaker, &turn->blocks, &turn->dropped,
	    &turn->plain) < 0 || read_name(message) < 0)
		return -1;
	mark_last(message, turn->blocks);
	return 0;
}

/* --- assistant ------------------------------------------------------ */

static int
read_refused(const struct place *message, struct turn *turn)
{
	struct place at = openai_key(message, "refusal");
	struct span text;

	if (openai_text(message, "refusal", &text) < 0)
		return -1;
	if (text.n > 0)
		openai_add_text(&at, text, &turn->blocks);
	return 0;
}

/* {"audio":{"id":"audio_1"}}: speech that OpenAI keeps. */
static int
read_audio(const struct place *message, struct turn *turn)
{
	struct place audio;

	if (openai_object(message, "audio", &audio) < 0)
		return -1;
	if (audio.node == NULL)
		return 0;
	request_lost(message->req, "audio_dropped", NULL);
	openai_note_dropped(message->req->pool, &turn->dropped,
	    SPAN("audio"));
	return 0;
}

static struct block *
add_call(const struct place *at, enum tool_kind kind, struct span name,
    struct span arguments, struct block **list)
{
	struct block *b = block_add(at->req->pool, list, BLOCK_CALL);

	b->path = at->path;
	b->mark = openai_mark(at->req, at->node);
	b->tool = (struct tool_key){ kind, SPAN_NONE, name };
	b->arguments = arguments.p != NULL ? arguments : SPAN("");
	return b;
}

/*
 * {"id":I,"type":"function","function":{"name":N,"arguments":"{...}"}} or
 * {"id":I,"type":"custom","custom":{"name":N,"input":"..."}}
 */
static int
read_call(const struct place *at, struct block **list)
{
	static const struct openai_word kinds[] = {
		{ "function",	TOOL_FUNCTION },
		{ "custom",	TOOL_FREEFORM },
		{ NULL,		0 },
	};
	int kind = TOOL_FUNCTION;
	struct span id, name, text;
	struct place inner;
	const char *key;

	if (openai_need_object(at) < 0 ||
	    openai_need_text(at, "id", &id) < 0 ||
	    openai_word(at, "type", kinds, &kind) < 0)
		return -1;
	key = kind == TOOL_FUNCTION ? "function" : "custom";
	if (openai_object(at, key, &inner) < 0)
		return -1;
	if (inner.node == NULL)
		return openai_missing(at, key);
	if (openai_need_text(&inner, "name", &name) < 0 ||
	    openai_text(&inner, kind == TOOL_FUNCTION ? "arguments" : "input",
	    &text) < 0)
		return -1;
	add_call(at, (enum tool_kind)kind, name, text, list)->id = id;
	return 0;
}

static int
read_calls(const struct place *message, struct block **list)
{
	struct place calls;

	if (openai_array(message, "tool_calls", &calls) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(calls.node); i++) {
		struct place call = openai_nth(&calls, i);

		while (*list != NULL)
			list = &(*list)->next;
		if (read_call(&call, list) < 0)
			return -1;
	}
	return 0;
}

/* {"name":N,"arguments":"{...}"}, whose id is its number in the history. */
static int
read_legacy_call(const struct place *message, struct history *h,
    struct block **list)
{
	struct pool *pool = message->req->pool;
	struct legacy_call *entry;
	struct span name, arguments;
	struct place at;

	if (openai_object(message, "function_call", &at) < 0)
		return -1;
	if (at.node == NULL)
		return 0;
	if (openai_need_text(&at, "name", &name) < 0 ||
	    openai_text(&at, "arguments", &arguments) < 0)
		return -1;
	entry = pool_new(pool, struct legacy_call);
	entry->call = add_call(&at, TOOL_FUNCTION, name, arguments, list);
	entry->call->id = pool_printf(pool, "call_fn_%zu", ++h->count);
	entry->older = h->newest;
	h->newest = entry;
	return 0;
}

/* Thinking, then what is there: the order that Claude takes. */
static int
add_reasoning(const struct place *message, struct turn *turn)
{
	struct block *thinking = NULL, **end = &thinking;

	if (chat_recall(message->req, turn))
		return 0;
	if (chat_read_sealed(message, &thinking) < 0)
		return -1;
	while (*end != NULL)
		end = &(*end)->next;
	*end = turn->blocks;
	turn->blocks = thinking;
	return 0;
}

static int
read_assistant(const struct place *message, struct turn *turn,
    struct history *h)
{
	if (read_content(message, ASSISTANT, &turn->blocks, &turn->dropped,
	    &turn->plain) < 0 ||
	    read_refused(message, turn) < 0 ||
	    read_audio(message, turn) < 0 || read_name(message) < 0 ||
	    read_calls(message, &turn->blocks) < 0 ||
	    read_legacy_call(message, h, &turn->blocks) < 0 ||
	    add_reasoning(message, turn) < 0)
		return -1;
	mark_last(message, turn->blocks);
	return 0;
}

/* --- results -------------------------------------------------------- */

/* A result stays even if nothing of its content can be sent. */
static int
add_result(const struct place *message, struct span id, struct turn *turn)
{
	struct block *b = block_add(message->req->pool, &turn->blocks,
	    BLOCK_RESULT);
	struct span dropped = SPAN_NONE;

	b->path = message->path;
	b->id = id;
	b->mark = openai_mark(message->req, message->node);
	return read_content(message, TOOL, &b->content, &dropped, &b->whole);
}

static int
read_result(const struct place *message, struct turn *turn)
{
	struct span id;

	if (openai_need_text(message, "tool_call_id", &id) < 0)
		return -1;
	return add_result(message, id, turn);
}

/* The nearest call of that name that nobody has answered yet. */
static int
read_legacy_result(const struct place *message, struct turn *turn,
    struct history *h)
{
	struct legacy_call *c = h->newest;
	struct span name;

	if (openai_need_text(message, "name", &name) < 0)
		return -1;
	while (c != NULL &&
	    (c->answered || !span_eq(c->call->tool.name, name)))
		c = c->older;
	if (c == NULL)
		return openai_bad_value(message, "messages with role "
		    "'function' must be a response to a preceding message "
		    "with 'function_call'.");
	c->answered = true;
	return add_result(message, c->call->id, turn);
}

/* --- all of them ---------------------------------------------------- */

enum chat_role {
	CHAT_SYSTEM, CHAT_USER, CHAT_ASSISTANT, CHAT_TOOL, CHAT_FUNCTION,
};

static int
read_message(const struct place *at, size_t index, struct history *h)
{
	static const struct openai_word words[] = {
		{ "system",	CHAT_SYSTEM },
		{ "developer",	CHAT_SYSTEM },
		{ "user",	CHAT_USER },
		{ "assistant",	CHAT_ASSISTANT },
		{ "tool",	CHAT_TOOL },
		{ "function",	CHAT_FUNCTION },
		{ NULL,		0 },
	};
	int role = -1;

	if (openai_need_object(at) < 0 || openai_word(at, "role", words, &role) < 0)
		return -1;
	switch (role) {
	case CHAT_SYSTEM:
		return read_said(at, add_turn(at, index, ROLE_SYSTEM), SYSTEM);
	case CHAT_USER:
		return read_said(at, add_turn(at, index, ROLE_USER), USER);
	case CHAT_ASSISTANT:
		return read_assistant(at, add_turn(at, index, ROLE_ASSISTANT),
		    h);
	case CHAT_TOOL:
		return read_result(at, add_turn(at, index, ROLE_USER));
	case CHAT_FUNCTION:
		return read_legacy_result(at, add_turn(at, index, ROLE_USER),
		    h);
	default:
		return openai_missing(at, "role");
	}
}

int
chat_read_messages(const struct place *root)
{
	struct history history = { .newest = NULL };
	struct place list;

	if (openai_array(root, "messages", &list) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list.node); i++) {
		struct place message = openai_nth(&list, i);

		if (read_message(&message, i, &history) < 0)
			return -1;
	}
	return 0;
}
