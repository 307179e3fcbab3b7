/* An example value that fits a JSON schema, as far as the subset goes. */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <jansson.h>

/* A new value. */
json_t	*sample_of(const json_t *schema);

#endif
