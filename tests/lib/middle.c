/* The gateway without its network. */
#include "middle.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "dice.h"

enum { NOW = 1795000000 };

const char middle_o2c[] = "{\"server\":{\"mode\":\"o2c\"},\"providers\":"
			  "{\"anthropic\":{\"apiKey\":\"sk-ant-invented\"}}}";

const char middle_o2c_other[] = "{\"server\":{\"mode\":\"o2c\"},"
    "\"providers\":{\"anthropic\":{\"apiKey\":\"sk-ant-invented\","
    "\"baseUrl\":\"https://claude.example.net\"}},\"routing\":"
    "{\"claudeOutputEffort\":\"high\",\"claudePromptCaching\":false}}";

#define C2O(api, url) \
	"{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":" \
	"{\"apiKey\":\"sk-invented\",\"baseUrl\":\"" url "\"}}," \
	"\"routing\":{\"openAIUpstreamApi\":\"" api "\"," \
	"\"defaultOpenAIModel\":\"gpt-5.6\",\"skipInboundFields\":" \
	"{\"claudeMessages\":[\"context_management\",\"compaction\"]}}}"

const char middle_responses[] = C2O("responses", "https://api.openai.com/v1");
const char middle_responses_other[] = C2O("responses",
    "https://llm.example.net/v1");
const char middle_chat[] = C2O("chat-completions",
    "https://api.openai.com/v1");
const char middle_chat_other[] = C2O("chat-completions",
    "https://llm.example.net/v1");

static const char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static struct conf *
configuration(const char *text)
{
	char path[] = "/tmp/co2-props-XXXXXX";
	struct conf_args args = { .path = path, .port = -1 };
	struct conf *conf = NULL;
	struct buf problems;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	buf_init(&problems, 0);
	if (f != NULL) {
		fputs(text, f);
		fclose(f);
		conf = conf_load(&args, no_environment, &problems);
		unlink(path);
	}
	if (conf == NULL) {
		fprintf(stderr, "%s: no configuration: %s\n", path,
		    buf_str(&problems));
		exit(2);
	}
	buf_free(&problems);
	return conf;
}

void
middle_init(struct middle *m, const char *config)
{
	*m = (struct middle){ .conf = configuration(config) };
	commons_init(&m->commons);
}

void
middle_restart(struct middle *m)
{
	commons_free(&m->commons);
	commons_init(&m->commons);
}

void
middle_free(struct middle *m)
{
	commons_free(&m->commons);
	conf_free(m->conf);
}

static long long
now(void)
{
	return NOW;
}

int
middle_open(struct middle *m, struct bridge *b, enum api api,
    struct span body, enum task task)
{
	struct bridge_hints hints = {
		.request_id = SPAN("req_test"),
		.client = SPAN("client"),
		.session = m->session,
		.agent = m->agent,
		.now = NOW,
		.clock = now,
		.task = task,
	};

	random_fixed();
	return bridge_open(b, m->conf, &m->commons, api, body, &hints);
}

void
middle_answer(struct bridge *b, struct span bytes, bool events,
    struct dice *dice, size_t most)
{
	bridge_begin(b, events ? SPAN("text/event-stream") :
	    SPAN("application/json"));
	while (bytes.n > 0) {
		size_t n = dice == NULL ? bytes.n :
		    1 + dice_below(dice, most);

		if (bridge_feed(b, span_head(bytes, n)) != 0)
			break;
		bytes = span_from(bytes, n);
	}
	bridge_end(b, NULL);
}
