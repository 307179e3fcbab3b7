/*
 * How a gateway comes and goes.
 *
 *	bench-life PORT COMMAND... [-- LOAD-COMMAND...]
 *
 * Starts it, waits for the first connection it takes, looks at its memory at
 * rest; begins the load, if there is any, and stops it in the middle.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/client.h"

enum { REST_US = 300000, PATIENCE_S = 10 };

static int
start(char **command, bool quiet)
{
	int pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	if (freopen("/dev/null", "w", stdout) == NULL ||
	    (quiet && freopen("/dev/null", "w", stderr) == NULL))
		die("/dev/null");
	execvp(command[0], command);
	die(command[0]);
}

static void
await_accept(int port)
{
	long long until = now_ns() + (long long)PATIENCE_S * 1000000000;
	int fd;

	while ((fd = client_connect(port, true)) < 0)
		if (usleep(200) == 0 && now_ns() > until)
			die("it does not listen");
	close(fd);
}

static double
stop(int pid)
{
	long long began = now_ns();

	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	return (double)(now_ns() - began) / 1000;
}

int
main(int argc, char **argv)
{
	char **load = NULL;
	struct processes gateway = { .n = 1 };
	long long began;
	double started;
	long rss, pss;
	int port, loader = 0;

	if (argc < 3)
		return 2;
	for (int i = 3; i < argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			load = argv + i + 1;
			break;
		}
	port = (int)strtol(argv[1], NULL, 10);
	began = now_ns();
	gateway.pid[0] = start(argv + 2, false);
	await_accept(port);
	started = (double)(now_ns() - began) / 1000;
	usleep(REST_US);
	processes_memory(&gateway, &rss, &pss);
	if (load != NULL) {
		loader = start(load, true);
		usleep(REST_US);
	}
	printf("start=%.1f idle_rss=%ld idle_pss=%ld stop=%.1f\n", started,
	    rss, pss, stop(gateway.pid[0]));
	if (loader > 0) {
		kill(loader, SIGTERM);
		waitpid(loader, NULL, 0);
	}
	return 0;
}
