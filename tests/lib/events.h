/*
 * Server-sent events, read as strictly as we write them: LF line ends, at
 * most one "event: " line, exactly one "data: " line, a blank line after
 * every event and at the very end, comments only between events.
 */
#ifndef TESTS_EVENTS_H
#define TESTS_EVENTS_H

#include <jansson.h>
#include <stddef.h>

/*
 * An array of {"event": name or null, "data": JSON value or text,
 * "text": true if data is no JSON}; comments are {"comment": text}.  NULL
 * if the bytes are no such stream, with the reason in why.
 */
json_t	*events_parse(const char *bytes, size_t n, char *why, size_t nwhy);

#endif
