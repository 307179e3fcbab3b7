/*
 * Words that look alike: for "did you mean".
 */
#ifndef CO2_NEAR_H
#define CO2_NEAR_H

#include "base/span.h"

/* Levenshtein distance; anything above `most` is returned as most + 1. */
size_t near_distance(struct span a, struct span b, size_t most);
/*
 * Is `word` likely a slip for `known`: the same first letter and at most two
 * edits, ASCII letter case ignored (design section 5, point 3)?
 */
bool near_slip(struct span word, struct span known);

#endif
