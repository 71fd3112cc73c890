#include "run/proc/camera_tls.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

struct camera_tls_client {
	SSL_CTX *ctx;
	const char *host; /* borrowed */
	bool numeric;
	uint8_t pin[CAMERA_TLS_PRINT]; /* n_pin; 0: it is verified */
	size_t n_pin;
	X509 *peer; /* of whom is pinned */
};

struct camera_tls {
	SSL *ssl;
	short events;
};

static const char *last_error(void)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return why ? why : "no reason given";
}

enum ward_err camera_tls_client_new(
	const char *host, const char *trusted, char *ret_why, struct camera_tls_client **ret)
{
	struct camera_tls_client *c = ward_mem_alloc(ward_mem_heap(), sizeof(*c));
	uint8_t address[16];
	bool ok;

	if (!c)
		return WARD_ERR_NOMEM;
	*c = (struct camera_tls_client){.host = host};
	c->numeric =
		inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
	c->ctx = SSL_CTX_new(TLS_client_method());
	if (!c->ctx || SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION) != 1) {
		camera_tls_client_free(c);
		return WARD_ERR_NOMEM;
	}
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_OFF);
	/* what waits to be written may stand elsewhere by the next try, with more behind it */
	(void)SSL_CTX_set_mode(c->ctx, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* a camera's own certificate may be the trusted one */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(c->ctx), X509_V_FLAG_PARTIAL_CHAIN);
	ok = trusted ? SSL_CTX_load_verify_locations(c->ctx, trusted, NULL) == 1
		     : SSL_CTX_set_default_verify_file(c->ctx) == 1;
	if (!ok) {
		(void)snprintf(ret_why, CAMERA_TLS_WHY, "certificate '%.100s': %.100s",
			trusted ? trusted : "of this machine", last_error());
		camera_tls_client_free(c);
		return WARD_ERR_CONFIG;
	}
	*ret = c;
	return WARD_OK;
}

enum ward_err camera_tls_client_show(
	struct camera_tls_client *c, const char *certificate, const char *key, char *ret_why)
{
	bool cert = SSL_CTX_use_certificate_chain_file(c->ctx, certificate) == 1;

	if (cert && SSL_CTX_use_PrivateKey_file(c->ctx, key, SSL_FILETYPE_PEM) == 1 &&
		SSL_CTX_check_private_key(c->ctx) == 1)
		return WARD_OK;
	(void)snprintf(ret_why, CAMERA_TLS_WHY, "client's %s '%.100s': %.100s",
		cert ? "key" : "certificate", cert ? key : certificate, last_error());
	return WARD_ERR_CONFIG;
}

static int by_pin(X509_STORE_CTX *store, void *ctx)
{
	struct camera_tls_client *c = ctx;
	X509 *peer = X509_STORE_CTX_get0_cert(store);
	uint8_t sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (peer && X509_digest(peer, EVP_sha256(), sum, &n) == 1 && n >= c->n_pin &&
		memcmp(sum, c->pin, c->n_pin) == 0 && X509_up_ref(peer) == 1) {
		X509_free(c->peer);
		c->peer = peer;
		return 1;
	}
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

void camera_tls_client_pin(struct camera_tls_client *c, const uint8_t *print, size_t n)
{
	c->n_pin = n < sizeof(c->pin) ? n : sizeof(c->pin);
	memcpy(c->pin, print, c->n_pin);
	SSL_CTX_set_cert_verify_callback(c->ctx, by_pin, c);
}

struct x509_st *camera_tls_client_peer(const struct camera_tls_client *c)
{
	return c->peer;
}

void camera_tls_client_free(struct camera_tls_client *c)
{
	if (!c)
		return;
	SSL_CTX_free(c->ctx);
	X509_free(c->peer);
	ward_mem_free(ward_mem_heap(), c, sizeof(*c));
}

enum ward_err camera_tls_new(struct camera_tls_client *c, int fd, struct camera_tls **ret)
{
	struct camera_tls *t = ward_mem_alloc(ward_mem_heap(), sizeof(*t));

	if (!t)
		return WARD_ERR_NOMEM;
	t->events = POLLOUT;
	t->ssl = SSL_new(c->ctx);
	bool ok = t->ssl && SSL_set_fd(t->ssl, fd) == 1;

	if (ok && c->numeric)
		ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), c->host) == 1;
	else if (ok)
		ok = SSL_set1_host(t->ssl, c->host) == 1 &&
		     SSL_set_tlsext_host_name(t->ssl, c->host) == 1;
	if (!ok) {
		camera_tls_free(t);
		return WARD_ERR_NOMEM;
	}
	SSL_set_connect_state(t->ssl);
	*ret = t;
	return WARD_OK;
}

void camera_tls_free(struct camera_tls *t)
{
	if (!t)
		return;
	if (t->ssl && SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	SSL_free(t->ssl);
	ERR_clear_error();
	ward_mem_free(ward_mem_heap(), t, sizeof(*t));
}

/* After a call that gave nothing. */
static ssize_t outcome(struct camera_tls *t, int e, const char **ret_why)
{
	long verified = SSL_get_verify_result(t->ssl);

	switch (SSL_get_error(t->ssl, 0)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		t->events = POLLOUT;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_READ:
		t->events = POLLIN;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_SYSCALL:
		*ret_why = e ? "the connection was reset" : "it ended the connection in TLS";
		break;
	default:
		*ret_why = verified != X509_V_OK ? X509_verify_cert_error_string(verified)
						 : last_error();
		break;
	}
	ERR_clear_error();
	errno = EPROTO;
	return -1;
}

ssize_t camera_tls_read(struct camera_tls *t, void *p, size_t cap, const char **ret_why)
{
	size_t n = 0;

	ERR_clear_error();
	errno = 0;
	if (SSL_read_ex(t->ssl, p, cap, &n) == 1)
		return (ssize_t)n;
	return outcome(t, errno, ret_why);
}

ssize_t camera_tls_write(struct camera_tls *t, const void *p, size_t n, const char **ret_why)
{
	size_t done = 0;

	ERR_clear_error();
	errno = 0;
	if (SSL_write_ex(t->ssl, p, n, &done) == 1)
		return (ssize_t)done;
	return outcome(t, errno, ret_why);
}

short camera_tls_events(const struct camera_tls *t)
{
	return t->events;
}
