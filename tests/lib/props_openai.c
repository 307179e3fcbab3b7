/* Requests of a Claude client. */
#include "props_openai.h"

#include <stddef.h>

#define WEATHER \
	"{\"name\":\"get_weather\",\"input_schema\":{\"type\":\"object\"," \
	"\"properties\":{\"city\":{\"type\":\"string\"}}}}"
#define TOOLS \
	",\"tools\":[" WEATHER \
	",{\"name\":\"Read\",\"input_schema\":{\"type\":\"object\"}}]"
#define SEARCH \
	",\"tools\":[" WEATHER \
	",{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]"
#define START \
	"{\"model\":\"claude-x\",\"max_tokens\":9000,\"messages\":" \
	"[{\"role\":\"user\",\"content\":\"Hi\"}]"
#define STREAM ",\"stream\":true"

const char *const props_openai_requests[] = {
	START "}",
	START STREAM "}",
	START STREAM TOOLS "}",
	START TOOLS "}",
	START STREAM TOOLS ",\"tool_choice\":{\"type\":\"auto\","
			   "\"disable_parallel_tool_use\":true}}",
	START STREAM TOOLS ",\"thinking\":{\"type\":\"adaptive\","
			   "\"display\":\"summarized\"}}",
	START TOOLS ",\"thinking\":{\"type\":\"adaptive\",\"display\":"
		    "\"omitted\"}}",
	START STREAM SEARCH ",\"thinking\":{\"type\":\"adaptive\"}}",
	START STREAM ",\"stop_sequences\":[\"So\",\"END\"]}",
	START TOOLS ",\"stop_sequences\":[\"Hello\",\"END\"]}",
	NULL,
};
