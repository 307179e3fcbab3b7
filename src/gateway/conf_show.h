/*
 * The configuration, shown: what is in force, and why.
 */
#ifndef CO2_CONF_SHOW_H
#define CO2_CONF_SHOW_H

#include "gateway/conf.h"

/*
 * A line for each key, its value as JSON and where that is from:
 *
 *	server.port = 8000				default
 *	providers.openai.apiKey = "...x9Qz"		variable OPENAI_API_KEY
 *
 * Keys and the values of headers are masked. The provider that the mode does
 * not use is left out.
 */
void conf_show(const struct conf *conf, struct buf *out);
/*
 * Where the value of one key is from: "FILE:LINE", "variable NAME",
 * "credential NAME", "option --NAME" or "default".
 */
const char *conf_source(const struct conf *conf, const char *section,
    const char *name);
/* Is a key in the file, and may others of this machine read that? */
bool conf_is_exposed(const struct conf *conf);

#endif
