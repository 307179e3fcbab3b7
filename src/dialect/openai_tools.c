#include "dialect/openai_tools.h"

#include "dialect/openai_schema.h"
#include "wire/jget.h"

bool
openai_offers(const struct tool *t, bool search)
{
	switch (t->key.kind) {
	case TOOL_FUNCTION:
		return true;
	case TOOL_SEARCH_WEB:
		return search;
	default:
		return false;
	}
}

/* The type by which the client asked for a hosted tool. */
static struct span
type_of(const struct tool *t)
{
	struct span type = jget_span(t->node, "type");

	return type.n > 0 ? type : t->key.name;
}

static int
refuse(const struct request *req, const struct tool *t, struct fault *why)
{
	return fault_code(why, FAULT_REQUEST, "unsupported_parameter",
	    pool_str(req->pool, t->path), "%.*s is not available on this "
	    "upstream", SPAN_ARG(type_of(t)));
}

static bool
is_forced(const struct request *req, const struct tool *t)
{
	return req->choice == CHOICE_TOOL &&
	    (tool_key_eq(t->key, req->chosen) ||
	    span_eq(jget_span(t->node, "name"), req->chosen.name));
}

/* A text that ends with a tool's name tells the model its own name for it. */
static void
name_tools(struct request *req, struct block *list)
{
	for (struct block *b = list; b != NULL; b = b->next) {
		struct span name = b->tool.name;

		if (b->kind == BLOCK_RESULT)
			name_tools(req, b->content);
		if (b->kind != BLOCK_TEXT || name.n == 0 ||
		    b->text.n < name.n ||
		    !span_eq(span_from(b->text, b->text.n - name.n), name))
			continue;
		b->text = pool_join(req->pool, span_head(b->text,
		    b->text.n - name.n), names_alias(&req->names, req->pool,
		    b->tool), SPAN_NONE);
	}
}

int
openai_vet_tools(struct request *req, bool search, size_t *count,
    struct fault *why)
{
	const struct tool *missing = NULL;

	*count = 0;
	for (const struct tool *t = req->tools; t != NULL; t = t->next) {
		if (openai_offers(t, search)) {
			if (t->key.kind == TOOL_FUNCTION)
				names_alias(&req->names, req->pool, t->key);
			++*count;
			continue;
		}
		if (is_forced(req, t))
			return refuse(req, t, why);
		if (missing == NULL)
			missing = t;
	}
	for (struct turn *t = req->turns; t != NULL; t = t->next)
		name_tools(req, t->blocks);
	if (missing != NULL && *count == 0)
		return refuse(req, missing, why);
	for (const struct tool *t = missing; t != NULL; t = t->next)
		if (!openai_offers(t, search))
			request_lost(req, "tool_dropped", "%.*s",
			    SPAN_ARG(t->path));
	return 0;
}

void
openai_put_description(struct jw *w, const struct tool *t)
{
	struct buf text;

	if (t->description.p == NULL && json_array_size(t->examples) == 0)
		return;
	buf_init(&text, 0);
	buf_put(&text, t->description);
	for (size_t i = 0; i < json_array_size(t->examples); i++) {
		if (i == 0)
			buf_puts(&text, text.n > 0 ? "\nExamples:" :
			    "Examples:");
		buf_putc(&text, '\n');
		json_put(&text, json_array_get(t->examples, i));
	}
	jw_str(w, "description", buf_span(&text));
	buf_free(&text);
}

bool
openai_tool_is_strict(struct request *req, const struct tool *t)
{
	if (t->strict != YES)
		return false;
	if (openai_schema_is_strict(t->schema))
		return true;
	request_lost(req, "field_changed", "%.*s.strict", SPAN_ARG(t->path));
	return false;
}

struct span
openai_format_path(const struct request *req)
{
	if (jget(jget(req->body, "output_config"), "format") != NULL)
		return SPAN("output_config.format");
	return SPAN("output_format");
}

bool
openai_format_is_strict(struct request *req)
{
	if (openai_schema_is_strict(req->schema))
		return true;
	request_lost(req, "field_changed", "%.*s",
	    SPAN_ARG(openai_format_path(req)));
	return false;
}

struct span
openai_choice_word(const struct request *req)
{
	switch (req->choice) {
	case CHOICE_AUTO:
		return SPAN("auto");
	case CHOICE_ANY:
		return SPAN("required");
	case CHOICE_NONE:
		return SPAN("none");
	default:
		return SPAN_NONE;
	}
}
