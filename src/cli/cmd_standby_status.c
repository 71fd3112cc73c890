/* `ward standby status`, `ward standby switch`. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/standby.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int parse(const struct ward_cmd *cmd, int argc, char **argv, const char **ret)
{
	const struct ward_cli_args args = {NULL, 0, ret, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	return code || *ret ? code : ward_cli_usage(cmd, "which state folder?");
}

static int status(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL;
	char text[2048];
	pid_t guardian;
	int rc = parse(cmd, argc, argv, &state);

	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text, &guardian);
	if (rc)
		return rc;
	if (guardian <= 0 || (kill(guardian, 0) != 0 && errno == ESRCH))
		return ward_cli_fail(cmd, "`ward standby run` does not run here");
	return fputs(text, stdout) < 0 ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

static int hand_over(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL;
	char text[2048];
	pid_t guardian;
	int rc = parse(cmd, argc, argv, &state);

	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text, &guardian);
	if (rc)
		return rc;
	if (!strstr(text, "\"role\":\"leads\""))
		return ward_cli_fail(cmd, "this machine does not lead; say it on the other");
	if (!strstr(text, "\"mode\":\"pair\""))
		return ward_cli_fail(cmd,
			"the other does not have all yet, or is not there; see `ward standby "
			"status %s`",
			state);
	if (guardian <= 1 || kill(guardian, SIGUSR1) != 0)
		return ward_cli_fail(cmd, "`ward standby run` does not run here");
	return WARD_EXIT_DONE;
}

const struct ward_cmd ward_cmd_standby_status = {
	.name = "standby status",
	.summary = "who leads, and whether the other has all",
	.help = "usage: ward standby status STATE\n\n"
		"STATE: the folder that `ward standby run` was given. One line of JSON: role,\n"
		"mode (pair: what is acknowledged is on both machines; alone: on this one only),\n"
		"epoch, next and confirmed record, lag in records, whether the other and the\n"
		"witness are there, and how many records were set aside.\n\n"
		"Exit: 0 done, 2 usage, 3 it does not run.\n",
	.run = status,
};

const struct ward_cmd ward_cmd_standby_switch = {
	.name = "standby switch",
	.summary = "the other machine leads from now on",
	.help = "usage: ward standby switch STATE\n\n"
		"On the machine that leads, and whose mode is pair: Ward ends here, what it wrote\n"
		"last goes over, and the other begins. For upgrades and drills. Sensors wait, and\n"
		"say again what was not acknowledged. `ward standby status` shows what came of "
		"it.\n\n"
		"Exit: 0 asked for, 2 usage, 3 not possible now.\n",
	.run = hand_over,
};
