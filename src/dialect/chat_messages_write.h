/*
 * The "messages" of a chat request (c2o-chat 1.2, 1.3, 1.6).
 */
#ifndef CO2_CHAT_MESSAGES_WRITE_H
#define CO2_CHAT_MESSAGES_WRITE_H

#include "model/model.h"
#include "wire/jw.h"

/* Write the array; the turns are prepared (openai_turns.h). */
void chat_put_messages(struct jw *w, struct request *req);

#endif
