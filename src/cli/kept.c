#include "cli/kept.h"

#include "cli/stored.h"
#include "run/door.h"
#include "run/live.h"

#include <stdio.h>
#include <unistd.h>

struct reading {
	ward_row_fn fn;
	void *ctx;
	uint64_t last;
};

static bool each(void *ctx, const struct ward_store_row *row)
{
	struct reading *r = ctx;

	r->fn(r->ctx, row);
	r->last = row->row;
	return true;
}

/* Nothing runs: the file is ours to read. */
static enum ward_err read_file(
	const char *path, ward_row_fn fn, void *ctx, struct ward_tree_head *ret)
{
	const struct ward_store_options o = {.path = path,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.reading = true};
	struct reading r = {fn, ctx, 0};
	struct ward_store *s = NULL;
	enum ward_err err = ward_store_open(&o, &s);
	uint64_t end = err ? 0 : ward_store_last(s);

	while (!err && r.last < end) {
		uint64_t before = r.last;

		err = ward_store_rows(s, r.last, WARD_ROWS_MAX, each, &r);
		if (r.last == before)
			break; /* the rest was erased */
	}
	if (!err)
		ward_store_head(s, ret);
	ward_store_close(s);
	return err;
}

static int refuse(const struct ward_cmd *cmd, const char *state, enum ward_err err)
{
	switch ((int)err) {
	case WARD_ERR_DENIED:
		return ward_cli_fail(cmd, "cannot read '%s': be the user of 'ward run'", state);
	case WARD_ERR_VERSION:
		return ward_cli_fail(cmd,
			"'%s/store/ward.db' is of another version of Ward: use that one, or let "
			"'ward run' bring it to this one's",
			state);
	case WARD_ERR_AGAIN:
		return ward_cli_fail(cmd,
			"'%s': Ward begins or ends just then, or is too busy: try again", state);
	default:
		return ward_cli_fail(
			cmd, "cannot read '%s/store/ward.db': %s", state, ward_err_text(err));
	}
}

int ward_cli_kept(const struct ward_cmd *cmd, const char *option, struct ward_str hospital,
	ward_row_fn fn, void *ctx, struct ward_cli_kept *ret)
{
	char path[PATH_MAX];
	const char *state = ret->state;
	int fd, code = ward_cli_state(cmd, option, hospital, ret->state);

	ret->found = ret->played = false;
	ret->ledger = (struct ward_tree_head){.n = 0};
	if (code)
		return code;
	if ((size_t)snprintf(path, sizeof(path), "%s/" WARD_PLAYED_FILE, state) >= sizeof(path))
		return ward_cli_fail(cmd, "the path of the state folder is too long");
	ret->played = access(path, F_OK) == 0;
	if ((size_t)snprintf(path, sizeof(path), "%s/store/ward.db", state) >= sizeof(path))
		return ward_cli_fail(cmd, "the path of the state folder is too long");
	enum ward_err err = ward_door_connect(state, &fd);

	if (!err) {
		err = ward_door_rows(fd, fn, ctx);
		(void)close(fd);
	} else if (err == WARD_ERR_NOT_FOUND) {
		if (access(path, F_OK) != 0)
			return option ? ward_cli_fail(cmd,
						"nothing is kept in '%s': name the state folder of "
						"'ward run'",
						state)
				      : WARD_EXIT_DONE;
		err = access(path, R_OK) != 0 ? WARD_ERR_DENIED
					      : read_file(path, fn, ctx, &ret->ledger);
	}
	ret->found = !err;
	return err ? refuse(cmd, state, err) : WARD_EXIT_DONE;
}
