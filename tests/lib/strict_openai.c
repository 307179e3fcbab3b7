/* What the Responses and the chat endpoint have in common. */
#include <string.h>
#include <strings.h>

#include "jx.h"
#include "strict_model.h"
#include "strict_openai.h"
#include "strict_schema.h"

enum { NAME_MAX_OPENAI = 64, ID_MAX = 64, PAIRS_MAX = 16, VALUE_MAX = 512 };

int
openai_model(struct walk *s, const json_t *body)
{
	s->model_id = jx_word(body, "model");
	if (s->model_id[0] == '\0')
		return refuse_as(s, 400, NULL, NULL,
		    "you must provide a model parameter");
	if (strict_no_such_model(s->model_id))
		return refuse_as(s, 404, "model_not_found", "model", "The "
		    "model `%s` does not exist or you do not have access to "
		    "it.", s->model_id);
	return 0;
}

int
openai_metadata(struct walk *s, const json_t *metadata)
{
	const char *key;
	json_t *v;

	if (json_object_size(metadata) > PAIRS_MAX)
		return refuse_as(s, 400, "object_above_max_properties",
		    s->path, "Invalid 'metadata': too many properties. "
		    "Expected an object with at most 16 properties.");
	json_object_foreach((json_t *)metadata, key, v) {
		if (strlen(key) > ID_MAX)
			return refuse_as(s, 400, NULL, s->path, "Invalid "
			    "'metadata': property name too long.");
		if (!json_is_string(v))
			return refuse_as(s, 400, "invalid_type", s->path,
			    "Invalid type for 'metadata.%s': expected a "
			    "string.", key);
		if (json_string_length(v) > VALUE_MAX)
			return refuse_as(s, 400, "string_above_max_length",
			    s->path, "Invalid 'metadata.%s': string too long.",
			    key);
	}
	return 0;
}

static int
refuse_for_model(struct walk *s, const char *param)
{
	return refuse_as(s, 400, "unsupported_parameter", param,
	    "Unsupported parameter: '%s' is not supported with this model.",
	    param);
}

/* Reasoning models take sampling only while they do not reason. */
int
openai_sampling(struct walk *s, const json_t *body, const char *effort)
{
	static const char *const keys[] = { "temperature", "top_p", NULL };
	bool reasons = strict_old_reasoning_model(s->model_id) ||
	    (strict_reasoning_model(s->model_id) && effort != NULL &&
	    strcmp(effort, "none") != 0);
	int rc;

	for (const char *const *k = keys; *k != NULL; k++)
		if (jx_has(body, *k) && reasons && !s->o->compat)
			return refuse_for_model(s, *k);
	if ((rc = check_range_at(s, body, "temperature", 0, 2)) != 0 ||
	    (rc = check_range_at(s, body, "top_logprobs", 0, 20)) != 0)
		return rc;
	return check_range_at(s, body, "top_p", 0, 1);
}

int
openai_effort(struct walk *s, const char *word)
{
	static const char *const compat[] = { "none", "minimal", "low",
		"medium", "high", "xhigh", "max", NULL };
	const char *const *words = s->o->compat ? compat :
	    strict_efforts(s->model_id);
	char list[128] = "";

	if (!s->o->compat && !strict_reasoning_model(s->model_id))
		return refuse_for_model(s, s->path);
	if (jx_among(word, words))
		return 0;
	for (; *words != NULL; words++) {
		strcat(list, list[0] == '\0' ? "'" :
		    words[1] != NULL ? ", '" : ", and '");
		strcat(list, *words);
		strcat(list, "'");
	}
	return refuse_as(s, 400, "unsupported_value", s->path, "Unsupported "
	    "value: '%s' is not supported with the '%s' model. Supported "
	    "values are: %s.", word, s->model_id, list);
}

int
openai_ids(struct walk *s, const json_t *body)
{
	int rc;

	if ((rc = check_length_at(s, body, "prompt_cache_key", ID_MAX)) != 0)
		return rc;
	return check_length_at(s, body, "safety_identifier", ID_MAX);
}

/* Fields that make sense only beside tools. */
int
openai_tool_fields(struct walk *s, const json_t *body)
{
	static const char *const keys[] = {
		"tool_choice", "parallel_tool_calls", NULL };

	if (json_array_size(json_object_get(body, "tools")) > 0)
		return 0;
	for (const char *const *k = keys; *k != NULL; k++)
		if (jx_has(body, *k))
			return refuse_as(s, 400, NULL, *k, "Invalid value for "
			    "'%s': '%s' is only allowed when 'tools' are "
			    "specified.", *k, *k);
	return 0;
}

int
openai_name(struct walk *s, const json_t *object)
{
	const char *name = jx_word(object, "name");
	size_t mark = walk_key(s, "name");
	int rc;

	if ((rc = check_length_at(s, object, "name", NAME_MAX_OPENAI)) == 0 &&
	    !jx_is_name(name, NAME_MAX_OPENAI))
		rc = refuse_value(s, "Invalid '%s': string does not match "
		    "pattern. Expected a string that matches the pattern "
		    "'^[a-zA-Z0-9_-]+$'.", s->path);
	walk_back(s, mark);
	return rc;
}

int
openai_function(struct walk *s, const json_t *function)
{
	const json_t *schema = json_object_get(function, "parameters");
	bool strict = json_is_true(json_object_get(function, "strict"));
	int rc;

	if ((rc = openai_name(s, function)) != 0)
		return rc;
	if (!json_is_object(schema) && !strict)
		return 0;
	size_t mark = walk_key(s, "parameters");
	rc = schema_openai(s, schema, jx_word(function, "name"), strict);
	walk_back(s, mark);
	return rc;
}

int
openai_json_schema(struct walk *s, const json_t *format)
{
	const json_t *schema = json_object_get(format, "schema");
	int rc;

	if ((rc = openai_name(s, format)) != 0)
		return rc;
	if (schema == NULL)
		return 0;
	size_t mark = walk_key(s, "schema");
	rc = schema_openai(s, schema, NULL, !s->o->compat &&
	    json_is_true(json_object_get(format, "strict")));
	walk_back(s, mark);
	return rc;
}

int
openai_image_url(struct walk *s, const char *url)
{
	static const char *const types[] = { "data:image/png;base64,",
		"data:image/jpeg;base64,", "data:image/gif;base64,",
		"data:image/webp;base64,", NULL };

	if (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0)
		return 0;
	for (const char *const *t = types; *t != NULL; t++)
		if (strncmp(url, *t, strlen(*t)) == 0) {
			if (jx_is_base64(url + strlen(*t)))
				return 0;
			return refuse_as(s, 400, "invalid_base64", s->path,
			    "Invalid base64 image_url.");
		}
	return refuse_value(s, "Invalid '%s'. Expected a valid URL or a "
	    "base64-encoded data URL with an image MIME type (e.g. "
	    "'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value "
	    "that is neither.", s->path);
}

bool
openai_says_json(const json_t *value)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_string(value))
		return strcasestr(json_string_value(value), "json") != NULL;
	if (json_is_array(value))
		json_array_foreach(value, i, v)
			if (openai_says_json(v))
				return true;
	if (json_is_object(value))
		json_object_foreach((json_t *)value, key, v)
			if (openai_says_json(v))
				return true;
	return false;
}
