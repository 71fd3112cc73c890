/* What the DICOM dissector keeps of one connection, shared by its files only.
 *
 * Everything has a fixed size: the layer above gives struct ward_dicom_flow zeroed. */
#ifndef WARD_SENSE_NET_DICOM_STREAM_H
#define WARD_SENSE_NET_DICOM_STREAM_H

#include "sense/net/proto/dicom/dicom.h"
#include "sense/net/sensor.h"

enum {
	WARD_DICOM_PENDING = 8,   /* requests that wait for their answer */
	WARD_DICOM_BUFFER = 1024, /* a command set, or the front of a query */
	WARD_DICOM_TAGS = 24,     /* attributes kept of a pending query */
};

/* Text of bounded length; len 0: none. */
struct ward_dicom_text {
	uint8_t len;
	char p[WARD_DICOM_UID];
};

struct ward_dicom_title {
	uint8_t len;
	char p[WARD_DICOM_AE];
};

/* A request and what is known of its answers. */
struct ward_dicom_pending {
	bool used, cancelled, keys_cut;
	bool late;    /* only answers were seen: the capture began after the request */
	uint8_t side; /* who asked: 0 the connection's client */
	uint8_t context;
	uint8_t n_key;
	uint8_t level; /* ward_dicom_level_at */
	uint16_t field;
	int32_t id, status, priority, type;
	int32_t remaining, completed, failed, warning;
	uint32_t n_pending; /* answers with a pending status */
	uint32_t n_key_seen;
	uint64_t order; /* of its begin */
	uint64_t bytes, bytes_back;
	ward_ns begin;
	struct ward_dicom_text sop_class, sop_instance;
	struct ward_dicom_title destination, originator;
	uint32_t key[WARD_DICOM_TAGS]; /* tags */
	uint32_t valued;               /* bit i: key[i] has a value */
};

/* One direction of the stream. */
struct ward_dicom_side {
	uint64_t pdu_left;   /* bytes left of the P-DATA-TF that is being read */
	uint32_t max_length; /* what this side said that it takes; 0: any */
	bool lost;           /* after a gap: a PDU's begin is looked for */
	bool in_dataset;     /* a command said that a data set follows */
	bool final;          /* the data set's end answers the request */
	uint8_t pending;     /* whose data set: index, or WARD_DICOM_PENDING: nobody's */
	bool wants_keys;
	/* Of a data set that is stored: */
	uint32_t file;      /* its number; 0: none */
	uint64_t file_at;   /* bytes of it so far */
	uint64_t frag_left; /* bytes still to come of the fragment */
	bool frag_last;     /* the data set ends with it */
	uint16_t len;
	uint8_t buf[WARD_DICOM_BUFFER];
};

enum ward_dicom_state {
	WARD_DICOM_IDLE, /* nothing seen yet, or ended */
	WARD_DICOM_ASKED,
	WARD_DICOM_OPEN,
	WARD_DICOM_LATE, /* data without its association: the capture began later */
};

struct ward_dicom_flow {
	bool seen; /* a whole PDU, or the front of a P-DATA-TF */
	enum ward_dicom_state state;
	uint8_t requestor; /* side */
	ward_ns begin;
	struct ward_dicom_title called, calling;
	uint64_t n_request, n_failed, n_unanswered, bytes[2]; /* bytes[0]: from the requestor */
	uint64_t order;
	struct ward_dicom_side side[2];
	struct {
		uint8_t encoding; /* enum ward_dicom_encoding */
		bool accepted;
		uint16_t abstract;      /* ward_dicom_uid_at of what was proposed */
		uint16_t transfer;      /* of what was accepted */
	} context[WARD_DICOM_CONTEXTS]; /* by id / 2 */
	struct ward_dicom_pending pending[WARD_DICOM_PENDING];
};

#define WARD_DICOM_NAME_LIST(X)                           \
	X(CALLED, "dicom.called_ae")                      \
	X(CALLING, "dicom.calling_ae")                    \
	X(APPLICATION, "dicom.application_context")       \
	X(CONTEXTS, "dicom.contexts")                     \
	X(CONTEXT, "dicom.context_id")                    \
	X(ABSTRACT, "dicom.abstract_syntax")              \
	X(TRANSFER, "dicom.transfer_syntax")              \
	X(RESULT, "dicom.context_result")                 \
	X(ACCEPTED, "dicom.contexts_accepted")            \
	X(MAX_LENGTH, "dicom.max_length")                 \
	X(IMPLEMENTATION, "dicom.implementation_uid")     \
	X(VERSION, "dicom.implementation_version")        \
	X(INVOKED, "dicom.async_invoked")                 \
	X(PERFORMED, "dicom.async_performed")             \
	X(ROLES, "dicom.roles")                           \
	X(IDENTITY, "dicom.user_identity")                \
	X(REJECTED, "dicom.reject_result")                \
	X(SOURCE, "dicom.source")                         \
	X(WHY, "dicom.why")                               \
	X(REQUESTS, "dicom.requests")                     \
	X(FAILED_REQUESTS, "dicom.requests_failed")       \
	X(UNANSWERED, "dicom.requests_unanswered")        \
	X(BYTES, "dicom.bytes")                           \
	X(BYTES_BACK, "dicom.bytes_back")                 \
	X(MESSAGE_ID, "dicom.message_id")                 \
	X(SOP_CLASS, "dicom.sop_class")                   \
	X(SOP_INSTANCE, "dicom.sop_instance")             \
	X(STATUS, "dicom.status")                         \
	X(OUTCOME, "dicom.outcome")                       \
	X(PRIORITY, "dicom.priority")                     \
	X(DESTINATION, "dicom.move_destination")          \
	X(ORIGINATOR, "dicom.move_originator")            \
	X(EVENT_TYPE, "dicom.event_type")                 \
	X(ACTION_TYPE, "dicom.action_type")               \
	X(SUB_REMAINING, "dicom.suboperations_remaining") \
	X(SUB_COMPLETED, "dicom.suboperations_completed") \
	X(SUB_FAILED, "dicom.suboperations_failed")       \
	X(SUB_WARNING, "dicom.suboperations_warning")     \
	X(RESPONSES, "dicom.responses_pending")           \
	X(CANCELLED, "dicom.cancelled")                   \
	X(LEVEL, "dicom.query_level")                     \
	X(KEYS, "dicom.keys")                             \
	X(KEYS_VALUED, "dicom.keys_valued")               \
	X(N_KEYS, "dicom.keys_seen")                      \
	X(LATE, "dicom.request_unseen")                   \
	X(MALFORMED, "dicom.malformed")                   \
	X(CLASS_ASSOCIATE, "net.dicom.associate")         \
	X(CLASS_ACCEPTED, "net.dicom.accepted")           \
	X(CLASS_REJECTED, "net.dicom.rejected")           \
	X(CLASS_ABORTED, "net.dicom.aborted")             \
	X(CLASS_RELEASED, "net.dicom.released")           \
	X(CLASS_CLOSED, "net.dicom.closed")

enum ward_dicom_name {
#define X(IDENT, name) WARD_DICOM_NAME_##IDENT,
	WARD_DICOM_NAME_LIST(X)
#undef X
		WARD_DICOM_NAME_N,
};

extern const char *const ward_dicom_reasons[WARD_DICOM_REASON_N];

static inline struct ward_str ward_dicom_title_str(const struct ward_dicom_title *t)
{
	return (struct ward_str){t->p, t->len};
}

/* events.c: each puts one event. Addresses are those of the current packet, turned so that src is
 * side `from`. */
bool ward_dicom_name_at(size_t i, struct ward_wr *w);
void ward_dicom_tell_associate(struct ward_dissect *d, const struct ward_dicom_associate *a);
void ward_dicom_tell_accepted(struct ward_dissect *d, const struct ward_dicom_associate *a);
void ward_dicom_tell_rejected(struct ward_dissect *d, const uint8_t why[3]);
/* class is the name of CLASS_ABORTED, CLASS_RELEASED or CLASS_CLOSED; why is of an abort, or NULL.
 */
void ward_dicom_tell_end(
	struct ward_dissect *d, enum ward_dicom_name class, unsigned from, const uint8_t why[2]);
void ward_dicom_tell_request(struct ward_dissect *d, const struct ward_dicom_pending *p);
/* The data set of a C-STORE begins, and a file with it. */
void ward_dicom_begin_file(struct ward_dissect *d, const struct ward_dicom_pending *p);

/* dimse.c: the messages inside of P-DATA-TF. */
/* One PDV of which `head` (its item header, 6 bytes) is at the front of payload. Fills used, or
 * need. */
enum ward_verdict ward_dicom_pdv(struct ward_dissect *d, struct ward_slice payload, size_t head);
/* Gives every request that still waits its event, oldest first. */
void ward_dicom_flush(struct ward_dissect *d);
/* A fault after which the stream is still understood: counted and told as net.malformed. */
void ward_dicom_odd(struct ward_dissect *d, enum ward_dicom_reason reason, size_t off);
/* More of a fragment whose header was read: fills used, or wants more. */
enum ward_verdict ward_dicom_fragment(struct ward_dissect *d, struct ward_slice payload);
/* So many bytes of the fragment are lost. */
void ward_dicom_fragment_gap(struct ward_dissect *d, uint64_t lost);
/* The data set that a side is in the middle of will not be whole. */
void ward_dicom_end_file(struct ward_dissect *d, unsigned side);
/* Forgets the message that a side is in the middle of. */
void ward_dicom_drop(struct ward_dicom_side *s);

static inline unsigned ward_dicom_side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

#endif
