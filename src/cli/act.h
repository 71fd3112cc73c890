/* What the commands of `ward act` share: one decision, said at the desk. */
#ifndef WARD_CLI_ACT_H
#define WARD_CLI_ACT_H

#include "cli/cli.h"
#include "desk/decision.h"

/* "--state DIR [--role ROLE] [--reason TEXT] [--shown HASH] [--args JSON] SUBJECT". Of what needs a
 * proof the code is the first line of standard input. Prints what became of it. */
int ward_cli_act(const struct ward_cmd *cmd, int argc, char **argv, enum ward_decision_kind kind);

#endif
