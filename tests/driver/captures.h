/*
 * Requests recorded from real clients (tests/captures): each must give a body
 * that the upstream takes, or exactly the refusal that refused.json lists.
 */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

/* Every capture below dir, towards every upstream that its API can have. */
void captures_check(const char *dir);

#endif
