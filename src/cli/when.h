/* Times that people write. */
#ifndef WARD_CLI_WHEN_H
#define WARD_CLI_WHEN_H

#include "base/clock.h"
#include "cli/cli.h"

/* "09:00" (on the day of `now`), "2026-03-19" (its begin), "2026-03-19 09:00", all by the clock of
 * the zone in use (story/zone.h), or RFC 3339 with a zone. False when it is none. */
bool ward_cli_time(struct ward_str s, ward_ns now, ward_ns *ret);
/* The value of --since: such a time, or how long ago: "7d". An exit code; it was said. */
int ward_cli_since(const struct ward_cmd *cmd, const char *text, ward_ns now, ward_ns *ret);

#endif
