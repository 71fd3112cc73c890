/* The form of the database, from one version of Ward to the next and back: docs/upgrade.md. */
#include "cli/commands.h"
#include "cli/stored.h"
#include "cli/versions.h"
#include "standby/formats.h"
#include "store/migrate.h"
#include "store/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = PATH_MAX + 64 };

struct args {
	const char *dir, *state_option, *to;
	bool dry;
};

struct place {
	const struct ward_cmd *cmd;
	char state[PATH_MAX];
	char folder[PATH_BYTES], path[PATH_BYTES + 16]; /* of the database */
	int lock;                                       /* -1: not asked for */
	uint32_t formats; /* that the Ward writes which runs here (base/formats.h) */
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, const char *flag, bool valued,
	struct args *a)
{
	for (int i = 1; i < argc; i++) {
		bool is_flag = flag && strcmp(argv[i], flag) == 0;
		bool is_state = strcmp(argv[i], "--state") == 0;

		if ((is_state || (is_flag && valued)) && i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		if (is_state)
			a->state_option = argv[++i];
		else if (is_flag && valued)
			a->to = argv[++i];
		else if (is_flag)
			a->dry = true;
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (a->dir)
			return ward_cli_usage(cmd, "one hospital directory only");
		else
			a->dir = argv[i];
	}
	return a->dir ? WARD_EXIT_DONE : ward_cli_usage(cmd, "which hospital directory?");
}

/* The folder belongs to the store's process, which may have been taken over: what is done in there
 * is done with its rights, not with root's, and its files stay its own. */
static bool become_owner(const char *folder)
{
	struct stat st;

	if (geteuid() != 0 || stat(folder, &st) != 0 || st.st_uid == 0)
		return true;
	return setgroups(0, NULL) == 0 && setresgid(st.st_gid, st.st_gid, st.st_gid) == 0 &&
	       setresuid(st.st_uid, st.st_uid, st.st_uid) == 0;
}

/* Ward is stopped, and stays so as long as we have its lock. */
static int take_lock(struct place *p)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/lock", p->state);
	p->lock = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (p->lock < 0 && errno == ENOENT)
		return WARD_EXIT_DONE; /* brought back, and not run since */
	if (p->lock < 0)
		return ward_cli_fail(p->cmd,
			"cannot open '%s': %s; be root, or the user of 'ward "
			"run'",
			path, strerror(errno));
	if (flock(p->lock, LOCK_EX | LOCK_NB) != 0)
		return ward_cli_fail(
			p->cmd, "Ward runs in '%s'; stop it before, start it after", p->state);
	return WARD_EXIT_DONE;
}

/* Of one of two machines it is not brought further than the other can read. */
static int find_formats(struct place *p)
{
	enum ward_err err = ward_standby_formats_here(p->state, &p->formats);

	if (err == WARD_ERR_VERSION)
		return ward_cli_fail(p->cmd,
			"what this machine keeps is in formats that this Ward can't read: install "
			"the one again that ran here (docs/formats.md)");
	return err ? ward_cli_fail(p->cmd, "'%s/standby': %s", p->state, ward_err_text(err))
		   : WARD_EXIT_DONE;
}

static int find(const struct ward_cmd *cmd, const struct args *a, bool stopped, struct place *p)
{
	int rc = ward_cli_versions_state(cmd, a->dir, a->state_option, p->state);

	p->cmd = cmd;
	p->lock = -1;
	if (rc)
		return rc;
	(void)snprintf(p->folder, sizeof(p->folder), "%s/store", p->state);
	(void)snprintf(p->path, sizeof(p->path), "%s/ward.db", p->folder);
	if (access(p->folder, F_OK) != 0)
		return ward_cli_fail(cmd,
			"nothing is kept in '%s' yet: `ward run` makes it; --state names another "
			"folder",
			p->state);
	(void)umask(077);
	rc = stopped ? take_lock(p) : WARD_EXIT_DONE;
	if (!rc && stopped)
		rc = find_formats(p);
	if (!rc && !become_owner(p->folder))
		rc = ward_cli_fail(
			cmd, "cannot become who owns '%s': %s", p->folder, strerror(errno));
	return rc;
}

static void leave(const struct place *p)
{
	if (p->lock >= 0)
		(void)close(p->lock);
}

static int failed(const struct place *p, enum ward_err err)
{
	switch ((int)err) {
	case WARD_ERR_VERSION:
		return ward_cli_fail(p->cmd,
			"'%s' was made by a newer Ward: install that one again, or go back to what "
			"was before it by `ward store back`",
			p->path);
	case WARD_ERR_AGAIN:
		return ward_cli_fail(p->cmd, "'%s' is in use: end what reads it", p->path);
	case WARD_ERR_CORRUPT:
	case WARD_ERR_FOREIGN:
		return ward_cli_fail(p->cmd,
			"'%s' is damaged: nothing was changed; `ward restore` brings the last "
			"backup",
			p->path);
	case WARD_ERR_FULL:
		return ward_cli_fail(
			p->cmd, "the disk of '%s' is full: nothing was changed", p->folder);
	default:
		return ward_cli_fail(p->cmd, "'%s': %s", p->path,
			err == WARD_ERR_IO && errno ? strerror(errno) : ward_err_text(err));
	}
}

static void put_size(uint64_t bytes)
{
	if (bytes < 10u << 20)
		printf("%llu KiB", (unsigned long long)(bytes + 1023) >> 10);
	else
		printf("%llu MiB", (unsigned long long)bytes >> 20);
}

static int done(void)
{
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* ---- versions ---- */

static void put_kept(const struct ward_store_kept *k)
{
	char when[40];
	struct ward_wr time = ward_wr_fixed((uint8_t *)when, sizeof(when));

	ward_time_write(&time, k->time - k->time % WARD_NS_PER_S);
	if (k->form)
		printf("kept\tform %llu", (unsigned long long)k->form);
	else
		printf("kept\tdamaged");
	printf("\t%.*s\t%s\t", (int)time.len, when, k->name);
	put_size(k->bytes);
	printf("\n");
}

static int run_versions(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_store_kept kept[WARD_STORE_KEPT_MAX];
	struct args a = {.dir = NULL};
	struct place p;
	uint64_t form = 0, ours = ward_store_form();
	size_t n = 0;
	int rc = parse(cmd, argc, argv, NULL, false, &a);

	if (!rc)
		rc = find(cmd, &a, false, &p);
	if (rc)
		return rc;
	errno = 0;
	enum ward_err err = ward_store_form_of(p.path, &form);

	if (!err)
		err = ward_store_kept(p.folder, kept, WARD_STORE_KEPT_MAX, &n);
	if (err)
		return failed(&p, err);
	printf("database\tform %llu\t%s\n", (unsigned long long)form,
		form == ours ? "as this Ward has it"
		: form < ours
			? "an older one: the next `ward run` keeps a copy and upgrades it"
			: "a newer one, which this Ward can't read: install the newer Ward, or "
			  "`ward store back`");
	printf("program\tform %llu\treads 1 to %llu\n", (unsigned long long)ours,
		(unsigned long long)ours);
	for (size_t i = 0; i < n; i++)
		put_kept(&kept[i]);
	return done();
}

/* ---- upgrade ---- */

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	const struct place *p = ctx;

	fprintf(stderr, "ward %s: '%s': %s", p->cmd->name, p->path, f->what);
	if (f->row)
		fprintf(stderr, " (row %llu)", (unsigned long long)f->row);
	fprintf(stderr, "\n");
}

static void put_room(uint64_t needs, uint64_t has)
{
	printf("needs\t");
	put_size(needs);
	printf(" beside it; the disk has ");
	put_size(has);
	printf("\n");
}

static void on_upgrade(void *ctx, const struct ward_store_upgrade *u)
{
	(void)ctx;
	if (u->stage == WARD_STORE_UPGRADE_BEGINS || u->stage == WARD_STORE_UPGRADE_NO_ROOM)
		put_room(u->needs, u->has);
	if (u->stage == WARD_STORE_UPGRADE_KEPT)
		printf("kept\t%s\n", u->kept);
	if (u->stage == WARD_STORE_UPGRADE_DONE)
		printf("done\tform %llu to %llu\n", (unsigned long long)u->from,
			(unsigned long long)u->to);
	(void)fflush(stdout);
}

static struct ward_store_options options(struct place *p)
{
	return (struct ward_store_options){.path = p->path,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.fault = on_fault,
		.fault_ctx = p,
		.keeping = true,
		.upgrade = on_upgrade,
		.formats = p->formats};
}

static enum ward_err try_it(struct place *p)
{
	const struct ward_store_options o = options(p);
	struct ward_store_trial t = {.n_fault = 0};
	struct ward_store_options quiet = o;
	char root[2 * sizeof(t.head.root.b)];
	struct ward_wr hex = ward_wr_fixed((uint8_t *)root, sizeof(root));

	quiet.upgrade = NULL;
	enum ward_err err = ward_store_try(&quiet, &t);

	if (t.needs)
		put_room(t.needs, t.has);
	if (err)
		return err;
	ward_wr_hex(&hex, ward_slice_of(t.head.root.b, sizeof(t.head.root.b)));
	printf("tried\tform %llu to %llu, on a copy: %llu rows, the same before and after\n"
	       "root\t%.*s\n",
		(unsigned long long)t.from, (unsigned long long)t.to, (unsigned long long)t.head.n,
		(int)hex.len, root);
	if (t.n_fault)
		printf("damage\t%zu, which is no hindrance and stays\n", t.n_fault);
	printf("%s\n", t.from == t.to ? "nothing to upgrade" : "nothing was changed");
	return WARD_OK;
}

static enum ward_err upgrade(struct place *p)
{
	const struct ward_store_options o = options(p);
	struct ward_store *s = NULL;
	uint64_t form = 0;
	enum ward_err err = ward_store_form_of(p->path, &form);

	if (!err)
		err = ward_store_open(&o, &s);
	if (!err && form == ward_store_form_in(p->formats))
		printf("nothing to upgrade: form %llu\n", (unsigned long long)form);
	ward_store_close(s);
	return err;
}

static int run_upgrade(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct place p = {.lock = -1};
	int rc = parse(cmd, argc, argv, "--dry-run", false, &a);

	if (!rc)
		rc = find(cmd, &a, true, &p);
	errno = 0;
	enum ward_err err = rc ? WARD_OK : a.dry ? try_it(&p) : upgrade(&p);

	leave(&p);
	if (rc)
		return rc;
	return err ? failed(&p, err) : done();
}

/* ---- back ---- */

/* The latest that this Ward, or one before it, can read, unless one is named. */
static const struct ward_store_kept *choose(
	const struct ward_store_kept *list, size_t n, const char *name, uint64_t form)
{
	for (size_t i = 0; i < n; i++)
		if (name ? strcmp(list[i].name, name) == 0
			 : list[i].form && list[i].form <= ward_store_form() && list[i].form < form)
			return &list[i];
	return NULL;
}

static int go_back(struct place *p, const char *name)
{
	struct ward_store_kept list[WARD_STORE_KEPT_MAX], aside;
	const struct ward_store_options o = options(p);
	uint64_t form = UINT64_MAX;
	size_t n = 0;
	enum ward_err err = ward_store_kept(p->folder, list, WARD_STORE_KEPT_MAX, &n);

	if (!err && ward_store_form_of(p->path, &form))
		form = UINT64_MAX; /* damaged: any is better */
	const struct ward_store_kept *to = err ? NULL : choose(list, n, name, form);

	if (!err && !to)
		return ward_cli_fail(p->cmd,
			"no older database is kept in '%s'; `ward store versions` lists what is, "
			"`ward restore` brings the last backup",
			p->folder);
	if (!err)
		err = ward_store_back(&o, to->name, &aside);
	if (err == WARD_ERR_CORRUPT)
		return ward_cli_fail(p->cmd,
			"'%s/%s' is damaged: nothing was changed; `ward restore` brings the last "
			"backup",
			p->folder, to->name);
	if (err)
		return failed(p, err);
	printf("back\tform %llu: what was kept as %s\nkept\t%s: what was there until now\n"
	       "Install the Ward of that time before you start it: this one upgrades it again.\n"
	       "It reads the journal on from where it was then.\n",
		(unsigned long long)to->form, to->name, aside.name);
	return done();
}

static int run_back(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct place p = {.lock = -1};
	int rc = parse(cmd, argc, argv, "--to", true, &a);

	if (!rc)
		rc = find(cmd, &a, true, &p);
	errno = 0;
	if (!rc)
		rc = go_back(&p, a.to);
	leave(&p);
	return rc;
}

#define STATE                                                                 \
	"  --state DIR  the state folder (default: as `ward run` has it)\n\n" \
	"Exit codes: 0 done, 2 wrong usage, 3 could not.\n"

const struct ward_cmd ward_cmd_store_back = {
	.name = "store back",
	.summary = "go back to the database of before an upgrade",
	.help = "usage: ward store back [--to NAME] [--state DIR] HOSPITAL\n\n"
		"Puts the copy that was kept before the last upgrade in the database's place, once "
		"it\nverifies; the database is kept in turn. Ward must be stopped "
		"(docs/upgrade.md).\n\n"
		"  --to NAME    one that `ward store versions` lists (default: the latest that is "
		"older)\n" STATE,
	.run = run_back,
};
const struct ward_cmd ward_cmd_store_upgrade = {
	.name = "store upgrade",
	.summary = "bring the database to this version's form, or try it on a copy",
	.help = "usage: ward store upgrade [--dry-run] [--state DIR] HOSPITAL\n\n"
		"What `ward run` does when it starts: keeps a verified copy of the database and "
		"brings it\nto the form of this version, all the way or not at all. Ward must be "
		"stopped\n(docs/upgrade.md).\n\n"
		"  --dry-run    do it to a copy, verify that, remove it; says what it "
		"needs\n" STATE,
	.run = run_upgrade,
};
const struct ward_cmd ward_cmd_store_versions = {
	.name = "store versions",
	.summary = "the form of the database, and what is kept of older ones",
	.help = "usage: ward store versions [--state DIR] HOSPITAL\n\n"
		"The form of the database, that of this program, and each copy that is kept: form, "
		"time,\nname, size (docs/upgrade.md).\n\n" STATE,
	.run = run_versions,
};
