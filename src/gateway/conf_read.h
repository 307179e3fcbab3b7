/*
 * The configuration file against its table of keys; private to conf.c and
 * conf_show.c.
 */
#ifndef CO2_CONF_READ_H
#define CO2_CONF_READ_H

#include <jansson.h>

#include "gateway/conf.h"

/* --- the table of keys ---------------------------------------------- */

enum conf_type {
	KEY_TEXT,	/* const char *, not empty */
	KEY_INT,	/* long within min and max */
	KEY_INT32,	/* the same as int */
	KEY_SIZE,	/* the same as size_t */
	KEY_WORD,	/* int, by its word in words[] */
	KEY_BOOL,	/* bool */
	KEY_TRI,	/* enum tri */
	KEY_LIST,	/* conf_list */
	KEY_HEADERS,	/* of a conf_provider */
	KEY_MODELS,	/* modelMap */
	KEY_UNKNOWN,	/* routing.unknownInboundFields */
};

struct conf_word {
	const char *word;
	int value;
};

struct conf_key {
	const char *section;	/* "" for the top */
	const char *name;
	enum conf_type type;
	size_t at;		/* offset in struct conf */
	long min, max;		/* numbers */
	const struct conf_word *words;
};

extern const struct conf_key conf_keys[];
extern const size_t conf_key_count;

/* NULL when there is none. */
const struct conf_key *conf_key_by_path(const char *section,
    const char *name);

/* --- reading -------------------------------------------------------- */

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

/* Remember where a key's value is from; source lives as long as conf. */
void conf_note(struct conf *conf, const char *section, const char *name,
    const char *source);
/* Set a KEY_TEXT as well, unless value is NULL. */
void conf_set(struct conf *conf, const char *section, const char *name,
    const char *value, const char *source);

/* A setting's word, shared with the command line; -1 when it is none. */
int conf_level_by_name(struct span name);

#endif
