/*
 * Two clocks: one that only ever goes forward, for limits and durations, and
 * the wall's, for dates.
 */
#ifndef CO2_CLOCK_H
#define CO2_CLOCK_H

/* Milliseconds since some moment in the past. */
long long clock_ms(void);
/* Milliseconds since 1970. */
long long clock_wall_ms(void);

#endif
