/* Whether enough people agree that what is kept of an incident is handed out (docs/audit.md): by
 * the decisions that the ledger has. */
#ifndef WARD_CLI_EVIDENCE_TWO_H
#define WARD_CLI_EVIDENCE_TWO_H

#include "cli/audit.h"

struct ward_cli_agreed {
	unsigned people; /* who have to say it: 1 or 2 (`clips: {hand_out: …}` of hospital.yml) */
	char id[WARD_ID_TEXT]; /* of the incident */
	ward_ns since;         /* of what is said now */
};
/* How many have to. An exit code; what is wrong was said. */
int ward_cli_agreed_people(
	const struct ward_cmd *cmd, const char *hospital, const char *content, unsigned *ret);
/* Of an open ledger. As above: RUN when somebody else has to say it first, and that was said. */
int ward_cli_agreed(struct ward_cli_audit *a, const struct ward_cli_agreed *x);

#endif
