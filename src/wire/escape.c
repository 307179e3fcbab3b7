#include "wire/escape.h"

#include <stdint.h>

static inline bool
is_special(unsigned char c)
{
	return (c < 0x20) | (c == '"') | (c == '\\');
}

/* No early end, no branch: compilers make vectors of it. */
static inline bool
any_special(const char *p, size_t n)
{
	unsigned char found = 0;

	for (size_t i = 0; i < n; i++)
		found |= is_special((unsigned char)p[i]);
	return found != 0;
}

/* Bytes that are looked at at once, as in base/codec.c. */
enum { BLOCK = 64, SMALL_BLOCK = 16 };

size_t
escape_plain(struct span s)
{
	size_t n = 0;

	while (s.n - n >= BLOCK && !any_special(s.p + n, BLOCK))
		n += BLOCK;
	while (s.n - n >= SMALL_BLOCK && !any_special(s.p + n, SMALL_BLOCK))
		n += SMALL_BLOCK;
	while (n < s.n && !is_special((unsigned char)s.p[n]))
		n++;
	return n;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { UNIT = 6 };	/* the length of "\uXXXX" */

/* Its number; -1 when s begins with none. */
static int32_t
unit(struct span s)
{
	int32_t n = 0;

	if (s.n < UNIT || s.p[0] != '\\' || s.p[1] != 'u')
		return -1;
	for (int i = 2; i < UNIT; i++) {
		if (hex(s.p[i]) < 0)
			return -1;
		n = n << 4 | hex(s.p[i]);
	}
	return n;
}

static char *
put_utf8(char *out, int32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*out++ = (char)(0xe0 | c >> 12);
		} else {
			*out++ = (char)(0xf0 | c >> 18);
			*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

static bool
is_low(int32_t c)
{
	return c >= 0xdc00 && c < 0xe000;
}

/* "\uD83D\uDE00" is one character. */
static char *
undo_unit(struct span *s, char *out)
{
	int32_t c = unit(*s), low;

	if (c <= 0 || is_low(c))
		return NULL;
	*s = span_from(*s, UNIT);
	if (c < 0xd800 || c > 0xdfff)
		return put_utf8(out, c);
	low = unit(*s);
	if (!is_low(low))
		return NULL;
	*s = span_from(*s, UNIT);
	return put_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
}

char *
escape_undo(struct span *s, char *out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char bytes[] = "\"\\/\b\f\n\r\t";
	const char *letter = s->n < 2 ? NULL :
	    memchr(letters, s->p[1], sizeof(letters) - 1);

	if (letter == NULL)
		return undo_unit(s, out);
	*out++ = bytes[letter - letters];
	*s = span_from(*s, 2);
	return out;
}
