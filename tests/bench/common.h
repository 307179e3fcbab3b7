/*
 * What both programs of the benchmark need: time, descriptors, text that
 * grows, and the stamp by which an event is timed.
 *
 * A stamp stands inside the text of a delta, so that it survives whatever a
 * gateway does to the frame around it:
 *
 *	@17:81234567890123;
 *
 * the number of the event in its stream, and the moment it was written by
 * CLOCK_MONOTONIC in nanoseconds, which all processes of a machine share.
 */
#ifndef CO2_BENCH_COMMON_H
#define CO2_BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *p;
	size_t n, cap;
};

struct stamp {
	long number;
	long long ns;
};

long long now_ns(void);
/* Say what failed, with errno, and end. */
void die(const char *what) __attribute__((noreturn));
/* Allow as many descriptors as this process may have. */
void raise_descriptors(void);
void unblock(int fd);

void text_add(struct text *t, const char *p, size_t n);
void text_printf(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Take n bytes off the front. */
void text_eat(struct text *t, size_t n);

void stamp_print(char *out, size_t size, long number);
/* The first stamp in n bytes; false when there is none. */
bool stamp_find(const char *p, size_t n, struct stamp *stamp);

#endif
