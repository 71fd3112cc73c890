/* DICOM messages as validated structs: the association PDUs of PS3.8 9.3 and the command sets and
 * query identifiers of PS3.7.
 *
 * Pure functions over outside bytes. Slices borrow those bytes. Values of a data set are never
 * read, except the query level: what is told of a query is which attributes it names. */
#ifndef WARD_SENSE_NET_DICOM_DICOM_H
#define WARD_SENSE_NET_DICOM_DICOM_H

#include "base/rd.h"
#include "sense/net/dissector.h"

/* Reasons why a message is wrong: X(IDENT, "name"). The first group ends the stream's
 * understanding; after one of the second group the dissector goes on. */
#define WARD_DICOM_REASON_LIST(X)                                        \
	X(PDU_TYPE, "net.dicom.reject.pdu.type")                         \
	X(PDU_LENGTH, "net.dicom.reject.pdu.length")                     \
	X(PDV_OVERRUN, "net.dicom.reject.pdv.overrun")                   \
	X(ASSOCIATE_ITEM, "net.dicom.reject.associate.item")             \
	X(COMMAND_LENGTH, "net.dicom.reject.command.length")             \
	X(PDU_BEYOND_MAXIMUM, "net.dicom.reject.pdu.beyond_maximum")     \
	X(PDV_CONTEXT, "net.dicom.reject.pdv.context")                   \
	X(PDV_ORDER, "net.dicom.reject.pdv.order")                       \
	X(PDU_STATE, "net.dicom.reject.pdu.state")                       \
	X(ASSOCIATE_VERSION, "net.dicom.reject.associate.version")       \
	X(ASSOCIATE_AE_TITLE, "net.dicom.reject.associate.ae_title")     \
	X(ASSOCIATE_CONTEXT_ID, "net.dicom.reject.associate.context_id") \
	X(ASSOCIATE_UID, "net.dicom.reject.associate.uid")               \
	X(COMMAND_ELEMENT, "net.dicom.reject.command.element")           \
	X(COMMAND_FIELD, "net.dicom.reject.command.field")               \
	X(COMMAND_INCOMPLETE, "net.dicom.reject.command.incomplete")     \
	X(IDENTIFIER_ELEMENT, "net.dicom.reject.identifier.element")

enum ward_dicom_reason {
#define X(IDENT, name) WARD_DICOM_##IDENT,
	WARD_DICOM_REASON_LIST(X)
#undef X
		WARD_DICOM_REASON_N, /* none */
};

/* PS3.8 9.3.1: the first byte of a PDU. */
enum ward_dicom_pdu {
	WARD_DICOM_ASSOCIATE_RQ = 1,
	WARD_DICOM_ASSOCIATE_AC,
	WARD_DICOM_ASSOCIATE_RJ,
	WARD_DICOM_DATA,
	WARD_DICOM_RELEASE_RQ,
	WARD_DICOM_RELEASE_RP,
	WARD_DICOM_ABORT,
};

enum {
	WARD_DICOM_CONTEXTS = 128, /* ids are odd, 1 to 255 */
	WARD_DICOM_AE = 16,
	WARD_DICOM_UID = 64,
	WARD_DICOM_PDU_HEADER = 6,
	WARD_DICOM_ASSOCIATE_MAX = 65536, /* a longer A-ASSOCIATE is refused */
	WARD_DICOM_KEYS = 32,             /* attributes kept of one query */
};

/* What is wrong with it, and where from its first byte on. */
struct ward_dicom_fault {
	enum ward_dicom_reason reason;
	size_t off;
};

struct ward_dicom_context {
	uint8_t id;
	uint8_t result;             /* of an AC: PS3.8 9.3.3.2 */
	struct ward_slice abstract; /* of an RQ; without padding */
	struct ward_slice transfer; /* items: ward_dicom_transfer_next */
};

/* PS3.8 9.3.2, 9.3.3 and annex D.3; PS3.7 annex D.3.3. */
struct ward_dicom_associate {
	bool accept; /* it is an A-ASSOCIATE-AC */
	uint16_t version;
	struct ward_slice called, calling; /* without padding */
	struct ward_slice application;
	struct ward_dicom_context context[WARD_DICOM_CONTEXTS];
	size_t n_context;      /* kept */
	size_t n_context_seen; /* met */
	bool has_max_length, has_async;
	uint32_t max_length; /* bytes of a P-DATA-TF that it takes; 0: any */
	uint16_t invoked, performed;
	size_t n_role, n_extended;
	uint8_t identity;       /* type of user identity, 0: none; its value is not kept */
	bool identity_answered; /* in an AC */
	struct ward_slice implementation, implementation_version;
	struct ward_dicom_fault fault; /* the first one; WARD_DICOM_REASON_N: none */
};

/* PS3.7 annex E. Numbers are -1 when they are absent. */
struct ward_dicom_command {
	int32_t field; /* (0000,0100) */
	int32_t id;    /* message id, or that of the request that is answered */
	int32_t status, priority;
	int32_t remaining, completed, failed, warning; /* sub-operations */
	int32_t event_type, action_type;
	bool has_dataset;
	struct ward_slice sop_class, sop_instance; /* affected or requested; without padding */
	struct ward_slice move_destination;        /* without padding */
	struct ward_slice move_originator;
	struct ward_dicom_fault fault;
};

/* The elements of a data set's front. */
struct ward_dicom_key {
	uint32_t tag;   /* group << 16 | element */
	bool has_value; /* a matching key; otherwise only asked for */
};

struct ward_dicom_keys {
	struct ward_dicom_key key[WARD_DICOM_KEYS];
	size_t n;                /* kept */
	size_t n_seen;           /* met */
	struct ward_slice level; /* (0008,0052), without padding */
	struct ward_dicom_fault fault;
};

/* How the elements of a data set are written, from its transfer syntax. */
enum ward_dicom_encoding {
	WARD_DICOM_UNKNOWN, /* or deflated: not read */
	WARD_DICOM_IMPLICIT_LE,
	WARD_DICOM_EXPLICIT_LE,
	WARD_DICOM_EXPLICIT_BE,
};

/* Looks like the begin of a whole DICOM PDU; strict enough for every port. */
enum ward_probe ward_dicom_probe(struct ward_slice payload);

/* pdu is a whole A-ASSOCIATE-RQ or -AC. False: an item runs over its end (fault says where), and
 * what was read before stands. True: all items were read, though one may be faulty. */
WARD_MUST_CHECK bool ward_dicom_associate(struct ward_slice pdu, struct ward_dicom_associate *a);
/* Cuts the next transfer syntax off an area of items; false after the last. */
bool ward_dicom_transfer_next(struct ward_slice *items, struct ward_slice *ret);

/* set is a whole command set. False: it can't be used. */
WARD_MUST_CHECK bool ward_dicom_command(struct ward_slice set, struct ward_dicom_command *c);

/* front is the beginning of a data set; whole: and its end. Reads the tags of the top level. */
void ward_dicom_keys(
	struct ward_slice front, bool whole, enum ward_dicom_encoding e, struct ward_dicom_keys *k);

/* Without the blanks around and the NULs behind; both are seen as padding. */
struct ward_slice ward_dicom_unpad(struct ward_slice s);
/* 1 to 64 digits and dots. */
bool ward_dicom_is_uid(struct ward_slice s);
enum ward_dicom_encoding ward_dicom_encoding(struct ward_slice transfer_syntax);

/* At most so many bytes are in front of a file's data set. */
enum { WARD_DICOM_HEAD = 512 };
/* PS3.10 7.1: adds preamble (zeros), prefix and the elements of group 2 to w, for a data set in
 * that transfer syntax. UIDs of at most 64 bytes, without padding. The same object has the same
 * bytes, whoever sends it. False: one is empty, or w has no room. */
WARD_MUST_CHECK bool ward_dicom_head(struct ward_str sop_class, struct ward_str sop_instance,
	struct ward_str transfer, struct ward_wr *w);

#endif
