/* The input items of a Responses request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issued.h"
#include "jx.h"
#include "strict_model.h"
#include "strict_openai.h"

enum { CALL_ID_MAX = 64 };

static const char *const details[] = {
	"low", "high", "auto", "original", NULL };
static const char *const statuses[] = {
	"in_progress", "completed", "incomplete", NULL };

/* --- content parts -------------------------------------------------------- */

static int
check_text_part(struct walk *s, const json_t *part)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "text", T_STR | T_MUST },
		{ "prompt_cache_breakpoint", T_OBJ }, { NULL, 0 },
	};

	return check_shape(s, part, fields);
}

static int
check_image_url(struct walk *s, const json_t *url)
{
	return openai_image_url(s, json_string_value(url));
}

static int
check_image_part(struct walk *s, const json_t *part)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "image_url", T_STR | T_NULL },
		{ "file_id", T_STR | T_NULL }, { "detail", T_STR },
		{ "prompt_cache_breakpoint", T_OBJ }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, part, fields)) != 0 ||
	    (rc = check_word_at(s, part, "detail", details)) != 0)
		return rc;
	if (jx_has(part, "image_url") == jx_has(part, "file_id"))
		return refuse_as(s, 400, "missing_required_parameter", s->path,
		    "Exactly one of 'image_url' and 'file_id' is required.");
	return check_at(s, part, "image_url", check_image_url);
}

static int
check_file_data(struct walk *s, const json_t *data)
{
	static const char pdf[] = "data:application/pdf;base64,";
	const char *text = json_string_value(data);

	if (strncmp(text, pdf, sizeof(pdf) - 1) != 0 ||
	    !jx_is_base64(text + sizeof(pdf) - 1))
		return refuse_value(s, "Invalid '%s'. Expected a base64-encoded"
		    " data URL with an application/pdf MIME type, but got "
		    "something else.", s->path);
	return 0;
}

static int
check_file_part(struct walk *s, const json_t *part)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "file_data", T_STR },
		{ "file_url", T_STR }, { "file_id", T_STR | T_NULL },
		{ "filename", T_STR }, { "detail", T_STR },
		{ "prompt_cache_breakpoint", T_OBJ }, { NULL, 0 },
	};
	int n = jx_has(part, "file_data") + jx_has(part, "file_url") +
	    jx_has(part, "file_id");
	int rc;

	if ((rc = check_shape(s, part, fields)) != 0)
		return rc;
	if (n != 1)
		return refuse_as(s, 400, "mutually_exclusive_parameters",
		    s->path, "Exactly one of 'file_data', 'file_url' and "
		    "'file_id' is required.");
	if (jx_has(part, "file_data") && !jx_has(part, "filename"))
		return refuse_as(s, 400, "missing_required_parameter", s->path,
		    "Missing required parameter: '%s.filename'.", s->path);
	return check_at(s, part, "file_data", check_file_data);
}

static int
check_input_part(struct walk *s, const json_t *part)
{
	static const char *const types[] = { "input_text", "input_image",
		"input_file", NULL };
	int rc;

	if (!json_is_object(part))
		return refuse_as(s, 400, "invalid_type", s->path, "Invalid "
		    "type for '%s': expected an object.", s->path);
	if (jx_is(part, "type", "input_text"))
		return check_text_part(s, part);
	if (jx_is(part, "type", "input_image"))
		return check_image_part(s, part);
	if (jx_is(part, "type", "input_file"))
		return check_file_part(s, part);
	walk_key(s, "type");
	rc = check_word(s, jx_word(part, "type"), types);
	return rc;
}

static int
check_output_part(struct walk *s, const json_t *part)
{
	static const struct field text[] = {
		{ "type", T_STR | T_MUST }, { "text", T_STR | T_MUST },
		{ "annotations", T_ARR }, { "logprobs", T_ARR }, { NULL, 0 },
	};
	static const struct field refusal[] = {
		{ "type", T_STR | T_MUST }, { "refusal", T_STR | T_MUST },
		{ NULL, 0 },
	};
	static const char *const types[] = { "output_text", "refusal", NULL };
	int rc;

	if ((rc = check_word_at(s, part, "type", types)) != 0)
		return rc;
	return check_shape(s, part,
	    jx_is(part, "type", "refusal") ? refusal : text);
}

static int
check_input_content(struct walk *s, const json_t *content)
{
	if (json_is_array(content) && json_array_size(content) == 0)
		return refuse_as(s, 400, "empty_array", s->path, "Invalid "
		    "'%s': empty array. Expected an array with minimum length "
		    "1.", s->path);
	return check_each(s, content, check_input_part);
}

static int
check_output_content(struct walk *s, const json_t *content)
{
	return check_each(s, content, check_output_part);
}

/* --- items ----------------------------------------------------------------- */

/* An id, if there is one, starts as its kind of item does. */
static int
check_item_id(struct walk *s, const json_t *item, const char *prefix)
{
	const char *id = jx_str(item, "id");

	if (id == NULL || s->o->compat ||
	    strncmp(id, prefix, strlen(prefix)) == 0)
		return 0;
	walk_key(s, "id");
	return refuse_value(s, "Invalid '%s': '%s'. Expected an ID that "
	    "begins with '%s'.", s->path, id, prefix);
}

/* Only newer models know phase, and only on what the model said. */
static int
check_phase(struct walk *s, const json_t *item)
{
	static const char *const phases[] = {
		"commentary", "final_answer", NULL };
	bool known = !s->o->compat && strict_new_model(s->model_id) &&
	    jx_is(item, "role", "assistant");

	if (!jx_has(item, "phase"))
		return 0;
	if (!known) {
		walk_key(s, "phase");
		return refuse_as(s, 400, "unknown_parameter", s->path,
		    "Unknown parameter: '%s'.", s->path);
	}
	return check_word_at(s, item, "phase", phases);
}

static int
check_message(struct walk *s, const json_t *item)
{
	static const struct field fields[] = {
		{ "type", T_STR }, { "role", T_STR | T_MUST },
		{ "content", T_STR | T_ARR | T_MUST }, { "id", T_STR },
		{ "status", T_STR }, { "phase", T_STR | T_NULL }, { NULL, 0 },
	};
	static const char *const roles[] = {
		"user", "assistant", "system", "developer", NULL };
	int rc;

	if ((rc = check_shape(s, item, fields)) != 0 ||
	    (rc = check_word_at(s, item, "role", roles)) != 0 ||
	    (rc = check_word_at(s, item, "status", statuses)) != 0 ||
	    (rc = check_phase(s, item)) != 0)
		return rc;
	if (!jx_is(item, "role", "assistant"))
		return check_at(s, item, "content", check_input_content);
	if ((rc = check_item_id(s, item, "msg")) != 0)
		return rc;
	return check_at(s, item, "content", check_output_content);
}

static int
check_call_id(struct walk *s, const json_t *item)
{
	int rc = check_length_at(s, item, "call_id", CALL_ID_MAX);

	if (rc != 0 || !jx_is(item, "call_id", ""))
		return rc;
	walk_key(s, "call_id");
	return refuse_as(s, 400, "empty_string", s->path, "Invalid '%s': "
	    "empty string. Expected a string with minimum length 1, but got "
	    "an empty string instead.", s->path);
}

static int
check_call(struct walk *s, const json_t *item)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "call_id", T_STR | T_MUST },
		{ "name", T_STR | T_MUST }, { "arguments", T_STR | T_MUST },
		{ "id", T_STR }, { "status", T_STR }, { "namespace", T_STR },
		{ NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, item, fields)) != 0 ||
	    (rc = check_call_id(s, item)) != 0 ||
	    (rc = check_item_id(s, item, "fc")) != 0 ||
	    (rc = check_word_at(s, item, "status", statuses)) != 0)
		return rc;
	return openai_name(s, item);
}

static int
check_output(struct walk *s, const json_t *item)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "call_id", T_STR | T_MUST },
		{ "output", T_STR | T_ARR | T_MUST }, { "id", T_STR },
		{ "status", T_STR }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, item, fields)) != 0 ||
	    (rc = check_call_id(s, item)) != 0)
		return rc;
	return check_at(s, item, "output", check_input_content);
}

static int
check_custom_call(struct walk *s, const json_t *item)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "call_id", T_STR | T_MUST },
		{ "name", T_STR | T_MUST }, { "input", T_STR | T_MUST },
		{ "id", T_STR }, { "status", T_STR }, { "namespace", T_STR },
		{ NULL, 0 },
	};
	int rc = check_shape(s, item, fields);

	return rc != 0 ? rc : check_call_id(s, item);
}

static int
check_summary(struct walk *s, const json_t *part)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "text", T_STR | T_MUST },
		{ NULL, 0 },
	};

	return check_shape(s, part, fields);
}

static int
check_parts(struct walk *s, const json_t *parts)
{
	return check_each(s, parts, check_summary);
}

/* What was encrypted must come back as it was, under its own id. */
static int
check_encrypted(struct walk *s, const json_t *item)
{
	const char *seal = jx_str(item, "encrypted_content");
	const char *id = jx_word(item, "id");

	if (seal == NULL && json_array_size(json_object_get(item,
	    "content")) > 0)
		return 0;	/* open reasoning needs no seal */
	if (seal == NULL)
		return refuse_as(s, 404, NULL, "input", "Item with id '%s' not "
		    "found. Items are not persisted when `store` is set to "
		    "false. Try again with `store` set to true, or remove "
		    "this item from your input.", id);
	if (s->o->issued != NULL && !issued_is(s->o->issued, seal, NULL, id))
		return refuse_as(s, 400, "invalid_encrypted_content", NULL,
		    "The encrypted content for item %s could not be verified. "
		    "Reason: Encrypted content could not be decrypted or "
		    "parsed.", id);
	if (s->o->seals != NULL)
		++*s->o->seals;
	return 0;
}

static int
check_reasoning(struct walk *s, const json_t *item)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "id", T_STR | T_MUST },
		{ "summary", T_ARR | T_MUST }, { "content", T_ARR | T_NULL },
		{ "encrypted_content", T_STR | T_NULL },
		{ "status", T_STR | T_NULL }, { NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, item, fields)) != 0 ||
	    (rc = check_item_id(s, item, "rs")) != 0 ||
	    (rc = check_at(s, item, "summary", check_parts)) != 0 ||
	    (rc = check_at(s, item, "content", check_parts)) != 0)
		return rc;
	return check_encrypted(s, item);
}

static const struct {
	const char	*type;
	check_fn	*check;
} kinds[] = {
	{ "message", check_message },
	{ "reasoning", check_reasoning },
	{ "function_call", check_call },
	{ "function_call_output", check_output },
	{ "custom_tool_call", check_custom_call },
	{ "custom_tool_call_output", check_output },
};

static int
check_item(struct walk *s, const json_t *item)
{
	const char *type = jx_str(item, "type");

	if (!json_is_object(item))
		return refuse_as(s, 400, "invalid_type", s->path, "Invalid "
		    "type for '%s': expected an input item.", s->path);
	if (type == NULL)
		return check_message(s, item);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].check(s, item);
	return refuse_value(s, "Invalid value: '%s'. Supported values are: "
	    "'message', 'reasoning', 'function_call', 'function_call_output', "
	    "'custom_tool_call' and 'custom_tool_call_output'.", type);
}

/* --- order ------------------------------------------------------------------ */

static bool
is_call(const json_t *item)
{
	return jx_is(item, "type", "function_call") ||
	    jx_is(item, "type", "custom_tool_call");
}

static bool
is_output(const json_t *item)
{
	return jx_is(item, "type", "function_call_output") ||
	    jx_is(item, "type", "custom_tool_call_output");
}

static int
check_pairs(struct walk *s, const json_t *input)
{
	json_t *open = json_object(), *item;
	const char *id;
	size_t i;
	int rc = 0;

	json_array_foreach(input, i, item) {
		id = jx_word(item, "call_id");
		if (is_call(item)) {
			json_object_set_new(open, id, json_true());
		} else if (is_output(item) &&
		    json_object_del(open, id) != 0) {
			rc = refuse_as(s, 400, NULL, "input", "No tool call "
			    "found for function call output with call_id %s.",
			    id);
			break;
		}
	}
	if (rc == 0 && json_object_size(open) > 0) {
		id = json_object_iter_key(json_object_iter(open));
		rc = refuse_as(s, 400, NULL, "input", "No tool output found "
		    "for function call %s.", id);
	}
	json_decref(open);
	return rc;
}

/* Reasoning belongs to the message or call that follows it. */
static int
check_followed(struct walk *s, const json_t *input)
{
	const char *waiting = NULL;
	json_t *item;
	size_t i;

	json_array_foreach(input, i, item) {
		if (jx_is(item, "type", "reasoning"))
			waiting = jx_word(item, "id");
		else if (is_call(item) || jx_is(item, "role", "assistant"))
			waiting = NULL;
		else if (waiting != NULL)
			break;
	}
	if (waiting == NULL)
		return 0;
	return refuse_as(s, 400, NULL, "input", "Item '%s' of type 'reasoning' "
	    "was provided without its required following item.", waiting);
}

/* The reasoning that was issued with a call must stand before it. */
static int
check_owed(struct walk *s, const json_t *input)
{
	json_t *seen = json_object(), *item;
	size_t i;
	int rc = 0;

	json_array_foreach(input, i, item) {
		const char *seal = jx_str(item, "encrypted_content");
		if (seal != NULL)
			json_object_set_new(seen, seal, json_true());
		char *owed = is_call(item) ? issued_reason(s->o->issued,
		    jx_word(item, "call_id")) : NULL;
		if (owed != NULL && json_object_get(seen, owed) == NULL)
			rc = refuse_as(s, 400, NULL, "input", "Item '%s' of "
			    "type 'function_call' was provided without its "
			    "required 'reasoning' item.",
			    jx_word(item, "call_id"));
		free(owed);
		if (rc != 0)
			break;
	}
	json_decref(seen);
	return rc;
}

int
openai_input(struct walk *s, const json_t *input)
{
	int rc;

	if (json_is_string(input))
		return 0;
	if (json_array_size(input) == 0)
		return refuse_as(s, 400, "empty_array", "input", "Invalid "
		    "'input': empty array. Expected an array with minimum "
		    "length 1.");
	if ((rc = check_each(s, input, check_item)) != 0 ||
	    (rc = check_pairs(s, input)) != 0 ||
	    (rc = check_followed(s, input)) != 0)
		return rc;
	if (s->o->demand && s->o->issued != NULL)
		return check_owed(s, input);
	return 0;
}
