/* What prompt caches see of request bodies. */
#include "prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
prefix_unmarked(struct span body)
{
	static const char mark[] = ",\"cache_control\":{";
	char *out = malloc(body.n + 1), *to = out;
	const char *p = body.p, *end = body.p + body.n;

	if (out == NULL)
		abort();
	/* Inside a string the quotes would be escaped. */
	while (p < end) {
		if ((size_t)(end - p) > sizeof(mark) &&
		    memcmp(p, mark, sizeof(mark) - 1) == 0)
			p = strchr(p, '}') + 1;
		else
			*to++ = *p++;
	}
	*to = '\0';
	return out;
}

/* The end of the JSON value at p. */
static const char *
skip_value(const char *p)
{
	int depth = 0;
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (quoted) {
			if (*p == '\\' && p[1] != '\0')
				p++;
			else if (*p == '"')
				quoted = false;
		} else if (*p == '"') {
			quoted = true;
		} else if (*p == '[' || *p == '{') {
			depth++;
		} else if (*p == ']' || *p == '}') {
			if (--depth <= 0)
				return depth < 0 ? p : p + 1;
		} else if (*p == ',' && depth == 0) {
			return p;
		}
	}
	return p;
}

size_t
prefix_length(const char *body, const char *key, bool tail)
{
	static const char user[] = "{\"role\":\"user\",\"content\":[";
	char start[64];
	const char *p, *end = NULL;

	snprintf(start, sizeof(start), "\"%s\":[", key);
	p = strstr(body, start);
	if (p == NULL)
		return 0;
	p += strlen(start);
	while (*p != ']' && *p != '\0') {
		const char *next = skip_value(p);

		if (!tail)
			end = next;
		else if (strncmp(p, user, sizeof(user) - 1) == 0)
			end = next - 2;		/* "]}" */
		p = *next == ',' ? next + 1 : next;
	}
	return end == NULL ? 0 : (size_t)(end - body);
}
