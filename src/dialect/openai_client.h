/*
 * What the readers of both OpenAI APIs share: fields whose types are checked
 * and whose faults read like OpenAI's own, settings that both have, content
 * parts, tools and the choice among them.
 *
 * Everything works on a place: a node of the client's body together with its
 * path, so that a fault can name it ("input[0].content[1].image_url").
 *
 *	struct place root = openai_root(req, why), part;
 *	struct span name;
 *
 *	if (openai_array(&root, "tools", &tools) < 0 ||
 *	    openai_need_text(&tool, "name", &name) < 0)
 *		return -1;
 *
 * A key whose value is null is absent.  Functions return 0, or -1 with the
 * fault set.
 */
#ifndef CO2_OPENAI_CLIENT_H
#define CO2_OPENAI_CLIENT_H

#include "model/model.h"
#include "wire/jget.h"

struct place {
	struct request *req;
	struct fault *why;
	json_t *node;		/* NULL: absent */
	struct span path;	/* empty for the body itself */
};

/* --- places --------------------------------------------------------- */

struct place openai_root(struct request *req, struct fault *why);
/* The value of a key, unchecked. */
struct place openai_key(const struct place *at, const char *key);
/* Element i of an array. */
struct place openai_nth(const struct place *at, size_t i);

/* --- faults; all return -1 ------------------------------------------ */

/* invalid_type: "Invalid type for 'x': expected a string, but got ...". */
int openai_bad_type(const struct place *at, const char *expected);
/* invalid_value for the place itself, in the caller's words. */
int openai_bad_value(const struct place *at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* missing_required_parameter for a key of `at`. */
int openai_missing(const struct place *at, const char *key);
/*
 * A whole top-level field that cannot be served. The code is
 * "unsupported_parameter" or "unsupported_value"; the reason is a sentence,
 * behind it stands how the skip list lets the field through.
 */
int openai_unsupported(const struct place *at, const char *code,
    const char *reason);

/* --- typed fields --------------------------------------------------- */

/* *value becomes absent, UNSET or a place without node when key is absent. */
int openai_text(const struct place *at, const char *key, struct span *value);
int openai_flag(const struct place *at, const char *key, enum tri *value);
int openai_object(const struct place *at, const char *key,
    struct place *value);
int openai_array(const struct place *at, const char *key,
    struct place *value);
/* The key must be there. An empty text counts as there. */
int openai_need_text(const struct place *at, const char *key,
    struct span *value);
/* *value stays as it is when key is absent. */
int openai_whole(const struct place *at, const char *key, long least,
    long most, long *value);
int openai_real(const struct place *at, const char *key, double least,
    double most, double *value);

/* A word of an enumeration; tables end with a NULL word. */
struct openai_word {
	const char *word;
	int value;
};

int openai_word(const struct place *at, const char *key,
    const struct openai_word *words, int *value);
/* The place itself must be an object. */
int openai_need_object(const struct place *at);

/* --- settings that both APIs have, each from the body's root --------- */

int openai_read_model(const struct place *root);	/* may be absent */
int openai_read_stream(const struct place *root);
int openai_read_temperature(const struct place *root);
int openai_read_top_p(const struct place *root);
int openai_read_parallel(const struct place *root);
int openai_read_tier(const struct place *root);
int openai_read_cache_retention(const struct place *root);
int openai_read_cache_options(const struct place *root);
/* safety_identifier, else user: req->user. */
int openai_read_user(const struct place *root);
/* req->max_tokens from a key: 0 is refused. */
int openai_read_max_tokens(const struct place *root, const char *key);
/* req->effort from key of `at`; unchanged when absent. */
int openai_read_effort(const struct place *at, const char *key);
/*
 * req->format, schema and what belongs to it. Chat keeps the schema inside
 * "json_schema", Responses beside "type"; both are understood.
 */
int openai_read_format(const struct place *at, const char *key);

/* --- content parts -------------------------------------------------- */

/*
 * Does the client want a cache mark here: prompt_cache_breakpoint, or the
 * common extension cache_control? Notes a longer lifetime in the request.
 */
bool openai_mark(struct request *req, const json_t *o);

/* A text block; its place is the part's (or the string's). */
struct block *openai_add_text(const struct place *part, struct span text,
    struct block **list);
/*
 * An image. `holder` has the URL under `key` and "detail" beside it: the
 * part itself with "image_url" on Responses, its "image_url" with "url" on
 * Chat. What cannot be sent on is reported as media_dropped with the part's
 * path, and the part's type is appended to *dropped (struct turn's).
 */
int openai_add_image(const struct place *part, const struct place *holder,
    const char *key, struct block **list, struct span *dropped);
/* A file; `holder` has file_data, file_url, file_id, filename, detail. */
int openai_add_file(const struct place *part, const struct place *holder,
    struct block **list, struct span *dropped);
/* Report a part as media_dropped: audio, video. */
void openai_drop_media(const struct place *part, struct span *dropped);
/* Append a type to a comma-separated list. */
void openai_note_dropped(struct pool *pool, struct span *dropped,
    struct span type);

/* --- tools ---------------------------------------------------------- */

/*
 * A function {name, description, parameters, strict} or a freeform tool
 * {name, description, format} at a place, in namespace `space` (absent or
 * "functions": none). `node` is the whole tool as the client sent it, where
 * cache marks stand too. A tool whose key is there already is left out when
 * `extra` is set. *added may be NULL, and is set to NULL when left out.
 */
int openai_add_function(const struct place *at, struct span space,
    json_t *node, bool extra, struct tool **added);
int openai_add_freeform(const struct place *at, struct span space,
    json_t *node, bool extra, struct tool **added);
/* The hosted web search; the filters and the location stay unset. */
struct tool *openai_add_web_search(const struct place *at, json_t *node);
/* A namespace in the model's form: absent for "" and "functions". */
struct span openai_space(struct span space);

/* The words of tool_choice; *known is false when `at` is no string. */
int openai_read_choice_word(const struct place *at, bool *known);
/*
 * The request's tool for a key: by kind, namespace and name, else the first
 * of that name when no namespace was said. Unknown: invalid_value at `at`.
 */
int openai_find_tool(const struct place *at, struct tool_key key,
    struct tool **found);
/* req->choice and req->chosen for one tool. */
int openai_choose(const struct place *at, struct tool_key key);
/* An empty limit of the choice, with room for so many keys. */
struct tool_key *openai_allow_none(struct request *req, size_t room);
/* Without tools there is nothing to choose: forget the choice. */
void openai_settle_choice(struct request *req);

/* --- replies -------------------------------------------------------- */

/* What a declined answer says: the upstream's words or our own. */
struct span openai_refusal(struct pool *pool, struct span words,
    struct span category);
/*
 * The text of a freeform tool's call from its arguments {"input": "..."}; the
 * arguments themselves when they are cut or have no such text.
 */
struct span openai_freeform_input(struct pool *pool, struct span arguments);

#endif
