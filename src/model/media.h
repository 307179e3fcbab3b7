/*
 * Images and files: from the forms that the APIs use to one, with the labels
 * put right (o2c section S.8, c2o-common section 5).
 */
#ifndef CO2_MEDIA_H
#define CO2_MEDIA_H

#include "model/model.h"

/*
 * Read an image given as URL: http(s) as it is, data: taken apart. With
 * `sniff` known magic bytes win over the label. -1 when it cannot be sent on:
 * another scheme, another image type, bad base64.
 */
int media_from_url(struct pool *pool, struct span url, bool sniff,
    struct media *m);
/* The same for a base64 text with a declared type. */
int media_from_base64(struct pool *pool, struct span type, struct span data,
    bool sniff, struct media *m);
/*
 * A file part: image, PDF or UTF-8 text by type, name and magic. `data` is a
 * data URL or bare base64.
 */
int media_from_file(struct pool *pool, struct span data, struct span filename,
    struct media *m);

/*
 * A text document as text: "<document title="T">\n...\n</document>", with
 * "Context: ..." as first line inside where there is one.
 */
struct span media_inline(struct pool *pool, const struct media *m);
/* What stands before its text: "<document title="T">\nContext: ...". */
struct span media_frame(struct pool *pool, const struct media *m);

/* Width and height in pixels of a base64 PNG, JPEG, GIF or WebP; -1. */
int media_size(struct span base64, long *width, long *height);

#endif
