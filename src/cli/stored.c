#include "cli/stored.h"

#include "run/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { MEMORY_BYTES_MAX = 1 << 30 };

int ward_cli_state(const struct ward_cmd *cmd, const char *option, struct ward_str hospital,
	char path[PATH_MAX])
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char cwd[PATH_MAX];
	int n;

	if (option && option[0] == '/')
		n = snprintf(path, PATH_MAX, "%s", option);
	else if (option)
		n = snprintf(path, PATH_MAX, "%s/%s", getcwd(cwd, sizeof(cwd)) ? cwd : "", option);
	else if (geteuid() == 0)
		n = snprintf(path, PATH_MAX, "/var/lib/ward/%.*s", WARD_STR_ARG(hospital));
	else if (xdg && *xdg == '/')
		n = snprintf(path, PATH_MAX, "%s/ward/%.*s", xdg, WARD_STR_ARG(hospital));
	else
		n = snprintf(path, PATH_MAX, "%s/.local/state/ward/%.*s", home ? home : "",
			WARD_STR_ARG(hospital));
	if (n <= 1 || n >= PATH_MAX)
		return ward_cli_fail(cmd, "the path of the state folder is too long or empty");
	return WARD_EXIT_DONE;
}

static int refuse(const struct ward_cmd *cmd, const char *state, enum ward_err err)
{
	switch ((int)err) {
	case WARD_ERR_NOT_FOUND:
		return ward_cli_fail(cmd,
			"nothing is kept in '%s' yet: 'ward run' writes it when it begins and each "
			"30 s; --state names another folder",
			state);
	case WARD_ERR_DENIED:
		return ward_cli_fail(cmd, "cannot read '%s': be the user of 'ward run'", state);
	case WARD_ERR_VERSION:
		return ward_cli_fail(cmd,
			"'%s/store/memory' is of another version of Ward: use that one", state);
	case WARD_ERR_MALFORMED:
		return ward_cli_fail(cmd,
			"'%s/store/memory' is damaged; a running Ward writes it anew within 30 s",
			state);
	default:
		return ward_cli_fail(cmd, "cannot read '%s': %s", state,
			err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	}
}

int ward_cli_stored(const struct ward_cmd *cmd, const char *option, struct ward_str hospital,
	FILE *say, struct ward_cli_stored *ret)
{
	char state[PATH_MAX], when[40];
	struct ward_wr time = ward_wr_fixed((uint8_t *)when, sizeof(when));
	int code = ward_cli_state(cmd, option, hospital, state);

	ret->bytes = ward_wr_grow(ward_mem_heap(), MEMORY_BYTES_MAX);
	if (code)
		return code;
	enum ward_err err = ward_memory_read(state, &ret->bytes);
	struct ward_slice all = ward_wr_slice(&ret->bytes);

	if (!err && all.len < WARD_MEMORY_HEAD)
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = ward_brain_seen(
			(struct ward_slice){all.p + WARD_MEMORY_HEAD, all.len - WARD_MEMORY_HEAD},
			&ret->seen);
	if (err)
		return refuse(cmd, state, err);
	if (ret->seen.clock == INT64_MIN) {
		if (say)
			fprintf(say, "ward %s: %s: nothing was heard yet\n", cmd->name, state);
		return WARD_EXIT_DONE;
	}
	ward_time_write(&time, ret->seen.clock - ret->seen.clock % WARD_NS_PER_S);
	if (say)
		fprintf(say, "ward %s: as of %.*s, from %s\n", cmd->name, (int)time.len, when,
			state);
	return WARD_EXIT_DONE;
}

int ward_cli_stored_coverage(const struct ward_cmd *cmd, const char *option,
	struct ward_str hospital, FILE *say, struct ward_coverage *c)
{
	struct ward_cli_stored st = {0};
	int code = ward_cli_stored(cmd, option, hospital, say, &st);
	enum ward_err err = code ? WARD_OK : ward_coverage_load(c, st.seen.coverage);

	ward_wr_fini(&st.bytes);
	return err ? ward_cli_fail(cmd, "what is kept: %s", ward_err_text(err)) : code;
}
