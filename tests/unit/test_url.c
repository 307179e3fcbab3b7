/*
 * Base URLs: what is taken apart, and what none may hold.
 */
#include "gateway/url.h"
#include "../lib/tap.h"

static struct pool *pool;

static const struct {
	const char	*text, *origin, *host;
	int		 port;
	bool		 tls;
} urls[] = {
	{ "https://api.example.com/v1/", "https://api.example.com",
	    "api.example.com", 443, true },
	{ "HTTP://API.Example.com:80", "http://api.example.com",
	    "api.example.com", 80, false },
	{ "https://api.example.com:8443/a/b", "https://api.example.com:8443",
	    "api.example.com", 8443, true },
	{ "http://[::1]:9000/v1", "http://[::1]:9000", "::1", 9000, false },
	{ "https://[2001:DB8::2]", "https://[2001:db8::2]", "2001:db8::2", 443,
	    true },
};

static const struct {
	const char	*text, *why;
} refused[] = {
	{ "api.example.com", "must begin with http:// or https://" },
	{ "ftp://api.example.com", "must begin with http:// or https://" },
	{ "", "must begin with http:// or https://" },
	{ "https://", "must begin with http:// or https://" },
	{ "https:///v1", "has no host" },
	{ "http://:80", "has no host" },
	{ "http://[]:80", "has no host" },
	{ "http://a:0", "has no valid port" },
	{ "http://a:65536", "has no valid port" },
	{ "http://a:8x", "has no valid port" },
	{ "http://[::1]:x", "has no valid port" },
	{ "https://a/v1?key=1", "may not hold a query or a fragment" },
	{ "https://a/#x", "may not hold a query or a fragment" },
	{ "https://u:p@a/v1", "may not hold a user name or password" },
	{ "https://a b", "has white space or control characters" },
	{ "https://a\r\nx: y", "has white space or control characters" },
};

static const struct {
	const char	*host;
	bool		 loopback;
} hosts[] = {
	{ "localhost", true },		{ "LocalHost", true },
	{ "127.0.0.1", true },		{ "127.9.9.9", true },
	{ "::1", true },		{ "127.evil.example", false },
	{ "127.0.0.1.example", false },	{ "localhost.example", false },
	{ "128.0.0.1", false },		{ "::2", false },
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static void
takes_apart(void)
{
	for (size_t i = 0; i < COUNT(urls); i++) {
		const char *why = NULL;
		struct url u;

		if (!is_int(url_parse(pool, span_of(urls[i].text), &u, &why),
		    0, "%s", urls[i].text))
			continue;
		is_str(u.origin, urls[i].origin, "its origin");
		is_str(u.host, urls[i].host, "its host");
		is_int(u.port, urls[i].port, "its port");
		is_int(u.tls, urls[i].tls, "with TLS or not");
	}
}

static void
refuses(void)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		const char *why = NULL;
		struct url u;

		is_int(url_parse(pool, span_of(refused[i].text), &u, &why),
		    -1, "refused");
		is_str(why, refused[i].why, "and why");
	}
}

static void
knows_loopback(void)
{
	for (size_t i = 0; i < COUNT(hosts); i++)
		is_int(host_is_loopback(span_of(hosts[i].host)),
		    hosts[i].loopback, "%s", hosts[i].host);
}

int
main(void)
{
	pool = pool_open();
	takes_apart();
	refuses();
	knows_loopback();
	pool_close(pool);
	return done_testing();
}
