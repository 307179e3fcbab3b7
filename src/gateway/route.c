#include "gateway/route.h"

#include "gateway/answer.h"
#include "gateway/local.h"
#include "gateway/metrics.h"
#include "gateway/models.h"
#include "gateway/page.h"

/* clang-format off */
static const struct route routes[] = {
	{ "POST", "/v1/chat/completions", .o2c = true,
	    .api = API_CHAT, .answer = exchange_translate },
	{ "POST", "/chat/completions", .o2c = true,
	    .api = API_CHAT, .answer = exchange_translate },
	{ "POST", "/v1/responses", .o2c = true,
	    .api = API_RESPONSES, .answer = exchange_translate },
	{ "POST", "/responses", .o2c = true,
	    .api = API_RESPONSES, .answer = exchange_translate },
	{ "GET", "/v1/responses", .o2c = true,
	    .api = API_RESPONSES, .answer = local_upgrade },
	{ "POST", "/v1/responses/input_tokens", .o2c = true,
	    .api = API_RESPONSES, .task = TASK_COUNT,
	    .answer = exchange_translate },
	{ "POST", "/v1/responses/compact", .o2c = true,
	    .api = API_RESPONSES, .task = TASK_COMPACT,
	    .answer = exchange_translate },
	{ "GET", "/v1/responses/{}/input_items", .o2c = true,
	    .api = API_RESPONSES, .answer = local_response_items },
	{ "POST", "/v1/responses/{}/cancel", .o2c = true,
	    .api = API_RESPONSES, .answer = local_response_cancel,
	    .any_body = true },
	{ "GET", "/v1/responses/{}", .o2c = true,
	    .api = API_RESPONSES, .answer = local_response },
	{ "DELETE", "/v1/responses/{}", .o2c = true,
	    .api = API_RESPONSES, .answer = local_response_delete },
	{ "GET", "/v1/models", .o2c = true,
	    .api = API_CHAT, .answer = models_answer_list },
	{ "GET", "/v1/models/*", .o2c = true,
	    .api = API_CHAT, .answer = models_answer_one },

	{ "POST", "/v1/messages", .c2o = true,
	    .api = API_MESSAGES, .answer = exchange_translate },
	{ "POST", "/v1/messages/count_tokens", .c2o = true,
	    .api = API_MESSAGES, .task = TASK_COUNT,
	    .answer = exchange_translate },
	{ "GET", "/v1/models", .c2o = true,
	    .api = API_MESSAGES, .answer = models_answer_list },
	{ "GET", "/v1/models/*", .c2o = true,
	    .api = API_MESSAGES, .answer = models_answer_one },
	{ "GET", "/api/hello", .c2o = true,
	    .api = API_MESSAGES, .answer = local_hello },
	{ "POST", "/api/event_logging/*", .c2o = true,
	    .api = API_MESSAGES, .answer = local_hello, .any_body = true },

	{ "GET", "/healthz", .o2c = true, .c2o = true,
	    .answer = local_health, .open = true },
	{ "HEAD", "/", .o2c = true, .c2o = true,
	    .answer = local_health, .open = true },
	{ "GET", "/", .o2c = true, .c2o = true,
	    .answer = page_answer, .basic = true },
	{ "GET", "/metrics", .o2c = true, .c2o = true,
	    .answer = metrics_answer, .basic = true },
};
/* clang-format on */

enum { ROUTES = sizeof(routes) / sizeof(routes[0]) };

static bool
serves(const struct route *r, enum mode mode)
{
	return mode == MODE_O2C ? r->o2c : r->c2o;
}

/* Never nothing: "/v1/models/" is no model. */
static bool
fits(const struct route *r, struct span path, struct span *part)
{
	struct span head = span_of(r->path), tail = SPAN("");
	ptrdiff_t at = span_find(head, SPAN("{}"));
	bool rest = span_ends(head, "*");

	*part = SPAN_NONE;
	if (at < 0 && !rest)
		return span_eq(head, path);
	if (at >= 0) {
		tail = span_from(head, (size_t)at + 2);
		head = span_head(head, (size_t)at);
	} else {
		head.n--;
	}
	if (path.n <= head.n + tail.n ||
	    memcmp(path.p, head.p, head.n) != 0 ||
	    memcmp(path.p + path.n - tail.n, tail.p, tail.n) != 0)
		return false;
	*part = span_head(span_from(path, head.n), path.n - head.n - tail.n);
	return rest || memchr(part->p, '/', part->n) == NULL;
}

const struct route *
route_find(enum mode mode, const char *method, struct span path,
    struct span *part)
{
	for (size_t i = 0; i < ROUTES; i++)
		if (serves(&routes[i], mode) &&
		    strcmp(routes[i].method, method) == 0 &&
		    fits(&routes[i], path, part))
			return &routes[i];
	/* GET answers HEAD too, where HEAD has no row of its own. */
	if (strcmp(method, "HEAD") == 0)
		return route_find(mode, "GET", path, part);
	*part = SPAN_NONE;
	return NULL;
}

/* "GET, HEAD, POST" for a path of this mode's; empty when it is none. */
static struct span
allowed(struct exchange *ex)
{
	struct span list = SPAN_NONE, part;

	for (size_t i = 0; i < ROUTES; i++) {
		const struct route *r = &routes[i];

		/* GET on /v1/responses is there only to be refused. */
		if (!serves(r, ex->conf->mode) || r->answer == local_upgrade ||
		    !fits(r, ex->path, &part))
			continue;
		list = pool_join(ex->pool, list, list.n > 0 ? SPAN(", ") :
		    SPAN(""), span_of(r->method));
	}
	return list;
}

static bool
served_in(enum mode mode, const struct exchange *ex)
{
	struct span part;

	return route_find(mode, ex->method, ex->path, &part) != NULL;
}

/* c2o-common section 12 has words of its own for some. */
static bool
is_batch(const struct exchange *ex)
{
	return ex->conf->mode == MODE_C2O &&
	    span_starts(ex->path, "/v1/messages/batches");
}

static void
refuse_path(struct exchange *ex)
{
	enum mode mode = ex->conf->mode;
	enum mode other = mode == MODE_O2C ? MODE_C2O : MODE_O2C;
	struct span path = span_head(ex->path, 200);

	if (is_batch(ex))
		answer_refuse(ex, FAULT_ROUTE, "Message Batches are not "
		    "available through this gateway");
	else if (served_in(other, ex))
		answer_refuse(ex, FAULT_ROUTE, "%s %.*s is not served in "
		    "mode %s; co2 serves it in mode %s", ex->method,
		    SPAN_ARG(path), conf_mode_name(mode),
		    conf_mode_name(other));
	else
		answer_refuse(ex, FAULT_ROUTE, "%s %.*s is not served; in "
		    "mode %s co2 serves %s and /v1/models", ex->method,
		    SPAN_ARG(path), conf_mode_name(mode), mode == MODE_O2C ?
		    "/v1/chat/completions, /v1/responses" :
		    "/v1/messages, /v1/messages/count_tokens");
}

void
route_refuse(struct exchange *ex)
{
	struct span list = allowed(ex);

	if (list.n == 0) {
		refuse_path(ex);
		return;
	}
	headers_add(&ex->headers, "allow", list);
	answer_refuse(ex, FAULT_METHOD, "%s is not allowed on %.*s; use %.*s",
	    ex->method, SPAN_ARG(span_head(ex->path, 200)), SPAN_ARG(list));
}
