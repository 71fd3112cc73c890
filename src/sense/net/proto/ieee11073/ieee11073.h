/* APDUs of IEEE 11073-20601 (personal health devices) as validated structs: pure functions, slices
 * borrow the bytes. Associations, how they end, and what a device says of itself; of other data
 * only kinds and lengths. */
#ifndef WARD_SENSE_NET_IEEE11073_IEEE11073_H
#define WARD_SENSE_NET_IEEE11073_IEEE11073_H

#include "base/rd.h"

/* X(IDENT, "name") */
#define WARD_IEEE11073_REASON_LIST(X)                        \
	X(TYPE, "net.ieee11073.reject.type")                 \
	X(REQUEST, "net.ieee11073.reject.request")           \
	X(RESPONSE, "net.ieee11073.reject.response")         \
	X(END, "net.ieee11073.reject.end")                   \
	X(PRESENTATION, "net.ieee11073.reject.presentation") \
	X(ATTRIBUTES, "net.ieee11073.reject.attributes")

enum ward_ieee11073_reason {
#define X(IDENT, name) WARD_IEEE11073_##IDENT,
	WARD_IEEE11073_REASON_LIST(X)
#undef X
		WARD_IEEE11073_REASON_N, /* none */
};

/* 20601 A.8 */
enum ward_ieee11073_type {
	WARD_IEEE11073_AARQ = 0xe200,
	WARD_IEEE11073_AARE = 0xe300,
	WARD_IEEE11073_RLRQ = 0xe400,
	WARD_IEEE11073_RLRE = 0xe500,
	WARD_IEEE11073_ABRT = 0xe600,
	WARD_IEEE11073_PRST = 0xe700,
};

enum {
	WARD_IEEE11073_HEAD = 4, /* type and length */
	WARD_IEEE11073_PROTOCOL = 20601,
	WARD_IEEE11073_GET_RESPONSE = 0x0203, /* rors-cmip-get */
	WARD_IEEE11073_SYSTEM_ID = 8,
	WARD_IEEE11073_SPECS = 8, /* kinds of production specification */
};

/* PhdAssociationInformation, A.8; has: the protocol was 20601 and it was there. */
struct ward_ieee11073_side {
	bool has;
	uint32_t protocol_version, nomenclature_version, functional_units, system_type;
	uint16_t configuration;
	uint8_t system_id[WARD_IEEE11073_SYSTEM_ID];
};

struct ward_ieee11073_end {
	bool abort, answer; /* ABRT; RLRE */
	uint16_t reason;
};

/* A.10: DATA-apdu. */
struct ward_ieee11073_data {
	uint16_t choice; /* roiv-cmip-event-report … */
	struct ward_slice body;
};

/* Of the MDS object's attributes (7.1.2). */
struct ward_ieee11073_device {
	struct ward_slice manufacturer, model;
	struct ward_slice spec[WARD_IEEE11073_SPECS]; /* by spec-type */
};

/* body: what follows the head. False: it is none. */
WARD_MUST_CHECK bool ward_ieee11073_request(
	struct ward_slice body, uint32_t *ret_version, struct ward_ieee11073_side *ret);
WARD_MUST_CHECK bool ward_ieee11073_response(
	struct ward_slice body, uint16_t *ret_result, struct ward_ieee11073_side *ret);
WARD_MUST_CHECK bool ward_ieee11073_data(struct ward_slice body, struct ward_ieee11073_data *ret);
/* body of a GET response. False: attributes run over it. Another object's: an empty device. */
WARD_MUST_CHECK bool ward_ieee11073_device(
	struct ward_slice body, struct ward_ieee11073_device *ret);

/* Live forever; NULL: not in the list. */
const char *ward_ieee11073_result_name(uint16_t result);
const char *ward_ieee11073_specialisation(uint16_t configuration);
const char *ward_ieee11073_end_name(const struct ward_ieee11073_end *end);

#endif
