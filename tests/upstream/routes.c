/* Credentials, strict checks, errors; then the script or a default reply. */
#include "routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../lib/jx.h"
#include "../lib/strict.h"
#include "ask.h"
#include "journal.h"
#include "models.h"
#include "script.h"

struct route {
	const char	*path;
	enum strict_api	 api;
	bool		 count;		/* only counts tokens */
	json_t		*(*talk)(const json_t *, size_t, struct fake *);
};

static const struct route routes[] = {
	{ "/v1/messages", STRICT_MESSAGES, false, talk_messages },
	{ "/v1/messages/count_tokens", STRICT_MESSAGES, true, NULL },
	{ "/v1/responses", STRICT_RESPONSES, false, talk_responses },
	{ "/v1/responses/input_tokens", STRICT_RESPONSES, true, NULL },
	{ "/v1/chat/completions", STRICT_CHAT, false, talk_chat },
};

static const struct route *
route_of(const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	return NULL;
}

/* Claude's name for a status. */
static const char *
claude_type(int status)
{
	switch (status) {
	case 400: return "invalid_request_error";
	case 401: return "authentication_error";
	case 403: return "permission_error";
	case 404: return "not_found_error";
	case 413: return "request_too_large";
	case 429: return "rate_limit_error";
	case 529: return "overloaded_error";
	default:  return "api_error";
	}
}

/* A refusal in the API's own error body. */
static json_t *
error_rule(enum strict_api api, const struct refusal *why, unsigned n)
{
	char id[32];

	snprintf(id, sizeof(id), "req_%06u", n);
	if (api == STRICT_MESSAGES)
		return json_pack("{s:i, s:{s:s}, s:{s:s, s:{s:s, s:s},"
				 " s:s}}", "status", why->status, "headers",
		    "request-id", id, "body", "type", "error", "error",
		    "type", claude_type(why->status), "message",
		    why->message, "request_id", id);
	return json_pack("{s:i, s:{s:s}, s:{s:{s:s, s:s, s:s?, s:s?}}}",
	    "status", why->status, "headers", "x-request-id", id,
	    "body", "error", "message", why->message, "type",
	    why->type[0] != '\0' ? why->type : "invalid_request_error",
	    "param", why->param[0] != '\0' ? why->param : NULL,
	    "code", why->code[0] != '\0' ? why->code : NULL);
}

static json_t *
refuse(struct fake *f, enum strict_api api, const struct refusal *why,
    unsigned n)
{
	journal_put(f->journal, json_pack("{s:s, s:i, s:i, s:s, s:s, s:s}",
	    "event", "refused", "n", (int)n, "status", why->status,
	    "why", why->message, "param", why->param, "code", why->code));
	return error_rule(api, why, n);
}

static int
refusal_set(struct refusal *why, int status, const char *code,
    const char *message)
{
	memset(why, 0, sizeof(*why));
	why->status = status;
	snprintf(why->message, sizeof(why->message), "%s", message);
	snprintf(why->code, sizeof(why->code), "%s", code);
	return status;
}

static bool
key_is(const struct fake *f, const char *key)
{
	return key != NULL && key[0] != '\0' &&
	    (f->key == NULL || strcmp(f->key, key) == 0);
}

/* Claude wants x-api-key and anthropic-version, and no Bearer key. */
static int
check_claude_key(const struct fake *f, const struct web *req,
    struct refusal *why)
{
	const char *key = web_header(req, "x-api-key");

	if (web_header(req, "authorization") != NULL)
		return refusal_set(why, 401, "",
		    "Invalid bearer token");
	if (key == NULL)
		return refusal_set(why, 401, "",
		    "x-api-key header is required");
	if (!key_is(f, key))
		return refusal_set(why, 401, "", "invalid x-api-key");
	if (web_header(req, "anthropic-version") == NULL)
		return refusal_set(why, 400, "",
		    "anthropic-version: header is required");
	return 0;
}

/* OpenAI wants a Bearer key; compatible servers may do without. */
static int
check_openai_key(const struct fake *f, const struct web *req,
    struct refusal *why)
{
	const char *auth = web_header(req, "authorization");

	if (auth == NULL && f->compat && f->key == NULL)
		return 0;
	if (auth == NULL || strncmp(auth, "Bearer ", 7) != 0)
		return refusal_set(why, 401, "",
		    "Missing bearer or basic authentication in header");
	if (!key_is(f, auth + 7))
		return refusal_set(why, 401, "invalid_api_key",
		    "Incorrect API key provided.");
	if (web_header(req, "x-api-key") != NULL ||
	    web_header(req, "anthropic-version") != NULL)
		return refusal_set(why, 401, "",
		    "x-api-key and anthropic-version are no headers of "
		    "this API");
	return 0;
}

static int
check_headers(const struct fake *f, const struct web *req,
    enum strict_api api, struct refusal *why)
{
	const char *type = web_header(req, "content-type");
	int rc = f->open ? 0 : (api == STRICT_MESSAGES ? check_claude_key :
	    check_openai_key)(f, req, why);

	if (rc != 0)
		return rc;
	if (strcmp(req->method, "POST") == 0 && (type == NULL ||
	    strncasecmp(type, "application/json", 16) != 0))
		return refusal_set(why, api == STRICT_MESSAGES ? 400 : 415,
		    "unsupported_content_type",
		    "Unsupported content type; expected application/json");
	return 0;
}

/* Everything the real API checks before it answers. */
static int
check(struct fake *f, const struct web *req, const struct route *r,
    const json_t *body, unsigned *seals, struct refusal *why)
{
	struct strict_opts o = {
		.beta = web_header(req, "anthropic-beta"),
		.compat = f->compat && r->api != STRICT_MESSAGES,
		.count = r->count,
		.demand = f->demand,
		.issued = f->verify || f->demand ? &f->issued : NULL,
		.seals = seals,
	};
	int rc = check_headers(f, req, r->api, why);

	if (rc != 0)
		return rc;
	if (body == NULL)
		return refusal_set(why, 400, "",
		    "We could not parse the JSON body of your request.");
	return strict_check(r->api, body, &o, why);
}

static json_t *
count_rule(enum strict_api api, size_t bytes)
{
	int n = (int)(bytes / 4) + 1;

	if (api == STRICT_MESSAGES)
		return json_pack("{s:{s:i}}", "body", "input_tokens", n);
	return json_pack("{s:{s:s, s:i}}", "body", "object",
	    "response.input_tokens", "input_tokens", n);
}

static json_t *
not_found(struct fake *f, const struct web *req, unsigned n)
{
	struct refusal why;
	char text[512];

	snprintf(text, sizeof(text), "Invalid URL (%s %.400s)", req->method,
	    req->path);
	refusal_set(&why, 404, "", text);
	return refuse(f, web_header(req, "x-api-key") != NULL ?
	    STRICT_MESSAGES : STRICT_CHAT, &why, n);
}

/* GET /v1/models[/id] of whichever API is asked for. */
static json_t *
models_rule(struct fake *f, const struct web *req, unsigned n)
{
	bool claude = web_header(req, "x-api-key") != NULL ||
	    web_header(req, "anthropic-version") != NULL;
	enum strict_api api = claude ? STRICT_MESSAGES : STRICT_CHAT;
	const char *id = req->path + strlen("/v1/models");
	struct refusal why;

	if (!f->lax && check_headers(f, req, api, &why) != 0)
		return refuse(f, api, &why, n);
	id = *id == '/' ? id + 1 : NULL;
	return claude ? models_claude(id) : models_openai(id);
}

static json_t *
default_rule(struct fake *f, const struct web *req, const struct route *r,
    const json_t *body, unsigned n)
{
	bool get = strcmp(req->method, "GET") == 0;

	if (get && strncmp(req->path, "/v1/models", 10) == 0 &&
	    (req->path[10] == '\0' || req->path[10] == '/'))
		return models_rule(f, req, n);
	if (r == NULL || strcmp(req->method, "POST") != 0)
		return not_found(f, req, n);
	if (r->count)
		return count_rule(r->api, req->body.n);
	return r->talk(body, req->body.n, f);
}

json_t *
routes_answer(struct fake *f, const struct web *req, unsigned n,
    bool *scripted)
{
	const struct route *r = route_of(req->path);
	json_t *body = json_loadb(req->body.p != NULL ? req->body.p : "",
	    req->body.n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	struct refusal why = { 0 };
	unsigned seals = 0;
	int index = -1;
	json_t *rule = script_for(f->script, req, body, &index);
	bool strict = !f->lax && r != NULL &&
	    !json_is_false(json_object_get(rule, "strict"));

	*scripted = rule != NULL;
	if (strict && check(f, req, r, body, &seals, &why) != 0) {
		script_give_back(f->script, rule);
		rule = refuse(f, r->api, &why, n);
		*scripted = false;
	} else {
		journal_put(f->journal, json_pack("{s:s, s:i, s:i, s:o}",
		    "event", "accepted", "n", (int)n, "seals", (int)seals,
		    "rule", rule != NULL ? json_integer(index) :
		    json_null()));
		if (rule == NULL)
			rule = default_rule(f, req, r, body, n);
	}
	json_decref(body);
	return rule;
}
