/* Generators of Claude requests: the blocks of a user's message. */
#include <stdio.h>

#include "gen_messages.h"

/* --- places ------------------------------------------------------------- */

/* "messages.N.content.M" of the block that comes next. */
static const char *
next_path(const struct gen *g, const json_t *content)
{
	static char path[64];

	snprintf(path, sizeof(path), "messages.%zu.content.%zu",
	    json_array_size(g->list), json_array_size(content));
	return path;
}

static void
loses_next(struct gen *g, const json_t *content)
{
	gen_loses(g, "block_dropped", "%s", next_path(g, content));
}

void
gen_put_text(struct gen *g, json_t *content)
{
	json_t *block = json_pack("{s:s,s:o}", "type", "text", "text",
	    gen_text(g));

	if (gen_chance(g, 20))
		json_object_set_new(block, "cache_control",
		    json_pack("{s:s}", "type", "ephemeral"));
	if (gen_chance(g, 5))
		json_object_set_new(block, "citations", json_null());
	json_array_append_new(content, block);
}

void
gen_put_blank(struct gen *g, json_t *content)
{
	json_array_append_new(content, json_pack("{s:s,s:o}", "type", "text",
	    "text", gen_blank(g)));
}

/* --- media --------------------------------------------------------------- */

static json_t *
good_image(struct gen *g)
{
	static const char *const types[] = { "image/jpeg", "image/png",
	    "image/gif", "image/webp", NULL };
	const char *word = gen_word(g);

	gen_arrives(g, word);
	switch (dice_below(g->dice, 3)) {
	case 0:
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("https://img.example.net/%s.png?a=1", word));
	case 1:
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("data:image/png;base64,iVBORw0KGgo%sAA",
		    word));
	default:
		return json_pack("{s:s,s:s,s:o}", "type", "base64",
		    "media_type", dice_word(g->dice, types), "data",
		    json_sprintf("QUFB%sA", word));
	}
}

static json_t *
bad_image(struct gen *g)
{
	static const char *const sources[] = {
		"{\"type\":\"file\",\"file_id\":\"file_011\"}",
		"{\"type\":\"url\",\"url\":\"ftp://example.net/a.png\"}",
		"{\"type\":\"url\",\"url\":\"file:///etc/passwd\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/tiff\","
		"\"data\":\"QUFB\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/png\","
		"\"data\":\"!QUFB\"}",
		"{\"type\":\"base64\",\"media_type\":\"image/png\","
		"\"data\":\"QUF\"}",
		NULL,
	};

	return json_loads(dice_word(g->dice, sources), 0, NULL);
}

/* An image in a message (top) or a result; bad ones are missed. */
void
gen_put_image(struct gen *g, json_t *content, bool top)
{
	bool good = gen_chance(g, 75);

	if (!good && top)
		loses_next(g, content);
	else if (!good)
		gen_loses(g, "block_dropped", NULL);
	json_array_append_new(content, json_pack("{s:s,s:o}", "type",
	    "image", "source", good ? good_image(g) : bad_image(g)));
}

/* Texts and images in place of a document's text. */
static json_t *
document_blocks(struct gen *g)
{
	json_t *list = json_array();

	gen_put_text(g, list);
	if (gen_chance(g, 40))
		json_array_append_new(list, json_pack("{s:s,s:o}", "type",
		    "image", "source", good_image(g)));
	if (gen_chance(g, 40))
		gen_put_text(g, list);
	return list;
}

static json_t *
document_source(struct gen *g, bool *kept)
{
	const char *word = gen_word(g);

	*kept = true;
	switch (dice_below(g->dice, 5)) {
	case 0:
		*kept = !g->chat || g->official;
		if (*kept)
			gen_arrives(g, word);
		return json_pack("{s:s,s:s,s:o}", "type", "base64",
		    "media_type", "application/pdf", "data",
		    json_sprintf("JVBERi0xLjcK%sA", word));
	case 1:
		*kept = !g->chat;
		if (*kept)
			gen_arrives(g, word);
		return json_pack("{s:s,s:o}", "type", "url", "url",
		    json_sprintf("https://files.example.net/%s.pdf", word));
	case 2:
		*kept = false;
		return json_pack("{s:s,s:s}", "type", "file", "file_id",
		    "file_012");
	case 3:
		return json_pack("{s:s,s:o}", "type", "content", "content",
		    gen_chance(g, 30) ? gen_text(g) : document_blocks(g));
	default:
		gen_arrives(g, word);
		return json_pack("{s:s,s:s,s:o}", "type", "text",
		    "media_type", "text/plain", "data",
		    gen_text_about(g, word));
	}
}

void
gen_put_document(struct gen *g, json_t *content)
{
	bool kept;
	json_t *source = document_source(g, &kept);
	json_t *block = json_pack("{s:s,s:o}", "type", "document", "source",
	    source);

	if (gen_chance(g, 40))
		json_object_set_new(block, "title",
		    gen_text_about(g, gen_word(g)));
	if (gen_chance(g, 30))
		json_object_set_new(block, "context",
		    gen_text_about(g, gen_word(g)));
	if (gen_chance(g, 20)) {
		json_object_set_new(block, "citations", json_pack("{s:b}",
		    "enabled", 1));
		gen_loses(g, "field_dropped", NULL);
	}
	if (!kept)
		gen_loses(g, "block_dropped", NULL);
	json_array_append_new(content, block);
}

void
gen_put_search_result(struct gen *g, json_t *content)
{
	json_t *list = json_array();

	gen_put_text(g, list);
	if (gen_chance(g, 30))
		gen_put_text(g, list);
	json_array_append_new(content, json_pack("{s:s,s:o,s:s,s:o}", "type",
	    "search_result", "title", gen_text(g), "source",
	    "https://example.net/\"q\"", "content", list));
}

/* --- user ---------------------------------------------------------------- */

/* What no upstream has: a word in it must not be sent. */
void
gen_put_unknown(struct gen *g, json_t *content)
{
	static const char *const types[] = { "container_upload",
	    "connector_text", "later_block", NULL };

	loses_next(g, content);
	json_array_append_new(content, json_pack("{s:s,s:o}", "type",
	    dice_word(g->dice, types), "text", gen_text_lost(g)));
}

static void
put_user_block(struct gen *g, json_t *content)
{
	switch (dice_below(g->dice, 9)) {
	case 0:
		gen_put_image(g, content, true);
		break;
	case 1:
		gen_put_document(g, content);
		break;
	case 2:
		gen_put_search_result(g, content);
		break;
	case 3:
		gen_put_blank(g, content);
		break;
	case 4:
		gen_put_unknown(g, content);
		break;
	case 5:
		json_array_append_new(content, json_pack("{s:s,s:o}", "type",
		    "compaction", "content", gen_chance(g, 70) ?
		    gen_text(g) : json_null()));
		break;
	default:
		gen_put_text(g, content);
	}
}

/* Blocks around a text, so that something is always left. */
void
gen_put_user_blocks(struct gen *g, json_t *content)
{
	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		put_user_block(g, content);
	gen_put_text(g, content);
	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		put_user_block(g, content);
}
