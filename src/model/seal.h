/*
 * Seals: what makes reasoning replayable.  Claude signs its thinking, OpenAI
 * encrypts it, chat servers want its text back.  A client of another API
 * cannot hold these, so they travel inside a field it does keep, in an
 * envelope that only this module knows:
 *
 *	co2.r1.  Claude's blocks, in an OpenAI client's encrypted_content
 *	co2.t1.  an OpenAI upstream's reasoning, in a Claude signature
 *	co2.c1.  a summary made by compaction
 *
 * A seal is only ever offered to an upstream of the origin that made it.
 */
#ifndef CO2_SEAL_H
#define CO2_SEAL_H

#include <jansson.h>

#include "base/buf.h"
#include "base/pool.h"

enum seal_kind {
	SEAL_NONE,
	SEAL_SIGNATURE,		/* Claude: `data` signs the thinking text */
	SEAL_REDACTED,		/* Claude: `data` is all there is */
	SEAL_RESPONSES,		/* a reasoning item: id, data, raw */
	SEAL_CHAT,		/* a chat server's text: field, details */
	SEAL_FOREIGN,		/* somebody else's, or damaged */
	SEAL_STALE,		/* ours, but of another upstream */
};

struct seal {
	enum seal_kind kind;
	struct span data;	/* signature, redacted data, encrypted_content */
	struct span id;		/* RESPONSES: the item's id */
	bool raw;		/* RESPONSES: the text is reasoning_text */
	struct span field;	/* CHAT: where the text stood */
	struct span text;	/* the text, when the client was shown none */
	json_t *details;	/* CHAT: reasoning_details as received */
};

/* A copy that belongs to the pool. */
struct seal seal_copy(struct pool *pool, const struct seal *seal);
/* Nothing that could be replayed. */
bool seal_is_empty(const struct seal *seal);

/*
 * o2c. The envelope of one Claude block: text is its thinking. Read: the
 * blocks in it, thinking text in seal.text; -1 when it is not ours, damaged,
 * or longer than 1 MiB. *count entries are in the pool.
 */
void seal_put_r1(struct buf *out, struct span model, struct span text,
    const struct seal *seal);
int seal_read_r1(struct pool *pool, struct span envelope,
    struct seal **seals, size_t *count);

/*
 * c2o. The signature for a reasoning step of the upstream at `origin`. Read:
 * the seal in a signature, SEAL_FOREIGN or SEAL_STALE where it cannot be
 * used at `origin` with an upstream of that kind (SEAL_RESPONSES or
 * SEAL_CHAT).
 */
void seal_put_t1(struct buf *out, struct span origin, const struct seal *seal);
struct seal seal_read_t1(struct pool *pool, struct span signature,
    struct span origin, enum seal_kind kind);

/* o2c. The envelope of a compaction's summary, and back (-1: not ours). */
void seal_put_c1(struct buf *out, struct span model, struct span summary);
int seal_read_c1(struct pool *pool, struct span envelope,
    struct span *summary);

#endif
