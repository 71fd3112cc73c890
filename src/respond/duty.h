/* Who of the recipients is on duty (docs/telling.md). Pure. */
#ifndef WARD_RESPOND_DUTY_H
#define WARD_RESPOND_DUTY_H

#include "respond/oncall.h"
#include "respond/recipients.h"

/* A bit for each recipient. Who names no person always is; who names one is while oncall.csv gives
 * him one of the recipient's roles. Of a role that nobody on duty has, all that have it are, so
 * that somebody is told, unless a line says that nobody is meant to be: *ret_alone is such a role,
 * or WARD_NONE. O(recipients² + recipients * lines). */
uint32_t ward_duty(const struct ward_recipients *r, const struct ward_oncall *o,
	const struct ward_model *m, ward_ns t, uint32_t *ret_alone);
/* A warning for each recipient whose person has, by no line that is not over yet, any of the
 * recipient's roles: it is told only when nobody is on duty. `file` is that of the recipients.
 * O(recipients * lines). */
void ward_duty_never(const struct ward_recipients *r, const struct ward_oncall *o,
	const struct ward_model *m, ward_ns now, struct ward_str file, struct ward_diag *diag);

#endif
