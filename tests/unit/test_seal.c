#include "../lib/tap.h"
#include "model/seal.h"

static struct pool *pool;

static const char *
r1(const char *text, const struct seal *seal)
{
	struct buf b;
	const char *s;

	buf_init(&b, 0);
	seal_put_r1(&b, SPAN("claude-opus-5-5"), span_of(text), seal);
	s = pool_str(pool, buf_span(&b));
	buf_free(&b);
	return s;
}

static const char *
t1(const char *origin, const struct seal *seal)
{
	struct buf b;
	const char *s;

	buf_init(&b, 0);
	seal_put_t1(&b, span_of(origin), seal);
	s = pool_str(pool, buf_span(&b));
	buf_free(&b);
	return s;
}

static void
claude_blocks(void)
{
	struct seal seal = { .kind = SEAL_SIGNATURE,
		.data = SPAN("EqQBCkYIBxgCKkD-sig-two") };
	const char *envelope = r1("", &seal);
	struct seal *back;
	size_t n;

	is_str(envelope,
	    "co2.r1.eyJ2IjoxLCJtIjoiY2xhdWRlLW9wdXMtNS01IiwiYiI"
	    "6W3sidCI6InRoIiwieCI6IiIsInMiOiJFcVFCQ2tZSUJ4Z0NLa0Qtc2lnLXR3by"
	    "J9XSwiYyI6ImNiMWMzNzNlIn0",
	    "o2c-chat C5");
	is_int(seal_read_r1(pool, span_of(envelope), &back, &n), 0, "reads");
	ok(n == 1 && back[0].kind == SEAL_SIGNATURE &&
		span_eq(back[0].data, seal.data) && back[0].text.n == 0,
	    "the block is back");
	is_int(seal_read_r1(pool,
		   span_head(span_of(envelope), strlen(envelope) - 4), &back,
		   &n),
	    -1, "cut: refused");
	is_int(seal_read_r1(pool, SPAN("gAAAAABo-not-ours"), &back, &n), -1,
	    "foreign: refused");
	is_int(seal_read_r1(pool, SPAN("co2.r2.e30"), &back, &n), -1,
	    "another version: refused");
	seal = (struct seal){ .kind = SEAL_REDACTED, .data = SPAN("abc") };
	is_int(seal_read_r1(pool, span_of(r1(NULL, &seal)), &back, &n), 0,
	    "redacted reads");
	ok(back[0].kind == SEAL_REDACTED && span_is(back[0].data, "abc"),
	    "the data is back");
}

static void
openai_reasoning(void)
{
	const char *origin = "https://api.openai.com";
	struct seal seal = { .kind = SEAL_RESPONSES,
		.id = SPAN("rs_07aa11"),
		.data = SPAN("gAAAAABexampleCipher") };
	struct seal chat = { .kind = SEAL_CHAT,
		.field = SPAN("reasoning_content"),
		.text = SPAN("The file list is needed first.") };
	const char *s = t1(origin, &seal);
	struct seal back;

	is_str(s,
	    "co2.t1.eyJrIjoicmVzcCIsInUiOiI2ODM2YTFiZiIsImlkIjoicnNfMD"
	    "dhYTExIiwiZWMiOiJnQUFBQUFCZXhhbXBsZUNpcGhlciJ9",
	    "c2o-common 8.1, responses");
	back = seal_read_t1(pool, span_of(s), span_of(origin), SEAL_RESPONSES);
	ok(back.kind == SEAL_RESPONSES && span_eq(back.id, seal.id) &&
		span_eq(back.data, seal.data),
	    "and back");
	is_int(seal_read_t1(pool, span_of(s), SPAN("https://other"),
		   SEAL_RESPONSES)
		   .kind,
	    SEAL_STALE, "another upstream: stale");
	is_int(seal_read_t1(pool, span_of(s), span_of(origin), SEAL_CHAT).kind,
	    SEAL_STALE, "another API: stale");
	is_int(seal_read_t1(pool, SPAN("EqQB"), span_of(origin), SEAL_CHAT)
		   .kind,
	    SEAL_FOREIGN, "Claude's own: foreign");
	is_str(t1("https://llm.example.net", &chat),
	    "co2.t1.eyJrIjoiY2hhdCI"
	    "sInUiOiIxMDJhMGY4NCIsImYiOiJyZWFzb25pbmdfY29udGVudCIsInQiOiJUaG"
	    "UgZmlsZSBsaXN0IGlzIG5lZWRlZCBmaXJzdC4ifQ",
	    "c2o-common 8.1, chat");
}

static void
compaction(void)
{
	struct span summary = SPAN_NONE;
	struct buf b;

	buf_init(&b, 0);
	seal_put_c1(&b, SPAN("claude-opus-5-5"),
	    SPAN("Agreed: the service "
		 "listens on port 8443. Nothing is open."));
	is_str(buf_str(&b),
	    "co2.c1.eyJ2IjoxLCJtIjoiY2xhdWRlLW9wdXMtNS01Iiwi"
	    "eCI6IkFncmVlZDogdGhlIHNlcnZpY2UgbGlzdGVucyBvbiBwb3J0IDg0NDMuIE5"
	    "vdGhpbmcgaXMgb3Blbi4iLCJjIjoiNmJiYzg4NDAifQ",
	    "R9");
	is_int(seal_read_c1(pool, buf_span(&b), &summary), 0, "reads");
	ok(span_starts(summary, "Agreed:"), "the summary is back");
	is_int(seal_read_c1(pool, SPAN("co2.r1.e30"), &summary), -1,
	    "another envelope: refused");
	buf_free(&b);
}

int
main(void)
{
	pool = pool_open();
	claude_blocks();
	openai_reasoning();
	compaction();
	pool_close(pool);
	return done_testing();
}
