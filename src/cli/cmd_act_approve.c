#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_APPROVE);
}

const struct ward_cmd ward_cmd_act_approve = {
	.name = "act approve",
	.summary = "agree to an action that was shown, by a one-time code",
	.help = "usage: ward act approve --state DIR [--role ROLE] [--reason TEXT] --shown HASH "
		"ACTION\n\n"
		"Agrees to the action whose proposal had that hash. The code of your authenticator "
		"is the\n"
		"first line of standard input (docs/acting.md).\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
