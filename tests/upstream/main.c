/*
 * fake-upstream: the fake of both APIs, and small tools around it.
 *
 *	fake-upstream [--port N] [--ready FILE] ...	serve (see usage)
 *	fake-upstream check messages|chat|responses [stream|whole] < reply
 *	fake-upstream strict messages|responses|chat [options] < body
 *	fake-upstream converse --api A --url U ...
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cert.h"
#include "check.h"
#include "converse.h"
#include "fake.h"
#include "journal.h"
#include "script.h"
#include "serve.h"

static int stop_pipe[2];

static const char usage_text[] =
    "usage: fake-upstream [--port N] [--ready FILE] [--log FILE] [--script FILE]\n"
    "	[--profile openai|compat] [--key KEY] [--open] [--lax]\n"
    "	[--no-verify] [--demand-reasoning] [--bodies DIR]\n"
    "	[--tls CERT KEY | --tls-ca FILE | --mcert]\n"
    "       fake-upstream check messages|chat|responses [stream|whole]\n"
    "       fake-upstream strict messages|chat|responses [--beta V]\n"
    "	[--profile openai|compat] [--count]\n"
    "       fake-upstream converse --api messages|chat|responses --url URL\n"
    "	[--turns N] [--calls N] [--chain N] [--whole] [--model NAME]\n"
    "	[--forget reasoning] [--image] [--keep FILE]\n"
    "	[--header 'Name: value']\n";

static int
usage(void)
{
	fputs(usage_text, stderr);
	return 2;
}

static void
on_signal(int number)
{
	(void)number;
	if (write(stop_pipe[1], "", 1) < 0)
		_exit(1);
}

/* The read end stays readable after a signal, for every thread's poll. */
static int
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	if (pipe(stop_pipe) != 0)
		return -1;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

struct args {
	const char	*ready;
	const char	*log;
	const char	*script;
	const char	*cert;
	const char	*cert_key;
	const char	*ca;
	bool		 mcert;
};

static const struct option serve_options[] = {
	{ "port", required_argument, NULL, 'p' },
	{ "ready", required_argument, NULL, 'r' },
	{ "log", required_argument, NULL, 'l' },
	{ "script", required_argument, NULL, 's' },
	{ "profile", required_argument, NULL, 'P' },
	{ "key", required_argument, NULL, 'k' },
	{ "open", no_argument, NULL, 'o' },
	{ "lax", no_argument, NULL, 'x' },
	{ "no-verify", no_argument, NULL, 'V' },
	{ "demand-reasoning", no_argument, NULL, 'd' },
	{ "bodies", required_argument, NULL, 'b' },
	{ "tls", required_argument, NULL, 't' },
	{ "tls-ca", required_argument, NULL, 'c' },
	{ "mcert", no_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 },
};

static int
take_option(struct fake *f, struct args *a, int c)
{
	switch (c) {
	case 'p':
		f->port = atoi(optarg);
		return 0;
	case 'r':
		a->ready = optarg;
		return 0;
	case 'l':
		a->log = optarg;
		return 0;
	case 's':
		a->script = optarg;
		return 0;
	case 'P':
		f->compat = strcmp(optarg, "compat") == 0;
		return 0;
	case 'k':
		f->key = optarg;
		return 0;
	case 'o':
		f->open = true;
		return 0;
	case 'x':
		f->lax = true;
		return 0;
	case 'V':
		f->verify = false;
		return 0;
	case 'd':
		f->demand = true;
		return 0;
	case 'b':
		f->bodies = optarg;
		return 0;
	case 't':
		a->cert = optarg;
		return 0;
	case 'c':
		a->ca = optarg;
		return 0;
	case 'm':
		a->mcert = true;
		return 0;
	default:
		return -1;
	}
}

/* The key of --tls CERT KEY is the only argument without a name. */
static int
parse(struct fake *f, struct args *a, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", serve_options, NULL)) != -1)
		if (take_option(f, a, c) != 0)
			return -1;
	if (a->cert != NULL && optind < argc)
		a->cert_key = argv[optind++];
	return optind == argc && (a->cert == NULL || a->cert_key != NULL) ?
	    0 : -1;
}

static int
set_up(struct fake *f, const struct args *a)
{
	if (a->cert != NULL)
		f->tls = cert_load(a->cert, a->cert_key);
	else if (a->ca != NULL || a->mcert)
		f->tls = cert_make(a->ca);
	if (f->tls == NULL && (a->cert != NULL || a->ca != NULL || a->mcert))
		return -1;
	f->journal = journal_open(a->log);
	f->script = script_open(a->script);
	return f->journal != NULL && f->script != NULL ? 0 : -1;
}

static int
serve_command(int argc, char **argv)
{
	struct fake f = { .verify = true };
	struct args a = { 0 };
	int rc = 1;

	if (parse(&f, &a, argc, argv) != 0)
		return usage();
	issued_init(&f.issued);
	if (catch_signals() == 0 && set_up(&f, &a) == 0) {
		f.stop_fd = stop_pipe[0];
		rc = serve_run(&f, a.ready);
	}
	script_close(f.script);
	journal_close(f.journal);
	issued_free(&f.issued);
	SSL_CTX_free(f.tls);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "check") == 0)
		return check_command(argc - 1, argv + 1);
	if (strcmp(word, "strict") == 0)
		return strict_command(argc - 1, argv + 1);
	if (strcmp(word, "converse") == 0)
		return converse_command(argc - 1, argv + 1);
	if (strcmp(word, "--help") == 0) {
		fputs(usage_text, stdout);
		return 0;
	}
	return serve_command(argc, argv);
}
