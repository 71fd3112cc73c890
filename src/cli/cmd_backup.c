#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/copied.h"
#include "cli/decide.h"
#include "cli/paths.h"
#include "cli/stored.h"

#include "backup/take.h"
#include "model/model.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	const char *hospital, *state, *out, *seal_for, *content, *after;
};

struct making {
	const struct ward_cmd *cmd;
	struct ward_cli_copied copied;
	struct ward_backup_had had; /* of an increment */
	struct ward_cli_added added;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->state, NULL}, {"--out", &a->out, NULL},
		{"--seal-for", &a->seal_for, NULL}, {"--content", &a->content, NULL},
		{"--after", &a->after, NULL}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt), &a->hospital, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	if (!a->hospital && !a->state)
		return ward_cli_usage(cmd, "which hospital directory, or --state DIR?");
	return a->out ? WARD_EXIT_DONE : ward_cli_usage(cmd, "into which file? --out FILE");
}

/* The hospital's id, by which the usual state folder is called. */
static int name_hospital(const struct args *a, struct making *m)
{
	const char *content = ward_cli_content(m->cmd, a->content);
	struct ward_model *model = NULL;
	struct ward_limits lim;
	struct ward_diag diag;
	enum ward_err err;

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_model_limits(a->hospital, ward_mem_heap(), &diag, &lim);
	if (!err)
		err = ward_model_load(a->hospital, content, &lim, ward_mem_heap(), &diag, &model);
	if (!err)
		(void)snprintf(m->copied.head.hospital, sizeof(m->copied.head.hospital), "%.*s",
			WARD_STR_ARG(ward_model_hospital(model)->id));
	ward_model_free(model);
	ward_diag_fini(&diag);
	return err ? ward_cli_fail(m->cmd,
			     "cannot load '%s': %s; 'ward check' says more. --state DIR backs up "
			     "what was kept without it",
			     a->hospital, ward_err_text(err))
		   : WARD_EXIT_DONE;
}

static void left_out(void *ctx, const char *path, const char *what)
{
	const struct making *m = ctx;

	(void)fprintf(stderr, "ward %s: left out: %s: %s\n", m->cmd->name, path, what);
}

static void put_hex(const char *what, const uint8_t sum[32])
{
	(void)printf("%s ", what);
	for (size_t i = 0; i < 32; i++)
		(void)printf("%02x", sum[i]);
	(void)putchar('\n');
}

static int tell(const struct making *m, const char *out, const struct ward_backup_made *made)
{
	(void)printf("%s: %llu files, %llu bytes, of %llu\n", out,
		(unsigned long long)made->sums.n_file, (unsigned long long)made->sums.written,
		(unsigned long long)made->sums.bytes);
	put_hex("sha256", made->sums.sha256);
	(void)printf("rows %llu\n", (unsigned long long)m->copied.head.rows);
	put_hex("root", m->copied.head.root.b);
	(void)printf("commit %llu\nsealed %llu\nleft out %llu\n", (unsigned long long)made->commit,
		(unsigned long long)made->n_sealed, (unsigned long long)made->n_left_out);
	if (m->had.mem) {
		put_hex("after", m->had.sha256);
		(void)printf("as before %llu\n", (unsigned long long)made->n_same);
	}
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* Written beside, so that what has the name is whole. */
static int write_out(struct making *m, const struct args *a, struct ward_backup_options *o)
{
	char aside[PATH_MAX], why[WARD_BACKUP_WHY];
	struct ward_backup_made made;
	int fd;
	bool ok;

	if (snprintf(aside, sizeof(aside), "%s.part", a->out) >= (int)sizeof(aside))
		return ward_cli_usage(m->cmd, "the file's name is too long");
	if (access(a->out, F_OK) == 0)
		return ward_cli_fail(m->cmd, "'%s' is there already: name another file", a->out);
	fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return ward_cli_fail(m->cmd, "cannot make '%s': %s", aside, strerror(errno));
	ok = ward_backup_take(o, &m->copied.head, fd, &made, why) == WARD_OK;
	if (ok && (fsync(fd) != 0 || link(aside, a->out) != 0)) { /* never over a file */
		(void)snprintf(why, sizeof(why), "%s: %s", a->out, strerror(errno));
		ok = false;
	}
	(void)close(fd);
	(void)unlink(aside);
	return ok ? tell(m, a->out, &made) : ward_cli_fail(m->cmd, "%s", why);
}

/* What it goes on from. */
static int read_had(struct making *m, const char *path)
{
	const char *is = m->copied.head.hospital, *was = m->had.head.hospital;
	char why[WARD_BACKUP_WHY];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return ward_cli_fail(m->cmd, "cannot read '%s': %s", path, strerror(errno));
	enum ward_err err = ward_backup_had_read(fd, ward_mem_heap(), &m->had, why);

	(void)close(fd);
	if (err)
		return ward_cli_fail(m->cmd, "'%s': %s", path, why);
	if (strcmp(is, "-") == 0) /* it was not named this time */
		(void)snprintf(m->copied.head.hospital, sizeof(m->copied.head.hospital), "%s", was);
	else if (strcmp(was, "-") != 0 && strcmp(is, was) != 0)
		return ward_cli_fail(m->cmd, "'%s' is of hospital %s, and this is %s: name its own",
			path, was, is);
	return WARD_EXIT_DONE;
}

/* The database first: what the journal is copied with later is not older. */
static int open_database(struct making *m, const struct args *a)
{
	struct ward_wr time = ward_wr_fixed(m->copied.head.time, sizeof(m->copied.head.time) - 1);

	ward_time_write(&time, ward_clock_now(ward_clock_system()));
	m->copied.head.time[time.len] = 0;
	return a->after ? ward_cli_added_open(&m->copied, m->had.head.rows, &m->added)
			: ward_cli_copied_open(&m->copied);
}

static int make(struct making *m, const struct args *a)
{
	uint8_t key[WARD_BACKUP_KEY];
	struct ward_backup_options o = {.state = m->copied.state,
		.hospital = a->hospital,
		.mem = ward_mem_heap(),
		.left_out = left_out,
		.ctx = m};
	int rc = WARD_EXIT_DONE;

	(void)snprintf(m->copied.head.version, sizeof(m->copied.head.version), "%s", WARD_VERSION);
	(void)snprintf(m->copied.head.hospital, sizeof(m->copied.head.hospital), "-");
	if (a->seal_for)
		rc = ward_cli_clip_key(m->cmd, a->seal_for, key);
	o.seal_for = a->seal_for ? key : NULL;
	if (!rc && a->hospital)
		rc = name_hospital(a, m);
	if (!rc && a->after)
		rc = read_had(m, a->after);
	if (!rc)
		rc = ward_cli_state(
			m->cmd, a->state, ward_str_z(m->copied.head.hospital), m->copied.state);
	if (!rc)
		rc = open_database(m, a);
	const struct ward_backup_since since = {
		&m->had, ward_wr_slice(&m->added.rows), ward_wr_slice(&m->added.gone)};

	o.store = m->copied.store;
	o.since = a->after ? &since : NULL;
	return rc ? rc : write_out(m, a, &o);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct making m = {.cmd = cmd, .copied = {.cmd = cmd, .lock = -1, .store = -1}};
	struct args a = {.hospital = NULL};
	int rc = parse(cmd, argc, argv, &a);

	if (!rc)
		rc = make(&m, &a);
	if (!rc && !a.after) /* it would fill the book */
		ward_cli_decide_drill(cmd, m.copied.state, "backup", a.out);
	ward_cli_copied_close(&m.copied);
	ward_cli_added_close(&m.added);
	ward_backup_had_fini(&m.had);
	return rc;
}

const struct ward_cmd ward_cmd_backup = {
	.name = "backup",
	.summary = "everything that was kept, and the hospital's directory, in one file",
	.help = "usage: ward backup HOSPITAL --out FILE [--state DIR] [--seal-for KEY.pub]\n"
		"                   [--after FILE]\n"
		"       ward backup --state DIR --out FILE [--seal-for KEY.pub] [--after FILE]\n\n"
		"Copies the state folder of 'ward run' while it runs, or when it is stopped: the\n"
		"database with its ledger, the journal as of one moment, clips, and what each\n"
		"process keeps; and the hospital's directory. FILE must not be there; it is a tar\n"
		"archive (zstd) whose MANIFEST has the SHA-256 of each file in it. 'ward restore'\n"
		"brings it back.\n\n"
		"Secrets are sealed for whoever has a secret key, else they are left out, and it "
		"is\n"
		"said which: the key of the pseudonyms, accounts, whatever of the state is not "
		"known\n"
		"to be none, and what of the hospital's directory not everybody may read. So FILE\n"
		"opens nothing by itself, and the machine that makes it has no key that opens it.\n"
		"It names patients and staff as little as the state does, and is to be kept as "
		"that.\n\n"
		"With --after it is an increment: what there is more than in a backup, or in the\n"
		"increment before, what changed, and what was erased or is gone since; small "
		"enough\n"
		"for each five minutes. It names the file that it goes on from by its SHA-256, "
		"and\n"
		"'ward restore' reads the backup with all that follow, also back to a moment\n"
		"(--until). ward.log is only in the backup.\n\n"
		"  --out FILE          readable by its owner alone\n"
		"  --state DIR         what 'ward run' keeps (default: as there)\n"
		"  --seal-for KEY.pub  of a pair that 'ward clip key' makes; keep the other "
		"elsewhere\n"
		"  --after FILE        a backup, or the last increment after it\n"
		"  --content DIR       threats and ontology (default: beside the program)\n\n"
		"Be root, or the user of 'ward run'. What it prints (the SHA-256 of FILE, rows "
		"and\n"
		"root of the ledger) shows, kept elsewhere, that nobody changed FILE since.\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not.\n",
	.run = run,
};
