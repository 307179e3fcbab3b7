/* The messages of a chat request: their shapes and their order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issued.h"
#include "jx.h"
#include "strict_openai.h"

enum { CALL_ID_MAX = 64 };

/* --- content parts -------------------------------------------------------- */

static int
check_image_url(struct walk *s, const json_t *image)
{
	static const struct field fields[] = {
		{ "url", T_STR | T_MUST }, { "detail", T_STR }, { NULL, 0 },
	};
	int rc = check_shape(s, image, fields);

	return rc != 0 ? rc : openai_image_url(s, jx_word(image, "url"));
}

static int
check_file(struct walk *s, const json_t *file)
{
	static const struct field fields[] = {
		{ "file_data", T_STR }, { "file_id", T_STR },
		{ "filename", T_STR }, { NULL, 0 },
	};
	static const char pdf[] = "data:application/pdf;base64,";
	const char *data = jx_str(file, "file_data");
	int rc = check_shape(s, file, fields);

	if (rc != 0)
		return rc;
	if (s->o->compat)
		return refuse_value(s, "Unknown part type: file");
	if (data != NULL && (strncmp(data, pdf, sizeof(pdf) - 1) != 0 ||
	    !jx_is_base64(data + sizeof(pdf) - 1) ||
	    !jx_has(file, "filename")))
		return refuse_value(s, "Invalid '%s'. Expected a filename and "
		    "a base64-encoded data URL with an application/pdf MIME "
		    "type.", s->path);
	return 0;
}

static const struct field part_fields[] = {
	{ "type", T_STR | T_MUST }, { "text", T_STR },
	{ "image_url", T_OBJ }, { "file", T_OBJ }, { "refusal", T_STR },
	{ "prompt_cache_breakpoint", T_OBJ }, { NULL, 0 },
};

static int
missing_part(struct walk *s, const char *key)
{
	return refuse_as(s, 400, "missing_required_parameter", s->path,
	    "Missing required parameter: '%s.%s'.", s->path, key);
}

static int
check_text_part(struct walk *s, const json_t *part)
{
	static const char *const types[] = { "text", NULL };
	int rc;

	if ((rc = check_shape(s, part, part_fields)) != 0 ||
	    (rc = check_word_at(s, part, "type", types)) != 0)
		return rc;
	return jx_str(part, "text") == NULL ? missing_part(s, "text") : 0;
}

static int
check_user_part(struct walk *s, const json_t *part)
{
	static const char *const types[] = {
		"text", "image_url", "input_audio", "file", NULL };
	const char *type = jx_word(part, "type");
	int rc;

	if ((rc = check_shape(s, part, part_fields)) != 0 ||
	    (rc = check_word_at(s, part, "type", types)) != 0)
		return rc;
	if (json_object_get(part, type) == NULL)
		return missing_part(s, type);
	if (strcmp(type, "image_url") == 0)
		return check_at(s, part, type, check_image_url);
	if (strcmp(type, "file") == 0)
		return check_at(s, part, type, check_file);
	return 0;
}

static int
check_assistant_part(struct walk *s, const json_t *part)
{
	static const char *const types[] = { "text", "refusal", NULL };
	int rc;

	if ((rc = check_shape(s, part, part_fields)) != 0)
		return rc;
	return check_word_at(s, part, "type", types);
}

/* A string, or a list of parts that is not empty. */
static int
check_content(struct walk *s, const json_t *message, check_fn *check)
{
	const json_t *content = json_object_get(message, "content");

	if (json_is_array(content) && json_array_size(content) == 0) {
		walk_key(s, "content");
		return refuse_as(s, 400, "empty_array", s->path, "Invalid "
		    "'%s': empty array. Expected an array with minimum length "
		    "1, but got an empty array instead.", s->path);
	}
	size_t mark = walk_key(s, "content");
	int rc = check_each(s, content, check);
	walk_back(s, mark);
	return rc;
}

/* --- messages --------------------------------------------------------------- */

static int
check_plain(struct walk *s, const json_t *m)
{
	static const struct field fields[] = {
		{ "role", T_STR | T_MUST },
		{ "content", T_STR | T_ARR | T_MUST }, { "name", T_STR },
		{ NULL, 0 },
	};
	int rc = check_shape(s, m, fields);

	if (rc != 0)
		return rc;
	return check_content(s, m, jx_is(m, "role", "user") ?
	    check_user_part : check_text_part);
}

static int
check_tool_message(struct walk *s, const json_t *m)
{
	static const struct field fields[] = {
		{ "role", T_STR | T_MUST },
		{ "content", T_STR | T_ARR | T_MUST },
		{ "tool_call_id", T_STR | T_MUST }, { NULL, 0 },
	};
	static const struct field strings[] = {
		{ "role", T_STR | T_MUST }, { "content", T_STR | T_MUST },
		{ "tool_call_id", T_STR | T_MUST }, { "name", T_STR },
		{ NULL, 0 },
	};
	int rc = check_shape(s, m, s->o->compat ? strings : fields);

	return rc != 0 ? rc : check_content(s, m, check_text_part);
}

static int
check_called(struct walk *s, const json_t *function)
{
	static const struct field fields[] = {
		{ "name", T_STR | T_MUST }, { "arguments", T_STR | T_MUST },
		{ NULL, 0 },
	};
	int rc = check_shape(s, function, fields);

	return rc != 0 ? rc : openai_name(s, function);
}

static int
check_call(struct walk *s, const json_t *call)
{
	static const struct field fields[] = {
		{ "id", T_STR | T_MUST }, { "type", T_STR | T_MUST },
		{ "function", T_OBJ }, { "custom", T_OBJ }, { NULL, 0 },
	};
	static const char *const types[] = { "function", "custom", NULL };
	int rc;

	if ((rc = check_shape(s, call, fields)) != 0 ||
	    (rc = check_word_at(s, call, "type", types)) != 0 ||
	    (rc = check_length_at(s, call, "id", CALL_ID_MAX)) != 0)
		return rc;
	if (jx_is(call, "id", ""))
		return refuse_as(s, 400, "empty_string", s->path, "Invalid "
		    "'%s.id': empty string.", s->path);
	if (jx_is(call, "type", "function") &&
	    json_object_get(call, "function") == NULL)
		return missing_part(s, "function");
	return check_at(s, call, "function", check_called);
}

static int
check_calls(struct walk *s, const json_t *calls)
{
	if (json_array_size(calls) == 0)
		return refuse_as(s, 400, "empty_array", s->path, "Invalid "
		    "'%s': empty array. Expected an array with minimum length "
		    "1, but got an empty array instead.", s->path);
	return check_each(s, calls, check_call);
}

/* Reasoning of a turn with calls, as DeepSeek and Kimi want it back. */
static int
check_owed(struct walk *s, const json_t *m)
{
	const char *text = jx_str(m, "reasoning_content");
	json_t *call;
	size_t i;

	if (!s->o->demand)
		return 0;
	json_array_foreach(json_object_get(m, "tool_calls"), i, call) {
		if (text == NULL)
			return refuse_as(s, 400, NULL, s->path, "The "
			    "`reasoning_content` in the thinking mode must be "
			    "passed back to the API.");
		char *owed = s->o->issued == NULL ? NULL :
		    issued_reason(s->o->issued, jx_word(call, "id"));
		bool same = owed == NULL || strcmp(owed, text) == 0;
		free(owed);
		if (!same)
			return refuse_as(s, 400, NULL, s->path, "The "
			    "`reasoning_content` of call %s is not what was "
			    "sent.", jx_word(call, "id"));
	}
	if (text != NULL && s->o->seals != NULL)
		++*s->o->seals;
	return 0;
}

static int
check_assistant(struct walk *s, const json_t *m)
{
	static const struct field fields[] = {
		{ "role", T_STR | T_MUST },
		{ "content", T_STR | T_ARR | T_NULL }, { "name", T_STR },
		{ "refusal", T_STR | T_NULL }, { "audio", T_OBJ | T_NULL },
		{ "function_call", T_OBJ | T_NULL }, { "tool_calls", T_ARR },
		{ NULL, 0 },
	};
	static const struct field compat[] = {
		{ "role", T_STR | T_MUST }, { "content", T_STR | T_NULL },
		{ "tool_calls", T_ARR }, { "reasoning_content", T_STR },
		{ "reasoning", T_STR }, { "reasoning_details", T_ARR },
		{ NULL, 0 },
	};
	int rc;

	if ((rc = check_shape(s, m, s->o->compat ? compat : fields)) != 0 ||
	    (rc = check_content(s, m, check_assistant_part)) != 0 ||
	    (rc = check_at(s, m, "tool_calls", check_calls)) != 0)
		return rc;
	if (!jx_has(m, "content") && !jx_has(m, "tool_calls") &&
	    !jx_has(m, "function_call"))
		return refuse_as(s, 400, "invalid_type", s->path, "Invalid "
		    "value for 'content': expected a string, got null.");
	return check_owed(s, m);
}

static int
check_message(struct walk *s, const json_t *m)
{
	static const char *const roles[] = { "system", "developer", "user",
		"assistant", "tool", NULL };
	static const char *const compat[] = { "system", "user", "assistant",
		"tool", NULL };
	int rc;

	if ((rc = check_word_at(s, m, "role", s->o->compat ? compat :
	    roles)) != 0)
		return rc;
	if (jx_is(m, "role", "assistant"))
		return check_assistant(s, m);
	if (jx_is(m, "role", "tool"))
		return check_tool_message(s, m);
	return check_plain(s, m);
}

/* --- order ------------------------------------------------------------------ */

static int
refuse_unanswered(struct walk *s, const json_t *open)
{
	char list[512] = "";
	json_t *id;
	size_t i;

	json_array_foreach(open, i, id) {
		if (i > 0)
			strncat(list, ", ", sizeof(list) - strlen(list) - 1);
		strncat(list, json_string_value(id),
		    sizeof(list) - strlen(list) - 1);
	}
	return refuse_as(s, 400, NULL, "messages", "An assistant message with "
	    "'tool_calls' must be followed by tool messages responding to "
	    "each 'tool_call_id'. The following tool_call_ids did not have "
	    "response messages: %s", list);
}

/* One answer; compatible servers want them in the order of the calls. */
static int
take_answer(struct walk *s, json_t *open, const json_t *m)
{
	const char *answer = jx_word(m, "tool_call_id");
	json_t *id;
	size_t i;

	json_array_foreach(open, i, id) {
		if (strcmp(json_string_value(id), answer) != 0)
			continue;
		if (i > 0 && s->o->compat)
			return refuse_as(s, 400, NULL, "messages", "tool "
			    "messages must answer the calls in their order; "
			    "'%s' came early", answer);
		json_array_remove(open, i);
		return 0;
	}
	return refuse_as(s, 400, NULL, "messages", "Invalid parameter: messages "
	    "with role 'tool' must be a response to a preceeding message with "
	    "'tool_calls'.");
}

/* Templates of compatible servers: system first, roles in turns. */
static int
check_template(struct walk *s, const char *role, const char *before, size_t i)
{
	if (!s->o->compat)
		return 0;
	if (strcmp(role, "system") == 0 && i > 0)
		return refuse_as(s, 400, NULL, "messages", "System message "
		    "must be at the beginning.");
	if (strcmp(role, before) == 0 && strcmp(role, "tool") != 0)
		return refuse_as(s, 400, NULL, "messages", "Conversation roles "
		    "must alternate user/assistant/user/assistant/...");
	return 0;
}

static int
check_order(struct walk *s, const json_t *messages)
{
	json_t *open = json_array(), *m, *call;
	const char *before = "";
	size_t i, k;
	int rc = 0;

	json_array_foreach(messages, i, m) {
		const char *role = jx_word(m, "role");
		if ((rc = check_template(s, role, before, i)) != 0)
			break;
		before = role;
		if (strcmp(role, "tool") == 0) {
			if ((rc = take_answer(s, open, m)) != 0)
				break;
			continue;
		}
		if (json_array_size(open) > 0)
			break;
		json_array_foreach(json_object_get(m, "tool_calls"), k, call)
			json_array_append(open, json_object_get(call, "id"));
	}
	if (rc == 0 && json_array_size(open) > 0)
		rc = refuse_unanswered(s, open);
	json_decref(open);
	return rc;
}

int
openai_messages(struct walk *s, const json_t *messages)
{
	int rc;

	if (json_array_size(messages) == 0)
		return refuse_as(s, 400, "empty_array", "messages", "Invalid "
		    "'messages': empty array. Expected an array with minimum "
		    "length 1, but got an empty array instead.");
	if ((rc = check_each(s, messages, check_message)) != 0)
		return rc;
	return check_order(s, messages);
}
