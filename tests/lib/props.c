/* Property tests. */
#include "props.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

enum { SEED = 20261125, TOLD = 5, SHOWN = 1500 };

static unsigned long
from_environment(const char *name, unsigned long missing)
{
	const char *text = getenv(name);

	return text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10) :
	    missing;
}

/* Neighbouring iterations have nothing in common. */
static struct dice
dice_of(const struct prop *p)
{
	struct dice d = { p->seed ^ (uint64_t)p->at << 32 };

	dice_roll(&d);
	return d;
}

bool
prop_run(const char *name, unsigned long times, prop_fn *fn, void *arg)
{
	struct prop p = { .name = name, .arg = arg };
	unsigned long n = times * from_environment("CO2_PROPS", 100) / 100;
	bool alone = getenv("CO2_ONLY") != NULL;

	p.seed = from_environment("CO2_SEED", SEED);
	if (alone)
		p.at = from_environment("CO2_ONLY", 0);
	if (n == 0 || alone)
		n = 1;
	for (n += p.at; p.at < n; p.at++) {
		struct dice d = dice_of(&p);

		if (!fn(&p, &d))
			p.failed++;
	}
	diag("seed %llu, up to iteration %lu", (unsigned long long)p.seed,
	    n - 1);
	if (p.failed > 0)
		diag("%lu failed", p.failed);
	return ok(p.failed == 0, "%s (%lu times)", name, times);
}

bool
prop_fail(struct prop *p, struct span input, const char *fmt, ...)
{
	va_list ap;

	if (p->failed >= TOLD)
		return false;
	printf("# %s: CO2_SEED=%llu CO2_ONLY=%lu: ", p->name,
	    (unsigned long long)p->seed, p->at);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (input.p == NULL)
		return false;
	printf("#   ");
	for (size_t i = 0; i < input.n && (i < SHOWN || getenv("CO2_ONLY"));
	     i++)
		if (input.p[i] == '\n')
			printf("\n#   ");
		else
			putchar(input.p[i]);
	printf("%s\n", input.n > SHOWN ? "..." : "");
	return false;
}
