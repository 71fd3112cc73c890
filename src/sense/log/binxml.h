/* Private to this room: the binary XML of one Windows event record as fields.
 *
 * Source: [MS-EVEN6] 2.2.12 to 2.2.17, with the differences of the file form (names and templates
 * stand once in their chunk and are pointed to). Pure; sees untrusted bytes; all offsets are from
 * the chunk's beginning. Elements nest by an explicit stack, and what one record may make the
 * reader do is bounded, since templates can name each other. */
#ifndef WARD_SENSE_LOG_BINXML_H
#define WARD_SENSE_LOG_BINXML_H

#include "base/rd.h"
#include "event/event.h"

/* X(NAME, "counter", "what is wrong") */
#define WARD_BINXML_LIST(X)                                                                   \
	X(GOOD, "evtx.good", "nothing")                                                       \
	X(END, "evtx.reject.end", "binary XML ends too early or points outside its chunk")    \
	X(TOKEN, "evtx.reject.token", "a token of binary XML that there is not, or not here") \
	X(DEPTH, "evtx.reject.depth", "elements or templates nest too deep")                  \
	X(WORK, "evtx.reject.work", "templates that unfold to more than a record may hold")   \
	X(FIELDS, "evtx.reject.fields", "more fields or longer names than an event may have")

enum ward_binxml_fault {
#define X(NAME, counter, what) WARD_BINXML_##NAME,
	WARD_BINXML_LIST(X)
#undef X
		WARD_BINXML_N,
};

/* Both live forever. */
const char *ward_binxml_counter(enum ward_binxml_fault fault);
const char *ward_binxml_text(enum ward_binxml_fault fault);

/* The len bytes at off as fields of e, named as nested JSON would be: "Event.System.EventID",
 * "Event.System.Provider.#attributes.Name"; an element Data with a Name is named by it. Elements
 * of one name become a list. Numbers are numbers; hexadecimal ones, SIDs, GUIDs (upper case, no
 * braces), times (RFC 3339) and binary (hex, upper case) are text. NOMEM; MALFORMED: *ret_fault and
 * *ret_at (the offset) say why, and e holds the fields before it. */
WARD_MUST_CHECK enum ward_err ward_binxml_fields(struct ward_slice chunk, size_t off, size_t len,
	struct ward_names *names, struct ward_event *e, enum ward_binxml_fault *ret_fault,
	size_t *ret_at);

/* One value of a template ([MS-EVEN6] 2.2.18) as a value in the arena; r holds its bytes and no
 * others. MALFORMED for too few bytes or a type that there is not, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_binxml_value(
	uint8_t type, struct ward_rd *r, struct ward_arena *arena, struct ward_value *ret);

#endif
