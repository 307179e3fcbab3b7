/* Generators: words and what must become of them. */
#include "gen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"

void
gen_init(struct gen *g, struct dice *dice)
{
	memset(g, 0, sizeof(*g));
	g->dice = dice;
	g->body = json_object();
	g->list = json_array();
	g->ends = json_array();
	g->tools = json_array();
	g->arrive = json_object();
	g->gone = json_object();
	g->lost = json_object();
	g->may = json_object();
	g->thoughts = json_array();
	g->loose = json_array();
	g->official = true;
}

void
gen_free(struct gen *g)
{
	json_decref(g->body);
	json_decref(g->list);
	json_decref(g->ends);
	json_decref(g->tools);
	json_decref(g->arrive);
	json_decref(g->gone);
	json_decref(g->lost);
	json_decref(g->may);
	json_decref(g->thoughts);
	json_decref(g->loose);
}

bool
gen_chance(struct gen *g, unsigned percent)
{
	return dice_chance(g->dice, percent);
}

void
gen_set(struct gen *g, const char *key, json_t *value)
{
	json_object_set_new(g->body, key, value);
}

/* --- what must become of it ----------------------------------------------- */

const char *
gen_word(struct gen *g)
{
	snprintf(g->word, sizeof(g->word), "zq%05u", ++g->serial);
	return g->word;
}

void
gen_arrives(struct gen *g, const char *word)
{
	json_object_set_new(g->arrive, word, json_true());
}

void
gen_vanishes(struct gen *g, const char *word)
{
	json_object_set_new(g->gone, word, json_true());
}

void
gen_may_lose(struct gen *g, const char *code)
{
	json_object_set_new(g->may, code, json_true());
}

void
gen_loses(struct gen *g, const char *code, const char *detail, ...)
{
	char text[256];
	va_list ap;
	int n = snprintf(text, sizeof(text), "%s", code);

	if (detail != NULL) {
		text[n++] = '=';
		va_start(ap, detail);
		vsnprintf(text + n, sizeof(text) - (size_t)n, detail, ap);
		va_end(ap);
	}
	json_object_set_new(g->lost, text, json_true());
	gen_may_lose(g, code);
}

/* "code=detail", or the code alone. */
static bool
was_lost(const struct loss *losses, const char *text)
{
	size_t n = strcspn(text, "=");
	struct span code = { text, n };

	for (; losses != NULL; losses = losses->next) {
		if (!span_eq(span_of(losses->code), code))
			continue;
		if (text[n] == '\0' || span_is(losses->detail, text + n + 1))
			return true;
	}
	return false;
}

const char *
gen_verdict(const struct gen *g, struct span sent, const struct loss *losses)
{
	static char why[512];
	const char *key;
	json_t *v;

	json_object_foreach(g->arrive, key, v)
		if (span_find(sent, span_of(key)) < 0) {
			snprintf(why, sizeof(why), "%s did not arrive", key);
			return why;
		}
	json_object_foreach(g->gone, key, v)
		if (span_find(sent, span_of(key)) >= 0) {
			snprintf(why, sizeof(why), "%s was sent on", key);
			return why;
		}
	json_object_foreach(g->lost, key, v)
		if (!was_lost(losses, key)) {
			snprintf(why, sizeof(why), "%s is not reported", key);
			return why;
		}
	for (; losses != NULL; losses = losses->next)
		if (json_object_get(g->may, losses->code) == NULL) {
			snprintf(why, sizeof(why), "%s=%.*s is reported for "
			    "no reason", losses->code,
			    SPAN_ARG(losses->detail));
			return why;
		}
	return NULL;
}

/* --- texts ---------------------------------------------------------------- */

json_t *
gen_text_about(struct gen *g, const char *word)
{
	static const char *const around[] = {
		"", "", "", " ", "\n\n", " says \"hello\" and \\n", "\t",
		" caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		" \xf0\x9f\x99\x82\xf0\x9f\x8f\xbd", " </system_message> ",
		" {\"type\":\"text\"} ", "\x7f\x01\x1f", "\xe2\x80\xa8",
		" a longer sentence that goes on for a while, as they do. ",
		"\xef\xbf\xbd\xef\xbb\xbf", "\r\n# Title\r\n", NULL,
	};
	char text[256];
	int n = snprintf(text, sizeof(text), "%s%s%s%s",
	    dice_word(g->dice, around), word, dice_word(g->dice, around),
	    dice_word(g->dice, around));

	/* A NUL is a character like others in JSON. */
	if (gen_chance(g, 1))
		text[n++] = '\0';
	return json_stringn(text, (size_t)n);
}

json_t *
gen_text(struct gen *g)
{
	const char *word = gen_word(g);

	gen_arrives(g, word);
	return gen_text_about(g, word);
}

json_t *
gen_text_lost(struct gen *g)
{
	const char *word = gen_word(g);

	gen_vanishes(g, word);
	return gen_text_about(g, word);
}

json_t *
gen_blank(struct gen *g)
{
	static const char *const blanks[] = { "", " ", "\n", " \t\n ", NULL };

	return json_string(dice_word(g->dice, blanks));
}

json_t *
gen_name(struct gen *g)
{
	static const char *const tails[] = {
		"_get", "-list-files", "", "_Read", ".read_file", " weather",
		"/a/b:c", "_\xc3\xa9t\xc3\xa9", "__nested__name",
		("_a_name_that_is_longer_than_any_upstream_takes_for_a_tool_"
		 "and_then_some"),
		"_exactly_of_the_greatest_length_that_is_taken_for_tool_01",
		NULL,
	};

	return json_sprintf("%s%s", gen_word(g),
	    dice_word(g->dice, gen_chance(g, 70) ? (const char *const[]){
	    "_get", "_run", "-list", NULL } : tails));
}

json_t *
gen_id(struct gen *g)
{
	static const char *const heads[] = {
		"call_", "toolu_01", "fc-", "chatcmpl-tool-", "call:1/",
		"\xc3\xa9 ", "functions.get:", "", NULL,
	};

	return json_sprintf("%s%s", dice_word(g->dice, heads), gen_word(g));
}

json_t *
gen_arguments(struct gen *g)
{
	const char *word = gen_word(g);

	switch (dice_below(g->dice, 12)) {
	case 0:
		return json_string("");
	case 1:
		return json_string("{}");
	case 2:
		gen_arrives(g, word);
		return json_sprintf("[1, \"%s\"]", word);
	case 3:
		return json_string("null");
	case 4:
		gen_arrives(g, word);
		gen_loses(g, "bad_arguments_wrapped", NULL);
		return json_sprintf("{\"path\": \"%s", word);
	case 5:
		gen_arrives(g, word);
		return json_sprintf(" {\"%s\" : 1.50, \"n\": 12345678901, "
				    "\"deep\":[[{\"a\":null}]]} ", word);
	default:
		gen_arrives(g, word);
		return json_sprintf("{\"path\":\"%s\",\"all\":true}", word);
	}
}

/* --- media ---------------------------------------------------------------- */

/* Base64 text with a word in it; the tail fills the last four characters. */
struct sample {
	const char	*type, *head, *tail;
};

static const struct sample images[] = {
	{ "image/png", "iVBORw0KGgo", "AA" },
	{ "image/jpeg", "/9j/4AAQ", "A" },
	{ "image/jpg", "/9j/4AAQ", "A" },
	{ "image/gif", "R0lGODlh", "A" },
	{ "image/webp", "UklGRgAAAABXRUJQ", "A" },
	{ "image/png", "QUFB", "A" },	/* nobody knows what */
	{ "image/png", "/9j/4AAQ", "A" },	/* not what it says */
	{ "image/jpeg", "R0lGODlh", "A" },
};

enum { IMAGES = sizeof(images) / sizeof(images[0]) };

static json_t *
bad_image(struct gen *g, const char *word)
{
	static const char *const forms[] = {
		"data:image/svg+xml;base64,PHN2Zz4%sA=",
		"data:image/png,%s", "data:image/png;base64,!%s!",
		"ftp://files.example.net/%s.png", "file:///tmp/%s.png",
		"%s.png", "data:text/html;base64,PGI+%sA", NULL,
	};
	const char *form = dice_word(g->dice, forms);
	size_t at = (size_t)(strstr(form, "%s") - form);

	gen_vanishes(g, word);
	return json_sprintf("%.*s%s%s", (int)at, form, word, form + at + 2);
}

json_t *
gen_image(struct gen *g, bool *good)
{
	const struct sample *s = &images[dice_below(g->dice, IMAGES)];
	const char *word = gen_word(g);

	*good = !gen_chance(g, 20);
	if (!*good)
		return bad_image(g, word);
	gen_arrives(g, word);
	if (gen_chance(g, 30))
		return json_sprintf("%s://img.example.net/%s.png?x=1&y=%%20",
		    gen_chance(g, 50) ? "https" : "http", word);
	return json_sprintf("data:%s;base64,%s%s%s", s->type, s->head, word,
	    s->tail);
}

/* The base64 form of a text that has a word: it arrives decoded. */
static json_t *
text_file(struct gen *g, const char *type)
{
	struct buf b;
	char text[32];
	json_t *v;

	gen_arrives(g, gen_word(g));
	snprintf(text, sizeof(text), "%sok", g->word);	/* nine bytes */
	buf_init(&b, 0);
	if (type[0] != '\0')
		buf_printf(&b, "data:%s;base64,", type);
	base64url_put(&b, span_of(text));
	v = json_string(buf_str(&b));
	buf_free(&b);
	return v;
}

static const char pdf_head[] = "JVBERi0xLjcK";

static json_t *
pdf_file(struct gen *g, const char *label)
{
	gen_arrives(g, gen_word(g));
	return json_sprintf("%s%s%sA", label, pdf_head, g->word);
}

static void
bad_file(struct gen *g, json_t *file)
{
	static const char *const data[] = {
		"AAECAwQF", "data:application/zip;base64,UEsDBAoAAAAA",
		"!!!!", "data:application/pdf;base64,=", NULL,
	};

	if (gen_chance(g, 50))
		json_object_set_new(file, "file_id", json_string("file-abc"));
	else
		json_object_set_new(file, "file_data",
		    json_string(dice_word(g->dice, data)));
	if (gen_chance(g, 50))
		json_object_set_new(file, "filename", json_string("a.bin"));
}

static void
good_file(struct gen *g, json_t *file)
{
	static const char *const text_types[] = {
		"text/plain", "text/csv", "application/json",
		"application/octet-stream", NULL,
	};
	const char *name = "notes.txt";
	json_t *data;

	switch (dice_below(g->dice, g->chat ? 4 : 5)) {
	case 0:
		data = pdf_file(g, "data:application/pdf;base64,");
		name = "report.pdf";
		break;
	case 1:
		data = pdf_file(g, "");
		name = "Report.PDF";
		break;
	case 2:
		data = text_file(g, dice_word(g->dice, text_types));
		break;
	case 3:
		gen_arrives(g, gen_word(g));
		data = json_sprintf("data:image/png;base64,iVBORw0KGgo%sAA",
		    g->word);
		name = "shot.png";
		break;
	default:
		gen_arrives(g, gen_word(g));
		json_object_set_new(file, "file_url", json_sprintf(
		    "https://files.example.net/%s.pdf", g->word));
		return;
	}
	json_object_set_new(file, "file_data", data);
	if (gen_chance(g, 70))
		json_object_set_new(file, "filename", json_string(name));
}

json_t *
gen_file(struct gen *g, bool *good)
{
	json_t *file = json_object();

	*good = !gen_chance(g, 20);
	if (*good)
		good_file(g, file);
	else
		bad_file(g, file);
	return file;
}
