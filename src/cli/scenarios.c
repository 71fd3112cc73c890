#include "cli/scenarios.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_TEXT = 1024, MORE_TEXT = 32 };

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

/* A path to a scenario of this hospital. */
static bool is_of(const char *hospital, const char *path, char ret[PATH_MAX])
{
	char scenarios[PATH_MAX + 16];
	char *slash;

	(void)snprintf(scenarios, sizeof(scenarios), "%s/scenarios", hospital);
	if (!realpath(path, ret) || !has(ret, "scenario.yml") || !(slash = strrchr(ret, '/')))
		return false;
	*slash = 0;
	bool is = strcmp(ret, scenarios) == 0;

	*slash = '/';
	return is;
}

/* "cooling, plant, …" */
static size_t put_names(const char *folder, struct ward_wr *w)
{
	char path[PATH_MAX + 300];
	struct dirent **entry;
	int n = scandir(folder, &entry, visible, alphasort);
	size_t n_put = 0, n_more = 0;

	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		if (!has(path, "scenario.yml"))
			;
		else if (w->len + strlen(entry[i]->d_name) + MORE_TEXT < w->cap)
			ward_wr_printf(w, "%s%s", n_put++ ? ", " : "", entry[i]->d_name);
		else
			n_more++;
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (n_more)
		ward_wr_printf(w, " and %zu more", n_more);
	return n_put;
}

int ward_cli_scenarios_named(
	const struct ward_cmd *cmd, const char *hospital, const char *name, char ret[PATH_MAX])
{
	char folder[PATH_MAX + 16], path[PATH_MAX + 300], text[NAMES_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)snprintf(folder, sizeof(folder), "%s/scenarios", hospital);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
		has(path, "scenario.yml") && realpath(path, ret))
		return WARD_EXIT_DONE;
	if (is_of(hospital, name, ret))
		return WARD_EXIT_DONE;
	if (!put_names(folder, &w))
		return ward_cli_fail(cmd,
			"no scenario '%s' in '%s': there is none at all (docs/scenarios.md says "
			"how they are made)",
			name, folder);
	return ward_cli_fail(cmd, "no scenario '%s' in '%s'; there are: %.*s", name, folder,
		WARD_STR_ARG(ward_wr_text(&w)));
}
