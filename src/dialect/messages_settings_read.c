/*
 * The fields of a Claude request that are no content (c2o-common sections 2,
 * 3 and 7): what is mapped, what is dropped, what is refused because the
 * client would rely on something that will not happen.
 */
#include "dialect/messages_read.h"

/* --- refused -------------------------------------------------------- */

/* A whole top-level field that cannot be served. */
static int
refuse(struct reading *r, const char *field)
{
	return fault_code(r->why, FAULT_REQUEST, "unsupported_parameter",
	    field, "unsupported_parameter: not available on an OpenAI "
	    "upstream; list it in routing.skipInboundFields.claudeMessages to "
	    "drop it");
}

/*
 * The tool runner of the SDK looks at the code and goes on with the full
 * conversation.
 */
int
messages_read_thread(struct reading *r)
{
	if (jget(r->req->body, "thread") == NULL)
		return 0;
	return fault_code(r->why, FAULT_REQUEST, "thread_unsupported_request",
	    "thread", "message threads are not available on this upstream; "
	    "send the full conversation without it");
}

/* The fields that do not change the count of a conversation. */
static int
read_refused(struct reading *r)
{
	const json_t *body = r->req->body;
	json_t *policy = NULL;
	struct span payer = SPAN("self");

	if (r->req->task == TASK_COUNT)
		return 0;
	if (jget(body, "context_management") != NULL)
		return refuse(r, "context_management");
	if (jget(body, "compaction") != NULL)
		return refuse(r, "compaction");
	if (messages_get_object(r, SPAN(""), body, "billing_policy",
	    &policy) ||
	    messages_get_text(r, SPAN("billing_policy"), policy, "bill_to",
	    &payer))
		return -1;
	return span_is(payer, "self") ? 0 : refuse(r, "billing_policy");
}

/*
 * A container's id names a sandbox for tools that are not there anyway; its
 * skills would be missed.
 */
static int
read_container(struct reading *r)
{
	const json_t *container = jget(r->req->body, "container");
	const json_t *skills = jget(container, "skills");

	if (container == NULL)
		return 0;
	if (!json_is_string(container) && !json_is_object(container))
		return messages_bad(r, SPAN("container"),
		    "must be a string or an object");
	if (skills != NULL && json_array_size(skills) != 0)
		return refuse(r, "container");
	if (skills != NULL && !json_is_array(skills))
		return messages_bad(r, SPAN("container.skills"),
		    "must be an array");
	messages_field_lost(r, SPAN(""), "container");
	return 0;
}

static int
read_places(struct reading *r)
{
	const json_t *body = r->req->body;
	json_t *servers = NULL;
	struct span geo = SPAN("global");

	if (read_container(r) ||
	    messages_get_array(r, SPAN(""), body, "mcp_servers",
	    &servers) ||
	    messages_get_text(r, SPAN(""), body, "inference_geo", &geo))
		return -1;
	if (json_array_size(servers) > 0)
		return refuse(r, "mcp_servers");
	return span_is(geo, "global") ? 0 : refuse(r, "inference_geo");
}

/* --- numbers and words ---------------------------------------------- */

static int
read_model(struct reading *r)
{
	struct span *model = &r->req->model;

	if (messages_need_text(r, SPAN(""), r->req->body, "model", model))
		return -1;
	if (model->n > 256)
		return messages_bad(r, SPAN("model"),
		    "must have at most 256 bytes");
	return 0;
}

static int
read_max_tokens(struct reading *r)
{
	const json_t *limit = jget(r->req->body, "max_tokens");

	if (r->req->task == TASK_COUNT)
		return 0;
	if (limit == NULL)
		return messages_bad(r, SPAN("max_tokens"), "Field required");
	r->req->max_tokens = jis_whole(limit) ?
	    jget_long(r->req->body, "max_tokens", -1) : -1;
	if (r->req->max_tokens < 0)
		return messages_bad(r, SPAN("max_tokens"),
		    "must be a whole number of at least 0");
	return 0;
}

static int
read_share(struct reading *r, const char *key, double *value)
{
	const json_t *v = jget(r->req->body, key);

	if (v == NULL)
		return 0;
	*value = jget_real(r->req->body, key, -1);
	if (!json_is_number(v) || !(*value >= 0 && *value <= 1))
		return messages_bad(r, span_of(key),
		    "must be a number from 0 to 1");
	return 0;
}

static int
read_sampling(struct reading *r)
{
	if (r->req->task == TASK_COUNT)
		return 0;
	if (read_share(r, "temperature", &r->req->temperature))
		return -1;
	return read_share(r, "top_p", &r->req->top_p);
}

static int
read_stops(struct reading *r)
{
	json_t *list = NULL, *one;
	struct span *words;
	size_t i;

	if (messages_get_array(r, SPAN(""), r->req->body, "stop_sequences",
	    &list))
		return -1;
	words = pool_array(r->req->pool, struct span,
	    json_array_size(list) + 1);
	json_array_foreach(list, i, one) {
		words[i] = jspan(one);
		if (words[i].p == NULL)
			return messages_bad(r, messages_nth(r,
			    SPAN("stop_sequences"), i), "must be a string");
		if (span_blank(words[i]))
			return messages_bad(r, messages_nth(r,
			    SPAN("stop_sequences"), i),
			    "each stop sequence must contain non-whitespace");
	}
	r->req->stops = words;
	r->req->stop_count = json_array_size(list);
	return 0;
}

static int
read_tier(struct reading *r)
{
	struct span tier = SPAN_NONE, speed = SPAN_NONE;

	if (messages_get_text(r, SPAN(""), r->req->body, "service_tier",
	    &tier) ||
	    messages_get_text(r, SPAN(""), r->req->body, "speed", &speed))
		return -1;
	if (span_is(tier, "auto"))
		r->req->tier = TIER_AUTO;
	else if (span_is(tier, "standard_only"))
		r->req->tier = TIER_STANDARD;
	else if (tier.p != NULL)
		return messages_bad(r, SPAN("service_tier"),
		    "must be auto or standard_only");
	if (speed.p != NULL && !span_is(speed, "fast") &&
	    !span_is(speed, "standard"))
		return messages_bad(r, SPAN("speed"),
		    "must be fast or standard");
	r->req->fast = span_is(speed, "fast");
	return 0;
}

/* --- the shape of the answer ---------------------------------------- */

/* {"type":"json_schema","schema":{...}} at path; *schema stays without. */
static int
read_format(struct reading *r, struct span path, const json_t *format,
    json_t **schema)
{
	if (format == NULL)
		return 0;
	if (!jget_is(format, "type", "json_schema"))
		return messages_bad(r, messages_path(r, path, "type"),
		    "must be json_schema");
	if (messages_get_object(r, path, format, "schema", schema))
		return -1;
	if (*schema == NULL)
		return messages_bad(r, messages_path(r, path, "schema"),
		    "Field required");
	return 0;
}

static int
read_output(struct reading *r)
{
	json_t *config = NULL, *inner = NULL, *outer = NULL;
	struct request *req = r->req;

	if (messages_get_object(r, SPAN(""), req->body, "output_config",
	    &config) ||
	    messages_get_object(r, SPAN(""), req->body, "output_format",
	    &outer) ||
	    messages_get_object(r, SPAN("output_config"), config, "format",
	    &inner) ||
	    messages_read_effort(r, SPAN("output_config"), config,
	    &req->effort) ||
	    read_format(r, SPAN("output_format"), outer, &req->schema) ||
	    read_format(r, SPAN("output_config.format"), inner,
	    &req->schema))
		return -1;
	if (inner != NULL && outer != NULL && !json_equal(inner, outer))
		return messages_bad(r, SPAN("output_format"),
		    "differs from output_config.format; send one of them");
	if (req->schema != NULL)
		req->format = FORMAT_SCHEMA;
	return 0;
}

/* --- thinking ------------------------------------------------------- */

int
messages_read_effort(struct reading *r, struct span path,
    const json_t *config, enum effort *effort)
{
	struct span word = SPAN_NONE;

	if (messages_get_text(r, path, config, "effort", &word))
		return -1;
	if (word.p == NULL)
		return 0;
	*effort = effort_by_word(word);
	if (*effort == EFFORT_UNSET || span_is(word, "ultra"))
		return messages_bad(r, messages_path(r, path, "effort"),
		    "must be none, minimal, low, medium, high, xhigh or max");
	return 0;
}

static int
read_budget(struct reading *r, const json_t *thinking)
{
	const json_t *budget = jget(thinking, "budget_tokens");

	r->req->budget = budget != NULL && jis_whole(budget) ?
	    jget_long(thinking, "budget_tokens", 0) : 0;
	if (r->req->budget < 1024)
		return messages_bad(r, SPAN("thinking.budget_tokens"),
		    "must be a whole number of at least 1024");
	return 0;
}

static const struct {
	const char *word;
	enum thinking thinking;
} modes[] = {
	{ "adaptive",		THINKING_ADAPTIVE },
	{ "enabled",		THINKING_BUDGET },
	{ "disabled",		THINKING_OFF },
	{ "between_tools",	THINKING_BETWEEN },
};

static int
read_thinking(struct reading *r)
{
	const struct span path = SPAN("thinking");
	json_t *thinking = NULL;
	struct span type = SPAN_NONE, display = SPAN("summarized");

	if (messages_get_object(r, SPAN(""), r->req->body, "thinking",
	    &thinking))
		return -1;
	if (thinking == NULL)
		return 0;
	if (messages_need_text(r, path, thinking, "type", &type) ||
	    messages_get_text(r, path, thinking, "display", &display))
		return -1;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (span_is(type, modes[i].word))
			r->req->thinking = modes[i].thinking;
	if (r->req->thinking == THINKING_UNSET)
		return messages_bad(r, SPAN("thinking.type"), "must be "
		    "adaptive, enabled, disabled or between_tools");
	if (span_is(display, "omitted") || span_is(display, "updates"))
		r->req->show = SHOW_SEAL;
	else if (span_is(display, "summarized"))
		r->req->show = SHOW_TEXT;
	else
		return messages_bad(r, SPAN("thinking.display"),
		    "must be summarized, omitted or updates");
	return r->req->thinking == THINKING_BUDGET ?
	    read_budget(r, thinking) : 0;
}

/*
 * The first source that names an effort wins (section 3). Without thinking
 * its text is not shown; a loop of tools keeps its reasoning all the same,
 * in blocks that show nothing (section 8.2).
 */
int
messages_settle_thinking(struct reading *r)
{
	struct request *req = r->req;

	if (r->late_effort != EFFORT_UNSET)
		req->effort = r->late_effort;
	switch (req->thinking) {
	case THINKING_ADAPTIVE:
		return 0;
	case THINKING_BUDGET:
		if (req->effort == EFFORT_UNSET)
			req->effort = effort_by_budget(req->budget);
		return 0;
	case THINKING_OFF:
	case THINKING_BETWEEN:
		req->effort = EFFORT_NONE;
		break;
	case THINKING_UNSET:
		break;
	}
	req->show = req->tools != NULL ? SHOW_SEAL : SHOW_NOTHING;
	return 0;
}

/* --- who is asking -------------------------------------------------- */

/*
 * Claude Code puts JSON into the one text that there is:
 *
 *	"{\"device_id\":\"...\",\"account_uuid\":\"\",\"session_id\":\"...\"}"
 *
 * and earlier "user_..._account_..._session_<uuid>".
 */
static void
take_identity(struct request *req, struct span id)
{
	static const char *const names[] = { "account_uuid", "device_id" };
	const struct span mark = SPAN("_session_");
	struct json_trouble trouble;
	const json_t *parts = span_starts(id, "{") ?
	    jread(req->pool, id, 0, NULL, &trouble) : NULL;
	ptrdiff_t at = span_find(id, mark);

	req->session = jget_span(parts, "session_id");
	if (req->session.n == 0 && at >= 0)
		req->session = span_from(id, (size_t)at + mark.n);
	if (req->session.n == 0)
		req->session = id;
	for (size_t i = 0; i < 2 && req->user.n == 0; i++)
		req->user = jget_span(parts, names[i]);
	if (req->user.n == 0)
		req->user = id;
}

static int
read_metadata(struct reading *r)
{
	struct request *req = r->req;
	json_t *metadata = NULL;
	struct span id = SPAN_NONE;

	if (messages_get_object(r, SPAN(""), req->body, "metadata",
	    &metadata) ||
	    messages_get_text(r, SPAN("metadata"), metadata, "user_id",
	    &id))
		return -1;
	if (id.n > 4096)
		return messages_bad(r, SPAN("metadata.user_id"),
		    "must have at most 4096 bytes");
	if (id.n > 0)
		take_identity(req, id);
	if (req->session_header.n > 0)
		req->session = req->session_header;
	req->agent = req->agent_header;
	return 0;
}

int
messages_read_settings(struct reading *r)
{
	if (read_model(r) || read_max_tokens(r) ||
	    messages_get_flag(r, SPAN(""), r->req->body, "stream",
	    &r->req->stream) ||
	    read_sampling(r) || read_stops(r) || read_tier(r) ||
	    read_thinking(r) || read_output(r) ||
	    read_metadata(r))
		return -1;
	if (read_refused(r))
		return -1;
	return read_places(r);
}
