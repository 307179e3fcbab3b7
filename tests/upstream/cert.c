/* TLS server contexts. */
#include "cert.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

enum { DAY = 24 * 60 * 60 };

static SSL_CTX *
new_context(void)
{
	static const unsigned char session[] = "fake-upstream";
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx != NULL)	/* so that sessions can be resumed */
		SSL_CTX_set_session_id_context(ctx, session,
		    sizeof(session) - 1);
	return ctx;
}

SSL_CTX *
cert_load(const char *cert, const char *key)
{
	SSL_CTX *ctx = new_context();

	if (ctx == NULL ||
	    SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "%s, %s: no usable certificate and key\n",
		    cert, key);
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static int
add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	int rc = e != NULL ? X509_add_ext(x, e, -1) : 0;

	X509_EXTENSION_free(e);
	return rc;
}

/* A certificate that signs itself and may be used as a CA file. */
static X509 *
self_signed(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(x), 30L * DAY);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"fake upstream", -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	if (add_extension(x, NID_basic_constraints, "critical,CA:TRUE") &&
	    add_extension(x, NID_subject_alt_name,
	    "IP:127.0.0.1,DNS:localhost") &&
	    X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static int
write_pem(const char *path, X509 *x)
{
	FILE *f = fopen(path, "we");

	if (f == NULL) {
		perror(path);
		return 0;
	}
	int rc = PEM_write_X509(f, x);
	return fclose(f) == 0 && rc == 1;
}

SSL_CTX *
cert_make(const char *ca)
{
	SSL_CTX *ctx = new_context();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key != NULL ? self_signed(key) : NULL;

	if (ctx == NULL || x == NULL ||
	    SSL_CTX_use_certificate(ctx, x) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
	    (ca != NULL && !write_pem(ca, x))) {
		fprintf(stderr, "cannot make a certificate\n");
		SSL_CTX_free(ctx);
		ctx = NULL;
	}
	X509_free(x);
	EVP_PKEY_free(key);
	return ctx;
}
