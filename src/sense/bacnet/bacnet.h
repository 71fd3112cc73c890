/* BACnet/IP (ASHRAE 135 Annex J) as one validated struct.
 *
 * ward_bacnet_parse is a pure function over one UDP payload of outside bytes. It never recurses;
 * nesting, items and text have limits. Text goes into the caller's writer and lives as long as its
 * buffer. */
#ifndef WARD_SENSE_BACNET_BACNET_H
#define WARD_SENSE_BACNET_BACNET_H

#include "base/rd.h"
#include "base/wr.h"
#include "sense/bacnet/names.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_BACNET_REASON_LIST(X)                            \
	X(BVLC_SHORT, "net.bacnet.reject.bvlc.short")         \
	X(BVLC_LENGTH, "net.bacnet.reject.bvlc.length")       \
	X(BVLC_FUNCTION, "net.bacnet.reject.bvlc.function")   \
	X(BVLC_BODY, "net.bacnet.reject.bvlc.body")           \
	X(NPDU_SHORT, "net.bacnet.reject.npdu.short")         \
	X(NPDU_VERSION, "net.bacnet.reject.npdu.version")     \
	X(NPDU_ADDRESS, "net.bacnet.reject.npdu.address")     \
	X(NETWORK_SHORT, "net.bacnet.reject.network.short")   \
	X(APDU_SHORT, "net.bacnet.reject.apdu.short")         \
	X(APDU_TYPE, "net.bacnet.reject.apdu.type")           \
	X(TAG_SHORT, "net.bacnet.reject.tag.short")           \
	X(TAG_INVALID, "net.bacnet.reject.tag.invalid")       \
	X(TAG_LENGTH, "net.bacnet.reject.tag.length")         \
	X(TAG_UNEXPECTED, "net.bacnet.reject.tag.unexpected") \
	X(TAG_DEPTH, "net.bacnet.reject.tag.depth")           \
	X(TAG_UNBALANCED, "net.bacnet.reject.tag.unbalanced")

enum ward_bacnet_reason {
#define X(IDENT, name) WARD_BACNET_##IDENT,
	WARD_BACNET_REASON_LIST(X)
#undef X
		WARD_BACNET_REASON_N, /* none */
};

/* Clause 20.1: the high four bits of an APDU's first byte. */
enum ward_bacnet_pdu {
	WARD_BACNET_PDU_CONFIRMED,
	WARD_BACNET_PDU_UNCONFIRMED,
	WARD_BACNET_PDU_SIMPLE_ACK,
	WARD_BACNET_PDU_COMPLEX_ACK,
	WARD_BACNET_PDU_SEGMENT_ACK,
	WARD_BACNET_PDU_ERROR,
	WARD_BACNET_PDU_REJECT,
	WARD_BACNET_PDU_ABORT,
	WARD_BACNET_PDU_N,
};

/* Numbers that a service may have: X(IDENT, "field", how), how being the list that names them, or
 * one of ward_bacnet_how. */
enum ward_bacnet_how { WARD_BACNET_PLAIN = -1, WARD_BACNET_BOOL = -2 };
#define WARD_BACNET_NUMBER_LIST(X)                                                            \
	X(PROCESS, "bacnet.process_id", WARD_BACNET_PLAIN)                                    \
	X(PRIVATE_SERVICE, "bacnet.private_service", WARD_BACNET_PLAIN)                       \
	X(DURATION, "bacnet.duration", WARD_BACNET_PLAIN)                                     \
	X(CONFIRMED, "bacnet.confirmed", WARD_BACNET_BOOL)                                    \
	X(EVENT_STATE, "bacnet.event_state", WARD_BACNET_NAMES_EVENT_STATE)                   \
	X(FROM_STATE, "bacnet.from_state", WARD_BACNET_NAMES_EVENT_STATE)                     \
	X(EVENT_TYPE, "bacnet.event_type", WARD_BACNET_NAMES_EVENT_TYPE)                      \
	X(NOTIFY_TYPE, "bacnet.notify_type", WARD_BACNET_NAMES_NOTIFY_TYPE)                   \
	X(NOTIFICATION_CLASS, "bacnet.notification_class", WARD_BACNET_PLAIN)                 \
	X(EVENT_PRIORITY, "bacnet.event_priority", WARD_BACNET_PLAIN)                         \
	X(ACK_REQUIRED, "bacnet.ack_required", WARD_BACNET_BOOL)                              \
	X(ACK_FILTER, "bacnet.acknowledgment_filter", WARD_BACNET_NAMES_ACK_FILTER)           \
	X(MORE_EVENTS, "bacnet.more_events", WARD_BACNET_BOOL)                                \
	X(RECORD_ACCESS, "bacnet.record_access", WARD_BACNET_BOOL)                            \
	X(POSITION, "bacnet.file_position", WARD_BACNET_PLAIN)                                \
	X(COUNT, "bacnet.requested_count", WARD_BACNET_PLAIN)                                 \
	X(DATA_BYTES, "bacnet.data_bytes", WARD_BACNET_PLAIN)                                 \
	X(END_OF_FILE, "bacnet.end_of_file", WARD_BACNET_BOOL)                                \
	X(RANGE_INDEX, "bacnet.range_index", WARD_BACNET_PLAIN)                               \
	X(ITEM_COUNT, "bacnet.item_count", WARD_BACNET_PLAIN)                                 \
	X(FIRST_SEQUENCE, "bacnet.first_sequence", WARD_BACNET_PLAIN)                         \
	X(MESSAGE_CLASS, "bacnet.message_class", WARD_BACNET_PLAIN)                           \
	X(MESSAGE_PRIORITY, "bacnet.message_priority", WARD_BACNET_NAMES_MESSAGE_PRIORITY)    \
	X(TEXT_BYTES, "bacnet.text_bytes", WARD_BACNET_PLAIN)                                 \
	X(OPERATION, "bacnet.life_safety_operation", WARD_BACNET_NAMES_LIFE_SAFETY_OPERATION) \
	X(VT_CLASS, "bacnet.vt_class", WARD_BACNET_NAMES_VT_CLASS)                            \
	X(VT_SESSION, "bacnet.vt_session", WARD_BACNET_PLAIN)                                 \
	X(VT_FLAG, "bacnet.vt_data_flag", WARD_BACNET_PLAIN)                                  \
	X(GROUP, "bacnet.group", WARD_BACNET_PLAIN)                                           \
	X(GROUP_PRIORITY, "bacnet.group_priority", WARD_BACNET_PLAIN)

enum ward_bacnet_number_id {
#define X(IDENT, name, how) WARD_BACNET_##IDENT,
	WARD_BACNET_NUMBER_LIST(X)
#undef X
		WARD_BACNET_NUMBER_N,
};

enum {
	WARD_BACNET_ITEMS = 64,
	WARD_BACNET_NETS = 16,
	WARD_BACNET_TABLE = 16,
	WARD_BACNET_DEPTH = 16,
	WARD_BACNET_ADDRESS = 18, /* longest station address that we take: BACnet/IPv6 */
	WARD_BACNET_TEXT = 1024,  /* bytes of text kept of one value; more is cut */
};

/* Annex J.2 */
enum {
	WARD_BACNET_FN_WRITE_BDT = 1,
	WARD_BACNET_FN_READ_BDT_ACK = 3,
	WARD_BACNET_FN_READ_FDT_ACK = 7,
	WARD_BACNET_FN_UNICAST = 10,
};

enum ward_bacnet_value_kind {
	WARD_BACNET_VALUE_NONE,
	WARD_BACNET_VALUE_INT,
	WARD_BACNET_VALUE_NUM, /* number as text */
	WARD_BACNET_VALUE_STR,
};

struct ward_bacnet_value {
	enum ward_bacnet_value_kind kind;
	int64_t i;
	struct ward_str s;
};

/* One (object, property) that a service speaks of. */
struct ward_bacnet_item {
	bool has_object, has_property, has_index, has_priority;
	bool has_type;           /* without an instance: an object that is to be made */
	uint32_t type, instance; /* of the object */
	uint32_t property;
	uint32_t index;
	uint32_t priority;
	bool has_error; /* instead of a value (15.7) */
	uint32_t error_class, error_code;
	struct ward_bacnet_value value;
};

struct ward_bacnet_optional {
	bool is;
	uint32_t v;
};

struct ward_bacnet_number {
	bool is;
	int64_t v;
};

/* A row of a broadcast distribution table or of a foreign device table (J.2.2, J.2.8). */
struct ward_bacnet_row {
	uint8_t ip[4];
	uint16_t port;
	uint32_t rest; /* the mask; or time to live and seconds left, 16 bits each */
};

struct ward_bacnet {
	/* Annex J.2 */
	uint8_t function;
	uint8_t forwarded_ip[4]; /* with forwarded-npdu: who sent it first */
	uint16_t forwarded_port;
	struct ward_bacnet_optional result; /* of bvlc-result */
	struct ward_bacnet_optional ttl;    /* of register-foreign-device, seconds */
	uint32_t table_entries;             /* of the table messages: met */
	struct ward_bacnet_row row[WARD_BACNET_TABLE];
	size_t n_row; /* kept */
	/* Clause 6.2 */
	bool has_npdu, expects_reply, has_dst, has_src;
	uint8_t network_priority; /* 0 normal to 3 life safety */
	uint16_t dst_net, src_net;
	uint8_t hop_count;
	struct ward_slice dst_address, src_address; /* in the payload */
	bool is_network;
	uint8_t network_message;
	uint16_t network_vendor;
	uint16_t net[WARD_BACNET_NETS];
	size_t n_net;
	uint8_t network_reason; /* of reject-message-to-network */
	/* Clause 20.1 */
	bool has_apdu; /* all of the header is valid */
	enum ward_bacnet_pdu pdu;
	bool has_service, has_invoke;
	uint8_t service, invoke_id;
	bool segmented, more_follows, from_server, negative;
	uint8_t segment, window;
	uint8_t reason_code;    /* reject and abort */
	struct ward_slice body; /* of a segment, in the payload: its part of the service */
	/* Services */
	struct ward_bacnet_item item[WARD_BACNET_ITEMS + 1]; /* the last one is not kept */
	size_t n_item;                                       /* kept */
	size_t n_item_seen;                                  /* met */
	struct ward_bacnet_optional device, low, high, max_apdu, segmentation, vendor;
	struct ward_bacnet_optional state; /* reinitialize, communication control */
	struct ward_bacnet_number number[WARD_BACNET_NUMBER_N];
	struct ward_bacnet_optional error_class, error_code;
	bool has_password;             /* the password itself is not kept */
	struct ward_str name;          /* object name in I-Have and Who-Has */
	struct ward_str when;          /* of time synchronization */
	struct ward_str user;          /* who acknowledges an alarm or operates life safety */
	struct ward_str model, serial; /* of Who-Am-I and You-Are */
	size_t n_cut;                  /* values whose text did not fit */
	size_t n_unparsed;             /* bytes of the message that were not looked into */
	size_t padding;                /* bytes after the message */
	/* Why and where, when it is malformed. */
	enum ward_bacnet_reason reason;
	size_t off;
};

/* Is something worth an event, even when the rest was malformed? */
static inline bool ward_bacnet_told(const struct ward_bacnet *m)
{
	return m->has_apdu || m->is_network || (!m->has_npdu && m->reason == WARD_BACNET_REASON_N);
}

/* Fills all of m. True when the whole message is valid (services that are not decoded count as
 * n_unparsed); false with reason and off. text is reset and takes the texts. */
WARD_MUST_CHECK bool ward_bacnet_parse(
	struct ward_slice payload, struct ward_wr *text, struct ward_bacnet *m);
/* The service of a segmented message whose header is in m, over its segments put together. Sets
 * reason and off, an offset in body, when it is malformed. */
WARD_MUST_CHECK bool ward_bacnet_whole(
	struct ward_slice body, struct ward_wr *text, struct ward_bacnet *m);
/* The APDU alone (clause 20.1), for transports that carry one without BVLC. */
WARD_MUST_CHECK bool ward_bacnet_apdu(
	struct ward_slice apdu, struct ward_wr *text, struct ward_bacnet *m);

#endif
