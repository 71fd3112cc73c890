#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_NO_PATIENT);
}

const struct ward_cmd ward_cmd_act_no_patient = {
	.name = "act no-patient",
	.summary = "no patient depends on it now: the ward says so, by a one-time code",
	.help = "usage: ward act no-patient --state DIR [--role ROLE] [--reason TEXT] --shown HASH "
		"ACTION\n\n"
		"For who answers for patients, within five minutes of the approval. The code of "
		"your\n"
		"authenticator is the first line of standard input.\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
