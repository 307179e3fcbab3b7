#include "gateway/work.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/xalloc.h"

struct work {
	pthread_mutex_t lock;
	int at_work;
	unsigned long changes;
	bool draining;
	int cut_fd, idle_fd;
};

static int
new_signal(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		abort();	/* no descriptor at the very start */
	return fd;
}

static void
raise_signal(int fd)
{
	uint64_t one = 1;

	/* It can only fail when it is raised already, for ever. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

struct work *
work_new(void)
{
	struct work *w = xcalloc(1, sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	w->cut_fd = new_signal();
	w->idle_fd = new_signal();
	return w;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	close(w->cut_fd);
	close(w->idle_fd);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

bool
work_enter(struct work *w, int max, bool first)
{
	bool room;

	pthread_mutex_lock(&w->lock);
	room = w->at_work < max &&
	    (!w->draining || (first && w->at_work > 0));
	w->at_work += room;
	w->changes += room;
	pthread_mutex_unlock(&w->lock);
	return room;
}

/* With the lock held. */
static void
tell_when_idle(struct work *w)
{
	if (w->draining && w->at_work == 0)
		raise_signal(w->idle_fd);
}

void
work_leave(struct work *w)
{
	pthread_mutex_lock(&w->lock);
	w->at_work--;
	w->changes++;
	tell_when_idle(w);
	pthread_mutex_unlock(&w->lock);
}

int
work_count(struct work *w)
{
	int n;

	pthread_mutex_lock(&w->lock);
	n = w->at_work;
	pthread_mutex_unlock(&w->lock);
	return n;
}

unsigned long
work_changes(struct work *w)
{
	unsigned long n;

	pthread_mutex_lock(&w->lock);
	n = w->changes;
	pthread_mutex_unlock(&w->lock);
	return n;
}

void
work_drain(struct work *w)
{
	pthread_mutex_lock(&w->lock);
	w->draining = true;
	tell_when_idle(w);
	pthread_mutex_unlock(&w->lock);
}

bool
work_draining(struct work *w)
{
	bool draining;

	pthread_mutex_lock(&w->lock);
	draining = w->draining;
	pthread_mutex_unlock(&w->lock);
	return draining;
}

void
work_cut(struct work *w)
{
	raise_signal(w->cut_fd);
}

int
work_cut_fd(const struct work *w)
{
	return w->cut_fd;
}

int
work_idle_fd(const struct work *w)
{
	return w->idle_fd;
}
