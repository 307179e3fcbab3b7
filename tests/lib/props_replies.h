/*
 * The property of all replies: whatever an upstream sends, however it is cut
 * into pieces, the client gets a well-formed reply that ends exactly once.
 */
#ifndef TESTS_PROPS_REPLIES_H
#define TESTS_PROPS_REPLIES_H

#include "base/buf.h"
#include "model/model.h"
#include "stream.h"

struct props_replies {
	const char	*name;
	enum api	 from;		/* the client's */
	const char	*config;
	const char *const *requests;	/* bodies, ended by NULL */
	/* An upstream's answer: events, or the text of one body. */
	void		(*stream)(struct stream *s, struct dice *d);
	json_t		*(*whole)(struct dice *d);
};

/* So many answers; prints TAP. */
void	props_replies(struct props_replies *r, unsigned long times);

#endif
