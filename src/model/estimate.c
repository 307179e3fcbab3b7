/*
 * How many tokens a text will be, without anybody's vocabulary: runs of one
 * kind of character have a price (c2o-common section 12.1).  Large bodies are
 * counted on every request, so plain words are looked at once.
 */
#include "model/estimate.h"

#include "base/buf.h"
#include "base/codec.h"
#include "model/media.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* What a token costs, and the fixed prices of a request's structure. */
enum {
	TOKEN = 1000,
	PER_REQUEST = 3 * TOKEN,
	PER_MESSAGE = 4 * TOKEN,
	PER_SYSTEM = 4 * TOKEN,
	PER_CALL = 8 * TOKEN,		/* and per result */
	PER_TOOL = 12 * TOKEN,
	PER_PAGE = 1800 * TOKEN,
	PAGE_BYTES = 50000,
	IMAGE = 1100 * TOKEN,		/* of unknown size */
	IMAGE_TILE = 32,		/* pixels on each side */
	IMAGE_TILES = 1536,		/* at most */
};

/* Kinds of ASCII, and the mark of those that base64 and ids are made of. */
enum { OTHER, LETTER, DIGIT, BREAK, BLANK, KIND = 7, MIXED = 8 };

#define L (LETTER | MIXED)
#define D (DIGIT | MIXED)
static const unsigned char kinds[256] = {
	['\n'] = BREAK, ['\r'] = BREAK, [' '] = BLANK, ['\t'] = BLANK,
	['+'] = MIXED, ['/'] = MIXED, ['_'] = MIXED, ['='] = MIXED,
	['0'] = D, D, D, D, D, D, D, D, D, D,
	['A'] = L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L,
	['a'] = L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L,
};
#undef L
#undef D

/* What a run beyond ASCII costs: once, and for each code point in it. */
struct script {
	uint32_t first, last;
	long once, each;
};

static const struct script scripts[] = {
	{ 0x0080,	0x036f,		300,	450 },	/* Latin */
	{ 0x1100,	0x11ff,		0,	690 },	/* Hangul */
	{ 0x3040,	0x318f,		0,	690 },	/* kana, Hangul */
	{ 0x31f0,	0x31ff,		0,	690 },	/* kana */
	{ 0x3400,	0x4dbf,		0,	690 },	/* Han */
	{ 0x4e00,	0x9fff,		0,	690 },
	{ 0xa960,	0xa97f,		0,	690 },	/* Hangul */
	{ 0xac00,	0xd7ff,		0,	690 },
	{ 0xf900,	0xfaff,		0,	690 },	/* Han */
	{ 0xff66,	0xff9f,		0,	690 },	/* kana */
	{ 0x1f000,	0x1faff,	0,	2000 },	/* pictures */
	{ 0x20000,	0x3ffff,	0,	690 },	/* Han */
};
static const struct script other_script = { 0, 0, 600, 160 };

static const struct script *
script_of(uint32_t point)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (point >= scripts[i].first && point <= scripts[i].last)
			return &scripts[i];
	return &other_script;
}

/* A run beyond ASCII; *at is moved behind it. */
static long long
high_run(struct span s, size_t *at)
{
	const struct script *script = NULL;
	long long sum = 0;

	while (*at < s.n && (unsigned char)s.p[*at] >= 0x80) {
		const struct script *now;
		size_t bytes;

		now = script_of(utf8_next(span_from(s, *at), &bytes));
		if (script != NULL && now != script)
			break;
		if (script == NULL)
			sum = now->once;
		script = now;
		sum += now->each;
		*at += bytes;
	}
	return sum;
}

/* A run of n ASCII characters of one kind. */
static long long
ascii_cost(int kind, size_t n)
{
	long long l = (long long)n;

	switch (kind) {
	case LETTER:	return TOKEN + (l > 6 ? 180 * (l - 6) : 0);
	case DIGIT:	return TOKEN * ((l + 2) / 3);
	case BREAK:	return 600;
	case BLANK:	return l > 1 ? 600 : 0;
	default:	return (l > 3 ? 350 : 700) * l;
	}
}

/*
 * Behind a run of the characters of base64, hashes and ids; *noise says
 * whether it looks like one of them.
 */
static size_t
mixed_end(struct span s, size_t at, bool *noise)
{
	size_t from = at, digits = 0;

	for (; at < s.n; at++) {
		unsigned char kind = kinds[(unsigned char)s.p[at]];

		if (!(kind & MIXED))
			break;
		digits += (kind & KIND) == DIGIT;
	}
	*noise = at - from >= 24 && digits >= 2 && at - from - digits >= 2;
	return at;
}

long long
estimate_text(struct span s)
{
	long long sum = 0;
	size_t at = 0, words = 0;	/* before `words` there is no noise */

	while (at < s.n) {
		size_t from = at;
		unsigned char kind = kinds[(unsigned char)s.p[at]];

		if ((unsigned char)s.p[at] >= 0x80) {
			sum += high_run(s, &at);
			continue;
		}
		do
			at++;
		while (at < s.n && (unsigned char)s.p[at] < 0x80 &&
		    ((kinds[(unsigned char)s.p[at]] ^ kind) & KIND) == 0);
		/* Only a run that goes on with another kind can be noise. */
		if ((kind & MIXED) && from >= words && at < s.n &&
		    (kinds[(unsigned char)s.p[at]] & MIXED)) {
			bool noise;

			words = mixed_end(s, from, &noise);
			if (noise) {
				at = words;
				sum += 550 * (long long)(at - from);
				continue;
			}
		}
		sum += ascii_cost(kind & KIND, at - from);
	}
	return sum;
}

long
tokens_of(long long thousandths)
{
	return (long)((thousandths + TOKEN / 2) / TOKEN);
}

static long long
json_cost(const json_t *v)
{
	struct buf text;
	long long sum;

	if (v == NULL)
		return 0;
	buf_init(&text, 0);
	json_put(&text, v);
	sum = estimate_text(buf_span(&text));
	buf_free(&text);
	return sum;
}

static long long
tiles(long pixels)
{
	return pixels > IMAGE_TILE * IMAGE_TILES ? IMAGE_TILES :
	    (pixels + IMAGE_TILE - 1) / IMAGE_TILE;
}

static long long
image_cost(const json_t *source)
{
	long width, height;
	long long count;

	if (media_size(jget_span(source, "data"), &width, &height) < 0)
		return IMAGE;
	count = tiles(width) * tiles(height);
	return TOKEN * (count > IMAGE_TILES ? IMAGE_TILES : count);
}

static long long content_cost(const json_t *content);

/* A document's source: text, blocks, or pages of a PDF. */
static long long
document_cost(const json_t *source)
{
	struct span data = jget_span(source, "data");
	long long pages = (long long)(data.n / 4 * 3 / PAGE_BYTES);

	if (jget_is(source, "type", "text"))
		return estimate_text(data);
	if (jget_is(source, "type", "content"))
		return content_cost(jget(source, "content"));
	return PER_PAGE * (pages > 0 ? pages : 1);
}

static long long
tool_cost(const json_t *tool)
{
	return PER_TOOL + estimate_text(jget_span(tool, "name")) +
	    estimate_text(jget_span(tool, "description")) +
	    json_cost(jget_object(tool, "input_schema"));
}

/* One block of any type: what a model reads of it has few names. */
static long long
block_cost(const json_t *block)
{
	static const char *const texts[] = {
		"text", "thinking", "title", "context", "source", "name",
		"tool_name", "url",
	};
	struct span type = jget_span(block, "type");
	long long sum = 0;

	if (span_is(type, "image"))
		return image_cost(jget(block, "source"));
	if (span_is(type, "document"))
		sum += document_cost(jget(block, "source"));
	if (span_ends(type, "tool_use") || span_ends(type, "tool_result"))
		sum += PER_CALL;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		sum += estimate_text(jget_span(block, texts[i]));
	sum += json_cost(jget_object(block, "input"));
	return sum + content_cost(jget(block, "content"));
}

/* A text, or a list of blocks. */
static long long
content_cost(const json_t *content)
{
	long long sum = 0;
	size_t i;
	json_t *block;

	json_array_foreach(content, i, block)
		sum += block_cost(block);
	return sum + estimate_text(jspan(content));
}

long
estimate_messages(const json_t *body)
{
	json_t *system = jget(body, "system");
	long long sum = PER_REQUEST;
	size_t i;
	json_t *one;

	if (system != NULL)
		sum += PER_SYSTEM + content_cost(system);
	json_array_foreach(jget_array(body, "messages"), i, one)
		sum += PER_MESSAGE + content_cost(jget(one, "content"));
	json_array_foreach(jget_array(body, "tools"), i, one)
		sum += tool_cost(one);
	return tokens_of(sum);
}
