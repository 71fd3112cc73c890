/* What an ONVIF device reports, a wsnt:NotificationMessage, as an event.
 *
 * Topic and items become fields (docs/onvif.md); what they mean is said elsewhere, as data. Who a
 * credential belongs to becomes `badge` and `user`, whose sink makes tokens of them; what shows a
 * person otherwise (faces, number plates) is left out, and counted. Pure. */
#ifndef WARD_SENSE_ONVIF_MESSAGE_H
#define WARD_SENSE_ONVIF_MESSAGE_H

#include "base/counter.h"
#include "event/event.h"
#include "xml/doc.h"

enum { WARD_ONVIF_ITEMS = 32, WARD_ONVIF_NAME = 64, WARD_ONVIF_VALUE = 1024 };

/* Whether a name has a word in it, in any case; word is in lower case. */
bool ward_onvif_has_word(struct ward_str name, const char *word);

struct ward_onvif_place {
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_str
		source; /* its id: doors, readers and a recorder's cameras are SOURCE/TOKEN */
	struct ward_str camera; /* by which name the model knows the device, if it is one */
	ward_ns ahead;          /* its clock, minus ours */
};

/* m is the NotificationMessage's element. The event lies in arena; its id is made of what the
 * message says, so that one that is delivered twice is one. MALFORMED (counted): no topic, or none
 * of its time; nothing else is garbage. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_onvif_message(const struct ward_onvif_place *place,
	const struct ward_xmldoc *x, uint32_t m, ward_ns now, struct ward_arena *arena,
	struct ward_event *ret);

#endif
