/*
 * The halves of the three dialects, as their tables name them.  A dialect's
 * table stands in messages.c, chat.c, responses.c; its functions in the files
 * named after what they do.
 */
#ifndef CO2_PARTS_H
#define CO2_PARTS_H

#include "dialect/dialect.h"

/* messages_request_read.c */
extern const struct field messages_fields[];
int messages_read_request(struct request *req, struct fault *why);
/* messages_reply_write.c */
void messages_open_writer(struct writer *w);
void messages_write_event(struct writer *w, const struct event *ev);
void messages_write_ping(struct writer *w);
void messages_write_reply(struct writer *w, const struct reply *r);
/* messages_error.c */
void messages_write_error(struct buf *out, const struct fault *why,
    struct span request_id);
int messages_error_status(const struct fault *why);
int messages_should_retry(const struct fault *why);
void messages_read_error(struct pool *pool, struct span body, int status,
    struct fault *why);
/* messages_models.c */
void messages_write_count(struct buf *out, long tokens);
void messages_write_models(struct buf *out, const struct model_entry *list,
    size_t count);
void messages_write_model(struct buf *out, const struct model_entry *one);
struct model_entry *messages_read_models(struct pool *pool, struct span body,
    size_t *count);
long messages_read_count(struct pool *pool, struct span body);
/* messages_request_write.c */
int messages_write_request(struct buf *out, struct request *req,
    struct target *to, struct fault *why);
/* messages_repair.c */
bool messages_repair(struct request *req, struct target *to,
    const struct fault *why, const char **what);
/* messages_reply_read.c */
void messages_open_reader(struct reader *r);
void messages_read_event(struct reader *r, struct span name, struct span data);
void messages_read_end(struct reader *r);
int messages_read_reply(struct reader *r, struct span body, struct fault *why);

/* chat_request_read.c */
extern const struct field chat_fields[];
int chat_read_request(struct request *req, struct fault *why);
/* chat_reply_write.c */
void chat_open_writer(struct writer *w);
void chat_write_event(struct writer *w, const struct event *ev);
void chat_write_ping(struct writer *w);
void chat_write_reply(struct writer *w, const struct reply *r);
/* chat_request_write.c */
int chat_write_request(struct buf *out, struct request *req, struct target *to,
    struct fault *why);
/* chat_reply_read.c */
void chat_open_reader(struct reader *r);
void chat_read_event(struct reader *r, struct span name, struct span data);
void chat_read_end(struct reader *r);
int chat_read_reply(struct reader *r, struct span body, struct fault *why);

/* responses_request_read.c */
extern const struct field responses_fields[];
int responses_read_request(struct request *req, struct fault *why);
/* responses_reply_write.c */
void responses_open_writer(struct writer *w);
void responses_write_event(struct writer *w, const struct event *ev);
void responses_write_ping(struct writer *w);
void responses_write_reply(struct writer *w, const struct reply *r);
/* responses_request_write.c */
int responses_write_request(struct buf *out, struct request *req,
    struct target *to, struct fault *why);
/* responses_reply_read.c */
void responses_open_reader(struct reader *r);
void responses_read_event(struct reader *r, struct span name, struct span data);
void responses_read_end(struct reader *r);
int responses_read_reply(struct reader *r, struct span body, struct fault *why);
long responses_read_count(struct pool *pool, struct span body);

/* openai_error.c: both OpenAI dialects have one error body (S.10, 10.1). */
void openai_write_error(struct buf *out, const struct fault *why,
    struct span request_id);
int openai_error_status(const struct fault *why);
int openai_should_retry(const struct fault *why);
/* The same object without the braces of the body, for events in streams. */
void openai_put_error(struct buf *out, const struct fault *why);
/* The word of S.10 for a fault's code, and of the Responses events. */
const char *openai_error_code(const struct fault *why);
const char *openai_error_type(const struct fault *why);
void openai_read_error(struct pool *pool, struct span body, int status,
    struct fault *why);
/* openai_repair.c: learned limits (c2o-common 10.4). */
bool openai_repair(struct request *req, struct target *to,
    const struct fault *why, const char **what);
/* openai_models.c */
void openai_write_models(struct buf *out, const struct model_entry *list,
    size_t count);
void openai_write_model(struct buf *out, const struct model_entry *one);
void openai_write_count(struct buf *out, long tokens);

#endif
