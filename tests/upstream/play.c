/* A reply onto the wire: events, delays, cuts. */
#include "play.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/jx.h"

enum { WAIT_STEP_MS = 20 };

enum framing { CHUNKED, LENGTH, CLOSE };

struct player {
	struct plug	*p;
	struct issued	*issued;
	enum framing	 framing;
	bool		 silent;	/* HEAD: headers only */
	size_t		 split;		/* bytes per write, 0: no limit */
	int		 pause;		/* ms between the pieces of a split */
	enum play_end	 end;		/* why a step stopped the reply */
};

static int
stop_with(struct player *pl, enum play_end end)
{
	pl->end = end;
	return -1;
}

/* Why writing or waiting failed. */
static int
failed(struct player *pl)
{
	return stop_with(pl, pl->p->gone ? PLAY_GONE : PLAY_STOP);
}

static int
nap(struct player *pl, long long ms)
{
	switch (plug_wait(pl->p, (int)ms)) {
	case PLUG_TIME:
		return 0;
	case PLUG_GONE:
		return stop_with(pl, PLAY_GONE);
	default:
		return stop_with(pl, PLAY_STOP);
	}
}

static int
put_piece(struct player *pl, const char *p, size_t n)
{
	struct bytes frame = { 0 };

	if (n == 0 || pl->silent)
		return 0;
	if (pl->framing == CHUNKED)
		bytes_printf(&frame, "%zx\r\n", n);
	bytes_add(&frame, p, n);
	if (pl->framing == CHUNKED)
		bytes_puts(&frame, "\r\n");
	int rc = plug_write(pl->p, frame.p, frame.n);
	bytes_free(&frame);
	return rc == 0 ? 0 : failed(pl);
}

/* Body bytes, in pieces if the script wants that. */
static int
put(struct player *pl, const char *p, size_t n)
{
	if (pl->split == 0)
		return put_piece(pl, p, n);
	while (n > 0) {
		size_t k = n < pl->split ? n : pl->split;
		if (put_piece(pl, p, k) != 0)
			return -1;
		p += k;
		n -= k;
		if (pl->pause > 0 && nap(pl, pl->pause) != 0)
			return -1;
	}
	return 0;
}

/* Bytes of a script: a string, or {"base64":"..."}. */
static int
put_raw(struct player *pl, const json_t *raw)
{
	if (json_is_string(raw))
		return put(pl, json_string_value(raw),
		    json_string_length(raw));
	const char *code = jx_word(raw, "base64");
	size_t n = strlen(code);
	unsigned char *plain = calloc(1, n + 1);
	int got = EVP_DecodeBlock(plain, (const unsigned char *)code, (int)n);
	for (size_t i = n; got > 0 && i > 0 && code[i - 1] == '='; i--)
		got--;
	int rc = got > 0 ? put(pl, (char *)plain, (size_t)got) : 0;
	free(plain);
	return rc;
}

/* "event: x" and "data: {...}"; data that is a string is sent as it is. */
static int
put_event(struct player *pl, const char *name, const json_t *data)
{
	struct bytes b = { 0 };
	char *text = json_is_string(data) ?
	    strdup(json_string_value(data)) : jx_text(data);

	if (pl->issued != NULL)
		issued_scan(pl->issued, data);
	if (name != NULL)
		bytes_printf(&b, "event: %s\n", name);
	bytes_printf(&b, "data: %s\n\n", text);
	int rc = put(pl, b.p, b.n);
	bytes_free(&b);
	free(text);
	return rc;
}

static int
put_file(struct player *pl, const char *path)
{
	struct bytes b = { 0 };

	if (bytes_read_file(&b, path) != 0)
		perror(path);
	int rc = put(pl, b.p, b.n);
	bytes_free(&b);
	return rc;
}

static int
put_fill(struct player *pl, const json_t *step)
{
	const char *with = jx_str(step, "with");
	long long n = json_integer_value(json_object_get(step, "fill"));
	char block[8192];

	memset(block, with != NULL ? with[0] : 'x', sizeof(block));
	while (n > 0) {
		size_t k = n < (long long)sizeof(block) ?
		    (size_t)n : sizeof(block);
		if (put(pl, block, k) != 0)
			return -1;
		n -= (long long)k;
	}
	return 0;
}

static int
wait_file(struct player *pl, const char *path)
{
	while (access(path, F_OK) != 0)
		if (nap(pl, WAIT_STEP_MS) != 0)
			return -1;
	return 0;
}

static int play_steps(struct player *pl, const json_t *steps);

static int
repeat(struct player *pl, const json_t *step, long long times)
{
	while (times-- > 0)
		if (play_steps(pl, json_object_get(step, "steps")) != 0)
			return -1;
	return 0;
}

static int
put_comment(struct player *pl, const char *text)
{
	struct bytes b = { 0 };

	bytes_printf(&b, ": %s\n\n", text);
	int rc = put(pl, b.p, b.n);
	bytes_free(&b);
	return rc;
}

static int
play_step(struct player *pl, const json_t *step)
{
	const json_t *v;

	if ((v = json_object_get(step, "data")) != NULL)
		return put_event(pl, jx_str(step, "event"), v);
	if ((v = json_object_get(step, "comment")) != NULL)
		return put_comment(pl, json_string_value(v));
	if ((v = json_object_get(step, "raw")) != NULL)
		return put_raw(pl, v);
	if ((v = json_object_get(step, "file")) != NULL)
		return put_file(pl, json_string_value(v));
	if (json_object_get(step, "fill") != NULL)
		return put_fill(pl, step);
	if ((v = json_object_get(step, "sleep_ms")) != NULL)
		return nap(pl, json_integer_value(v));
	if ((v = json_object_get(step, "wait")) != NULL)
		return wait_file(pl, json_string_value(v));
	if ((v = json_object_get(step, "repeat")) != NULL)
		return repeat(pl, step, json_integer_value(v));
	if ((v = json_object_get(step, "split")) != NULL) {
		pl->split = (size_t)json_integer_value(v);
		pl->pause = (int)json_integer_value(
		    json_object_get(step, "pause_ms"));
		return 0;
	}
	if (json_is_true(json_object_get(step, "stall")))
		return nap(pl, -1);
	if (json_is_true(json_object_get(step, "close")))
		return stop_with(pl, PLAY_CUT);
	if (json_is_true(json_object_get(step, "reset")))
		return stop_with(pl, PLAY_RESET);
	if (jx_str(step, "type") != NULL)
		return put_event(pl, jx_str(step, "type"), step);
	return put_event(pl, NULL, step);
}

static int
play_steps(struct player *pl, const json_t *steps)
{
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
		if (play_step(pl, step) != 0)
			return -1;
	return 0;
}

static const char *
reason_for(int status)
{
	switch (status) {
	case 200: return "OK";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 404: return "Not Found";
	case 429: return "Too Many Requests";
	case 500: return "Internal Server Error";
	case 529: return "Overloaded";
	default:  return "Whatever";
	}
}

/* The rule's headers win over the ones we would send; null removes one. */
static void
put_headers(struct bytes *b, const json_t *rule, json_t *own)
{
	const char *name;
	json_t *v;

	json_object_update(own, json_object_get(rule, "headers"));
	json_object_foreach(own, name, v)
		if (json_is_string(v))
			bytes_printf(b, "%s: %s\r\n", name,
			    json_string_value(v));
	json_decref(own);
}

static enum framing
framing_of(const json_t *rule, bool streamed)
{
	const char *word = jx_word(rule, "framing");

	if (strcmp(word, "close") == 0)
		return CLOSE;
	if (strcmp(word, "length") == 0)
		return LENGTH;
	if (strcmp(word, "chunked") == 0)
		return CHUNKED;
	return streamed ? CHUNKED : LENGTH;
}

static int
put_head(struct player *pl, const json_t *rule, bool streamed, size_t length)
{
	struct bytes b = { 0 };
	json_t *status = json_object_get(rule, "status");
	int code = status != NULL ? (int)json_integer_value(status) : 200;
	json_t *own = json_object();
	char digits[24];

	json_object_set_new(own, "content-type", json_string(streamed ?
	    "text/event-stream; charset=utf-8" : "application/json"));
	if (pl->framing == CHUNKED)
		json_object_set_new(own, "transfer-encoding",
		    json_string("chunked"));
	if (pl->framing == LENGTH) {
		snprintf(digits, sizeof(digits), "%zu", length);
		json_object_set_new(own, "content-length",
		    json_string(digits));
	}
	if (pl->framing == CLOSE)
		json_object_set_new(own, "connection", json_string("close"));
	bytes_printf(&b, "HTTP/1.1 %d %s\r\n", code, reason_for(code));
	put_headers(&b, rule, own);
	bytes_puts(&b, "\r\n");
	int rc = plug_write(pl->p, b.p, b.n);
	bytes_free(&b);
	return rc == 0 ? 0 : failed(pl);
}

/* How many bytes put_raw() will write. */
static size_t
raw_length(const json_t *raw)
{
	if (json_is_string(raw))
		return json_string_length(raw);
	const char *code = jx_word(raw, "base64");
	size_t n = strlen(code), fill = 0;
	while (fill < n && code[n - fill - 1] == '=')
		fill++;
	return n / 4 * 3 - fill;
}

/* A reply whose bytes are all known: "body" or "raw". */
static int
play_whole(struct player *pl, const json_t *rule)
{
	const json_t *body = json_object_get(rule, "body");
	const json_t *raw = json_object_get(rule, "raw");
	json_t *text = NULL;

	if (raw == NULL) {
		char *s = body != NULL ? jx_text(body) : strdup("");
		raw = text = json_string(s);
		free(s);
	}
	if (pl->issued != NULL)
		issued_scan(pl->issued, body);
	int rc = put_head(pl, rule, false, raw_length(raw));
	if (rc == 0)
		rc = put_raw(pl, raw);
	json_decref(text);
	return rc;
}

static int
play_stream(struct player *pl, const json_t *rule)
{
	if (put_head(pl, rule, true, 0) != 0 ||
	    play_steps(pl, json_object_get(rule, "sse")) != 0)
		return -1;
	return play_steps(pl, json_object_get(rule, "steps"));
}

enum play_end
play_rule(const json_t *rule, struct plug *p, struct issued *issued, bool head)
{
	struct player pl = { .p = p, .issued = issued, .silent = head };
	bool streamed = json_object_get(rule, "sse") != NULL ||
	    json_object_get(rule, "steps") != NULL;
	json_t *delay = json_object_get(rule, "delay_ms");
	json_t *wire = json_object_get(rule, "wire");

	pl.framing = framing_of(rule, streamed);
	if (delay != NULL && nap(&pl, json_integer_value(delay)) != 0)
		return pl.end;
	if (wire != NULL) {
		pl.framing = CLOSE;
		if (put_raw(&pl, wire) != 0 || play_steps(&pl,
		    json_object_get(rule, "steps")) != 0)
			return pl.end;
		return PLAY_LAST;
	}
	if ((streamed ? play_stream : play_whole)(&pl, rule) != 0)
		return pl.end;
	if (pl.framing == CHUNKED && !head && plug_write(p, "0\r\n\r\n", 5) != 0) {
		failed(&pl);
		return pl.end;
	}
	return pl.framing == CLOSE ? PLAY_LAST : PLAY_DONE;
}
