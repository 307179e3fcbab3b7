#include <stdio.h>

#include "base/codec.h"
#include "model/seal.h"
#include "wire/jget.h"
#include "wire/jw.h"

#define R1 "co2.r1."
#define T1 "co2.t1."
#define C1 "co2.c1."

/* The longest envelopes that are looked into. */
#define R1_MAX (1 << 20)
#define T1_MAX (8 << 20)

static void
drop_node(void *node)
{
	json_decref(node);
}

struct seal
seal_copy(struct pool *pool, const struct seal *seal)
{
	struct seal s = *seal;

	s.data = pool_span(pool, seal->data);
	s.id = pool_span(pool, seal->id);
	s.field = pool_span(pool, seal->field);
	s.text = pool_span(pool, seal->text);
	if (s.details != NULL)
		pool_defer(pool, drop_node, json_incref(s.details));
	return s;
}

bool
seal_is_empty(const struct seal *seal)
{
	switch (seal->kind) {
	case SEAL_SIGNATURE:
	case SEAL_REDACTED:
		return seal->data.n == 0;
	case SEAL_RESPONSES:
		return seal->data.n == 0 && !seal->raw;
	case SEAL_CHAT:
		return seal->field.n == 0 && seal->details == NULL;
	default:
		return true;
	}
}

/* prefix and the base64url form of json. */
static void
put_envelope(struct buf *out, const char *prefix, struct span json)
{
	buf_puts(out, prefix);
	base64url_put(out, json);
}

/* The object inside an envelope, or NULL. */
static json_t *
open_envelope(struct pool *pool, const char *prefix, size_t max,
    struct span envelope)
{
	struct json_trouble why;
	struct span text;
	json_t *o;

	if (!span_starts(envelope, prefix) || envelope.n > max)
		return NULL;
	if (base64url_read(pool, span_from(envelope, strlen(prefix)), &text))
		return NULL;
	o = jread(pool, text, 0, NULL, &why);
	return json_is_object(o) ? o : NULL;
}

/*
 * The CRC stands last in the object and covers the compact object without
 * it. It finds truncation by clients, nothing more.
 */
static void
put_checked(struct buf *out, const char *prefix, struct buf *json)
{
	uint32_t crc = crc32_of(buf_span(json));

	buf_cut(json, json->n - 1);
	buf_printf(json, ",\"c\":\"%08x\"}", (unsigned)crc);
	put_envelope(out, prefix, buf_span(json));
}

/* Is the version one that we know, and the CRC right? "c" is taken out. */
static bool
checked(json_t *o)
{
	struct buf text;
	char crc[9];
	json_t *said = json_incref(json_object_get(o, "c"));
	bool same;

	json_object_del(o, "c");
	buf_init(&text, 0);
	json_put(&text, o);
	snprintf(crc, sizeof(crc), "%08x", (unsigned)crc32_of(buf_span(&text)));
	same = span_is(jspan(said), crc) && jget_long(o, "v", 0) == 1;
	buf_free(&text);
	json_decref(said);
	return same;
}

void
seal_put_r1(struct buf *out, struct span model, struct span text,
    const struct seal *seal)
{
	struct buf json;
	struct jw w;

	buf_init(&json, 0);
	jw_init(&w, &json);
	jw_obj(&w, NULL);
	jw_int(&w, "v", 1);
	jw_str(&w, "m", model);
	jw_arr(&w, "b");
	jw_obj(&w, NULL);
	if (seal->kind == SEAL_REDACTED) {
		jw_str(&w, "t", SPAN("rd"));
		jw_str(&w, "d", seal->data);
	} else {
		jw_str(&w, "t", SPAN("th"));
		jw_str(&w, "x", text.p ? text : SPAN(""));
		jw_str(&w, "s", seal->data.p ? seal->data : SPAN(""));
	}
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	put_checked(out, R1, &json);
	buf_free(&json);
}

/* One entry of "b"; -1 when it is none we know. */
static int
read_block(const json_t *entry, struct seal *seal)
{
	if (jget_is(entry, "t", "rd")) {
		seal->kind = SEAL_REDACTED;
		seal->data = jget_span(entry, "d");
		return seal->data.n > 0 ? 0 : -1;
	}
	if (!jget_is(entry, "t", "th"))
		return -1;
	seal->kind = SEAL_SIGNATURE;
	seal->text = jget_span(entry, "x");
	seal->data = jget_span(entry, "s");
	return seal->text.p != NULL && seal->data.n > 0 ? 0 : -1;
}

int
seal_read_r1(struct pool *pool, struct span envelope, struct seal **seals,
    size_t *count)
{
	json_t *o = open_envelope(pool, R1, R1_MAX, envelope);
	json_t *blocks;

	if (o == NULL || !checked(o))
		return -1;
	blocks = jget_array(o, "b");
	*count = json_array_size(blocks);
	if (*count == 0)
		return -1;
	*seals = pool_array(pool, struct seal, *count);
	for (size_t i = 0; i < *count; i++)
		if (read_block(json_array_get(blocks, i), &(*seals)[i]) != 0)
			return -1;
	return 0;
}

/* The words of "k" for the two kinds of upstream. */
static const struct {
	enum seal_kind kind;
	const char *word;
} kinds[] = {
	{ SEAL_RESPONSES, "resp" },
	{ SEAL_CHAT, "chat" },
};

/* Which upstream an envelope belongs to: 8 hex digits of its origin. */
static struct span
origin_mark(struct pool *pool, struct span origin)
{
	return sha256_hex(pool, origin, 8);
}

void
seal_put_t1(struct buf *out, struct span origin, const struct seal *seal)
{
	struct pool *pool = pool_open();
	struct buf json;
	struct jw w;
	bool chat = seal->kind == SEAL_CHAT, empty = seal_is_empty(seal);

	buf_init(&json, 0);
	jw_init(&w, &json);
	jw_obj(&w, NULL);
	jw_str(&w, "k", chat ? SPAN("chat") : SPAN("resp"));
	jw_str(&w, "u", origin_mark(pool, origin));
	if (!chat && !empty) {
		if (seal->id.n > 0)
			jw_str(&w, "id", seal->id);
		if (seal->data.n > 0)
			jw_str(&w, "ec", seal->data);
		if (seal->raw)
			jw_int(&w, "pt", 1);
	}
	if (chat && seal->field.n > 0)
		jw_str(&w, "f", seal->field);
	if (!empty && seal->text.n > 0)
		jw_str(&w, "t", seal->text);
	if (chat && seal->details != NULL)
		jw_json(&w, "d", seal->details);
	jw_end(&w);
	put_envelope(out, T1, buf_span(&json));
	buf_free(&json);
	pool_close(pool);
}

struct seal
seal_read_t1(struct pool *pool, struct span signature, struct span origin,
    enum seal_kind kind)
{
	struct seal seal = { .kind = SEAL_FOREIGN };
	json_t *o = open_envelope(pool, T1, T1_MAX, signature);

	for (size_t i = 0; o != NULL && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (jget_is(o, "k", kinds[i].word))
			seal.kind = kinds[i].kind;
	if (seal.kind == SEAL_FOREIGN)
		return seal;
	if (seal.kind != kind ||
	    !span_eq(jget_span(o, "u"), origin_mark(pool, origin))) {
		seal.kind = SEAL_STALE;
		return seal;
	}
	seal.id = jget_span(o, "id");
	seal.data = jget_span(o, "ec");
	seal.raw = jget_long(o, "pt", 0) == 1;
	seal.field = jget_span(o, "f");
	seal.text = jget_span(o, "t");
	seal.details = jget_array(o, "d");
	return seal;
}

void
seal_put_c1(struct buf *out, struct span model, struct span summary)
{
	struct buf json;
	struct jw w;

	buf_init(&json, 0);
	jw_init(&w, &json);
	jw_obj(&w, NULL);
	jw_int(&w, "v", 1);
	jw_str(&w, "m", model);
	jw_str(&w, "x", summary.p ? summary : SPAN(""));
	jw_end(&w);
	put_checked(out, C1, &json);
	buf_free(&json);
}

int
seal_read_c1(struct pool *pool, struct span envelope, struct span *summary)
{
	json_t *o = open_envelope(pool, C1, T1_MAX, envelope);

	if (o == NULL || !checked(o))
		return -1;
	*summary = jget_span(o, "x");
	return summary->p != NULL ? 0 : -1;
}
