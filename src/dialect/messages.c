#include "dialect/parts.h"

/* Always: long answers that do not stream are cut by middleboxes (S.2). */
static bool
streams(const struct request *req)
{
	return req->task != TASK_COUNT;
}

const struct dialect messages_dialect = {
	.api = API_MESSAGES,
	.name = "messages",
	.skip_list = "claudeMessages",

	.fields = messages_fields,
	.read_request = messages_read_request,
	.open_writer = messages_open_writer,
	.write_event = messages_write_event,
	.write_ping = messages_write_ping,
	.write_reply = messages_write_reply,
	.write_count = messages_write_count,
	.write_models = messages_write_models,
	.write_model = messages_write_model,
	.write_error = messages_write_error,
	.error_status = messages_error_status,
	.should_retry = messages_should_retry,

	.path = "/v1/messages",
	.count_path = "/v1/messages/count_tokens",
	.models_path = "/v1/models?limit=1000",
	.write_request = messages_write_request,
	.streams = streams,
	.open_reader = messages_open_reader,
	.read_event = messages_read_event,
	.read_end = messages_read_end,
	.read_reply = messages_read_reply,
	.read_error = messages_read_error,
	.read_count = messages_read_count,
	.read_models = messages_read_models,
	.repair = messages_repair,
};
