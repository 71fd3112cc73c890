/* QUIC as it can be seen without the peers' secrets: headers, and Initial packets, whose keys come
 * from a connection id that all can read (RFC 9000, 9001, 9369).
 *
 * Pure functions over outside bytes; slices borrow the datagram. ward_quic_derive and _open use
 * libcrypto's contexts that ward_quic_start has made: one thread only, no allocation. */
#ifndef WARD_SENSE_NET_QUIC_QUIC_H
#define WARD_SENSE_NET_QUIC_QUIC_H

#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a datagram is malformed: X(IDENT, "name") */
#define WARD_QUIC_REASON_LIST(X)                          \
	X(HEADER, "net.quic.reject.header")               \
	X(CONNECTION_ID, "net.quic.reject.connection_id") \
	X(LENGTH, "net.quic.reject.length")               \
	X(VERSIONS, "net.quic.reject.versions")           \
	X(FRAME, "net.quic.reject.frame")                 \
	X(HELLO, "net.quic.reject.hello")

enum ward_quic_reason {
#define X(IDENT, name) WARD_QUIC_BAD_##IDENT,
	WARD_QUIC_REASON_LIST(X)
#undef X
		WARD_QUIC_REASON_N, /* none */
};

enum ward_quic_type {
	WARD_QUIC_INITIAL,
	WARD_QUIC_ZERO_RTT,
	WARD_QUIC_HANDSHAKE,
	WARD_QUIC_RETRY,
	WARD_QUIC_VERSIONS, /* version negotiation */
	WARD_QUIC_OTHER,    /* of a version that is not known here */
	WARD_QUIC_SHORT,
};

enum {
	WARD_QUIC_ID_MAX = 20, /* of the versions that are known, RFC 9000 17.2 */
	WARD_QUIC_TAG = 16,
	WARD_QUIC_PLAIN = 4096,  /* longest Initial that is opened */
	WARD_QUIC_CRYPTO = 4096, /* bytes of a handshake message that are put together */
};

/* One packet; several may lie in a datagram (RFC 9000 12.2). */
struct ward_quic_packet {
	enum ward_quic_type type;
	uint32_t version;
	struct ward_slice dcid, scid;
	struct ward_slice token;    /* Initial, Retry */
	struct ward_slice versions; /* that the server has, four bytes each */
	size_t number_at;           /* offset of the packet number, where there is a length */
	size_t size;                /* what follows is the next packet */
	/* Why and where, when it is malformed */
	enum ward_quic_reason reason;
	size_t off;
};

/* Fills all of p from the first packet of the datagram; false: malformed. */
WARD_MUST_CHECK bool ward_quic_packet(struct ward_slice datagram, struct ward_quic_packet *p);
/* RFC 9000 16 */
uint64_t ward_quic_varint(struct ward_rd *r);
/* "1", "2", "draft-29"; NULL for what is not known. Lives forever. */
const char *ward_quic_version_name(uint32_t version);

/* Keys of Initial packets in one direction. */
struct ward_quic_keys {
	uint8_t key[16], iv[12], hp[16];
};

/* Makes the contexts, once per process. */
bool ward_quic_start(void);
/* RFC 9001 5.2: the client's and the server's keys, from the first destination connection id that
 * the client chose. False: a version that is not known, or libcrypto failed. */
WARD_MUST_CHECK bool ward_quic_derive(
	uint32_t version, struct ward_slice dcid, struct ward_quic_keys ret[2]);
/* RFC 9001 5.3, 5.4: the payload of an Initial packet, which begins with its first byte; false when
 * it is not by these keys, or longer than plain. */
WARD_MUST_CHECK bool ward_quic_open(const struct ward_quic_keys *keys, struct ward_slice packet,
	size_t number_at, struct ward_wr *plain);

/* A message of a CRYPTO stream (RFC 9000 19.6); bytes that came first stand. All zero: the first
 * message, nothing of it is there yet. */
struct ward_quic_crypto {
	uint64_t from; /* its offset in the stream */
	uint8_t byte[WARD_QUIC_CRYPTO];
	uint8_t have[WARD_QUIC_CRYPTO / 8]; /* a bit per byte */
};

/* How many bytes from the begin on are there without a hole. */
size_t ward_quic_crypto_len(const struct ward_quic_crypto *c);

struct ward_quic_close {
	bool is;
	uint64_t error;           /* RFC 9000 20.1 */
	struct ward_slice reason; /* of the phrase, borrowed */
};

/* The frames of an Initial packet (RFC 9000 12.4); false: something else is among them. */
WARD_MUST_CHECK bool ward_quic_frames(
	struct ward_slice plain, struct ward_quic_crypto *crypto, struct ward_quic_close *end);

#endif
