/*
 * The configuration file against its table of keys; private to conf.c.
 */
#ifndef CO2_CONF_READ_H
#define CO2_CONF_READ_H

#include <jansson.h>

#include "gateway/conf.h"

/* Where complaints go, with what they need to say where. */
struct conf_trouble {
	struct buf *lines;	/* one problem each */
	const char *file;	/* NULL: no file */
	struct span text;	/* of the file */
};

/* Note a problem with the key at path ("" for none). */
void conf_complain(struct conf_trouble *t, const char *path, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Read the whole file into conf; each problem is noted. */
void conf_read_file(struct conf *conf, json_t *root, struct conf_trouble *t);

/* The words of a setting, shared with the command line. */
enum mode conf_mode_by_name(struct span name);
/* -1 when it is none. */
int conf_level_by_name(struct span name);

#endif
