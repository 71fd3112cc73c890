/* Private to this room: what stands behind the PRI. */
#ifndef WARD_SENSE_LOG_SYSLOG_PART_H
#define WARD_SENSE_LOG_SYSLOG_PART_H

#include "sense/log/syslog.h"

/* From TIMESTAMP on. MALFORMED (m->odd says why, the rest of *m is garbage), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_syslog_5424(
	struct ward_str s, struct ward_arena *arena, struct ward_syslog *m);

/* From the time stamp on; false: neither time stamp nor PRI, so a plain line. */
bool ward_syslog_3164(
	struct ward_str s, ward_ns reference, int32_t utc_offset_s, struct ward_syslog *m);

/* A copy with U+FFFD for each byte that is no UTF-8. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_syslog_repair(
	struct ward_str text, struct ward_arena *arena, struct ward_str *ret);

#endif
