#include "gateway/house.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "gateway/live.h"
#include "gateway/models.h"

/* Two for each processor, so that no page fault leaves one idle. */
static unsigned
count_desks(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n * 2 : 2;
}

/* The house is its first user. */
static struct setup *
new_setup(struct conf *conf)
{
	struct setup *s = xcalloc(1, sizeof(*s));

	s->conf = s->owned = conf;
	s->upstream = upstream_open(conf);
	s->models = models_new();
	s->users = 1;
	return s;
}

static void
free_setup(struct setup *s)
{
	upstream_close(s->upstream);
	models_free(s->models);
	conf_free(s->owned);
	free(s);
}

void
house_open(struct house *h, struct conf *conf)
{
	*h = (struct house){ .work = work_new(), .live = live_new() };
	pthread_mutex_init(&h->lock, NULL);
	sem_init(&h->desks, 0, count_desks());
	commons_init(&h->commons);
	h->setup = new_setup(conf);
}

void
house_close(struct house *h)
{
	house_leave(h, h->setup);
	work_free(h->work);
	live_free(h->live);
	commons_free(&h->commons);
	sem_destroy(&h->desks);
	pthread_mutex_destroy(&h->lock);
}

struct setup *
house_enter(struct house *h)
{
	struct setup *s;

	pthread_mutex_lock(&h->lock);
	s = h->setup;
	s->users++;
	pthread_mutex_unlock(&h->lock);
	return s;
}

void
house_leave(struct house *h, struct setup *setup)
{
	bool last;

	pthread_mutex_lock(&h->lock);
	last = --setup->users == 0;
	pthread_mutex_unlock(&h->lock);
	if (last)
		free_setup(setup);
}

void
house_change(struct house *h, struct conf *conf)
{
	struct setup *next = new_setup(conf), *old;

	pthread_mutex_lock(&h->lock);
	old = h->setup;
	h->setup = next;
	pthread_mutex_unlock(&h->lock);
	house_leave(h, old);
}

void
house_take_desk(struct house *h)
{
	while (sem_wait(&h->desks) != 0)
		;	/* a signal of a debugger's */
}

void
house_give_desk(struct house *h)
{
	sem_post(&h->desks);
}
