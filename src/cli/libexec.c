#include "cli/libexec.h"

#include <string.h>
#include <unistd.h>

/* The folder beside this program that holds that one. */
static int find(const struct ward_cmd *cmd, const char *program, char path[PATH_MAX])
{
	static const char *const places[] = {"/libexec/ward", "/../libexec/ward"};
	char self[PATH_MAX], probe[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = 0;
	slash = strrchr(self, '/');
	if (!slash)
		return ward_cli_fail(cmd, "cannot find the folder of this program");
	*slash = 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(places); i++) {
		if (snprintf(path, PATH_MAX, "%s%s", self, places[i]) >= PATH_MAX)
			continue;
		(void)snprintf(probe, sizeof(probe), "%s/%.16s", path, program);
		if (access(probe, X_OK) == 0)
			return WARD_EXIT_DONE;
	}
	return ward_cli_fail(cmd, "no processes in '%s'; build or install all of Ward", path);
}

int ward_cli_libexec_folder(const struct ward_cmd *cmd, char path[PATH_MAX])
{
	return find(cmd, "journal", path);
}

int ward_cli_libexec(
	const struct ward_cmd *cmd, const char *program, char path[WARD_CLI_LIBEXEC_MAX])
{
	char folder[PATH_MAX];
	int rc = find(cmd, program, folder);

	if (!rc)
		(void)snprintf(path, WARD_CLI_LIBEXEC_MAX, "%s/%.16s", folder, program);
	return rc;
}
