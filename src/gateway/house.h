/*
 * The house: what all exchanges of a process share, and the configuration
 * that holds now.
 *
 * A setup is one configuration with all that follows from it.  An exchange
 * keeps the one it began with; a new one (SIGHUP) is for those that come
 * later, and the old one goes with its last exchange.
 */
#ifndef CO2_HOUSE_H
#define CO2_HOUSE_H

#include <pthread.h>
#include <semaphore.h>

#include "gateway/bridge.h"
#include "gateway/upstream.h"
#include "gateway/work.h"

struct live;
struct models;

struct setup {
	const struct conf *conf;
	struct upstream *upstream;
	struct models *models;
	_Atomic bool cannot_count;	/* the upstream has no token count */

	/* Private to house.c. */
	struct conf *owned;		/* conf, to be freed */
	int users;			/* with the house's lock held */
};

struct house {
	struct commons commons;
	struct work *work;
	struct live *live;

	/* Private to house.c. */
	pthread_mutex_t lock;
	struct setup *setup;
	sem_t desks;
};

/* Takes the configuration. The first house is opened before any thread. */
void house_open(struct house *h, struct conf *conf);
/* When no exchange is left. */
void house_close(struct house *h);

/* The setup that holds now; to be left again. */
struct setup *house_enter(struct house *h);
void house_leave(struct house *h, struct setup *setup);
/*
 * Take a desk to translate a large request at, and give it back.  There are
 * few: two threads for each processor finish as much as a thousand would, and
 * the trees of a thousand requests would have to be in memory at once.
 * Whoever has one must not wait for anybody.
 */
void house_take_desk(struct house *h);
void house_give_desk(struct house *h);
/* From now on this configuration holds; takes it. */
void house_change(struct house *h, struct conf *conf);

#endif
