#include "cli/commands.h"
#include "cli/decide.h"
#include "desk/event.h"

#define OPTIONS                                                                              \
	"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n"            \
	"  --role ROLE   the role in which you say it, of those in people.yml; without\n"    \
	"                it the first\n"                                                     \
	"  --why TEXT    what you saw, in your words\n\n"                                    \
	"PLACE is the id of a room, zone, floor, building, door or asset of the hospital.\n" \
	"Exit: 0 recorded, 1 refused (told why), 2 usage, 3 could not run.\n"

/* Takes --kind out of the words; NULL: there is none. */
static const char *take_kind(int *argc, char **argv)
{
	const char *kind = NULL;
	int n = 0;

	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], "--kind") == 0 && i + 1 < *argc)
			kind = argv[++i];
		else
			argv[n++] = argv[i];
	}
	*argc = n;
	return kind;
}

static int run_report(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *kind = take_kind(&argc, argv);
	enum ward_report_kind k = ward_report_parse(ward_str_z(kind ? kind : "other"));
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_REPORT};
	char args[64];

	if (k == WARD_REPORT_N)
		return ward_cli_usage(cmd,
			"'%s' is nothing to report; --kind is fire, violence, bomb, person, device "
			"or other",
			kind);
	(void)snprintf(args, sizeof(args), "{\"report\":\"%s\"}", ward_report_name(k));
	x.args = args;
	int rc = ward_cli_decide_args(&x, argc, argv);

	return rc ? rc : ward_cli_decide(&x);
}

static int run_panic(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_PANIC};
	int rc = ward_cli_decide_args(&x, argc, argv);

	return rc ? rc : ward_cli_decide(&x);
}

static int run_all_clear(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_ALL_CLEAR};
	int rc = ward_cli_decide_args(&x, argc, argv);

	return rc ? rc : ward_cli_decide(&x);
}

const struct ward_cmd ward_cmd_observe_report = {
	.name = "observe report",
	.summary = "tell Ward what you saw at a place",
	.help = "usage: ward observe report [--kind KIND] [--state DIR] [--role ROLE]\n"
		"                           [--why TEXT] HOSPITAL PLACE\n\n"
		"What somebody saw becomes an event like those of sensors: of fire, violence and "
		"a\n"
		"bomb an incident at once, of a suspicious person a sign that others may join.\n\n"
		"  --kind KIND   fire, violence, bomb, person, device or other (the usual "
		"one)\n" OPTIONS,
	.run = run_report,
};

const struct ward_cmd ward_cmd_observe_panic = {
	.name = "observe panic",
	.summary = "somebody needs help at a place at once",
	.help = "usage: ward observe panic [--state DIR] [--role ROLE] [--why TEXT]\n"
		"                          HOSPITAL PLACE\n\n"
		"Makes an incident at once, of which whoever must know is told. This is no\n"
		"lone-worker device, and none is replaced by it: 'recorded' says that Ward has "
		"it,\n"
		"not that anybody has read it.\n\n" OPTIONS,
	.run = run_panic,
};

const struct ward_cmd ward_cmd_observe_all_clear = {
	.name = "observe all-clear",
	.summary = "say that there is no danger at a place any more",
	.help = "usage: ward observe all-clear [--state DIR] [--role ROLE] [--why TEXT]\n"
		"                              HOSPITAL PLACE\n\n"
		"Stands on record; it ends no incident: 'ward incident close' does.\n\n" OPTIONS,
	.run = run_all_clear,
};
