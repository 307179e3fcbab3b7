#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "case.h"

static char *
path_of(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *path = xmalloc(n);

	snprintf(path, n, "%s/%s", dir, name);
	return path;
}

static struct text
slurp(const char *dir, const char *name)
{
	char *path = path_of(dir, name);
	FILE *f = fopen(path, "rb");
	struct text t = { NULL, 0 };
	struct buf b;
	char piece[8192];
	size_t n;

	free(path);
	if (f == NULL)
		return t;
	buf_init(&b, 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, (struct span){ piece, n });
	fclose(f);
	buf_put(&b, SPAN(""));
	t.p = buf_detach(&b, &t.n);
	if (t.p == NULL)
		t.p = xstrdup("");
	return t;
}

/* The first of two files that is there; *second tells which. */
static struct text
either(const char *dir, const char *one, const char *two, bool *second)
{
	struct text t = slurp(dir, one);

	*second = t.p == NULL;
	return t.p != NULL ? t : slurp(dir, two);
}

static void
turn_read(struct turn_case *t, const char *dir)
{
	bool raw;
	struct text facts = slurp(dir, "case.json");

	t->dir = xstrdup(dir);
	if (facts.p != NULL)
		t->facts = json_loadb(facts.p, facts.n, 0, NULL);
	if (t->facts == NULL)
		t->facts = json_object();
	free(facts.p);
	t->request = either(dir, "request.json", "request.raw", &raw);
	t->upstream = slurp(dir, "upstream.json");
	t->again = slurp(dir, "again.json");
	t->reply = either(dir, "reply.json", "reply.sse", &t->reply_stream);
	if (t->reply.p == NULL) {
		t->reply = slurp(dir, "reply.raw");
		t->reply_stream = true;
	}
	t->client = either(dir, "client.json", "client.sse", &t->client_stream);
}

static enum api
api_by_name(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum api api;
	} apis[] = {
		{ "messages", API_MESSAGES },
		{ "chat", API_CHAT },
		{ "responses", API_RESPONSES },
	};

	for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++)
		if (strlen(apis[i].name) == n &&
		    strncmp(apis[i].name, name, n) == 0)
			return apis[i].api;
	return API_COUNT;
}

/* The pair is the name of the directory that holds the case. */
static int
find_pair(struct test_case *c)
{
	char *slash = strrchr(c->dir, '/'), *pair, *dash;

	if (slash == NULL)
		return -1;
	*slash = '\0';
	pair = strrchr(c->dir, '/') == NULL ? c->dir : strrchr(c->dir, '/') + 1;
	dash = strchr(pair, '-');
	*slash = '/';
	if (dash == NULL || dash > slash)
		return -1;
	c->name = pair;
	c->from = api_by_name(pair, (size_t)(dash - pair));
	c->to = api_by_name(dash + 1, (size_t)(slash - dash - 1));
	return c->from == API_COUNT || c->to == API_COUNT ? -1 : 0;
}

struct test_case *
case_read(const char *dir)
{
	struct test_case *c = xcalloc(1, sizeof(*c));
	struct stat st;
	size_t n;

	c->dir = xstrdup(dir);
	for (n = strlen(c->dir); n > 1 && c->dir[n - 1] == '/'; n--)
		c->dir[n - 1] = '\0';
	if (find_pair(c) != 0) {
		fprintf(stderr, "%s: not below <from>-<to>/\n", dir);
		case_free(c);
		return NULL;
	}
	for (int i = 1; i <= TURNS_MAX; i++) {
		char number[4], *sub;

		snprintf(number, sizeof(number), "%d", i);
		sub = path_of(c->dir, number);
		if (stat(sub, &st) == 0 && S_ISDIR(st.st_mode))
			turn_read(&c->turns[c->count++], sub);
		free(sub);
	}
	if (c->count == 0)
		turn_read(&c->turns[c->count++], c->dir);
	return c;
}

void
case_free(struct test_case *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct turn_case *t = &c->turns[i];

		free(t->dir);
		json_decref(t->facts);
		free(t->request.p);
		free(t->upstream.p);
		free(t->again.p);
		free(t->reply.p);
		free(t->client.p);
	}
	free(c->dir);
	free(c);
}
