#include "run/proc/log_tls.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

struct log_tls_server {
	SSL_CTX *ctx;
};

struct log_tls {
	SSL *ssl;
	short events;
};

static const char *last_error(void)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return why ? why : "no reason given";
}

static enum ward_err because(char *ret_why, const char *what, const char *file)
{
	(void)snprintf(ret_why, LOG_TLS_WHY, "%s '%s': %s", what, file, last_error());
	return WARD_ERR_CONFIG;
}

static enum ward_err load(
	SSL_CTX *ctx, const char *certificate, const char *key, const char *clients, char *ret_why)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1)
		return because(ret_why, "certificate", certificate);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(ctx) != 1)
		return because(ret_why, "key", key);
	if (!clients)
		return WARD_OK;
	if (SSL_CTX_load_verify_locations(ctx, clients, NULL) != 1)
		return because(ret_why, "clients' certificates", clients);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return WARD_OK;
}

enum ward_err log_tls_server_new(const char *certificate, const char *key, const char *clients,
	char *ret_why, struct log_tls_server **ret)
{
	static const unsigned char context[] = "ward-log";
	struct log_tls_server *s = ward_mem_alloc(ward_mem_heap(), sizeof(*s));
	enum ward_err err = WARD_ERR_NOMEM;

	if (!s)
		return err;
	s->ctx = SSL_CTX_new(TLS_server_method());
	/* RFC 9662 4.2: 1.2 at least */
	if (s->ctx && SSL_CTX_set_min_proto_version(s->ctx, TLS1_2_VERSION) == 1 &&
		SSL_CTX_set_session_id_context(s->ctx, context, sizeof(context) - 1) == 1) {
		(void)SSL_CTX_set_options(s->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
		(void)SSL_CTX_set_session_cache_mode(s->ctx, SSL_SESS_CACHE_OFF);
		(void)SSL_CTX_set_mode(s->ctx, SSL_MODE_RELEASE_BUFFERS |
						       SSL_MODE_ENABLE_PARTIAL_WRITE |
						       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		err = load(s->ctx, certificate, key, clients, ret_why);
	}
	if (err) {
		log_tls_server_free(s);
		return err;
	}
	*ret = s;
	return WARD_OK;
}

void log_tls_server_free(struct log_tls_server *s)
{
	if (!s)
		return;
	SSL_CTX_free(s->ctx);
	ward_mem_free(ward_mem_heap(), s, sizeof(*s));
}

/* The one CN, without a NUL inside. */
static bool common_name(X509 *of, char *ret, size_t cap)
{
	const X509_NAME *name = of ? X509_get_subject_name(of) : NULL;
	int at = name ? X509_NAME_get_index_by_NID(name, NID_commonName, -1) : -1;
	unsigned char *text = NULL;
	int len;
	bool ok;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return false;
	len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	ok = len > 0 && (size_t)len < cap && !memchr(text, 0, (size_t)len);
	if (ok) {
		memcpy(ret, text, (size_t)len);
		ret[len] = 0;
	}
	OPENSSL_free(text);
	ERR_clear_error();
	return ok;
}

bool log_tls_own_name(const struct log_tls_server *s, char *ret, size_t cap)
{
	return common_name(SSL_CTX_get0_certificate(s->ctx), ret, cap);
}

bool log_tls_peer_name(const struct log_tls *t, char *ret, size_t cap)
{
	return common_name(SSL_get0_peer_certificate(t->ssl), ret, cap);
}

bool log_tls_peer_is(const struct log_tls *t, const char *host)
{
	X509 *of = SSL_get0_peer_certificate(t->ssl);
	ASN1_OCTET_STRING *numeric = a2i_IPADDRESS(host);
	bool ok;

	if (numeric)
		ok = of && X509_check_ip_asc(of, host, 0) == 1;
	else
		ok = of && X509_check_host(of, host, 0, 0, NULL) == 1;
	ASN1_OCTET_STRING_free(numeric);
	ERR_clear_error();
	return ok;
}

enum ward_err log_tls_new(struct log_tls_server *s, int fd, struct log_tls **ret)
{
	struct log_tls *t = ward_mem_alloc(ward_mem_heap(), sizeof(*t));

	if (!t)
		return WARD_ERR_NOMEM;
	t->events = POLLIN;
	t->ssl = SSL_new(s->ctx);
	if (!t->ssl || SSL_set_fd(t->ssl, fd) != 1) {
		log_tls_free(t);
		return WARD_ERR_NOMEM;
	}
	SSL_set_accept_state(t->ssl);
	*ret = t;
	return WARD_OK;
}

void log_tls_free(struct log_tls *t)
{
	if (!t)
		return;
	if (t->ssl && SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	SSL_free(t->ssl);
	ERR_clear_error();
	ward_mem_free(ward_mem_heap(), t, sizeof(*t));
}

/* Nothing was moved: 0 at the end, else -1 and why. */
static ssize_t not_moved(struct log_tls *t, const char **ret_why)
{
	int e = errno;

	t->events = POLLIN;
	switch (SSL_get_error(t->ssl, 0)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		t->events = POLLOUT;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_READ:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_SYSCALL: /* the connection ended, which some senders do without a word */
		*ret_why = e ? "connection reset" : "ended without close_notify";
		break;
	default:
		*ret_why = last_error();
		break;
	}
	errno = EPROTO;
	return -1;
}

ssize_t log_tls_read(struct log_tls *t, void *p, size_t cap, const char **ret_why)
{
	size_t n = 0;

	ERR_clear_error();
	errno = 0;
	return SSL_read_ex(t->ssl, p, cap, &n) == 1 ? (ssize_t)n : not_moved(t, ret_why);
}

ssize_t log_tls_write(struct log_tls *t, const void *p, size_t len, const char **ret_why)
{
	size_t n = 0;

	ERR_clear_error();
	errno = 0;
	return SSL_write_ex(t->ssl, p, len, &n) == 1 ? (ssize_t)n : not_moved(t, ret_why);
}

short log_tls_events(const struct log_tls *t)
{
	return t->events;
}

bool log_tls_pending(const struct log_tls *t)
{
	return SSL_pending(t->ssl) > 0;
}
