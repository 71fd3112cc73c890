/* HL7 version 2 segments as validated structs: MSH, MSA and ERR, and the names of the others.
 *
 * Pure functions over outside bytes; texts borrow them. Only what addresses a message is read, and
 * which device a value comes from: no other field of PID, NK1, OBX or any other segment is, whoever
 * it belongs to. */
#ifndef WARD_SENSE_NET_HL7_HL7_H
#define WARD_SENSE_NET_HL7_HL7_H

#include "base/slice.h"

/* Reasons why a stream is wrong: X(IDENT, "name"). The first three end its understanding. */
#define WARD_HL7_REASON_LIST(X)                          \
	X(START, "net.hl7.reject.start")                 \
	X(MSH_LENGTH, "net.hl7.reject.msh.length")       \
	X(MSH_SEPARATOR, "net.hl7.reject.msh.separator") \
	X(MSH_SHORT, "net.hl7.reject.msh.short")         \
	X(MSH_TYPE, "net.hl7.reject.msh.type")           \
	X(FRAME_RESTART, "net.hl7.reject.frame.restart") \
	X(FRAME_END, "net.hl7.reject.frame.end")         \
	X(SEGMENT, "net.hl7.reject.segment")             \
	X(ACK_CODE, "net.hl7.reject.ack.code")

enum ward_hl7_reason {
#define X(IDENT, name) WARD_HL7_##IDENT,
	WARD_HL7_REASON_LIST(X)
#undef X
		WARD_HL7_REASON_N, /* none */
};

/* HL7 v2 2.14.9 (v2.5.1 numbering). Texts are as they were sent and may be empty. */
struct ward_hl7_msh {
	char separator; /* MSH-1 */
	char component; /* first of MSH-2 */
	struct ward_str sending_application, sending_facility;
	struct ward_str receiving_application, receiving_facility;
	struct ward_str time;
	struct ward_str type, trigger, structure; /* MSH-9, letters and digits only */
	struct ward_str control;                  /* MSH-10; never to be told */
	struct ward_str processing, version;      /* MSH-11 and MSH-12, first component */
	struct ward_str accept_ack, application_ack;
	struct ward_str charset;
	enum ward_hl7_reason fault; /* SHORT or TYPE; WARD_HL7_REASON_N: none */
};

struct ward_hl7_msa {
	struct ward_str code;    /* AA, AE, AR, CA, CE or CR; else empty */
	struct ward_str control; /* MSA-2; never to be told */
};

/* Of ERR-3 and ERR-4 (since v2.5): what holds no text of the message. */
struct ward_hl7_err {
	struct ward_str code;     /* digits, or empty */
	struct ward_str severity; /* one letter, or empty */
};

/* The device that a value comes from or that took part: OBX-18 (7.4.2.18), PRT-10 and the device
 * identifier of its UDI, PRT-16 (7.4.4): the model; serial and lot numbers (PRT-19, 20) may be
 * those of what a patient carries and are not read. */
struct ward_hl7_device {
	struct ward_str entity;    /* first component of EI */
	struct ward_str universal; /* third: an EUI-64 as a rule */
	struct ward_str udi;
};

/* line is a whole segment without its end. False: it is no MSH (wrong separators). */
WARD_MUST_CHECK bool ward_hl7_msh(struct ward_str line, struct ward_hl7_msh *m);
/* Fields are told apart by separator, components by component. */
void ward_hl7_msa(struct ward_str line, char separator, struct ward_hl7_msa *m);
void ward_hl7_err(struct ward_str line, char separator, char component, struct ward_hl7_err *e);

/* line is an OBX or PRT. False: it names none, or it tells of an implanted device (a term MDC_IDC
 * in OBX-3), which is known by a patient's body. */
WARD_MUST_CHECK bool ward_hl7_device(
	struct ward_str line, char separator, char component, struct ward_hl7_device *ret);

/* Where a patient is and was: the point of care of PV1-3 and PV1-6 (PL, 2A.3.53: its first
 * component), a ward's code and nobody's name. Empty: not given, or no such code. */
struct ward_hl7_visit {
	struct ward_str point, prior;
};
enum { WARD_HL7_POINT = 20 }; /* longest (HL7 table 0302) */
/* line is a PV1. No other field of it is looked at. */
void ward_hl7_visit(
	struct ward_str line, char separator, char component, struct ward_hl7_visit *ret);

/* Begins with "MSH" and separators that hold: strict enough for every port. */
bool ward_hl7_is_msh(struct ward_str front);
/* The same of MSH, FHS and BHS. */
bool ward_hl7_is_head(struct ward_str front);
/* A front of that which is too short to say. */
bool ward_hl7_may_be_head(struct ward_str front);
/* The place of the segment's name in the standard's list, or SIZE_MAX. */
size_t ward_hl7_segment_at(const char name[3]);
/* Lives forever. */
const char *ward_hl7_segment_nth(size_t at);
size_t ward_hl7_segment_count(void);
/* Three upper-case letters or digits (the first a letter), then the separator or nothing. */
bool ward_hl7_is_segment(struct ward_str line, char separator);

#endif
