/*
 * What the fuzzing targets share.  A target is one file with one function of
 * libFuzzer's, LLVMFuzzerTestOneInput(); "make fuzz" builds each with clang
 * and runs it over a corpus made from the cases and captures (tests/fuzz/run.sh).
 *
 * A promise that does not hold ends the program:
 *
 *	fuzz_check(span_eq(a, b), "the cut shows");
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>

#include "../lib/middle.h"

/* libFuzzer calls it, over and over. */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

void	fuzz_check(bool good, const char *promise);

/* The first byte of the input, taken off; 0 of an empty one. */
unsigned fuzz_byte(struct span *input);

/*
 * A client's body, by every configuration that its API can meet: refused with
 * a right error body, or turned into a body that is JSON, twice the same.
 */
void	fuzz_request(enum api from, struct span body);

/*
 * An upstream's reply for a client: whatever comes, and however it is cut,
 * the client gets a right reply or stream that ends once.  The input's first
 * byte chooses the client's question, the second one the cuts; the rest is
 * what the upstream sends.
 */
void	fuzz_reply(enum api upstream, struct span input);

#endif
