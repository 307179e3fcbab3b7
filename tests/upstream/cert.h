/* A self-signed certificate for 127.0.0.1 and localhost. */
#ifndef TESTS_CERT_H
#define TESTS_CERT_H

#include <openssl/ssl.h>

/* A server context with a certificate and key from PEM files. */
SSL_CTX	*cert_load(const char *cert, const char *key);

/*
 * A server context with a fresh certificate, which is written to ca (PEM)
 * for clients to trust; NULL: to nobody.
 */
SSL_CTX	*cert_make(const char *ca);

#endif
