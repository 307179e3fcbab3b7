/*
 * Images and files: labels put right, sizes read.
 */
#include "../lib/tap.h"
#include "model/media.h"

#define PNG "iVBORw0KGgoAAAANSUhEUgAAAEEAAAAgCAYAAAA="

static struct pool *pool;

static void
test_images(void)
{
	static const struct {
		const char *url;
		bool sniff;
		const char *type;	/* NULL: refused, "": a URL */
	} urls[] = {
		{ "https://x.example/a.png", true, "" },
		{ "HTTP://x.example/a.png", true, "" },
		{ "ftp://x.example/a.png", true, NULL },
		{ "file:///etc/passwd", true, NULL },
		{ "data:image/jpg;base64,QUFBQQ==", true, "image/jpeg" },
		{ "data:image/gif;x=y;base64,QUFBQQ==", true, "image/gif" },
		{ "data:image/jpeg;base64," PNG, true, "image/png" },
		{ "data:image/jpeg;base64," PNG, false, "image/jpeg" },
		{ "data:image/svg+xml;base64,QUFBQQ==", true, NULL },
		{ "data:application/pdf;base64,JVBERi0=", true, NULL },
		{ "data:image/png;base64,QUFBQQ", true, NULL },
		{ "data:image/png;base64,", true, NULL },
		{ "data:image/png,QUFBQQ==", true, NULL },
		{ "data:", true, NULL },
		{ "", true, NULL },
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct media m = { 0 };
		int rc = media_from_url(pool, span_of(urls[i].url),
		    urls[i].sniff, &m);

		is_int(rc, urls[i].type == NULL ? -1 : 0, "%s", urls[i].url);
		if (rc == 0)
			is_str(pool_str(pool, m.source == SOURCE_URL ?
			    SPAN("") : m.type), urls[i].type, "its type");
	}
}

static void
test_files(void)
{
	static const struct {
		const char *data, *name;
		int rc;
		enum media_kind kind;
		const char *shown;
	} files[] = {
		{ "JVBERi0=", NULL, 0, MEDIA_PDF, "%PDF by its first bytes" },
		{ "QUFBQQ==", "a.PDF", 0, MEDIA_PDF, "a PDF by its name" },
		{ "data:application/pdf;base64,QUFBQQ==", NULL, 0, MEDIA_PDF,
		    "a PDF by its label" },
		{ "data:application/pdf;base64," PNG, "a.pdf", 0, MEDIA_IMAGE,
		    "an image by its first bytes" },
		{ "data:application/json;base64,QUFBQQ==", "a.json", 0,
		    MEDIA_TEXT, "a text whatever its label" },
		{ "AAECAw==", "a.bin", -1, MEDIA_TEXT, "bytes with NUL" },
		{ "/////w==", "a.bin", -1, MEDIA_TEXT, "bytes, not UTF-8" },
		{ "not base64!", "a.txt", -1, MEDIA_TEXT, "no base64" },
		{ "data:text/plain,hello", "a.txt", -1, MEDIA_TEXT,
		    "a data URL without base64" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct media m = { 0 };

		is_int(media_from_file(pool, span_of(files[i].data),
		    span_of(files[i].name), &m), files[i].rc, "%s",
		    files[i].shown);
		if (files[i].rc == 0)
			is_int(m.kind, files[i].kind, "its kind");
	}
}

static void
test_texts(void)
{
	struct media m = { .kind = MEDIA_TEXT, .source = SOURCE_TEXT,
	    .data = SPAN("Step 1") };

	is_str(media_inline(pool, &m).p, "<document>\nStep 1\n</document>",
	    "a document without title");
	m.title = SPAN("The \"Plan\"");
	m.context = SPAN("draft");
	is_str(media_inline(pool, &m).p, "<document title=\"The 'Plan'\">\n"
	    "Context: draft\nStep 1\n</document>", "with title and context");
}

static void
test_sizes(void)
{
	static const struct {
		const char *base64, *name;
		long width, height;	/* -1: none is found */
	} images[] = {
		{ PNG, "PNG", 65, 32 },
		{ "R0lGODlhQAEgAPAAAA==", "GIF", 320, 32 },
		/* SOI, an APP0 of 4 bytes, SOF0 16 high and 48 wide */
		{ "/9j/4AAEAAD/wAALCAAQADABAREA", "JPEG", 48, 16 },
		{ "/9j/4AAEAAD/wAALCAAQ", "a cut JPEG", -1, -1 },
		{ "/9j/4AAA/+AAAP/gAAA=", "a JPEG of empty segments", -1, -1 },
		{ "UklGRhYAAABXRUJQVlA4WAoAAAAAAAAAHwAADwAA", "WebP", 32,
		    16 },
		{ "QUFBQQ==", "no image", -1, -1 },
		{ "", "nothing", -1, -1 },
	};

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		long width = -1, height = -1;
		int rc = media_size(span_of(images[i].base64), &width,
		    &height);

		is_int(rc, images[i].width < 0 ? -1 : 0, "%s", images[i].name);
		if (rc == 0) {
			is_int(width, images[i].width, "its width");
			is_int(height, images[i].height, "its height");
		}
	}
}

int
main(void)
{
	pool = pool_open();
	test_images();
	test_files();
	test_texts();
	test_sizes();
	pool_close(pool);
	return done_testing();
}
