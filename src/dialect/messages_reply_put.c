/*
 * The pieces that Claude's replies are made of, streamed or whole.
 */
#include "base/codec.h"
#include "base/random.h"
#include "dialect/messages_write.h"
#include "model/estimate.h"
#include "wire/jget.h"

static bool
plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

struct span
messages_id(struct pool *pool, struct span id)
{
	static const char *const heads[] = { "resp_", "chatcmpl-" };
	char rest[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (span_starts(id, heads[i])) {
			id = span_from(id, strlen(heads[i]));
			break;
		}
	for (size_t i = 0; i < id.n && n < sizeof(rest); i++)
		if (plain(id.p[i]))
			rest[n++] = id.p[i];
	if (n == 0)
		return random_base62(pool, "msg_", 24);
	return pool_join(pool, SPAN("msg_"), (struct span){ rest, n },
	    SPAN_NONE);
}

struct span
messages_search_id(struct pool *pool, struct span id)
{
	if (span_starts(id, "srvtoolu_"))
		return id;
	if (span_starts(id, "ws_"))
		id = span_from(id, 3);
	if (id.n == 0)
		return random_base62(pool, "srvtoolu_", 24);
	return pool_join(pool, SPAN("srvtoolu_"), id, SPAN_NONE);
}

static const struct {
	enum stop stop;
	const char *word;
} stops[] = {
	{ STOP_END,		"end_turn" },
	{ STOP_LENGTH,		"max_tokens" },
	{ STOP_CONTEXT,		"model_context_window_exceeded" },
	{ STOP_SEQUENCE,	"stop_sequence" },
	{ STOP_CALL,		"tool_use" },
	{ STOP_REFUSAL,		"refusal" },
	{ STOP_PAUSE,		"pause_turn" },
};

static struct span
stop_word(enum stop stop)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (stops[i].stop == stop)
			return span_of(stops[i].word);
	return SPAN("end_turn");
}

void
messages_put_stop(struct jw *w, enum stop stop, struct span sequence,
    struct span refusal)
{
	jw_str(w, "stop_reason", stop == STOP_UNSET ? SPAN_NONE :
	    stop_word(stop));
	jw_str(w, "stop_sequence", stop == STOP_SEQUENCE ? sequence :
	    SPAN_NONE);
	if (stop == STOP_REFUSAL) {
		jw_obj(w, "stop_details");
		jw_str(w, "type", SPAN("refusal"));
		jw_null(w, "category");
		jw_str(w, "explanation", refusal);
		jw_end(w);
	} else {
		jw_null(w, "stop_details");
	}
	jw_null(w, "container");
}

static long
at_least_0(long n)
{
	return n > 0 ? n : 0;
}

/* Claude does not count what came from or went into the cache. */
static long
fresh_input(const struct request *req, const struct usage *u)
{
	long cached = at_least_0(u->cached) + at_least_0(u->written);

	if (u->input < 0)
		return estimate_messages(req->body);
	return at_least_0(u->input - cached);
}

void
messages_put_input(struct jw *w, const struct request *req,
    const struct usage *u)
{
	jw_int(w, "input_tokens", fresh_input(req, u));
	jw_int(w, "cache_creation_input_tokens", at_least_0(u->written));
	jw_int(w, "cache_read_input_tokens", at_least_0(u->cached));
}

void
messages_put_output(struct jw *w, const struct usage *u)
{
	jw_int(w, "output_tokens", at_least_0(u->output));
	if (u->reasoning >= 0) {
		jw_obj(w, "output_tokens_details");
		jw_int(w, "thinking_tokens", u->reasoning);
		jw_end(w);
	} else {
		jw_null(w, "output_tokens_details");
	}
	if (u->searches > 0) {
		jw_obj(w, "server_tool_use");
		jw_int(w, "web_search_requests", u->searches);
		jw_int(w, "web_fetch_requests", 0);
		jw_end(w);
	} else {
		jw_null(w, "server_tool_use");
	}
}

void
messages_put_usage(struct jw *w, const struct request *req,
    const struct usage *u)
{
	bool priority = span_is(u->tier, "priority");
	long written = at_least_0(u->written);
	long written_long = at_least_0(u->written_long);

	jw_obj(w, "usage");
	messages_put_input(w, req, u);
	jw_obj(w, "cache_creation");
	jw_int(w, "ephemeral_5m_input_tokens",
	    at_least_0(written - written_long));
	jw_int(w, "ephemeral_1h_input_tokens", written_long);
	jw_end(w);
	messages_put_output(w, u);
	jw_str(w, "service_tier", priority ? SPAN("priority") :
	    SPAN("standard"));
	if (jget(req->body, "speed") == NULL)
		jw_null(w, "speed");
	else
		jw_str(w, "speed", req->fast && priority ? SPAN("fast") :
		    SPAN("standard"));
	jw_null(w, "inference_geo");
	jw_end(w);
}

void
messages_put_caller(struct jw *w)
{
	jw_obj(w, "caller");
	jw_str(w, "type", SPAN("direct"));
	jw_end(w);
}

void
messages_put_call_head(struct jw *w, const char *type, struct span id,
    struct span name)
{
	jw_str(w, "type", span_of(type));
	jw_str(w, "id", id.p ? id : SPAN(""));
	jw_str(w, "name", name.p ? name : SPAN(""));
}

/* The place that a citation speaks of, in the text of its block. */
static struct span
cited_text(const struct cite *c, struct span text)
{
	size_t start, end;

	if (c->text.p != NULL)
		return c->text;
	if (c->start < 0 || c->end < c->start ||
	    (size_t)c->end > utf8_count(text))
		return SPAN("");
	start = utf8_offset(text, (size_t)c->start);
	end = utf8_offset(text, (size_t)c->end);
	return span_head(span_from(text, start), end - start);
}

void
messages_put_cite(struct jw *w, const char *key, const struct cite *c,
    struct span text)
{
	jw_obj(w, key);
	jw_str(w, "type", SPAN("web_search_result_location"));
	jw_str(w, "url", c->url.p ? c->url : SPAN(""));
	jw_str(w, "title", c->title);
	jw_str(w, "cited_text", cited_text(c, text));
	jw_str(w, "encrypted_index", SPAN(""));
	jw_end(w);
}

/* "https://user@lights.example:8080/tallest" as "lights.example". */
static struct span
host_of(struct span url)
{
	ptrdiff_t at = span_find(url, SPAN("://"));
	struct span host = at < 0 ? url : span_from(url, (size_t)at + 3);
	struct span user;

	host = span_cut(&host, '/');
	user = host;
	span_cut(&user, '@');
	if (user.p != NULL)
		host = user;
	return span_cut(&host, ':');
}

static void
put_links(struct jw *w, const struct link *links)
{
	jw_arr(w, "content");
	for (; links != NULL; links = links->next) {
		jw_obj(w, NULL);
		jw_str(w, "type", SPAN("web_search_result"));
		jw_str(w, "url", links->url);
		jw_str(w, "title", links->title.n > 0 ? links->title :
		    host_of(links->url));
		jw_str(w, "encrypted_content", SPAN(""));
		jw_null(w, "page_age");
		jw_end(w);
	}
	jw_end(w);
}

void
messages_put_search_result(struct jw *w, const char *key, struct span id,
    const struct link *links, struct span failure)
{
	jw_obj(w, key);
	jw_str(w, "type", SPAN("web_search_tool_result"));
	jw_str(w, "tool_use_id", id);
	messages_put_caller(w);
	if (failure.p != NULL) {
		jw_obj(w, "content");
		jw_str(w, "type", SPAN("web_search_tool_result_error"));
		jw_str(w, "error_code", SPAN("unavailable"));
		jw_end(w);
	} else {
		put_links(w, links);
	}
	jw_end(w);
}
