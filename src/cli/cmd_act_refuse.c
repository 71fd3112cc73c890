#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_REFUSE);
}

const struct ward_cmd ward_cmd_act_refuse = {
	.name = "act refuse",
	.summary = "an action is not done, or what was in doubt is settled",
	.help = "usage: ward act refuse --state DIR [--role ROLE] [--reason TEXT] ACTION\n\n"
		"No code is asked for: not to act is easy.\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
