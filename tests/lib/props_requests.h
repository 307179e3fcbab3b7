/*
 * The property of all generated requests: those that are valid are accepted,
 * the upstream takes what is sent, nothing is lost in silence, and the same
 * input gives the same bytes; those that are not are refused for the right
 * reason.
 */
#ifndef TESTS_PROPS_REQUESTS_H
#define TESTS_PROPS_REQUESTS_H

#include "gen.h"
#include "model/model.h"

/* Prints TAP; of `times` requests a tenth is invalid. */
void	props_requests(enum api from, enum api to, void (*gen)(struct gen *g),
	    const char *const *configs, unsigned long times);

#endif
