/* One S7comm PDU (protocol id 0x32), the data of a COTP DT, as one validated struct.
 *
 * ward_s7comm_parse is a pure function over outside bytes: it never recurses, allocates nothing and
 * borrows the PDU. Its cost is O(bytes). */
#ifndef WARD_SENSE_NET_S7COMM_S7COMM_H
#define WARD_SENSE_NET_S7COMM_S7COMM_H

#include "base/rd.h"
#include "sense/net/proto/s7comm/names.h"

/* Reasons why a message is malformed: X(IDENT, "name"). The first two are the transport's. */
#define WARD_S7COMM_REASON_LIST(X)                              \
	X(TPKT, "net.s7comm.reject.tpkt")                       \
	X(TPDU, "net.s7comm.reject.tpdu")                       \
	X(PROTOCOL, "net.s7comm.reject.protocol")               \
	X(HEADER_SHORT, "net.s7comm.reject.header.short")       \
	X(ROSCTR, "net.s7comm.reject.rosctr")                   \
	X(LENGTH, "net.s7comm.reject.length")                   \
	X(PARAMETER_SHORT, "net.s7comm.reject.parameter.short") \
	X(ITEM, "net.s7comm.reject.item")                       \
	X(DATA_SHORT, "net.s7comm.reject.data.short")           \
	X(FILE_NAME, "net.s7comm.reject.file_name")             \
	X(USERDATA_HEAD, "net.s7comm.reject.userdata")

enum ward_s7comm_reason {
#define X(IDENT, name) WARD_S7COMM_##IDENT,
	WARD_S7COMM_REASON_LIST(X)
#undef X
		WARD_S7COMM_REASON_N, /* none */
};

/* Numbers of a PDU and how they are told: X(IDENT, "field", format) */
#define WARD_S7COMM_NUMBER_LIST(X)                        \
	X(ROSCTR, "s7comm.rosctr", ROSCTR)                \
	X(REFERENCE, "s7comm.reference", INT)             \
	X(FUNCTION, "s7comm.function", FUNCTION)          \
	X(GROUP, "s7comm.function", GROUP)                \
	X(SUBFUNCTION, "s7comm.subfunction", SUBFUNCTION) \
	X(DIRECTION, "s7comm.direction", DIRECTION)       \
	X(SEQUENCE, "s7comm.sequence", INT)               \
	X(DATA_UNIT, "s7comm.data_unit", INT)             \
	X(ERROR_CLASS, "s7comm.error_class", ERROR_CLASS) \
	X(ERROR_CODE, "s7comm.error_code", INT)           \
	X(ERROR, "s7comm.error", ERROR)                   \
	X(RETURN_CODE, "s7comm.return_code", RETURN)      \
	X(AMQ_CALLING, "s7comm.max_amq_calling", INT)     \
	X(AMQ_CALLED, "s7comm.max_amq_called", INT)       \
	X(PDU_LENGTH, "s7comm.pdu_length", INT)           \
	X(ITEMS, "s7comm.items", INT)                     \
	X(SYNTAX, "s7comm.syntax", INT)                   \
	X(BLOCK_TYPE, "s7comm.block_type", BLOCK)         \
	X(BLOCK_NUMBER, "s7comm.block_number", INT)       \
	X(BLOCKS, "s7comm.blocks", INT)                   \
	X(UPLOAD_ID, "s7comm.upload_id", INT)             \
	X(LOAD_LENGTH, "s7comm.load_length", INT)         \
	X(CODE_LENGTH, "s7comm.code_length", INT)         \
	X(SZL_ID, "s7comm.szl_id", INT)                   \
	X(SZL_INDEX, "s7comm.szl_index", INT)             \
	X(MODE, "s7comm.mode", MODE)                      \
	X(EVENT_ID, "s7comm.event_id", INT)

enum ward_s7comm_number {
#define X(IDENT, name, format) WARD_S7COMM_N_##IDENT,
	WARD_S7COMM_NUMBER_LIST(X)
#undef X
		WARD_S7COMM_NUMBERS,
};

/* Texts, cut at the first NUL and without blanks around: X(IDENT, "field"). From ORDER_NUMBER on
 * they say who the device is. */
#define WARD_S7COMM_TEXT_LIST(X)                    \
	X(PI_SERVICE, "s7comm.pi_service")          \
	X(PI_ARGUMENT, "s7comm.pi_argument")        \
	X(ORDER_NUMBER, "s7comm.order_number")      \
	X(SYSTEM_NAME, "s7comm.system_name")        \
	X(MODULE_NAME, "s7comm.module_name")        \
	X(PLANT, "s7comm.plant")                    \
	X(SERIAL, "s7comm.serial")                  \
	X(MODULE_TYPE, "s7comm.module_type")        \
	X(CARD_SERIAL, "s7comm.memory_card_serial") \
	X(LOCATION, "s7comm.location")

enum ward_s7comm_text {
#define X(IDENT, name) WARD_S7COMM_T_##IDENT,
	WARD_S7COMM_TEXT_LIST(X)
#undef X
		WARD_S7COMM_TEXTS,
};

enum {
	WARD_S7COMM_ID = 0x32,
	WARD_S7COMM_JOB = 1,
	WARD_S7COMM_ACK = 2,
	WARD_S7COMM_ACK_DATA = 3,
	WARD_S7COMM_USERDATA = 7,
	WARD_S7COMM_ITEMS = 20, /* kept; as many as a read of an S7-300 holds */
	WARD_S7COMM_VALUE = 16, /* bytes of a written value that are told */
	WARD_S7COMM_SUCCESS = 0xff,
};

struct ward_s7comm_optional {
	bool is;
	uint32_t v;
};

struct ward_s7comm_item {
	uint8_t syntax;
	uint8_t transport, area;
	uint16_t count, db;
	uint32_t address;        /* in bits; of counters and timers their number */
	struct ward_slice value; /* written */
};

struct ward_s7comm {
	struct ward_s7comm_optional n[WARD_S7COMM_NUMBERS];
	struct ward_slice text[WARD_S7COMM_TEXTS];
	struct ward_s7comm_item item[WARD_S7COMM_ITEMS]; /* of syntax S7ANY */
	size_t n_item;
	uint8_t result[WARD_S7COMM_ITEMS]; /* return codes of an answer's items */
	size_t n_result;
	struct ward_slice firmware; /* three bytes; empty when not there */
	/* Why and where, when it is malformed. */
	enum ward_s7comm_reason reason;
	size_t off;
};

/* Fills all of m from a whole PDU. True when it is valid; false with reason and off. */
WARD_MUST_CHECK bool ward_s7comm_parse(struct ward_slice pdu, struct ward_s7comm *m);

/* Directions of user data, of the controller and of numeric control. */
static inline bool ward_s7comm_asks(uint32_t direction)
{
	return direction == 0x4 || direction == 0x7;
}
static inline bool ward_s7comm_answers(uint32_t direction)
{
	return direction == 0x8 || direction == 0xb;
}

/* For ward_s7comm_parse. */
struct ward_s7comm_pdu {
	struct ward_rd param, data;
	size_t param_off, data_off;
	struct ward_s7comm *m;
};
bool ward_s7comm_userdata(struct ward_s7comm_pdu *p);
static inline void ward_s7comm_set(struct ward_s7comm *m, enum ward_s7comm_number at, uint32_t v)
{
	m->n[at] = (struct ward_s7comm_optional){true, v};
}
static inline bool ward_s7comm_fail(
	struct ward_s7comm *m, enum ward_s7comm_reason reason, size_t off)
{
	if (m->reason == WARD_S7COMM_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}
/* Type and number of a block out of "0800001P"; false when it is none. */
bool ward_s7comm_block(struct ward_s7comm *m, struct ward_slice name);
/* Without what follows a NUL and without blanks at both ends. */
struct ward_slice ward_s7comm_trim(struct ward_slice s);

#endif
