/* `ward person rotate`, `reveal` and `keys`: pseudonyms and who stands behind one
 * (docs/privacy.md).
 */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "comply/purposes_kept.h"
#include "comply/reveal.h"
#include "model/model.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400, ARGS_BYTES = 128, WORDS = 16 };

/* ---- rotate ---- */
static int run_rotate(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_ROTATE_KEYS};
	int rc = ward_cli_decide_args(&x, argc, argv);

	if (!rc && x.dir)
		rc = ward_cli_usage(cmd, "'%s' is one word too many", x.subject);
	if (!rc && !x.text)
		rc = ward_cli_usage(cmd, "say why, by --why");
	if (rc)
		return rc;
	x.dir = x.state_option ? NULL : x.subject;
	x.subject = "pseudonyms";
	return ward_cli_decide(&x);
}

/* ---- reveal ---- */
static int run_reveal(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_REVEAL};
	const char *token = NULL, *rest[WORDS];
	char args[ARGS_BYTES];
	bool alone = false;
	size_t n = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--emergency") == 0)
			alone = true;
		else if (strcmp(argv[i], "--token") == 0 && i + 1 < argc)
			token = argv[++i];
		else if (n < WORDS)
			rest[n++] = argv[i];
		else
			return ward_cli_usage(cmd, "that is too much");
	}
	int rc = ward_cli_decide_args(&x, (int)n, (char **)(uintptr_t)rest);

	if (!rc && (!token || !ward_reveal_token(ward_str_z(token)).len))
		rc = ward_cli_usage(cmd, "give the whole pseudonym, by --token: p- and sixteen "
					 "letters and digits");
	if (!rc && !x.text)
		rc = ward_cli_usage(cmd, "say why, by --why");
	if (rc)
		return rc;
	(void)snprintf(args, sizeof(args), "{\"token\":\"%.*s\"%s}",
		WARD_STR_ARG(ward_reveal_token(ward_str_z(token))),
		alone ? ",\"emergency\":\"yes\"" : "");
	x.args = args;
	return ward_cli_decide(&x);
}

/* ---- keys ---- */
static void day_text(time_t t, char ret[16])
{
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(ret, 16, "%Y-%m-%d", &tm))
		(void)snprintf(ret, 16, "?");
}

/* One file of the folder, on a line. */
static void one_key(const struct ward_limits *lim, struct ward_str name, const struct stat *st)
{
	const int64_t rotate = (int64_t)ward_limit(lim, WARD_LIMIT_PSEUDONYM_ROTATE_DAYS),
		      keep = (int64_t)ward_limit(lim, WARD_LIMIT_PSEUDONYM_KEEP_DAYS);
	struct ward_str rest = ward_str_sub(name, 4, SIZE_MAX);
	char a[16], b[16];
	uint64_t day;

	if (ward_str_eqz(name, "key")) {
		day_text(st->st_mtime, a);
		day_text(st->st_mtime + (time_t)rotate * DAY_S, b);
		printf("in use    since %s, a new one is due %s%s\n", a, b,
			st->st_size > WARD_PSEUDONYM_KEY ? ": decided, at once" : "");
	} else if (ward_str_starts(name, WARD_STR("key.")) &&
		   ward_str_u64(ward_str_cut(&rest, '.'), &day) && day < INT32_MAX) {
		day_text((time_t)day * DAY_S, a);
		day_text((time_t)(day + (uint64_t)keep + 1) * DAY_S, b);
		printf("put aside %s, still names people; destroyed %s\n", a, b);
	}
}

/* Those with pseudonyms of their own, also those that are none any more. */
static int tell_purposes(
	const struct ward_cmd *cmd, const struct ward_limits *lim, const char *path)
{
	const uint64_t keep = ward_limit(lim, WARD_LIMIT_PSEUDONYM_KEEP_DAYS);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_PURPOSES_FILE_BYTES);
	int rc = ward_cli_clip_read(cmd, path, WARD_PURPOSES_FILE_BYTES, &w);
	struct ward_purposes_kept k;
	char a[16], b[16];

	(void)ward_purposes_kept_read(ward_wr_text(&w), &k);
	for (size_t i = 0; i < k.n && !rc; i++) {
		day_text((time_t)k.of[i].day * DAY_S, a);
		day_text((time_t)(k.of[i].day + keep + 1) * DAY_S, b);
		printf("purpose   '%s': used until %s at least, still names people until %s\n",
			k.of[i].name, a, b);
	}
	ward_wr_fini(&w);
	return rc;
}

/* As the hospital has them. */
static int own_limits(const struct ward_cmd *cmd, const char *dir, struct ward_limits *lim)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_model_limits(dir, ward_mem_heap(), &diag, lim);

	ward_diag_fini(&diag);
	return err ? ward_cli_fail(cmd,
			     "cannot read limits.yml of '%s': %s; 'ward check' says more", dir,
			     ward_err_text(err))
		   : WARD_EXIT_DONE;
}

static int run_keys(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *option = NULL, *dir = NULL;
	char state[PATH_MAX], path[PATH_MAX + 300];
	struct dirent **e = NULL;
	struct ward_limits lim;
	struct stat st;
	int rc;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc)
			option = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else
			dir = argv[i];
	}
	if (!option && !dir)
		return ward_cli_usage(cmd, "give the hospital directory, or --state DIR");
	rc = ward_cli_decide_state(cmd, dir, option, state);
	if (rc)
		return rc;
	ward_limits_default(&lim);
	rc = dir ? own_limits(cmd, dir, &lim) : WARD_EXIT_DONE;
	if (rc)
		return rc;
	(void)snprintf(path, sizeof(path), "%s/pseudonym", state);
	int n = scandir(path, &e, NULL, alphasort);

	if (n < 0)
		return ward_cli_fail(cmd, "cannot read '%s': %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/pseudonym/%s", state, e[i]->d_name);

		if (len > 0 && (size_t)len < sizeof(path) && stat(path, &st) == 0)
			one_key(&lim, ward_str_z(e[i]->d_name), &st);
		free(e[i]);
	}
	free(e);
	(void)snprintf(path, sizeof(path), "%s/pseudonym/" WARD_PURPOSES_FILE, state);
	return access(path, F_OK) == 0 ? tell_purposes(cmd, &lim, path) : WARD_EXIT_DONE;
}

const struct ward_cmd ward_cmd_person_rotate = {
	.name = "person rotate",
	.summary = "has everybody stand under another pseudonym from now on",
	.help = "usage: ward person rotate --why TEXT [--role ROLE] [--state DIR] HOSPITAL\n\n"
		"A decision, on the ledger, of who may decide about processing. A new key makes "
		"the\npseudonyms at once, in every sensor within an hour: somebody is then "
		"somebody "
		"new to\nrules and to what is usual of people. The old key still names whom the "
		"hospital lists,\nuntil it is destroyed (pseudonym.keep_days).\n\n"
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 could not.\n",
	.run = run_rotate,
};
const struct ward_cmd ward_cmd_person_reveal = {
	.name = "person reveal",
	.summary = "asks whom a pseudonym in an incident stands for",
	.help = "usage: ward person reveal --token TOKEN --why TEXT [--emergency] [--role ROLE]\n"
		"                          [--state DIR] HOSPITAL INCIDENT\n\n"
		"A decision, on the ledger before it is answered. Somebody else has to ask for the "
		"same\nwithin half an hour; then both are told. With --emergency one alone is "
		"told, "
		"of an\nopen incident that is high or critical, and of who stands in its signs; "
		"whoever answers\nfor data protection reviews that within three working days.\n\n"
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 could not.\n",
	.run = run_reveal,
};
const struct ward_cmd ward_cmd_person_keys = {
	.name = "person keys",
	.summary = "lists the keys of pseudonyms and their purposes: since when, until when",
	.help = "usage: ward person keys [--state DIR] HOSPITAL\n\n"
		"As the user of Ward, who alone may look there. Says nothing of the keys "
		"themselves.\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not.\n",
	.run = run_keys,
};
