#include "dialect/openai_text.h"

#include <stdio.h>

void
openai_put_joined(struct jw *w, const char *key, const struct block *list,
    const char *glue)
{
	bool some = false;

	jw_text_begin(w, key);
	for (; list != NULL; list = list->next) {
		if (list->kind != BLOCK_TEXT || list->text.n == 0)
			continue;
		if (some)
			jw_text(w, span_of(glue));
		jw_text(w, list->text);
		some = true;
	}
	jw_text_end(w);
}

bool
openai_has_text(const struct block *list)
{
	for (; list != NULL; list = list->next)
		if (list->kind == BLOCK_TEXT && list->text.n > 0)
			return true;
	return false;
}

/* --- results -------------------------------------------------------- */

bool
openai_has_media(const struct block *result)
{
	const struct block *b;

	for (b = result->content; b != NULL; b = b->next)
		if (b->kind == BLOCK_MEDIA)
			return true;
	return false;
}

static bool
begins_like(struct span text, const char *word)
{
	return span_like(span_head(text, strlen(word)), word);
}

bool
openai_needs_error_mark(const struct block *result)
{
	const struct block *first = result->content;

	while (first != NULL && first->kind == BLOCK_TEXT &&
	    first->text.n == 0)
		first = first->next;
	if (!result->is_error)
		return false;
	return first == NULL || first->kind != BLOCK_TEXT ||
	    (!begins_like(first->text, "error") &&
	    !begins_like(first->text, "<tool_use_error>"));
}

/* What stands for a medium that follows elsewhere. */
static void
put_mark(struct jw *w, const struct media *m, struct openai_marks *marks)
{
	bool image = m->kind == MEDIA_IMAGE;
	unsigned *n = image ? &marks->images : &marks->documents;
	char text[32];

	snprintf(text, sizeof(text), "[%s %u]", image ? "image" : "document",
	    ++*n);
	jw_text(w, span_of(text));
}

void
openai_put_result(struct jw *w, const char *key, const struct block *result,
    struct openai_marks *marks)
{
	bool some = false;

	jw_text_begin(w, key);
	if (openai_needs_error_mark(result))
		jw_text(w, SPAN("Error: "));
	for (const struct block *b = result->content; b; b = b->next) {
		if (b->kind == BLOCK_TEXT && b->text.n == 0)
			continue;
		if (some)
			jw_text(w, SPAN("\n"));
		some = true;
		if (b->kind == BLOCK_MEDIA)
			put_mark(w, &b->media, marks);
		else
			jw_text(w, b->text);
	}
	jw_text_end(w);
}

/* --- calls and media ------------------------------------------------ */

void
openai_put_arguments(struct jw *w, const char *key, const struct block *call)
{
	jw_text_begin(w, key);
	if (call->arguments.p != NULL)
		jw_text(w, call->arguments);
	else
		jw_text_json(w, call->input);
	jw_text_end(w);
}

void
openai_put_url(struct jw *w, const char *key, const struct media *m)
{
	jw_text_begin(w, key);
	if (m->source == SOURCE_BASE64) {
		jw_text(w, SPAN("data:"));
		jw_text(w, m->type);
		jw_text(w, SPAN(";base64,"));
	}
	jw_text(w, m->data);
	jw_text_end(w);
}

struct span
openai_file_name(struct pool *pool, const struct media *m)
{
	struct span name = m->title.n > 0 ? m->title : SPAN("document.pdf");

	if (name.n >= 4 && span_like(span_from(name, name.n - 4), ".pdf"))
		return name;
	return pool_join(pool, name, SPAN(".pdf"), SPAN_NONE);
}
