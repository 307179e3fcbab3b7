/*
 * The listening socket: our own, or one that the service manager made before
 * it started us.
 */
#ifndef CO2_LISTEN_H
#define CO2_LISTEN_H

#include "base/buf.h"
#include "gateway/conf.h"

/* What listen_passed() finds. */
enum { LISTEN_NONE = -1, LISTEN_WRONG = -2 };

/*
 * The socket that came with LISTEN_FDS and LISTEN_PID (sd_listen_fds(3)):
 * LISTEN_NONE when there is none, LISTEN_WRONG and a sentence in *trouble
 * when it is not one TCP socket that listens.
 */
int listen_passed(struct buf *trouble);
/* The numeric address it is bound to, which is put into *host; its port. */
int listen_place(int fd, struct buf *host);

/* A socket at conf's host and port; -1 and a sentence in *trouble. */
int listen_open(const struct conf *conf, struct buf *trouble);
/*
 * Where it listens, as a URL for people: "http://127.0.0.1:8000". An address
 * that stands for all is shown as the loopback one.
 */
void listen_put_url(struct buf *out, int fd);

#endif
