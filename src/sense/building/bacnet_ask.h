/* Everything that Ward's BACnet/IP client can say, and nothing else can be said by it.
 *
 * Each message is a row of WARD_BACNET_ASK_LIST and is begun by ward_bacnet_ask_begin; there is no
 * row for a service that writes, commands, or changes what a device does. Two rows change what a
 * device remembers, and are written only where the hospital allows it: a subscription
 * (SubscribeCOV, 13.14) and the receipt of a confirmed notification (SimpleAck, 13.1). Private to
 * this room. */
#ifndef WARD_SENSE_BUILDING_BACNET_ASK_H
#define WARD_SENSE_BUILDING_BACNET_ASK_H

#include "base/rd.h"
#include "base/wr.h"
#include "sense/bacnet/bacnet.h"

/* What the hospital allows besides reading. */
enum ward_bacnet_may {
	WARD_BACNET_MAY_READ = 0,
	WARD_BACNET_MAY_SUBSCRIBE = 1 << 0,
	WARD_BACNET_MAY_ACKNOWLEDGE = 1 << 1,
};

/* X(IDENT, PDU type (20.1.1), service choice (21), what it needs) */
#define WARD_BACNET_ASK_LIST(X)                                    \
	X(WHO_IS, UNCONFIRMED, 8, READ)                /* 16.10 */ \
	X(READ_PROPERTY, CONFIRMED, 12, READ)          /* 15.5 */  \
	X(READ_PROPERTY_MULTIPLE, CONFIRMED, 14, READ) /* 15.7 */  \
	X(GET_EVENT_INFORMATION, CONFIRMED, 29, READ)  /* 13.12 */ \
	X(SUBSCRIBE_COV, CONFIRMED, 5, SUBSCRIBE)      /* 13.14 */ \
	X(EVENT_RECEIPT, SIMPLE_ACK, 2, ACKNOWLEDGE)   /* 13.9 */  \
	X(SEGMENT_ACK, SEGMENT_ACK, 0, READ)           /* 5.2 */   \
	X(ABORT, ABORT, 0, READ)                       /* 5.4 */

enum ward_bacnet_ask {
#define X(IDENT, pdu, service, may) WARD_BACNET_ASK_##IDENT,
	WARD_BACNET_ASK_LIST(X)
#undef X
		WARD_BACNET_ASK_N,
};

enum {
	WARD_BACNET_APDU_MAX = 1476, /* Annex J: what fits one Ethernet frame */
	WARD_BACNET_APDU_MIN = 50,   /* 20.1.2.5 */
	WARD_BACNET_SEGMENTS = 16,   /* that we take of one answer (20.1.2.4) */
	WARD_BACNET_PORT = 0xbac0,
	WARD_BACNET_PRESENT_VALUE = 85, /* clause 21 */
	WARD_BACNET_STATUS_FLAGS = 111,
	WARD_BACNET_MAC =
		7, /* longest station address behind a router: of what 6.4 lists for use */
};

/* Where a device is: a UDP address, and behind a router its network and station. */
struct ward_bacnet_at {
	uint8_t ip[4];
	uint16_t port;
	uint16_t net; /* 0: not behind a router */
	uint8_t mac_len, mac[WARD_BACNET_MAC];
};

/* One property of one object. */
struct ward_bacnet_ref {
	uint32_t device, type, instance, property;
	bool usual; /* present-value, asked for together with status-flags */
};

/* "DEVICE/TYPE:INSTANCE[/PROPERTY]", types and properties by name or number:
 * "1001/analog-input:3". MALFORMED; *ret_why says the mend, lives forever. */
WARD_MUST_CHECK enum ward_err ward_bacnet_ref_parse(
	struct ward_str s, struct ward_bacnet_ref *ret, const char **ret_why);

/* The service choice and PDU type of a row. */
uint8_t ward_bacnet_ask_service(enum ward_bacnet_ask ask);
enum ward_bacnet_pdu ward_bacnet_ask_pdu(enum ward_bacnet_ask ask);

/* BVLC, NPDU and the head of the APDU into w, which is empty. may: of enum ward_bacnet_may; asserts
 * that it covers the row. at NULL: to everybody who hears it. */
void ward_bacnet_ask_begin(struct ward_wr *w, enum ward_bacnet_ask ask, unsigned may,
	const struct ward_bacnet_at *at, uint8_t invoke);
/* The length goes into the BVLC. */
void ward_bacnet_ask_end(struct ward_wr *w);

/* Bodies, to be written between the two. */
void ward_bacnet_put_who_is(struct ward_wr *w, uint32_t low, uint32_t high);
void ward_bacnet_put_read(struct ward_wr *w, const struct ward_bacnet_ref *ref, uint32_t property);
/* One object with its one or two properties, of ReadPropertyMultiple. */
void ward_bacnet_put_read_spec(struct ward_wr *w, const struct ward_bacnet_ref *ref);
/* After the object `last`, if there is one. */
void ward_bacnet_put_events_after(
	struct ward_wr *w, bool has_last, uint32_t type, uint32_t instance);
void ward_bacnet_put_subscribe(struct ward_wr *w, uint32_t process,
	const struct ward_bacnet_ref *ref, uint32_t lifetime_s);

/* 20.1.6: all up to `sequence` came; the next alone. */
void ward_bacnet_put_segment_ack(struct ward_wr *w, uint8_t sequence);

/* Bytes that a question and its answer take for each point (15.7), at most. */
enum { WARD_BACNET_SPEC_BYTES = 12, WARD_BACNET_RESULT_BYTES = 28, WARD_BACNET_HEAD_BYTES = 12 };

#endif
