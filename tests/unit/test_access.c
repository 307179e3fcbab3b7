/* Who may come in: Host, Origin and keys. */
#include "../lib/tap.h"
#include "gateway/access.h"

static const char *const keys[] = { "first-key", "second-key", NULL };
static const char *const hosts[] = { "co2.example", "box.lan:8000", NULL };

static const struct conf plain = { .host = "127.0.0.1" };
static const struct conf open_conf = { .host = "192.0.2.7",
	.api_keys = keys, .allowed_hosts = hosts };

static void
host_names(void)
{
	static const struct {
		const char *host;
		bool plain, open;
	} rows[] = {
		{ "localhost", true, true },
		{ "LOCALHOST:8000", true, true },
		{ "127.0.0.1:8000", true, true },
		{ "127.8.9.1", true, true },
		{ "[::1]:8000", true, true },
		{ "[::1]", true, true },
		{ "192.0.2.7:8000", false, true },
		{ "co2.example:1", false, true },
		{ "box.lan:8000", false, true },
		{ "box.lan:8001", false, false },
		{ "evil.example", false, false },
		{ "localhost.evil.example", false, false },
		{ "127.0.0.1.evil.example", false, false },
		{ "evil.example:127.0.0.1", false, false },
		{ "[::1", false, false },
		{ "", false, false },
		{ ":8000", false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(access_host(&plain, span_of(rows[i].host)),
		    rows[i].plain, "host \"%s\"", rows[i].host);
		is_int(access_host(&open_conf, span_of(rows[i].host)),
		    rows[i].open, "the same with more names");
	}
}

static void
sites(void)
{
	static const struct {
		const char *site, *dest, *path;
		bool fine;
	} rows[] = {
		{ NULL, NULL, "/v1/models", true },
		{ "none", "document", "/v1/models", true },
		{ "same-origin", "empty", "/v1/models", true },
		{ "cross-site", "script", "/v1/models", false },
		{ "Cross-Site ", "image", "/metrics", false },
		{ "cross-site", "document", "/v1/models", false },
		{ "cross-site", "iframe", "/", false },
		{ "cross-site", NULL, "/", false },
		{ "cross-site", "document", "/", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(access_site(span_of(rows[i].site),
		    span_of(rows[i].dest), span_of(rows[i].path)),
		    rows[i].fine, "%s, a %s at %s", rows[i].site != NULL ?
		    rows[i].site : "no browser", rows[i].dest != NULL ?
		    rows[i].dest : "thing", rows[i].path);
}

static void
origins(void)
{
	static const struct {
		const char *origin;
		bool fine;
	} rows[] = {
		{ "http://localhost:3000", true },
		{ "https://127.0.0.1", true },
		{ "https://evil.example", false },
		{ "http://localhost.evil.example", false },
		{ "null", false },
		{ "file://", false },
		{ "ftp://localhost", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(access_origin(&plain, span_of(rows[i].origin)),
		    rows[i].fine, "origin \"%s\"", rows[i].origin);
	ok(access_origin(&open_conf, SPAN("https://co2.example")),
	    "an allowed host is an allowed origin");
}

static void
credentials(void)
{
	struct span none = SPAN_NONE;

	ok(access_key(&plain, none, none), "without keys anybody may");
	ok(!access_key(&open_conf, none, none), "no key");
	ok(!access_key(&open_conf, SPAN(""), SPAN("")), "empty keys");
	ok(!access_key(&open_conf, SPAN("wrong"), none), "a wrong key");
	ok(!access_key(&open_conf, SPAN("first-ke"), none), "a part of one");
	ok(access_key(&open_conf, SPAN("first-key"), none), "as bearer");
	ok(access_key(&open_conf, none, SPAN("second-key")), "as x-api-key");
	ok(access_key(&open_conf, SPAN("other"), SPAN("second-key")),
	    "one of them is enough");
	is_str(access_bearer(SPAN("bearer  abc ")).p, "abc ", "the key");
	is_int((long long)access_bearer(SPAN("Bearer abc ")).n, 3,
	    "without white space");
	ok(access_bearer(SPAN("Basic abc")).p == NULL, "another scheme");
	ok(access_bearer(none).p == NULL, "no header");
}

static void
passwords(void)
{
	static const char *const rows[][2] = {
		{ "Basic dXNlcjpzZWNyZXQ=", "secret" },
		{ "basic  OmE6Yg==", "a:b" },
		{ "Basic dXNlcjo=", "" },
		{ "Basic dXNlcg==", NULL },	/* "user", no colon */
		{ "Basic !!", NULL },
		{ "Basic ", NULL },
		{ "Bearer dXNlcjpzZWNyZXQ=", NULL },
		{ "", NULL },
	};
	struct pool *pool = pool_open();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_str(pool_str(pool, access_password(pool,
		    span_of(rows[i][0]))), rows[i][1], "password of \"%s\"",
		    rows[i][0]);
	is_str(pool_str(pool, access_password(pool, SPAN_NONE)), NULL,
	    "no header, no password");
	pool_close(pool);
}

int
main(void)
{
	host_names();
	sites();
	origins();
	credentials();
	passwords();
	return done_testing();
}
