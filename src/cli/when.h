/* Times that people write. */
#ifndef WARD_CLI_WHEN_H
#define WARD_CLI_WHEN_H

#include "base/clock.h"

/* "09:00" (on the day of `now`), "2026-03-19" (its begin), "2026-03-19 09:00", all by the clock of
 * the zone in use (story/zone.h), or RFC 3339 with a zone. False when it is none. */
bool ward_cli_time(struct ward_str s, ward_ns now, ward_ns *ret);

#endif
