#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void
times_add(struct times *t, long long ns)
{
	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 4096;
		t->ns = realloc(t->ns, t->cap * sizeof(*t->ns));
		if (t->ns == NULL)
			die("realloc");
	}
	t->ns[t->n++] = ns;
}

static int
compare(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
times_at(struct times *t, double share)
{
	size_t i = (size_t)((double)t->n * share);

	if (t->n == 0)
		return 0;
	qsort(t->ns, t->n, sizeof(*t->ns), compare);
	return (double)t->ns[i < t->n ? i : t->n - 1] / 1000;
}

void
processes_read(struct processes *p, const char *list)
{
	char *end;

	for (p->n = 0; *list != '\0' && p->n < PROCESSES_MAX; list = end) {
		p->pid[p->n++] = (int)strtol(list, &end, 10);
		if (end == list)
			die("pid wants numbers");
		if (*end == ',')
			end++;
	}
}

/* The clock of a process counts in nanoseconds, /proc/PID/stat in ticks. */
double
processes_cpu(const struct processes *p)
{
	struct timespec t;
	clockid_t clock;
	double us = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (clock_getcpuclockid(p->pid[i], &clock) != 0 ||
		    clock_gettime(clock, &t) != 0)
			die("a process to be measured is not there");
		us += (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
	}
	return us;
}

void
processes_memory(const struct processes *p, long *rss, long *pss)
{
	char line[256];
	FILE *f;

	*rss = *pss = 0;
	for (size_t i = 0; i < p->n; i++) {
		snprintf(line, sizeof(line), "/proc/%d/smaps_rollup",
		    p->pid[i]);
		f = fopen(line, "r");
		if (f == NULL)
			die(line);
		while (fgets(line, sizeof(line), f) != NULL) {
			if (strncmp(line, "Rss:", 4) == 0)
				*rss += strtol(line + 4, NULL, 10);
			else if (strncmp(line, "Pss:", 4) == 0)
				*pss += strtol(line + 4, NULL, 10);
		}
		fclose(f);
	}
}
