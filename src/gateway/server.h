/*
 * The server: HTTP towards the clients, by libmicrohttpd with a thread for
 * each connection.  It makes an exchange for each request, fills its body,
 * refuses what may not come in, and hands out the answer.
 */
#ifndef CO2_SERVER_H
#define CO2_SERVER_H

#include "gateway/exchange.h"

struct server;

/* Serve on a listening socket, which is the server's from now on. */
struct server *server_start(struct house *house, int listen_fd);
/* Take no further connections; those that are open stay. */
void server_quiesce(struct server *server);
/* Close what is open and wait for all threads. NULL is accepted. */
void server_stop(struct server *server);
/*
 * To be called every few seconds: ends connections that take too long to
 * say what they want, and frees large blocks that nobody has needed since.
 */
void server_tick(struct server *server);

#endif
