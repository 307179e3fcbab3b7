#include <stdarg.h>
#include <stdio.h>

#include "model/fault.h"

void
fault_clear(struct fault *why)
{
	memset(why, 0, sizeof(*why));
	why->retry_after = -1;
	why->should_retry = -1;
}

/* Where to cut s so that it fits n bytes and no UTF-8 character is torn. */
static size_t
fit(struct span s, size_t n)
{
	if (s.n <= n)
		return s.n;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void
fault_copy(char *field, size_t n, struct span s)
{
	size_t len = fit(s, n - 1);

	/* A field is a C string: a NUL in the text would end it. */
	for (size_t i = 0; i < len; i++)
		field[i] = s.p[i] != '\0' ? s.p[i] : '?';
	field[len] = '\0';
}

__attribute__((format(printf, 5, 0))) static int
set(struct fault *why, enum fault_kind kind, const char *code,
    const char *param, const char *fmt, va_list ap)
{
	char text[sizeof(why->message) + 8];
	int n;

	if (why->kind != FAULT_NONE)
		return -1;
	fault_clear(why);
	why->kind = kind;
	fault_copy(why->code, sizeof(why->code), span_of(code));
	fault_copy(why->param, sizeof(why->param), span_of(param));
	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n > (int)sizeof(text) - 1)
		n = (int)sizeof(text) - 1;
	if (n > 0)
		fault_copy(why->message, sizeof(why->message),
		    (struct span){ text, (size_t)n });
	return -1;
}

int
fault_set(struct fault *why, enum fault_kind kind, const char *param,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(why, kind, "", param, fmt, ap);
	va_end(ap);
	return -1;
}

int
fault_code(struct fault *why, enum fault_kind kind, const char *code,
    const char *param, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(why, kind, code, param, fmt, ap);
	va_end(ap);
	return -1;
}
