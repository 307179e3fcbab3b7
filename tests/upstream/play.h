/*
 * Puts a reply onto the wire, in the form script.h describes.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include <jansson.h>
#include <stdbool.h>

#include "../lib/issued.h"
#include "../lib/plug.h"

enum play_end {
	PLAY_DONE,	/* complete: the connection may go on */
	PLAY_LAST,	/* complete, and the connection ends with it */
	PLAY_CUT,	/* ended by the script before its end */
	PLAY_RESET,	/* the same, with a reset */
	PLAY_GONE,	/* the peer left */
	PLAY_STOP,	/* the server stops */
};

/*
 * issued may be NULL; otherwise seals in the reply are noted there.  head
 * answers a HEAD request: no body.
 */
enum play_end play_rule(const json_t *rule, struct plug *p,
	    struct issued *issued, bool head);

#endif
