/* Random numbers: splitmix64. */
#include "dice.h"

uint64_t
dice_roll(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

size_t
dice_below(struct dice *d, size_t n)
{
	return n == 0 ? 0 : dice_roll(d) % n;
}

long
dice_between(struct dice *d, long low, long high)
{
	return low + (long)dice_below(d, (size_t)(high - low + 1));
}

bool
dice_chance(struct dice *d, unsigned percent)
{
	return dice_below(d, 100) < percent;
}

const char *
dice_word(struct dice *d, const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return words[dice_below(d, n)];
}
