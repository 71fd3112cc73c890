#include "cli/audit.h"

#include "cli/stored.h"
#include "cli/versions.h"
#include "run/door.h"
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int ward_cli_audit_place(struct ward_cli_audit *a)
{
	a->lock = a->door = WARD_FD_NONE;
	if (!a->hospital && !a->state_option)
		return ward_cli_usage(a->cmd, "which hospital directory, or --state DIR?");
	return a->hospital ? ward_cli_versions_state(a->cmd, a->hospital, a->state_option, a->state)
			   : ward_cli_state(a->cmd, a->state_option, WARD_STR("-"), a->state);
}

void ward_cli_audit_fault(void *ctx, const char *what, uint64_t row)
{
	const struct ward_cmd *cmd = ctx;

	if (row)
		(void)fprintf(stderr, "ward %s: row %llu: %s\n", cmd->name, (unsigned long long)row,
			what);
	else
		(void)fprintf(stderr, "ward %s: %s\n", cmd->name, what);
}

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	ward_cli_audit_fault((void *)((struct ward_cli_audit *)ctx)->cmd, f->what, f->row);
}

/* Ward runs: only its store may open the database, and copies it for us. */
static int ask_store(struct ward_cli_audit *a)
{
	struct ward_backed_up b;
	enum ward_err err = ward_door_connect(a->state, &a->door);

	if (err)
		return ward_cli_fail(a->cmd,
			"cannot ask the store of '%s': %s; be root, or the user of 'ward run'",
			a->state,
			err == WARD_ERR_NOT_FOUND ? "Ward begins or ends just then, try again"
						  : ward_err_text(err));
	err = ward_door_backup(a->door, &b);
	if (!err)
		err = b.verdict;
	a->runs = true;
	(void)snprintf(a->path, sizeof(a->path), "%s/store/" WARD_DOOR_COPY, a->state);
	return err ? ward_cli_fail(
			     a->cmd, "the store cannot copy its database: %s", ward_err_text(err))
		   : WARD_EXIT_DONE;
}

int ward_cli_audit_open(struct ward_cli_audit *a)
{
	char path[PATH_MAX + 16];
	int rc = WARD_EXIT_DONE;

	(void)snprintf(path, sizeof(path), "%s/lock", a->state);
	(void)snprintf(a->path, sizeof(a->path), "%s/store/ward.db", a->state);
	a->lock = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (a->lock < 0 && errno != ENOENT)
		return ward_cli_fail(a->cmd,
			"cannot use '%s': %s; be root, or the user of 'ward run'", a->state,
			strerror(errno));
	if (a->lock >= 0 && flock(a->lock, LOCK_EX | LOCK_NB) != 0)
		rc = ask_store(a);
	if (rc)
		return rc;
	if (access(a->path, F_OK) != 0)
		return ward_cli_fail(a->cmd,
			"nothing is kept in '%s': --state names the folder of 'ward run'",
			a->state);
	const struct ward_store_options o = {.path = a->path,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.fault = on_fault,
		.fault_ctx = a,
		.reading = true};
	enum ward_err err = ward_store_open(&o, &a->s);

	if (err == WARD_ERR_CORRUPT || err == WARD_ERR_FOREIGN) {
		(void)ward_cli_fail(a->cmd,
			"'%s' is damaged, and is no proof of anything: keep it, "
			"and ask who had access",
			a->path);
		return WARD_EXIT_INPUT;
	}
	if (err == WARD_ERR_VERSION)
		return ward_cli_fail(a->cmd,
			"'%s' is of another version of Ward: use that one, or let 'ward run' bring "
			"it to this one's",
			a->path);
	return err ? ward_cli_fail(a->cmd, "cannot read '%s': %s", a->path, ward_err_text(err))
		   : WARD_EXIT_DONE;
}

void ward_cli_audit_close(struct ward_cli_audit *a)
{
	ward_store_close(a->s);
	a->s = NULL;
	if (a->door >= 0)
		(void)close(a->door);
	if (a->lock >= 0)
		(void)close(a->lock);
	a->door = a->lock = WARD_FD_NONE;
}

struct looking {
	struct ward_head is;
	uint64_t row;
};

static bool look(void *ctx, const struct ward_store_leaf *l)
{
	struct looking *x = ctx;
	struct ward_head h;

	if (l->row.kind == WARD_ROW_HEAD && l->row.json.p &&
		ward_head_read(l->row.json, &h) == WARD_OK && h.what == WARD_HEAD_TREE) {
		x->is = h;
		x->row = l->row.row;
	}
	return true;
}

enum ward_err ward_cli_audit_last(
	struct ward_cli_audit *a, struct ward_head *ret, uint64_t *ret_row)
{
	struct looking x = {.row = 0};
	enum ward_err err = ward_store_leaves(a->s, 0, SIZE_MAX, look, &x);

	if (err || !x.row)
		return err ? err : WARD_ERR_NOT_FOUND;
	*ret = x.is;
	*ret_row = x.row;
	return WARD_OK;
}
