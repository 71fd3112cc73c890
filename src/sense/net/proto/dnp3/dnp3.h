/* DNP3 (IEEE 1815-2012) in three steps: a link frame (clause 9), transport segments put together
 * (8), an application fragment as one validated struct (4, 11).
 *
 * All functions are pure over outside bytes: they never recurse and allocate nothing. A fragment
 * borrows its bytes. Private to this folder. */
#ifndef WARD_SENSE_NET_DNP3_DNP3_H
#define WARD_SENSE_NET_DNP3_DNP3_H

#include "base/clock.h"
#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_DNP3_REASON_LIST(X)                                \
	X(LINK_START, "net.dnp3.reject.link.start")             \
	X(LINK_LENGTH, "net.dnp3.reject.link.length")           \
	X(LINK_CRC, "net.dnp3.reject.link.crc")                 \
	X(LINK_SHORT, "net.dnp3.reject.link.short")             \
	X(DATA_CRC, "net.dnp3.reject.data.crc")                 \
	X(APP_SHORT, "net.dnp3.reject.app.short")               \
	X(APP_FUNCTION, "net.dnp3.reject.app.function")         \
	X(OBJECT_SHORT, "net.dnp3.reject.object.short")         \
	X(OBJECT_QUALIFIER, "net.dnp3.reject.object.qualifier") \
	X(OBJECT_RANGE, "net.dnp3.reject.object.range")         \
	X(OBJECT_BODY, "net.dnp3.reject.object.body")

enum ward_dnp3_reason {
#define X(IDENT, name) WARD_DNP3_##IDENT,
	WARD_DNP3_REASON_LIST(X)
#undef X
		WARD_DNP3_REASON_N, /* none */
};

/* Function codes, 4.4: X(IDENT, code, "name") */
#define WARD_DNP3_FUNCTION_LIST(X)                        \
	X(CONFIRM, 0, "confirm")                          \
	X(READ, 1, "read")                                \
	X(WRITE, 2, "write")                              \
	X(SELECT, 3, "select")                            \
	X(OPERATE, 4, "operate")                          \
	X(DIRECT_OPERATE, 5, "direct_operate")            \
	X(DIRECT_OPERATE_NR, 6, "direct_operate_nr")      \
	X(FREEZE, 7, "immed_freeze")                      \
	X(FREEZE_NR, 8, "immed_freeze_nr")                \
	X(FREEZE_CLEAR, 9, "freeze_clear")                \
	X(FREEZE_CLEAR_NR, 10, "freeze_clear_nr")         \
	X(FREEZE_AT_TIME, 11, "freeze_at_time")           \
	X(FREEZE_AT_TIME_NR, 12, "freeze_at_time_nr")     \
	X(COLD_RESTART, 13, "cold_restart")               \
	X(WARM_RESTART, 14, "warm_restart")               \
	X(INITIALIZE_DATA, 15, "initialize_data")         \
	X(INITIALIZE_APPL, 16, "initialize_appl")         \
	X(START_APPL, 17, "start_appl")                   \
	X(STOP_APPL, 18, "stop_appl")                     \
	X(SAVE_CONFIG, 19, "save_config")                 \
	X(ENABLE_UNSOLICITED, 20, "enable_unsolicited")   \
	X(DISABLE_UNSOLICITED, 21, "disable_unsolicited") \
	X(ASSIGN_CLASS, 22, "assign_class")               \
	X(DELAY_MEASURE, 23, "delay_measure")             \
	X(RECORD_TIME, 24, "record_current_time")         \
	X(OPEN_FILE, 25, "open_file")                     \
	X(CLOSE_FILE, 26, "close_file")                   \
	X(DELETE_FILE, 27, "delete_file")                 \
	X(GET_FILE_INFO, 28, "get_file_info")             \
	X(AUTHENTICATE_FILE, 29, "authenticate_file")     \
	X(ABORT_FILE, 30, "abort_file")                   \
	X(ACTIVATE_CONFIG, 31, "activate_config")         \
	X(AUTHENTICATE_REQ, 32, "authenticate_req")       \
	X(AUTHENTICATE_REQ_NR, 33, "auth_req_no_ack")     \
	X(RESPONSE, 129, "response")                      \
	X(UNSOLICITED, 130, "unsolicited_response")       \
	X(AUTHENTICATE_RESP, 131, "authenticate_resp")

enum ward_dnp3_function {
#define X(IDENT, code, name) WARD_DNP3_F_##IDENT = (code),
	WARD_DNP3_FUNCTION_LIST(X)
#undef X
};

enum {
	WARD_DNP3_HEADER = 10,     /* bytes of a link header with its CRC */
	WARD_DNP3_FRAME = 292,     /* longest frame */
	WARD_DNP3_USER = 250,      /* most user data of a frame */
	WARD_DNP3_FRAGMENT = 2048, /* longest fragment that is put together */
	WARD_DNP3_OBJECTS = 32,
	WARD_DNP3_CONTROLS = 16,
	WARD_DNP3_ATTRIBUTE = 242, /* first variation whose text is kept */
	WARD_DNP3_ATTRIBUTES = 11,
	WARD_DNP3_BROADCAST = 0xfffd, /* and above, 9.2.4.1.5 */
};

struct ward_dnp3_link {
	bool from_master, primary;
	uint8_t function; /* of those of a primary or a secondary station */
	uint16_t dst, src;
	size_t size; /* of the whole frame; 0 with MORE: not known */
	size_t n_user;
	enum ward_dnp3_reason reason;
	size_t off;
};

enum ward_dnp3_frame { WARD_DNP3_MORE, WARD_DNP3_NOT, WARD_DNP3_WHOLE };

/* The header of the frame that begins payload, its CRC checked. NOT: with reason. */
enum ward_dnp3_frame ward_dnp3_frame(struct ward_slice payload, struct ward_dnp3_link *l);
/* Copies the user data of a whole frame without its CRCs; false with reason when one is wrong. */
WARD_MUST_CHECK bool ward_dnp3_user(
	struct ward_slice frame, struct ward_dnp3_link *l, uint8_t user[WARD_DNP3_USER]);
/* Where a frame could begin at or after off; payload.len when nowhere. */
size_t ward_dnp3_next_start(struct ward_slice payload, size_t off);

struct ward_dnp3_transport {
	bool open;
	bool over; /* the rest of one that was too long is still to come */
	uint8_t next;
	uint16_t dst, src;
	unsigned n;
	size_t len;
	uint8_t bytes[WARD_DNP3_FRAGMENT];
};

enum ward_dnp3_progress {
	WARD_DNP3_HELD,
	WARD_DNP3_FRAGMENT_WHOLE, /* bytes[0 .. len) */
	WARD_DNP3_SEGMENT_MISSING,
	WARD_DNP3_TOO_LONG, /* bytes hold its first WARD_DNP3_FRAGMENT */
};

/* Adds a frame's user data, which begins with the transport octet (8.2). */
enum ward_dnp3_progress ward_dnp3_add(
	struct ward_dnp3_transport *t, const struct ward_dnp3_link *l, struct ward_slice user);

struct ward_dnp3_optional {
	bool is;
	int64_t v;
};

/* An object header, 4.2.2.7 */
struct ward_dnp3_object {
	uint8_t group, variation, qualifier;
	struct ward_dnp3_optional start, stop, count;
};

/* A control relay output block (group 12) or an analog output (group 41). */
struct ward_dnp3_control {
	struct ward_dnp3_optional index;
	bool is_relay;
	uint8_t code, count, status;
	uint32_t on_ms, off_ms;
	bool is_real; /* v is double, else integer */
	int64_t integer;
	double real;
};

struct ward_dnp3 {
	bool first, final, confirm, unsolicited; /* application control, 4.2.2.4 */
	uint8_t sequence, function;
	bool is_response;
	uint8_t iin[2];
	struct ward_dnp3_object object[WARD_DNP3_OBJECTS];
	size_t n_object, n_object_seen;
	struct ward_dnp3_control control[WARD_DNP3_CONTROLS];
	size_t n_control, n_control_seen;
	bool refused;                       /* a control whose status is not success */
	struct ward_dnp3_optional time;     /* ms since 1970, groups 50 and 51 */
	struct ward_dnp3_optional delay_ms; /* group 52 */
	struct ward_dnp3_optional file_mode, file_size, file_status, file_block, file_handle;
	struct ward_slice file_name; /* group 70 */
	bool has_login;
	struct ward_slice user; /* group 70 variation 2; its password is not looked at */
	struct ward_slice attribute[WARD_DNP3_ATTRIBUTES]; /* texts of group 0 */
	struct ward_slice application;       /* group 90: what is started or stopped */
	struct ward_dnp3_optional auth_user; /* group 120: number of a user */
	size_t n_unparsed;
	enum ward_dnp3_reason reason;
	size_t off;
};

/* One application fragment. False with reason and off; what was read before stays. */
WARD_MUST_CHECK bool ward_dnp3_parse(struct ward_slice fragment, struct ward_dnp3 *m);
/* object.c: the data of one object of these bits, when it is worth it. */
void ward_dnp3_point(struct ward_dnp3 *m, const struct ward_dnp3_object *o,
	struct ward_dnp3_optional index, struct ward_rd data);
/* Bits of an object; 0 none, WARD_DNP3_VARIES its own length comes first, SIZE_MAX not known. */
enum { WARD_DNP3_VARIES = 0xffff };
size_t ward_dnp3_bits(uint8_t group, uint8_t variation);

/* NULL: none. */
const char *ward_dnp3_function_name(unsigned function);
const char *ward_dnp3_link_name(bool primary, unsigned function);
const char *ward_dnp3_iin_name(unsigned bit);
const char *ward_dnp3_control_name(unsigned code); /* the low four bits, 11.3.5 */
const char *ward_dnp3_trip_close(unsigned code);
const char *ward_dnp3_status_name(unsigned status); /* of a control, A.8.1 */

#endif
