/* Private to this room: records of Linux's audit system, as auditd writes them and as its plug-ins
 * forward them.
 *
 * Source: the audit project's "audit event fields" dictionary and auditd.conf(5) (RAW and ENRICHED
 * forms). Pure; sees untrusted bytes. */
#ifndef WARD_SENSE_LOG_AUDIT_H
#define WARD_SENSE_LOG_AUDIT_H

#include "event/event.h"

struct ward_audit_head {
	struct ward_str node, type;
	struct ward_str id; /* "1604996384.965:93777": time and serial number of the event */
	size_t rest;        /* where its fields begin in the line */
	bool single;        /* of a type that is an event alone */
	bool last;          /* no record of this event follows */
};

/* "[node=NAME ]type=TYPE msg=audit(TIME:SERIAL): …"; false for any other line. Borrows line. */
bool ward_audit_line(struct ward_str line, struct ward_audit_head *ret);

/* The records of one event, parted by LF, as fields: what is the same name in several records is a
 * list. Encoded text (hex) is decoded; SYSCALL is the call's name, as in enriched records. Sets
 * e->time. text is valid UTF-8, and is borrowed. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_audit_fields(
	struct ward_str text, struct ward_names *names, struct ward_event *e);

#endif
