/*
 * Texts that both OpenAI request writers put into their bodies: joined
 * blocks, results of tools, arguments of calls, media, descriptions.
 */
#ifndef CO2_OPENAI_TEXT_H
#define CO2_OPENAI_TEXT_H

#include "model/model.h"
#include "wire/jw.h"

/* The TEXT blocks of a list as one string; others are passed over. */
void openai_put_joined(struct jw *w, const char *key,
    const struct block *list, const char *glue);
bool openai_has_text(const struct block *list);

/* How media in results are numbered: "[image 1]", "[document 1]". */
struct openai_marks {
	unsigned images, documents;
};

/* Does a result hold an image or a PDF? */
bool openai_has_media(const struct block *result);
/* Must an error result still be marked as one? Looks at how it starts. */
bool openai_needs_error_mark(const struct block *result);
/*
 * A result as one string, with "Error: " in front of an error that does not
 * say so itself (c2o-common 5.1); each medium leaves its mark.
 */
void openai_put_result(struct jw *w, const char *key,
    const struct block *result, struct openai_marks *marks);

/* A call's input as text: as it was, or compactly from the tree. */
void openai_put_arguments(struct jw *w, const char *key,
    const struct block *call);

/* The URL of a medium, a data URL for base64. */
void openai_put_url(struct jw *w, const char *key, const struct media *m);
/* The file name of a PDF. */
struct span openai_file_name(struct pool *pool, const struct media *m);

#endif
