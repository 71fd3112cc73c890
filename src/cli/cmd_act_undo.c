#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_UNDO);
}

const struct ward_cmd ward_cmd_act_undo = {
	.name = "act undo",
	.summary = "take an action back, by a one-time code",
	.help = "usage: ward act undo --state DIR [--role ROLE] [--reason TEXT] --shown HASH "
		"ACTION\n\n"
		"The code of your authenticator is the first line of standard input.\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
