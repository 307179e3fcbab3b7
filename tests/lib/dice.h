/*
 * A small generator of random numbers that gives the same sequence for the
 * same seed on every machine.
 */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
	uint64_t	 state;
};

uint64_t dice_roll(struct dice *d);

/* 0 to n-1; 0 for n 0. */
size_t	dice_below(struct dice *d, size_t n);

/* low to high, both included. */
long	dice_between(struct dice *d, long low, long high);

/* True so many times out of a hundred. */
bool	dice_chance(struct dice *d, unsigned percent);

/* A word of a list that ends with NULL. */
const char *dice_word(struct dice *d, const char *const *words);

#endif
