/*
 * Small encodings: base64, hex, SHA-256, CRC-32, UTF-8.
 */
#ifndef CO2_CODEC_H
#define CO2_CODEC_H

#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"

/* Append s in base64url without padding (RFC 4648, section 5). */
void base64url_put(struct buf *out, struct span s);
/* Decode base64url without padding into the pool; -1 when it is none. */
int base64url_read(struct pool *pool, struct span s, struct span *bytes);
/* Is s plain base64 with right padding, without white space? Not empty. */
bool base64_valid(struct span s);
/* Decode plain base64 into the pool; -1 when it is none. */
int base64_read(struct pool *pool, struct span s, struct span *bytes);
/* The first bytes (at most n) that s, valid base64, stands for. */
size_t base64_peek(struct span s, unsigned char *bytes, size_t n);

/* The first `digits` (at most 64) lower-case hex digits of SHA-256(s). */
struct span sha256_hex(struct pool *pool, struct span s, size_t digits);
/* All 32 bytes of it. */
void sha256_bytes(struct span s, unsigned char digest[32]);
/* CRC-32 as in IEEE 802.3 (zlib's). */
uint32_t crc32_of(struct span s);

bool utf8_valid(struct span s);
/* How many bytes at the front of s are valid UTF-8. */
size_t utf8_run(struct span s);
/*
 * How many bytes at s are not, and are together replaced by one U+FFFD (1 to
 * 3, as WHATWG's Encoding has it); 0 where s is valid or empty.
 */
size_t utf8_bad(struct span s);
/* Code points in s, which is valid UTF-8. */
size_t utf8_count(struct span s);
/*
 * The code point at s and its length in bytes (1 to 4); 0 bytes at the end,
 * 1 byte and U+FFFD where s is no valid UTF-8.
 */
uint32_t utf8_next(struct span s, size_t *bytes);
/* The byte offset of code point number `index`, at most s.n. */
size_t utf8_offset(struct span s, size_t index);

#endif
