#include "cli/versions.h"

#include "cli/stored.h"
#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA = 64 << 20 };

/* Which hospital it is, as far as hospital.yml says: that may be what is broken. */
static bool id_of(const char *dir, char *ret, size_t cap)
{
	char path[PATH_MAX];
	const struct ward_conf *c;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_str id = {0};

	(void)snprintf(path, sizeof(path), "%.4000s/hospital.yml", dir);
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_yaml_file(&a, &lim, path, &d, &c) == WARD_OK)
		id = ward_conf_word(ward_conf_get(c->child, "hospital"), "id");
	(void)snprintf(ret, cap, "%.*s", WARD_STR_ARG(id));
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return ret[0] && !strchr(ret, '/') && ret[0] != '.';
}

static int find(const struct ward_cmd *cmd, const char *dir, const char *option, bool played,
	struct ward_cli_versions *v)
{
	char id[128], name[160];

	*v = (struct ward_cli_versions){.dir = dir};
	if (!option && !id_of(dir, id, sizeof(id)))
		return ward_cli_fail(cmd, "'%s': hospital.yml says no id; give --state", dir);
	(void)snprintf(name, sizeof(name), "%s%s", option ? "" : id, played ? "+played" : "");
	int rc = ward_cli_state(cmd, option, ward_str_z(name), v->state);

	(void)snprintf(v->folder, sizeof(v->folder), "%.4000s/config", v->state);
	return rc;
}

/* For good. */
static bool become_owner(const struct ward_cli_versions *v)
{
	struct stat st;

	if (geteuid() != 0 || stat(v->dir, &st) != 0 || st.st_uid == 0)
		return true;
	if (mkdir(v->folder, 0700) == 0 && lchown(v->folder, st.st_uid, st.st_uid) != 0)
		return false;
	return setresgid(st.st_uid, st.st_uid, st.st_uid) == 0 &&
	       setresuid(st.st_uid, st.st_uid, st.st_uid) == 0;
}

static int open_it(const struct ward_cmd *cmd, bool write, struct ward_cli_versions *v)
{
	const struct ward_revision_in in = {v->folder, v->dir, ward_mem_heap(), write};
	char why[WARD_REVISION_SAY];
	enum ward_err err = ward_revision_open(&in, &v->r, why);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(cmd,
			"there are no versions in '%s' yet: `ward run` begins them, or `ward "
			"config "
			"take`; --state names another state folder",
			v->state);
	return err ? ward_cli_fail(cmd, "%s", why) : WARD_EXIT_DONE;
}

int ward_cli_versions(const struct ward_cmd *cmd, const char *dir, const char *state, bool write,
	struct ward_cli_versions *ret)
{
	int rc = ward_cli_hospital(cmd, dir);

	if (!rc)
		rc = find(cmd, dir, state, false, ret);
	if (!rc && write && !become_owner(ret))
		rc = ward_cli_fail(cmd, "cannot become who owns '%s': %s", dir, strerror(errno));
	return rc ? rc : open_it(cmd, write, ret);
}

int ward_cli_versions_state(
	const struct ward_cmd *cmd, const char *dir, const char *option, char ret[PATH_MAX])
{
	struct ward_cli_versions v;
	int rc = ward_cli_hospital(cmd, dir);

	if (!rc)
		rc = find(cmd, dir, option, false, &v);
	if (!rc)
		memcpy(ret, v.state, PATH_MAX);
	return rc;
}

int ward_cli_versions_there(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool *ret)
{
	struct ward_cli_versions v;
	char path[PATH_MAX + 16];
	int rc = find(cmd, dir, state, false, &v);

	(void)snprintf(path, sizeof(path), "%s/versions", v.folder);
	*ret = !rc && access(path, F_OK) == 0;
	return rc;
}

void ward_cli_versions_free(struct ward_cli_versions *v)
{
	ward_revision_free(v->r);
	v->r = NULL;
}

struct ward_str ward_cli_user(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *p = getpwuid(getuid());

	return ward_str_z(sudo && *sudo ? sudo : p ? p->pw_name : "by hand");
}

/* ---- for `ward run` ---- */

static uint64_t note(const struct ward_cli_versions *v)
{
	struct ward_revision *r = v->r;
	const struct ward_revision_taking t = {.by = WARD_STR("by hand"),
		.why = WARD_STR("changed on the machine"),
		.now = ward_clock_now(ward_clock_system())};
	uint64_t n;

	if (ward_revision_note(r, &t, &n) != WARD_OK)
		return 0;
	return ward_revision_current(r);
}

/* In a child, which becomes who owns the directory. */
static uint64_t as_owner(const struct ward_cmd *cmd, struct ward_cli_versions *v,
	uint64_t (*fn)(const struct ward_cli_versions *v))
{
	uint64_t number = 0;
	int say[2], status;

	if (pipe2(say, O_CLOEXEC) != 0)
		return 0;
	(void)fflush(NULL);
	pid_t pid = fork();

	if (pid == 0) {
		if (become_owner(v) && open_it(cmd, true, v) == WARD_EXIT_DONE)
			number = fn(v);
		_exit(write(say[1], &number, sizeof(number)) == sizeof(number) ? 0 : 1);
	}
	(void)close(say[1]);
	if (pid > 0 && read(say[0], &number, sizeof(number)) != sizeof(number))
		number = 0;
	(void)close(say[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return number;
}

uint64_t ward_cli_versions_begin(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool played)
{
	struct ward_cli_versions v;
	char id[128];

	if ((!state && !id_of(dir, id, sizeof(id))) || find(cmd, dir, state, played, &v) ||
		access(v.state, F_OK) != 0)
		return 0;
	return as_owner(cmd, &v, note);
}

/* Only what somebody took from afar goes back by itself: who edits files is there to mend them. */
static uint64_t go_back(const struct ward_cli_versions *of)
{
	struct ward_revision *r = of->r;
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(r, &n);
	struct ward_revision_tree t;
	struct ward_arena a;
	uint64_t to = ward_revision_marked(r, "ran"), got = 0; /* as `config` wrote it down */
	char why[160];

	if (!to || to >= n || ward_str_eqz(v[n - 1].by, "by hand") ||
		ward_str_eqz(v[n - 1].by, "Ward"))
		return 0;
	(void)snprintf(why, sizeof(why), "version %zu could not be run with: back to version %llu",
		n, (unsigned long long)to);
	const struct ward_revision_taking taking = {.by = WARD_STR("Ward"),
		.why = ward_str_z(why),
		.now = ward_clock_now(ward_clock_system())};

	ward_arena_init(&a, ward_mem_heap(), ARENA);
	if (ward_revision_tree(r, to, &a, &t) != WARD_OK ||
		ward_revision_take(r, &t, &taking, &got) != WARD_OK)
		got = 0;
	ward_arena_fini(&a);
	return got;
}

bool ward_cli_versions_back(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool played)
{
	struct ward_cli_versions v;
	char id[128];

	if ((!state && !id_of(dir, id, sizeof(id))) || find(cmd, dir, state, played, &v) ||
		access(v.folder, F_OK) != 0)
		return false;
	uint64_t n = as_owner(cmd, &v, go_back);

	if (n)
		(void)ward_cli_fail(cmd,
			"*** WARD WENT BACK to the configuration before, as version %llu: what was "
			"taken last could not be run with (see above; `ward config log`)",
			(unsigned long long)n);
	return n != 0;
}
