/* What the default replies say. */
#include "ask.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/jx.h"
#include "sample.h"

enum { PIECE = 9, MAX_CALLS = 16, CACHE_STEP = 128 };

void
ask_free(struct ask *a)
{
	bytes_free(&a->said);
	bytes_free(&a->results);
	json_decref(a->tools);
}

void
ask_text(struct ask *a, const char *text, bool fresh)
{
	if (fresh)
		bytes_free(&a->said);
	if (a->said.n > 0)
		bytes_puts(&a->said, "\n");
	bytes_puts(&a->said, text);
}

void
ask_result(struct ask *a, const char *text)
{
	if (a->nresults++ > 0)
		bytes_puts(&a->results, ", ");
	bytes_puts(&a->results, text);
}

void
ask_turn(struct ask *a)
{
	bytes_free(&a->results);
	a->nresults = 0;
	a->images = 0;
	a->history = true;
}

static void
add_call(struct answer *w, const struct ask *a, const char *name)
{
	json_t *args = json_pack("{s:s}", "echo",
	    a->said.p != NULL ? a->said.p : "");
	char *text = jx_text(args);

	if (json_array_size(w->calls) < MAX_CALLS)
		json_array_append_new(w->calls, json_pack("{s:s, s:s}",
		    "name", name, "arguments", text));
	free(text);
	json_decref(args);
}

/* The tool whose name stands at the start of a text, or NULL. */
static const char *
tool_at(const struct ask *a, const char *text)
{
	size_t n = 0, i;
	json_t *tool;

	while (isalnum((unsigned char)text[n]) || text[n] == '_' ||
	    text[n] == '-')
		n++;
	json_array_foreach(a->tools, i, tool)
		if (json_string_length(tool) == n &&
		    strncmp(json_string_value(tool), text, n) == 0)
			return json_string_value(tool);
	return NULL;
}

/* Every "call <tool>" of the text. */
static void
find_calls(struct answer *w, const struct ask *a, const char *text)
{
	static const char word[] = "call ";

	if (text == NULL)
		return;
	while ((text = strstr(text, word)) != NULL) {
		text += sizeof(word) - 1;
		const char *name = tool_at(a, text);
		if (name != NULL)
			add_call(w, a, name);
	}
}

static void
plan_calls(struct answer *w, const struct ask *a)
{
	w->calls = json_array();
	if (a->no_calls)
		return;
	find_calls(w, a, a->nresults > 0 ? a->results.p : a->said.p);
	if (json_array_size(w->calls) == 0 && a->forced && a->nresults == 0)
		add_call(w, a, a->forced_name != NULL ? a->forced_name :
		    json_string_value(json_array_get(a->tools, 0)));
	while (a->one_call && json_array_size(w->calls) > 1)
		json_array_remove(w->calls, 1);
}

/* Cuts the text at the earliest stop sequence. */
static void
cut_at_stop(struct answer *w, const json_t *stops)
{
	char *first = NULL;
	json_t *v;
	size_t i;

	if (json_is_string(stops) &&
	    (first = strstr(w->text, json_string_value(stops))) != NULL)
		w->stop = json_string_value(stops);
	json_array_foreach(stops, i, v) {
		char *hit = strstr(w->text, json_string_value(v));
		if (hit != NULL && (first == NULL || hit < first)) {
			first = hit;
			w->stop = json_string_value(v);
		}
	}
	if (first != NULL)
		*first = '\0';
}

static void
plan_text(struct answer *w, const struct ask *a)
{
	struct bytes b = { 0 };

	if (json_array_size(w->calls) > 0) {
		w->text = strdup("I will call the tools.");
		return;
	}
	if (a->schema != NULL) {
		json_t *value = sample_of(a->schema);
		w->text = jx_text(value);
		json_decref(value);
		return;
	}
	bytes_printf(&b, "You said: %s", a->said.p != NULL ? a->said.p : "");
	if (a->nresults > 0)
		bytes_printf(&b, "; results: %s",
		    a->results.p != NULL ? a->results.p : "");
	if (a->images > 0)
		bytes_printf(&b, "; images: %d", a->images);
	w->text = b.p;
	cut_at_stop(w, a->stops);
}

static void
plan_thinking(struct answer *w, const struct ask *a)
{
	char line[256];

	w->reasons = a->reasons && (json_array_size(w->calls) > 0 ||
	    (a->said.p != NULL && strstr(a->said.p, "think") != NULL));
	w->shown = a->shown;
	w->sealed = a->sealed;
	snprintf(line, sizeof(line), "Thought %06u: the user wants %zu calls; "
	    "let me see \xe2\x80\x93 yes.", w->number,
	    json_array_size(w->calls));
	w->thinking = strdup(w->shown ? line : "");
	snprintf(line, sizeof(line), "RmFrZVNlYWw%06uAbCdEfGhIjKlMnOpQrStUv"
	    "WxYz0123456789+/AbCdEfGhIjKlMnOpQrStUvWxYz==", w->number);
	w->seal = strdup(line);
}

static void
plan_usage(struct answer *w, const struct ask *a)
{
	w->input = (int)(a->bytes / 4) + 1;
	w->cached = a->history ?
	    w->input / 2 / CACHE_STEP * CACHE_STEP : 0;
	w->thought = w->reasons ? 17 : 0;
	w->output = w->thought + (int)strlen(w->text) / 4 + 1 +
	    (int)json_array_size(w->calls) * 12;
}

void
answer_plan(struct answer *w, const struct ask *a, struct fake *f)
{
	memset(w, 0, sizeof(*w));
	w->number = atomic_fetch_add(&f->replies, 1) + 1;
	plan_calls(w, a);
	plan_text(w, a);
	plan_thinking(w, a);
	plan_usage(w, a);
}

void
answer_free(struct answer *w)
{
	free(w->thinking);
	free(w->seal);
	free(w->text);
	json_decref(w->calls);
}

json_t *
answer_piece(const char **s)
{
	size_t n = strlen(*s);

	if (n == 0)
		return NULL;
	if (n > PIECE) {
		n = PIECE;
		while (((*s)[n] & 0xc0) == 0x80)
			n++;
	}
	json_t *piece = json_stringn(*s, n);
	*s += n;
	return piece;
}
