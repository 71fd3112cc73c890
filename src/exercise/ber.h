/* Private to this room: the few encodings of ASN.1 (X.690, definite lengths) that SNMP messages are
 * made of. Reading faces whatever asks a played agent. */
#ifndef WARD_EXERCISE_BER_H
#define WARD_EXERCISE_BER_H

#include "base/rd.h"
#include "base/wr.h"
#include "sense/building/snmp_client.h"

enum {
	WARD_BER_INTEGER = 0x02,
	WARD_BER_OCTETS = 0x04,
	WARD_BER_NULL = 0x05,
	WARD_BER_OID = 0x06,
	WARD_BER_SEQUENCE = 0x30,
	WARD_BER_TICKS = 0x43, /* RFC 2578 7.1.8 */
	/* RFC 3416 2 and 3 */
	WARD_BER_NO_INSTANCE = 0x81,
	WARD_BER_END_OF_VIEW = 0x82,
	WARD_BER_GET = 0xa0,
	WARD_BER_GET_NEXT = 0xa1,
	WARD_BER_RESPONSE = 0xa2,
	WARD_BER_SET = 0xa3,
	WARD_BER_GET_BULK = 0xa5,
	WARD_BER_TRAP = 0xa7,
	WARD_BER_MAX = 1400, /* bytes of a message that is written */
	WARD_SNMP_2C = 1,
};

/* Tag, length, content. */
void ward_ber_put(struct ward_wr *w, uint8_t tag, struct ward_slice content);
void ward_ber_put_int(struct ward_wr *w, uint8_t tag, int64_t v);
void ward_ber_put_oid(struct ward_wr *w, const struct ward_snmp_oid *oid);
/* One SNMP message (RFC 3416 3): version 2c, community, and a PDU of a request's three numbers and
 * the bindings. */
struct ward_ber_message {
	struct ward_str community;
	uint8_t pdu;
	int64_t request, status, index; /* of GetBulk: non-repeaters, repetitions */
	struct ward_slice bindings;     /* what stands in their sequence */
};
void ward_ber_put_message(struct ward_wr *w, const struct ward_ber_message *m);

/* The next thing; a bad reader when there is none. */
struct ward_rd ward_ber_get(struct ward_rd *r, uint8_t *ret_tag);
/* False: it is none of that tag, or has another form. */
bool ward_ber_get_int(struct ward_rd *r, int64_t *ret);
bool ward_ber_get_oid(struct ward_rd *r, struct ward_snmp_oid *ret);
/* False: it is no whole message of version 2c. Borrows its bytes. */
bool ward_ber_get_message(struct ward_slice bytes, struct ward_ber_message *ret);

#endif
