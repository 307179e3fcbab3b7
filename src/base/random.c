/*
 * Random ids.
 */
#include "base/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* Of the fixed sequence; meant for tests. */
static bool fixed;
static uint64_t counter;

void
random_fixed(void)
{
	fixed = true;
	counter = 0;
}

static void
kernel_bytes(unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno != EINTR) {
			perror("co2: getrandom");
			abort();
		}
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
}

/* The fixed sequence is the counter too, the lowest byte last. */
void
random_bytes(void *p, size_t n)
{
	unsigned char *bytes = p;

	if (!fixed) {
		kernel_bytes(bytes, n);
		return;
	}
	for (uint64_t left = ++counter; n > 0; left >>= 8)
		bytes[--n] = left & 0xff;
}

/* Fill p with n digits out of an alphabet of `size`, at most 256. */
static void
random_digits(char *p, size_t n, const char *alphabet, unsigned size)
{
	/* Bytes from here on would favour the first digits. */
	const unsigned fair = 256 / size * size;
	unsigned char bytes[32];

	while (n > 0) {
		kernel_bytes(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes) && n > 0; i++)
			if (bytes[i] < fair)
				p[--n] = alphabet[bytes[i] % size];
	}
}

static struct span
random_id(struct pool *pool, const char *prefix, size_t n, const char *alphabet)
{
	size_t head = strlen(prefix);
	char *id = pool_alloc(pool, head + n + 1);

	memcpy(id, prefix, head + 1);
	if (fixed) {
		uint64_t left = ++counter;

		for (size_t i = n; i > 0; left /= 10)
			id[head + --i] = (char)('0' + left % 10);
	} else {
		random_digits(id + head, n, alphabet,
		    (unsigned)strlen(alphabet));
	}
	return (struct span){ id, head + n };
}

struct span
random_base62(struct pool *pool, const char *prefix, size_t n)
{
	static const char alphabet[] = "0123456789"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz";

	return random_id(pool, prefix, n, alphabet);
}

struct span
random_hex(struct pool *pool, const char *prefix, size_t n)
{
	return random_id(pool, prefix, n, "0123456789abcdef");
}
