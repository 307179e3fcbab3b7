#include "gateway/serve.h"

#include <curl/curl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/conf_show.h"
#include "gateway/clock.h"
#include "gateway/footprint.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/process.h"
#include "gateway/reload.h"
#include "gateway/server.h"

enum {
	TICK_MS = 10000,	/* at most; TICKS to the shortest limit */
	TICKS = 5,
	FAREWELL_MS = 2000,	/* for the last words after the grace */
	TRIM_TICKS = 6,		/* between trims while there is work */
};

/* All that main's thread looks after. */
struct keeper {
	struct house house;
	struct conf_args args;
	struct server *server;
	struct notify manager;
	int signals;
	char status[256];	/* for the service manager */
};

/* The configuration that holds; only main's thread changes it. */
static const struct conf *
conf_of(const struct keeper *k)
{
	return k->house.setup->conf;
}

/* What a user needs to know, on stdout whatever the log's level. */
static void
announce(const struct conf *conf, const char *url)
{
	const char *mode = conf_mode_name(conf->mode);

	log_line(LOG_INFO, "CO2 server started", "address", url, "mode", mode,
	    NULL);
	printf("CO2 server started on %s [%s]\n", url, mode);
	if (conf->mode == MODE_O2C)
		printf("Client base URL: OPENAI_BASE_URL=%s/v1\n", url);
	else
		printf("Client base URL: ANTHROPIC_BASE_URL=%s\n", url);
	fflush(stdout);
}

/* --- while it runs -------------------------------------------------- */

/* SIGHUP: requests that come from now on see what the file says now. */
static void
read_again(struct keeper *k)
{
	struct conf *conf;

	notify_reloading(&k->manager);
	conf = reload_conf(conf_of(k), &k->args);
	if (conf != NULL) {
		log_setup(conf->log_level, conf->log_format == 1);
		house_change(&k->house, conf);
		log_line(LOG_INFO, "Read the configuration again", "file",
		    conf->path, NULL);
	}
	notify_ready(&k->manager, k->status);
}

/* When memory was given back to the system, and what has happened since. */
struct trimming {
	unsigned long changes;	/* work_changes() at the last time */
	int most;		/* at work since */
	int ticks;		/* since, with somebody at work */
};

/*
 * Every few seconds: hurry slow peers, and give memory back when at most half
 * as many are at work as were since it was last done.  While as many stay at
 * work it is done rarely, since it holds them up a little.
 */
static void
tick(struct keeper *k, struct trimming *t)
{
	unsigned long changes = work_changes(k->house.work);
	int at_work = work_count(k->house.work);

	server_tick(k->server);
	if (at_work > t->most)
		t->most = at_work;
	if (changes == t->changes ||
	    (at_work > t->most / 2 && ++t->ticks < TRIM_TICKS))
		return;
	footprint_trim();
	*t = (struct trimming){ .changes = changes, .most = at_work };
}

static long
tick_ms(const struct keeper *k)
{
	long ms = conf_of(k)->request_seconds * 1000 / TICKS;

	return ms < TICK_MS ? ms : TICK_MS;
}

static int
wait_ms(const struct keeper *k)
{
	long ms = tick_ms(k), watchdog = k->manager.watchdog_ms;

	return (int)(watchdog > 0 && watchdog < ms ? watchdog : ms);
}

/* The first signal that asks for the end. */
static int
await_end(struct keeper *k)
{
	struct pollfd p = { .fd = k->signals, .events = POLLIN };
	long long ticked = clock_ms();
	struct trimming trimming = { 0 };
	int sig;

	for (;;) {
		poll(&p, 1, wait_ms(k));
		while ((sig = process_signal(k->signals)) != 0) {
			if (sig != SIGHUP)
				return sig;
			read_again(k);
		}
		/* Whoever holds the lock of the work for good stops us. */
		work_count(k->house.work);
		notify_alive(&k->manager);
		if (clock_ms() - ticked < tick_ms(k))
			continue;
		tick(k, &trimming);
		ticked = clock_ms();
	}
}

/* --- until the end -------------------------------------------------- */

/* A second signal ends the process at once; SIGHUP means nothing now. */
static void
heed_signals(int signals)
{
	int sig;

	while ((sig = process_signal(signals)) != 0)
		if (sig != SIGHUP)
			_exit(128 + sig);
}

/* Wait until nobody is at work. */
static bool
await_idle(struct keeper *k, long ms)
{
	struct pollfd fds[2] = {
		{ .fd = work_idle_fd(k->house.work), .events = POLLIN },
		{ .fd = k->signals, .events = POLLIN },
	};
	long long until = clock_ms() + ms, now;

	while ((now = clock_ms()) < until) {
		long left = (long)(until - now);

		poll(fds, 2, left < wait_ms(k) ? (int)left : wait_ms(k));
		heed_signals(k->signals);
		notify_alive(&k->manager);
		if (fds[0].revents != 0)
			return true;
	}
	return false;
}

static void
say_farewell(struct keeper *k, int sig, long grace_ms)
{
	const char *at_work = log_num(work_count(k->house.work));

	log_line(LOG_INFO, "Shutting down server", "signal",
	    sig == SIGINT ? "SIGINT" : "SIGTERM", "at_work", at_work, NULL);
	snprintf(k->status, sizeof(k->status),
	    "Stopping; requests that may finish: %s", at_work);
	notify_stopping(&k->manager, grace_ms + 2L * FAREWELL_MS, k->status);
}

static void
shut_down(struct keeper *k, int sig)
{
	struct work *work = k->house.work;
	long grace_ms = conf_of(k)->grace_seconds * 1000;

	say_farewell(k, sig, grace_ms);
	server_quiesce(k->server);
	work_drain(work);
	if (!await_idle(k, grace_ms)) {
		log_line(LOG_WARN, "the grace period is over; ended the "
		    "running requests", "at_work",
		    log_num(work_count(work)), NULL);
		work_cut(work);
		await_idle(k, FAREWELL_MS);
	}
	/* Whoever is left sees it, too: the last of them may be stuck. */
	work_cut(work);
	server_stop(k->server);
}

/* --- the start ------------------------------------------------------ */

static void
warn_of_readers(const struct conf *conf)
{
	if (conf_is_exposed(conf))
		log_line(LOG_WARN, "other users can read the file with the "
		    "key: chmod 600", "file", conf->path, NULL);
}

/* -1 when there is no valid configuration; the reasons are on stderr. */
static int
open_house(struct keeper *k)
{
	struct buf problems;
	struct conf *conf;

	buf_init(&problems, 0);
	conf = conf_load(&k->args, NULL, &problems);
	if (conf == NULL) {
		fputs(buf_str(&problems), stderr);
	} else {
		log_setup(conf->log_level, conf->log_format == 1);
		warn_of_readers(conf);
		house_open(&k->house, conf);
	}
	buf_free(&problems);
	return conf == NULL ? -1 : 0;
}

/* Serve on fd, or on a socket of our own; 0 once somebody can connect. */
static int
open_server(struct keeper *k, int fd)
{
	struct buf text;
	bool serves;

	buf_init(&text, 0);
	if (fd == LISTEN_NONE)
		fd = listen_open(conf_of(k), &text);
	if (fd >= 0) {
		listen_put_url(&text, fd);
		k->server = server_start(&k->house, fd);
	}
	serves = k->server != NULL;
	if (serves) {
		announce(conf_of(k), buf_str(&text));
		snprintf(k->status, sizeof(k->status), "Serving on %s [%s]",
		    buf_str(&text), conf_mode_name(conf_of(k)->mode));
	} else {
		fprintf(stderr, "co2: %s\n", fd < 0 ? buf_str(&text) :
		    "cannot start the HTTP server");
	}
	buf_free(&text);
	return serves ? 0 : -1;
}

static int
run(struct keeper *k, int fd)
{
	int rc = 1;

	k->signals = process_signals();
	json_object_seed(0);	/* before there are threads */
	notify_open(&k->manager);
	if (open_house(k) == 0) {
		if (open_server(k, fd) == 0) {
			notify_ready(&k->manager, k->status);
			footprint_forget_start();
			shut_down(k, await_end(k));
			rc = 0;
		}
		house_close(&k->house);
		curl_global_cleanup();
	}
	notify_close(&k->manager);
	close(k->signals);
	return rc;
}

int
serve(const struct conf_args *args)
{
	struct keeper k = { .args = *args };
	struct buf text;
	int fd, rc = 1;

	process_prepare();
	log_open();
	buf_init(&text, 0);
	fd = listen_passed(&text);
	if (fd == LISTEN_WRONG) {
		fprintf(stderr, "co2: %s\n", buf_str(&text));
	} else {
		/* Where that socket is, whatever the file says. */
		if (fd >= 0) {
			k.args.port = listen_place(fd, &text);
			k.args.host = buf_str(&text);
		}
		rc = run(&k, fd);
	}
	buf_free(&text);
	return rc;
}
