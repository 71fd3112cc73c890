/* Calls by SIP (RFC 3261) as they pass by: which are under way, and what became of them.
 *
 * The table is of a sensor, not of a flow: a flow of UDP is over after a minute without a packet,
 * a call is not. Fixed size; who calls and is called stands in it as it came, and leaves it only in
 * fields that are hidden before anything is recorded. Sees outside bytes through room sip. */
#ifndef WARD_SENSE_NET_PROTO_SIP_H
#define WARD_SENSE_NET_PROTO_SIP_H

#include "sense/net/packet.h"
#include "sip/message.h"

enum {
	WARD_SIP_CALL_SETS = 128, /* a call is in one of these, by its key */
	WARD_SIP_CALL_WAYS = 8,   /* calls of a set; the oldest makes room */
	WARD_SIP_CALL_NAME = 48,  /* bytes of a number or name that are kept */
};

/* Somebody, as an address of SIP names them. */
struct ward_sip_name {
	uint8_t n, text[WARD_SIP_CALL_NAME];
};

/* One side of a call: where its messages come from. */
struct ward_sip_end {
	uint8_t ip[16];
	uint16_t port;
};

struct ward_sip_call {
	uint64_t key;            /* of Call-ID and both addresses; 0: there is none here */
	uint64_t id;             /* of Call-ID alone */
	bool registers;          /* a REGISTER that shows a password waits for its answer */
	bool shown;              /* its last request showed a password */
	bool cancelled;          /* who calls wants it no more */
	uint8_t ip_version;      /* 4 or 6 */
	uint8_t proto;           /* WARD_PROTO_UDP or WARD_PROTO_TCP */
	uint16_t vlan;           /* 0: none */
	uint32_t cseq;           /* of that request */
	ward_ns asked, answered; /* answered: 0 until then */
	struct ward_sip_end from, to;
	struct ward_sip_name user, called;
};

/* All zero: empty. */
struct ward_sip_calls {
	struct ward_sip_call call[WARD_SIP_CALL_SETS][WARD_SIP_CALL_WAYS];
	size_t next; /* the set whose age is looked at next */
};

/* The call of a message between the packet's addresses, or NULL. */
struct ward_sip_call *ward_sip_call_find(
	struct ward_sip_calls *c, const struct ward_packet *p, struct ward_str call_id);
/* Where a new one of that Call-ID goes: a free place, or the oldest call's of its set, which is
 * still in it (key != 0) and is to be told before it is overwritten by ward_sip_call_begin. */
struct ward_sip_call *ward_sip_call_place(
	struct ward_sip_calls *c, const struct ward_packet *p, struct ward_str call_id);
/* The packet's sender asks: a new call, or a REGISTER. */
void ward_sip_call_begin(struct ward_sip_call *call, const struct ward_packet *p,
	const struct ward_sip_message *m, ward_ns now);
/* One whose end was not seen and is not to be waited for any more, or NULL. Looks at one set each
 * time. RFC 3261 16.6 item 11: no call rings for longer than three minutes; half a day is the
 * longest one. */
struct ward_sip_call *ward_sip_call_aged(struct ward_sip_calls *c, ward_ns now);
/* A hash of Call-ID: the same for the same call wherever it passes by. */
uint64_t ward_sip_call_id(struct ward_str call_id);
/* Who asks: who let the call in says it (RFC 3325), else who calls. */
struct ward_str ward_sip_caller(const struct ward_sip_message *m);
/* What became of a call that was answered with this status (RFC 3261 21), 300 to 699; NULL: it is
 * asked for again with a password. Lives forever. */
const char *ward_sip_refusal(unsigned status);

#endif
