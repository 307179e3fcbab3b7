/* Claude: thinking, effort, sampling, structured output. */
#include <string.h>

#include "jx.h"
#include "strict_claude.h"
#include "strict_model.h"
#include "strict_schema.h"

enum { BUDGET_MIN = 1024 };

static const char binding_beta[] = "thinking-binding-controls-2026-08-01";
static const char interleaved_beta[] = "interleaved-thinking-2025-05-14";

bool
claude_thinks(const json_t *body)
{
	const json_t *thinking = json_object_get(body, "thinking");

	return jx_is(thinking, "type", "adaptive") ||
	    jx_is(thinking, "type", "enabled");
}

/* --- thinking ------------------------------------------------------------ */

static unsigned
thinking_bit(const char *type)
{
	if (strcmp(type, "adaptive") == 0)
		return TH_ADAPTIVE;
	if (strcmp(type, "enabled") == 0)
		return TH_ENABLED;
	return strcmp(type, "disabled") == 0 ? TH_DISABLED : TH_BETWEEN;
}

static int
check_thinking_type(struct walk *s, const char *type)
{
	static const char *const types[] = {
		"adaptive", "enabled", "disabled", "between_tools", NULL };

	if (!jx_among(type, types))
		return refuse(s, "Input tag '%s' found using 'type' does not "
		    "match any of the expected tags: 'adaptive', 'disabled', "
		    "'enabled'", type);
	if (s->model->thinking & thinking_bit(type))
		return 0;
	if (strcmp(type, "adaptive") == 0)
		return refuse_as(s, 400, NULL, NULL, "adaptive thinking is "
		    "not supported on this model");
	if (s->model->thinking & TH_ADAPTIVE)
		return refuse_as(s, 400, NULL, NULL, "\"thinking.type.%s\" is "
		    "not supported for this model. Use "
		    "\"thinking.type.adaptive\" and \"output_config.effort\" "
		    "to control thinking behavior.", type);
	return refuse_as(s, 400, NULL, NULL, "\"thinking.type.%s\" is not "
	    "supported for this model. Use \"thinking.type.enabled\".", type);
}

static int
check_binding(struct walk *s, const json_t *binding)
{
	static const struct field fields[] = {
		{ "prefix_mismatch_behavior", T_STR | T_MUST }, { NULL, 0 },
	};
	static const char *const words[] = { "drop_block", "error", NULL };
	int rc;

	if (!claude_has_beta(s, binding_beta))
		return refuse(s, "Extra inputs are not permitted");
	if ((rc = check_shape(s, binding, fields)) != 0)
		return rc;
	return check_word_at(s, binding, "prefix_mismatch_behavior", words);
}

static int
check_budget(struct walk *s, const json_t *thinking)
{
	json_int_t budget = json_integer_value(json_object_get(thinking,
	    "budget_tokens"));
	json_int_t max = json_integer_value(json_object_get(s->body,
	    "max_tokens"));
	bool interleaved = claude_has_beta(s, interleaved_beta) &&
	    json_array_size(json_object_get(s->body, "tools")) > 0;

	if (budget < BUDGET_MIN) {
		walk_key(s, "budget_tokens");
		return refuse(s, "Input should be greater than or equal to "
		    "1024");
	}
	if (budget >= max && !interleaved && !s->o->count)
		return refuse_as(s, 400, NULL, NULL, "`max_tokens` must be "
		    "greater than `thinking.budget_tokens`. Please consult "
		    "our documentation at https://docs.claude.com");
	return 0;
}

static const struct field adaptive_fields[] = {
	{ "type", T_STR | T_MUST }, { "display", T_STR | T_NULL },
	{ "block_binding", T_OBJ | T_NULL }, { NULL, 0 },
};

static const struct field enabled_fields[] = {
	{ "type", T_STR | T_MUST }, { "budget_tokens", T_INT | T_MUST },
	{ "display", T_STR | T_NULL }, { NULL, 0 },
};

static const struct field bare_fields[] = {
	{ "type", T_STR | T_MUST }, { NULL, 0 },
};

/* The effort up to which thinking may be switched off. */
static int
check_off(struct walk *s, const char *type)
{
	const json_t *config = json_object_get(s->body, "output_config");
	bool high = jx_is(config, "effort", "xhigh") ||
	    jx_is(config, "effort", "max");

	if (s->model->off_up_to_high && high)
		return refuse(s, "\"thinking.type.%s\" is not supported with "
		    "effort '%s'", type, jx_word(config, "effort"));
	return 0;
}

static int
check_thinking(struct walk *s, const json_t *thinking)
{
	static const char *const displays[] = {
		"summarized", "omitted", "updates", NULL };
	const char *type = jx_word(thinking, "type");
	const struct field *fields = bare_fields;
	size_t mark;
	int rc;

	if ((rc = check_thinking_type(s, type)) != 0)
		return rc;
	if (strcmp(type, "adaptive") == 0)
		fields = adaptive_fields;
	else if (strcmp(type, "enabled") == 0)
		fields = enabled_fields;
	mark = walk_key(s, type);
	if ((rc = check_shape(s, thinking, fields)) != 0 ||
	    (rc = check_word_at(s, thinking, "display", displays)) != 0 ||
	    (rc = check_at(s, thinking, "block_binding", check_binding)) != 0)
		return rc;
	if (fields == enabled_fields)
		rc = check_budget(s, thinking);
	else if (fields == bare_fields)
		rc = check_off(s, type);
	walk_back(s, mark);
	return rc;
}

/* --- effort and structured output ---------------------------------------- */

static int
check_effort(struct walk *s, const char *word)
{
	static const char *const words[] = {
		"low", "medium", "high", "xhigh", "max", NULL };
	unsigned have = s->model->effort;
	int rc;

	if ((rc = check_word(s, word, words)) != 0)
		return rc;
	if (have == 0)
		return refuse_as(s, 400, NULL, NULL,
		    "This model does not support the effort parameter.");
	if ((strcmp(word, "xhigh") == 0 && !(have & EF_XHIGH)) ||
	    (strcmp(word, "max") == 0 && !(have & EF_MAX)))
		return refuse_as(s, 400, NULL, NULL, "This model does not "
		    "support effort level '%s'. Supported levels: high, low, "
		    "medium%s.", word, have & EF_MAX ? ", max" : "");
	return 0;
}

static int
check_format(struct walk *s, const json_t *format)
{
	static const struct field fields[] = {
		{ "type", T_STR | T_MUST }, { "schema", T_OBJ | T_MUST },
		{ NULL, 0 },
	};
	static const char *const types[] = { "json_schema", NULL };
	int rc;

	if ((rc = check_shape(s, format, fields)) != 0 ||
	    (rc = check_word_at(s, format, "type", types)) != 0)
		return rc;
	return check_at(s, format, "schema", schema_claude);
}

static int
check_output_config(struct walk *s, const json_t *config)
{
	static const struct field fields[] = {
		{ "effort", T_STR | T_NULL }, { "format", T_OBJ | T_NULL },
		{ "task_budget", T_OBJ | T_NULL }, { NULL, 0 },
	};
	const char *effort = jx_str(config, "effort");
	size_t mark;
	int rc;

	if ((rc = check_shape(s, config, fields)) != 0)
		return rc;
	mark = walk_key(s, "effort");
	if (effort != NULL && (rc = check_effort(s, effort)) != 0)
		return rc;
	walk_back(s, mark);
	return check_at(s, config, "format", check_format);
}

/* --- sampling ------------------------------------------------------------- */

static int
check_sampling_allowed(struct walk *s, const json_t *body)
{
	static const char *const keys[] = {
		"temperature", "top_p", "top_k", NULL };

	for (const char *const *k = keys; *k != NULL; k++)
		if (jx_has(body, *k) && !s->model->sampling)
			return refuse_as(s, 400, NULL, NULL,
			    "`%s` is deprecated for this model.", *k);
	if (jx_has(body, "temperature") && jx_has(body, "top_p") &&
	    s->model->prefix[0] != '\0')
		return refuse_as(s, 400, NULL, NULL, "`temperature` and "
		    "`top_p` cannot both be specified for this model. Please "
		    "use only one.");
	return 0;
}

static int
check_sampling(struct walk *s, const json_t *body)
{
	const json_t *t = json_object_get(body, "temperature");
	const json_t *p = json_object_get(body, "top_p");
	int rc;

	if ((rc = check_sampling_allowed(s, body)) != 0 ||
	    (rc = check_range_at(s, body, "temperature", 0, 1)) != 0 ||
	    (rc = check_range_at(s, body, "top_p", 0, 1)) != 0)
		return rc;
	if (!claude_thinks(body))
		return 0;
	if (json_is_number(t) && json_number_value(t) < 1)
		return refuse_as(s, 400, NULL, NULL, "`temperature` may only "
		    "be set to 1 when thinking is enabled or in adaptive "
		    "mode.");
	if (jx_has(body, "top_k"))
		return refuse_as(s, 400, NULL, NULL,
		    "`top_k` must be unset when thinking is enabled.");
	if (json_is_number(p) && json_number_value(p) < 0.95)
		return refuse_as(s, 400, NULL, NULL, "`top_p` must be greater "
		    "than or equal to 0.95 or unset when thinking is enabled.");
	return 0;
}

int
claude_config(struct walk *s, const json_t *body)
{
	int rc;

	if ((rc = check_at(s, body, "thinking", check_thinking)) != 0 ||
	    (rc = check_at(s, body, "output_config",
	    check_output_config)) != 0)
		return rc;
	return check_sampling(s, body);
}
