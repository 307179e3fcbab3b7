/* Claude content blocks. */
#include <string.h>

#include "issued.h"
#include "jx.h"
#include "strict_claude.h"

enum { ID_MAX = 256, NAME_MAX_CLAUDE = 200 };

/* {"type":"ephemeral","ttl":"5m"}; a long life may not follow a short one. */
static int
check_mark(struct walk *s, const json_t *mark)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "ttl", T_STR }, { NULL, 0 },
	};
	static const char *const types[] = { "ephemeral", NULL };
	static const char *const ttls[] = { "5m", "1h", NULL };
	int rc;

	if ((rc = check_shape(s, mark, fields)) != 0 ||
	    (rc = check_word_at(s, mark, "type", types)) != 0 ||
	    (rc = check_word_at(s, mark, "ttl", ttls)) != 0)
		return rc;
	s->marks++;
	if (!jx_is(mark, "ttl", "1h")) {
		s->mark_5m = true;
		return 0;
	}
	if (s->mark_5m)
		return refuse(s, "a ttl='1h' cache_control block must not "
		    "come after a ttl='5m' cache_control block. Note that "
		    "blocks are processed in the following order: `tools`, "
		    "`system`, `messages`.");
	return 0;
}

int
claude_mark(struct walk *s, const json_t *object)
{
	return check_at(s, object, "cache_control", check_mark);
}

int
claude_text_block(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "text", T_STR | T_MUST },
		{ "citations", T_ARR | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	const char *text;
	int rc = check_shape(s, block, fields);

	if (rc != 0)
		return rc;
	text = jx_word(block, "text");
	if (text[0] == '\0' && jx_has(block, "cache_control"))
		return refuse(s, "cache_control cannot be set for empty text "
		    "blocks");
	if (text[0] == '\0')
		return refuse_as(s, 400, NULL, NULL, "messages: text content "
		    "blocks must be non-empty (%s)", s->path);
	if (jx_is_blank(text))
		return refuse_as(s, 400, NULL, NULL, "messages: text content "
		    "blocks must contain non-whitespace text (%s)", s->path);
	return claude_mark(s, block);
}

/* --- media -------------------------------------------------------------- */

static const struct {
	const char	*base64;	/* how the first bytes begin */
	const char	*type;
} magics[] = {
	{ "iVBORw0KGgo", "image/png" },
	{ "/9j/", "image/jpeg" },
	{ "R0lGOD", "image/gif" },
	{ "UklGR", "image/webp" },
};

static int
check_image_data(struct walk *s, const json_t *source)
{
	static const char *const types[] = {
		"image/jpeg", "image/png", "image/gif", "image/webp", NULL };
	const char *data = jx_word(source, "data");
	const char *type = jx_word(source, "media_type");
	int rc = check_word_at(s, source, "media_type", types);

	if (rc != 0)
		return rc;
	if (!jx_is_base64(data))
		return refuse(s, "invalid base64 data");
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (strncmp(data, magics[i].base64,
		    strlen(magics[i].base64)) == 0 &&
		    strcmp(type, magics[i].type) != 0)
			return refuse(s, "The image was specified using the "
			    "%s media type, but the image appears to be a %s "
			    "image", type, magics[i].type);
	return 0;
}

static int
check_url(struct walk *s, const json_t *source)
{
	const char *url = jx_word(source, "url");

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return refuse(s, "Only HTTP(S) URLs are supported.");
	return 0;
}

static const struct field base64_fields[] = {
	{ "type", T_STR | T_MUST }, { "media_type", T_STR | T_MUST },
	{ "data", T_STR | T_MUST }, { NULL, 0 },
};

static const struct field url_fields[] = {
	{ "type", T_STR | T_MUST }, { "url", T_STR | T_MUST }, { NULL, 0 },
};

static const struct field file_fields[] = {
	{ "type", T_STR | T_MUST }, { "file_id", T_STR | T_MUST },
	{ NULL, 0 },
};

static const struct field content_fields[] = {
	{ "type", T_STR | T_MUST }, { "content", T_STR | T_ARR | T_MUST },
	{ NULL, 0 },
};

static int
refuse_tag(struct walk *s, const char *tag)
{
	return refuse(s, "Input tag '%s' found using 'type' does not match "
	    "any of the expected tags", tag);
}

static int
check_image_source(struct walk *s, const json_t *source)
{
	int rc;

	if (jx_is(source, "type", "base64")) {
		if ((rc = check_shape(s, source, base64_fields)) != 0)
			return rc;
		return check_image_data(s, source);
	}
	if (jx_is(source, "type", "url")) {
		if ((rc = check_shape(s, source, url_fields)) != 0)
			return rc;
		return check_url(s, source);
	}
	if (jx_is(source, "type", "file"))
		return check_shape(s, source, file_fields);
	return refuse_tag(s, jx_word(source, "type"));
}

static int
check_image(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "source", T_OBJ | T_MUST },
		{ "transformations", T_OBJ | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, block, fields)) != 0 ||
	    (rc = check_at(s, block, "source", check_image_source)) != 0)
		return rc;
	return claude_mark(s, block);
}

static int
check_base64_document(struct walk *s, const json_t *source)
{
	static const char *const types[] = { "application/pdf", NULL };
	int rc;

	if ((rc = check_shape(s, source, base64_fields)) != 0 ||
	    (rc = check_word_at(s, source, "media_type", types)) != 0)
		return rc;
	if (!jx_is_base64(jx_word(source, "data")))
		return refuse(s, "invalid base64 data");
	return 0;
}

static int
check_document_source(struct walk *s, const json_t *source)
{
	static const char *const plain[] = { "text/plain", NULL };
	int rc;

	if (jx_is(source, "type", "base64"))
		return check_base64_document(s, source);
	if (jx_is(source, "type", "text")) {
		if ((rc = check_shape(s, source, base64_fields)) != 0)
			return rc;
		return check_word_at(s, source, "media_type", plain);
	}
	if (jx_is(source, "type", "url")) {
		if ((rc = check_shape(s, source, url_fields)) != 0)
			return rc;
		return check_url(s, source);
	}
	if (jx_is(source, "type", "file"))
		return check_shape(s, source, file_fields);
	if (jx_is(source, "type", "content"))
		return check_shape(s, source, content_fields);
	return refuse_tag(s, jx_word(source, "type"));
}

static int
check_document(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "source", T_OBJ | T_MUST },
		{ "title", T_STR | T_NULL }, { "context", T_STR | T_NULL },
		{ "citations", T_OBJ | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	const char *title;
	int rc;

	if ((rc = check_shape(s, block, fields)) != 0 ||
	    (rc = check_at(s, block, "source", check_document_source)) != 0)
		return rc;
	title = jx_str(block, "title");
	if (title != NULL && (title[0] == '\0' || strlen(title) > 500))
		return refuse(s, "title: String should have 1 to 500 "
		    "characters");
	return claude_mark(s, block);
}

static int
check_search_result(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "content", T_ARR | T_MUST },
		{ "source", T_STR | T_MUST }, { "title", T_STR | T_MUST },
		{ "citations", T_OBJ | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, block, fields)) != 0 ||
	    (rc = check_each(s, json_object_get(block, "content"),
	    claude_text_block)) != 0)
		return rc;
	return claude_mark(s, block);
}

/* --- thinking and calls -------------------------------------------------- */

/* A seal must be one that was handed out, with the text it covers. */
static int
check_seal(struct walk *s, const char *seal, const char *text)
{
	if (s->o->issued != NULL && !issued_is(s->o->issued, seal, text, NULL))
		return refuse(s, "Invalid `signature` in `thinking` block");
	if (s->o->seals != NULL)
		++*s->o->seals;
	return 0;
}

static int
check_thinking(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "thinking", T_STR | T_MUST },
		{ "signature", T_STR | T_MUST }, { NULL, 0 },
	};
	int rc = check_shape(s, block, fields);

	if (rc != 0)
		return rc;
	if (jx_is(block, "signature", ""))
		return refuse(s, "Invalid `signature` in `thinking` block");
	return check_seal(s, jx_word(block, "signature"),
	    jx_word(block, "thinking"));
}

static int
check_redacted(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "data", T_STR | T_MUST },
		{ NULL, 0 },
	};
	int rc = check_shape(s, block, fields);

	if (rc != 0)
		return rc;
	if (jx_is(block, "data", ""))
		return refuse(s, "Invalid `data` in `redacted_thinking` block");
	return check_seal(s, jx_word(block, "data"), NULL);
}

static int
check_id(struct walk *s, const json_t *block, const char *key)
{
	if (jx_is_name(jx_word(block, key), ID_MAX))
		return 0;
	size_t mark = walk_key(s, key);
	int rc = refuse(s, "String should match pattern '^[a-zA-Z0-9_-]+$'");
	walk_back(s, mark);
	return rc;
}

static int
check_tool_use(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "id", T_STR | T_MUST },
		{ "name", T_STR | T_MUST }, { "input", T_OBJ | T_MUST },
		{ "caller", T_OBJ }, { "toolset_name", T_STR | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, block, fields)) != 0 ||
	    (rc = check_id(s, block, "id")) != 0)
		return rc;
	if (strlen(jx_word(block, "name")) > NAME_MAX_CLAUDE ||
	    jx_is(block, "name", ""))
		return refuse(s, "name: String should have at least 1 and at "
		    "most %d characters", NAME_MAX_CLAUDE);
	return claude_mark(s, block);
}

static int
check_result_part(struct walk *s, const json_t *part)
{
	const char *type = jx_word(part, "type");

	if (strcmp(type, "text") == 0)
		return claude_text_block(s, part);
	if (strcmp(type, "image") == 0)
		return check_image(s, part);
	if (strcmp(type, "document") == 0)
		return check_document(s, part);
	if (strcmp(type, "search_result") == 0)
		return check_search_result(s, part);
	if (strcmp(type, "tool_reference") == 0)
		return 0;
	return refuse_tag(s, type);
}

static int
check_result_content(struct walk *s, const json_t *content)
{
	return check_each(s, content, check_result_part);
}

static int
check_tool_result(struct walk *s, const json_t *block)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "tool_use_id", T_STR | T_MUST },
		{ "content", T_STR | T_ARR }, { "is_error", T_BOOL },
		{ "toolset_name", T_STR | T_NULL },
		{ "cache_control", T_OBJ | T_NULL }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, block, fields)) != 0 ||
	    (rc = check_id(s, block, "tool_use_id")) != 0 ||
	    (rc = check_at(s, block, "content", check_result_content)) != 0)
		return rc;
	return claude_mark(s, block);
}

/* Blocks of hosted tools: taken as they are. */
static int
check_hosted(struct walk *s, const json_t *block)
{
	return claude_mark(s, block);
}

static const struct {
	const char	*type;
	const char	*role;
	check_fn	*check;
} kinds[] = {
	{ "text", "any", claude_text_block },
	{ "image", "user", check_image },
	{ "document", "user", check_document },
	{ "search_result", "user", check_search_result },
	{ "tool_result", "user", check_tool_result },
	{ "thinking", "assistant", check_thinking },
	{ "redacted_thinking", "assistant", check_redacted },
	{ "tool_use", "assistant", check_tool_use },
	{ "server_tool_use", "assistant", check_hosted },
	{ "web_search_tool_result", "assistant", check_hosted },
};

int
claude_block(struct walk *s, const json_t *block, const char *role)
{
	const char *type = jx_str(block, "type");

	if (!json_is_object(block))
		return refuse(s, "Input should be a valid dictionary");
	if (type == NULL)
		return refuse(s, "Unable to extract tag using discriminator "
		    "'type'");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].type, type) != 0)
			continue;
		if (strcmp(kinds[i].role, "any") != 0 &&
		    strcmp(kinds[i].role, role) != 0)
			return refuse(s, "`%s` blocks can only be specified "
			    "in `%s` messages", type, kinds[i].role);
		size_t mark = walk_key(s, type);
		int rc = kinds[i].check(s, block);
		walk_back(s, mark);
		return rc;
	}
	return refuse_tag(s, type);
}
