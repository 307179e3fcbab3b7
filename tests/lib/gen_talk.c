/*
 * Generators: histories.  A group is what the same side says in a row; what
 * must become of system texts and of reasoning is settled for whole groups.
 * An answer of which nothing stays does not end the user's group.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "gen_openai.h"
#include "model/seal.h"

const char *
gen_path(const struct gen *g)
{
	static char path[32];

	snprintf(path, sizeof(path), "%s[%zu]", g->chat ? "messages" :
	    "input", json_array_size(g->list));
	return path;
}

/* --- reasoning ------------------------------------------------------------ */

json_t *
gen_envelope(const char *text, const char *signature)
{
	struct seal seal = { .kind = SEAL_SIGNATURE,
	    .data = span_of(signature) };
	struct buf b;
	json_t *v;

	buf_init(&b, 0);
	seal_put_r1(&b, SPAN("claude-opus-5-5"), span_of(text), &seal);
	v = json_string(buf_str(&b));
	buf_free(&b);
	return v;
}

/* The user's group is over: where may its system texts stand? */
static void
settle_notes(struct gen *g)
{
	if (g->noted && (!g->said || !g->model->system_role))
		gen_loses(g, "system_inlined", NULL);
	g->said = g->noted = false;
}

void
gen_replied(struct gen *g)
{
	settle_notes(g);
	g->answered = g->replied = true;
	json_array_clear(g->loose);
}

void
gen_thought(struct gen *g, const char *word)
{
	g->answered = true;
	json_array_append_new(g->thoughts, json_string(word));
	json_array_append_new(g->loose, json_string(word));
}

void
gen_thought_foreign(struct gen *g)
{
	g->answered = g->foreign = true;
}

void
gen_thought_unsealed(struct gen *g)
{
	g->answered = g->unsealed = true;
}

static void
all(struct gen *g, const json_t *words, void (*fn)(struct gen *g,
    const char *word))
{
	json_t *v;
	size_t i;

	json_array_foreach(words, i, v)
		fn(g, json_string_value(v));
}

static void
may_arrive(struct gen *g, const char *word)
{
	json_object_del(g->arrive, word);
}

/* The assistant's group is over: its reasoning comes whole or not at all. */
static void
settle_reply(struct gen *g)
{
	bool some = json_array_size(g->thoughts) > 0;

	if (g->foreign || (g->unsealed && some)) {
		gen_loses(g, "reasoning_foreign", NULL);
		all(g, g->thoughts, gen_vanishes);
	} else {
		all(g, g->thoughts, gen_arrives);
		all(g, g->loose, may_arrive);
		all(g, g->loose, gen_vanishes);
		if (json_array_size(g->loose) > 0)
			gen_loses(g, "thinking_unfinished", NULL);
	}
	json_array_clear(g->thoughts);
	json_array_clear(g->loose);
	g->foreign = g->unsealed = g->replied = false;
}

/* --- the user's side --------------------------------------------------------- */

static void
say(struct gen *g, const struct gen_shape *shape)
{
	settle_reply(g);
	shape->user(g);
	g->said = true;
}

static void
note(struct gen *g, const struct gen_shape *shape)
{
	if (g->answered) {
		settle_reply(g);
		g->noted = true;
	}
	shape->system(g);
}

/* Functions of 2023 have no ids: two results are one too many. */
static void
answer_calls(struct gen *g, const struct gen_shape *shape, json_t *calls)
{
	bool legacy = json_object_get(g->body, "functions") != NULL;

	while (json_array_size(calls) > 0) {
		size_t i = gen_chance(g, 70) ? 0 :
		    dice_below(g->dice, json_array_size(calls));
		json_t *call = json_array_get(calls, i);

		settle_reply(g);
		if (!legacy && gen_chance(g, 2)) {
			shape->result(g, call, true);
			gen_loses(g, "duplicate_tool_result", NULL);
		}
		shape->result(g, call, false);
		g->said = true;
		json_array_remove(calls, i);
		if (gen_chance(g, 4))
			say(g, shape);
	}
}

static void
reply(struct gen *g, const struct gen_shape *shape)
{
	size_t n = json_array_size(g->list);
	bool said = g->said;
	json_t *calls = shape->answer(g);

	if (said && g->replied)
		json_array_append_new(g->ends, json_integer((json_int_t)n));
	answer_calls(g, shape, calls);
	json_decref(calls);
}

void
gen_talk(struct gen *g, const struct gen_shape *shape)
{
	size_t groups = dice_below(g->dice, 6);

	for (size_t n = dice_below(g->dice, 3); n > 0; n--)
		note(g, shape);
	if (groups == 0 || gen_chance(g, 95))
		say(g, shape);
	for (; groups > 0; groups--) {
		if (gen_chance(g, 10))
			note(g, shape);
		reply(g, shape);
		if (gen_chance(g, groups == 1 ? 85 : 70))
			say(g, shape);
		if (gen_chance(g, 8))
			note(g, shape);
	}
	if (json_array_size(g->list) == 0)	/* answers of nothing */
		say(g, shape);
	settle_notes(g);
	if (g->replied)
		gen_loses(g, "trailing_assistant", NULL);
	settle_reply(g);
}

/* --- content parts ---------------------------------------------------------------- */

void
gen_mark(struct gen *g, json_t *o)
{
	if (!gen_chance(g, 4))
		return;
	if (gen_chance(g, 50))
		json_object_set_new(o, "prompt_cache_breakpoint",
		    json_pack("{s:s}", "mode", "explicit"));
	else
		json_object_set_new(o, "cache_control",
		    json_pack("{s:s}", "type", "ephemeral"));
}

static json_t *
text_part(const struct gen *g, json_t *text)
{
	return json_pack("{s:s,s:o}", "type", g->chat ? "text" : "input_text",
	    "text", text);
}

static json_t *
image_part(struct gen *g, const char *path)
{
	static const char *const details[] = { "auto", "low", "high", NULL };
	bool good;
	json_t *url = gen_image(g, &good), *part;
	const char *detail = gen_chance(g, 30) ?
	    dice_word(g->dice, details) : NULL;

	if (!good)
		gen_loses(g, "media_dropped", "%s", path);
	else if (detail != NULL && strcmp(detail, "auto") != 0)
		gen_loses(g, "detail_dropped", "%s%s.detail", path,
		    g->chat ? ".image_url" : "");
	if (detail != NULL)
		gen_may_lose(g, "detail_dropped");
	if (!g->chat) {
		part = json_pack("{s:s,s:o}", "type", "input_image",
		    "image_url", url);
		if (detail != NULL)
			json_object_set_new(part, "detail",
			    json_string(detail));
		return part;
	}
	part = json_pack("{s:o}", "url", url);
	if (detail != NULL)
		json_object_set_new(part, "detail", json_string(detail));
	return json_pack("{s:s,s:o}", "type", "image_url", "image_url", part);
}

static json_t *
file_part(struct gen *g, const char *path)
{
	bool good;
	json_t *file = gen_file(g, &good);

	if (!good)
		gen_loses(g, "media_dropped", "%s", path);
	if (g->chat)
		return json_pack("{s:s,s:o}", "type", "file", "file", file);
	json_object_set_new(file, "type", json_string("input_file"));
	return file;
}

static json_t *
audio_part(struct gen *g, const char *path)
{
	gen_loses(g, "media_dropped", "%s", path);
	return json_pack("{s:s,s:{s:s,s:s}}", "type", "input_audio",
	    "input_audio", "data", "AAAA", "format", "wav");
}

/* Chat refuses these. */
static json_t *
unknown_part(struct gen *g)
{
	gen_loses(g, "item_dropped", "input_hologram");
	return json_pack("{s:s,s:o}", "type", "input_hologram", "text",
	    gen_text_lost(g));
}

static json_t *
any_part(struct gen *g, const char *path, bool result)
{
	switch (dice_below(g->dice, 10)) {
	case 0:
	case 1:
		return image_part(g, path);
	case 2:
		return file_part(g, path);
	case 3:
		if (result)
			return text_part(g, gen_text(g));
		return g->chat || gen_chance(g, 50) ? audio_part(g, path) :
		    unknown_part(g);
	case 4:
		return text_part(g, gen_blank(g));
	default:
		return text_part(g, gen_text(g));
	}
}

json_t *
gen_parts(struct gen *g, const char *path, bool result)
{
	json_t *parts = json_array(), *part;
	size_t n = dice_below(g->dice, 4);

	for (size_t i = 0; i < n; i++) {
		char at[64];

		snprintf(at, sizeof(at), "%s[%zu]", path, i);
		part = any_part(g, at, result);
		gen_mark(g, part);
		json_array_append_new(parts, part);
	}
	if (!result)
		json_array_append_new(parts, text_part(g, gen_text(g)));
	return parts;
}
