/* A detection for a person: what was found, when and where, and why. */
#ifndef WARD_CLI_SAID_H
#define WARD_CLI_SAID_H

#include "detect/detection.h"

/* "2026-11-23 14:05:07  high  title  at thing  by actor  (2 events)", and on a line of its own
 * `because selection: field = "value" (contains "x")`. What an outsider wrote is escaped. m may be
 * NULL: no nodes are named. */
void ward_cli_said(const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w);

#endif
