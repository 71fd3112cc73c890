/* Which playbooks answer an incident, and which are being done for it. */
#ifndef WARD_CLI_PLANS_H
#define WARD_CLI_PLANS_H

#include "cli/playbooks.h"
#include "respond/playbook/drive.h"
#include "run/rows.h"

struct ward_cli_plans {
	struct ward_cli_playbooks x;
	struct ward_playbooks all;
	struct ward_drive *drive;
	const char *state; /* to be named in commands; or NULL */
	enum ward_err err;
};

/* Of this hospital directory. An exit code, and it was said. Close it either way. */
int ward_cli_plans_open(struct ward_cli_plans *p, const struct ward_cmd *cmd, const char *dir,
	const char *lang_option);
void ward_cli_plans_row(struct ward_cli_plans *p, const struct ward_store_row *row);
/* Those that answer the incident (its row), the surest first, with the command that begins each;
 * and those that were begun for it. Nothing when there is none. */
void ward_cli_plans_put(
	struct ward_cli_plans *p, struct ward_str id, struct ward_str json, struct ward_wr *w);
void ward_cli_plans_close(struct ward_cli_plans *p);

#endif
