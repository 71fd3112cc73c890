/* Messages of CLSI POCT01 (POCT1-A): XML documents one after the other. Pure functions, texts
 * borrow the bytes. Only the elements of the list below are read: no patient, operator or
 * observation. */
#ifndef WARD_SENSE_NET_POCT1A_POCT1A_H
#define WARD_SENSE_NET_POCT1A_POCT1A_H

#include "base/slice.h"

/* X(IDENT, "name") */
#define WARD_POCT1A_REASON_LIST(X)          \
	X(START, "net.poct1a.reject.start") \
	X(XML, "net.poct1a.reject.xml")

enum ward_poct1a_reason {
#define X(IDENT, name) WARD_POCT1A_##IDENT,
	WARD_POCT1A_REASON_LIST(X)
#undef X
		WARD_POCT1A_REASON_N, /* none */
};

/* Elements whose attribute V is read: X(IDENT, "element", "field") */
#define WARD_POCT1A_ELEMENT_LIST(X)                                                \
	X(VERSION, "HDR.version_id", "poct1a.version_id")                          \
	X(DEVICE, "DEV.device_id", "poct1a.device_id")                             \
	X(VENDOR, "DEV.vendor_id", "poct1a.vendor_id")                             \
	X(MODEL, "DEV.model_id", "poct1a.model_id")                                \
	X(SERIAL, "DEV.serial_id", "poct1a.serial_id")                             \
	X(MANUFACTURER, "DEV.manufacturer_name", "poct1a.manufacturer_name")       \
	X(HARDWARE, "DEV.hw_version", "poct1a.hw_version")                         \
	X(SOFTWARE, "DEV.sw_version", "poct1a.sw_version")                         \
	X(NAME, "DEV.device_name", "poct1a.device_name")                           \
	X(PROFILE, "DSC.connection_profile_cd", "poct1a.connection_profile")       \
	X(NEW_OBSERVATIONS, "DST.new_observations_qty", "poct1a.new_observations") \
	X(NEW_EVENTS, "DST.new_events_qty", "poct1a.new_events")                   \
	X(CONDITION, "DST.condition_cd", "poct1a.condition")                       \
	X(REQUEST, "REQ.request_cd", "poct1a.request")                             \
	X(REASON, "TRM.reason_cd", "poct1a.reason")                                \
	X(ACK, "ACK.type_cd", "poct1a.ack_type")                                   \
	X(CONTROL, "HDR.control_id", "") /* only compared */                       \
	X(ACK_CONTROL, "ACK.ack_control_id", "")

enum ward_poct1a_element {
#define X(IDENT, element, field) WARD_POCT1A_ELEMENT_##IDENT,
	WARD_POCT1A_ELEMENT_LIST(X)
#undef X
		WARD_POCT1A_ELEMENTS,
	WARD_POCT1A_TOLD = WARD_POCT1A_ELEMENT_CONTROL, /* those before it are fields */
};

enum { WARD_POCT1A_TYPE = 7 /* bytes of HEL.R01 */ };

enum ward_poct1a_framing { WARD_POCT1A_WHOLE, WARD_POCT1A_MORE, WARD_POCT1A_NOT };

struct ward_poct1a {
	struct ward_str value[WARD_POCT1A_ELEMENTS]; /* as they stand, and may be empty */
};

/* Looks for the root element behind blanks, declaration and document type. *ret_type has the
 * message type, *ret_off where its tag begins. */
enum ward_poct1a_framing ward_poct1a_start(
	struct ward_slice s, struct ward_str *ret_type, size_t *ret_off);
/* Where the document that begins with that root ends; 0: not in s. */
size_t ward_poct1a_end(struct ward_slice s, struct ward_str type);
/* root: the document from its root's tag on. False: it is not well-formed; what came before that
 * is in m. */
bool ward_poct1a_read(struct ward_str root, struct ward_poct1a *m);

#endif
