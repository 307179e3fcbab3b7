#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 12 };

/* ---- a reply that says "Héllo", event by event */

struct sample {
	const char	*path;
	int		 done;
	const char	*events[EVENTS_MAX];
	const char	*large;		/* an event without its last quote */
	const char	*error;
	const char	*whole_error;
	const char	*nothing;	/* a sign of life */
};

static const struct sample samples[] = {
	[UP_MESSAGES] = {
		.path = "/v1/messages",
		.done = 6,
		.events = {
			"{\"type\":\"message_start\",\"message\":{\"id\":"
			"\"msg_1\",\"type\":\"message\",\"role\":"
			"\"assistant\",\"model\":\"m\",\"content\":[],"
			"\"stop_reason\":null,\"stop_sequence\":null,"
			"\"usage\":{\"input_tokens\":1,"
			"\"output_tokens\":1}}}",
			"{\"type\":\"content_block_start\",\"index\":0,"
			"\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
			"{\"type\":\"content_block_delta\",\"index\":0,"
			"\"delta\":{\"type\":\"text_delta\",\"text\":"
			"\"H\u00e9\"}}",
			"{\"type\":\"content_block_delta\",\"index\":0,"
			"\"delta\":{\"type\":\"text_delta\",\"text\":"
			"\"llo\"}}",
			"{\"type\":\"content_block_stop\",\"index\":0}",
			"{\"type\":\"message_delta\",\"delta\":{"
			"\"stop_reason\":\"end_turn\",\"stop_sequence\":"
			"null},\"usage\":{\"output_tokens\":2}}",
			"{\"type\":\"message_stop\"}",
		},
		.large = "data: {\"type\":\"content_block_delta\",\"index\":0,"
		    "\"delta\":{\"type\":\"text_delta\",\"text\":\"",
		.error = "{\"type\":\"error\",\"error\":{\"type\":"
		    "\"overloaded_error\",\"message\":\"No more today.\"}}",
		.whole_error = "{\"type\":\"error\",\"error\":{\"type\":"
		    "\"overloaded_error\",\"message\":\"No more today.\"}}",
		.nothing = "{\"type\":\"ping\"}",
	},
	[UP_RESPONSES] = {
		.path = "/v1/responses",
		.done = 8,
		.events = {
			"{\"type\":\"response.created\",\"response\":{\"id\":"
			"\"resp_1\",\"object\":\"response\",\"status\":"
			"\"in_progress\",\"model\":\"m\",\"output\":[]}}",
			"{\"type\":\"response.output_item.added\","
			"\"output_index\":0,\"item\":{\"type\":\"message\","
			"\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":"
			"\"in_progress\",\"content\":[]}}",
			"{\"type\":\"response.content_part.added\","
			"\"item_id\":\"msg_1\",\"output_index\":0,"
			"\"content_index\":0,\"part\":{\"type\":"
			"\"output_text\",\"text\":\"\",\"annotations\":[]}}",
			"{\"type\":\"response.output_text.delta\","
			"\"item_id\":\"msg_1\",\"output_index\":0,"
			"\"content_index\":0,\"delta\":\"H\u00e9\"}",
			"{\"type\":\"response.output_text.delta\","
			"\"item_id\":\"msg_1\",\"output_index\":0,"
			"\"content_index\":0,\"delta\":\"llo\"}",
			"{\"type\":\"response.output_text.done\","
			"\"item_id\":\"msg_1\",\"output_index\":0,"
			"\"content_index\":0,\"text\":\"H\u00e9llo\"}",
			"{\"type\":\"response.output_item.done\","
			"\"output_index\":0,\"item\":{\"type\":\"message\","
			"\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":"
			"\"completed\",\"content\":[{\"type\":"
			"\"output_text\",\"text\":\"H\u00e9llo\","
			"\"annotations\":[]}]}}",
			"{\"type\":\"response.completed\",\"response\":{"
			"\"id\":\"resp_1\",\"object\":\"response\","
			"\"status\":\"completed\",\"model\":\"m\",\"output\":"
			"[{\"type\":\"message\",\"id\":\"msg_1\",\"role\":"
			"\"assistant\",\"status\":\"completed\",\"content\":"
			"[{\"type\":\"output_text\",\"text\":\"H\u00e9llo\","
			"\"annotations\":[]}]}],\"usage\":{"
			"\"input_tokens\":1,\"output_tokens\":2,"
			"\"total_tokens\":3}}}",
		},
		.large = "data: {\"type\":\"response.output_text.delta\","
		    "\"item_id\":\"msg_1\",\"output_index\":0,"
		    "\"content_index\":0,\"delta\":\"",
		.error = "{\"type\":\"error\",\"code\":\"server_error\","
		    "\"message\":\"No more today.\",\"param\":null}",
		.whole_error = "{\"error\":{\"message\":\"No more today.\","
		    "\"type\":\"server_error\",\"param\":null,\"code\":null}}",
		.nothing = "{\"comment\":\"still here\"}",
	},
	[UP_CHAT] = {
		.path = "/v1/chat/completions",
		.done = 4,
		.events = {
			"{\"data\":{\"id\":\"c\",\"object\":"
			"\"chat.completion.chunk\",\"created\":1,\"model\":"
			"\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":"
			"\"assistant\",\"content\":\"\"},\"finish_reason\":"
			"null}]}}",
			"{\"data\":{\"id\":\"c\",\"object\":"
			"\"chat.completion.chunk\",\"created\":1,\"model\":"
			"\"m\",\"choices\":[{\"index\":0,\"delta\":{"
			"\"content\":\"H\u00e9\"},\"finish_reason\":null}]}}",
			"{\"data\":{\"id\":\"c\",\"object\":"
			"\"chat.completion.chunk\",\"created\":1,\"model\":"
			"\"m\",\"choices\":[{\"index\":0,\"delta\":{"
			"\"content\":\"llo\"},\"finish_reason\":null}]}}",
			"{\"data\":{\"id\":\"c\",\"object\":"
			"\"chat.completion.chunk\",\"created\":1,\"model\":"
			"\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
			"\"finish_reason\":\"stop\"}]}}",
			"{\"data\":{\"id\":\"c\",\"object\":"
			"\"chat.completion.chunk\",\"created\":1,\"model\":"
			"\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
			"\"completion_tokens\":2,\"total_tokens\":3}}}",
			"{\"data\":\"[DONE]\"}",
		},
		.large = "data: {\"id\":\"c\",\"object\":"
		    "\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
		    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"",
		.error = "{\"data\":{\"error\":{\"message\":"
		    "\"No more today.\",\"type\":\"server_error\",\"code\":"
		    "null}}}",
		.whole_error = "{\"error\":{\"message\":\"No more today.\","
		    "\"type\":\"server_error\",\"param\":null,\"code\":null}}",
		.nothing = "{\"comment\":\"still here\"}",
	},
};

/* ---- the faults */

/*
 * In steps and rules, $ERROR, $WHOLE_ERROR, $NOTHING, $LARGE and $LAST stand
 * for those of the API.
 */
const struct fault_row fault_rows[] = {
	{ "refuses the connection", "refused", EARLY, UNREACHABLE, false, 0,
	    NULL, NULL },
	{ "closes in the TLS handshake", "tls-close", EARLY, UNREACHABLE,
	    false, 0, NULL, NULL },
	{ "resets in the TLS handshake", "tls-reset", EARLY, UNREACHABLE,
	    false, 0, NULL, NULL },
	{ "is silent in the TLS handshake", "tls-silent", EARLY, UNREACHABLE,
	    true, 0, NULL, NULL },
	{ "has a bad certificate", "bad-cert", EARLY, UNREACHABLE, false, 0,
	    NULL, NULL },

	{ "accepts and says nothing", NULL, EARLY, TIMED_OUT, true, 0, NULL,
	    "\"wire\":\"\",\"steps\":[{\"stall\":true}]" },
	{ "closes before the status", NULL, EARLY, UNREACHABLE, false, 0,
	    NULL, "\"wire\":\"\",\"steps\":[{\"close\":true}]" },
	{ "resets before the status", NULL, EARLY, UNREACHABLE, false, 0,
	    NULL, "\"wire\":\"\",\"steps\":[{\"reset\":true}]" },
	{ "closes in the header", NULL, EARLY, NO_ANSWER, false, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\ncontent-ty\","
	    "\"steps\":[{\"close\":true}]" },
	{ "stalls in the header", NULL, EARLY, TIMED_OUT, true, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\ncontent-ty\","
	    "\"steps\":[{\"stall\":true}]" },
	{ "sends garbage for a status", NULL, EARLY, NO_ANSWER, false, 0,
	    NULL, "\"wire\":\"\\u0016\\u0003\\u0001 what is that?"
	    "\\r\\n\\r\\n\",\"steps\":[{\"close\":true}]" },
	{ "sends an endless header", NULL, EARLY, NO_ANSWER, true, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\nx-long: \",\"steps\":["
	    "{\"fill\":400000},{\"stall\":true}]" },
	{ "drips its header", NULL, EARLY, TIMED_OUT, true, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\nx-slow: \",\"steps\":["
	    "{\"repeat\":200,\"steps\":[{\"raw\":\"x\"},"
	    "{\"sleep_ms\":100}]}]" },
	{ "sends early hints for ever", NULL, EARLY, TIMED_OUT, true, 0, NULL,
	    "\"wire\":\"\",\"steps\":[{\"repeat\":200,\"steps\":[{\"raw\":"
	    "\"HTTP/1.1 103 Early Hints\\r\\nlink: x\\r\\n\\r\\n\"},"
	    "{\"sleep_ms\":100}]}]" },
	{ "sends a broken chunk", NULL, EARLY, TRUNCATED, false, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\ncontent-type: "
	    "text/event-stream\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n"
	    "xyz\\r\\n\",\"steps\":[{\"close\":true}]" },
	{ "closes before its length", NULL, EARLY, TRUNCATED, false, 0, NULL,
	    "\"wire\":\"HTTP/1.1 200 OK\\r\\ncontent-type: "
	    "application/json\\r\\ncontent-length: 500\\r\\n\\r\\n{\\\"id\","
	    "\"steps\":[{\"close\":true}]" },
	{ "sends gzip", NULL, EARLY, NO_ANSWER, false, 0, NULL,
	    "\"headers\":{\"content-encoding\":\"gzip\"},\"raw\":{\"base64\":"
	    "\"H4sIAAAAAAACA6tWKkmtKFGyUipLzClNVaoFAHqSKgUQAAAA\"}" },
	{ "redirects", NULL, EARLY, NO_ANSWER, false, 0, NULL,
	    "\"status\":307,\"headers\":{\"location\":\"/elsewhere\"},"
	    "\"body\":{}" },
	{ "sends HTML with 200", NULL, EARLY, NO_ANSWER, false, 0, NULL,
	    "\"headers\":{\"content-type\":\"text/html\"},"
	    "\"raw\":\"<html>Log in</html>\"" },
	{ "sends an empty 200", NULL, EARLY, NO_ANSWER, false, 0, NULL,
	    "\"raw\":\"\"" },
	{ "sends an error with 200", NULL, EARLY, ITS_OWN, false, 0, NULL,
	    "\"body\":$WHOLE_ERROR" },
	{ "sends an error of HTML", NULL, EARLY, NO_TROUBLE, false, 0, NULL,
	    "\"status\":502,\"headers\":{\"content-type\":\"text/html\"},"
	    "\"raw\":\"<html>Bad Gateway</html>\"" },
	{ "stalls in an error", NULL, EARLY, NO_TROUBLE, true, 0, NULL,
	    "\"status\":500,\"steps\":[{\"raw\":\"{\\\"err\"},"
	    "{\"stall\":true}]" },

	{ "closes after the status", NULL, EARLY, TRUNCATED, false, 0,
	    "{\"close\":true}", NULL },
	{ "stalls after the status", NULL, EARLY, TIMED_OUT, true, 0,
	    "{\"stall\":true}", NULL },
	{ "ends after the status", NULL, EARLY, NO_ANSWER, false, 0, "", NULL },
	{ "sends an error as first event", NULL, EARLY, ITS_OWN, false, 0,
	    "$ERROR", NULL },
	{ "sends garbage for an event", NULL, EARLY, NO_ANSWER, false, 0,
	    "{\"raw\":\"data: {no JSON\\n\\n\"},{\"raw\":\"\\u0001\\u0002\\n"
	    "\\n\"}", NULL },
	{ "sends an endless line", NULL, EARLY, NO_ANSWER, true, 0,
	    "{\"raw\":\"data: \"},{\"fill\":300000},{\"stall\":true}", NULL },

	{ "closes after an event", NULL, BY_EVENT, TRUNCATED, false, -1,
	    "{\"close\":true}", NULL },
	{ "resets after an event", NULL, BY_EVENT, TRUNCATED, false, 3,
	    "{\"sleep_ms\":100},{\"reset\":true}", NULL },
	{ "stalls after an event", NULL, BY_EVENT, TIMED_OUT, true, -1,
	    "{\"stall\":true}", NULL },
	{ "ends after an event", NULL, BY_EVENT, TRUNCATED, false, 3, "",
	    NULL },
	{ "closes in an event", NULL, LATE, TRUNCATED, false, 3,
	    "{\"raw\":$LARGE},{\"close\":true}", NULL },
	{ "stalls in an event", NULL, LATE, TIMED_OUT, true, 3,
	    "{\"raw\":$LARGE},{\"stall\":true}", NULL },
	{ "closes in a character", NULL, LATE, TRUNCATED, false, 3,
	    "{\"raw\":$LARGE},{\"raw\":{\"base64\":\"4oI=\"}},"
	    "{\"close\":true}", NULL },
	{ "stalls in a character", NULL, LATE, TIMED_OUT, true, 3,
	    "{\"raw\":$LARGE},{\"raw\":{\"base64\":\"4oI=\"}},"
	    "{\"stall\":true}", NULL },
	{ "sends a line without end, later", NULL, LATE, NO_ANSWER, true, 3,
	    "{\"raw\":\"data: \"},{\"fill\":300000},{\"stall\":true}", NULL },
	{ "sends an event beyond the limit", NULL, LATE, NO_ANSWER, true, 3,
	    "{\"raw\":$LARGE},{\"fill\":300000},{\"raw\":\"\\n\\n\"},"
	    "{\"stall\":true}", NULL },
	{ "sends an error later", NULL, LATE, ITS_OWN, false, 3, "$ERROR",
	    NULL },
	{ "only shows that it lives", NULL, LATE, TIMED_OUT, true, 1,
	    "{\"repeat\":200,\"steps\":[$NOTHING,{\"sleep_ms\":100}]}",
	    NULL },

	{ "says its end twice", NULL, COMPLETE, NO_TROUBLE, false, 99,
	    "$LAST", NULL },
	{ "goes on behind its end", NULL, COMPLETE, NO_TROUBLE, false, 99,
	    "{\"raw\":\"data: {\\\"type\\\":\\\"more\\\"}\\n\\n\"},"
	    "{\"fill\":3000}", NULL },
	{ "does not close behind its end", NULL, COMPLETE, NO_TROUBLE, true,
	    99, "{\"stall\":true}", NULL },
	{ "never stops behind its end", NULL, COMPLETE, NO_TROUBLE, true, 99,
	    "{\"repeat\":2000,\"steps\":[{\"fill\":3000},{\"sleep_ms\":10}]}",
	    NULL },
	{ "does nothing wrong", NULL, COMPLETE, NO_TROUBLE, false, 99, "",
	    NULL },
};
const size_t fault_row_count = sizeof(fault_rows) / sizeof(fault_rows[0]);

int
fault_events(enum fault_api api)
{
	int n = 0;

	while (samples[api].events[n] != NULL)
		n++;
	return n;
}

int
fault_done(enum fault_api api)
{
	return samples[api].done;
}

const char *
fault_path(enum fault_api api)
{
	return samples[api].path;
}

/* ---- rules */

/* A text as JSON. */
static char *
quoted(const char *text)
{
	json_t *s = json_string(text);
	char *out = json_dumps(s, JSON_ENCODE_ANY);

	json_decref(s);
	return out;
}

/* Puts text into *out with the words for the API's own things. */
static void
put_with_words(FILE *out, const char *text, const struct sample *s)
{
	char *large = quoted(s->large);
	int last = 0;

	while (s->events[last + 1] != NULL)
		last++;
	const struct { const char *word, *stands; } words[] = {
		{ "$ERROR", s->error },
		{ "$WHOLE_ERROR", s->whole_error },
		{ "$NOTHING", s->nothing },
		{ "$LARGE", large },
		{ "$LAST", s->events[last] },
	};
	while (*text != '\0') {
		size_t i, n = 0;
		for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
			n = strlen(words[i].word);
			if (strncmp(text, words[i].word, n) == 0)
				break;
		}
		if (i < sizeof(words) / sizeof(*words)) {
			fputs(words[i].stands, out);
			text += n;
		} else {
			fputc(*text++, out);
		}
	}
	free(large);
}

json_t *
fault_rule(const struct fault_row *row, enum fault_api api, int events,
    const char *word)
{
	const struct sample *s = &samples[api];
	json_error_t error;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		abort();
	fprintf(out, "{\"path\":\"%s\",\"when\":{\"contains\":\"%s\"},",
	    s->path, word);
	if (row->rule != NULL) {
		put_with_words(out, row->rule, s);
	} else {
		fputs("\"sse\":[", out);
		for (int i = 0; i < events && s->events[i] != NULL; i++)
			fprintf(out, "%s%s", i > 0 ? "," : "", s->events[i]);
		if (events > 0 && row->then[0] != '\0')
			fputc(',', out);
		put_with_words(out, row->then, s);
		fputc(']', out);
	}
	fputc('}', out);
	fclose(out);
	json_t *rule = json_loads(text, JSON_ALLOW_NUL, &error);
	if (rule == NULL) {
		fprintf(stderr, "%s: %s\n%s\n", row->name, error.text, text);
		exit(2);
	}
	free(text);
	return rule;
}
