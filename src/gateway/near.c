#include "gateway/near.h"

/* Longer words are no slips of anything that co2 knows. */
#define WORD_MAX 64

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

size_t
near_distance(struct span a, struct span b, size_t most)
{
	size_t row[WORD_MAX + 1], above, here;

	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return most + 1;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		above = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			here = above + (lower(a.p[i - 1]) != lower(b.p[j - 1]));
			above = row[j];
			row[j] = min3(here, row[j] + 1, row[j - 1] + 1);
		}
	}
	return row[b.n] > most ? most + 1 : row[b.n];
}

bool
near_slip(struct span word, struct span known)
{
	return word.n > 0 && known.n > 0 &&
	    lower(word.p[0]) == lower(known.p[0]) &&
	    near_distance(word, known, 2) <= 2;
}
