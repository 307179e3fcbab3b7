#include "base/buf.h"
#include "gateway/conf_lines.h"

/* A walk over valid JSON, with the path of the key it is in. */
struct walk {
	struct span rest;
	int line;
	struct buf path;
	const char *wanted;
	int found;
};

static void
step(struct walk *w)
{
	if (w->rest.p[0] == '\n')
		w->line++;
	w->rest = span_from(w->rest, 1);
}

static void
blanks(struct walk *w)
{
	while (w->rest.n > 0 && strchr(" \t\r\n,:", w->rest.p[0]) != NULL)
		step(w);
}

/* A string, raw between its quotes. */
static struct span
string(struct walk *w)
{
	struct span s;

	step(w);
	s = w->rest;
	while (w->rest.n > 0 && w->rest.p[0] != '"') {
		if (w->rest.p[0] == '\\')
			step(w);
		if (w->rest.n > 0)
			step(w);
	}
	s.n -= w->rest.n;
	if (w->rest.n > 0)
		step(w);
	return s;
}

static void value(struct walk *w, int depth);

static void
object(struct walk *w, int depth)
{
	size_t before = w->path.n;

	for (step(w), blanks(w); w->rest.n > 0 && w->rest.p[0] == '"';
	     blanks(w)) {
		int line = w->line;

		if (before > 0)
			buf_putc(&w->path, '.');
		buf_put(&w->path, string(w));
		if (w->found == 0 && span_is(buf_span(&w->path), w->wanted))
			w->found = line;
		blanks(w);
		value(w, depth + 1);
		buf_cut(&w->path, before);
	}
	if (w->rest.n > 0)
		step(w);
}

static void
value(struct walk *w, int depth)
{
	if (w->rest.n == 0 || depth > 64)
		return;
	switch (w->rest.p[0]) {
	case '{':
		object(w, depth);
		break;
	case '[':
		for (step(w), blanks(w); w->rest.n > 0 && w->rest.p[0] != ']';
		     blanks(w))
			value(w, depth + 1);
		if (w->rest.n > 0)
			step(w);
		break;
	case '"':
		string(w);
		break;
	default:
		while (
		    w->rest.n > 0 && strchr(",]} \t\r\n", w->rest.p[0]) == NULL)
			step(w);
	}
}

int
conf_line(struct span text, const char *path)
{
	struct walk w = { .rest = text, .line = 1, .wanted = path };

	buf_init(&w.path, 0);
	blanks(&w);
	value(&w, 0);
	buf_free(&w.path);
	return w.found;
}
