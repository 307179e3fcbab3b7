#include "gateway/clock.h"

#include <time.h>

static long long
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

long long
clock_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

long long
clock_wall_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}
