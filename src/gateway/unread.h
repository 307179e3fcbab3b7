/*
 * Requests that the HTTP library cannot read: a header beyond all measure, a
 * length that is no number.  It has a page of its own for these, and no way
 * to replace it but the line that it writes into its log before.
 */
#ifndef CO2_UNREAD_H
#define CO2_UNREAD_H

#include "gateway/exchange.h"

/*
 * The status that the library is about to answer with, from its line in the
 * log; 0 of any other line, and of a status that it has no fault for.
 */
int unread_status(const char *line);
/*
 * Answer with a status of unread_status()'s, in the client's words and on the
 * connection's own thread, and let nothing follow: what the library writes then goes nowhere.
 */
void unread_refuse(struct exchange *ex, int status);

#endif
