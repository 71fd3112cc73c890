#include "cli/args.h"
#include "cli/bundle.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "update/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_MAX = 16 << 20, SHOWN = 40 };

static int put(struct ward_wr *w)
{
	int rc = ward_cli_put(w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	ward_wr_fini(w);
	return rc;
}

/* The folder is the caller's, and nobody else's to write: who can write there says what Ward runs.
 */
static int folder_ok(struct ward_cli_bundle *x)
{
	struct stat st;

	if (!x->to)
		return ward_cli_usage(x->cmd, "which folder? --to DIR");
	if (stat(x->to, &st) != 0)
		return ward_cli_fail(x->cmd, "'%s': %s", x->to, strerror(errno));
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return WARD_EXIT_DONE;
	return ward_cli_fail(x->cmd,
		"'%s' is no folder that is yours, and nobody else's to write: chown, chmod go-w",
		x->to);
}

/* This program with other words; its output goes to standard error. Its exit code. */
static int self(struct ward_cli_bundle *x, const char *const *argv)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		(void)execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
		_exit(WARD_EXIT_RUN);
	}
	if (pid < 0)
		return ward_cli_fail(x->cmd, "cannot start: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : WARD_EXIT_RUN;
}

/* What the hospital makes of the bundle's content, before anything gets a name. */
static int trial(struct ward_cli_bundle *x, const char *aside)
{
	char content[PATH_MAX];

	if (!ward_update_find(&x->u, WARD_STR("content/threats.yml")))
		return ward_cli_bundle_report(x,
			ward_update_bad(&x->in,
				WARD_TEXT(
					"it has no whole content/, so it can't be tried\nask for a "
					"bundle with all of content/, or leave --hospital out")),
			x->file);
	if (snprintf(content, sizeof(content), "%s/content", aside) >= (int)sizeof(content))
		return ward_cli_usage(x->cmd, "--to: the folder's name is too long");
	const char *const check[] = {"ward", "check", "--content", content, x->hospital, NULL};
	const char *const rules[] = {
		"ward", "rules", "check", "--content", content, "--hospital", x->hospital, NULL};
	const char *const replay[] = {
		"ward", "replay", "--content", content, x->hospital, x->replay, NULL};
	int rc = self(x, check);

	if (!rc)
		rc = self(x, rules);
	if (!rc && x->replay)
		rc = self(x, replay);
	return rc ? ward_cli_bundle_report(x,
			    ward_update_bad(&x->in,
				    WARD_TEXT("the hospital's directory can't go with it, as was "
					      "said\n"
					      "mend the directory, or ask the bundle's maker")),
			    x->file)
		  : WARD_EXIT_DONE;
}

static void line(struct ward_wr *w, char sign, struct ward_str path, size_t *n)
{
	if (++*n <= SHOWN)
		ward_wr_printf(w, "%c %.*s\n", sign, WARD_STR_ARG(path));
}

/* What is other than in what runs: added, changed, removed. */
static int changes(struct ward_cli_bundle *x, const struct ward_update *runs)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	const struct ward_update was = *runs;
	char count[24];
	size_t n = 0;

	for (size_t i = 0; i < x->u.n_member; i++) {
		const struct ward_update_member *m = &x->u.member[i];
		const struct ward_update_member *o = ward_update_find(&was, m->path);

		if (!o || memcmp(o->sha256, m->sha256, sizeof(m->sha256)) != 0)
			line(&w, o ? '~' : '+', m->path, &n);
	}
	for (size_t i = 0; i < was.n_member; i++)
		if (!ward_update_find(&x->u, was.member[i].path))
			line(&w, '-', was.member[i].path, &n);
	(void)snprintf(count, sizeof(count), "%zu", n);
	WARD_SAY(&w, x->lang,
		WARD_TEXT("version {version} is unpacked: files that differ from what runs: {n}"),
		{"version", x->u.version}, {"n", ward_str_z(count)});
	ward_wr_ch(&w, '\n');
	return put(&w);
}

static int stage(struct ward_cli_bundle *x)
{
	struct ward_update_unpack unpack;
	struct ward_update_take take = ward_update_unpack(&unpack, &x->in, x->to);
	struct ward_update was = {.n_member = 0};
	enum ward_err err = x->runs[0] ? ward_update_kept(&x->in, x->to, x->runs, &was) : WARD_OK;
	int rc = err ? ward_cli_bundle_report(x, err, x->to) : ward_cli_bundle_read(x, &take);

	if (!rc && x->hospital)
		rc = trial(x, unpack.place.aside);
	if (!rc) {
		err = ward_update_unpacked(&unpack);
		rc = err ? ward_cli_bundle_report(x, err, x->to) : changes(x, &was);
	}
	ward_update_unpack_undo(&unpack);
	return rc;
}

static int run_stage(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_bundle x = {.cmd = cmd, .stages = true};
	int rc = ward_cli_bundle_args(&x, argc, argv);

	if (!rc && x.replay && !x.hospital)
		rc = ward_cli_usage(cmd, "--replay: at which hospital? --hospital DIR");
	if (!rc)
		rc = folder_ok(&x);
	if (rc)
		return rc;
	rc = ward_cli_bundle_open(&x, true);
	if (!rc)
		rc = stage(&x);
	ward_cli_bundle_fini(&x);
	return rc;
}

/* ---- activate, back ---- */

struct switching {
	struct ward_cli_bundle x;
	struct ward_cli_decide say; /* who and why, on the ledger of that state */
	bool unrecorded;
};

/* Before anything is other: by whom, why, from which to which. */
static int record(struct switching *s, const char *did, const char *version)
{
	char args[256], hex[2 * sizeof(s->x.digest) + 1];

	if (s->unrecorded) {
		(void)fprintf(stderr,
			"ward %s: this is NOT on the ledger; note who did it and why, and say it "
			"once Ward runs: ward decide note, or the watch's log\n",
			s->x.cmd->name);
		return WARD_EXIT_DONE;
	}
	(void)sodium_bin2hex(hex, sizeof(hex), s->x.digest, sizeof(s->x.digest));
	(void)snprintf(args, sizeof(args), "{\"did\":\"%s\"%s%s%s,\"digest\":\"%s\"}", did,
		s->x.runs[0] ? ",\"from\":\"" : "", s->x.runs, s->x.runs[0] ? "\"" : "", hex);
	s->say.kind = WARD_DECISION_UPDATE;
	s->say.cmd = s->x.cmd;
	s->say.subject = version;
	s->say.args = args;
	return ward_cli_decide(&s->say);
}

/* A version that is there, as its manifest says, and as a trusted key signed it where one is
 * known. */
static enum ward_err prove(struct ward_cli_bundle *x, const char *version)
{
	char folder[PATH_MAX];

	if (snprintf(folder, sizeof(folder), "%s/%s", x->to, version) >= (int)sizeof(folder))
		return WARD_ERR_LIMIT;
	return ward_update_prove(&x->in, x->keys.n ? &x->keys : NULL, folder, &x->u, x->digest);
}

static int switch_to(struct switching *s, const char *did, const char *version)
{
	struct ward_cli_bundle *x = &s->x;
	int rc = record(s, did, version);

	if (rc)
		return rc;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	enum ward_err err = ward_update_activate(&x->in, x->to, version);

	if (err)
		return ward_cli_bundle_report(x, err, x->to);
	WARD_SAY(&w, x->lang,
		WARD_TEXT(
			"version {version} is what runs from now on: a Ward with --content "
			"{dir}/current/content takes changed rules at SIGHUP, all else when it is "
			"started anew"),
		{"version", ward_str_z(version)}, {"dir", ward_str_z(x->to)});
	ward_wr_ch(&w, '\n');
	return put(&w);
}

static int activate(struct switching *s)
{
	struct ward_cli_bundle *x = &s->x;
	const struct ward_update_runs runs = ward_cli_bundle_runs(x);
	enum ward_err err = prove(x, x->file);

	if (!err && !ward_str_eqz(x->u.version, x->file))
		err = ward_update_bad(&x->in,
			WARD_TEXT("'%s' holds another version\nremove the folder, and unpack the "
				  "bundle "
				  "once more"),
			x->file);
	if (!err && !ward_update_find(&x->u, WARD_STR("content/threats.yml")))
		err = ward_update_bad(&x->in,
			WARD_TEXT(
				"it has no whole content/, so nothing can run with it\ninstall its "
				"packages and lists by hand"));
	if (!err)
		err = ward_update_may_follow(&x->in, &x->u, &runs);
	return err ? ward_cli_bundle_report(x, err, x->to) : switch_to(s, "activate", x->file);
}

static int back(struct switching *s)
{
	struct ward_cli_bundle *x = &s->x;
	char former[WARD_UPDATE_VERSION];
	enum ward_err err = ward_update_link(&x->in, x->to, WARD_UPDATE_FORMER, former);

	if (!err && (!former[0] || strcmp(former, x->runs) == 0))
		err = ward_update_bad(&x->in,
			WARD_TEXT("nothing ran here before\nactivate a version by its name"));
	if (!err)
		err = prove(x, former);
	return err ? ward_cli_bundle_report(x, err, x->to) : switch_to(s, "back", former);
}

static int in_folder(struct switching *s, int (*act)(struct switching *s))
{
	int rc = s->unrecorded || (s->say.state_option && s->say.text)
			 ? folder_ok(&s->x)
			 : ward_cli_usage(s->x.cmd,
				   "who changes what runs is on the ledger: give --state DIR of "
				   "that Ward and --why TEXT, or, where it does not run, "
				   "--unrecorded");

	if (rc)
		return rc;
	rc = ward_cli_bundle_open(&s->x, false);
	if (!rc)
		rc = ward_cli_bundle_keys(&s->x);
	if (!rc)
		rc = act(s);
	ward_cli_bundle_fini(&s->x);
	return rc;
}

static int parse(struct switching *s, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--to", &s->x.to, NULL}, {"--allow", &s->x.allow, NULL},
		{"--keys", &s->x.keys_file, NULL}, {"--state", &s->say.state_option, NULL},
		{"--why", &s->say.text, NULL}, {"--role", &s->say.role, NULL},
		{"--unrecorded", NULL, &s->unrecorded}, {"--content", &s->x.content, NULL},
		{"--lang", &s->x.code, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &s->x.file, NULL, NULL, NULL};

	return ward_cli_args(s->x.cmd, argc, argv, &args);
}

static int run_activate(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct switching s = {.x = {.cmd = cmd}};
	int rc = parse(&s, argc, argv);

	if (!rc && (!s.x.file || !ward_update_version_ok(ward_str_z(s.x.file))))
		rc = ward_cli_usage(cmd, "which version, as in 2026.48.1?");
	return rc ? rc : in_folder(&s, activate);
}

static int run_back(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct switching s = {.x = {.cmd = cmd}};
	int rc = parse(&s, argc, argv);

	if (!rc && s.x.file)
		rc = ward_cli_usage(
			cmd, "'%s' is too much: it is the former one that comes", s.x.file);
	return rc ? rc : in_folder(&s, back);
}

#define LANG                                                                      \
	"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else English)\n" \
	"  --content DIR    instead of the content that belongs to this program\n\n"
#define FOLDER "  --to DIR         where bundles are unpacked; yours, and nobody else's to write\n"

#define RECORD                                                                               \
	"  --state DIR      of the Ward that runs: who did it, why, from which version to\n" \
	"                   which is a decision on its ledger first (right: configure)\n"    \
	"  --why TEXT       the reason; --role ROLE in which role, if you have several\n"    \
	"  --unrecorded     instead: where Ward does not run, or can't\n"

const struct ward_cmd ward_cmd_bundle_stage = {
	.name = "bundle stage",
	.summary = "unpack a bundle of updates beside what runs, once it is proven and tried",
	.help = "usage: ward bundle stage FILE --to DIR [--hospital DIR] [--replay FILE] "
		"[OPTION…]\n\n"
		"Verifies as 'ward bundle verify', unpacks into DIR/VERSION, and says what is "
		"other\n"
		"than in what runs. The folder gets its name only when all is proven and the "
		"trial\n"
		"went well; else nothing is left. What runs is not touched.\n\n" FOLDER
		"  --hospital DIR   'ward check' and 'ward rules check' of this directory with "
		"the\n"
		"                   bundle's content; their output goes to standard error\n"
		"  --replay FILE    and a recording replayed with it\n"
		"  --keys FILE      public keys that the hospital trusts, beside those of the\n"
		"                   installation (share/ward/bundle.keys)\n"
		"  --allow VERSION  that it is this one, older or not in its turn, is meant\n" LANG
		"Exit: 0 done, 1 the bundle, or the trial, is refused, 2 wrong usage, 3 could "
		"not.\n",
	.run = run_stage,
};

const struct ward_cmd ward_cmd_bundle_activate = {
	.name = "bundle activate",
	.summary = "make a version that was unpacked the one that runs",
	.help = "usage: ward bundle activate VERSION --to DIR --state DIR --why TEXT [OPTION…]\n\n"
		"Makes DIR/current a link to DIR/VERSION, and DIR/former one to what ran. Start "
		"Ward\n"
		"with --content DIR/current/content: it takes changed rules at SIGHUP, all else "
		"when\n"
		"it is started anew. The folder is proven once more: each file against its\n"
		"manifest, and that against the keys that are known.\n\n" FOLDER RECORD
		"  --keys FILE      public keys, as of 'ward bundle verify'\n"
		"  --allow VERSION  that it is this one, older or not in its turn, is meant\n" LANG
		"Exit: 0 done, 1 it may not run after what runs, 2 wrong usage, 3 could not.\n",
	.run = run_activate,
};

const struct ward_cmd ward_cmd_bundle_back = {
	.name = "bundle back",
	.summary = "make the former version the one that runs again",
	.help = "usage: ward bundle back --to DIR --state DIR --why TEXT [OPTION…]\n\n"
		"The links current and former change places. Then as after 'ward bundle "
		"activate'.\n\n" FOLDER RECORD LANG
		"Exit: 0 done, 1 nothing ran before, 2 wrong usage, 3 could not.\n",
	.run = run_back,
};
