/*
 * The benchmark's client.
 *
 *	bench-load port=N api=chat [model=claude] [connections=1] [ramp_ms=0]
 *	    [events=0] [interval_us=0] [seconds=0] [image=0] [history=0]
 *	    [session=FILE] [pid=N,...] [memory=1] [gone=UPSTREAM-PORT]
 *
 * Prints one line of key=value.  With "gone", clients leave in the middle of
 * their streams, one after the other, and the upstream is asked when it saw
 * that.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/body.h"
#include "bench/client.h"

static const char *
option(char **argv, const char *name, const char *missing)
{
	size_t n = strlen(name);

	for (; *argv != NULL; argv++)
		if (strncmp(*argv, name, n) == 0 && (*argv)[n] == '=')
			return *argv + n + 1;
	return missing;
}

static long
number(char **argv, const char *name, long missing)
{
	const char *text = option(argv, name, NULL);

	return text != NULL ? strtol(text, NULL, 10) : missing;
}

static enum api
api_by_name(const char *name)
{
	if (strcmp(name, "messages") == 0)
		return MESSAGES;
	return strcmp(name, "chat") == 0 ? CHAT : RESPONSES;
}

static void
read_load(struct load *load, char **argv)
{
	struct body_wish wish = {
		.api = api_by_name(option(argv, "api", "messages")),
		.image = (size_t)number(argv, "image", 0),
		.history = (size_t)number(argv, "history", 0),
		.session = option(argv, "session", NULL),
	};

	load->port = (int)number(argv, "port", 0);
	load->api = wish.api;
	load->events = number(argv, "events", 0);
	load->connections = (size_t)number(argv, "connections", 1);
	load->ramp = number(argv, "ramp_ms", 0) * 1000000;
	load->memory = number(argv, "memory", 0) != 0;
	processes_read(&load->gateway, option(argv, "pid", ""));
	snprintf(wish.model, sizeof(wish.model), "%s-bench-%ld-%ld",
	    option(argv, "model", "claude"), load->events,
	    number(argv, "interval_us", 0));
	wish.stream = load->events > 0;
	request_write(&load->request, &wish);
}

static void
print_times(const char *name, struct times *t)
{
	if (t->n > 0)
		printf(" %s_p50=%.1f %s_p99=%.1f %s_max=%.1f", name,
		    times_at(t, 0.5), name, times_at(t, 0.99), name,
		    times_at(t, 1));
}

static double
per(double sum, long n)
{
	return n > 0 ? sum / (double)n : 0;
}

static void
print(struct result *r)
{
	double seconds = (double)r->took / 1e9;

	printf("answers=%ld events=%ld seconds=%.3f rate=%.1f cpu_ms=%.1f",
	    r->answers, r->events, seconds, (double)r->answers / seconds,
	    r->cpu / 1000);
	printf(" cpu_per_answer=%.2f cpu_per_event=%.3f",
	    per(r->cpu, r->answers), per(r->cpu, r->events));
	print_times("total", &r->total);
	print_times("event", &r->delay);
	print_times("first", &r->first);
	print_times("inside", &r->inside);
	if (r->rss > 0)
		printf(" rss=%ld pss=%ld", r->rss, r->pss);
	printf("\n");
}

/* --- clients that leave --------------------------------------------- */

enum { LEAVERS = 20, SEEN = 2048, ENOUGH_TRIES = 10000 };

/* How many streams were left so far, and when the last was, by upstream. */
static long
ask_stats(int port, long long *ns)
{
	static const char request[] = "GET /stats HTTP/1.1\r\n\r\n";
	int fd = client_connect(port, true);
	char answer[1024] = "";
	const char *left;

	if (fd < 0 || send(fd, request, sizeof(request) - 1, 0) < 0 ||
	    recv(fd, answer, sizeof(answer) - 1, 0) < 0)
		die("stats");
	close(fd);
	left = strstr(answer, " left=");
	if (left == NULL)
		die("stats");
	*ns = strtoll(strstr(left, "left_ns=") + 8, NULL, 10);
	return strtol(left + 6, NULL, 10);
}

/* Read a little of a stream, then leave. */
static long long
leave_one(const struct load *load)
{
	char bytes[4096];
	int fd = client_connect(load->port, true);
	ssize_t seen = 0, n;
	long long left;

	if (fd < 0 || send(fd, load->request.p, load->request.n, 0) < 0)
		die("cannot ask");
	for (; seen < SEEN; seen += n)
		if ((n = recv(fd, bytes, sizeof(bytes), 0)) <= 0)
			die("the stream ended");
	left = now_ns();
	close(fd);
	return left;
}

static void
run_leavers(const struct load *load, int upstream)
{
	struct times times = { 0 };
	long long ns, left;

	for (int i = 0; i < LEAVERS; i++) {
		long before = ask_stats(upstream, &ns);
		int tries = 0;

		left = leave_one(load);
		while (ask_stats(upstream, &ns) == before) {
			if (++tries == ENOUGH_TRIES) {
				fprintf(stderr, "the upstream saw no end\n");
				exit(1);
			}
			usleep(500);
		}
		times_add(&times, ns - left);
	}
	printf("answers=%d", LEAVERS);
	print_times("gone", &times);
	printf("\n");
}

int
main(int argc, char **argv)
{
	struct load load = { 0 };
	struct result result = { 0 };
	long gone;

	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	read_load(&load, argv);
	gone = number(argv, "gone", 0);
	if (gone > 0) {
		run_leavers(&load, (int)gone);
		return 0;
	}
	if (number(argv, "seconds", 0) > 0)
		load.until = now_ns() + number(argv, "seconds", 0) *
		    1000000000;
	load_run(&load, &result);
	print(&result);
	return 0;
}
