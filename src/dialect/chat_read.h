/*
 * Private to the files that read a Chat Completions request.
 */
#ifndef CO2_CHAT_READ_H
#define CO2_CHAT_READ_H

#include "dialect/openai_client.h"

/* chat_tools_read.c */
int chat_read_tools(const struct place *root);
int chat_read_functions(const struct place *root);
/* web_search_options, as one more tool. */
int chat_read_web_search(const struct place *root);
/* tool_choice or function_call, once all tools are known. */
int chat_read_choice(const struct place *root);

/* chat_effort_read.c: all the ways to say how much to think, and show. */
int chat_read_effort(const struct place *root);

/* chat_messages_read.c */
int chat_read_messages(const struct place *root);

/*
 * chat_sealed_read.c: the reasoning that a client sends back on an
 * assistant message. One block with SEAL_FOREIGN stands for all of it when a
 * part is not Claude's.
 */
int chat_read_sealed(const struct place *message, struct block **list);

#endif
