/*
 * The client side: holds a conversation with tools through a gateway (or
 * straight with the fake), in one of the three APIs, and judges every reply
 * by its grammar.
 */
#ifndef TESTS_CONVERSE_H
#define TESTS_CONVERSE_H

/* 0: every reply was right; 1: not; 2: wrong usage. */
int	converse_command(int argc, char **argv);

#endif
