/*
 * Content blocks of a Claude request (c2o-common section 5), from a table of
 * their types.
 */
#include "dialect/messages_read.h"

#include "base/codec.h"
#include "model/media.h"
#include "wire/jw.h"

/* Where a block goes: the end of a list, and what was dropped beside it. */
struct sink {
	struct block **end;
	struct span *dropped;	/* types, ", " between; NULL inside results */
	struct turn **turn;	/* NULL inside results and documents */
};

/* A block being read. */
struct part {
	struct sink *to;
	const json_t *node;
	struct span type, path;
};

static struct block *
add(struct reading *r, const struct part *p, enum block_kind kind)
{
	struct block *b = pool_new(r->req->pool, struct block);

	b->kind = kind;
	b->path = p->path;
	*p->to->end = b;
	p->to->end = &b->next;
	return b;
}

/* Empty texts are left out. */
static void
add_text(struct reading *r, const struct part *p, struct span text)
{
	if (text.n > 0)
		add(r, p, BLOCK_TEXT)->text = text;
}

/* The types for a message about them; a long list tells nobody more. */
static void
note_dropped(struct reading *r, struct span *list, struct span type)
{
	if (list->p == NULL)
		*list = type;
	else if (list->n < 200 && span_find(*list, type) < 0)
		*list = pool_join(r->req->pool, *list, SPAN(", "), type);
}

/*
 * Leave a block out, and say so. Inside a result words take its place, since
 * an empty result would mislead the model.
 */
static int
drop(struct reading *r, const struct part *p)
{
	request_lost(r->req, "block_dropped", "%.*s", SPAN_ARG(p->path));
	if (p->to->dropped != NULL)
		note_dropped(r, p->to->dropped, p->type);
	else
		add_text(r, p, pool_join(r->req->pool, SPAN("["), p->type,
		    SPAN(" omitted]")));
	return 0;
}

/* --- texts ---------------------------------------------------------- */

static int
need_text(struct reading *r, const struct part *p, const char *key,
    struct span *text)
{
	if (messages_get_text(r, p->path, p->node, key, text))
		return -1;
	if (text->p == NULL)
		return messages_bad(r, messages_path(r, p->path, key),
		    "Field required");
	return 0;
}

static int
read_text(struct reading *r, const struct part *p)
{
	struct span text = SPAN_NONE;

	if (need_text(r, p, "text", &text))
		return -1;
	add_text(r, p, text);
	return 0;
}

/* The text blocks of a list, a line each; others are passed over. */
static struct span
joined_texts(struct reading *r, const json_t *list)
{
	const json_t *one;
	struct buf all;
	struct span text;
	size_t i;

	buf_init(&all, 0);
	json_array_foreach(list, i, one) {
		text = jget_span(one, "text");
		if (all.n > 0 && text.n > 0)
			buf_putc(&all, '\n');
		buf_put(&all, text);
	}
	text = pool_span(r->req->pool, buf_span(&all));
	buf_free(&all);
	return text;
}

/* s with every '"' as '\'', for use between double quotes. */
static void
put_quotable(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_putc(out, s.p[i] == '"' ? '\'' : s.p[i]);
}

static int
read_search_result(struct reading *r, const struct part *p)
{
	struct span text = joined_texts(r, jget_array(p->node, "content"));
	struct buf all;

	buf_init(&all, 0);
	buf_puts(&all, "<search_result title=\"");
	put_quotable(&all, jget_span(p->node, "title"));
	buf_puts(&all, "\" source=\"");
	put_quotable(&all, jget_span(p->node, "source"));
	buf_puts(&all, "\">\n");
	buf_put(&all, text);
	buf_puts(&all, "\n</search_result>");
	add_text(r, p, pool_span(r->req->pool, buf_span(&all)));
	buf_free(&all);
	return 0;
}

/* --- media ---------------------------------------------------------- */

static int
read_image(struct reading *r, const struct part *p)
{
	const json_t *source = jget_object(p->node, "source");
	struct span type = jget_span(source, "type");
	struct media m = { 0 };
	int rc = -1;

	if (source == NULL)
		return messages_bad(r, messages_path(r, p->path, "source"),
		    "must be an object");
	if (span_is(type, "base64"))
		rc = media_from_base64(r->req->pool,
		    jget_span(source, "media_type"),
		    jget_span(source, "data"), false, &m);
	else if (span_is(type, "url"))
		rc = media_from_url(r->req->pool, jget_span(source, "url"),
		    false, &m);
	if (rc < 0)
		return drop(r, p);
	if (jget(p->node, "transformations") != NULL)
		messages_field_lost(r, p->path, "transformations");
	add(r, p, BLOCK_MEDIA)->media = m;
	return 0;
}

static bool
is_pdf(struct span base64, struct span type, struct media *m)
{
	*m = (struct media){ .kind = MEDIA_PDF, .source = SOURCE_BASE64,
	    .type = SPAN("application/pdf"), .data = base64 };
	return span_like(type, "application/pdf") && base64_valid(base64);
}

/* A document by URL: the upstream fetches it, or it is a PDF in place. */
static bool
document_from_url(struct reading *r, struct span url, struct media *m)
{
	if (span_like(span_head(url, 7), "http://") ||
	    span_like(span_head(url, 8), "https://")) {
		*m = (struct media){ .kind = MEDIA_PDF,
		    .source = SOURCE_URL, .data = url };
		return true;
	}
	return span_like(span_head(url, 5), "data:") &&
	    media_from_file(r->req->pool, url, SPAN_NONE, m) == 0 &&
	    m->kind == MEDIA_PDF;
}

static int read_list(struct reading *r, struct sink *to, struct span path,
    const json_t *list, enum role role);

static bool
only_texts(const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!jget_is(one, "type", "text"))
			return false;
	return true;
}

/*
 * A document made of blocks: one text where it can be, else its blocks
 * between the opening and the closing line.
 */
static int
read_document_blocks(struct reading *r, const struct part *p,
    struct media *m, const json_t *content)
{
	struct span path = messages_path(r, p->path, "source.content");
	struct sink inside = *p->to;

	if (!json_is_string(content) && !json_is_array(content))
		return messages_bad(r, path, "must be a string or a list of "
		    "blocks");
	m->kind = MEDIA_TEXT;
	m->source = SOURCE_TEXT;
	if (only_texts(content)) {
		m->data = json_is_string(content) ? jspan(content) :
		    joined_texts(r, content);
		add(r, p, BLOCK_MEDIA)->media = *m;
		return 0;
	}
	add_text(r, p, media_frame(r->req->pool, m));
	inside.end = p->to->end;
	inside.turn = NULL;
	if (read_list(r, &inside, path, content, ROLE_USER))
		return -1;
	p->to->end = inside.end;
	add_text(r, p, SPAN("</document>"));
	return 0;
}

static int
read_document(struct reading *r, const struct part *p)
{
	const json_t *source = jget_object(p->node, "source");
	struct span type = jget_span(source, "type");
	struct span data = jget_span(source, "data");
	struct span title = SPAN_NONE, context = SPAN_NONE;
	struct media m = { 0 };
	bool known = false;

	if (source == NULL)
		return messages_bad(r, messages_path(r, p->path, "source"),
		    "must be an object");
	if (messages_get_text(r, p->path, p->node, "title", &title) ||
	    messages_get_text(r, p->path, p->node, "context", &context))
		return -1;
	if (jget_bool(jget(p->node, "citations"), "enabled", false))
		messages_field_lost(r, p->path, "citations");
	if (span_is(type, "base64")) {
		known = is_pdf(data, jget_span(source, "media_type"), &m);
	} else if (span_is(type, "url")) {
		known = document_from_url(r, jget_span(source, "url"), &m);
	} else if (span_is(type, "text") && data.p != NULL) {
		m = (struct media){ .kind = MEDIA_TEXT,
		    .source = SOURCE_TEXT, .data = data };
		known = true;
	}
	m.title = title;
	m.context = context;
	if (span_is(type, "content"))
		return read_document_blocks(r, p, &m, jget(source, "content"));
	if (!known)
		return drop(r, p);
	add(r, p, BLOCK_MEDIA)->media = m;
	return 0;
}

/* --- calls and results ---------------------------------------------- */

/*
 * The input of a call whose arguments were no JSON comes back as it was
 * given to the client: {"__invalid_json":"{\"city\": Rome}"}.
 */
static struct span
invalid_arguments(const json_t *input)
{
	if (json_object_size(input) != 1)
		return SPAN_NONE;
	return jget_span(input, "__invalid_json");
}

static int
read_tool_use(struct reading *r, const struct part *p)
{
	struct span id = SPAN_NONE, name = SPAN_NONE;
	json_t *input = NULL;
	struct block *b;

	if (messages_need_text(r, p->path, p->node, "id", &id) ||
	    messages_need_text(r, p->path, p->node, "name", &name) ||
	    messages_get_object(r, p->path, p->node, "input", &input))
		return -1;
	b = add(r, p, BLOCK_CALL);
	b->id = id;
	b->tool = (struct tool_key){ .kind = TOOL_FUNCTION, .name = name };
	b->input = input;
	b->arguments = input == NULL ? SPAN("{}") : invalid_arguments(input);
	return 0;
}

static int read_result_content(struct reading *r, struct block *b,
    struct span path, const json_t *content);

static int
read_tool_result(struct reading *r, const struct part *p)
{
	struct span id = SPAN_NONE;
	struct block *b;

	if (messages_need_text(r, p->path, p->node, "tool_use_id", &id))
		return -1;
	b = add(r, p, BLOCK_RESULT);
	b->id = id;
	if (messages_get_flag(r, p->path, p->node, "is_error",
	    &b->is_error))
		return -1;
	return read_result_content(r, b, messages_path(r, p->path, "content"),
	    jget(p->node, "content"));
}

static int
read_tool_reference(struct reading *r, const struct part *p)
{
	struct span name = SPAN_NONE;
	struct block *b;

	if (messages_need_text(r, p->path, p->node, "tool_name", &name))
		return -1;
	messages_load_tool(r, name);
	b = add(r, p, BLOCK_TEXT);
	b->text = pool_join(r->req->pool, SPAN("Tool loaded: "), name,
	    SPAN_NONE);
	b->tool = (struct tool_key){ TOOL_FUNCTION, SPAN_NONE, name };
	return 0;
}

static int
read_browser_state(struct reading *r, const struct part *p)
{
	add_text(r, p, json_text(r->req->pool, p->node));
	return 0;
}

/* --- what only Claude has ------------------------------------------- */

static int
read_thinking(struct reading *r, const struct part *p)
{
	struct span text = SPAN(""), signature = SPAN_NONE;
	struct block *b;

	if (messages_get_text(r, p->path, p->node, "thinking", &text) ||
	    messages_get_text(r, p->path, p->node, "signature",
	    &signature))
		return -1;
	b = add(r, p, BLOCK_THINKING);
	b->text = text;
	b->seal.kind = SEAL_SIGNATURE;
	b->seal.data = signature;
	return 0;
}

static int
read_redacted(struct reading *r, const struct part *p)
{
	struct span data = SPAN_NONE;
	struct block *b;

	if (messages_get_text(r, p->path, p->node, "data", &data))
		return -1;
	b = add(r, p, BLOCK_THINKING);
	b->text = SPAN("");
	b->seal.kind = SEAL_REDACTED;
	b->seal.data = data;
	return 0;
}

/* A step of a hosted tool: one warning tells of all of them. */
static int
drop_step(struct reading *r, const struct part *p)
{
	if (!r->step_dropped)
		request_lost(r->req, "block_dropped", "%.*s",
		    SPAN_ARG(p->path));
	r->step_dropped = true;
	note_dropped(r, p->to->dropped, p->type);
	return 0;
}

/* The result goes, the tools that it found stay. */
static int
read_found_tools(struct reading *r, const struct part *p)
{
	const json_t *content = jget(p->node, "content"), *one;
	size_t i;

	json_array_foreach(jget_array(content, "tool_references"), i, one)
		messages_load_tool(r, jget_span(one, "tool_name"));
	note_dropped(r, p->to->dropped, p->type);
	return 0;
}

/* The rest of the message goes into a further turn. */
static void
continue_as(struct reading *r, struct sink *to, enum role role)
{
	struct turn *t = *to->turn, *next = turn_add(r->req, role);

	next->path = t->path;
	next->index = t->index;
	*to = (struct sink){ .end = &next->blocks, .turn = to->turn,
	    .dropped = to->dropped };
	*to->turn = next;
}

/*
 * A summary stands for the history that it replaced, so it is told by the
 * user: the message is split around it.
 */
static int
read_compaction(struct reading *r, const struct part *p)
{
	enum role role = (*p->to->turn)->role;
	struct span text = SPAN_NONE;

	if (messages_get_text(r, p->path, p->node, "content", &text))
		return -1;
	if (text.n == 0)
		return 0;
	text = pool_join(r->req->pool, SPAN("<conversation_summary>\n"), text,
	    SPAN("\n</conversation_summary>"));
	if (role != ROLE_USER)
		continue_as(r, p->to, ROLE_USER);
	add_text(r, p, text);
	if (role != ROLE_USER)
		continue_as(r, p->to, role);
	return 0;
}

static int
change_tools(struct reading *r, const struct part *p)
{
	return messages_change_tools(r, p->node, p->path);
}

static int
ignore(struct reading *r, const struct part *p)
{
	(void)r;
	(void)p;
	return 0;
}

/* --- the table ------------------------------------------------------ */

/*
 * What each role (user, assistant, system) may hold: 'y' it may, 'd' it is
 * dropped with a warning, '-' it is refused.
 */
static const struct kind {
	const char *type;
	const char roles[4];
	int (*read)(struct reading *r, const struct part *p);
} kinds[] = {
	{ "text",				"yyy", read_text },
	{ "image",				"yd-", read_image },
	{ "document",				"yd-", read_document },
	{ "search_result",			"yd-", read_search_result },
	{ "tool_use",				"-y-", read_tool_use },
	{ "tool_result",			"y--", read_tool_result },
	{ "thinking",				"-y-", read_thinking },
	{ "redacted_thinking",			"-y-", read_redacted },
	{ "server_tool_use",			"-y-", drop_step },
	{ "web_search_tool_result",		"-y-", drop_step },
	{ "web_fetch_tool_result",		"-y-", drop_step },
	{ "code_execution_tool_result",		"-y-", drop_step },
	{ "bash_code_execution_tool_result",	"-y-", drop_step },
	{ "text_editor_code_execution_tool_result", "-y-", drop_step },
	{ "advisor_tool_result",		"-y-", drop_step },
	{ "mcp_tool_use",			"-y-", drop_step },
	{ "mcp_tool_result",			"-y-", drop_step },
	{ "tool_search_tool_result",		"-y-", read_found_tools },
	{ "compaction",				"yy-", read_compaction },
	{ "fallback",				"yyy", ignore },
	{ "mcp_tool_listing",			"yyy", ignore },
	{ "container_upload",			"dd-", drop },
	{ "tool_addition",			"--y", change_tools },
	{ "tool_removal",			"--y", change_tools },
};

/* What a result may hold; all else is replaced by words. */
static const struct kind inner_kinds[] = {
	{ "text",		"yyy", read_text },
	{ "image",		"yyy", read_image },
	{ "document",		"yyy", read_document },
	{ "search_result",	"yyy", read_search_result },
	{ "tool_reference",	"yyy", read_tool_reference },
	{ "browser_state",	"yyy", read_browser_state },
};

static const struct kind *
kind_of(struct span type, bool inside)
{
	const struct kind *list = inside ? inner_kinds : kinds;
	size_t n = inside ? sizeof(inner_kinds) / sizeof(inner_kinds[0]) :
	    sizeof(kinds) / sizeof(kinds[0]);

	for (size_t i = 0; i < n; i++)
		if (span_is(type, list[i].type))
			return &list[i];
	return NULL;
}

static int
read_block(struct reading *r, struct sink *to, struct span path,
    const json_t *node, enum role role)
{
	static const char *const names[] = { "user", "assistant", "system" };
	struct part p = { .to = to, .node = node, .path = path };
	const struct kind *kind;

	if (!json_is_object(node))
		return messages_bad(r, path, "must be an object");
	if (messages_need_text(r, path, node, "type", &p.type))
		return -1;
	kind = kind_of(p.type, to->turn == NULL);
	if (kind == NULL || kind->roles[role] == 'd')
		return drop(r, &p);
	if (kind->roles[role] == '-')
		return messages_bad(r, path,
		    "%.*s blocks are not permitted in %s messages",
		    SPAN_ARG(p.type), names[role]);
	return kind->read(r, &p);
}

static int
read_list(struct reading *r, struct sink *to, struct span path,
    const json_t *list, enum role role)
{
	const json_t *node;
	size_t i;

	json_array_foreach(list, i, node)
		if (read_block(r, to, messages_nth(r, path, i), node,
		    role))
			return -1;
	return 0;
}

static int
read_result_content(struct reading *r, struct block *b, struct span path,
    const json_t *content)
{
	struct sink to = { .end = &b->content };
	struct part p = { .to = &to, .path = path };

	if (content == NULL || json_is_string(content)) {
		b->whole = true;
		add_text(r, &p, jspan(content));
		return 0;
	}
	if (!json_is_array(content))
		return messages_bad(r, path, "must be a string or a list of "
		    "blocks");
	return read_list(r, &to, path, content, ROLE_USER);
}

int
messages_read_content(struct reading *r, struct turn **t,
    const json_t *content)
{
	struct sink to = { .end = &(*t)->blocks, .turn = t,
	    .dropped = &(*t)->dropped };
	struct part p = { .to = &to };

	p.path = messages_path(r, (*t)->path, "content");
	if (json_is_string(content)) {
		(*t)->plain = true;
		add_text(r, &p, jspan(content));
		return 0;
	}
	if (!json_is_array(content))
		return messages_bad(r, p.path, "must be a string or a list of "
		    "blocks");
	return read_list(r, &to, p.path, content, (*t)->role);
}
