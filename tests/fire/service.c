/*
 * The two halves of a service manager: one that passes a listening socket,
 * and one that hears what it is told.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/plug.h"
#include "fire.h"

enum { FIRST = 3 };

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

/* ---- activate */

/* A listening socket at an address, or a datagram one, as descriptor n. */
static int
open_as(int n, in_addr_t where, bool datagram, int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, datagram ? SOCK_DGRAM : SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(where);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    (!datagram && listen(fd, 64) != 0) ||
	    getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		return -1;
	*port = ntohs(at.sin_port);
	if (fd == n)
		return 0;
	if (dup2(fd, n) != n)
		return -1;
	close(fd);
	return 0;
}

static int
put_number(const char *path, int number)
{
	FILE *f = fopen(path, "we");

	if (f == NULL)
		return -1;
	fprintf(f, "%d\n", number);
	return fclose(f);
}

/*
 * Run a command with COUNT sockets (1) on 127.0.0.1, or with -a on every
 * address, datagram ones with -d.
 */
int
activate_command(int argc, char **argv)
{
	int count = 1, port = 0, c;
	in_addr_t where = INADDR_LOOPBACK;
	bool datagram = false;
	char text[24];

	if (argc < 3)
		return 2;
	const char *file = argv[1];
	argc--;
	argv++;
	while ((c = getopt(argc, argv, "+n:da")) != -1) {
		if (c == 'n')
			count = atoi(optarg);
		else if (c == 'd')
			datagram = true;
		else if (c == 'a')
			where = INADDR_ANY;
		else
			return 2;
	}
	for (int i = 0; i < count; i++)
		if (open_as(FIRST + i, where, datagram, &port) != 0)
			return fail("socket");
	if (put_number(file, port) != 0)
		return fail(file);
	snprintf(text, sizeof(text), "%d", count);
	setenv("LISTEN_FDS", text, 1);
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	execvp(argv[optind], argv + optind);
	return fail(argv[optind]);
}

/* ---- notify */

/*
 * One line for each datagram, its own lines parted by " | "; to one with a
 * time it adds our own.
 */
static void
put_line(FILE *log, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n')
			fputs(" | ", log);
		else
			fputc(p[i], log);
	}
	if (memmem(p, n, "MONOTONIC_USEC", strlen("MONOTONIC_USEC")) != NULL)
		fprintf(log, " | NOW=%lld", plug_now() * 1000);
	fputc('\n', log);
	fflush(log);
}

/* Until it is killed; "@name" is a socket of the abstract name space. */
int
notify_command(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char text[4096];
	ssize_t n;

	if (argc != 3 || strlen(argv[1]) >= sizeof(at.sun_path))
		return 2;
	size_t length = strlen(argv[1]);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    length);
	memcpy(at.sun_path, argv[1], length + 1);
	if (argv[1][0] == '@')
		at.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0)
		return fail(argv[1]);
	FILE *log = fopen(argv[2], "ae");
	if (log == NULL)
		return fail(argv[2]);
	while ((n = recv(fd, text, sizeof(text), 0)) >= 0)
		put_line(log, text, (size_t)n);
	fclose(log);
	close(fd);
	return errno == EINTR ? 0 : 1;
}
