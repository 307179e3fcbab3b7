/*
 * Which certificates the upstream may show: one store of authorities for all
 * TLS connections, loaded when the first one is made.
 */
#ifndef CO2_TRUST_H
#define CO2_TRUST_H

#include <openssl/ssl.h>

struct trust;

/* Those of the PEM file, or of the system when it is NULL. */
struct trust *trust_open(const char *ca_file);
void trust_close(struct trust *t);
/* Let ctx use the store; -1 when it cannot be loaded. */
int trust_give(struct trust *t, SSL_CTX *ctx);

#endif
