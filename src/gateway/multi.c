#include "gateway/multi.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"

/* Which events libcurl waits for, by its word for them. */
static const short events[] = {
	[CURL_POLL_IN] = POLLIN,
	[CURL_POLL_OUT] = POLLOUT,
	[CURL_POLL_INOUT] = POLLIN | POLLOUT,
};

static struct pollfd *
find(struct multi *m, int fd)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->sockets[i].fd == fd)
			return &m->sockets[i];
	return NULL;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct multi *m = arg;
	struct pollfd *socket = find(m, fd);

	(void)easy;
	(void)unused;
	if (what == CURL_POLL_REMOVE) {
		if (socket != NULL)
			*socket = m->sockets[--m->count];
		return 0;
	}
	if (socket == NULL) {
		if (m->count == MULTI_SOCKETS)
			return -1;
		socket = &m->sockets[m->count++];
	}
	*socket = (struct pollfd){ .fd = fd, .events = events[what] };
	return 0;
}

static int
on_timer(CURLM *handle, long ms, void *arg)
{
	struct multi *m = arg;

	(void)handle;
	m->due = ms < 0 ? 0 : clock_ms() + ms;
	return 0;
}

void
multi_init(struct multi *m)
{
	*m = (struct multi){ .handle = curl_multi_init() };
	if (m->handle == NULL)
		abort();	/* out of memory, as everywhere */
	curl_multi_setopt(m->handle, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(m->handle, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->handle, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(m->handle, CURLMOPT_TIMERDATA, m);
}

void
multi_free(struct multi *m)
{
	curl_multi_cleanup(m->handle);
}

/* What has come, in libcurl's words: an error shows when it is tried. */
static int
readiness(const struct pollfd *p)
{
	const short failed = POLLERR | POLLHUP | POLLNVAL;
	int ready = 0;

	if ((p->events & POLLIN) != 0 && (p->revents & (POLLIN | failed)) != 0)
		ready |= CURL_CSELECT_IN;
	if ((p->events & POLLOUT) != 0 &&
	    (p->revents & (POLLOUT | failed)) != 0)
		ready |= CURL_CSELECT_OUT;
	return ready;
}

static long
shorter(const struct multi *m, long ms)
{
	long long left;

	if (m->due == 0)
		return ms;
	left = m->due - clock_ms();
	if (left < 0)
		left = 0;
	return left < ms ? (long)left : ms;
}

int
multi_turn(struct multi *m, struct pollfd *watches, size_t count, long ms)
{
	struct pollfd fds[MULTI_SOCKETS + MULTI_WATCHES];
	size_t sockets = m->count;
	long wait = shorter(m, ms);
	CURLMcode rc = CURLM_OK;
	int running = 1;

	memcpy(fds, m->sockets, sockets * sizeof(*fds));
	if (count > 0)
		memcpy(fds + sockets, watches, count * sizeof(*fds));
	/* At the very beginning there is nothing to wait for. */
	if ((sockets > 0 || wait > 0) &&
	    poll(fds, sockets + count, (int)wait) < 0)
		return running;		/* a signal */
	if (count > 0)
		memcpy(watches, fds + sockets, count * sizeof(*fds));
	for (size_t i = 0; i < sockets && rc == CURLM_OK; i++)
		if (readiness(&fds[i]) != 0)
			rc = curl_multi_socket_action(m->handle, fds[i].fd,
			    readiness(&fds[i]), &running);
	if (rc == CURLM_OK && m->due != 0 && m->due <= clock_ms()) {
		m->due = 0;
		rc = curl_multi_socket_action(m->handle, CURL_SOCKET_TIMEOUT,
		    0, &running);
	}
	return rc == CURLM_OK ? running : -1;
}
