#include "gateway/trust.h"

#include <curl/curl.h>
#include <glob.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "gateway/log.h"

struct trust {
	char *ca_file;		/* NULL: the system's */
	pthread_mutex_t lock;	/* of the store while it is being made */
	X509_STORE *store;	/* NULL until the first connection */
};

struct trust *
trust_open(const char *ca_file)
{
	struct trust *t = xcalloc(1, sizeof(*t));

	if (ca_file != NULL)
		t->ca_file = xstrdup(ca_file);
	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
trust_close(struct trust *t)
{
	if (t == NULL)
		return;
	X509_STORE_free(t->store);
	pthread_mutex_destroy(&t->lock);
	free(t->ca_file);
	free(t);
}

/*
 * Does OpenSSL find authorities where it looks by itself?  In a directory
 * each stands in a file named after its hash ("5ad8a5d6.0"), which is read
 * when it is needed: nothing to load at the start.
 */
static bool
has_default_paths(void)
{
	const char *dir = getenv(X509_get_default_cert_dir_env());
	const char *file = getenv(X509_get_default_cert_file_env());
	struct buf pattern;
	glob_t found;
	bool any;

	if (dir != NULL || file != NULL)
		return true;	/* the user says so */
	if (access(X509_get_default_cert_file(), R_OK) == 0)
		return true;
	buf_init(&pattern, 0);
	buf_printf(&pattern, "%s/*.0", X509_get_default_cert_dir());
	any = glob(buf_str(&pattern), GLOB_NOSORT, NULL, &found) == 0;
	if (any)
		globfree(&found);
	buf_free(&pattern);
	return any;
}

static int
load_system(X509_STORE *store)
{
	const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;

	if (has_default_paths())
		return X509_STORE_set_default_paths(store);
	return bundle != NULL && X509_STORE_load_file(store, bundle);
}

static X509_STORE *
load(const struct trust *t)
{
	X509_STORE *store = X509_STORE_new();
	int fine = t->ca_file != NULL ?
	    X509_STORE_load_file(store, t->ca_file) : load_system(store);

	if (!fine) {
		log_line(LOG_ERROR, "cannot load the certificate authorities",
		    "file", t->ca_file, NULL);
		X509_STORE_free(store);
		return NULL;
	}
	/* As libcurl sets them: an intermediate may be the trusted one. */
	X509_STORE_set_flags(store,
	    X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	return store;
}

int
trust_give(struct trust *t, SSL_CTX *ctx)
{
	pthread_mutex_lock(&t->lock);
	if (t->store == NULL)
		t->store = load(t);
	pthread_mutex_unlock(&t->lock);
	if (t->store == NULL)
		return -1;
	SSL_CTX_set1_cert_store(ctx, t->store);
	return 0;
}
