/* TAP output, and checks that show both sides. */
#include "tap.h"

#undef ok

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 48 };	/* bytes of context around a difference */

static int ran;
static int failed;

static bool report(bool pass, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static bool
report(bool pass, const char *fmt, va_list ap)
{
	ran++;
	if (!pass)
		failed++;
	printf("%s %d - ", pass ? "ok" : "not ok", ran);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
	return pass;
}

void
diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

bool
ok(bool pass, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	report(pass, name, ap);
	va_end(ap);
	return pass;
}

bool
is_int(long long got, long long want, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	report(got == want, name, ap);
	va_end(ap);
	if (got != want)
		diag("     got: %lld\n#  wanted: %lld", got, want);
	return got == want;
}

bool
is_str(const char *got, const char *want, const char *name, ...)
{
	bool same = got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0);
	va_list ap;

	va_start(ap, name);
	report(same, name, ap);
	va_end(ap);
	if (!same)
		diag("     got: %s\n#  wanted: %s", got ? got : "(null)",
		    want ? want : "(null)");
	return same;
}

/* Prints the bytes around an offset, the unprintable ones as \xNN. */
static void
show_bytes(const char *label, const unsigned char *p, size_t n, size_t at)
{
	size_t from = at < SHOWN ? 0 : at - SHOWN;
	size_t to = n - at < SHOWN ? n : at + SHOWN;

	printf("# %s (%zu bytes) from %zu: ", label, n, from);
	for (size_t i = from; i < to; i++) {
		if (p[i] >= ' ' && p[i] < 0x7f)
			putchar(p[i]);
		else
			printf("\\x%02x", p[i]);
	}
	putchar('\n');
}

bool
is_mem(const void *got, size_t ngot, const void *want, size_t nwant,
    const char *name, ...)
{
	const unsigned char *g = got, *w = want;
	size_t at = 0;
	va_list ap;

	while (at < ngot && at < nwant && g[at] == w[at])
		at++;
	bool same = at == ngot && at == nwant;
	va_start(ap, name);
	report(same, name, ap);
	va_end(ap);
	if (!same) {
		diag("differs at byte %zu", at);
		show_bytes("   got", g, ngot, at);
		show_bytes("wanted", w, nwant, at);
	}
	return same;
}

int
done_testing(void)
{
	printf("1..%d\n", ran);
	if (failed > 0)
		diag("%d of %d failed", failed, ran);
	return failed > 0;
}
