/*
 * Small encodings: base64, SHA-256, CRC-32, UTF-8.
 */
#include "base/codec.h"

#include <openssl/sha.h>

/* The value of each base64 digit plus one, both alphabets; 0: no digit. */
/* clang-format off */
static const unsigned char digit[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
	18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
	42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['/'] = 64,
	['-'] = 63, ['_'] = 64,
};
/* clang-format on */

/*
 * Bytes that are looked at at once.  Loops over a block have no early end, so
 * that compilers make vectors of them.
 */
enum { BLOCK = 64, SMALL_BLOCK = 16 };

/* Nothing but letters, digits and the two others of the alphabet? */
static inline bool
are_digits(const char *p, size_t n, const char two[2])
{
	unsigned char fine = 1;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		unsigned char letter = (unsigned char)((c | 0x20) - 'a');
		unsigned char number = (unsigned char)(c - '0');

		fine &= (letter < 26) | (number < 10) | (p[i] == two[0]) |
		    (p[i] == two[1]);
	}
	return fine != 0;
}

static bool
all_digits(struct span s, const char two[2])
{
	size_t i = 0;

	/* Images are long. */
	while (s.n - i >= BLOCK && are_digits(s.p + i, BLOCK, two))
		i += BLOCK;
	return are_digits(s.p + i, s.n - i, two);
}

/* Write at most n of the bytes that the digits in s stand for. */
static size_t
decode(struct span s, unsigned char *bytes, size_t n)
{
	uint32_t bits = 0;
	int have = 0;
	size_t done = 0;

	for (size_t i = 0; i < s.n && done < n; i++) {
		bits = bits << 6 | (digit[(unsigned char)s.p[i]] - 1U);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[done++] = (unsigned char)(bits >> have);
		}
	}
	return done;
}

static void
read_digits(struct pool *pool, struct span s, struct span *bytes)
{
	/* Four digits are three bytes, three two, two one. */
	size_t n = s.n / 4 * 3 + s.n % 4 * 3 / 4;
	unsigned char *p;

	p = pool_alloc(pool, n + 1);
	decode(s, p, n);
	*bytes = (struct span){ (char *)p, n };
}

void
base64url_put(struct buf *out, struct span s)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	int have = 0;

	buf_reserve(out, s.n / 3 * 4 + 4);
	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | (unsigned char)s.p[i];
		for (have += 8; have >= 6; have -= 6)
			buf_putc(out, alphabet[bits >> (have - 6) & 63]);
	}
	if (have > 0)
		buf_putc(out, alphabet[bits << (6 - have) & 63]);
}

int
base64url_read(struct pool *pool, struct span s, struct span *bytes)
{
	if (s.n % 4 == 1 || !all_digits(s, "-_"))
		return -1;
	read_digits(pool, s, bytes);
	return 0;
}

/* s without its padding, at most two '='. */
static struct span
unpadded(struct span s)
{
	for (int i = 0; i < 2 && span_ends(s, "="); i++)
		s.n--;
	return s;
}

bool
base64_valid(struct span s)
{
	return s.n > 0 && s.n % 4 == 0 && all_digits(unpadded(s), "+/");
}

int
base64_read(struct pool *pool, struct span s, struct span *bytes)
{
	if (!base64_valid(s))
		return -1;
	read_digits(pool, unpadded(s), bytes);
	return 0;
}

size_t
base64_peek(struct span s, unsigned char *bytes, size_t n)
{
	return decode(unpadded(s), bytes, n);
}

void
sha256_bytes(struct span s, unsigned char digest[32])
{
	SHA256((const unsigned char *)(s.p ? s.p : ""), s.n, digest);
}

struct span
sha256_hex(struct pool *pool, struct span s, size_t digits)
{
	unsigned char digest[32];
	char *text = pool_alloc(pool, 2 * sizeof(digest) + 1);

	sha256_bytes(s, digest);
	for (size_t i = 0; i < 2 * sizeof(digest); i++) {
		unsigned shift = i % 2 == 0 ? 4 : 0;

		text[i] = "0123456789abcdef"[digest[i / 2] >> shift & 15];
	}
	return span_head((struct span){ text, 2 * sizeof(digest) }, digits);
}

/* Half a byte at a time: small, and fast enough for frames of a few KiB. */
uint32_t
crc32_of(struct span s)
{
	/* clang-format off */
	static const uint32_t half[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	/* clang-format on */
	uint32_t crc = ~UINT32_C(0);

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		crc = crc >> 4 ^ half[crc & 15];
		crc = crc >> 4 ^ half[crc & 15];
	}
	return ~crc;
}

/*
 * Look at the UTF-8 sequence at the start of s, which is not empty: its
 * length when it is well-formed, else minus the length of the ill-formed
 * piece.  Only the second byte has borders that depend on the first
 * (The Unicode Standard, table 3-7).
 */
static int
sequence(struct span s, uint32_t *point)
{
	unsigned char lead = (unsigned char)s.p[0], low, high;
	uint32_t value;
	int n;

	if (lead < 0x80) {
		*point = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4)
		return -1;
	/* Below low are overlong forms, above high surrogates or no Unicode. */
	low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	value = lead & (0x7fU >> n);
	for (int i = 1; i < n; i++) {
		unsigned char c;

		if ((size_t)i == s.n)
			return -i;
		c = (unsigned char)s.p[i];
		if (c < low || c > high)
			return -i;
		value = value << 6 | (c & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*point = value;
	return n;
}

static inline bool
is_ascii(const char *p, size_t n)
{
	unsigned char all = 0;

	for (size_t i = 0; i < n; i++)
		all |= (unsigned char)p[i];
	return all < 0x80;
}

size_t
utf8_run(struct span s)
{
	size_t done = 0;

	while (done < s.n) {
		size_t left = s.n - done;
		uint32_t point;
		int n;

		if (left >= BLOCK && is_ascii(s.p + done, BLOCK))
			n = BLOCK;
		else if (left >= SMALL_BLOCK &&
		    is_ascii(s.p + done, SMALL_BLOCK))
			n = SMALL_BLOCK;
		else
			n = sequence(span_from(s, done), &point);
		if (n < 0)
			break;
		done += (size_t)n;
	}
	return done;
}

size_t
utf8_bad(struct span s)
{
	uint32_t point;
	int n = s.n > 0 ? sequence(s, &point) : 0;

	return n < 0 ? (size_t)-n : 0;
}

bool
utf8_valid(struct span s)
{
	return utf8_run(s) == s.n;
}

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
utf8_count(struct span s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		count += !continues(s.p[i]);
	return count;
}

uint32_t
utf8_next(struct span s, size_t *bytes)
{
	uint32_t point = 0xfffd;
	int n = s.n > 0 ? sequence(s, &point) : 0;

	*bytes = n < 0 ? 1 : (size_t)n;
	return n == 0 ? 0 : point;
}

size_t
utf8_offset(struct span s, size_t index)
{
	size_t at = 0;

	for (; index > 0 && at < s.n; index--)
		for (at++; at < s.n && continues(s.p[at]); at++)
			;
	return at;
}
