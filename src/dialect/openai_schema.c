#include "dialect/openai_schema.h"

#include "wire/jget.h"

/* Strict mode's limits. */
#define STRICT_DEPTH 10
#define STRICT_PROPERTIES 5000
/* A $ref may lead to another one this often. */
#define REF_HOPS 8

/* --- where schemas stand inside schemas ----------------------------- */

enum holds { HOLDS_DATA, HOLDS_SCHEMA, HOLDS_LIST, HOLDS_MAP };

static const struct {
	const char *key;
	enum holds holds;
	bool strict;		/* strict mode knows the keyword */
} keywords[] = {
	{ "type",		HOLDS_DATA,	true },
	{ "properties",		HOLDS_MAP,	true },
	{ "required",		HOLDS_DATA,	true },
	{ "additionalProperties", HOLDS_SCHEMA,	true },
	{ "items",		HOLDS_SCHEMA,	true },
	{ "enum",		HOLDS_DATA,	true },
	{ "const",		HOLDS_DATA,	true },
	{ "anyOf",		HOLDS_LIST,	true },
	{ "$ref",		HOLDS_DATA,	true },
	{ "$defs",		HOLDS_MAP,	true },
	{ "definitions",	HOLDS_MAP,	true },
	{ "description",	HOLDS_DATA,	true },
	{ "title",		HOLDS_DATA,	true },
	{ "default",		HOLDS_DATA,	true },
	{ "pattern",		HOLDS_DATA,	true },
	{ "format",		HOLDS_DATA,	true },
	{ "minimum",		HOLDS_DATA,	true },
	{ "maximum",		HOLDS_DATA,	true },
	{ "exclusiveMinimum",	HOLDS_DATA,	true },
	{ "exclusiveMaximum",	HOLDS_DATA,	true },
	{ "multipleOf",		HOLDS_DATA,	true },
	{ "minItems",		HOLDS_DATA,	true },
	{ "maxItems",		HOLDS_DATA,	true },
	{ "oneOf",		HOLDS_LIST,	false },
	{ "allOf",		HOLDS_LIST,	false },
	{ "prefixItems",	HOLDS_LIST,	false },
	{ "not",		HOLDS_SCHEMA,	false },
	{ "if",			HOLDS_SCHEMA,	false },
	{ "then",		HOLDS_SCHEMA,	false },
	{ "else",		HOLDS_SCHEMA,	false },
	{ "contains",		HOLDS_SCHEMA,	false },
	{ "propertyNames",	HOLDS_SCHEMA,	false },
	{ "additionalItems",	HOLDS_SCHEMA,	false },
	{ "unevaluatedItems",	HOLDS_SCHEMA,	false },
	{ "unevaluatedProperties", HOLDS_SCHEMA, false },
	{ "patternProperties",	HOLDS_MAP,	false },
	{ "dependentSchemas",	HOLDS_MAP,	false },
};

static enum holds
holds(const char *key, bool *strict)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keywords[i].key, key) == 0) {
			*strict = keywords[i].strict;
			return keywords[i].holds;
		}
	*strict = false;
	return HOLDS_DATA;
}

/* Is "type" this word, or a list with it? */
static bool
has_type(const json_t *schema, const char *word)
{
	const json_t *type = jget(schema, "type");
	const json_t *one;
	size_t i;

	if (span_is(jspan(type), word))
		return true;
	json_array_foreach(type, i, one)
		if (span_is(jspan(one), word))
			return true;
	return false;
}

/* --- writing -------------------------------------------------------- */

static void put_schema(struct buf *out, const json_t *schema);

static void
put_key(struct buf *out, const char *key, bool first)
{
	if (!first)
		buf_putc(out, ',');
	buf_putc(out, '"');
	json_escape(out, span_of(key));
	buf_puts(out, "\":");
}

static void
put_list(struct buf *out, const json_t *list)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_schema(out, json_array_get(list, i));
	}
	buf_putc(out, ']');
}

static void
put_map(struct buf *out, json_t *map)
{
	const char *key;
	json_t *v;
	bool first = true;

	buf_putc(out, '{');
	json_object_foreach(map, key, v) {
		put_key(out, key, first);
		put_schema(out, v);
		first = false;
	}
	buf_putc(out, '}');
}

static void
put_value(struct buf *out, const char *key, json_t *v)
{
	bool strict;
	enum holds what = holds(key, &strict);

	if (what == HOLDS_MAP && json_is_object(v))
		put_map(out, v);
	else if (what != HOLDS_DATA && json_is_array(v))
		put_list(out, v);
	else if (what == HOLDS_SCHEMA)
		put_schema(out, v);
	else
		json_put(out, v);
}

/* A schema anywhere: arrays get their items. */
static void
put_schema(struct buf *out, const json_t *schema)
{
	json_t *o = (json_t *)schema;	/* jansson's iterators want it so */
	const char *key;
	json_t *v;
	bool first = true;

	if (!json_is_object(schema)) {
		json_put(out, schema);
		return;
	}
	buf_putc(out, '{');
	json_object_foreach(o, key, v) {
		put_key(out, key, first);
		put_value(out, key, v);
		first = false;
	}
	if (has_type(schema, "array") &&
	    json_object_get(schema, "items") == NULL) {
		put_key(out, "items", first);
		buf_puts(out, "{}");
	}
	buf_putc(out, '}');
}

/* --- the root ------------------------------------------------------- */

static const struct {
	const char *key;
	bool all;		/* every branch holds, not just one */
} unions[] = {
	{ "anyOf", false }, { "oneOf", false }, { "allOf", true },
};

#define UNION_COUNT (sizeof(unions) / sizeof(unions[0]))

/* The schema that a local "$ref" stands for, or the schema itself. */
static json_t *
resolve(json_t *root, json_t *schema)
{
	for (int hop = 0; hop < REF_HOPS; hop++) {
		struct span ref = jget_span(schema, "$ref");
		json_t *defs = NULL, *next;
		const char *name;

		if (span_starts(ref, "#/$defs/"))
			defs = jget_object(root, "$defs");
		else if (span_starts(ref, "#/definitions/"))
			defs = jget_object(root, "definitions");
		if (defs == NULL)
			break;
		/* Spans of jansson's strings end with a NUL. */
		name = strrchr(ref.p, '/') + 1;
		next = jget_object(defs, name);
		if (next == NULL)
			break;
		schema = next;
	}
	return schema;
}

enum { BRANCHES_MAX = 100 };

/*
 * One property of a branch. Where branches disagree, either holds (anyOf), or
 * both do (allOf): nothing gets narrower than it was. A property that is so
 * many things may be anything.
 */

static void
merge_property(json_t *into, const char *name, json_t *schema, bool all)
{
	const char *word = all ? "allOf" : "anyOf";
	json_t *known = json_object_get(into, name), *list, *both;
	size_t i;
	json_t *one;

	if (known == NULL) {
		json_object_set(into, name, schema);
		return;
	}
	/* Anything or something is anything. */
	if (json_equal(known, schema) ||
	    (!all && json_object_size(known) == 0))
		return;
	list = json_array();
	/* A third branch joins the two that are joined already. */
	if (json_object_size(known) == 1 && jget_array(known, word) != NULL)
		json_array_extend(list, jget_array(known, word));
	else
		json_array_append(list, known);
	json_array_foreach(list, i, one)
		if (json_equal(one, schema))
			break;
	if (i == json_array_size(list))
		json_array_append(list, schema);
	both = json_object();
	if (json_array_size(list) <= BRANCHES_MAX)
		json_object_set(both, word, list);
	json_decref(list);
	json_object_set_new(into, name, both);
}

/*
 * Sets of names: objects whose keys they are, in the order of their coming.
 */
static bool
has_name(const json_t *set, const json_t *name)
{
	return json_object_getn(set, json_string_value(name),
	    json_string_length(name)) != NULL;
}

/* Add the strings of a list that are in `among` too (NULL: all). */
static void
add_names(json_t *set, const json_t *list, const json_t *among)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (json_is_string(one) && !has_name(set, one) &&
		    (among == NULL || has_name(among, one)))
			json_object_setn_new(set, json_string_value(one),
			    json_string_length(one), json_true());
}

static json_t *
name_list(json_t *set)
{
	json_t *list = json_array(), *v;
	const char *name;
	size_t n;

	json_object_keylen_foreach(set, name, n, v)
	    json_array_append_new(list, json_stringn(name, n));
	return list;
}

/* The names that every branch requires, as the first one has them. */
static void
add_common(json_t *into, json_t *root, const json_t *branches)
{
	json_t *common = NULL;

	for (size_t i = 0; i < json_array_size(branches); i++) {
		const json_t *names = jget_array(resolve(root,
		    json_array_get(branches, i)), "required");
		json_t *here = json_object(), *left = json_object(), *list;

		add_names(here, names, NULL);
		list = common != NULL ? name_list(common) : name_list(here);
		add_names(left, list, here);
		json_decref(list);
		json_decref(here);
		json_decref(common);
		common = left;
	}
	if (common != NULL) {
		json_t *list = name_list(common);

		add_names(into, list, NULL);
		json_decref(list);
	}
	json_decref(common);
}

/* Take the branches of one keyword into properties and required. */
static void
merge_branches(json_t *root, const json_t *branches, bool all,
    json_t *properties, json_t *required)
{
	size_t i;
	json_t *branch, *schema;
	const char *name;

	json_array_foreach(branches, i, branch) {
		json_t *b = resolve(root, branch);

		json_object_foreach(jget_object(b, "properties"), name, schema)
			merge_property(properties, name, schema, all);
		if (all)
			add_names(required, jget_array(b, "required"),
			    NULL);
	}
	if (!all)
		add_common(required, root, branches);
}

static bool
has_union(const json_t *schema)
{
	for (size_t i = 0; i < UNION_COUNT; i++)
		if (json_object_get(schema, unions[i].key) != NULL)
			return true;
	return false;
}

/* In place: a root without anyOf, oneOf, allOf. */
static void
flatten(json_t *root)
{
	json_t *properties = jget_object(root, "properties");
	json_t *required = json_object();	/* a set */

	properties = properties ? json_copy(properties) : json_object();
	add_names(required, jget_array(root, "required"), NULL);
	for (size_t i = 0; i < UNION_COUNT; i++) {
		merge_branches(root, jget_array(root, unions[i].key),
		    unions[i].all, properties, required);
		json_object_del(root, unions[i].key);
	}
	if (json_object_get(root, "type") == NULL)
		json_object_set_new(root, "type", json_string("object"));
	json_object_set_new(root, "properties", properties);
	if (json_object_size(required) > 0)
		json_object_set_new(root, "required", name_list(required));
	json_decref(required);
}

static void
drop_tree(void *tree)
{
	json_decref(tree);
}

/* The root as a copy of its own, which can be changed, without its names. */
static json_t *
copy_root(struct pool *pool, json_t *schema)
{
	json_t *root;

	root = json_is_object(schema) ? json_copy(schema) : json_object();
	pool_defer(pool, drop_tree, root);
	json_object_del(root, "$schema");
	json_object_del(root, "$id");
	return root;
}

static json_t *
plain_root(struct request *req, json_t *schema, struct span path)
{
	static const char *const lost[] = { "enum", "not" };
	json_t *root = copy_root(req->pool, schema);

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		if (json_object_del(root, lost[i]) == 0)
			request_lost(req, "field_dropped", "%.*s.%s",
			    SPAN_ARG(path), lost[i]);
	}
	if (has_union(root))
		flatten(root);
	if (jget(root, "type") == NULL)
		json_object_set_new(root, "type", json_string("object"));
	if (has_type(root, "object") && jget(root, "properties") == NULL)
		json_object_set_new(root, "properties", json_object());
	return root;
}

static void
put_root(struct jw *w, const char *key, const json_t *root)
{
	struct buf text;

	buf_init(&text, 0);
	put_schema(&text, root);
	jw_raw(w, key, buf_span(&text));
	buf_free(&text);
}

void
openai_put_schema(struct jw *w, const char *key, struct request *req,
    json_t *schema, struct span path)
{
	put_root(w, key, plain_root(req, schema, path));
}

void
openai_put_any_schema(struct jw *w, const char *key, struct pool *pool,
    json_t *schema)
{
	put_root(w, key, copy_root(pool, schema));
}

/* --- strict mode ---------------------------------------------------- */

static bool strict_at(const json_t *schema, size_t depth, size_t *properties);

static bool
strict_list(const json_t *list, size_t depth, size_t *properties)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strict_at(json_array_get(list, i), depth, properties))
			return false;
	return true;
}

static bool
strict_map(json_t *map, size_t depth, size_t *properties)
{
	const char *key;
	json_t *v;

	json_object_foreach(map, key, v)
		if (!strict_at(v, depth, properties))
			return false;
	return true;
}

/* Closed, and nothing in it optional. */
static bool
strict_object(const json_t *schema)
{
	json_t *required = json_object();	/* a set */
	bool all = true;
	const char *name;
	size_t n;
	json_t *v;

	if (json_is_false(json_object_get(schema, "additionalProperties"))) {
		add_names(required, jget_array(schema, "required"), NULL);
		json_object_keylen_foreach(jget_object(schema, "properties"),
		    name, n, v) all = all && json_object_getn(required, name, n);
	} else {
		all = false;
	}
	json_decref(required);
	return all;
}

static bool
says_what_it_is(const json_t *schema)
{
	static const char *const any[] = {
		"type", "enum", "const", "anyOf", "$ref",
	};

	for (size_t i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		if (jget(schema, any[i]) != NULL)
			return true;
	return false;
}

/* These it checks; every other one it refuses, "uri" too. */
static bool
strict_format(const json_t *v)
{
	static const char *const formats[] = {
		"date-time", "time", "date", "duration", "email", "hostname",
		"ipv4", "ipv6", "uuid",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (span_is(jspan(v), formats[i]))
			return true;
	return false;
}

static bool
strict_value(const char *key, json_t *v, size_t depth, size_t *properties)
{
	bool known;
	enum holds what = holds(key, &known);

	if (!known)
		return false;
	/* Of objects it is false, and of others meaningless. */
	if (strcmp(key, "additionalProperties") == 0)
		return json_is_false(v);
	if (strcmp(key, "format") == 0)
		return strict_format(v);
	switch (what) {
	case HOLDS_MAP:
		return json_is_object(v) && strict_map(v, depth, properties);
	case HOLDS_LIST:
		return json_is_array(v) && strict_list(v, depth, properties);
	case HOLDS_SCHEMA:
		return strict_at(v, depth, properties);
	case HOLDS_DATA:
		break;
	}
	return true;
}

static bool
strict_at(const json_t *schema, size_t depth, size_t *properties)
{
	json_t *o = (json_t *)schema;	/* jansson's iterators want it so */
	const char *key;
	json_t *v;

	if (!json_is_object(schema) || depth > STRICT_DEPTH ||
	    !says_what_it_is(schema))
		return false;
	*properties += json_object_size(jget_object(schema, "properties"));
	if (*properties > STRICT_PROPERTIES)
		return false;
	if ((has_type(schema, "object") || jget(schema, "properties")) &&
	    !strict_object(schema))
		return false;
	if (has_type(schema, "array") && jget(schema, "items") == NULL)
		return false;
	json_object_foreach(o, key, v) {
		bool gone = depth == 0 && (strcmp(key, "$schema") == 0 ||
		    strcmp(key, "$id") == 0);

		if (!gone && !strict_value(key, v, depth + 1, properties))
			return false;
	}
	return true;
}

bool
openai_schema_is_strict(const json_t *schema)
{
	size_t properties = 0;

	return jget_is(schema, "type", "object") && !has_union(schema) &&
	    strict_at(schema, 0, &properties);
}
