/*
 * The configuration's file: taken, or refused with a line that says why; what
 * is taken can answer for a model.
 */
#include <sys/mman.h>

#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"

static const char *
no_environment(const char *name)
{
	(void)name;
	return NULL;
}

static void
use(const struct conf *conf, struct span text)
{
	struct pool *pool = pool_open();
	struct span model;
	struct fault why;

	fault_clear(&why);
	fuzz_check(conf_upstream(conf)->base_url != NULL,
	    "there is an upstream");
	fuzz_check(conf_model(conf, pool, span_head(text, 40), &model,
	    &why) == 0 ? model.p != NULL : why.message[0] != '\0',
	    "a model is found, or the fault says why not");
	pool_close(pool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int fd = -1;
	static char path[64];
	struct conf_args args = { .path = path, .port = -1 };
	struct buf problems;
	struct conf *conf;

	if (fd < 0) {
		fd = memfd_create("conf", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	fuzz_check(ftruncate(fd, 0) == 0 &&
	    pwrite(fd, data, n, 0) == (ssize_t)n, "the file is written");
	buf_init(&problems, 0);
	conf = conf_load(&args, no_environment, &problems);
	fuzz_check((conf == NULL) == (problems.n > 0),
	    "a refusal says why, and nothing else does");
	if (conf != NULL)
		use(conf, (struct span){ (const char *)data, n });
	conf_free(conf);
	buf_free(&problems);
	return 0;
}
