#include "cli/act.h"
#include "cli/commands.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	return ward_cli_act(cmd, argc, argv, WARD_DECISION_PROPOSE);
}

const struct ward_cmd ward_cmd_act_propose = {
	.name = "act propose",
	.summary = "show what an action would do, to care as well; nothing is done",
	.help = "usage: ward act propose --state DIR [--role ROLE] [--reason TEXT] --args JSON "
		"THING\n\n"
		"Proposes an action on THING, an id of the hospital, and prints what would be "
		"sent, what it\n"
		"does to care and its hash. JSON is {\"does\":\"isolate\"}, of which the narrowest "
		"way is\n"
		"taken, or {\"ability\":\"SYSTEM/ID\"} of actuators.yml (docs/acting.md).\n\n"
		"Exit: 0 done, 1 refused or nothing runs there (told), 2 usage.\n",
	.run = run,
};
