/*
 * Scripts: a JSON array of rules; the first one that fits a request answers
 * it, and without one the default reply does.
 *
 *	[{"path":"/v1/messages", "when":{"stream":true, "nth":2},
 *	  "status":200, "headers":{"x-a":"b"}, "steps":[...]}]
 *
 * A rule may have
 *
 *	path		the path, without query; "*" or absent: any
 *	method		GET, POST; absent: any
 *	when.stream	the body's "stream" is this
 *	when.model	the body's "model" is this
 *	when.contains	the raw body contains this text (or each of a list)
 *	when.lacks	the raw body contains none of these
 *	when.header	{"name":"part of its value"}, null: not there
 *	when.nth	only the nth request that fits the rest (from 1)
 *	when.times	only the first so many of them
 *
 *	strict		false: answer without checking the request
 *	status		200 unless given
 *	headers		set or (null) left out
 *	delay_ms	before the status line
 *	framing		"chunked", "length" or "close"; by default steps and
 *			sse are chunked, body and raw have a length
 *	wire		raw bytes instead of a whole HTTP response
 *	body		one JSON value
 *	raw		the body's bytes; {"base64":"..."} for any byte
 *	sse		a list of events, see below
 *	steps		a list of steps
 *
 * and a rule for connections is {"accept":"close"|"stall"|"reset","nth":1}.
 *
 * A step is one of
 *
 *	{"event":"message_start","data":{...}}	both lines of an event
 *	{"data":{...}}, {"data":"[DONE]"}	only the data line
 *	{"comment":"ping"}		a comment line
 *	{"raw":"bytes"}, {"raw":{"base64":"..."}}
 *	{"file":"path"}			the file's bytes
 *	{"sleep_ms":200}
 *	{"stall":true}			until the peer closes
 *	{"wait":"path"}			until this file exists
 *	{"close":true}			end the connection here, unfinished
 *	{"reset":true}			the same with a reset
 *	{"repeat":3,"steps":[...]}
 *	{"split":1,"pause_ms":2}	from here on so many bytes a write
 *	{"fill":1000000,"with":"x"}	that many bytes
 *
 * An entry of "sse" may be a step, or just the data object: an object with
 * "type" and neither "event" nor "data" is sent with its type as event name.
 *
 * The file is read anew when it changes, best by a rename of another one over
 * it; counters then start again.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include <jansson.h>

#include "../lib/web.h"

struct script;

/* NULL as a path is an empty script.  Returns NULL if it cannot be read. */
struct script *script_open(const char *path);
void	script_close(struct script *s);

/* The rule for a request or NULL; give it back.  *index gets its place. */
json_t	*script_for(struct script *s, const struct web *req,
	    const json_t *body, int *index);
/* Any rule, also one that is not the script's; NULL is accepted. */
void	script_give_back(struct script *s, json_t *rule);

/* What the script wants to be done with the nth connection, or NULL. */
const char *script_accept(struct script *s, unsigned nth);

#endif
