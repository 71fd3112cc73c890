/* What a flow's QUIC keeps between datagrams, and the events made of it. Private to this folder. */
#ifndef WARD_SENSE_NET_QUIC_FLOW_H
#define WARD_SENSE_NET_QUIC_FLOW_H

#include "sense/net/emit.h"
#include "sense/net/proto/quic/quic.h"
#include "sense/net/proto/tls/tls.h"

struct ward_quic_flow {
	bool has_keys;
	bool client_told, server_told, closed, negotiated, retried;
	uint8_t client_side; /* who sent the first Initial: 0, the flow's client */
	uint32_t version;    /* of the keys */
	uint8_t n_dcid;
	uint8_t dcid[WARD_QUIC_ID_MAX]; /* that the keys are from */
	struct ward_quic_keys keys[2];  /* the client's, the server's */
	ward_ns time;                   /* of the client's first Initial */
	/* The client's, and after its hello was told the server's. */
	struct ward_quic_crypto crypto;
};

/* NULL h: the hello can't be read, is too long to be kept or not all there. */
void ward_quic_tell_client(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_tls_hello *h);
void ward_quic_tell_server(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_tls_hello *h);
void ward_quic_tell_versions(const struct ward_dissect *d, const struct ward_quic_packet *p);
void ward_quic_tell_retry(const struct ward_dissect *d, const struct ward_quic_packet *p);
void ward_quic_tell_close(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_quic_close *end);

bool ward_quic_name_at(size_t i, struct ward_wr *w);

#endif
