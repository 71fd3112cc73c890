/* Private to this room: entries of systemd's journal, as `journalctl -o json` and `-o export` write
 * them.
 *
 * Source: systemd.journal-fields(7), systemd's "Journal Export Formats". Pure; sees untrusted
 * bytes.
 */
#ifndef WARD_SENSE_LOG_JOURNALD_H
#define WARD_SENSE_LOG_JOURNALD_H

#include "event/event.h"

/* Of an entry's fields: text that JSON wrote as a list of bytes becomes text, MESSAGE becomes
 * message, and host, app, procid, severity and facility are set from the journal's own. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_journald_fields(struct ward_names *names, struct ward_event *e);

/* One entry of the export format at the beginning of bytes, without its end (an empty line): OK,
 * and *ret_used bytes were read; MORE when it goes on beyond them; MALFORMED: pass over *ret_used
 * bytes. No fields came of it: OK with e->n_field 0. NOMEM. Borrows bytes; text is not yet
 * valid UTF-8: ward_journald_fields repairs it. max is the longest entry. */
WARD_MUST_CHECK enum ward_err ward_journald_entry(struct ward_slice bytes, bool end, size_t max,
	struct ward_names *names, struct ward_event *e, size_t *ret_used);

#endif
