/* Modbus (Modbus Application Protocol 1.1b3; MBAP header: Messaging on TCP/IP 1.0b) as one
 * validated struct.
 *
 * ward_modbus_parse is a pure function over outside bytes: it never recurses, allocates nothing and
 * borrows the message. Its cost is O(bytes of one message), at most 260. */
#ifndef WARD_SENSE_NET_MODBUS_MODBUS_H
#define WARD_SENSE_NET_MODBUS_MODBUS_H

#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_MODBUS_REASON_LIST(X)                            \
	X(MBAP_SHORT, "net.modbus.reject.mbap.short")         \
	X(MBAP_PROTOCOL, "net.modbus.reject.mbap.protocol")   \
	X(MBAP_LENGTH, "net.modbus.reject.mbap.length")       \
	X(FUNCTION, "net.modbus.reject.function")             \
	X(BODY_SHORT, "net.modbus.reject.body.short")         \
	X(BODY_LONG, "net.modbus.reject.body.long")           \
	X(COUNT, "net.modbus.reject.count")                   \
	X(BYTE_COUNT, "net.modbus.reject.byte_count")         \
	X(VALUE, "net.modbus.reject.value")                   \
	X(FILE_REFERENCE, "net.modbus.reject.file_reference") \
	X(IDENTIFICATION, "net.modbus.reject.identification")

enum ward_modbus_reason {
#define X(IDENT, name) WARD_MODBUS_##IDENT,
	WARD_MODBUS_REASON_LIST(X)
#undef X
		WARD_MODBUS_REASON_N, /* none */
};

/* Public function codes, clause 6: X(IDENT, code, "name") */
#define WARD_MODBUS_FUNCTION_LIST(X)                       \
	X(READ_COILS, 1, "read-coils")                     \
	X(READ_DISCRETE, 2, "read-discrete-inputs")        \
	X(READ_HOLDING, 3, "read-holding-registers")       \
	X(READ_INPUT, 4, "read-input-registers")           \
	X(WRITE_COIL, 5, "write-single-coil")              \
	X(WRITE_REGISTER, 6, "write-single-register")      \
	X(EXCEPTION_STATUS, 7, "read-exception-status")    \
	X(DIAGNOSTICS, 8, "diagnostics")                   \
	X(EVENT_COUNTER, 11, "get-comm-event-counter")     \
	X(EVENT_LOG, 12, "get-comm-event-log")             \
	X(WRITE_COILS, 15, "write-multiple-coils")         \
	X(WRITE_REGISTERS, 16, "write-multiple-registers") \
	X(SERVER_ID, 17, "report-server-id")               \
	X(READ_FILE, 20, "read-file-record")               \
	X(WRITE_FILE, 21, "write-file-record")             \
	X(MASK_WRITE, 22, "mask-write-register")           \
	X(READ_WRITE, 23, "read-write-multiple-registers") \
	X(READ_FIFO, 24, "read-fifo-queue")                \
	X(ENCAPSULATED, 43, "encapsulated-interface")

enum ward_modbus_function {
#define X(IDENT, code, name) WARD_MODBUS_F_##IDENT = (code),
	WARD_MODBUS_FUNCTION_LIST(X)
#undef X
};

enum {
	WARD_MODBUS_HEAD = 7,        /* bytes of the MBAP header, the unit among them */
	WARD_MODBUS_ADU = 260,       /* the longest message: header and 253 bytes of PDU */
	WARD_MODBUS_VALUES = 128,    /* written values kept: all registers, the first coils */
	WARD_MODBUS_OBJECTS = 16,    /* identification objects kept */
	WARD_MODBUS_MEI_DEVICE = 14, /* MEI type of Read Device Identification */
};

struct ward_modbus_optional {
	bool is;
	uint16_t v;
};

struct ward_modbus_object {
	uint8_t id;
	struct ward_slice value;
};

struct ward_modbus {
	uint16_t transaction;
	uint8_t unit;
	bool response;
	size_t size;      /* bytes of the whole message, header included */
	uint8_t function; /* without the exception bit */
	struct ward_modbus_optional exception;
	struct ward_modbus_optional address,
		count; /* first element and how many; of what is read */
	struct ward_modbus_optional write_address,
		write_count;                    /* of read-write-multiple-registers */
	struct ward_modbus_optional bytes;      /* byte count */
	struct ward_modbus_optional diagnostic; /* sub-function */
	struct ward_modbus_optional and_mask, or_mask;
	struct ward_modbus_optional file, record; /* of the first file group */
	struct ward_modbus_optional mei;
	struct ward_modbus_optional read_code; /* what of the identification is asked for */
	struct ward_modbus_optional object_id, conformity, more_follows;
	uint16_t value[WARD_MODBUS_VALUES]; /* written: registers, or 0 and 1 for coils */
	size_t n_value, n_value_seen;       /* kept, met */
	struct ward_modbus_object object[WARD_MODBUS_OBJECTS];
	size_t n_object, n_object_seen;
	struct ward_slice server_id; /* of report-server-id */
	size_t n_unparsed;           /* bytes of functions that are not public */
	/* Why and where, when it is malformed. */
	enum ward_modbus_reason reason;
	size_t off;
};

enum ward_modbus_framing {
	WARD_MODBUS_WHOLE, /* the header is right, m->size bytes are there */
	WARD_MODBUS_MORE,  /* right so far; m->size is what it takes, 0 when not known yet */
	WARD_MODBUS_NOT,   /* no MBAP header: reason and off are set */
};

/* The header alone; m is reset. */
enum ward_modbus_framing ward_modbus_frame(struct ward_slice bytes, struct ward_modbus *m);
/* Fills all of m from the first message in bytes, as request or as response. True when it is valid;
 * false with reason and off. m->size is set whenever the header is right. */
WARD_MUST_CHECK bool ward_modbus_parse(
	struct ward_slice bytes, bool response, struct ward_modbus *m);

/* Names in lower case with dashes; NULL for a number without one. They live forever. */
const char *ward_modbus_function_name(unsigned function);
const char *ward_modbus_exception_name(unsigned code);
const char *ward_modbus_diagnostic_name(unsigned sub_function);

/* Does it change what the device does? */
bool ward_modbus_writes(unsigned function);

#endif
