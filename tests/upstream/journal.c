/* The log of the fake upstream. */
#include "journal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/jx.h"
#include "../lib/plug.h"

struct journal {
	FILE		*file;
	pthread_mutex_t	 lock;
	long long	 start;
};

struct journal *
journal_open(const char *path)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		abort();
	pthread_mutex_init(&j->lock, NULL);
	j->start = plug_now();
	if (path == NULL)
		return j;
	j->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "ae");
	if (j->file == NULL) {
		perror(path);
		journal_close(j);
		return NULL;
	}
	return j;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->file != NULL && j->file != stdout)
		fclose(j->file);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

void
journal_put(struct journal *j, json_t *line)
{
	if (j->file != NULL) {
		json_object_set_new(line, "ms",
		    json_integer(plug_now() - j->start));
		char *text = jx_text(line);
		pthread_mutex_lock(&j->lock);
		fprintf(j->file, "%s\n", text);
		fflush(j->file);
		pthread_mutex_unlock(&j->lock);
		free(text);
	}
	json_decref(line);
}
