/*
 * Content parts of the OpenAI APIs: texts, images and files, cache marks, and
 * the few texts of replies that both APIs word alike.
 */
#include "dialect/openai_client.h"

#include "model/media.h"

bool
openai_mark(struct request *req, const json_t *o)
{
	json_t *claude = jget_object(o, "cache_control");
	json_t *own = jget(o, "prompt_cache_breakpoint");

	if (jget_is(claude, "ttl", "1h"))
		req->long_cache = true;
	return claude != NULL || (own != NULL && !json_is_false(own));
}

static struct block *
add_block(const struct place *part, struct block **list, enum block_kind kind)
{
	struct block *b = block_add(part->req->pool, list, kind);

	b->path = part->path;
	b->mark = openai_mark(part->req, part->node);
	return b;
}

struct block *
openai_add_text(const struct place *part, struct span text,
    struct block **list)
{
	struct block *b = add_block(part, list, BLOCK_TEXT);

	b->text = text;
	return b;
}

/* Enough types to tell what was lost; a hostile list stays short. */
enum { DROPPED_MAX = 200 };

void
openai_note_dropped(struct pool *pool, struct span *dropped, struct span type)
{
	if (type.p == NULL)
		type = SPAN("untyped");
	if (dropped->n > DROPPED_MAX)
		return;
	*dropped = dropped->n == 0 ? type :
	    pool_join(pool, *dropped, SPAN(", "), type);
}

void
openai_drop_media(const struct place *part, struct span *dropped)
{
	request_lost(part->req, "media_dropped", "%.*s",
	    SPAN_ARG(part->path));
	openai_note_dropped(part->req->pool, dropped,
	    jget_span(part->node, "type"));
}

/* "auto" says nothing; other words cannot be obeyed. */
static int
read_detail(const struct place *holder)
{
	struct span detail;

	if (openai_text(holder, "detail", &detail) < 0)
		return -1;
	if (detail.n > 0 && !span_is(detail, "auto"))
		request_lost(holder->req, "detail_dropped", "%.*s.detail",
		    SPAN_ARG(holder->path));
	return 0;
}

int
openai_add_image(const struct place *part, const struct place *holder,
    const char *key, struct block **list, struct span *dropped)
{
	struct span url, file_id;
	struct media media = { 0 };

	if (openai_text(holder, key, &url) < 0 ||
	    openai_text(holder, "file_id", &file_id) < 0)
		return -1;
	if (url.p == NULL && file_id.p == NULL)
		return openai_missing(holder, key);
	if (url.p == NULL ||
	    media_from_url(part->req->pool, url, true, &media) < 0) {
		openai_drop_media(part, dropped);
		return 0;
	}
	if (read_detail(holder) < 0 ||
	    (holder != part && read_detail(part) < 0))
		return -1;
	add_block(part, list, BLOCK_MEDIA)->media = media;
	return 0;
}

/* A document behind a URL can only be a PDF; nobody here looks. */
static int
file_from_url(struct span url, struct span filename, struct media *m)
{
	if (!span_starts(url, "https://") && !span_starts(url, "http://"))
		return -1;
	*m = (struct media){ .kind = MEDIA_PDF, .source = SOURCE_URL,
	    .data = url, .title = filename };
	return 0;
}

int
openai_add_file(const struct place *part, const struct place *holder,
    struct block **list, struct span *dropped)
{
	struct span data, url, id, name;
	struct media media = { 0 };
	int rc = -1;

	if (openai_text(holder, "file_data", &data) < 0 ||
	    openai_text(holder, "file_url", &url) < 0 ||
	    openai_text(holder, "file_id", &id) < 0 ||
	    openai_text(holder, "filename", &name) < 0)
		return -1;
	if (data.p == NULL && url.p == NULL && id.p == NULL)
		return openai_missing(holder, "file_data");
	if (name.n == 0)
		name = SPAN_NONE;
	if (data.p != NULL)
		rc = media_from_file(part->req->pool, data, name, &media);
	else if (url.p != NULL)
		rc = file_from_url(url, name, &media);
	if (rc < 0) {
		openai_drop_media(part, dropped);
		return 0;
	}
	if (read_detail(holder) < 0)
		return -1;
	add_block(part, list, BLOCK_MEDIA)->media = media;
	return 0;
}

/* --- replies -------------------------------------------------------- */

struct span
openai_refusal(struct pool *pool, struct span words, struct span category)
{
	if (words.n > 0)
		return words;
	if (category.n > 0)
		return pool_printf(pool, "The model declined to answer. (%.*s)",
		    SPAN_ARG(category));
	return SPAN("The model declined to answer.");
}

struct span
openai_freeform_input(struct pool *pool, struct span arguments)
{
	struct json_trouble trouble;
	json_t *input = jget(jread(pool, arguments, 0, NULL, &trouble),
	    "input");

	return json_is_string(input) ? jspan(input) : arguments;
}
