#include "gateway/guests.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "gateway/clock.h"
#include "gateway/log.h"

enum { SLOWEST = 16 << 10 };	/* bytes a second that earn more time */

struct guest {
	struct guest *prev, *next;
	int fd;
	bool waits;		/* for us */
	bool leaves;		/* was shown the door */
	bool served;		/* once at least; only its own thread looks */
	long long since;
};

struct guests {
	pthread_mutex_t lock;
	struct guest *first;
	size_t count;
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

static void
show_door(struct guest *guest)
{
	guest->leaves = true;
	shutdown(guest->fd, SHUT_RDWR);
}

/* With the lock held. */
static struct guest *
longest_silent(const struct guests *g)
{
	struct guest *found = NULL;

	for (struct guest *at = g->first; at != NULL; at = at->next)
		if (!at->waits && !at->leaves &&
		    (found == NULL || at->since <= found->since))
			found = at;
	return found;
}

struct guest *
guests_add(struct guests *g, int fd, size_t room)
{
	struct guest *longest;
	struct guest *guest = xcalloc(1, sizeof(*guest));

	guest->fd = fd;
	guest->since = clock_ms();
	pthread_mutex_lock(&g->lock);
	if (g->count >= room && (longest = longest_silent(g)) != NULL)
		show_door(longest);
	g->count++;
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
	g->count--;
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
	guest->served |= guest->waits && !waits;
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

bool
guest_is_new(const struct guest *guest)
{
	return !guest->served;
}

void
guests_hurry(struct guests *g, long ms)
{
	long long now = clock_ms();
	long count = 0;

	pthread_mutex_lock(&g->lock);
	for (struct guest *at = g->first; at != NULL; at = at->next) {
		if (at->waits || at->leaves || now - at->since < ms)
			continue;
		show_door(at);
		count++;
	}
	pthread_mutex_unlock(&g->lock);
	if (count > 0)
		log_line(LOG_INFO, "closed connections that sent no complete "
		    "request in time", "count", log_num(count), NULL);
}
