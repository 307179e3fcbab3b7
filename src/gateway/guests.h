/*
 * Guests: the open connections, and how long each has been sending its
 * request.  The library's own limit counts silence only; a peer that sends a
 * byte now and then would keep its connection for ever.
 */
#ifndef CO2_GUESTS_H
#define CO2_GUESTS_H

#include <stdbool.h>
#include <stddef.h>

struct guests;
struct guest;

struct guests *guests_new(void);
void guests_free(struct guests *g);

/*
 * One more. If there are more than `room` then, the one that has been silent
 * the longest between two requests, or in one, has to go.
 */
struct guest *guests_add(struct guests *g, int fd, size_t room);
/* Before its descriptor is closed. */
void guests_remove(struct guests *g, struct guest *guest);

/* So many bytes of a body have come: whoever is quick may send for long. */
void guest_sent(struct guests *g, struct guest *guest, size_t bytes);
/* Its request is complete; from now on time is ours. */
void guest_waits(struct guests *g, struct guest *guest);
/* It has its answer; the next request may come. */
void guest_served(struct guests *g, struct guest *guest);
/* It has had no answer yet. To be asked on the connection's own thread. */
bool guest_is_new(const struct guest *guest);

/* Shut the connections of those that took longer than that. */
void guests_hurry(struct guests *g, long ms);

#endif
