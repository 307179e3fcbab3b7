/* Seals and calls that were handed out. */
#include "issued.h"

#include <string.h>

#include "jx.h"

void
issued_init(struct issued *t)
{
	pthread_mutex_init(&t->lock, NULL);
	t->seals = json_object();
	t->calls = json_object();
}

void
issued_free(struct issued *t)
{
	json_decref(t->seals);
	json_decref(t->calls);
	pthread_mutex_destroy(&t->lock);
}

void
issued_seal(struct issued *t, const char *seal, const char *text,
    const char *id)
{
	pthread_mutex_lock(&t->lock);
	json_object_set_new(t->seals, seal,
	    json_pack("{s:s?, s:s?}", "text", text, "id", id));
	pthread_mutex_unlock(&t->lock);
}

/* A known value must be equal; an unknown one is not compared. */
static bool
agrees(const json_t *entry, const char *key, const char *value)
{
	const char *known = jx_str(entry, key);

	return known == NULL || value == NULL || strcmp(known, value) == 0;
}

bool
issued_is(struct issued *t, const char *seal, const char *text,
    const char *id)
{
	pthread_mutex_lock(&t->lock);
	const json_t *entry = json_object_get(t->seals, seal);
	bool same = entry != NULL && agrees(entry, "text", text) &&
	    agrees(entry, "id", id);
	pthread_mutex_unlock(&t->lock);
	return same;
}

void
issued_call(struct issued *t, const char *call, const char *reason)
{
	pthread_mutex_lock(&t->lock);
	json_object_set_new(t->calls, call, json_string(reason));
	pthread_mutex_unlock(&t->lock);
}

char *
issued_reason(struct issued *t, const char *call)
{
	pthread_mutex_lock(&t->lock);
	const char *reason = jx_str(t->calls, call);
	char *copy = reason != NULL ? strdup(reason) : NULL;
	pthread_mutex_unlock(&t->lock);
	return copy;
}

static void
note_seal(struct issued *t, const json_t *object, const char *key)
{
	const char *seal = jx_str(object, key);

	if (seal != NULL && seal[0] != '\0')
		issued_seal(t, seal, NULL, NULL);
}

void
issued_scan(struct issued *t, const json_t *value)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, v)
			issued_scan(t, v);
		return;
	}
	if (!json_is_object(value))
		return;
	note_seal(t, value, "signature");
	note_seal(t, value, "encrypted_content");
	if (jx_is(value, "type", "redacted_thinking"))
		note_seal(t, value, "data");
	json_object_foreach((json_t *)value, key, v)
		issued_scan(t, v);
}
