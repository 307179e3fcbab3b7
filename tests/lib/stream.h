/*
 * Streams of server-sent events as an upstream sends them, and what goes
 * wrong with them.
 *
 *	stream_init(&s);
 *	stream_add(&s, "message_stop", json_pack("{s:s}", "type",
 *	    "message_stop"));
 *	stream_mangle(&s, dice);
 *	stream_put(&s, &bytes, dice);
 */
#ifndef TESTS_STREAM_H
#define TESTS_STREAM_H

#include <jansson.h>

#include "base/buf.h"
#include "dice.h"

struct stream_event {
	const char	*name;		/* static; NULL: no "event:" line */
	char		*data;
	size_t		 n;
};

struct stream {
	struct stream_event *list;
	size_t		 count, room;
};

void	stream_init(struct stream *s);
void	stream_free(struct stream *s);

/* Takes the reference. */
void	stream_add(struct stream *s, const char *name, json_t *data);
void	stream_add_text(struct stream *s, const char *name,
	    struct span data);

/* Adds the events of another one. */
void	stream_copy(struct stream *s, const struct stream *from);

/* One thing goes wrong: order, number, types, values, bytes. */
void	stream_mangle(struct stream *s, struct dice *d);

/*
 * The bytes: with dice in any way that servers write them (line ends,
 * comments, a missing end), without as we write them.
 */
void	stream_put(const struct stream *s, struct buf *out, struct dice *d);

/* A text's first piece, cut between characters by the dice. */
size_t	stream_piece(struct dice *d, const char *text, size_t most);

#endif
