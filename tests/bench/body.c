#include "bench/body.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const paths[] = {
	[MESSAGES] = "/v1/messages",
	[CHAT] = "/v1/chat/completions",
	[RESPONSES] = "/v1/responses",
};

/* What stands around the base64 text of an image. */
static const struct {
	const char *head, *tail;
} images[] = {
	[MESSAGES] = { "{\"type\":\"image\",\"source\":{\"type\":\"base64\","
		       "\"media_type\":\"image/png\",\"data\":\"", "\"}}" },
	[CHAT] = { "{\"type\":\"image_url\",\"image_url\":{\"url\":"
		   "\"data:image/png;base64,", "\"}}" },
	[RESPONSES] = { "{\"type\":\"input_image\",\"image_url\":"
			"\"data:image/png;base64,", "\"}" },
};

static void
put_image(struct text *out, enum api api, size_t size)
{
	/* Eight bytes and a half that make it a PNG. */
	static const char magic[] = "iVBORw0KGgoA";
	static const char noise[] = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ";
	size_t n = strlen(noise);

	text_printf(out, ",%s%s", images[api].head, magic);
	for (size_t done = 0; done < size; done += n)
		text_add(out, noise, n);
	text_printf(out, "%s", images[api].tail);
}

static void
put_question(struct text *out, const struct body_wish *wish)
{
	const char *type = wish->api == RESPONSES ? "input_text" : "text";

	if (wish->image == 0) {
		text_printf(out, "{\"role\":\"user\",\"content\":"
		    "\"Say something.\"}");
		return;
	}
	text_printf(out, "{\"role\":\"user\",\"content\":[{\"type\":\"%s\","
	    "\"text\":\"What is this?\"}", type);
	put_image(out, wish->api, wish->image);
	text_printf(out, "]}");
}

/* A long talk: lines of text as models and people write them. */
static void
put_history(struct text *out, size_t size)
{
	size_t until = out->n + size;

	for (long i = 0; out->n < until; i++) {
		text_printf(out, "{\"role\":\"%s\",\"content\":\"",
		    i % 2 == 0 ? "user" : "assistant");
		for (int line = 0; line < 8; line++)
			text_printf(out, "%ld.%d The quick brown fox said "
			    "\\\"jumps\\\" \xe2\x80\x93 over the lazy dog.\\n",
			    i, line);
		text_printf(out, "\"},");
	}
}

static void
put_body(struct text *out, const struct body_wish *wish)
{
	text_printf(out, "{\"model\":\"%s\",\"stream\":%s,", wish->model,
	    wish->stream ? "true" : "false");
	if (wish->api == MESSAGES)
		text_printf(out, "\"max_tokens\":1000,");
	text_printf(out, "\"%s\":[", wish->api == RESPONSES ? "input" :
	    "messages");
	if (wish->history > 0)
		put_history(out, wish->history);
	put_question(out, wish);
	text_printf(out, "]}");
}

/* A recorded request, {"body":{...}}, with our model first in it. */
static void
put_session(struct text *out, const struct body_wish *wish)
{
	json_error_t error;
	json_t *record = json_load_file(wish->session, 0, &error), *body;
	char *dump;

	body = json_object();
	json_object_set_new(body, "model", json_string(wish->model));
	if (record == NULL ||
	    json_object_update_missing(body,
		json_object_get(record, "body")) != 0)
		die(wish->session);
	json_object_set_new(body, "stream", json_boolean(wish->stream));
	dump = json_dumps(body, JSON_COMPACT);
	text_add(out, dump, strlen(dump));
	free(dump);
	json_decref(body);
	json_decref(record);
}

void
request_write(struct text *out, const struct body_wish *wish)
{
	struct text body = { 0 };

	if (wish->session != NULL)
		put_session(&body, wish);
	else
		put_body(&body, wish);
	text_printf(out, "POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\n"
	    "content-type: application/json\r\nx-api-key: sk-bench\r\n"
	    "authorization: Bearer sk-bench\r\n"
	    "anthropic-version: 2023-06-01\r\ncontent-length: %zu\r\n\r\n",
	    paths[wish->api], body.n);
	text_add(out, body.p, body.n);
	free(body.p);
}
