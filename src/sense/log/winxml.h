/* Private to this room: events of Windows as XML, as forwarders send them.
 *
 * One pass over untrusted text, no recursion: elements at most WARD_WINXML_DEPTH deep, no document
 * type, no entities but XML's own five and characters by number. Names become those of evtx_dump's
 * JSON ("Event.System.Provider.#attributes.Name"), which ward_shape_lift takes the wrapping off. */
#ifndef WARD_SENSE_LOG_WINXML_H
#define WARD_SENSE_LOG_WINXML_H

#include "event/event.h"

enum { WARD_WINXML_DEPTH = 16, WARD_WINXML_NAME = 1024 };

/* Does the text begin and end as an event does? A cheap first look. */
bool ward_winxml_is(struct ward_str s);
/* Adds the event's values to e; of what was rendered for people the message only. text is borrowed
 * where nothing had to be decoded. MALFORMED, and LIMIT for what is deeper, longer or more than an
 * event holds: *ret_off is where, *ret_what a few words that live forever, and e is to be thrown
 * away. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_winxml_read(struct ward_str text, struct ward_names *names,
	struct ward_event *e, size_t *ret_off, const char **ret_what);

#endif
