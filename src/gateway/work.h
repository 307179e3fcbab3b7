/*
 * Who is at work, and how work ends.
 *
 *	running ── work_drain ──▶ draining ── work_cut ──▶ cut
 *
 * While co2 drains, exchanges go on and new requests are refused, but for the
 * first one of a connection that was let in before.  When the grace is over,
 * work_cut_fd() becomes readable and stays so: it stands in every poll(2) of
 * the gateway and is never read, so it wakes every thread.
 */
#ifndef CO2_WORK_H
#define CO2_WORK_H

#include <stdbool.h>

struct work;

struct work *work_new(void);
void work_free(struct work *w);

/*
 * One more at work; false when there are `max` already, or when co2 drains
 * and this is not its guest's first request, or nobody else is at work.
 */
bool work_enter(struct work *w, int max, bool first);
void work_leave(struct work *w);
int work_count(struct work *w);
/* How often somebody came or went; the same number: nobody did. */
unsigned long work_changes(struct work *w);

void work_drain(struct work *w);
bool work_draining(struct work *w);
void work_cut(struct work *w);
/* Readable once the running exchanges have to end. */
int work_cut_fd(const struct work *w);
/* Readable while nobody is at work and co2 drains. */
int work_idle_fd(const struct work *w);

#endif
