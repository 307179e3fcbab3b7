#include "dialect/chat_delta_read.h"

/* The only ones, each as far as it is there and not null. */
static const char *const chunk_keys[] = { "id", "object", "created", "model",
	"service_tier", "system_fingerprint", "provider", "choices",
	"obfuscation", NULL };
static const char *const choice_keys[] = { "index", "delta", NULL };
static const char *const delta_keys[] = { "role", "content",
	"reasoning_content", "reasoning", "tool_calls", NULL };
static const char *const call_keys[] = { "index", "type", "function", NULL };
static const char *const function_keys[] = { "arguments", NULL };

/* [{"index":0,"function":{"arguments":"{\"pa"}}] */
static bool
read_call(struct chat_delta *d, const struct scan_value *list)
{
	const struct scan *s = &d->scan;
	const struct scan_value *call = scan_only(s, list);
	const struct scan_value *function = scan_get(s, call, "function");
	const struct scan_value *index = scan_get(s, call, "index");

	d->argues = true;
	d->index = scan_long(index, 0);
	d->arguments = scan_text(scan_get(s, function, "arguments"));
	return scan_knows(s, call, call_keys) &&
	    scan_knows(s, function, function_keys) && index != NULL &&
	    index->kind == SCAN_NUMBER && d->arguments.p != NULL;
}

/* A text, or nothing at all: *text is absent then. */
static bool
read_text(const struct scan *s, const struct scan_value *delta,
    const char *key, struct span *text)
{
	const struct scan_value *v = scan_get(s, delta, key);

	*text = scan_text(v);
	return v == NULL || text->p != NULL;
}

static bool
read_thought(struct chat_delta *d, const struct scan_value *delta)
{
	const struct scan *s = &d->scan;

	d->field = "reasoning_content";
	if (!read_text(s, delta, d->field, &d->thought))
		return false;
	if (d->thought.n > 0)
		return true;
	d->field = "reasoning";
	return read_text(s, delta, d->field, &d->thought);
}

static bool
read_delta(struct chat_delta *d, const struct scan_value *delta)
{
	const struct scan *s = &d->scan;
	const struct scan_value *calls = scan_get(s, delta, "tool_calls");

	if (!scan_knows(s, delta, delta_keys) ||
	    !read_text(s, delta, "content", &d->text) ||
	    !read_thought(d, delta))
		return false;
	d->argues = false;
	return calls == NULL ||
	    (d->text.n == 0 && d->thought.n == 0 && read_call(d, calls));
}

bool
chat_delta_read(struct chat_delta *d, struct span data)
{
	const struct scan *s = &d->scan;
	const struct scan_value *root = scan_root(s), *choice, *index;

	if (scan_read(&d->scan, data) != 0)
		return false;
	choice = scan_only(s, scan_get(s, root, "choices"));
	index = scan_get(s, choice, "index");
	d->id = scan_text(scan_get(s, root, "id"));
	d->model = scan_text(scan_get(s, root, "model"));
	d->tier = scan_text(scan_get(s, root, "service_tier"));
	return scan_knows(s, root, chunk_keys) &&
	    scan_knows(s, choice, choice_keys) &&
	    !span_is(scan_text(scan_get(s, root, "object")), "error") &&
	    (index == NULL || scan_long(index, -1) == 0) &&
	    read_delta(d, scan_get(s, choice, "delta"));
}
