/* The model lists of both APIs. */
#include "models.h"

#include <stdio.h>
#include <string.h>

#include "../lib/jx.h"
#include "../lib/strict_model.h"

static json_t *
supported(bool yes)
{
	return json_pack("{s:b}", "supported", (int)yes);
}

static json_t *
effort_of(const struct strict_model *m)
{
	bool any = m->effort != 0;

	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}", "supported",
	    (int)any, "low", supported(any), "medium", supported(any),
	    "high", supported(any), "xhigh", supported(m->effort & EF_XHIGH),
	    "max", supported(m->effort & EF_MAX));
}

static json_t *
thinking_of(const struct strict_model *m)
{
	return json_pack("{s:b, s:{s:o, s:o, s:o, s:o}}", "supported", 1,
	    "types", "adaptive", supported(m->thinking & TH_ADAPTIVE),
	    "enabled", supported(m->thinking & TH_ENABLED),
	    "disabled", supported(m->thinking & TH_DISABLED),
	    "between_tools", supported(m->thinking & TH_BETWEEN));
}

static json_t *
claude_entry(const struct strict_model *m)
{
	json_t *can = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "batch", supported(true), "citations", supported(true),
	    "image_input", supported(true), "pdf_input", supported(true),
	    "structured_outputs", supported(true), "effort", effort_of(m),
	    "thinking", thinking_of(m));

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:i, s:i, s:o,"
			 " s:n, s:n}", "type", "model", "id", m->prefix, "display_name",
	    m->prefix, "created_at", "2026-01-01T00:00:00Z", "lifecycle",
	    "active", "line", "max_input_tokens", m->context * 1000,
	    "max_tokens", m->max_out, "capabilities", can,
	    "deprecated_at", "retires_at");
}

json_t *
models_claude(const char *id)
{
	const struct strict_model *m;
	json_t *data = json_array();

	for (unsigned i = 0; (m = strict_model_row(i)) != NULL; i++) {
		if (id != NULL && strcmp(id, m->prefix) == 0) {
			json_decref(data);
			return json_pack("{s:o}", "body", claude_entry(m));
		}
		json_array_append_new(data, claude_entry(m));
	}
	if (id == NULL)
		return json_pack("{s:{s:o, s:b, s:s, s:s}}", "body",
		    "data", data, "has_more", 0, "first_id",
		    strict_model_row(0)->prefix, "last_id", "claude-haiku-4-5");
	json_decref(data);
	char why[256];
	snprintf(why, sizeof(why), "model: %s", id);
	return json_pack("{s:i, s:{s:s, s:{s:s, s:s}, s:s}}", "status", 404,
	    "body", "type", "error", "error", "type", "not_found_error",
	    "message", why, "request_id", "req_models");
}

static json_t *
openai_entry(const char *id)
{
	return json_pack("{s:s, s:s, s:i, s:s}", "id", id, "object", "model",
	    "created", 1790000000, "owned_by", "openai");
}

json_t *
models_openai(const char *id)
{
	static const char *const ids[] = {
		"gpt-5.6", "gpt-5.4", "gpt-5.1", "gpt-5", "gpt-4o", "o3",
		"local-model", NULL,
	};
	json_t *data = json_array();
	char why[256];

	for (const char *const *p = ids; *p != NULL; p++) {
		if (id != NULL && strcmp(id, *p) == 0) {
			json_decref(data);
			return json_pack("{s:o}", "body", openai_entry(id));
		}
		json_array_append_new(data, openai_entry(*p));
	}
	if (id == NULL)
		return json_pack("{s:{s:s, s:o}}", "body", "object", "list",
		    "data", data);
	json_decref(data);
	snprintf(why, sizeof(why), "The model '%s' does not exist", id);
	return json_pack("{s:i, s:{s:{s:s, s:s, s:s, s:s}}}", "status", 404,
	    "body", "error", "message", why, "type",
	    "invalid_request_error", "param", "model",
	    "code", "model_not_found");
}
