#include "gateway/access.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>

#include "base/codec.h"

enum { DIGEST_BYTES = 32, DIGEST_DIGITS = 32 };

/* "name:port" and "[::1]:port" without the port. */
static struct span
without_port(struct span host)
{
	const char *end = host.n == 0 ? NULL : memrchr(host.p, ':', host.n);

	if (span_starts(host, "[")) {
		end = memchr(host.p, ']', host.n);
		return end == NULL ? host :
		    (struct span){ host.p + 1, (size_t)(end - host.p) - 1 };
	}
	return end == NULL ? host :
	    (struct span){ host.p, (size_t)(end - host.p) };
}

/* localhost, 127.0.0.0/8 and ::1. */
static bool
is_loopback(struct span name)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;
	struct in6_addr v6;

	if (span_like(name, "localhost"))
		return true;
	if (name.n == 0 || name.n >= sizeof(text))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &v6) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&v6);
}

/* An allowed host may be written with or without its port. */
static bool
is_allowed(const struct conf *conf, struct span host, struct span name)
{
	conf_list list = conf->allowed_hosts;

	for (; list != NULL && *list != NULL; list++)
		if (span_like(host, *list) || span_like(name, *list))
			return true;
	return false;
}

bool
access_host(const struct conf *conf, struct span host)
{
	struct span name;

	host = span_trim(host);
	name = without_port(host);
	return is_loopback(name) || span_like(name, conf->host) ||
	    is_allowed(conf, host, name);
}

bool
access_origin(const struct conf *conf, struct span origin)
{
	struct span host = span_trim(origin);
	ptrdiff_t at = span_find(host, SPAN("://"));
	conf_list list = conf->allowed_hosts;

	for (; list != NULL && *list != NULL; list++)
		if (span_like(host, *list))
			return true;
	if (!span_starts(host, "http://") && !span_starts(host, "https://"))
		return false;
	return access_host(conf, span_from(host, (size_t)at + 3));
}

bool
access_site(struct span site, struct span dest, struct span path)
{
	if (!span_like(span_trim(site), "cross-site"))
		return true;
	return span_like(span_trim(dest), "document") && span_is(path, "/");
}

/* --- keys ----------------------------------------------------------- */

/* Digests of equal length are compared, so a key's length does not show. */
static bool
is_key(struct span given, const char *key)
{
	unsigned char a[DIGEST_BYTES], b[DIGEST_BYTES];

	sha256_bytes(given, a);
	sha256_bytes(span_of(key), b);
	return CRYPTO_memcmp(a, b, sizeof(a)) == 0;
}

bool
access_key(const struct conf *conf, struct span bearer, struct span api_key)
{
	conf_list list = conf->api_keys;
	bool known = false;

	if (list == NULL || *list == NULL)
		return true;
	for (; *list != NULL; list++) {
		known |= is_key(bearer, *list) & (bearer.p != NULL);
		known |= is_key(api_key, *list) & (api_key.p != NULL);
	}
	return known;
}

struct span
access_bearer(struct span authorization)
{
	struct span word = span_head(authorization, strlen("Bearer "));

	if (!span_like(word, "Bearer "))
		return SPAN_NONE;
	return span_trim(span_from(authorization, word.n));
}

struct span
access_password(struct pool *pool, struct span authorization)
{
	struct span word = span_head(authorization, strlen("Basic "));
	struct span text = span_trim(span_from(authorization, word.n));

	if (!span_like(word, "Basic ") || !base64_valid(text) ||
	    base64_read(pool, text, &text) != 0)
		return SPAN_NONE;
	span_cut(&text, ':');
	return text;
}

struct span
access_digest(struct pool *pool, struct span bearer, struct span api_key)
{
	struct span key = bearer.n > 0 ? bearer : api_key;

	return key.n > 0 ? sha256_hex(pool, key, DIGEST_DIGITS) : SPAN_NONE;
}
