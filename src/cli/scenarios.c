#include "cli/scenarios.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const char *dir, const char *file)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, file);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

int ward_cli_scenarios_find(struct ward_cli_scenarios *x)
{
	x->one = has(x->dir, "scenario.yml");
	if (!realpath(x->dir, x->hospital)) {
		(void)ward_cli_fail(x->cmd, "'%s': %s", x->dir, strerror(errno));
		return WARD_EXIT_USAGE;
	}
	for (int i = 0; x->one && i < 2; i++) {
		char *slash = strrchr(x->hospital, '/');

		if (slash)
			*slash = 0;
	}
	if (has(x->hospital, "hospital.yml"))
		return WARD_EXIT_DONE;
	(void)ward_cli_fail(x->cmd,
		"'%s' is neither a hospital's directory nor a folder in its scenarios: give "
		"HOSPITAL or HOSPITAL/scenarios/NAME",
		x->dir);
	return WARD_EXIT_USAGE;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int ward_cli_scenarios_each(
	const struct ward_cli_scenarios *x, int (*each)(void *ctx, const char *scenario), void *ctx)
{
	char folder[PATH_MAX + 16], path[PATH_MAX + 300];
	struct dirent **entry;
	int code = WARD_EXIT_DONE;
	size_t n_found = 0;

	if (x->one)
		return each(ctx, x->dir);
	(void)snprintf(folder, sizeof(folder), "%s/scenarios", x->hospital);
	int n = scandir(folder, &entry, visible, alphasort);

	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		if (!code && has(path, "scenario.yml")) {
			n_found++;
			code = each(ctx, path);
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (code || n_found)
		return code;
	(void)ward_cli_fail(
		x->cmd, "'%s' has no scenarios: docs/scenarios.md says how they are made", x->dir);
	return WARD_EXIT_USAGE;
}
