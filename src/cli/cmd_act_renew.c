#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_RENEW);
}

const struct ward_cmd ward_cmd_act_renew = {
	.name = "act renew",
	.summary = "leave an action as it is for longer, by a one-time code",
	.help = "usage: ward act renew --state DIR [--role ROLE] [--reason TEXT] --shown HASH "
		"ACTION\n\n"
		"It stands as long again, from now on. The code of your authenticator is the first "
		"line of\n"
		"standard input.\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
