/* What a flow's TLS keeps between packets, and the events made of it. Private to this folder. */
#ifndef WARD_SENSE_NET_TLS_FLOW_H
#define WARD_SENSE_NET_TLS_FLOW_H

#include "sense/net/emit.h"
#include "sense/net/text.h"
#include "sense/net/proto/tls/tls.h"

enum {
	WARD_TLS_KEPT_NAME = 255,
	WARD_TLS_KEPT_ALPN = 64,
	WARD_TLS_KEPT_CIPHERS = 96,
	WARD_TLS_KEPT_SMALL = 32,
};

struct ward_tls_side {
	bool seen;        /* a record was there */
	bool encrypted;   /* nothing more to look at */
	bool ssl2;        /* no records: nothing to look at */
	bool certificate; /* a client's was told */
	uint32_t skip;    /* bytes of a long handshake message that are still to come */
};

/* One hello, kept until the handshake is told. Lists hold the first numbers only. */
struct ward_tls_hello_kept {
	bool is;
	uint16_t version, highest;
	uint8_t n_session;
	uint8_t session[32];
	uint16_t n_cipher, n_extension, n_group, n_signature, n_version; /* kept */
	uint16_t cipher[WARD_TLS_KEPT_CIPHERS];
	uint16_t extension[WARD_TLS_KEPT_SMALL];
	uint16_t group[WARD_TLS_KEPT_SMALL];
	uint16_t signature[WARD_TLS_KEPT_SMALL];
	uint16_t version_list[WARD_TLS_KEPT_SMALL];
	uint16_t all_ciphers; /* met */
	bool fallback;        /* TLS_FALLBACK_SCSV is among them */
	uint16_t share;       /* server: group of its key share */
	bool sentinel;        /* server: "DOWNGRD", RFC 8446 4.1.3 */
	uint8_t n_name, n_alpn;
	char name[WARD_TLS_KEPT_NAME];
	char alpn[WARD_TLS_KEPT_ALPN]; /* length and name of each whole one */
	char ja3[WARD_TLS_JA3];        /* a server's is JA3S */
	char ja4[WARD_TLS_JA4];
};

struct ward_tls_flow {
	struct ward_tls_side side[2]; /* the flow's client first */
	bool client_side;             /* which of them sent the ClientHello */
	bool retry;                   /* a HelloRetryRequest was there */
	bool told;
	struct ward_tls_hello_kept client, server;
};

void ward_tls_keep_client(struct ward_tls_flow *f, const struct ward_tls_hello *h, bool side);
void ward_tls_keep_server(struct ward_tls_flow *f, const struct ward_tls_hello *h);

enum ward_tls_carries_by { WARD_TLS_CARRIES_BY_ALPN, WARD_TLS_CARRIES_BY_PORT };

/* What the connection carries as far as its hellos (ALPN) or else the server's port tell, and by
 * which of them; NULL: neither does. A name that lives forever. */
const char *ward_tls_carries(
	const struct ward_tls_flow *f, uint16_t server_port, enum ward_tls_carries_by *ret_by);

/* How a handshake ended, as far as it was seen. */
struct ward_tls_end {
	const char *outcome; /* lives forever */
	struct ward_slice
		chain;        /* of Certificate: length and DER of each; cut at what was gathered */
	const uint8_t *alert; /* level and description, or NULL */
};

/* The handshake's one event, once. */
void ward_tls_tell(
	const struct ward_dissect *d, struct ward_tls_flow *f, const struct ward_tls_end *end);
/* After it: an alert, a client's certificate, a heartbeat that lies about its length. */
void ward_tls_tell_alert(
	const struct ward_dissect *d, const struct ward_tls_flow *f, const uint8_t alert[2]);
void ward_tls_tell_certificate(
	const struct ward_dissect *d, const struct ward_tls_flow *f, struct ward_slice chain);
void ward_tls_tell_heartbeat(const struct ward_dissect *d, size_t claimed, size_t there);

bool ward_tls_name_at(size_t i, struct ward_wr *w);

#endif
