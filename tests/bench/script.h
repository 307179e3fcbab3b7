/*
 * What the benchmark's upstream says, in the words of each of the three APIs.
 * The events have the members that the vendors send, so that a reader has as
 * much to skip as in earnest.
 */
#ifndef CO2_BENCH_SCRIPT_H
#define CO2_BENCH_SCRIPT_H

#include "bench/common.h"

enum api { MESSAGES, CHAT, RESPONSES };

/* By the path of a request; -1: none of them. */
int api_of(const char *path, size_t n);

/* The stream's beginning, one delta, and its end. */
void script_begin(struct text *out, enum api api);
/* The text of the delta is added to `said`, which the end repeats. */
void script_delta(struct text *out, enum api api, long number,
    struct text *said);
void script_end(struct text *out, enum api api, const struct text *said);
/* A whole reply whose text is one stamp, of the moment `ns`. */
void script_reply(struct text *out, enum api api, long long ns);

#endif
