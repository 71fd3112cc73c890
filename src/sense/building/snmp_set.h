/* What reading by a plan does not need, and only who sets something of an agent is linked with: a
 * walk through a column of a table, and SetRequest (RFC 3416 4.2.5). By snmp.h's ward_snmp. */
#ifndef WARD_SENSE_BUILDING_SNMP_SET_H
#define WARD_SENSE_BUILDING_SNMP_SET_H

#include "sense/building/snmp.h"

enum { WARD_SNMP_ROWS = 65536 }; /* of a column that is walked */

struct ward_snmp_walk {
	struct ward_snmp_oid column;
	/* Each row, by its index of n numbers, one at least, in their order. False: it is enough.
	 */
	bool (*row)(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v);
	void *ctx;
};
/* DONE: to its end, or as far as `row` wanted. WRONG: an answer out of order, or the column has
 * more than WARD_SNMP_ROWS. Else as ward_snmp_read; of what is MISSED *ret_why is set where the
 * agent said why. */
enum ward_snmp_end ward_snmp_walk(
	struct ward_snmp *s, const struct ward_snmp_walk *w, const char **ret_why);

enum ward_snmp_type { WARD_SNMP_INTEGER, WARD_SNMP_UNSIGNED };
/* Sets one object. MISSED: it may be set. REFUSED: *ret_why is the name of the error (RFC 3416 3),
 * and lives forever. */
enum ward_snmp_end ward_snmp_set(struct ward_snmp *s, const struct ward_snmp_oid *what,
	enum ward_snmp_type type, uint32_t value, const char **ret_why);

#endif
