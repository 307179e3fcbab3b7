#include "dialect/parts.h"

/* As the client asked (c2o-common section 1). */
static bool
streams(const struct request *req)
{
	return req->stream && req->task == TASK_ANSWER;
}

const struct dialect responses_dialect = {
	.api = API_RESPONSES,
	.name = "responses",
	.skip_list = "openAIResponses",

	.fields = responses_fields,
	.read_request = responses_read_request,
	.open_writer = responses_open_writer,
	.write_event = responses_write_event,
	.write_ping = responses_write_ping,
	.write_reply = responses_write_reply,
	.write_count = openai_write_count,
	.write_models = openai_write_models,
	.write_model = openai_write_model,
	.write_error = openai_write_error,
	.error_status = openai_error_status,
	.should_retry = openai_should_retry,

	.path = "/responses",
	.count_path = "/responses/input_tokens",
	.models_path = "/models",
	.write_request = responses_write_request,
	.streams = streams,
	.open_reader = responses_open_reader,
	.read_event = responses_read_event,
	.read_end = responses_read_end,
	.read_reply = responses_read_reply,
	.read_error = openai_read_error,
	.read_count = responses_read_count,
	.read_models = NULL,
	.repair = openai_repair,
};
