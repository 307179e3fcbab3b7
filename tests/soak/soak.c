/*
 * Mixed traffic for a while, and what it does to the gateway:
 *
 *	soak SECONDS O2C-PORT O2C-PID C2O-PORT C2O-PID
 *
 * WORKERS clients at a time ask in every API, streamed and whole, rightly and
 * wrongly, and leave in the middle of answers.  Every answer is judged by the
 * grammar checkers.  Descriptors, threads and memory of both processes are
 * sampled; the slopes over the last two thirds are printed.  Prints TAP.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/dice.h"
#include "../lib/grammar.h"
#include "../lib/plug.h"
#include "../lib/tap.h"
#include "../lib/web.h"

enum {
	WORKERS = 50,
	SAMPLES = 240,
	ANSWER_MS = 60000,
	PROMPT_MAX = 30000,
	SETTLE_S = 30,		/* for what ends after the last request */
	/* One to the upstream for each: a socket and what wakes its poll. */
	IDLE_FDS = 3 * WORKERS,
};

typedef int judge_fn(const char *bytes, size_t n, char *why, size_t nwhy);

/*
 * An endpoint, and the two ends of a body around what is said. Nothing is to
 * be stored: the memory of answers would fill for an hour, up to its bound.
 */
static const struct ask {
	int		 port;		/* 0: o2c, 1: c2o */
	const char	*path, *head, *tail;
	judge_fn	*stream, *whole;
} asks[] = {
	{ 0, "/v1/chat/completions", "\"messages\":[{\"role\":\"user\","
	    "\"content\":\"", "\"}]}", grammar_chat_stream,
	    grammar_chat_whole },
	{ 0, "/v1/responses", "\"store\":false,\"input\":[{\"role\":\"user\",\"content\":\"",
	    "\"}]}", grammar_responses_stream, grammar_responses_whole },
	{ 1, "/v1/messages", "\"max_tokens\":64,\"messages\":[{\"role\":"
	    "\"user\",\"content\":\"", "\"}]}", grammar_messages_stream,
	    grammar_messages_whole },
};

/* What is said: script.json of soak.sh answers to some of these words. */
static const struct manner {
	const char	*word;
	unsigned	 weight;
	bool		 cancel, fails;
	bool		 either;	/* a stream with an error, or an error */
} manners[] = {
	{ "hello",	60, false, false },
	{ "hello",	10, true, false },	/* and leaves */
	{ "slowly",	10, true, false },
	{ "slowly",	4, false, false },
	{ "reply500",	5, false, true },
	{ "reply429",	4, false, true },
	{ "replycut",	5, false, false, true },
	{ "\x01",	2, false, true },	/* no JSON */
};

static int ports[2], pids[2];
static atomic_bool over;
static atomic_ulong answers, errors, cancels, malformed, unanswered;

/* --- one request ------------------------------------------------------ */

static void
complain(const char *what, const struct ask *ask, const struct web *w)
{
	if (atomic_fetch_add(&malformed, 1) < 10)
		diag("%s: %d, %s: %.300s", ask->path, w->status, what,
		    w->body.p != NULL ? w->body.p : "");
}

static void
judge(const struct ask *ask, const struct manner *m, bool stream,
    const struct web *w)
{
	bool fine = w->status == 200;
	char why[256] = "";

	if (w->cut)
		complain("cut short", ask, w);
	else if (!m->either && m->fails == fine)
		complain("not the status that was to come", ask, w);
	else if ((fine && stream ? ask->stream : ask->whole)(w->body.p,
	    w->body.n, why, sizeof(why)) != 0)
		complain(why, ask, w);
	atomic_fetch_add(fine ? &answers : &errors, 1);
}

static int
send_request(struct plug *p, const struct ask *ask, const struct manner *m,
    bool stream, struct dice *d)
{
	static char filler[PROMPT_MAX + 1];
	int n = (int)dice_below(d, dice_chance(d, 10) ? PROMPT_MAX : 200);
	char *body, *text;
	int len, rc;

	if (filler[0] == '\0')
		memset(filler, 'a', PROMPT_MAX);
	len = asprintf(&body, "{\"model\":\"claude-opus-4-6\",\"stream\":%s,"
	    "%s%s %.*s%s", stream ? "true" : "false", ask->head, m->word, n,
	    filler, ask->tail);
	len = asprintf(&text, "POST %s HTTP/1.1\r\nhost: localhost\r\n"
	    "content-type: application/json\r\ncontent-length: %d\r\n\r\n%s",
	    ask->path, len, body);
	rc = plug_write(p, text, (size_t)len);
	free(text);
	free(body);
	return rc;
}

static const struct manner *
some_manner(struct dice *d)
{
	const struct manner *m = manners;
	unsigned at = (unsigned)dice_below(d, 100);

	for (; at >= m->weight; m++)
		at -= m->weight;
	return m;
}

/* Leaves at once, after a while, or when the answer has begun. */
static void
leave(struct plug *p, struct dice *d)
{
	if (dice_chance(d, 70))
		plug_fill(p, 1 + (int)dice_below(d, 300));
	if (dice_chance(d, 50))
		plug_reset(p);
	atomic_fetch_add(&cancels, 1);
}

static void
ask_once(struct dice *d)
{
	const struct ask *ask = &asks[dice_below(d, 3)];
	const struct manner *m = some_manner(d);
	bool stream = dice_chance(d, 60);
	struct plug p;
	struct web w = { 0 };

	if (plug_connect(&p, "127.0.0.1", ports[ask->port]) != 0 ||
	    send_request(&p, ask, m, stream, d) != 0) {
		atomic_fetch_add(&unanswered, 1);
	} else if (m->cancel) {
		leave(&p, d);
	} else if (web_read_response(&w, &p, ANSWER_MS) != 1) {
		atomic_fetch_add(&unanswered, 1);
		diag("%s: no answer to %s", ask->path, m->word);
	} else {
		judge(ask, m, stream, &w);
	}
	web_free(&w);
	plug_close(&p);
}

static void *
work(void *arg)
{
	struct dice d = { 1000 + (uint64_t)(size_t)arg };

	while (!atomic_load(&over))
		ask_once(&d);
	return NULL;
}

/* --- samples ---------------------------------------------------------- */

enum { FDS, THREADS, RSS, MEASURES };

static const char *const names[MEASURES] = {
	"descriptors", "threads", "RSS in KiB" };

struct sample {
	double	 at, value[2][MEASURES];
};

static struct sample samples[SAMPLES + 1];
static size_t sample_count;

static double
count_fds(int pid)
{
	char path[64];
	double n = -2;		/* "." and ".." */
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return -1;	/* not ours to see: it is not dumpable */
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
measure(int pid, double *value)
{
	char line[256], path[64];
	FILE *f;

	value[FDS] = count_fds(pid);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "Threads:", 8) == 0)
			value[THREADS] = strtod(line + 8, NULL);
		else if (strncmp(line, "VmRSS:", 6) == 0)
			value[RSS] = strtod(line + 6, NULL);
	}
	if (f != NULL)
		fclose(f);
}

static void
take_sample(long long start)
{
	struct sample *s = &samples[sample_count++];

	s->at = (double)(plug_now() - start) / 1000;
	for (int i = 0; i < 2; i++)
		measure(pids[i], s->value[i]);
}

/* Least squares over the last two thirds: per second, and the mean. */
static double
slope(int which, int measured, double *mean)
{
	size_t first = sample_count / 3;
	double n = 0, x = 0, y = 0, xx = 0, xy = 0;

	for (size_t i = first; i < sample_count; i++) {
		double at = samples[i].at;
		double v = samples[i].value[which][measured];

		n++;
		x += at;
		y += v;
		xx += at * at;
		xy += at * v;
	}
	*mean = y / n;
	return n * xx - x * x > 0 ? (n * xy - x * y) / (n * xx - x * x) : 0;
}

/*
 * The growth over the window that a leak would show: a fifth of the mean is
 * more than the noise of 50 clients, and a few MiB are a first filling.
 */
static void
report(int which, const char *name)
{
	double mean, per_second, window, growth;

	window = samples[sample_count - 1].at - samples[sample_count / 3].at;
	for (int m = 0; m < MEASURES; m++) {
		per_second = slope(which, m, &mean);
		growth = per_second * window;
		diag("%s: %s: mean %.1f, slope %+.2f an hour, %+.1f over the "
		     "last %.0f s", name, names[m], mean, per_second * 3600,
		    growth, window);
		ok(growth < mean / 5 + (m == RSS ? 8192 : 20),
		    "%s: %s stay level", name, names[m]);
	}
}

/* With nobody there it holds what it held before anybody came. */
static void
settles(int which, const char *name)
{
	double now[MEASURES] = { 0 };
	const double *before = samples[0].value[which];

	for (int i = 0; i < SETTLE_S * 10; i++) {
		measure(pids[which], now);
		if (now[THREADS] <= before[THREADS] &&
		    now[FDS] <= before[FDS] + IDLE_FDS)
			break;
		usleep(100000);
	}
	diag("%s at rest: %.0f descriptors (%.0f before), %.0f threads (%.0f), "
	     "RSS %.0f KiB (%.0f)", name, now[FDS], before[FDS], now[THREADS],
	    before[THREADS], now[RSS], before[RSS]);
	ok(now[THREADS] <= before[THREADS], "%s: no thread is left", name);
	ok(now[FDS] <= before[FDS] + IDLE_FDS,
	    "%s: no descriptors but the idle upstream connections", name);
}

int
main(int argc, char **argv)
{
	static const char *const modes[] = { "o2c", "c2o" };
	pthread_t threads[WORKERS];
	long long start = plug_now();
	double seconds;

	if (argc != 6)
		return 2;
	seconds = strtod(argv[1], NULL);
	for (int i = 0; i < 2; i++) {
		ports[i] = (int)strtol(argv[2 + 2 * i], NULL, 10);
		pids[i] = (int)strtol(argv[3 + 2 * i], NULL, 10);
	}
	take_sample(start);
	for (size_t i = 0; i < WORKERS; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	while (sample_count < SAMPLES) {
		usleep((useconds_t)(seconds * 1000000 / SAMPLES));
		take_sample(start);
		if (samples[sample_count - 1].at > seconds)
			break;
	}
	atomic_store(&over, true);
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	diag("%lu answers, %lu errors, %lu cancelled, %lu malformed, "
	     "%lu unanswered", answers, errors, cancels, malformed, unanswered);
	ok(answers > 0 && errors > 0 && cancels > 0, "there was traffic");
	is_int((long long)malformed, 0, "no answer is malformed");
	is_int((long long)unanswered, 0, "every request is answered");
	for (int i = 0; i < 2; i++)
		report(i, modes[i]);
	for (int i = 0; i < 2; i++)
		settles(i, modes[i]);
	return done_testing();
}
