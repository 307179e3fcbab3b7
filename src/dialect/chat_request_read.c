/*
 * A Chat Completions request: its top-level fields (o2c-chat section 1), read
 * in the order in which they stand in the body, so that warnings come in that
 * order too.  What depends on other fields waits until all are read.
 */
#include "dialect/chat_read.h"
#include "dialect/parts.h"

#include <limits.h>

const struct field chat_fields[] = {
	{ "audio",			false },
	{ "cache_control",		false },
	{ "chat_template_kwargs",	false },
	{ "frequency_penalty",		false },
	{ "function_call",		false },
	{ "functions",			false },
	{ "include_reasoning",		false },
	{ "logit_bias",			false },
	{ "logprobs",			false },
	{ "max_completion_tokens",	false },
	{ "max_tokens",			false },
	{ "messages",			false },
	{ "metadata",			false },
	{ "modalities",			false },
	{ "model",			false },
	{ "moderation",			false },
	{ "n",				false },
	{ "parallel_tool_calls",	false },
	{ "prediction",			false },
	{ "presence_penalty",		false },
	{ "prompt_cache_key",		false },
	{ "prompt_cache_options",	false },
	{ "prompt_cache_retention",	false },
	{ "reasoning",			false },
	{ "reasoning_effort",		false },
	{ "response_format",		false },
	{ "safety_identifier",		false },
	{ "seed",			false },
	{ "service_tier",		false },
	{ "stop",			false },
	{ "store",			false },
	{ "stream",			false },
	{ "stream_options",		false },
	{ "temperature",		false },
	{ "thinking",			false },
	{ "tool_choice",		false },
	{ "tools",			false },
	{ "top_k",			false },
	{ "top_logprobs",		false },
	{ "top_p",			false },
	{ "user",			false },
	{ "verbosity",			false },
	{ "web_search_options",		false },
	/* The Python SDK's argument, sent as a field by mistake. */
	{ "extra_body",			true },
	{ NULL,				false },
};

/* --- one field each ------------------------------------------------- */

static int
read_limit(const struct place *root)
{
	if (openai_read_max_tokens(root, "max_tokens") < 0)
		return -1;
	return openai_read_max_tokens(root, "max_completion_tokens");
}

static int
read_n(const struct place *root)
{
	struct place at = openai_key(root, "n");
	struct span reason;
	long n = 1;

	if (openai_whole(root, "n", 1, LONG_MAX, &n) < 0)
		return -1;
	if (n == 1)
		return 0;
	reason = pool_printf(root->req->pool, "n=%ld is not supported by this "
	    "gateway: the upstream returns one answer per request.", n);
	return openai_unsupported(&at, "unsupported_value", reason.p);
}

static int
add_stop(const struct place *at, struct span *word)
{
	*word = jspan(at->node);
	if (word->p == NULL)
		return openai_bad_type(at, "a string");
	if (word->n == 0)
		return openai_bad_value(at, "Invalid '%.*s': empty string. "
		    "Expected a string with minimum length 1.",
		    SPAN_ARG(at->path));
	return 0;
}

/* One sequence or a list of them. */
static int
read_stop(const struct place *root)
{
	struct request *req = root->req;
	struct place at = openai_key(root, "stop");
	bool list = json_is_array(at.node);
	size_t count = list ? json_array_size(at.node) : 1;
	struct span *words;

	if (!list && !json_is_string(at.node))
		return openai_bad_type(&at, "a string or an array of strings");
	words = pool_array(req->pool, struct span, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct place word = list ? openai_nth(&at, i) : at;

		if (add_stop(&word, &words[i]) < 0)
			return -1;
	}
	req->stops = words;
	req->stop_count = count;
	return 0;
}

static int
read_penalty(const struct place *root, const char *key)
{
	double penalty = 0;

	if (openai_real(root, key, -2, 2, &penalty) < 0)
		return -1;
	if (penalty < 0 || penalty > 0)
		request_lost(root->req, "penalty_dropped", NULL);
	return 0;
}

static int
read_frequency_penalty(const struct place *root)
{
	return read_penalty(root, "frequency_penalty");
}

static int
read_presence_penalty(const struct place *root)
{
	return read_penalty(root, "presence_penalty");
}

static int
read_logit_bias(const struct place *root)
{
	struct place bias;

	if (openai_object(root, "logit_bias", &bias) < 0)
		return -1;
	if (json_object_size(bias.node) > 0)
		request_lost(root->req, "logit_bias_dropped", NULL);
	return 0;
}

static int
read_logprobs(const struct place *root)
{
	struct place at = openai_key(root, "logprobs");
	enum tri on;

	if (openai_flag(root, "logprobs", &on) < 0)
		return -1;
	if (on != YES)
		return 0;
	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'logprobs'. The upstream gives no log "
	    "probabilities.");
}

static int
read_top_logprobs(const struct place *root)
{
	struct place at = openai_key(root, "top_logprobs");
	long n = 0;

	if (openai_whole(root, "top_logprobs", 0, LONG_MAX, &n) < 0)
		return -1;
	if (n == 0)
		return 0;
	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'top_logprobs'. The upstream gives no log "
	    "probabilities.");
}

static int
read_moderation(const struct place *root)
{
	struct place at = openai_key(root, "moderation");

	return openai_unsupported(&at, "unsupported_parameter",
	    "Unsupported parameter: 'moderation'. The upstream has no such "
	    "check, and skipping it silently would be wrong.");
}

static int
read_format(const struct place *root)
{
	return openai_read_format(root, "response_format");
}

static int
read_stream_options(const struct place *root)
{
	struct place options;
	enum tri usage;

	if (openai_object(root, "stream_options", &options) < 0 ||
	    openai_flag(&options, "include_usage", &usage) < 0)
		return -1;
	root->req->usage_chunk = usage == YES;
	return 0;
}

static int
read_store(const struct place *root)
{
	enum tri on;

	if (openai_flag(root, "store", &on) < 0)
		return -1;
	if (on == YES)
		request_lost(root->req, "store_ignored", NULL);
	return 0;
}

static int
read_modalities(const struct place *root)
{
	struct place list;

	if (openai_array(root, "modalities", &list) < 0)
		return -1;
	if (json_array_size(list.node) != 1 ||
	    !span_is(jspan(json_array_get(list.node, 0)), "text"))
		request_lost(root->req, "modalities_dropped", NULL);
	return 0;
}

static int
read_audio(const struct place *root)
{
	struct place audio;

	if (openai_object(root, "audio", &audio) < 0)
		return -1;
	request_lost(root->req, "audio_dropped", NULL);
	return 0;
}

/* Clients switch it off with 0 or -1. */
static int
read_top_k(const struct place *root)
{
	long k = -1;

	if (openai_whole(root, "top_k", -1, LONG_MAX, &k) < 0)
		return -1;
	root->req->top_k = k > 0 ? k : -1;
	return 0;
}

/* On the whole request it asks for what is done anyway; the lifetime counts. */
static int
read_cache_control(const struct place *root)
{
	struct place control;

	if (openai_object(root, "cache_control", &control) < 0)
		return -1;
	openai_mark(root->req, root->node);
	return 0;
}

/* Known fields that are not here cannot change the result: ignored. */
static const struct {
	const char *name;
	int (*read)(const struct place *root);
} readers[] = {
	{ "audio",			read_audio },
	{ "cache_control",		read_cache_control },
	{ "frequency_penalty",		read_frequency_penalty },
	{ "functions",			chat_read_functions },
	{ "logit_bias",			read_logit_bias },
	{ "logprobs",			read_logprobs },
	{ "max_completion_tokens",	read_limit },
	{ "max_tokens",			read_limit },
	{ "messages",			chat_read_messages },
	{ "modalities",			read_modalities },
	{ "moderation",			read_moderation },
	{ "n",				read_n },
	{ "parallel_tool_calls",	openai_read_parallel },
	{ "presence_penalty",		read_presence_penalty },
	{ "prompt_cache_options",	openai_read_cache_options },
	{ "prompt_cache_retention",	openai_read_cache_retention },
	{ "response_format",		read_format },
	{ "safety_identifier",		openai_read_user },
	{ "service_tier",		openai_read_tier },
	{ "stop",			read_stop },
	{ "store",			read_store },
	{ "stream",			openai_read_stream },
	{ "stream_options",		read_stream_options },
	{ "temperature",		openai_read_temperature },
	{ "tools",			chat_read_tools },
	{ "top_k",			read_top_k },
	{ "top_logprobs",		read_top_logprobs },
	{ "top_p",			openai_read_top_p },
	{ "user",			openai_read_user },
};

static int
read_field(const struct place *root, const char *key)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (strcmp(readers[i].name, key) == 0)
			return readers[i].read(root);
	return 0;
}

/* --- all of it ------------------------------------------------------ */

/* What no request goes without. */
static int
read_needed(const struct place *root)
{
	struct place messages;

	if (openai_read_model(root) < 0)
		return -1;
	if (root->req->model.n == 0)
		return openai_missing(root, "model");
	if (openai_array(root, "messages", &messages) < 0)
		return -1;
	if (json_array_size(messages.node) == 0)
		return openai_missing(root, "messages");
	return 0;
}

int
chat_read_request(struct request *req, struct fault *why)
{
	struct place root = openai_root(req, why);
	const char *key;
	json_t *value;

	if (read_needed(&root) < 0)
		return -1;
	json_object_foreach(req->body, key, value) {
		if (!json_is_null(value) && read_field(&root, key) < 0)
			return -1;
	}
	if (chat_read_web_search(&root) < 0 || chat_read_choice(&root) < 0 ||
	    chat_read_effort(&root) < 0)
		return -1;
	return 0;
}
