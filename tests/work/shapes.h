/*
 * Bodies with very many of one thing, in short.  A shape is a text in which
 *
 *	'	stands for "
 *	<...>	is repeated n times, with commas between unless it ends a line
 *	@	is the number of the repetition
 */
#ifndef TESTS_SHAPES_H
#define TESTS_SHAPES_H

#include "base/buf.h"
#include "model/model.h"

struct request_shape {
	const char	*name;
	enum api	 from;
	const char	*text;
};

struct reply_shape {
	const char	*name;
	enum api	 upstream;
	bool		 events;
	const char	*text;
};

/* Each list ends with a NULL name. */
extern const struct request_shape request_shapes[];
extern const struct reply_shape reply_shapes[];

void	shape_put(struct buf *out, const char *text, size_t n);

#endif
