/* Streams of server-sent events, and what goes wrong with them. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
stream_init(struct stream *s)
{
	memset(s, 0, sizeof(*s));
}

void
stream_free(struct stream *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].data);
	free(s->list);
}

static void
insert(struct stream *s, size_t at, const char *name, char *data, size_t n)
{
	if (s->count == s->room) {
		s->room = s->room * 2 + 16;
		s->list = xrealloc(s->list, s->room * sizeof(s->list[0]));
	}
	memmove(&s->list[at + 1], &s->list[at],
	    (s->count - at) * sizeof(s->list[0]));
	s->list[at] = (struct stream_event){ name, data, n };
	s->count++;
}

void
stream_add_text(struct stream *s, const char *name, struct span data)
{
	insert(s, s->count, name, xstrndup(data.p, data.n), data.n);
}

void
stream_copy(struct stream *s, const struct stream *from)
{
	for (size_t i = 0; i < from->count; i++)
		stream_add_text(s, from->list[i].name,
		    (struct span){ from->list[i].data, from->list[i].n });
}

void
stream_add(struct stream *s, const char *name, json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT);

	insert(s, s->count, name, text, strlen(text));
	json_decref(data);
}

size_t
stream_piece(struct dice *d, const char *text, size_t most)
{
	size_t n = 1 + dice_below(d, most), have = strlen(text);

	if (n >= have)
		return have;
	while (n < have && (text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* --- values --------------------------------------------------------------- */

static json_t *
strange_value(struct dice *d)
{
	static const char *const values[] = {
		"null", "true", "-1", "0", "1", "7", "9007199254740993",
		"-9223372036854775808", "1.5", "1e308", "\"\"", "\"x\"",
		"\"a\\u0000b\"", "[]", "{}", "[[]]", "{\"type\":\"text\"}",
		"\"\xf0\x9f\x99\x82\"", "[null]", NULL,
	};
	json_t *v;
	char *text;
	size_t n;

	if (!dice_chance(d, 3))
		return json_loads(dice_word(d, values), JSON_DECODE_ANY |
		    JSON_ALLOW_NUL, NULL);
	n = 1000 + dice_below(d, 60000);	/* a huge id */
	text = xmalloc(n);
	memset(text, 'a', n);
	v = json_stringn(text, n);
	free(text);
	return v;
}

/* Some value inside an object, reached by a few random steps. */
static void
change_inside(struct dice *d, json_t *object)
{
	const char *key = NULL;
	json_t *v = NULL;
	size_t n = json_object_size(object), i;

	if (n == 0) {
		json_object_set_new(object, "type", strange_value(d));
		return;
	}
	i = dice_below(d, n);
	json_object_foreach(object, key, v)
		if (i-- == 0)
			break;
	if (json_is_object(v) && dice_chance(d, 75))
		change_inside(d, v);
	else if (json_is_array(v) && json_array_size(v) > 0 &&
	    dice_chance(d, 60))
		json_array_set_new(v, dice_below(d, json_array_size(v)),
		    strange_value(d));
	else if (dice_chance(d, 25))
		json_object_del(object, key);
	else
		json_object_set_new(object, key, strange_value(d));
}

static void
change_value(struct stream_event *e, struct dice *d)
{
	json_t *v = json_loadb(e->data, e->n, JSON_ALLOW_NUL, NULL);

	if (!json_is_object(v)) {
		json_decref(v);
		return;
	}
	change_inside(d, v);
	free(e->data);
	e->data = json_dumps(v, JSON_COMPACT);
	e->n = strlen(e->data);
	json_decref(v);
}

/* An index, wherever the dialect keeps it. */
static void
change_number(struct stream_event *e, struct dice *d)
{
	size_t at = dice_below(d, e->n);

	for (size_t i = at; i < e->n; i++)
		if (e->data[i] >= '0' && e->data[i] <= '9') {
			e->data[i] = (char)('0' + dice_below(d, 10));
			return;
		}
}

static void
change_bytes(struct stream_event *e, struct dice *d)
{
	static const char bad[] = "\xff\xc0\x80\xed\xa0\"\\{}[],:\n\r\t ";

	if (e->n == 0)
		return;
	if (dice_chance(d, 30)) {
		e->n = dice_below(d, e->n);
		return;
	}
	for (size_t i = 1 + dice_below(d, 3); i > 0; i--)
		e->data[dice_below(d, e->n)] = bad[dice_below(d,
		    sizeof(bad))];
}

/* --- events --------------------------------------------------------------- */

static struct stream_event
taken_out(struct stream *s, size_t at)
{
	struct stream_event e = s->list[at];

	s->count--;
	memmove(&s->list[at], &s->list[at + 1],
	    (s->count - at) * sizeof(s->list[0]));
	return e;
}

static void
move(struct stream *s, struct dice *d)
{
	struct stream_event e = taken_out(s, dice_below(d, s->count));

	insert(s, dice_below(d, s->count + 1), e.name, e.data, e.n);
}

static void
duplicate(struct stream *s, struct dice *d)
{
	const struct stream_event *e = &s->list[dice_below(d, s->count)];
	const char *name = e->name;
	size_t n = e->n;
	char *data = xmalloc(n + 1);

	memcpy(data, e->data, n);
	data[n] = '\0';
	insert(s, dice_below(d, s->count + 1), name, data, n);
}

static void
cut_off(struct stream *s, struct dice *d)
{
	size_t keep = dice_below(d, s->count);

	while (s->count > keep)
		free(s->list[--s->count].data);
}

static void
add_garbage(struct stream *s, struct dice *d)
{
	static const char *const texts[] = {
		"", " ", "null", "[]", "{}", "7", "\"text\"", "{", "[DONE]",
		"<html>502</html>", "{\"type\":null}", "{\"type\":\"ping\"}",
		"{\"type\":\"unheard_of\",\"index\":0}",
		("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
		 "\"message\":\"Overloaded\"}}"),
		"{\"error\":{\"message\":\"no\",\"type\":\"server_error\"}}",
		"{\"type\":\"error\"}", "{\"error\":null}", NULL,
	};
	const char *text = dice_word(d, texts);

	insert(s, dice_below(d, s->count + 1), NULL, xstrdup(text),
	    strlen(text));
}

void
stream_mangle(struct stream *s, struct dice *d)
{
	struct stream_event *e;

	if (s->count == 0) {
		add_garbage(s, d);
		return;
	}
	e = &s->list[dice_below(d, s->count)];
	switch (dice_below(d, 10)) {
	case 0:
		move(s, d);
		break;
	case 1:
		duplicate(s, d);
		break;
	case 2:
		free(taken_out(s, dice_below(d, s->count)).data);
		break;
	case 3:
		cut_off(s, d);
		break;
	case 4:
		change_bytes(e, d);
		break;
	case 5:
		change_number(e, d);
		break;
	case 6:
		add_garbage(s, d);
		break;
	case 7:
		e->name = dice_chance(d, 50) ? NULL :
		    s->list[dice_below(d, s->count)].name;
		break;
	default:
		change_value(e, d);
	}
}

/* --- bytes ---------------------------------------------------------------- */

void
stream_put(const struct stream *s, struct buf *out, struct dice *d)
{
	static const char *const ends[] = { "\n", "\n", "\r\n", "\r", NULL };
	const char *end = d == NULL ? "\n" : dice_word(d, ends);
	bool loose = d != NULL && dice_chance(d, 20);

	for (size_t i = 0; i < s->count; i++) {
		const struct stream_event *e = &s->list[i];

		if (loose && dice_chance(d, 20))
			buf_printf(out, ": a comment%s", end);
		if (loose && dice_chance(d, 5))
			buf_printf(out, "id: 7%sretry: 10%s", end, end);
		if (e->name != NULL)
			buf_printf(out, "event: %s%s", e->name, end);
		buf_puts(out, loose && dice_chance(d, 20) ? "data:" :
		    "data: ");
		buf_put(out, (struct span){ e->data, e->n });
		buf_printf(out, "%s%s", end, end);
	}
	if (loose && dice_chance(d, 30) && out->n > 0)
		buf_cut(out, dice_below(d, out->n));
}
