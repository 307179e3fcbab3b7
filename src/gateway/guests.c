#include "gateway/guests.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "gateway/clock.h"
#include "gateway/log.h"

enum {
	/* For a request; also above the limit of idle connections. */
	REQUEST_MS = 90 * 1000,
	SLOWEST = 16 << 10,	/* bytes a second that earn more time */
};

struct guest {
	struct guest *prev, *next;
	int fd;
	bool waits;
	long long since;
};

struct guests {
	pthread_mutex_t lock;
	struct guest *first;
};

struct guests *
guests_new(void)
{
	struct guests *g = xcalloc(1, sizeof(*g));

	pthread_mutex_init(&g->lock, NULL);
	return g;
}

void
guests_free(struct guests *g)
{
	if (g == NULL)
		return;
	pthread_mutex_destroy(&g->lock);
	free(g);
}

struct guest *
guests_add(struct guests *g, int fd)
{
	struct guest *guest = xcalloc(1, sizeof(*guest));

	guest->fd = fd;
	guest->since = clock_ms();
	pthread_mutex_lock(&g->lock);
	guest->next = g->first;
	if (g->first != NULL)
		g->first->prev = guest;
	g->first = guest;
	pthread_mutex_unlock(&g->lock);
	return guest;
}

void
guests_remove(struct guests *g, struct guest *guest)
{
	pthread_mutex_lock(&g->lock);
	if (guest->prev != NULL)
		guest->prev->next = guest->next;
	else
		g->first = guest->next;
	if (guest->next != NULL)
		guest->next->prev = guest->prev;
	pthread_mutex_unlock(&g->lock);
	free(guest);
}

void
guest_sent(struct guests *g, struct guest *guest, size_t bytes)
{
	pthread_mutex_lock(&g->lock);
	guest->since += (long long)bytes * 1000 / SLOWEST;
	pthread_mutex_unlock(&g->lock);
}

static void
set(struct guests *g, struct guest *guest, bool waits)
{
	pthread_mutex_lock(&g->lock);
	guest->waits = waits;
	guest->since = clock_ms();
	pthread_mutex_unlock(&g->lock);
}

void
guest_waits(struct guests *g, struct guest *guest)
{
	set(g, guest, true);
}

void
guest_served(struct guests *g, struct guest *guest)
{
	set(g, guest, false);
}

void
guests_hurry(struct guests *g)
{
	long long now = clock_ms();

	pthread_mutex_lock(&g->lock);
	for (struct guest *guest = g->first; guest != NULL;
	     guest = guest->next) {
		if (guest->waits || now - guest->since < REQUEST_MS)
			continue;
		log_line(LOG_INFO, "closed a connection that sent no "
		    "complete request in time", NULL);
		shutdown(guest->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&g->lock);
}
