/* The subcommands "check" and "strict". */
#include "check.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../lib/bytes.h"
#include "../lib/grammar.h"
#include "../lib/strict.h"

static const char *const apis[] = { "messages", "responses", "chat" };

/* The API of a name, or -1. */
static int
api_of(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(apis[i], name) == 0)
			return i;
	fprintf(stderr, "no such API: %s\n", name);
	return -1;
}

static const struct option options[] = {
	{ "beta", required_argument, NULL, 'b' },
	{ "profile", required_argument, NULL, 'P' },
	{ "count", no_argument, NULL, 'c' },
	{ "demand-reasoning", no_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 },
};

int
strict_command(int argc, char **argv)
{
	static int (*const checks[])(const json_t *,
	    const struct strict_opts *, char *, size_t) = {
		strict_messages, strict_responses, strict_chat };
	struct strict_opts o = { 0 };
	char why[1536];
	int c, api;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'b':
			o.beta = optarg;
			break;
		case 'P':
			o.compat = strcmp(optarg, "compat") == 0;
			break;
		case 'c':
			o.count = true;
			break;
		case 'd':
			o.demand = true;
			break;
		default:
			return 2;
		}
	if (optind + 1 != argc || (api = api_of(argv[optind])) < 0)
		return 2;
	json_error_t err;
	json_t *body = json_loadf(stdin, JSON_ALLOW_NUL |
	    JSON_REJECT_DUPLICATES, &err);
	if (body == NULL) {
		fprintf(stderr, "no JSON: %s\n", err.text);
		return 1;
	}
	int rc = checks[api](body, &o, why, sizeof(why));
	json_decref(body);
	if (rc != 0)
		fprintf(stderr, "%d %s\n", rc, why);
	return rc != 0;
}

typedef int judge_fn(const char *, size_t, char *, size_t);

static judge_fn *const judges[][2] = {
	{ grammar_messages_stream, grammar_messages_whole },
	{ grammar_responses_stream, grammar_responses_whole },
	{ grammar_chat_stream, grammar_chat_whole },
};

int
check_command(int argc, char **argv)
{
	bool whole = argc == 3 && strcmp(argv[2], "whole") == 0;
	struct bytes b = { 0 };
	char why[1024];
	int api;

	if (argc < 2 || argc > 3 || (api = api_of(argv[1])) < 0)
		return 2;
	if (bytes_read_file(&b, "-") != 0) {
		perror("stdin");
		return 1;
	}
	int rc = judges[api][whole](b.p, b.n, why, sizeof(why));
	bytes_free(&b);
	if (rc != 0)
		fprintf(stderr, "%s\n", why);
	return rc != 0;
}
