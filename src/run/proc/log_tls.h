/* Private to the processes that listen (log, hook, offer, standby, witness): TLS as a server, for
 * syslog (RFC 5425), HTTP and frames, at least TLS 1.2.
 *
 * OpenSSL sees untrusted bytes here. Certificate and key are read before the cage. */
#ifndef WARD_RUN_PROC_LOG_TLS_H
#define WARD_RUN_PROC_LOG_TLS_H

#include "base/err.h"

#include <sys/types.h>

enum { LOG_TLS_WHY = 256 };

struct log_tls_server;
struct log_tls;

/* PEM files: the certificate with its chain, its key, and, if not NULL, the certificates that those
 * of clients must come from (without it clients need none; RFC 5425 4.2.1 wants them to). CONFIG:
 * ret_why (LOG_TLS_WHY bytes) says it in words. NOMEM. */
WARD_MUST_CHECK enum ward_err log_tls_server_new(const char *certificate, const char *key,
	const char *clients, char *ret_why, struct log_tls_server **ret);
void log_tls_server_free(struct log_tls_server *s);

/* The name (CN) of the certificate that we show. False: it has none, or several, or one that is too
 * long for ret. */
bool log_tls_own_name(const struct log_tls_server *s, char *ret, size_t cap);

/* On a connected, non-blocking descriptor, which it borrows. NOMEM. */
WARD_MUST_CHECK enum ward_err log_tls_new(struct log_tls_server *s, int fd, struct log_tls **ret);
/* Says goodbye if it can. */
void log_tls_free(struct log_tls *t);
/* As read(2), the handshake included: bytes, 0 at the end, -1 with errno EAGAIN (log_tls_events
 * says what for) or EPROTO (the peer does not speak TLS as it must; *ret_why is OpenSSL's word for
 * it). */
ssize_t log_tls_read(struct log_tls *t, void *p, size_t cap, const char **ret_why);
/* As write(2), the same way. */
ssize_t log_tls_write(struct log_tls *t, const void *p, size_t n, const char **ret_why);
/* The same name of the certificate that the peer has shown; false also before that. */
bool log_tls_peer_name(const struct log_tls *t, char *ret, size_t cap);
/* Is that certificate for this address or name, as a client would ask (RFC 9525, 6)? */
bool log_tls_peer_is(const struct log_tls *t, const char *host);
short log_tls_events(const struct log_tls *t);
/* Bytes that were read from the descriptor and not yet asked for. */
bool log_tls_pending(const struct log_tls *t);

#endif
