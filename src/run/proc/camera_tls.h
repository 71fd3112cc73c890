/* Private to the processes of cameras and ONVIF devices: TLS as a client, at least 1.2. OpenSSL
 * sees untrusted bytes; what it reads of files it reads before the cage. */
#ifndef WARD_RUN_PROC_CAMERA_TLS_H
#define WARD_RUN_PROC_CAMERA_TLS_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

enum { CAMERA_TLS_WHY = 256, CAMERA_TLS_PRINT = 32 };

struct camera_tls_client;
struct camera_tls;

/* The peer must show a certificate for host that comes from one of the PEM file `trusted`, or is
 * one of them; NULL: from one that this machine trusts. CONFIG: ret_why (CAMERA_TLS_WHY bytes).
 * NOMEM. */
WARD_MUST_CHECK enum ward_err camera_tls_client_new(
	const char *host, const char *trusted, char *ret_why, struct camera_tls_client **ret);
/* Whoever asks is shown this certificate (with those that lead to it) and its key, PEM files.
 * CONFIG. */
WARD_MUST_CHECK enum ward_err camera_tls_client_show(
	struct camera_tls_client *c, const char *certificate, const char *key, char *ret_why);
/* The peer is whoever shows a certificate whose SHA-256 begins with these n bytes, whatever its
 * names and issuer are; nothing is sent to another one. */
void camera_tls_client_pin(struct camera_tls_client *c, const uint8_t *print, size_t n);
/* The certificate that a pinned peer showed, or NULL. Lives as long as c. */
struct x509_st *camera_tls_client_peer(const struct camera_tls_client *c);
void camera_tls_client_free(struct camera_tls_client *c);

/* On a connected, non-blocking descriptor, which it borrows. NOMEM. */
WARD_MUST_CHECK enum ward_err camera_tls_new(
	struct camera_tls_client *c, int fd, struct camera_tls **ret);
void camera_tls_free(struct camera_tls *t);
/* As read(2) and write(2), the handshake included: bytes, 0 at the end, -1 with errno EAGAIN
 * (camera_tls_events says what for) or EPROTO (*ret_why says why in words). */
ssize_t camera_tls_read(struct camera_tls *t, void *p, size_t cap, const char **ret_why);
ssize_t camera_tls_write(struct camera_tls *t, const void *p, size_t n, const char **ret_why);
short camera_tls_events(const struct camera_tls *t);

#endif
