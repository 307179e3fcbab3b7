/*
 * A fault: why a request got no answer, in no API's words.  It is made where
 * the trouble is noticed; each dialect renders it in its own error body and
 * with its own status.
 */
#ifndef CO2_FAULT_H
#define CO2_FAULT_H

#include "base/span.h"

/* What kind of trouble; a dialect's table gives status, type and code. */
enum fault_kind {
	FAULT_NONE,
	FAULT_REQUEST,		/* the request is wrong: 400 */
	FAULT_AUTH,		/* no or a wrong key: 401 */
	FAULT_BILLING,		/* quota or credit used up */
	FAULT_PERMISSION,	/* 403 */
	FAULT_NOT_FOUND,	/* no such model or thing: 404 */
	FAULT_ROUTE,		/* no such path here: 404 */
	FAULT_METHOD,		/* 405 */
	FAULT_REQUEST_TIMEOUT,	/* 408, SDKs try again */
	FAULT_CONFLICT,		/* 409 */
	FAULT_TOO_LARGE,	/* 413 */
	FAULT_MEDIA_TYPE,	/* 415 */
	FAULT_HEADER,		/* the request's header is too large: 431 */
	FAULT_ORIGIN,		/* refused Host or Origin: 403 */
	FAULT_UPGRADE,		/* a websocket was asked for: 426 */
	FAULT_RATE,		/* 429 */
	FAULT_SERVER,		/* the upstream failed: 500 */
	FAULT_BAD_GATEWAY,	/* 502, or an answer that is none */
	FAULT_UNREACHABLE,	/* DNS, connect, TLS */
	FAULT_TRUNCATED,	/* the answer ended before its end */
	FAULT_TIMEOUT,		/* a limit of ours or of the upstream passed */
	FAULT_OVERLOADED,	/* 503, 529 */
	FAULT_BUSY,		/* too many connections to co2 itself */
	FAULT_STOPPING,		/* co2 is shutting down */
};

struct fault {
	enum fault_kind kind;
	int status;		/* what the upstream answered; 0: our own */
	/*
	 * The word for programs: one of ours ("unsupported_parameter",
	 * "invalid_value", "unknown_parameter", "context_length_exceeded",
	 * ...) or the upstream's own. Empty: the dialect's default.
	 */
	char code[64];
	char param[256];	/* path of the field, in the client's style */
	char message[2048];	/* without the path */
	char type[64];		/* the upstream's word for the kind, if any */
	char upstream_id[96];	/* the upstream's request id, if any */
	long retry_after;	/* seconds; -1: not said */
	int should_retry;	/* 1 or 0 said so, -1 not said */
	bool upstream;		/* the message is the upstream's wording */
};

/*
 * Fill *why and return -1. param is the path of the offending field ("" for
 * none); the message is printf-like. The first fault of a request stays: a
 * fault that is set already is not overwritten.
 */
int fault_set(struct fault *why, enum fault_kind kind, const char *param,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same with a code. */
int fault_code(struct fault *why, enum fault_kind kind, const char *code,
    const char *param, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Empty it: kind FAULT_NONE, retry_after and should_retry not said. */
void fault_clear(struct fault *why);
/* Copy s into a field of n bytes, cut at a UTF-8 border, terminated. */
void fault_copy(char *field, size_t n, struct span s);

#endif
