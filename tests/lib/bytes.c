/* Bytes that grow. */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
make_room(struct bytes *b, size_t n)
{
	if (b->room - b->n > n)
		return;
	size_t room = b->room * 2 + n + 64;
	b->p = realloc(b->p, room);
	if (b->p == NULL)
		abort();
	b->room = room;
}

void
bytes_add(struct bytes *b, const void *p, size_t n)
{
	make_room(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
bytes_puts(struct bytes *b, const char *s)
{
	bytes_add(b, s, strlen(s));
}

void
bytes_printf(struct bytes *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	make_room(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
bytes_drop(struct bytes *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

void
bytes_free(struct bytes *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

int
bytes_read_file(struct bytes *b, const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char chunk[16384];
	size_t n;

	if (f == NULL)
		return -1;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		bytes_add(b, chunk, n);
	int rc = ferror(f) ? -1 : 0;
	if (f != stdin)
		fclose(f);
	bytes_add(b, "", 0);
	return rc;
}
