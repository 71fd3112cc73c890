/* TLS as it can be seen without keys: hellos, certificates up to TLS 1.2, fingerprints.
 *
 * The readers are pure functions over the body of one handshake message (RFC 8446 4, RFC 5246 7.4);
 * slices in a hello borrow it. Certificates are read by libcrypto, in tls/cert.c alone. */
#ifndef WARD_SENSE_NET_TLS_TLS_H
#define WARD_SENSE_NET_TLS_TLS_H

#include "base/clock.h"
#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a stream is malformed: X(IDENT, "name") */
#define WARD_TLS_REASON_LIST(X)                             \
	X(RECORD_TYPE, "net.tls.reject.record.type")        \
	X(RECORD_VERSION, "net.tls.reject.record.version")  \
	X(RECORD_LENGTH, "net.tls.reject.record.length")    \
	X(INTERLEAVED, "net.tls.reject.record.interleaved") \
	X(HANDSHAKE, "net.tls.reject.handshake")            \
	X(CLIENT_HELLO, "net.tls.reject.client_hello")      \
	X(SERVER_HELLO, "net.tls.reject.server_hello")      \
	X(CERTIFICATE, "net.tls.reject.certificate")        \
	X(ALERT, "net.tls.reject.alert")                    \
	X(CHANGE_CIPHER, "net.tls.reject.change_cipher")    \
	X(HEARTBEAT, "net.tls.reject.heartbeat")            \
	X(SSL2, "net.tls.reject.ssl2")

enum ward_tls_reason {
#define X(IDENT, name) WARD_TLS_BAD_##IDENT,
	WARD_TLS_REASON_LIST(X)
#undef X
		WARD_TLS_REASON_N, /* none */
};

enum {
	WARD_TLS_SSL2 = 0x0002,
	WARD_TLS_SSL3 = 0x0300,
	WARD_TLS_1_2 = 0x0303,
	WARD_TLS_1_3 = 0x0304,
	WARD_TLS_FALLBACK = 0x5600, /* TLS_FALLBACK_SCSV, RFC 7507 */
};

/* A hello of either side. List slices hold the numbers only, without their length. */
struct ward_tls_hello {
	uint16_t version;          /* the legacy field */
	struct ward_slice random;  /* 32 bytes; SSL 2: the challenge */
	struct ward_slice session; /* session id */
	struct ward_slice ciphers; /* two bytes each; of a server one; SSL 2: three bytes each */
	bool has_extensions;
	struct ward_slice extensions; /* type, length, content of each */
	bool has_name;                /* the extension is there, even empty */
	struct ward_slice name;       /* host name of server_name */
	struct ward_slice alpn;       /* length and name of each */
	struct ward_slice groups;     /* supported_groups */
	struct ward_slice points;     /* ec_point_formats, one byte each */
	struct ward_slice signatures; /* signature_algorithms */
	struct ward_slice versions;   /* supported_versions; of a server one */
	uint16_t group;               /* server: of key_share; 0: none */
	bool retry;                   /* server: HelloRetryRequest, RFC 8446 4.1.3 */
};

/* Each fills all of h; false: malformed. body is the message without its header of four bytes. */
WARD_MUST_CHECK bool ward_tls_client_hello(struct ward_slice body, struct ward_tls_hello *h);
WARD_MUST_CHECK bool ward_tls_server_hello(struct ward_slice body, struct ward_tls_hello *h);
/* body is the SSL 2 message from its type on. */
WARD_MUST_CHECK bool ward_tls_ssl2_hello(struct ward_slice body, struct ward_tls_hello *h);

/* The highest version that a client offers, or that a server has chosen. */
uint16_t ward_tls_hello_version(const struct ward_tls_hello *h);
/* RFC 8701: a number that means nothing. */
bool ward_tls_grease(uint16_t v);

/* "tls1.2", "ssl3"; NULL for others. Lives forever. */
const char *ward_tls_version_name(unsigned version);
/* RFC 8446 6, "handshake-failure"; NULL for others. Lives forever. */
const char *ward_tls_alert_name(unsigned description);

/* Fingerprints, in lower case hex with a NUL. False: libcrypto failed or the hello has more than
 * fits; ret is then "". JA3 and JA3S: MD5 of the numbers without GREASE. JA4: TLS client, as FoxIO
 * defines it (BSD 3-Clause); transport is 't' over TCP, 'q' in QUIC. */
enum { WARD_TLS_JA3 = 33, WARD_TLS_JA4 = 37 };
bool ward_tls_ja3(const struct ward_tls_hello *client, char ret[WARD_TLS_JA3]);
bool ward_tls_ja3s(const struct ward_tls_hello *server, char ret[WARD_TLS_JA3]);
bool ward_tls_ja4(const struct ward_tls_hello *client, char transport, char ret[WARD_TLS_JA4]);

enum {
	WARD_TLS_SANS = 32,       /* alternative names kept */
	WARD_TLS_CERT_TEXT = 512, /* bytes of a distinguished name kept */
	WARD_TLS_CERT_DER = 16384,
	WARD_TLS_CERT_ALL = 12288, /* bytes of all its texts */
	WARD_TLS_CERTS = 128,      /* remembered, a power of two */
};

/* A certificate's facts; texts lie in the caller's writer and are printable ASCII. */
struct ward_tls_cert {
	struct ward_str subject, issuer; /* RFC 2253 */
	struct ward_str serial;          /* hex */
	struct ward_str sha256;          /* hex, of the whole certificate */
	ward_ns not_before, not_after;
	bool has_times;
	bool self_signed; /* issuer and subject are the same and key ids agree; not verified */
	struct ward_str san[WARD_TLS_SANS];
	size_t n_san, n_san_seen; /* kept, met */
};

/* der is one X.509 certificate of at most WARD_TLS_CERT_DER bytes. False: libcrypto can't read it.
 * Allocates while it runs, on libcrypto's heap, O(der). */
WARD_MUST_CHECK bool ward_tls_cert_read(
	struct ward_slice der, struct ward_wr *text, struct ward_tls_cert *c);

/* Certificates that were read, by their hash: libcrypto takes long for each, and servers show the
 * same ones all day. All zero: none yet. */
struct ward_tls_certs {
	struct {
		uint8_t sha256[32];
		struct ward_tls_cert cert;
		char text[WARD_TLS_CERT_ALL];
	} slot[WARD_TLS_CERTS];
};
/* The facts of der, until the next call; NULL: can't be read. */
const struct ward_tls_cert *ward_tls_cert_find(struct ward_tls_certs *known, struct ward_slice der);

#endif
