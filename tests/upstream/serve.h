/* The server: a listening socket and one thread per connection. */
#ifndef TESTS_SERVE_H
#define TESTS_SERVE_H

#include "fake.h"

/*
 * Listens on 127.0.0.1, writes the port to the file ready (if not NULL)
 * once it does, and serves until f->stop_fd is readable and the last
 * connection has ended.  Returns an exit status.
 */
int	serve_run(struct fake *f, const char *ready);

#endif
