/*
 * Turn memory (o2c-chat section 3): the blocks of answers that hold both
 * thinking and calls, as Claude gave them.  Most chat clients do not return
 * reasoning, and none returns the order of interleaved blocks; Claude wants
 * both while its tools are at work.
 *
 * The key is SHA-256 of the client's digest, 0x1F and the id of the first
 * call; the value is JSON:
 *
 *	{"text":"...","blocks":[
 *	 {"type":"thinking","thinking":T,"signature":S},
 *	 {"type":"redacted_thinking","data":D},
 *	 {"type":"text","text":T},
 *	 {"type":"tool_use","id":I,"name":N,"input":"{...}"}]}
 *
 * with the text as the client got it, and the input as text.
 */
#ifndef CO2_CHAT_THOUGHTS_H
#define CO2_CHAT_THOUGHTS_H

#include "model/model.h"

/*
 * Keep a complete answer, if it is one worth keeping. `text` is what the
 * client was given as content.
 */
void chat_remember(const struct request *req, struct pool *pool,
    struct span text, const struct block *blocks);

/*
 * Put the blocks of the memory in the place of an assistant turn's, when its
 * text and its calls are the same. False, and nothing changed, otherwise.
 */
bool chat_recall(struct request *req, struct turn *turn);

#endif
