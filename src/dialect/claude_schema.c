/*
 * JSON schemas for Claude.
 *
 * Keys keep the order in which the client wrote them: a schema is a part of
 * what upstream caches by its bytes.
 */
#include "dialect/claude_schema.h"

#include "base/buf.h"
#include "wire/jget.h"
#include "wire/jw.h"

/* Deeper, and with more nodes on the way of its references, is hostile. */
#define DEEPEST 200
#define MOST_NODES 200000

static void
drop_tree(void *tree)
{
	json_decref(tree);
}

/* Give a new tree to the pool. */
static json_t *
keep(struct pool *pool, json_t *tree)
{
	pool_defer(pool, drop_tree, tree);
	return tree;
}

/* --- the schema of a tool (S.5) ------------------------------------- */

/* One step of a reference; ~1 stands for a slash in a key, ~0 for '~'. */
static const json_t *
child(const json_t *node, struct span part)
{
	char key[256];
	size_t n = 0;
	long at;

	if (part.n >= sizeof(key))
		return NULL;
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		if (c == '~' && i + 1 < part.n)
			c = part.p[++i] == '1' ? '/' : '~';
		key[n++] = c;
	}
	key[n] = '\0';
	if (!json_is_array(node))
		return json_object_get(node, key);
	if (span_long(span_of(key), &at) != 0 || at < 0)
		return NULL;
	return json_array_get(node, (size_t)at);
}

/* "#/$defs/a": the node that a reference points to, NULL if none here. */
static const json_t *
resolve(const json_t *root, struct span ref)
{
	if (span_is(ref, "#"))
		return root;
	if (!span_starts(ref, "#/"))
		return NULL;
	ref = span_from(ref, 2);
	while (root != NULL && ref.p != NULL)
		root = child(root, span_cut(&ref, '/'));
	return root;
}

/* A choice at the root that describes an object, behind a reference too. */
static const json_t *
object_branch(const json_t *root, const json_t *branch)
{
	struct span ref = jget_span(branch, "$ref");

	if (ref.p != NULL)
		branch = resolve(root, ref);
	if (!json_is_object(branch))
		return NULL;
	if (jget_is(branch, "type", "object") ||
	    (jget(branch, "type") == NULL &&
	    (jget_object(branch, "properties") != NULL ||
	    jget_array(branch, "required") != NULL)))
		return branch;
	return NULL;
}

/* One property of a branch; where two branches differ, either may be. */
static void
unite_property(json_t *properties, const char *name, json_t *value)
{
	json_t *there = json_object_get(properties, name), *either, *list;

	if (there == NULL) {
		json_object_set(properties, name, value);
		return;
	}
	if (json_equal(there, value))
		return;
	list = json_object_size(there) == 1 ?
	    json_copy(jget_array(there, "anyOf")) : NULL;
	if (list == NULL) {
		list = json_array();
		json_array_append(list, there);
	}
	json_array_append(list, value);
	either = json_object();
	json_object_set_new(either, "anyOf", list);
	json_object_set_new(properties, name, either);
}

static bool
has_text(const json_t *list, json_t *text)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_equal(v, text))
			return true;
	return false;
}

/* What is in both lists, in the order of the first. */
static json_t *
intersection(const json_t *a, const json_t *b)
{
	json_t *both = json_array(), *v;
	size_t i;

	json_array_foreach(a, i, v)
		if (has_text(b, v))
			json_array_append(both, v);
	return both;
}

struct merge {
	const json_t *schema;	/* as the client gave it */
	json_t *properties;
	json_t *required;	/* of all branches so far; NULL: none yet */
};

static void
merge_branch(struct merge *m, const json_t *branch)
{
	json_t *required = jget_array(branch, "required"), *value, *both;
	const char *name;

	json_object_foreach(jget_object(branch, "properties"), name, value)
		unite_property(m->properties, name, value);
	if (m->required == NULL) {
		m->required = required == NULL ? json_array() :
		    json_copy(required);
		return;
	}
	both = intersection(m->required, required);
	json_decref(m->required);
	m->required = both;
}

static void
merge_branches(struct merge *m, const char *word)
{
	const json_t *branch;
	json_t *v;
	size_t i;

	json_array_foreach(jget_array(m->schema, word), i, v) {
		branch = object_branch(m->schema, v);
		if (branch != NULL)
			merge_branch(m, branch);
	}
}

/*
 * Claude refuses a choice at the root of a tool's schema.  Objects to choose
 * from become one that allows for all of them:
 *
 *	{"anyOf":[{"properties":{"a":A},"required":["a"]},
 *	          {"properties":{"b":B}}]}
 *	{"type":"object","properties":{"a":A,"b":B}}
 *
 * The root is a copy of the schema, and changed.
 */
static bool
flatten(json_t *root, const json_t *schema)
{
	static const char *const words[] = { "anyOf", "oneOf", "allOf" };
	struct merge m = { .schema = schema };
	json_t *own = json_object_get(root, "required"), *v;
	bool any = false;
	size_t i;

	for (i = 0; i < 3; i++)
		any |= json_object_get(root, words[i]) != NULL;
	if (!any)
		return false;
	m.properties = json_is_object(json_object_get(root, "properties")) ?
	    json_incref(json_object_get(root, "properties")) : json_object();
	for (i = 0; i < 3; i++)
		merge_branches(&m, words[i]);
	for (i = 0; i < 3; i++)
		json_object_del(root, words[i]);
	json_object_set_new(root, "properties", m.properties);
	if (json_is_array(own)) {
		json_array_foreach(m.required, i, v)
			if (!has_text(own, v))
				json_array_append(own, v);
	} else if (json_array_size(m.required) > 0) {
		json_object_set(root, "required", m.required);
	}
	json_decref(m.required);
	return true;
}

/* {"type":"object"} in front of what is there. */
static json_t *
with_type(struct pool *pool, json_t *root)
{
	json_t *typed = keep(pool, json_object());

	json_object_set_new(typed, "type", json_string("object"));
	json_object_update(typed, root);
	json_object_set_new(typed, "type", json_string("object"));
	return typed;
}

static void
drop_names(json_t *root)
{
	json_object_del(root, "$schema");
	json_object_del(root, "$id");
}

json_t *
claude_tool_schema(struct pool *pool, const json_t *schema, bool *flattened)
{
	json_t *root;

	*flattened = false;
	if (!json_is_object(schema)) {
		root = with_type(pool, NULL);
		json_object_set_new(root, "properties", json_object());
		return root;
	}
	root = keep(pool, json_deep_copy(schema));
	drop_names(root);
	*flattened = flatten(root, schema);
	if (jget(root, "type") == NULL)
		root = with_type(pool, root);
	return root;
}

/* --- strict schemas (S.6) ------------------------------------------- */

/* Constraints that structured outputs do not know. */
static const char *const removed[] = {
	"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
	"multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems",
	"minProperties", "maxProperties", "contains", "minContains",
	"maxContains", "propertyNames", "not", "if", "then", "else",
	"dependentSchemas", "dependentRequired", "dependencies",
	"unevaluatedProperties", "unevaluatedItems",
};

static const char *const formats[] = {
	"date-time", "time", "date", "duration", "email", "hostname", "uri",
	"ipv4", "ipv6", "uuid",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
among(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

/* Look-around, a back-reference or \b in a regular expression? */
static bool
pattern_refused(struct span re)
{
	const struct span escapes = SPAN("123456789kbB");

	for (size_t i = 0; i + 1 < re.n; i++) {
		struct span rest = span_from(re, i + 1);

		if (re.p[i] == '\\') {
			if (memchr(escapes.p, rest.p[0], escapes.n) != NULL)
				return true;
			i++;
		} else if (re.p[i] == '(' && (span_starts(rest, "?=") ||
		    span_starts(rest, "?!") || span_starts(rest, "?<=") ||
		    span_starts(rest, "?<!"))) {
			return true;
		}
	}
	return false;
}

/* Append "minimum: 0." to the notes on a node. */
static void
note(struct buf *notes, const char *key, const json_t *value)
{
	if (notes->n > 0)
		buf_putc(notes, ' ');
	buf_puts(notes, key);
	buf_puts(notes, ": ");
	json_put(notes, value);
	buf_putc(notes, '.');
}

/* Must this constraint be said in words instead? */
static bool
is_lost(const json_t *node, const char *key, const json_t *value)
{
	if (among(span_of(key), removed, COUNT(removed)))
		return true;
	if (strcmp(key, "format") == 0)
		return !among(jspan(value), formats, COUNT(formats));
	if (strcmp(key, "pattern") == 0)
		return pattern_refused(jspan(value));
	/* It becomes anyOf, unless there is one already. */
	return strcmp(key, "oneOf") == 0 &&
	    json_object_get(node, "anyOf") != NULL;
}

static bool
is_object_schema(const json_t *node)
{
	const json_t *type = jget(node, "type"), *v;
	size_t i;

	if (span_is(jspan(type), "object") ||
	    jget(node, "properties") != NULL)
		return true;
	json_array_foreach(type, i, v)
		if (span_is(jspan(v), "object"))
			return true;
	return false;
}

/* Does an enum list something that is no plain value? */
static bool
has_compound(const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_is_object(v) || json_is_array(v))
			return true;
	return false;
}

static bool
has_reference(const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_object_get(v, "$ref") != NULL)
			return true;
	return false;
}

/* Where schemas stand inside schemas. */
enum shape { SHAPE_NODE, SHAPE_LIST, SHAPE_MAP };

static const struct place {
	const char *key;
	enum shape shape;
} places[] = {
	{ "properties", SHAPE_MAP },
	{ "items", SHAPE_NODE },
	{ "prefixItems", SHAPE_LIST },
	{ "anyOf", SHAPE_LIST },
	{ "oneOf", SHAPE_LIST },
	{ "allOf", SHAPE_LIST },
	{ "$defs", SHAPE_MAP },
	{ "definitions", SHAPE_MAP },
};

/* What is below a key; items may be a list, too. NULL: no schemas. */
static const struct place *
place_of(const char *key, const json_t *value)
{
	static const struct place list = { "items", SHAPE_LIST };

	for (size_t i = 0; i < COUNT(places); i++) {
		const struct place *p = &places[i];

		if (strcmp(key, p->key) != 0)
			continue;
		if (p->shape == SHAPE_MAP || !json_is_array(value))
			return json_is_object(value) ? p : NULL;
		return p->shape == SHAPE_NODE ? &list : p;
	}
	return NULL;
}

/* --- can it be kept? --- */

struct check {
	struct pool *pool;
	const json_t *root;
	json_t *refs;		/* reference: true while inside, else false */
	size_t nodes;
	const char *why;	/* what cannot be kept; NULL while all can */
};

static void check_node(struct check *c, const json_t *node, int depth);

static void
cannot(struct check *c, const char *why)
{
	if (c->why == NULL)
		c->why = why;
}

/* A reference must lead somewhere in here, and not in circles. */
static void
check_reference(struct check *c, struct span ref, int depth)
{
	const char *key = pool_str(c->pool, ref);
	const json_t *state, *target;

	if (key == NULL)
		return;
	state = json_object_get(c->refs, key);
	if (state != NULL) {
		if (json_is_true(state))
			cannot(c, "a recursive $ref");
		return;
	}
	target = resolve(c->root, ref);
	if (target == NULL) {
		cannot(c, "an external $ref");
		return;
	}
	json_object_set_new(c->refs, key, json_true());
	check_node(c, target, depth);
	json_object_set_new(c->refs, key, json_false());
}

static void
check_constraints(struct check *c, const json_t *node)
{
	const json_t *more = jget(node, "additionalProperties");

	if (more != NULL && !json_is_false(more))
		cannot(c, "additionalProperties other than false");
	if (jget(node, "patternProperties") != NULL)
		cannot(c, "patternProperties");
	if (has_compound(jget_array(node, "enum")))
		cannot(c, "an enum of objects or arrays");
	if (has_reference(jget_array(node, "allOf")))
		cannot(c, "allOf with $ref");
}

/* The schemas below a key. */
static void
check_below(struct check *c, const char *key, const json_t *value, int depth)
{
	const struct place *p = place_of(key, value);
	const char *name;
	json_t *v;
	size_t i;

	if (p == NULL)
		return;
	if (p->shape == SHAPE_NODE)
		check_node(c, value, depth);
	else if (p->shape == SHAPE_LIST)
		json_array_foreach(value, i, v)
			check_node(c, v, depth);
	else
		json_object_foreach((json_t *)value, name, v)
			check_node(c, v, depth);
}

static void
check_node(struct check *c, const json_t *node, int depth)
{
	const char *key;
	json_t *value;

	if (!json_is_object(node) || c->why != NULL)
		return;
	if (depth > DEEPEST || ++c->nodes > MOST_NODES) {
		cannot(c, "that many levels or references");
		return;
	}
	check_constraints(c, node);
	json_object_foreach((json_t *)node, key, value)
		check_below(c, key, value, depth + 1);
	check_reference(c, jget_span(node, "$ref"), depth + 1);
}

/* --- the schema that is sent --- */

static json_t *strict_node(const json_t *node, struct span description);

static json_t *
strict_below(const struct place *p, const json_t *value)
{
	json_t *made, *v;
	const char *name;
	size_t i;

	if (p->shape == SHAPE_NODE)
		return strict_node(value, SPAN_NONE);
	if (p->shape == SHAPE_LIST) {
		made = json_array();
		json_array_foreach(value, i, v)
			json_array_append_new(made,
			    strict_node(v, SPAN_NONE));
		return made;
	}
	made = json_object();
	json_object_foreach((json_t *)value, name, v)
		json_object_set_new(made, name, strict_node(v, SPAN_NONE));
	return made;
}

/* One key of a node, as it is sent or as a note in words. */
static void
strict_key(json_t *made, struct buf *notes, const json_t *node,
    const char *key, const json_t *value)
{
	const struct place *p = place_of(key, value);

	if (is_lost(node, key, value)) {
		note(notes, key, value);
	} else if (strcmp(key, "minItems") == 0 &&
	    json_number_value(value) > 1) {
		note(notes, key, value);
		json_object_set_new(made, key, json_integer(1));
	} else {
		if (strcmp(key, "oneOf") == 0)
			key = "anyOf";
		json_object_set_new(made, key, p != NULL ?
		    strict_below(p, value) : json_deep_copy(value));
	}
}

/* Notes go behind the description; without one they are it. */
static void
describe(json_t *made, struct span description, const struct buf *notes)
{
	struct span own = jget_span(made, "description");
	struct buf all;

	if (own.n == 0)
		own = description;
	if (notes->n == 0 && own.n == 0)
		return;
	buf_init(&all, 0);
	buf_put(&all, own);
	if (own.n > 0 && notes->n > 0)
		buf_putc(&all, ' ');
	buf_put(&all, buf_span(notes));
	json_object_set_new(made, "description", json_stringn(all.p, all.n));
	buf_free(&all);
}

static json_t *
strict_node(const json_t *node, struct span description)
{
	struct buf notes;
	json_t *made, *value;
	const char *key;

	if (!json_is_object(node))
		return json_deep_copy(node);
	made = json_object();
	buf_init(&notes, 0);
	json_object_foreach((json_t *)node, key, value)
		strict_key(made, &notes, node, key, value);
	if (is_object_schema(node) &&
	    jget(made, "additionalProperties") == NULL)
		json_object_set_new(made, "additionalProperties",
		    json_false());
	describe(made, description, &notes);
	buf_free(&notes);
	return made;
}

json_t *
claude_described_schema(struct pool *pool, json_t *schema,
    struct span description)
{
	const struct buf no_notes = { 0 };
	json_t *made = keep(pool, json_copy(schema));

	describe(made, description, &no_notes);
	return made;
}

json_t *
claude_strict_schema(struct pool *pool, const json_t *schema,
    struct span description, const char **why)
{
	struct check c = { .pool = pool, .root = schema,
	    .refs = keep(pool, json_object()) };
	json_t *made;

	check_node(&c, schema, 0);
	*why = c.why;
	if (c.why != NULL)
		return NULL;
	made = keep(pool, strict_node(schema, description));
	drop_names(made);
	return made;
}
