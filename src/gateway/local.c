#include "gateway/local.h"

#include "dialect/responses_store.h"
#include "gateway/answer.h"
#include "gateway/route.h"
#include "wire/jw.h"

void
local_health(struct exchange *ex)
{
	struct jw w;

	jw_init(&w, &ex->text);
	jw_obj(&w, NULL);
	jw_str(&w, "status", SPAN("ok"));
	jw_str(&w, "mode", span_of(conf_mode_name(ex->conf->mode)));
	jw_bool(&w, "configured", true);
	jw_end(&w);
	answer_json(ex, 200, buf_span(&ex->text));
}

void
local_hello(struct exchange *ex)
{
	answer_json(ex, 200, SPAN("{}"));
}

void
local_upgrade(struct exchange *ex)
{
	if (!ex->websocket) {
		route_refuse(ex);
		return;
	}
	headers_add(&ex->headers, "upgrade", SPAN("websocket"));
	answer_refuse(ex, FAULT_UPGRADE, "Responses over a websocket are not "
	    "available through this gateway; send POST /v1/responses");
}

/* The body is in ex->text when there is such a response. */
static void
answer_stored(struct exchange *ex, bool there)
{
	if (there) {
		answer_json(ex, 200, buf_span(&ex->text));
		return;
	}
	stored_missing(&ex->why, ex->part);
	answer_fault(ex, &ex->why);
}

void
local_response(struct exchange *ex)
{
	if (span_is(ex->query_stream, "true")) {
		fault_code(&ex->why, FAULT_REQUEST, "unsupported_parameter",
		    "stream", "A stored response is not available as a "
		    "stream through this gateway");
		answer_fault(ex, &ex->why);
		return;
	}
	answer_stored(ex, stored_put_response(&ex->text,
	    ex->commons.answers, ex->pool, ex->hints.client, ex->part));
}

void
local_response_items(struct exchange *ex)
{
	answer_stored(ex, stored_put_items(&ex->text, ex->commons.answers,
	    ex->pool, ex->hints.client, ex->part));
}

void
local_response_delete(struct exchange *ex)
{
	answer_stored(ex, stored_delete(&ex->text, ex->commons.answers,
	    ex->pool, ex->hints.client, ex->part));
}

void
local_response_cancel(struct exchange *ex)
{
	answer_refuse(ex, FAULT_REQUEST,
	    "Only background responses can be cancelled, and this gateway "
	    "runs none");
}
