#include "gateway/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

enum { SEND_SECONDS = 2 };	/* for a manager that does not read */

/* "/path", or "@name" for one of the abstract name space. */
static int
read_address(struct notify *n, const char *name)
{
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length < 2 ||
	    length >= sizeof(n->to.sun_path))
		return -1;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, name, length + 1);
	n->to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    length);
	if (name[0] == '@')
		n->to.sun_path[0] = '\0';
	else
		n->to_size++;
	return 0;
}

/* Half of the time after which we are taken for dead; 0: no watchdog. */
static long
watchdog_period(void)
{
	const char *limit = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long us, who;

	if (limit == NULL || span_long(span_of(limit), &us) != 0 || us <= 0)
		return 0;
	if (pid != NULL &&
	    (span_long(span_of(pid), &who) != 0 || who != getpid()))
		return 0;
	return us / 2000 > 0 ? us / 2000 : 1;
}

void
notify_open(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct timeval limit = { .tv_sec = SEND_SECONDS };

	*n = (struct notify){ .fd = -1 };
	if (name == NULL || read_address(n, name) != 0)
		return;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0)
		return;
	setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	n->watchdog_ms = watchdog_period();
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

/* A manager that does not listen is no reason to stop. */
__attribute__((format(printf, 2, 3))) static void
say(const struct notify *n, const char *fmt, ...)
{
	struct buf text;
	va_list ap;
	ssize_t sent;

	if (n->fd < 0)
		return;
	buf_init(&text, 0);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	sent = sendto(n->fd, text.p, text.n, MSG_NOSIGNAL,
	    (const struct sockaddr *)&n->to, n->to_size);
	(void)sent;
	buf_free(&text);
}

void
notify_ready(const struct notify *n, const char *status)
{
	say(n, "READY=1\nSTATUS=%s", status);
}

void
notify_reloading(const struct notify *n)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	say(n, "RELOADING=1\nMONOTONIC_USEC=%lld\n"
	    "STATUS=Reading the configuration again",
	    now.tv_sec * 1000000LL + now.tv_nsec / 1000);
}

void
notify_stopping(const struct notify *n, long ms, const char *status)
{
	say(n, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld\nSTATUS=%s",
	    ms * 1000LL, status);
}

void
notify_alive(const struct notify *n)
{
	if (n->watchdog_ms > 0)
		say(n, "WATCHDOG=1");
}
