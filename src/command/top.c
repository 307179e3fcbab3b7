/*
 * "co2 top": a live view of a gateway that runs, from its own event stream.
 */
#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "command/command.h"
#include "command/config.h"
#include "command/top_view.h"
#include "gateway/clock.h"
#include "wire/sse.h"

enum { URL };

enum {
	EVENT_MAX = 8 << 20,
	CONNECT_MS = 5000,
	ANSWER_MS = 10000,	/* for one snapshot */
	DRAW_MS = 1000,
	AGAIN_MS = 2000,	/* before the next try to connect */
};

static const struct option options[] = {
	[URL] = { "--url", "URL", "where the gateway listens", false },
	{ 0 },
};

/* One question to the gateway. */
struct question {
	CURL *easy;
	struct curl_slist *headers;
	char trouble[CURL_ERROR_SIZE];
	struct buf body;	/* of one that is no stream */
	struct sse sse;
	json_t *snapshot;	/* the last one; NULL: none yet */
	bool fresh;		/* and it was not drawn yet */
};

/* --- asking ---------------------------------------------------------- */

static bool
take_event(void *arg, struct span name, struct span data)
{
	struct question *q = arg;
	json_t *o;

	if (!span_is(name, "snapshot") ||
	    (o = json_loadb(data.p, data.n, 0, NULL)) == NULL)
		return true;
	json_decref(q->snapshot);
	q->snapshot = o;
	q->fresh = true;
	return true;
}

static size_t
on_event_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct question *q = arg;
	long status = 0;

	/* The words of a refusal are no events. */
	curl_easy_getinfo(q->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 &&
	    sse_feed(&q->sse, (struct span){ p, size * n }, take_event, q) != 0)
		return 0;
	return size * n;
}

static size_t
on_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct question *q = arg;

	buf_put(&q->body, (struct span){ p, size * n });
	return q->body.full ? 0 : size * n;
}

static void
add_header(struct question *q, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, 0);
	buf_printf(&line, "%s: %s", name, value);
	q->headers = curl_slist_append(q->headers, buf_str(&line));
	buf_free(&line);
}

static void
question_open(struct question *q, const char *url, const char *key,
    bool stream)
{
	*q = (struct question){ .easy = curl_easy_init() };
	if (q->easy == NULL)
		abort();	/* out of memory, as everywhere */
	buf_init(&q->body, EVENT_MAX);
	sse_init(&q->sse, EVENT_MAX);
	add_header(q, "accept", stream ? "text/event-stream" :
	    "application/json");
	if (key != NULL)
		add_header(q, "x-api-key", key);
	curl_easy_setopt(q->easy, CURLOPT_URL, url);
	curl_easy_setopt(q->easy, CURLOPT_HTTPHEADER, q->headers);
	curl_easy_setopt(q->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(q->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(q->easy, CURLOPT_ERRORBUFFER, q->trouble);
	curl_easy_setopt(q->easy, CURLOPT_WRITEFUNCTION,
	    stream ? on_event_bytes : on_bytes);
	curl_easy_setopt(q->easy, CURLOPT_WRITEDATA, q);
	if (!stream)
		curl_easy_setopt(q->easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
}

static void
question_close(struct question *q)
{
	curl_easy_cleanup(q->easy);
	curl_slist_free_all(q->headers);
	json_decref(q->snapshot);
	buf_free(&q->body);
	sse_free(&q->sse);
}

/* Why there is no snapshot. */
static void
put_trouble(struct buf *out, const struct question *q, CURLcode rc)
{
	long status = 0;

	curl_easy_getinfo(q->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 401)
		buf_puts(out, "the gateway wants a key: set CO2_API_KEYS");
	else if (status != 0 && status != 200)
		buf_printf(out, "the gateway answered with status %ld", status);
	else if (rc != CURLE_OK)
		buf_puts(out, q->trouble[0] != '\0' ? q->trouble :
		    curl_easy_strerror(rc));
	else
		buf_puts(out, "no answer of a gateway of this version");
}

/* --- one snapshot ---------------------------------------------------- */

static int
print_once(const char *url, const char *key)
{
	static const struct screen unbounded = { 0, 0, false };
	struct question q;
	struct buf text;
	CURLcode rc;
	int status = EXIT_FINE;

	buf_init(&text, 0);
	question_open(&q, url, key, false);
	rc = curl_easy_perform(q.easy);
	q.snapshot = json_loadb(buf_str(&q.body), q.body.n, 0, NULL);
	if (rc == CURLE_OK && json_object_get(q.snapshot, "recent") != NULL) {
		top_view(&text, q.snapshot, &unbounded);
		fputs(buf_str(&text), stdout);
	} else {
		put_trouble(&text, &q, rc);
		fprintf(stderr, "co2 top: %s: %s\n", url, buf_str(&text));
		status = EXIT_TROUBLE;
	}
	question_close(&q);
	buf_free(&text);
	return status;
}

/* --- the terminal ---------------------------------------------------- */

static volatile sig_atomic_t asked_to_end;

static void
on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
}

static void
say(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

/* Keys come at once and unseen; another page, without a cursor. */
static void
terminal_take(struct termios *before)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct termios raw;

	tcgetattr(STDIN_FILENO, before);
	raw = *before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	say("\033[?1049h\033[?25l");
}

static void
terminal_give_back(const struct termios *before)
{
	say("\033[?25h\033[?1049l");
	tcsetattr(STDIN_FILENO, TCSANOW, before);
}

static struct screen
terminal_size(void)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return (struct screen){ size.ws_col > 0 ? size.ws_col : 80,
		size.ws_row > 0 ? size.ws_row : 24, true };
}

/* Over what is there, so that nothing flickers. */
static void
draw(const struct buf *view)
{
	struct span rest = buf_span(view);
	bool first = true;

	fputs("\033[H", stdout);
	while (rest.p != NULL && rest.n > 0) {
		struct span line = span_cut(&rest, '\n');

		printf("%s%.*s\033[K", first ? "" : "\r\n", SPAN_ARG(line));
		first = false;
	}
	say("\033[J");
}

/* --- the live view --------------------------------------------------- */

struct watching {
	struct question q;
	CURLM *multi;
	struct screen screen;
	struct buf note;	/* why there is nothing new; empty: all is well */
	long long drawn, ended;	/* by clock_ms(); 0: not yet, not ended */
};

static void
redraw(struct watching *v)
{
	struct screen now = terminal_size();
	struct screen room = now;
	struct buf view;

	if (!v->q.fresh && now.width == v->screen.width &&
	    now.height == v->screen.height && clock_ms() - v->drawn < DRAW_MS)
		return;
	v->screen = now;
	v->drawn = clock_ms();
	v->q.fresh = false;
	buf_init(&view, 0);
	room.height -= v->note.n > 0;
	if (v->q.snapshot != NULL)
		top_view(&view, v->q.snapshot, &room);
	if (v->note.n > 0)
		buf_printf(&view, "\033[31m%.*s\033[0m\n", now.width,
		    buf_str(&v->note));
	draw(&view);
	buf_free(&view);
}

/* The stream has ended: say why, and try again a bit later. */
static void
look_for_end(struct watching *v)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(v->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		v->ended = clock_ms();
		buf_reset(&v->note);
		buf_puts(&v->note, "not connected: ");
		if (msg->data.result == CURLE_OK && v->q.snapshot != NULL)
			buf_puts(&v->note, "the gateway has ended");
		else
			put_trouble(&v->note, &v->q, msg->data.result);
		v->drawn = 0;
	}
	if (v->ended == 0 && v->q.fresh)
		buf_reset(&v->note);
	if (v->ended == 0 || clock_ms() - v->ended < AGAIN_MS)
		return;
	v->ended = 0;
	curl_multi_remove_handle(v->multi, v->q.easy);
	sse_free(&v->q.sse);
	sse_init(&v->q.sse, EVENT_MAX);
	curl_multi_add_handle(v->multi, v->q.easy);
}

/* 'q', or nobody is there to press it. */
static bool
wants_to_quit(const struct curl_waitfd *keys)
{
	char key;

	if (keys->revents == 0)
		return false;
	return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q';
}

static int
watch(const char *url, const char *key)
{
	struct watching v = { .multi = curl_multi_init() };
	struct curl_waitfd keys = { .fd = STDIN_FILENO,
		.events = CURL_WAIT_POLLIN };
	struct termios before;
	int running;

	buf_init(&v.note, 0);
	question_open(&v.q, url, key, true);
	curl_multi_add_handle(v.multi, v.q.easy);
	terminal_take(&before);
	do {
		curl_multi_perform(v.multi, &running);
		look_for_end(&v);
		redraw(&v);
		keys.revents = 0;
		curl_multi_poll(v.multi, &keys, 1, DRAW_MS / 4, NULL);
	} while (!asked_to_end && !wants_to_quit(&keys));
	terminal_give_back(&before);
	curl_multi_remove_handle(v.multi, v.q.easy);
	question_close(&v.q);
	curl_multi_cleanup(v.multi);
	buf_free(&v.note);
	return EXIT_FINE;
}

/* --- the command ----------------------------------------------------- */

/* The first of the keys in CO2_API_KEYS; NULL: none. */
static const char *
first_key(struct pool *pool)
{
	struct span keys = span_of(getenv("CO2_API_KEYS"));
	struct span key = span_trim(span_cut(&keys, ','));

	return key.n > 0 ? pool_str(pool, key) : NULL;
}

static int
top(const struct given *given)
{
	const char *url = given->value[URL];
	struct pool *pool = pool_open();
	const char *key = first_key(pool);
	int rc;

	if (url == NULL)
		url = "http://127.0.0.1:8000/";
	curl_global_init(CURL_GLOBAL_DEFAULT);
	rc = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ?
	    watch(url, key) : print_once(url, key);
	curl_global_cleanup();
	pool_close(pool);
	return rc;
}

static const char about[] =
    "Totals, and a line for each running and recent request; 'q' quits.\n"
    "Without a terminal: once, as text.  The default URL is\n"
    "http://127.0.0.1:8000; the first key in CO2_API_KEYS is presented.\n";

const struct command command_top = {
	.name = "top",
	.summary = "watch a gateway at work",
	.about = about,
	.options = options,
	.run = top,
};
