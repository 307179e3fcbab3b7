#include "gateway/url.h"

static struct span
lower_copy(struct pool *pool, struct span s)
{
	char *p = pool_str(pool, s);

	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return (struct span){ p, s.n };
}

/* "host", "host:port", "[v6]", "[v6]:port" */
static int
read_authority(struct pool *pool, struct span text, struct url *u,
    const char **why)
{
	struct span host, port = SPAN_NONE;
	long n = u->tls ? 443 : 80;

	if (text.n > 0 && text.p[0] == '[') {
		text = span_from(text, 1);
		host = span_cut(&text, ']');
		if (text.n > 0 && text.p[0] == ':')
			port = span_from(text, 1);
	} else {
		host = span_cut(&text, ':');
		port = text;
	}
	if (host.n == 0) {
		*why = "has no host";
		return -1;
	}
	if (port.n > 0 && (span_long(port, &n) != 0 || n < 1 || n > 65535)) {
		*why = "has no valid port";
		return -1;
	}
	u->host = lower_copy(pool, host).p;
	u->port = (int)n;
	return 0;
}

static const char *
make_origin(struct pool *pool, const struct url *u)
{
	bool v6 = strchr(u->host, ':') != NULL;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";
	const char *scheme = u->tls ? "https" : "http";

	if (u->port == (u->tls ? 443 : 80))
		return pool_printf(pool, "%s://%s%s%s", scheme, open, u->host,
		    close)
		    .p;
	return pool_printf(pool, "%s://%s%s%s:%d", scheme, open, u->host, close,
	    u->port)
	    .p;
}

int
url_parse(struct pool *pool, struct span text, struct url *u, const char **why)
{
	struct span rest, authority;

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f) {
			*why = "has white space or control characters";
			return -1;
		}
	while (text.n > 0 && text.p[text.n - 1] == '/')
		text.n--;
	u->tls = span_like(span_head(text, 8), "https://");
	if (!u->tls && !span_like(span_head(text, 7), "http://")) {
		*why = "must begin with http:// or https://";
		return -1;
	}
	rest = span_from(text, u->tls ? 8 : 7);
	if (memchr(rest.p, '?', rest.n) || memchr(rest.p, '#', rest.n)) {
		*why = "may not hold a query or a fragment";
		return -1;
	}
	authority = span_cut(&rest, '/');
	if (memchr(authority.p, '@', authority.n) != NULL) {
		*why = "may not hold a user name or password";
		return -1;
	}
	if (read_authority(pool, authority, u, why) != 0)
		return -1;
	u->base = pool_str(pool, text);
	u->origin = make_origin(pool, u);
	return 0;
}

bool
host_is_loopback(struct span host)
{
	return span_like(host, "localhost") || span_is(host, "::1") ||
	    (span_starts(host, "127.") && host.p[host.n - 1] >= '0' &&
		host.p[host.n - 1] <= '9');
}
