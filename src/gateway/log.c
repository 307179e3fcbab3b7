#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/log.h"
#include "wire/jw.h"

static const struct {
	const char *name;
	const char *priority;	/* sd-daemon(3) */
} levels[] = {
	[LOG_ERROR] = { "error", "<3>" },
	[LOG_WARN] = { "warn", "<4>" },
	[LOG_INFO] = { "info", "<6>" },
	[LOG_DEBUG] = { "debug", "<7>" },
};

static _Atomic enum log_level threshold = LOG_INFO;
static _Atomic bool as_json;
/* Set before there is a second thread. */
static bool journal;
static int sink = STDERR_FILENO;

static _Thread_local char tag[96];

void
log_setup(enum log_level level, bool json)
{
	threshold = level;
	as_json = json;
}

/*
 * A terminal has room for a byte long before it has room for a line, and
 * write(2) waits for the rest.  Opened anew it is ours alone, and O_NONBLOCK
 * nobody else's affair.
 */
void
log_open(void)
{
	journal = getenv("JOURNAL_STREAM") != NULL;
	if (isatty(STDERR_FILENO))
		sink = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC);
	if (sink < 0)
		sink = STDERR_FILENO;
}

void
log_tag(const char *exchange)
{
	snprintf(tag, sizeof(tag), "%s", exchange != NULL ? exchange : "");
}

static _Thread_local char ring[16][24];

const char *
log_num(long long n)
{
	static _Thread_local unsigned at;
	char *text = ring[at++ % 16];

	snprintf(text, sizeof(ring[0]), "%lld", n);
	return text;
}

/* One of log_num()'s, which JSON writes without quotes. */
static bool
is_num(const char *value)
{
	for (size_t i = 0; i < sizeof(ring) / sizeof(ring[0]); i++)
		if (value == ring[i])
			return true;
	return false;
}

/* Nothing that ends a word, a line, or steers a terminal? */
static bool
is_plain(const char *value)
{
	const char *p = value;

	while ((unsigned char)*p > ' ' && *p != '"' && *p != '=' &&
	    *p != 0x7f)
		p++;
	return *p == '\0' && p > value;
}

/* A value as it is, or quoted when it could be taken for more than one. */
static void
put_value(struct buf *line, const char *value)
{
	if (is_plain(value)) {
		buf_puts(line, value);
		return;
	}
	buf_putc(line, '"');
	json_escape(line, span_of(value));
	buf_putc(line, '"');
}

static void
put_text(struct buf *line, enum log_level level, const char *message,
    va_list ap)
{
	const char *key, *value;

	if (journal)
		buf_puts(line, levels[level].priority);
	buf_printf(line, "%s: ", levels[level].name);
	if (tag[0] != '\0')
		buf_printf(line, "[%s] ", tag);
	json_escape(line, span_of(message));
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value == NULL)
			continue;
		buf_printf(line, " %s=", key);
		put_value(line, value);
	}
}

static void
put_time(struct jw *w)
{
	struct timespec now;
	struct tm tm;
	char day[32], text[48];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03dZ", day,
	    (int)(now.tv_nsec / 1000000));
	jw_str(w, "time", span_of(text));
}

static void
put_json(struct buf *line, enum log_level level, const char *message,
    va_list ap)
{
	struct jw w;
	const char *key, *value;

	jw_init(&w, line);
	jw_obj(&w, NULL);
	put_time(&w);
	jw_str(&w, "level", span_of(levels[level].name));
	if (tag[0] != '\0')
		jw_str(&w, "exchange", span_of(tag));
	jw_str(&w, "message", span_of(message));
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value == NULL)
			continue;
		if (is_num(value))
			jw_raw(&w, key, span_of(value));
		else
			jw_str(&w, key, span_of(value));
	}
	jw_end(&w);
}

/* --- writing it ------------------------------------------------------- */

/*
 * A log that cannot be written must not stop the gateway: what would have to
 * wait for a reader is dropped and counted.  O_NONBLOCK would do the same to
 * others that share the pipe.
 */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static unsigned long dropped;	/* lines, since one was written */
static bool torn;		/* the last one written has no end */

static bool
has_room(void)
{
	struct pollfd p = { .fd = sink, .events = POLLOUT };

	return poll(&p, 1, 0) > 0;
}

/* In pieces for which a pipe that is ready has room. */
static bool
write_line(struct span line)
{
	while (line.n > 0 && has_room()) {
		struct span piece = span_head(line, PIPE_BUF);
		ssize_t n = write(sink, piece.p, piece.n);

		if (n <= 0)
			return false;
		line = span_from(line, (size_t)n);
		torn = line.n > 0;
	}
	return line.n == 0;
}

static void
put_line(struct buf *line, enum log_level level, const char *message,
    va_list ap)
{
	if (as_json)
		put_json(line, level, message, ap);
	else
		put_text(line, level, message, ap);
	buf_putc(line, '\n');
}

static void
put_warning(struct buf *line, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	put_line(line, LOG_WARN, message, ap);
	va_end(ap);
}

/* They were of any exchange, not of this thread's. */
static void
put_losses(struct buf *line)
{
	const char first = tag[0];

	tag[0] = '\0';
	put_warning(line, "lines of the log were lost, since it took no more",
	    "count", log_num((long long)dropped), NULL);
	tag[0] = first;
}

static void
write_all(struct span line)
{
	struct buf before;

	buf_init(&before, 0);
	if (torn)
		buf_putc(&before, '\n');
	if (dropped > 0 && threshold >= LOG_WARN)
		put_losses(&before);
	if (write_line(buf_span(&before)))
		dropped = !write_line(line);
	else
		dropped++;
	buf_free(&before);
}

void
log_line(enum log_level level, const char *message, ...)
{
	struct buf line;
	va_list ap;

	if (level > threshold)
		return;
	buf_init(&line, 0);
	va_start(ap, message);
	put_line(&line, level, message, ap);
	va_end(ap);
	pthread_mutex_lock(&writing);
	write_all(buf_span(&line));
	pthread_mutex_unlock(&writing);
	buf_free(&line);
}
