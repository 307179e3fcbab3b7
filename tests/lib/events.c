/* A strict reader of server-sent events. */
#include "events.h"

#include <stdio.h>
#include <string.h>

struct reader {
	json_t		*list;
	json_t		*name;	/* of the event being read */
	json_t		*data;
	const char	*why;	/* what is wrong, or NULL */
};

static void
wrong(struct reader *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
}

static void
end_event(struct reader *r)
{
	if (r->data == NULL) {
		wrong(r, r->name != NULL ? "an event without data" :
		    "a blank line that ends nothing");
		return;
	}
	const char *text = json_string_value(r->data);
	json_t *value = json_loadb(text, json_string_length(r->data),
	    JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	json_array_append_new(r->list, json_pack("{s:O?, s:o, s:b}",
	    "event", r->name, "data", value != NULL ? value :
	    json_incref(r->data), "text", value == NULL));
	json_decref(r->name);
	json_decref(r->data);
	r->name = r->data = NULL;
}

static void
set_field(struct reader *r, json_t **slot, const char *p, size_t n)
{
	if (*slot != NULL) {
		wrong(r, "a second line of one kind in an event");
		return;
	}
	*slot = json_stringn(p, n);
	if (*slot == NULL)
		wrong(r, "bytes that are no UTF-8");
}

static void
take_line(struct reader *r, const char *p, size_t n)
{
	if (memchr(p, '\r', n) != NULL)
		wrong(r, "a carriage return");
	else if (n > 7 && memcmp(p, "event: ", 7) == 0 && r->data == NULL)
		set_field(r, &r->name, p + 7, n - 7);
	else if (n > 6 && memcmp(p, "data: ", 6) == 0)
		set_field(r, &r->data, p + 6, n - 6);
	else
		wrong(r, "a line that is neither event nor data");
}

/* A comment and the blank line after it. */
static size_t
take_comment(struct reader *r, const char *p, size_t n, size_t left)
{
	if (r->name != NULL || r->data != NULL)
		wrong(r, "a comment inside an event");
	json_array_append_new(r->list, json_pack("{s:o}", "comment",
	    json_stringn(p + 1, n - 1)));
	return left > n + 1 && p[n + 1] == '\n' ? n + 2 : n + 1;
}

static void
read_all(struct reader *r, const char *p, size_t n)
{
	while (n > 0 && r->why == NULL) {
		const char *eol = memchr(p, '\n', n);
		if (eol == NULL) {
			wrong(r, "the last line has no end");
			return;
		}
		size_t len = (size_t)(eol - p), used = len + 1;
		if (len == 0)
			end_event(r);
		else if (*p == ':')
			used = take_comment(r, p, len, n);
		else
			take_line(r, p, len);
		p += used;
		n -= used;
	}
	if (r->name != NULL || r->data != NULL)
		wrong(r, "the last event has no blank line after it");
}

json_t *
events_parse(const char *bytes, size_t n, char *why, size_t nwhy)
{
	struct reader r = { .list = json_array() };

	read_all(&r, bytes, n);
	json_decref(r.name);
	json_decref(r.data);
	if (r.why == NULL)
		return r.list;
	snprintf(why, nwhy, "after %zu events: %s",
	    json_array_size(r.list), r.why);
	json_decref(r.list);
	return NULL;
}
