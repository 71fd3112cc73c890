/* `ward standby status`, `ward standby switch`, `ward standby upgrade`, `ward standby force`. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/standby.h"
#include "standby/formats.h"
#include "standby/state.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static int parse(const struct ward_cmd *cmd, int argc, char **argv, const char **ret)
{
	const struct ward_cli_args args = {NULL, 0, ret, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	return code || *ret ? code : ward_cli_usage(cmd, "which state folder?");
}

/* Where it does not say what is asked, in words; else its one line of JSON. */
static int status(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL, *code = NULL, *content = NULL;
	bool words = false;
	const struct ward_cli_opt opt[] = {
		{"--text", NULL, &words}, {"--lang", &code, NULL}, {"--content", &content, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &state, NULL, NULL, NULL};
	char text[2048];
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (!rc && !state)
		rc = ward_cli_usage(cmd, "which state folder?");
	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text);
	if (rc)
		return rc;
	if (words)
		return ward_cli_standby_tell(cmd, text, code, content);
	return fputs(text, stdout) < 0 ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

static int hand_over(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL;
	char text[2048];
	int rc = parse(cmd, argc, argv, &state);

	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text);
	if (rc)
		return rc;
	if (!strstr(text, "\"role\":\"leads\""))
		return ward_cli_fail(cmd, "this machine does not lead; say it on the other");
	if (!strstr(text, "\"mode\":\"pair\""))
		return ward_cli_fail(cmd,
			"the other does not have all yet, or is not there; see `ward standby "
			"status %s`",
			state);
	return ward_cli_standby_signal(cmd, state, SIGUSR1);
}

static int upgrade(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_standby_state s;
	const char *state = NULL;
	char text[2048];
	uint32_t both;
	int rc = parse(cmd, argc, argv, &state);

	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text);
	if (!rc && ward_standby_state_read(ward_str_z(text), ward_mem_heap(), &s) != WARD_OK)
		rc = ward_cli_fail(cmd, "what it says of itself can't be read: is the program "
					"`standby` of another version?");
	if (rc)
		return rc;
	if (s.role != WARD_STANDBY_LEADS)
		return ward_cli_fail(cmd, "this machine does not lead; say it on the other");
	if (s.mode != WARD_STANDBY_PAIR)
		return ward_cli_fail(cmd,
			"the other does not have all yet, or is not there; see `ward standby "
			"status %s`",
			state);
	both = ward_standby_formats_both((uint32_t)s.formats_most, (uint32_t)s.peer_formats);
	if (both <= s.formats)
		return ward_cli_fail(cmd,
			"formats %u are written, and the two read up to %u (this machine) and %u "
			"(the other): install the newer Ward on both first (docs/standby.md)",
			(unsigned)s.formats, (unsigned)s.formats_most, (unsigned)s.peer_formats);
	return ward_cli_standby_signal(cmd, state, SIGRTMIN);
}

static int force(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL;
	bool lose = false;
	const struct ward_cli_opt opt[] = {{"--lose", NULL, &lose}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &state, NULL, NULL, NULL};
	char text[2048];
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (!rc && !state)
		rc = ward_cli_usage(cmd, "which state folder?");
	if (!rc && !lose)
		rc = ward_cli_usage(cmd, "the other went on alone: what it acknowledged then is on "
					 "its disk only. Mend it, "
					 "or see that it is off, and say --lose");
	if (!rc)
		rc = ward_cli_standby_state(cmd, state, text);
	if (rc)
		return rc;
	if (!strstr(text, "\"role\":\"follows\""))
		return ward_cli_fail(
			cmd, "this machine does not follow: see `ward standby status %s`", state);
	return ward_cli_standby_signal(cmd, state, SIGUSR2);
}

const struct ward_cmd ward_cmd_standby_status = {
	.name = "standby status",
	.summary = "who leads, and whether the other has all",
	.help = "usage: ward standby status [--text] [--lang CODE] [--content DIR] STATE\n\n"
		"STATE: the folder that `ward standby run` was given. One line of JSON: role,\n"
		"mode (pair: what is acknowledged is on both machines; alone: on this one only),\n"
		"epoch, next and confirmed record, lag in records, whether the other and the\n"
		"witness are there, how many records were set aside, and how often Ward ended\n"
		"here unasked since the start.\n\n"
		"  --text         in words, with what is to be done\n"
		"  --lang CODE    of these: en, fr, it, nl (default: $WARD_LANG, else English)\n"
		"  --content DIR  where the words are (default: beside the program)\n\n"
		"Exit: 0 done, 2 usage, 3 it does not run, or has said nothing for 10 s.\n",
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

const struct ward_cmd ward_cmd_standby_force = {
	.name = "standby force",
	.summary = "this machine leads, though the other went on alone",
	.help = "usage: ward standby force --lose STATE\n\n"
		"On the machine that follows, when the other led alone and does not come back:\n"
		"this one leads from now on. What the other acknowledged alone is on its disk\n"
		"only; when it comes back that is set aside there, not thrown away. Only when the\n"
		"other is off: until it hears of this it would go on acknowledging. The witness\n"
		"must be there; tried for 30 s.\n\n"
		"  --lose  yes, although records may be lost\n\n"
		"Exit: 0 asked for, 2 usage, 3 not possible now.\n",
	.run = force,
};

const struct ward_cmd ward_cmd_standby_upgrade = {
	.name = "standby upgrade",
	.summary = "what is kept is written in the latest formats that both machines read",
	.help = "usage: ward standby upgrade STATE\n\n"
		"The last step of an upgrade of two machines (docs/standby.md), on the one that\n"
		"leads, when its mode is pair and both have the newer Ward: Ward begins anew\n"
		"there, and writes the newer formats from then on. Until then the former version\n"
		"can be installed again on either; after it that is refused, with the reason.\n"
		"`ward standby status --text` says whether there is anything to be done.\n\n"
		"Exit: 0 asked for, 2 usage, 3 not possible now.\n",
	.run = upgrade,
};
