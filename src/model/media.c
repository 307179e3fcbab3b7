/*
 * Images and files.  What counts is the type the bytes really have: labels
 * and file names are what a client believes.
 */
#include "model/media.h"

#include "base/codec.h"

/* How the formats begin; '?' stands for any byte. */
static const struct magic {
	const char *type;
	struct span head;
} magics[] = {
	{ "image/png",		SPAN("\x89PNG\r\n\x1a\n") },
	{ "image/jpeg",		SPAN("\xff\xd8\xff") },
	{ "image/gif",		SPAN("GIF87a") },
	{ "image/gif",		SPAN("GIF89a") },
	{ "image/webp",		SPAN("RIFF????WEBP") },
	{ "application/pdf",	SPAN("%PDF") },
};

/* Media types as clients write them, and as they are sent. */
static const struct label {
	const char *word, *type;
} labels[] = {
	{ "image/png",		"image/png" },
	{ "image/jpeg",		"image/jpeg" },
	{ "image/jpg",		"image/jpeg" },
	{ "image/gif",		"image/gif" },
	{ "image/webp",		"image/webp" },
	{ "application/pdf",	"application/pdf" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
begins(struct span bytes, struct span head)
{
	if (bytes.n < head.n)
		return false;
	for (size_t i = 0; i < head.n; i++)
		if (head.p[i] != '?' && head.p[i] != bytes.p[i])
			return false;
	return true;
}

/* The type that the first bytes show; absent when they show none. */
static struct span
type_by_magic(struct span base64)
{
	unsigned char head[16];
	size_t n = base64_peek(span_head(base64, 20), head, sizeof(head));
	struct span bytes = { (char *)head, n };

	for (size_t i = 0; i < COUNT(magics); i++)
		if (begins(bytes, magics[i].head))
			return span_of(magics[i].type);
	return SPAN_NONE;
}

/* The type that a label names, without its parameters. */
static struct span
type_by_label(struct span label)
{
	struct span word = span_trim(span_cut(&label, ';'));

	for (size_t i = 0; i < COUNT(labels); i++)
		if (span_like(word, labels[i].word))
			return span_of(labels[i].type);
	return SPAN_NONE;
}

static bool
is_image(struct span type)
{
	return span_starts(type, "image/");
}

static bool
is_pdf(struct span type)
{
	return span_is(type, "application/pdf");
}

static bool
has_scheme(struct span url, const char *scheme)
{
	return span_like(span_head(url, strlen(scheme)), scheme);
}

/*
 * Take a data URL apart:
 *
 *	data:image/png;charset=x;base64,iVBORw0K...
 *
 * -1 when it is no data URL, or one whose data is not base64.
 */
static int
split_data_url(struct span url, struct span *label, struct span *data)
{
	struct span rest = span_from(url, strlen("data:"));
	struct span head;

	if (!has_scheme(url, "data:"))
		return -1;
	head = span_cut(&rest, ',');
	if (rest.p == NULL || head.n < strlen(";base64") ||
	    !span_like(span_from(head, head.n - strlen(";base64")), ";base64"))
		return -1;
	*label = span_head(head, head.n - strlen(";base64"));
	*data = rest;
	return 0;
}

int
media_from_base64(struct pool *pool, struct span type, struct span data,
    bool sniff, struct media *m)
{
	struct span shown = type_by_label(type);

	(void)pool;
	if (!base64_valid(data))
		return -1;
	if (sniff) {
		struct span real = type_by_magic(data);

		if (is_image(real))
			shown = real;
	}
	if (!is_image(shown))
		return -1;
	m->kind = MEDIA_IMAGE;
	m->source = SOURCE_BASE64;
	m->type = shown;
	m->data = data;
	return 0;
}

int
media_from_url(struct pool *pool, struct span url, bool sniff, struct media *m)
{
	struct span label, data;

	if (has_scheme(url, "http://") || has_scheme(url, "https://")) {
		m->kind = MEDIA_IMAGE;
		m->source = SOURCE_URL;
		m->data = url;
		return 0;
	}
	if (split_data_url(url, &label, &data) < 0)
		return -1;
	return media_from_base64(pool, label, data, sniff, m);
}

/* A file that is neither image nor PDF: text, if its bytes are UTF-8. */
static int
text_from_base64(struct pool *pool, struct span data, struct media *m)
{
	struct span text;

	if (base64_read(pool, data, &text) < 0 || !utf8_valid(text) ||
	    memchr(text.p, '\0', text.n) != NULL)
		return -1;
	m->kind = MEDIA_TEXT;
	m->source = SOURCE_TEXT;
	m->type = SPAN("text/plain");
	m->data = text;
	return 0;
}

/* The type of a file: what its bytes show, then its label, then its name. */
static struct span
type_of_file(struct span label, struct span data, struct span filename)
{
	struct span type = type_by_magic(data);

	if (type.p == NULL)
		type = type_by_label(label);
	if (type.p == NULL && filename.n > 4 &&
	    span_like(span_from(filename, filename.n - 4), ".pdf"))
		type = SPAN("application/pdf");
	return type;
}

int
media_from_file(struct pool *pool, struct span data, struct span filename,
    struct media *m)
{
	struct span label = SPAN_NONE, type;

	if (has_scheme(data, "data:") &&
	    split_data_url(data, &label, &data) < 0)
		return -1;
	if (!base64_valid(data))
		return -1;
	type = type_of_file(label, data, filename);
	m->title = filename.n > 0 ? filename : SPAN_NONE;
	if (type.p == NULL)
		return text_from_base64(pool, data, m);
	m->kind = is_pdf(type) ? MEDIA_PDF : MEDIA_IMAGE;
	m->source = SOURCE_BASE64;
	m->type = type;
	m->data = data;
	return 0;
}

/* A title for use between double quotes. */
static struct span
quotable(struct pool *pool, struct span title)
{
	struct span copy = pool_span(pool, title);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.n; i++)
		if (p[i] == '"')
			p[i] = '\'';
	return copy;
}

struct span
media_frame(struct pool *pool, const struct media *m)
{
	struct span head = SPAN("<document>");

	if (m->title.p != NULL)
		head = pool_join(pool, SPAN("<document title=\""),
		    quotable(pool, m->title), SPAN("\">"));
	if (m->context.n > 0)
		head = pool_join(pool, head, SPAN("\nContext: "), m->context);
	return head;
}

struct span
media_inline(struct pool *pool, const struct media *m)
{
	struct span head = pool_join(pool, media_frame(pool, m), SPAN("\n"),
	    m->data);

	return pool_join(pool, head, SPAN("\n</document>"), SPAN_NONE);
}

/* --- sizes ---------------------------------------------------------- */

/* Up to n decoded bytes from an offset on; four digits are three bytes. */
static size_t
bytes_at(struct span base64, size_t offset, unsigned char *bytes, size_t n)
{
	unsigned char some[40];
	size_t skip = offset % 3, got;
	struct span from = span_from(base64, offset / 3 * 4);

	got = base64_peek(span_head(from, 52), some, skip + n);
	if (got <= skip)
		return 0;
	memcpy(bytes, some + skip, got - skip);
	return got - skip;
}

static long
big16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static long
little16(const unsigned char *p)
{
	return p[1] << 8 | p[0];
}

/*
 * JPEG is a row of segments, FF, a marker and a length each; the size stands
 * in the first start-of-frame segment (C0 to CF, but C4, C8 and CC).
 */
static int
jpeg_size(struct span base64, long *width, long *height)
{
	unsigned char p[9];
	size_t at = 2;

	for (int segments = 0; segments < 512; segments++) {
		if (bytes_at(base64, at, p, sizeof(p)) < sizeof(p) ||
		    p[0] != 0xff)
			return -1;
		if (p[1] == 0xff) {	/* a fill byte */
			at++;
			continue;
		}
		if (p[1] >= 0xc0 && p[1] <= 0xcf && p[1] != 0xc4 &&
		    p[1] != 0xc8 && p[1] != 0xcc) {
			*height = big16(p + 5);
			*width = big16(p + 7);
			return 0;
		}
		at += 2 + (size_t)big16(p + 2);
	}
	return -1;
}

/* WebP has three kinds of first chunk: lossy, lossless, extended. */
static int
webp_size(const unsigned char *p, long *width, long *height)
{
	if (memcmp(p + 12, "VP8 ", 4) == 0) {
		*width = little16(p + 26) & 0x3fff;
		*height = little16(p + 28) & 0x3fff;
	} else if (memcmp(p + 12, "VP8L", 4) == 0) {
		*width = (p[21] | (p[22] & 0x3f) << 8) + 1;
		*height = (p[22] >> 6 | p[23] << 2 | (p[24] & 15) << 10) + 1;
	} else if (memcmp(p + 12, "VP8X", 4) == 0) {
		*width = (p[24] | p[25] << 8 | p[26] << 16) + 1;
		*height = (p[27] | p[28] << 8 | p[29] << 16) + 1;
	} else {
		return -1;
	}
	return 0;
}

int
media_size(struct span base64, long *width, long *height)
{
	unsigned char p[30] = { 0 };
	size_t n = bytes_at(base64, 0, p, sizeof(p));
	struct span type = type_by_magic(base64);

	if (span_is(type, "image/png") && n >= 24) {
		*width = big16(p + 16) << 16 | big16(p + 18);
		*height = big16(p + 20) << 16 | big16(p + 22);
	} else if (span_is(type, "image/gif") && n >= 10) {
		*width = little16(p + 6);
		*height = little16(p + 8);
	} else if (span_is(type, "image/jpeg")) {
		if (jpeg_size(base64, width, height) < 0)
			return -1;
	} else if (span_is(type, "image/webp") && n == sizeof(p)) {
		if (webp_size(p, width, height) < 0)
			return -1;
	} else {
		return -1;
	}
	return *width > 0 && *height > 0 ? 0 : -1;
}
