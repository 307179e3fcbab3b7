/*
 * What is measured: times, in a list that is sorted at the end, and what the
 * operating system says of the processes in between.
 */
#ifndef CO2_BENCH_MEASURE_H
#define CO2_BENCH_MEASURE_H

#include "bench/common.h"

struct times {
	long long *ns;
	size_t n, cap;
};

void times_add(struct times *t, long long ns);
/* The time in microseconds below which that share of them lies; 0: none. */
double times_at(struct times *t, double share);

enum { PROCESSES_MAX = 8 };

/* The processes of a gateway. */
struct processes {
	int pid[PROCESSES_MAX];
	size_t n;
};

/* "12,34" */
void processes_read(struct processes *p, const char *list);
/* Their processor time so far, in microseconds. */
double processes_cpu(const struct processes *p);
/* Resident and proportional memory, in kB. */
void processes_memory(const struct processes *p, long *rss, long *pss);

#endif
