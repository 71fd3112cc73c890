/* NTP (RFC 5905, and 1305, 1059 for what is older), its control messages (RFC 9327) and the private
 * ones of ntpd, as one validated struct.
 *
 * ward_ntp_parse is a pure function over one datagram, borrows it, and costs O(bytes). */
#ifndef WARD_SENSE_NET_NTP_NTP_H
#define WARD_SENSE_NET_NTP_NTP_H

#include "base/clock.h"
#include "base/rd.h"

/* Reasons why a datagram is malformed: X(IDENT, "name") */
#define WARD_NTP_REASON_LIST(X)              \
	X(VERSION, "net.ntp.reject.version") \
	X(SHORT, "net.ntp.reject.short")     \
	X(TRAILER, "net.ntp.reject.trailer") \
	X(CONTROL, "net.ntp.reject.control") \
	X(PRIVATE, "net.ntp.reject.private")

enum ward_ntp_reason {
#define X(IDENT, name) WARD_NTP_BAD_##IDENT,
	WARD_NTP_REASON_LIST(X)
#undef X
		WARD_NTP_REASON_N, /* none */
};

/* RFC 5905 figure 10 */
enum {
	WARD_NTP_RESERVED,
	WARD_NTP_SYMMETRIC_ACTIVE,
	WARD_NTP_SYMMETRIC_PASSIVE,
	WARD_NTP_CLIENT,
	WARD_NTP_SERVER,
	WARD_NTP_BROADCAST,
	WARD_NTP_CONTROL,
	WARD_NTP_PRIVATE,
};

struct ward_ntp {
	uint8_t leap, version, mode;
	/* Modes up to broadcast */
	uint8_t stratum;
	int8_t poll, precision;               /* log2 of seconds */
	uint32_t root_delay, root_dispersion; /* 16.16 seconds */
	uint32_t reference_id;
	uint64_t reference, origin, receive, transmit; /* 32.32 seconds since 1900; 0: none */
	size_t n_extension;
	bool has_mac;
	uint32_t key_id;
	/* Control and private */
	bool response, error, more;
	uint8_t opcode; /* control: operation; private: request code */
	uint8_t status; /* private: error code; control: none */
	uint8_t implementation;
	uint16_t sequence, association, offset, n_item, item_bytes;
	struct ward_slice data;
	/* Why and where, when it is malformed */
	enum ward_ntp_reason reason;
	size_t off;
};

WARD_MUST_CHECK bool ward_ntp_parse(struct ward_slice datagram, struct ward_ntp *m);
/* NTP time less Unix time, in nanoseconds, in the era that is nearest. */
int64_t ward_ntp_offset(uint64_t ntp, ward_ns unix_time);
/* The value of name in a list "a=b, c="d"" (RFC 9327 4), without quotes; empty: not there. */
struct ward_str ward_ntp_variable(struct ward_slice data, const char *name);

#endif
