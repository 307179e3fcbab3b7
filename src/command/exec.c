/*
 * "co2 exec": a program, and a gateway of its own for as long as it lives.
 *
 * The program is forked off before the gateway has threads, and waits until
 * that serves.  Both are in one process group, so what the terminal sends
 * (^C, ^Z) reaches both; what a process sends to co2 is handed on.
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "command/client.h"
#include "command/command.h"
#include "command/config.h"
#include "gateway/footprint.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/process.h"
#include "gateway/server.h"

enum { CONFIG, MODE, LOG, LOG_LEVEL };

enum {
	EXIT_CANNOT_RUN = 126,	/* as in env(1) and sh(1) */
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128,	/* and the signal's number */
	KEY_LENGTH = 32,
	TICK_MS = 10000,
};

static const struct option options[] = {
	[CONFIG] = CONFIG_OPTION,
	[MODE] = MODE_OPTION,
	[LOG] = { "--log", "FILE", "append the gateway's log to this file; "
	    "without it only\n"
	    "                        errors are shown",
	    false },
	[LOG_LEVEL] = LOG_LEVEL_OPTION,
	{ 0 },
};

/* What is handed on; SIGCHLD tells of the program. */
static const int handed_on[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM,
};

struct run {
	const struct given *given;
	struct conf *conf;
	struct buf url;
	const char *key;	/* for the program alone */
	struct house house;	/* has conf, from house_open() on */
	struct server *server;
	int listen_fd, signals, log_fd;
	int go[2];		/* a pipe: the gateway serves */
	sigset_t before;	/* the signal mask */
	pid_t program;
};

/* --- the program's side --------------------------------------------- */

static void
put_variable(void *arg, const char *name, const char *value)
{
	(void)arg;
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static bool
behind_proxy(void)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (getenv(names[i]) != NULL)
			return true;
	return false;
}

/* No proxy can reach our loopback address. */
static void
go_past_proxy(struct pool *pool)
{
	static const char *const names[] = { "no_proxy", "NO_PROXY" };

	if (!behind_proxy())
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *old = getenv(names[i]);

		setenv(names[i], pool_printf(pool, "%s%s127.0.0.1",
		    old != NULL ? old : "",
		    old != NULL && old[0] != '\0' ? "," : "")
			.p, 1);
	}
}

/* Codex takes no address from its environment, but from options. */
static char **
codex_arguments(struct run *r, char **argv, int argc)
{
	const char *const settings[] = {
		"model_provider=\"co2\"",
		"model_providers.co2.name=\"co2\"",
		pool_printf(r->conf->pool,
		    "model_providers.co2.base_url=\"%s/v1\"",
		    buf_str(&r->url))
		    .p,
		"model_providers.co2.env_key=\"OPENAI_API_KEY\"",
		"model_providers.co2.wire_api=\"responses\"",
	};
	size_t count = sizeof(settings) / sizeof(settings[0]), n = 0;
	char **list = pool_array(r->conf->pool, char *,
	    (size_t)argc + 2 * count + 1);

	list[n++] = argv[0];
	for (size_t i = 0; i < count; i++) {
		list[n++] = pool_str(r->conf->pool, SPAN("-c"));
		list[n++] = pool_str(r->conf->pool, span_of(settings[i]));
	}
	for (int i = 1; i < argc; i++)
		list[n++] = argv[i];
	return list;
}

static bool
is_codex(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash != NULL ? slash + 1 : program, "codex") == 0;
}

/* The child, from the fork to the end. */
static _Noreturn void
become_program(struct run *r)
{
	char **argv = r->given->operands;
	char byte;

	sigprocmask(SIG_SETMASK, &r->before, NULL);
	close(r->go[1]);
	if (read(r->go[0], &byte, 1) != 1)
		_exit(EXIT_TROUBLE);	/* the parent has said why */
	client_variables(r->conf, buf_str(&r->url), r->key, true, put_variable,
	    NULL);
	go_past_proxy(r->conf->pool);
	if (is_codex(argv[0]))
		argv = codex_arguments(r, argv, r->given->operand_count);
	execvp(argv[0], argv);
	fprintf(stderr, "co2 exec: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

/* --- the gateway's side --------------------------------------------- */

/* Blocked before there are threads, which inherit it. */
static void
open_signals(struct run *r)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(handed_on) / sizeof(handed_on[0]); i++)
		sigaddset(&set, handed_on[i]);
	sigprocmask(SIG_BLOCK, &set, &r->before);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * The program has stopped itself (^Z in an editor): stop as well, so that the
 * shell takes over, and wake it when the shell wakes us.
 */
static void
stop_with(pid_t program)
{
	if (!isatty(STDIN_FILENO))
		return;
	kill(getpid(), SIGSTOP);
	kill(program, SIGCONT);
}

/* Its exit status; -1 while it runs. */
static int
look_at(pid_t program)
{
	int status;

	while (waitpid(program, &status, WNOHANG | WUNTRACED) == program) {
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return EXIT_SIGNAL + WTERMSIG(status);
		stop_with(program);
	}
	return -1;
}

/* The terminal's signals have reached the program already. */
static bool
from_terminal(const struct signalfd_siginfo *info)
{
	return info->ssi_code == SI_KERNEL;
}

static int
await_program(struct run *r)
{
	struct pollfd p = { .fd = r->signals, .events = POLLIN };
	struct signalfd_siginfo info;
	int status;

	while ((status = look_at(r->program)) < 0) {
		if (poll(&p, 1, TICK_MS) == 0) {
			server_tick(r->server);
			footprint_trim();
		}
		while (read(r->signals, &info, sizeof(info)) == sizeof(info))
			if (info.ssi_signo != SIGCHLD && !from_terminal(&info))
				kill(r->program, (int)info.ssi_signo);
	}
	return status;
}

static bool
open_server(struct run *r)
{
	if (r->log_fd >= 0)
		dup2(r->log_fd, STDERR_FILENO);
	log_setup(r->conf->log_level, r->conf->log_format == 1);
	process_prepare();
	signal(SIGPIPE, SIG_IGN);
	json_object_seed(0);	/* before there are threads */
	house_open(&r->house, r->conf);
	r->server = server_start(&r->house, r->listen_fd);
	if (r->server == NULL)
		fprintf(stderr, "co2: cannot start the HTTP server\n");
	return r->server != NULL;
}

/* The program waits, and ends if it never hears of us. */
static int
serve_program(struct run *r)
{
	int status = EXIT_TROUBLE;
	bool serves = open_server(r) && write(r->go[1], "", 1) == 1;

	close(r->go[1]);
	if (serves)
		status = await_program(r);
	else
		waitpid(r->program, NULL, 0);
	work_cut(r->house.work);
	server_stop(r->server);
	house_close(&r->house);
	curl_global_cleanup();
	r->conf = NULL;
	return status;
}

static int
fork_and_serve(struct run *r)
{
	r->program = fork();
	if (r->program < 0) {
		fprintf(stderr, "co2: cannot fork: %s\n", strerror(errno));
		return EXIT_TROUBLE;
	}
	if (r->program == 0)
		become_program(r);
	close(r->go[0]);
	return serve_program(r);
}

/* --- before there are two ------------------------------------------- */

static struct conf *
load(const struct given *given)
{
	const char *level = given->value[LOG_LEVEL];
	struct conf_args args = { .path = given->value[CONFIG],
		.mode = given->value[MODE], .host = "127.0.0.1", .port = 0,
		.log_level = level };

	/* Lines in between would spoil the program's screen. */
	if (level == NULL && given->value[LOG] == NULL)
		args.log_level = "error";
	return config_load(&args, stderr);
}

/* -1 and a sentence when it cannot be. */
static int
open_log(struct run *r)
{
	const char *path = r->given->value[LOG];

	r->log_fd = -1;
	if (path == NULL)
		return 0;
	r->log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (r->log_fd < 0)
		fprintf(stderr, "co2: %s: %s\n", path, strerror(errno));
	return r->log_fd < 0 ? -1 : 0;
}

static int
open_gateway(struct run *r)
{
	const char **keys = pool_array(r->conf->pool, const char *, 2);

	if (open_log(r) != 0)
		return -1;
	keys[0] = random_base62(r->conf->pool, "co2-", KEY_LENGTH).p;
	r->key = keys[0];
	r->conf->api_keys = keys;
	r->listen_fd = listen_open(r->conf, &r->url);
	if (r->listen_fd < 0) {
		fprintf(stderr, "co2: %s\n", buf_str(&r->url));
		return -1;
	}
	listen_put_url(&r->url, r->listen_fd);
	return pipe2(r->go, O_CLOEXEC);
}

static int
exec(const struct given *given)
{
	struct run r = { .given = given, .conf = load(given) };
	int rc = EXIT_TROUBLE;

	if (r.conf == NULL)
		return EXIT_TROUBLE;
	buf_init(&r.url, 0);
	if (open_gateway(&r) == 0) {
		open_signals(&r);
		rc = fork_and_serve(&r);
	}
	buf_free(&r.url);
	conf_free(r.conf);
	return rc;
}

static const char about[] =
    "The gateway listens on a free loopback port, for this program alone,\n"
    "and ends with it.\n" CONFIG_SEARCH;

const struct command command_exec = {
	.name = "exec",
	.summary = "run a program with a gateway of its own",
	.about = about,
	.options = options,
	.operands = "PROGRAM [ARGUMENT]...",
	.run = exec,
};
