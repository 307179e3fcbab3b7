#include "bench/script.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *path;
	enum api api;
} paths[] = {
	{ "/v1/messages", MESSAGES },
	{ "/v1/chat/completions", CHAT },
	{ "/v1/responses", RESPONSES },
};

int
api_of(const char *path, size_t n)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (n >= strlen(paths[i].path) &&
		    memcmp(path, paths[i].path, strlen(paths[i].path)) == 0)
			return (int)paths[i].api;
	return -1;
}

#define CHUNK_HEAD \
	"data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\"," \
	"\"created\":1795000000,\"model\":\"m\"," \
	"\"service_tier\":\"default\",\"system_fingerprint\":null,"

#define MESSAGE \
	"\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\"," \
	"\"model\":\"m\","

#define RESPONSE \
	"\"id\":\"resp_1\",\"object\":\"response\"," \
	"\"created_at\":1795000000,\"model\":\"m\","

void
script_begin(struct text *out, enum api api)
{
	switch (api) {
	case MESSAGES:
		text_printf(out, "event: message_start\ndata: {\"type\":"
		    "\"message_start\",\"message\":{" MESSAGE
		    "\"content\":[],\"stop_reason\":null,"
		    "\"stop_sequence\":null,\"usage\":{\"input_tokens\":9,"
		    "\"output_tokens\":1}}}\n\n"
		    "event: content_block_start\ndata: {\"type\":"
		    "\"content_block_start\",\"index\":0,\"content_block\":"
		    "{\"type\":\"text\",\"text\":\"\"}}\n\n"
		    "event: ping\ndata: {\"type\": \"ping\"}\n\n");
		break;
	case CHAT:
		text_printf(out, CHUNK_HEAD
		    "\"choices\":[{\"index\":0,"
		    "\"delta\":{\"role\":\"assistant\",\"content\":\"\","
		    "\"refusal\":null},\"logprobs\":null,"
		    "\"finish_reason\":null}],\"obfuscation\":\"aB3dE\"}\n\n");
		break;
	case RESPONSES:
		text_printf(out, "event: response.created\ndata: {\"type\":"
		    "\"response.created\",\"sequence_number\":0,\"response\":{" RESPONSE
		    "\"status\":\"in_progress\",\"output\":[]}}\n\n"
		    "event: response.output_item.added\ndata: {\"type\":"
		    "\"response.output_item.added\",\"sequence_number\":1,"
		    "\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":"
		    "\"message\",\"status\":\"in_progress\",\"content\":[],"
		    "\"role\":\"assistant\"}}\n\n"
		    "event: response.content_part.added\ndata: {\"type\":"
		    "\"response.content_part.added\",\"sequence_number\":2,"
		    "\"item_id\":\"msg_1\",\"output_index\":0,"
		    "\"content_index\":0,\"part\":{\"type\":\"output_text\","
		    "\"annotations\":[],\"logprobs\":[],\"text\":\"\"}}\n\n");
		break;
	}
}

void
script_delta(struct text *out, enum api api, long number, struct text *said)
{
	char text[64];

	stamp_print(text, sizeof(text), number);
	switch (api) {
	case MESSAGES:
		text_printf(out, "event: content_block_delta\ndata: {\"type\":"
		    "\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
		    "\"text_delta\",\"text\":\"%s\"}}\n\n", text);
		break;
	case CHAT:
		text_printf(out, CHUNK_HEAD
		    "\"choices\":[{\"index\":0,"
		    "\"delta\":{\"content\":\"%s\"},\"logprobs\":null,"
		    "\"finish_reason\":null}],\"obfuscation\":\"aB3dE\"}\n\n",
		    text);
		break;
	case RESPONSES:
		text_printf(out, "event: response.output_text.delta\ndata: {"
		    "\"type\":\"response.output_text.delta\","
		    "\"sequence_number\":%ld,\"item_id\":\"msg_1\","
		    "\"output_index\":0,\"content_index\":0,\"delta\":\"%s\","
		    "\"logprobs\":[],\"obfuscation\":\"aB3dE\"}\n\n",
		    number + 3, text);
		text_add(said, text, strlen(text));
		break;
	}
}

/* An item with all that was said in it. */
static void
put_item(struct text *out, const struct text *said)
{
	text_printf(out, "{\"id\":\"msg_1\",\"type\":\"message\","
	    "\"status\":\"completed\",\"role\":\"assistant\",\"content\":["
	    "{\"type\":\"output_text\",\"annotations\":[],\"text\":\"");
	text_add(out, said->p, said->n);
	text_printf(out, "\"}]}");
}

static void
put_response(struct text *out, const struct text *said)
{
	text_printf(out, "{" RESPONSE "\"status\":\"completed\",\"output\":[");
	put_item(out, said);
	text_printf(out, "],\"usage\":{\"input_tokens\":9,"
	    "\"output_tokens\":9,\"total_tokens\":18}}");
}

void
script_end(struct text *out, enum api api, const struct text *said)
{
	switch (api) {
	case MESSAGES:
		text_printf(out, "event: content_block_stop\ndata: {\"type\":"
		    "\"content_block_stop\",\"index\":0}\n\n"
		    "event: message_delta\ndata: {\"type\":\"message_delta\","
		    "\"delta\":{\"stop_reason\":\"end_turn\","
		    "\"stop_sequence\":null},\"usage\":{\"output_tokens\":9}}"
		    "\n\nevent: message_stop\ndata: {\"type\":"
		    "\"message_stop\"}\n\n");
		break;
	case CHAT:
		text_printf(out, CHUNK_HEAD
		    "\"choices\":[{\"index\":0,"
		    "\"delta\":{},\"logprobs\":null,\"finish_reason\":"
		    "\"stop\"}]}\n\ndata: [DONE]\n\n");
		break;
	case RESPONSES:
		text_printf(out, "event: response.output_item.done\ndata: {"
		    "\"type\":\"response.output_item.done\","
		    "\"output_index\":0,\"item\":");
		put_item(out, said);
		text_printf(out, "}\n\nevent: response.completed\ndata: {"
		    "\"type\":\"response.completed\",\"response\":");
		put_response(out, said);
		text_printf(out, "}\n\n");
		break;
	}
}

void
script_reply(struct text *out, enum api api, long long ns)
{
	struct text said = { 0 };

	text_printf(&said, "@0:%lld;", ns);
	switch (api) {
	case MESSAGES:
		text_printf(out, "{" MESSAGE "\"content\":[{\"type\":\"text\","
		    "\"text\":\"%s\"}],\"stop_reason\":\"end_turn\","
		    "\"stop_sequence\":null,\"usage\":{\"input_tokens\":9,"
		    "\"output_tokens\":9}}", said.p);
		break;
	case CHAT:
		text_printf(out, "{\"id\":\"chatcmpl-1\",\"object\":"
		    "\"chat.completion\",\"created\":1795000000,\"model\":"
		    "\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
		    "\"assistant\",\"content\":\"%s\",\"refusal\":null},"
		    "\"logprobs\":null,\"finish_reason\":\"stop\"}],"
		    "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,"
		    "\"total_tokens\":18}}", said.p);
		break;
	case RESPONSES:
		put_response(out, &said);
		break;
	}
	free(said.p);
}
