/*
 * In which line of a JSON text a key stands.  jansson does not keep lines, and
 * a complaint about a configuration without one is half a complaint.
 */
#ifndef CO2_CONF_LINES_H
#define CO2_CONF_LINES_H

#include "base/span.h"

/*
 * The line (from 1) of the key at a dotted path such as
 * "providers.openai.apiKey" in text, which is valid JSON; 0 when it is not
 * there. Keys that hold dots themselves are compared as they are.
 */
int conf_line(struct span text, const char *path);

#endif
