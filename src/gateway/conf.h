/*
 * The configuration: one JSON file, the environment, the command line
 * (design section 6, co2.config(5)).  It is read once, checked as a whole,
 * and const from then on; requests hold the one they began with.
 */
#ifndef CO2_CONF_H
#define CO2_CONF_H

#include "base/buf.h"
#include "model/model.h"

enum mode { MODE_UNSET, MODE_O2C, MODE_C2O };

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* A list of texts, ended by NULL. */
typedef const char *const *conf_list;

struct conf_header {
	const char *name;	/* lower case */
	const char *value;
};

struct conf_provider {
	const char *api_key;	/* NULL: none */
	const char *base_url;	/* without a trailing slash */
	const char *origin;	/* scheme://host[:port], lower case */
	const char *host;	/* of base_url, lower case */
	const char *version;	/* anthropic only */
	enum tri profile;	/* openai only: UNSET is "auto" */
	bool official;		/* the vendor's own service */
	const struct conf_header *headers;
	size_t header_count;
	long connect_ms, first_byte_ms, idle_ms, total_ms;	/* 0: none */
	int max_retries;
	size_t max_event, max_reply;	/* bytes: of a stream's, of a whole */
	const char *ca_file, *proxy;	/* NULL: the defaults */
};

/* A modelMap entry. */
struct conf_model {
	const char *name;	/* may hold '*' */
	const char *upstream;
};

struct conf {
	const char *path;	/* of the file; NULL: none */
	enum mode mode;
	const char *host;
	int port;
	enum log_level log_level;
	int log_format;		/* 1: JSON */
	conf_list api_keys, allowed_hosts;
	size_t max_body, max_header;
	size_t max_depth, max_items;	/* of a body's JSON */
	int max_connections;
	long request_seconds;	/* for a request to arrive */
	long ping_seconds, grace_seconds;

	struct conf_provider openai, anthropic;

	const char *default_openai_model, *default_claude_model;
	enum effort openai_effort, claude_effort;
	enum api upstream_api;	/* of c2o: API_RESPONSES or API_CHAT */
	enum tri parallel;
	conf_list skip[API_COUNT];	/* by the client's API */
	/* routing.unknownInboundFields: 0 per protocol, 'r'eject, 'd'rop */
	char unknown_fields;
	bool claude_caching;

	const struct conf_model *models;
	size_t model_count;

	/* By the row of conf_keys, where its value is from; NULL: default. */
	const char **sources;

	struct pool *pool;	/* all of it */
};

/* From the command line; NULL or 0 (port: -1) where not given. */
struct conf_args {
	const char *path, *mode, *host, *log_level;
	int port;
	/* No upstream will be asked: its key and address do not matter. */
	bool offline;
};

/*
 * Read, merge and check. On trouble: NULL, and every problem found is a line
 * of *problems ("FILE:LINE: routing.foo: unknown key (did you mean ...)").
 * `env` gives a variable's value or NULL; the process's own when it is NULL.
 */
struct conf *conf_load(const struct conf_args *args,
    const char *(*env)(const char *name), struct buf *problems);
void conf_free(struct conf *conf);

/* The provider that the mode uses. */
const struct conf_provider *conf_upstream(const struct conf *conf);
/* The dialect that the mode speaks upstream. */
enum api conf_upstream_api(const struct conf *conf);
const char *conf_mode_name(enum mode mode);
/* By its long or short name; MODE_UNSET when it is none. */
enum mode conf_mode_by_name(struct span name);

/*
 * The upstream's name for a model that a client asked for (design section 5,
 * "Model"). -1 and *why (FAULT_NOT_FOUND with near matches) when there is
 * none.
 */
int conf_model(const struct conf *conf, struct pool *pool, struct span asked,
    struct span *upstream, struct fault *why);

#endif
