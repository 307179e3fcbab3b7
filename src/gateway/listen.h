/*
 * The listening socket.
 */
#ifndef CO2_LISTEN_H
#define CO2_LISTEN_H

#include "base/buf.h"
#include "gateway/conf.h"

/* A socket at conf's host and port; -1 and a sentence in *trouble. */
int listen_open(const struct conf *conf, struct buf *trouble);
/*
 * Where it listens, as a URL for people: "http://127.0.0.1:8000". An address
 * that stands for all is shown as the loopback one.
 */
void listen_put_url(struct buf *out, int fd);

#endif
