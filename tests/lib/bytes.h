/*
 * Bytes that grow.  A zeroed struct is an empty one; p is always followed
 * by a NUL once something was added.  Running out of memory ends the
 * program: these are tests.
 */
#ifndef TESTS_BYTES_H
#define TESTS_BYTES_H

#include <stddef.h>

struct bytes {
	char	*p;
	size_t	 n;
	size_t	 room;
};

void	bytes_add(struct bytes *b, const void *p, size_t n);
void	bytes_puts(struct bytes *b, const char *s);
void	bytes_printf(struct bytes *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes n bytes away from the front. */
void	bytes_drop(struct bytes *b, size_t n);

/* Empties it and gives the memory back. */
void	bytes_free(struct bytes *b);

/* Appends a whole file; -1 if it cannot be read.  "-" is the standard input. */
int	bytes_read_file(struct bytes *b, const char *path);

#endif
