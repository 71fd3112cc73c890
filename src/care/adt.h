/* Who comes and goes, as counts: HL7 ADT messages as the network sensor tells of them.
 *
 * Event lines of class net.hl7.message, from `ward sense net` or the journal: type ADT, trigger and
 * points of care; no identity is in them (sense/net/proto/hl7). Not trusted. Single-threaded. */
#ifndef WARD_CARE_ADT_H
#define WARD_CARE_ADT_H

#include "care/care.h"

enum { WARD_CARE_MOVES_MAX = 1 << 20 };

struct ward_care_adt;

/* Borrows model and mem, copies lim. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_adt_new(const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_care_adt **ret);
void ward_care_adt_free(struct ward_care_adt *x);

/* Takes in one event line. Other events change nothing. Errors are those of ward_json_read_event,
 * and LIMIT over WARD_CARE_MOVES_MAX; then nothing changed. O(text). */
WARD_MUST_CHECK enum ward_err ward_care_adt_line(struct ward_care_adt *x, struct ward_str json);

/* The moves so far, those of an event that came again once; live until the next line. */
const struct ward_care_move *ward_care_adt_moves(struct ward_care_adt *x, size_t *ret_n);
/* The time of the last ADT message; -1: there was none. */
ward_ns ward_care_adt_last(const struct ward_care_adt *x);
/* Comings and goings at points of care that no service names; the first of these (empty: none). */
uint64_t ward_care_adt_elsewhere(const struct ward_care_adt *x, struct ward_str *ret_first);

#endif
