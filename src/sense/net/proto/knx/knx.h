/* KNXnet/IP (ISO 22510, KNX 3.8.1 to 3.8.9) and the cEMI frames that it carries (KNX 3.6.3) as one
 * validated struct.
 *
 * ward_knx_parse is a pure function over outside bytes: it never recurses, allocates nothing and
 * borrows the message. Its cost is O(bytes of one message), at most 1024. */
#ifndef WARD_SENSE_NET_KNX_KNX_H
#define WARD_SENSE_NET_KNX_KNX_H

#include "base/rd.h"
#include "sense/net/proto/knx/names.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_KNX_REASON_LIST(X)                                   \
	X(HEADER_SHORT, "net.knx.reject.header.short")            \
	X(HEADER, "net.knx.reject.header")                        \
	X(TOTAL_LENGTH, "net.knx.reject.total_length")            \
	X(BODY_SHORT, "net.knx.reject.body.short")                \
	X(BODY_LONG, "net.knx.reject.body.long")                  \
	X(HPAI, "net.knx.reject.hpai")                            \
	X(DIB, "net.knx.reject.dib")                              \
	X(CRI, "net.knx.reject.cri")                              \
	X(STRUCTURE, "net.knx.reject.structure")                  \
	X(CONNECTION_HEADER, "net.knx.reject.connection_header")  \
	X(ADDITIONAL_INFO, "net.knx.reject.cemi.additional_info") \
	X(FRAME_LENGTH, "net.knx.reject.cemi.length")             \
	X(FRAME_SHORT, "net.knx.reject.cemi.short")

enum ward_knx_reason {
#define X(IDENT, name) WARD_KNX_##IDENT,
	WARD_KNX_REASON_LIST(X)
#undef X
		WARD_KNX_REASON_N, /* none */
};

/* Numbers of a message and how they are told: X(IDENT, "field", format). Formats: int, flag, the
 * texts of an individual and of a group address, or the function that names the number. */
#define WARD_KNX_NUMBER_LIST(X)                              \
	X(CHANNEL, "knx.channel", INT)                       \
	X(SEQUENCE, "knx.sequence", INT)                     \
	X(STATUS, "knx.status", STATUS)                      \
	X(CONNECTION, "knx.connection_type", CONNECTION)     \
	X(LAYER, "knx.layer", LAYER)                         \
	X(TUNNEL_ADDRESS, "knx.tunnel_address", INDIVIDUAL)  \
	X(MEDIUM, "knx.medium", MEDIUM)                      \
	X(PROGRAMMING, "knx.programming_mode", FLAG)         \
	X(ADDRESS, "knx.individual_address", INDIVIDUAL)     \
	X(PROJECT, "knx.project", INT)                       \
	X(MANUFACTURER_ID, "knx.manufacturer_id", INT)       \
	X(MASK_VERSION, "knx.mask_version", INT)             \
	X(APDU_MAX, "knx.max_apdu_length", INT)              \
	X(FEATURE, "knx.feature", FEATURE)                   \
	X(LOST, "knx.lost_messages", INT)                    \
	X(WAIT_MS, "knx.wait_ms", INT)                       \
	X(RESET_COMMAND, "knx.reset_command", RESET)         \
	X(SESSION, "knx.session", INT)                       \
	X(SESSION_USER, "knx.session_user", INT)             \
	X(SESSION_STATE, "knx.status", SESSION)              \
	X(MESSAGE, "knx.message", MESSAGE)                   \
	X(PRIORITY, "knx.priority", PRIORITY)                \
	X(HOPS, "knx.hop_count", INT)                        \
	X(SOURCE, "knx.source", INDIVIDUAL)                  \
	X(DESTINATION, "knx.destination", INDIVIDUAL)        \
	X(GROUP, "knx.destination", GROUP)                   \
	X(TRANSPORT, "knx.transport", TRANSPORT)             \
	X(TRANSPORT_SEQUENCE, "knx.transport_sequence", INT) \
	X(APCI, "knx.apci", APCI)                            \
	X(APCI_CODE, "knx.apci_code", INT)                   \
	X(VALUE, "knx.value", INT)                           \
	X(DATA_BYTES, "knx.data_bytes", INT)                 \
	X(MEMORY_ADDRESS, "knx.memory_address", INT)         \
	X(COUNT, "knx.count", INT)                           \
	X(OBJECT_TYPE, "knx.object_type", INT)               \
	X(OBJECT_INSTANCE, "knx.object_instance", INT)       \
	X(OBJECT_INDEX, "knx.object_index", INT)             \
	X(PROPERTY_ID, "knx.property_id", INT)               \
	X(START_INDEX, "knx.start_index", INT)               \
	X(NEW_ADDRESS, "knx.new_address", INDIVIDUAL)        \
	X(MASTER_RESET, "knx.master_reset", FLAG)            \
	X(ERASE_CODE, "knx.erase_code", ERASE)               \
	X(RESTART_CHANNEL, "knx.restart_channel", INT)       \
	X(LEVEL, "knx.access_level", INT)                    \
	X(TOOL_ACCESS, "knx.tool_access", FLAG)

enum ward_knx_number {
#define X(IDENT, name, format) WARD_KNX_N_##IDENT,
	WARD_KNX_NUMBER_LIST(X)
#undef X
		WARD_KNX_NUMBERS,
};

enum {
	WARD_KNX_HEAD = 6,
	WARD_KNX_MESSAGE_MAX = 1024, /* far above the 508 bytes of the longest known service */
	WARD_KNX_FAMILIES = 16,
	WARD_KNX_DATA_MAX = 32, /* bytes of a value that are told */
};

struct ward_knx_optional {
	bool is;
	uint32_t v;
};

struct ward_knx_endpoint {
	bool is, tcp;
	uint8_t ip[4];
	uint16_t port;
};

struct ward_knx {
	uint16_t service;
	const char *service_name; /* NULL: not in the list, its body was not read */
	size_t size;              /* bytes of the whole message, header included */
	struct ward_knx_optional n[WARD_KNX_NUMBERS];
	struct ward_knx_endpoint control, data_endpoint; /* HPAI */
	/* DIB: who the device is. Empty when not there. */
	struct ward_slice serial, mac, multicast, name;
	uint8_t family[WARD_KNX_FAMILIES], family_version[WARD_KNX_FAMILIES];
	size_t n_family;
	struct ward_knx_optional failed; /* of a confirmation */
	struct ward_slice data;          /* of a value that may be told */
	/* Why and where, when it is malformed. */
	enum ward_knx_reason reason;
	size_t off;
};

enum ward_knx_framing {
	WARD_KNX_WHOLE, /* the header is right, m->size bytes are there */
	WARD_KNX_MORE,  /* right so far; m->size is what it takes, 0 when not known yet */
	WARD_KNX_NOT,   /* no header: reason and off are set */
};

/* The header alone; m is reset. */
enum ward_knx_framing ward_knx_frame(struct ward_slice bytes, struct ward_knx *m);
/* Fills all of m from the first message in bytes. True when it is valid; false with reason and off.
 * m->size is set whenever the header is right. */
WARD_MUST_CHECK bool ward_knx_parse(struct ward_slice bytes, struct ward_knx *m);

/* For ward_knx_parse: one cEMI frame up to the end of r. False with reason and off. */
bool ward_knx_cemi(struct ward_rd *r, struct ward_knx *m);
static inline void ward_knx_set(struct ward_knx *m, enum ward_knx_number at, uint32_t v)
{
	m->n[at] = (struct ward_knx_optional){true, v};
}
static inline bool ward_knx_fail(struct ward_knx *m, enum ward_knx_reason reason, size_t off)
{
	if (m->reason == WARD_KNX_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

#endif
