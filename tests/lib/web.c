/* HTTP/1.1 messages, read from a plug. */
#include "web.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	MAX_HEAD = 1 << 20,
	MAX_BODY = 256 << 20,
};

const char *
web_header(const struct web *w, const char *name)
{
	return json_string_value(json_object_get(w->headers, name));
}

void
web_free(struct web *w)
{
	free(w->start);
	free(w->method);
	free(w->path);
	free(w->query);
	json_decref(w->headers);
	bytes_free(&w->body);
	memset(w, 0, sizeof(*w));
}

/* Reads more; -1 when there is no more. */
static int
more(struct plug *p, int ms)
{
	return plug_fill(p, ms) > 0 ? 0 : -1;
}

/* Waits until a blank line is in the buffer; its end, 0 if none comes. */
static size_t
head_end(struct plug *p, int ms)
{
	size_t from = 0;

	for (;;) {
		char *hit = p->in.n < 4 ? NULL :
		    memmem(p->in.p + from, p->in.n - from, "\r\n\r\n", 4);
		if (hit != NULL)
			return (size_t)(hit - p->in.p) + 4;
		from = p->in.n < 4 ? 0 : p->in.n - 3;
		if (p->in.n > MAX_HEAD || more(p, ms) != 0)
			return 0;
	}
}

/* "Name: value" becomes a pair; a repeated name gets its values joined. */
static int
add_header(json_t *headers, char *line)
{
	char *colon = strchr(line, ':');
	const char *old;
	struct bytes both = { 0 };

	if (colon == NULL || colon == line)
		return -1;
	*colon = '\0';
	for (char *c = line; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	char *value = colon + 1 + strspn(colon + 1, " \t");
	old = json_string_value(json_object_get(headers, line));
	if (old != NULL)
		bytes_printf(&both, "%s, ", old);
	bytes_puts(&both, value);
	int rc = json_object_set_new(headers, line,
	    json_stringn(both.p, both.n));
	bytes_free(&both);
	return rc;
}

/* Splits the head into its first line and its headers. */
static int
parse_head(struct web *w, char *head)
{
	char *rest = NULL;
	char *line = strtok_r(head, "\r\n", &rest);

	w->headers = json_object();
	if (line == NULL || (w->start = strdup(line)) == NULL)
		return -1;
	while ((line = strtok_r(NULL, "\r\n", &rest)) != NULL)
		if (add_header(w->headers, line) != 0)
			return -1;
	return 0;
}

static int
read_head(struct web *w, struct plug *p, int ms)
{
	size_t n = head_end(p, ms);

	if (n == 0)
		return p->in.n == 0 && p->gone ? 0 : -1;
	char *head = strndup(p->in.p, n);
	bytes_drop(&p->in, n);
	int rc = parse_head(w, head);
	free(head);
	return rc == 0 ? 1 : -1;
}

/* Moves n bytes of what comes into the body. */
static int
take(struct web *w, struct plug *p, size_t n, int ms)
{
	while (p->in.n < n)
		if (more(p, ms) != 0) {
			bytes_add(&w->body, p->in.p, p->in.n);
			return -1;
		}
	bytes_add(&w->body, p->in.p, n);
	bytes_drop(&p->in, n);
	return 0;
}

/* Takes one CRLF-ended line away; its length, or -1. */
static int
take_line(struct plug *p, char *line, size_t size, int ms)
{
	for (;;) {
		char *end = p->in.n == 0 ? NULL :
		    memmem(p->in.p, p->in.n, "\r\n", 2);
		if (end != NULL) {
			size_t n = (size_t)(end - p->in.p);
			if (n >= size)
				return -1;
			memcpy(line, p->in.p, n);
			line[n] = '\0';
			bytes_drop(&p->in, n + 2);
			return (int)n;
		}
		if (p->in.n >= size || more(p, ms) != 0)
			return -1;
	}
}

static int
read_chunks(struct web *w, struct plug *p, int ms)
{
	char line[256];

	for (;;) {
		char *end;
		if (take_line(p, line, sizeof(line), ms) <= 0)
			return -1;
		unsigned long n = strtoul(line, &end, 16);
		if (end == line || n > MAX_BODY - w->body.n)
			return -1;
		if (n == 0)
			break;
		if (take(w, p, n, ms) != 0 ||
		    take_line(p, line, sizeof(line), ms) != 0)
			return -1;
	}
	int got;
	while ((got = take_line(p, line, sizeof(line), ms)) > 0)
		;
	return got;
}

static int
read_to_end(struct web *w, struct plug *p, int ms)
{
	do {
		bytes_add(&w->body, p->in.p, p->in.n);
		bytes_drop(&p->in, p->in.n);
	} while (more(p, ms) == 0);
	return p->gone ? 0 : -1;
}

static int
read_body(struct web *w, struct plug *p, bool to_end, int ms)
{
	const char *te = web_header(w, "transfer-encoding");
	const char *cl = web_header(w, "content-length");

	if (te != NULL && strcasecmp(te, "chunked") == 0)
		return read_chunks(w, p, ms);
	if (cl != NULL) {
		unsigned long long n = strtoull(cl, NULL, 10);
		return n > MAX_BODY ? -1 : take(w, p, (size_t)n, ms);
	}
	return to_end ? read_to_end(w, p, ms) : 0;
}

/* "POST /v1/messages?beta=true HTTP/1.1" */
static int
split_request_line(struct web *w)
{
	const char *target = strchr(w->start, ' ');
	const char *end = strrchr(w->start, ' ');

	if (target == NULL || end == target)
		return -1;
	w->method = strndup(w->start, (size_t)(target - w->start));
	target++;
	w->path = strndup(target, (size_t)(end - target));
	char *query = strchr(w->path, '?');
	if (query != NULL) {
		*query = '\0';
		w->query = strdup(query + 1);
	}
	return 0;
}

int
web_read_request(struct web *w, struct plug *p)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	memset(w, 0, sizeof(*w));
	int rc = read_head(w, p, -1);
	if (rc != 1)
		return rc;
	if (split_request_line(w) != 0)
		return -1;
	if (web_header(w, "expect") != NULL &&
	    plug_write(p, go_on, sizeof(go_on) - 1) != 0)
		return -1;
	return read_body(w, p, false, -1) == 0 ? 1 : -1;
}

int
web_read_response(struct web *w, struct plug *p, int timeout_ms)
{
	memset(w, 0, sizeof(*w));
	do {
		web_free(w);
		int rc = read_head(w, p, timeout_ms);
		if (rc != 1)
			return rc;
		if (sscanf(w->start, "HTTP/1.%*d %d", &w->status) != 1)
			return -1;
	} while (w->status == 100);
	if (w->status != 204 && w->status != 304)
		w->cut = read_body(w, p, true, timeout_ms) != 0;
	return 1;
}
