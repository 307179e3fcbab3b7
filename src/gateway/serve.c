#include "gateway/serve.h"

#include <curl/curl.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/clock.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/models.h"
#include "gateway/server.h"

enum {
	TICK_MS = 10000,
	FAREWELL_MS = 2000,	/* for the last words after the grace */
	MAPPED_BYTES = 256 << 10,
	KEPT_BYTES = 1 << 20,
};

/* --- the process ---------------------------------------------------- */

/* Each stream takes four descriptors. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * Keys and prompts are in our memory: nobody else of the same user may look
 * into it, and no core file is written.  (The address sanitizer looks into
 * it itself when it ends.)
 */
static void
forbid_dumps(void)
{
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Large bodies are mapped, so that they go back to the system when freed. */
static void
tune_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

/* Blocked before there are threads, which inherit it. */
static int
open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The signal's number, 0 when there is none. */
static int
read_signal(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ?
	    (int)info.ssi_signo : 0;
}

/* --- the house ------------------------------------------------------ */

static void
house_open(struct house *h, const struct conf *conf)
{
	*h = (struct house){ .conf = conf };
	commons_init(&h->commons);
	h->work = work_new();
	h->models = models_new();
	h->upstream = upstream_open(conf);
}

static void
house_close(struct house *h)
{
	upstream_close(h->upstream);
	models_free(h->models);
	work_free(h->work);
	commons_free(&h->commons);
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

/* --- until the end -------------------------------------------------- */

/*
 * Every few seconds: hurry slow peers, and give memory back to the system
 * when nobody is at work but somebody was.
 */
static void
tick(struct server *server, struct work *work, bool *worked)
{
	server_tick(server);
	if (work_count(work) > 0) {
		*worked = true;
	} else if (*worked) {
		malloc_trim(0);
		*worked = false;
	}
}

/* The first signal that asks for the end. */
static int
await_signal(int signals, struct server *server, struct work *work)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	bool worked = true;
	int sig;

	for (;;) {
		if (poll(&p, 1, TICK_MS) > 0 &&
		    (sig = read_signal(signals)) != 0)
			return sig;
		tick(server, work, &worked);
	}
}

/* Wait until nobody is at work; a second signal ends the process at once. */
static bool
await_idle(int signals, struct work *work, long ms)
{
	struct pollfd fds[2] = {
		{ .fd = work_idle_fd(work), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	long long until = clock_ms() + ms, now;
	int sig;

	while ((now = clock_ms()) < until) {
		poll(fds, 2, (int)(until - now));
		if ((sig = read_signal(signals)) != 0)
			_exit(128 + sig);
		if (fds[0].revents != 0)
			return true;
	}
	return false;
}

static void
shut_down(struct house *h, struct server *server, int signals, int sig)
{
	log_line(LOG_INFO, "Shutting down server", "signal",
	    sig == SIGINT ? "SIGINT" : "SIGTERM", "at_work",
	    log_num(work_count(h->work)), NULL);
	server_quiesce(server);
	work_drain(h->work);
	if (!await_idle(signals, h->work, h->conf->grace_seconds * 1000)) {
		log_line(LOG_WARN, "the grace period is over; ended the "
		    "running requests", "at_work",
		    log_num(work_count(h->work)), NULL);
		work_cut(h->work);
		await_idle(signals, h->work, FAREWELL_MS);
	}
	/* Whoever is left sees it, too: the last of them may be stuck. */
	work_cut(h->work);
	server_stop(server);
}

int
serve(const struct conf *conf)
{
	struct house house;
	struct server *server = NULL;
	struct buf text;
	int signals, fd, rc = 1;

	buf_init(&text, 0);
	log_setup(conf->log_level, conf->log_format == 1);
	raise_descriptors();
	forbid_dumps();
	tune_memory();
	signals = open_signals();
	json_object_seed(0);	/* before there are threads */
	house_open(&house, conf);
	fd = listen_open(conf, &text);
	if (fd >= 0) {
		listen_put_url(&text, fd);
		server = server_start(&house, fd);
	}
	if (server != NULL) {
		announce(conf, buf_str(&text));
		shut_down(&house, server, signals,
		    await_signal(signals, server, house.work));
		rc = 0;
	} else {
		fprintf(stderr, "co2: %s\n", fd < 0 ? buf_str(&text) :
		    "cannot start the HTTP server");
	}
	house_close(&house);
	curl_global_cleanup();
	close(signals);
	buf_free(&text);
	return rc;
}
