#include "dialect/parts.h"

/* As the client asked (c2o-common section 1). */
static bool
streams(const struct request *req)
{
	return req->stream && req->task == TASK_ANSWER;
}

const struct dialect chat_dialect = {
	.api = API_CHAT,
	.name = "chat",
	.skip_list = "openAIChatCompletions",

	.fields = chat_fields,
	.read_request = chat_read_request,
	.open_writer = chat_open_writer,
	.write_event = chat_write_event,
	.write_ping = chat_write_ping,
	.write_reply = chat_write_reply,
	.write_count = openai_write_count,
	.write_models = openai_write_models,
	.write_model = openai_write_model,
	.write_error = openai_write_error,
	.error_status = openai_error_status,
	.should_retry = openai_should_retry,

	.path = "/chat/completions",
	.count_path = NULL,
	.models_path = "/models",
	.write_request = chat_write_request,
	.streams = streams,
	.open_reader = chat_open_reader,
	.read_event = chat_read_event,
	.read_end = chat_read_end,
	.read_reply = chat_read_reply,
	.read_error = openai_read_error,
	.read_count = NULL,
	.read_models = NULL,
	.repair = openai_repair,
};
